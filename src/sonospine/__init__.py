"""A living systematic review that rebuilds itself and can show where each of its numbers was read."""
