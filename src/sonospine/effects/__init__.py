"""Effect sizes of every analysis, each with the chain of conversions behind it."""

from sonospine.effects.computing import compute_effects

__all__ = ["compute_effects"]
