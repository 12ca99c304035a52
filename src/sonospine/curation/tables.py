"""The tables that curators work on: what the machine read and the review that rests on it, held in memory."""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from sys import intern
from threading import Lock

from sonospine.config.loading import check_ids, load_config
from sonospine.config.settings import Config
from sonospine.curation.logbook import Mark
from sonospine.model import tables as declared
from sonospine.model.buckets import bucket_files, bucket_of
from sonospine.model.errors import InputError
from sonospine.model.record import Record, from_json
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row, read_table
from sonospine.robustness.fitting import grouped
from sonospine.synthesis.pooling import Choice, Threshold
from sonospine.vocabulary import Vocabulary, load_vocabulary

SHORT = 24
"""Cells of fewer characters repeat from row to row: each is held once."""
KEPT = 256
"""Parsed records that are kept: those of the studies that somebody has open, and some more."""


class ParsedRecords:
    """The parsed records in their bucket files, each read when it is asked for and kept for a while.

    Parameters
    ----------
    files
        ``<bucket>.jsonl`` in the order of the buckets (``model.buckets.bucket_files``).
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._kept: OrderedDict[str, Record | None] = OrderedDict()
        self._lock = Lock()

    def __call__(self, record_id: str) -> Record | None:
        """Return a record by its id; ``None`` where it is not among them."""
        with self._lock:
            if record_id in self._kept:
                self._kept.move_to_end(record_id)
                return self._kept[record_id]
        found = self._read(record_id)
        with self._lock:
            self._kept[record_id] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _read(self, record_id: str) -> Record | None:
        if not self._files:
            return None
        path = self._files[bucket_of(record_id, len(self._files))]
        # Only the line of this record is parsed: a bucket of full texts is a hundred times as long.
        mark = f'"record_id":{json.dumps(record_id, ensure_ascii=False)}'.encode()
        try:
            with path.open("rb") as lines:
                for line in lines:
                    if mark in line:
                        record = from_json(line.decode("utf-8"))
                        if record.record_id == record_id:
                            return record
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                "the record cannot be read", file=path, field="record_id", found=record_id
            ) from None
        return None


@dataclass(frozen=True, repr=False, eq=False)
class Tables:
    """What the curation page stands on; nothing in it changes. Another run makes other tables (``outdated``).

    Attributes
    ----------
    config, vocabulary
        The configuration and what its words mean.
    measurements, alternatives, arms, unread
        What the machine read (``extracted/machine/``).
    records, studies, decisions, reports, links
        The tables of these names.
    parsed
        Gives a parsed record by its id, ``None`` where there is none.
    marks
        The files behind all this as they were when they were read.
    """

    config: Config
    vocabulary: Vocabulary
    measurements: Sequence[Row]
    alternatives: Sequence[Row]
    arms: Sequence[Row]
    unread: Sequence[Row]
    records: Sequence[Row]
    studies: Sequence[Row]
    decisions: Sequence[Row]
    reports: Sequence[Row] = ()
    links: Sequence[Row] = ()
    parsed: ParsedRecords = field(default_factory=lambda: ParsedRecords(()))
    marks: Mapping[Path, Mark | None] = field(default_factory=dict)

    @property
    def outdated(self) -> bool:
        """Whether a file behind the tables was made anew (or is being made) since they were read."""
        return any(Mark.of(path) != mark for path, mark in self.marks.items())

    def __repr__(self) -> str:
        return f"Tables({len(self.measurements)} rows of {len(self.studies)} studies)"

    @cached_property
    def directions(self) -> Mapping[str, str]:
        """Which values are better (``lower`` or ``higher``) by instrument."""
        return {i.id: i.direction for i in self.vocabulary.instruments.values() if not i.generic}

    @cached_property
    def whole_numbers(self) -> frozenset[str]:
        """Instruments whose single scores are whole numbers."""
        return frozenset(i.id for i in self.vocabulary.instruments.values() if i.whole_numbers)

    @cached_property
    def study_of(self) -> Mapping[str, str]:
        """Study by record."""
        return {row["record_id"]: row["study_id"] for row in self.records}

    @cached_property
    def study(self) -> Mapping[str, Row]:
        """Rows of studies by id."""
        return {row["study_id"]: row for row in self.studies}

    @cached_property
    def record(self) -> Mapping[str, Row]:
        """Rows of records by id."""
        return {row["record_id"]: row for row in self.records}

    @cached_property
    def machine(self) -> Mapping[str, Row]:
        """Rows of measurements by id, as the machine read them."""
        return {row["measurement_id"]: row for row in self.measurements}

    @cached_property
    def machine_of_record(self) -> Mapping[str, Sequence[Row]]:
        """Rows of measurements by record, as the machine read them."""
        return grouped(self.measurements, "record_id")

    @cached_property
    def measurements_of(self) -> Mapping[str, Sequence[Row]]:
        """Rows of measurements by study, as the machine read them."""
        return self._by_study(self.measurements)

    @cached_property
    def arms_of(self) -> Mapping[str, Sequence[Row]]:
        """Arms by study, as the machine read them."""
        return self._by_study(self.arms)

    @cached_property
    def records_of(self) -> Mapping[str, Sequence[Row]]:
        """Rows of records by study."""
        return grouped(self.records, "study_id")

    def _by_study(self, rows: Iterable[Row]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            study = self.study_of.get(row["record_id"])
            if study is None:
                raise InputError(
                    "the record is not linked to a study: run `make review` again",
                    field="record_id",
                    found=row["record_id"],
                )
            found[study].append(row)
        return found

    @cached_property
    def choice(self) -> Choice:
        """How the configuration pools."""
        assumed = self.config.assumptions
        return Choice(assumed.estimator, assumed.ci, assumed.level)

    @cached_property
    def thresholds(self) -> Mapping[str, Threshold]:
        """The minimal important difference that each analysis names."""
        named = ((a.id, self.config.difference(a)) for a in self.config.analyses)
        return {name: Threshold(found.value, found.source) for name, found in named if found is not None}


def read_tables_of(root: Path, config_file: Path) -> Tables:
    """Read the tables of a review.

    Parameters
    ----------
    root
        Folder with ``results/`` and ``extracted/``.
    config_file
        The configuration.

    Raises
    ------
    InputError
        A table is missing (then the review has to be made first) or is another one, or the configuration is wrong.
    """
    config = load_config(config_file)
    folder = Path(config.vocabulary)
    beside = config_file.resolve().parent.parent / folder
    vocabulary = load_vocabulary(folder if folder.is_absolute() or folder.exists() else beside)
    check_ids(config, vocabulary.ids(), config_file)
    results, shards = root / "results", root / "results" / "import"
    # Marked before it is read: what is made anew meanwhile is noticed.
    marks: dict[Path, Mark | None] = {config_file: Mark.of(config_file)}

    def buckets(parent: Path, suffix: str) -> list[Path]:
        if not any(shards.glob("*.jsonl")):
            raise _not_made(shards)
        return bucket_files(shards, parent, suffix)

    def in_buckets(kind: str, schema: TableSchema) -> list[Row]:
        files = buckets(root / "extracted" / "machine" / kind, ".tsv")
        return [row for path in files for row in marked_rows(path, schema)]

    def marked_rows(path: Path, schema: TableSchema) -> list[Row]:
        marks[path] = Mark.of(path)
        return _rows(path, schema)

    record_files = buckets(results / "records", ".jsonl")
    marks |= {path: Mark.of(path) for path in record_files}
    return Tables(
        config=config,
        vocabulary=vocabulary,
        measurements=in_buckets("measurements", declared.MEASUREMENTS),
        alternatives=in_buckets("alternatives", declared.ALTERNATIVES),
        arms=in_buckets("arms", declared.MACHINE_ARMS),
        unread=in_buckets("unread", declared.UNREAD),
        records=marked_rows(results / "studies" / "records.tsv", declared.RECORDS),
        studies=marked_rows(results / "studies" / "studies.tsv", declared.STUDIES),
        decisions=marked_rows(results / "screening" / "decisions.tsv", declared.DECISIONS),
        reports=marked_rows(results / "studies" / "reports.tsv", declared.REPORTS),
        links=marked_rows(results / "studies" / "links.tsv", declared.LINKS),
        parsed=ParsedRecords(record_files),
        marks=marks,
    )


def _rows(path: Path, schema: TableSchema) -> list[Row]:
    if not path.exists():
        raise _not_made(path)
    rows = read_table(path, schema, validate=False)  # what wrote it has checked it
    for row in rows:
        for name, text in row.items():
            if len(text) < SHORT:
                row[name] = intern(text)
    return rows


def _not_made(path: Path) -> InputError:
    return InputError(
        "not made yet: run `make review` first, which reads what there is to correct", file=path
    )
