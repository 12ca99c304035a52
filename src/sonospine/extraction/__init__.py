"""The reader: every arm-level result of a record, with its place. It does not know the review's question."""
