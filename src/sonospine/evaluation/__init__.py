"""How well the reader reads: its rows against annotated articles, scored by programs that know nothing of it."""
