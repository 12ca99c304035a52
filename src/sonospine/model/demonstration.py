"""What must be said wherever records of the demonstration corpus are shown."""

from __future__ import annotations

from collections.abc import Iterable

from sonospine.model.record import DEMONSTRATION_PREFIX

BANNER = (
    "Demonstration corpus: condensed by us from published figures; the wording is not the papers'; "
    "not a systematic search"
)


def is_demonstration(record_ids: Iterable[str]) -> bool:
    """Tell whether any of the records comes from the demonstration corpus."""
    return any(record_id.startswith(DEMONSTRATION_PREFIX) for record_id in record_ids)
