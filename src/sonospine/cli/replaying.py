"""What the replay of the log takes: what was read, and the records that its lines speak about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sonospine.corrections import Action, Curated
    from sonospine.model.record import Record
    from sonospine.model.table_io import Row


@dataclass(frozen=True)
class WasRead:
    """The machine's tables and the table of records, with the folders of the records themselves."""

    measurements: Sequence[Row]
    arms: Sequence[Row]
    record_rows: Sequence[Row]
    shards: Path
    records: Path

    def records_named(self, ids: Collection[str]) -> dict[str, Record]:
        """Return the parsed records of some ids; unknown ids are passed over."""
        from sonospine.model.buckets import bucket_files
        from sonospine.model.record import read_records

        if not ids:
            return {}
        return {
            record.record_id: record
            for path in bucket_files(self.shards, self.records, ".jsonl")
            for record in read_records(path)
            if record.record_id in ids
        }

    def replayed(self, actions: Sequence[Action]) -> Curated:
        """Replay lines over what was read; only records whose places have to be looked at are opened."""
        from sonospine.corrections import replay

        named = {a.record_id for a in actions} | {str((a.seen or {}).get("record_id", "")) for a in actions}
        targets = {a.target_id for a in actions}
        named |= {row["record_id"] for row in self.measurements if row["measurement_id"] in targets}
        looked_at = self.records_named(named) if actions else {}
        return replay(self.measurements, self.arms, self.record_rows, actions, looked_at)


def what_was_read(shards: Path, records: Path, studies: Path, machine: Path) -> WasRead:
    """Read the machine's tables.

    Raises
    ------
    InputError
        A table is missing or does not fit its schema.
    """
    from sonospine.model.buckets import bucket_files
    from sonospine.model.table_io import read_table, read_tables
    from sonospine.model.tables import MACHINE_ARMS, MEASUREMENTS, RECORDS

    return WasRead(
        read_tables(bucket_files(shards, machine / "measurements", ".tsv"), MEASUREMENTS),
        read_tables(bucket_files(shards, machine / "arms", ".tsv"), MACHINE_ARMS),
        read_table(studies / "records.tsv", RECORDS),
        shards,
        records,
    )


def linked_records(root: Path) -> list[Row]:
    """Return the table of records of a review that has run; ``InputError`` where it has not run yet."""
    from sonospine.model.errors import InputError
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import RECORDS

    table = root / "results" / "studies" / "records.tsv"
    if not table.exists():
        raise InputError("the review has not run yet: run `make review` first", file=table)
    return read_table(table, RECORDS)


def read_in(root: Path) -> WasRead:
    """Read the machine's tables of a review that has run; the errors are those of ``linked_records``."""
    linked_records(root)
    results = root / "results"
    return what_was_read(
        results / "import", results / "records", results / "studies", root / "extracted" / "machine"
    )
