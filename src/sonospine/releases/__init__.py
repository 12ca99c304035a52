"""Frozen reports, and what changed between two of them."""
