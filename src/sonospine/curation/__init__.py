"""Curation: the log that people write, what follows from it at once, and the local page on which they work."""
