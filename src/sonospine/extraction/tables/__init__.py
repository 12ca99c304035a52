"""Results from tables: the shape of the grid, the roles of its labels, and the numbers with their places."""

from sonospine.extraction.tables.results import read_table_results

__all__ = ["read_table_results"]
