"""What the readers propose for a record, and what stays of it: a reader that fails loses only its own rows."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sonospine.extraction.readers import BUILT_IN, Context, Reader
from sonospine.extraction.reading import Alternative, Reading
from sonospine.extraction.verification import verified
from sonospine.model.record import Record

_KINDS: dict[str, type | tuple[type, ...]] = {
    "str": str, "int": int, "bool": bool, "float": (int, float), "float | None": (int, float, type(None)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReaderFault:
    """Why an added reader gave nothing, or not everything, for a record."""

    reader: str
    record_id: str
    reason: str


def proposed(
    record: Record, context: Context, readers: Iterable[tuple[str, Reader]], faults: list[ReaderFault]
) -> Iterator[tuple[str, Reading]]:
    """Yield the name of each reader with what it proposes that stands at its place.

    What an added reader gets wrong is noted in ``faults`` and takes nothing from the others; the readers that come
    with the package are not forgiven, so that their faults are seen.
    """
    for name, reader in readers:
        own = name in BUILT_IN
        for proposal in reader(record, context) if own else _guarded(name, reader, record, context, faults):
            reading = verified(record, proposal, decimal_comma=context.decimal_comma)
            if reading is not None:
                yield name, reading


def _guarded(
    name: str, reader: Reader, record: Record, context: Context, faults: list[ReaderFault]
) -> Iterator[Reading]:
    """Yield the readings of an added reader that are written as readings must be."""
    try:
        for proposal in reader(record, context):
            if _is_well_formed(proposal):
                yield proposal
            else:
                faults.append(ReaderFault(name, record.record_id, "a proposal that is no reading"))
    except Exception as fault:  # whatever the code of others raises
        reason = " ".join(f"{type(fault).__name__}: {fault}".split())[:200].rstrip(": ")
        faults.append(ReaderFault(name, record.record_id, reason))


def _is_well_formed(proposal: object) -> bool:
    """Tell whether a proposal is a reading whose fields hold what they must."""
    if not isinstance(proposal, Reading):
        return False
    for field in dataclasses.fields(proposal):
        value, kind = getattr(proposal, field.name), _KINDS.get(str(field.type))
        if kind is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            return False
        if isinstance(value, float) and not math.isfinite(value):
            return False
        if kind is None and not _are_well_formed(value):
            return False
    return proposal.centre == "none" or proposal.value != ""


def _are_well_formed(values: object) -> bool:
    if not isinstance(values, tuple):
        return False
    return all(isinstance(v, str) or (isinstance(v, Alternative) and 0 <= v.probability <= 1) for v in values)


def fault_lines(faults: Sequence[ReaderFault]) -> Iterator[str]:
    """Yield one line for each reader that failed."""
    for name in dict.fromkeys(fault.reader for fault in faults):
        own = [fault for fault in faults if fault.reader == name]
        records = len({fault.record_id for fault in own})
        where = f"{own[0].record_id}" + (f" and {records - 1} more" if records > 1 else "")
        yield f"the reader {name} failed on {where} ({own[0].reason}); what it would have read there is missing"
