"""How far a result holds: without one study, in order, with other choices, and over what the reading leaves open."""

from sonospine.robustness.probing import Behind, probe
from sonospine.robustness.recomputing import Review

__all__ = ["Behind", "Review", "probe"]
