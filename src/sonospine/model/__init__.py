"""Records, places and tables: the types that travel between the rooms."""
