"""Evidence: a number shown at the place it was read from, with every step between it and the pool, as HTML."""
