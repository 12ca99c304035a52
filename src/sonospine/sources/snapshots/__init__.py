"""Snapshots: dated answers of the sources, kept as they came, with a manifest that says how they were got."""
