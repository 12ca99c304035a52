"""Figures: forest plots drawn from tables. Nothing is computed here but positions and back-transformed labels."""
