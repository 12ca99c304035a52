"""A record made of texts, and a row read in its first passage."""

from __future__ import annotations

from sonospine.model.record import Cell, Figure, Passage, Record, Table
from sonospine.model.table_io import Row
from sonospine.model.tables import RECONCILED


def record_with(*texts: str, cells: tuple[str, ...] = (), caption: str = "", title: str = "") -> Record:
    """Return a record whose passages are the texts."""
    table = Table(
        "table/T1", "Table 1", caption, (tuple(Cell(text) for text in cells),) if cells else (), (caption,)
    )
    return Record(
        "file:one", "file", title=title,
        passages=tuple(Passage(f"body/s1p{i}", text) for i, text in enumerate(texts, start=1)),
        tables=(table,), figures=(Figure("figure/F1", "Figure 1", caption),),
        registry={"outcomeMeasures": [{"title": caption, "a/b": ["1.5", 2]}]},
    )  # fmt: skip


def measured(text: str, quote: str, **values: str) -> Row:
    """Return the row that stands at a quote in the first passage."""
    start = text.index(quote)
    return RECONCILED.row(
        **{"measurement_id": "m00000000001", "record_id": "file:one", "source": "text",
           "locator": f"body/s1p1:{start}-{start + len(quote)}", "quote": quote, "change": "false", "centre": "mean",
           "spread": "none", "adjusted": "false", "rule": "t", "confidence": "0.9", "state": "unread"} | values
    )  # fmt: skip
