"""The report: pages on which each pooled number can be followed to the words it was read from."""
