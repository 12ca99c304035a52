"""Where results stand that nobody could read: figures, tables that are pictures, values posted as "NA"."""

from __future__ import annotations

import re

from sonospine.extraction.registry import unposted
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import UNREAD
from sonospine.vocabulary import Vocabulary

_RESULTS = re.compile(
    r"\b(?:scores?|over time|mean|median|time course|changes? (?:in|of|from)|comparison of|compared|outcomes?|survival|"
    r"error bars?|box ?plots?|bar (?:graph|chart)|SD|SEM|standard (?:deviation|error)|intensity|p\s*[<=])",
    re.IGNORECASE,
)
_NO_RESULTS = re.compile(
    r"flow (?:chart|diagram)|flowchart|consort|\bscans?\b|\bimages?\b|photograph|probe|transducer|needle|anatom|schematic|illustration|"
    r"study design|randomi[sz]ation|positioning|sonogra\w+ (?:image|view)|radiograph|microscop|histolog",
    re.IGNORECASE,
)


def unread_rows(record: Record, vocabulary: Vocabulary) -> list[Row]:
    """List figures whose caption speaks of measured outcomes, image tables, and registry values without a number."""
    places = [
        (figure.locator, f"{figure.label} {figure.caption}".strip())
        for figure in record.figures
        if _shows_results(figure.caption, vocabulary)
    ]
    places += [(t.locator, f"{t.label} {t.caption}".strip()) for t in record.tables if t.image]
    places += unposted(record)
    return [
        UNREAD.row(record_id=record.record_id, locator=locator, caption=" ".join(caption.split()))
        for locator, caption in dict(places).items()
    ]


def _shows_results(caption: str, vocabulary: Vocabulary) -> bool:
    if not caption or _NO_RESULTS.search(caption):
        return False
    return bool(_RESULTS.search(caption)) or bool(vocabulary.find("instruments", caption))
