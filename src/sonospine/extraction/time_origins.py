"""What a time is counted from, by the words around it: surgery, randomisation, the start of treatment or its end."""

from __future__ import annotations

import functools
import re

_SURGERY = re.compile(r"surg|operat|\bop\b|postop|\bPOD\b", re.IGNORECASE)
_TREATED = re.compile(r"treatment|interven|inject|proced|therap|block", re.IGNORECASE)
_RANDOM = re.compile(r"randomi[sz]", re.IGNORECASE)
_END = re.compile(
    r"(?:end|completion|cessation|last|final)\s+(?:of\s+)?(?:the\s+)?(?:treatment|intervention|therapy|injection|training|program)|after\s+discharge",
    re.I,
)


@functools.lru_cache(maxsize=4096)
def counted_from(words: str) -> str:
    """Return what words count a time from: ``end_of_treatment surgery randomisation treatment``, or nothing."""
    if _END.search(words):
        return "end_of_treatment"
    if _SURGERY.search(words):
        return "surgery"
    if _RANDOM.search(words):
        return "randomisation"
    return "treatment" if _TREATED.search(words) else ""
