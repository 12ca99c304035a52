"""The log of human corrections and its replay over what the machine read."""

from sonospine.corrections.actions import Action, ordered, read_actions
from sonospine.corrections.anchoring import seen_text
from sonospine.corrections.replay import Curated, replay

__all__ = ["Action", "Curated", "ordered", "read_actions", "replay", "seen_text"]
