"""The readers: each takes a record and its context and proposes readings. Further ones come as entry points.

A package adds a reader with an entry point of the group ``sonospine.readers`` that names a function of the
same form. Whatever a reader proposes goes through the same verification as everything else; one that fails is
named, and takes nothing from the others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from sonospine.extraction.arms import DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.registry import read_registry
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.text import read_text
from sonospine.model.record import Record
from sonospine.vocabulary import Vocabulary

ENTRY_POINTS = "sonospine.readers"


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may use besides the record."""

    arms: DocumentArms
    vocabulary: Vocabulary
    decimal_comma: bool = False


Reader = Callable[[Record, Context], list[Reading]]


def _registry(record: Record, context: Context) -> list[Reading]:  # noqa: ARG001 - every reader has this form
    return read_registry(record)


def _tables(record: Record, context: Context) -> list[Reading]:
    return [
        reading
        for table in record.tables
        if not table.image
        for reading in read_table_results(record, table, context.arms, decimal_comma=context.decimal_comma)
    ]


def _text(record: Record, context: Context) -> list[Reading]:
    return read_text(record, context.arms, context.vocabulary, decimal_comma=context.decimal_comma)


BUILT_IN: dict[str, Reader] = {"registry": _registry, "tables": _tables, "text": _text}


@functools.cache
def readers() -> tuple[tuple[str, Reader], ...]:
    """Return the readers by name: the built-in ones, then those of installed packages in the order of their names.

    One whose code cannot be loaded stands there as a reader that fails.
    """
    added = sorted(entry_points(group=ENTRY_POINTS), key=lambda e: (e.name, e.value))
    return (*BUILT_IN.items(), *((_free_name(entry.name), _loaded(entry)) for entry in added))


def _free_name(name: str) -> str:
    return f"added {name}" if name in BUILT_IN else name


def _loaded(entry: EntryPoint) -> Reader:
    try:
        reader: Reader = entry.load()
    except Exception as fault:  # whatever the code of others raises
        reason = f"cannot be loaded: {type(fault).__name__}: {fault}"

        def failing(record: Record, context: Context) -> list[Reading]:  # noqa: ARG001 - every reader has this form
            raise RuntimeError(reason)

        return failing
    return reader
