"""What changes are found against: the rows before, what the machine read, and the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sonospine.cli.replaying import WasRead
    from sonospine.curation.edited import Reading
    from sonospine.model.record import Record
    from sonospine.model.table_io import Row


def reading_of(
    was_read: WasRead, records: Mapping[str, Record], before: Mapping[str, Row], log: Sequence[Row]
) -> Reading:
    """Return what edits are compared with.

    Parameters
    ----------
    was_read
        The machine's tables.
    records
        Parsed records by id, at least those of the rows that changed.
    before
        The rows as they were, by id.
    log
        The lines of the log of corrections.
    """
    from sonospine.curation.edited import Reading
    from sonospine.curation.lines import Shown, shown_of

    machine = {row["measurement_id"]: row for row in was_read.measurements}
    hashes = {row["record_id"]: row["sha256"] for row in was_read.record_rows}
    of_record: dict[str, list[Row]] = {}
    for reading in was_read.measurements:
        of_record.setdefault(reading["record_id"], []).append(reading)

    def shown(key: str) -> Shown:
        record_id = before[key]["record_id"]
        return shown_of(
            "measurement", before[key], machine=machine.get(key), beside=of_record.get(record_id, []),
            record=records.get(record_id), source_sha256=hashes.get(record_id, ""),
        )  # fmt: skip

    def record(record_id: str) -> tuple[Record | None, str]:
        return records.get(record_id), hashes[record_id]

    return Reading(before, log, shown, record)
