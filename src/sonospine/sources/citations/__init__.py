"""Exports of databases and reference managers: from a file of references to citations and their records."""
