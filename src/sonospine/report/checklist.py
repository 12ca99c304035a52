"""An item of a reporting checklist; ``checklist.html.jinja`` shows a list of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its number (``13a``), its name, what is known of it (may be empty), and what nobody told the program.

    ``places`` are where in the report it stands: words and address; ``section`` heads the items that share it.
    """

    number: str
    name: str
    text: str
    untold: str = ""
    places: tuple[tuple[str, str], ...] = ()
    section: str = ""
