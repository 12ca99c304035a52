"""``sonospine curate import`` of annotations and data rows: changes that were made in other tools, as lines of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sonospine.cli.curate_forms import Form
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

if TYPE_CHECKING:
    from sonospine.cli.replaying import WasRead
    from sonospine.curation.edited import Change
    from sonospine.curation.lines import Hand
    from sonospine.exchange.documents import Document
    from sonospine.exchange.label_studio import Task
    from sonospine.exchange.proposals import Proposals
    from sonospine.exchange.spans import Annotated
    from sonospine.model.record import Record

_Gathered = tuple["list[Annotated]", list[InputError], list[str]]


@dataclass(frozen=True)
class Found:
    """What files of another tool say: changes by file, and what is only told; faults forbid writing anything."""

    changes: tuple[tuple[str, Change], ...]
    already: tuple[tuple[str, Change], ...]
    remarks: tuple[str, ...]
    faults: tuple[InputError, ...]


@dataclass(frozen=True)
class _Asked:
    """The review and what is asked of it: the rows of the table, the machine's tables, the records that are named."""

    table: Mapping[str, Row]
    was_read: WasRead
    records: Mapping[str, Record]
    log: Sequence[Row]
    hand: Hand
    reject_missing: bool
    reason: str


def found_in(
    file: Path,
    form: Form,
    *,
    root: Path,
    config: Path,
    log: Sequence[Row],
    hand: Hand,
    reject_missing: bool,
    reason: str,
) -> Found:
    """Find what was changed in annotations or data rows since they were exported.

    Parameters
    ----------
    file
        Label Studio's export, brat's folder or one ``.ann``, or a file of RevMan.
    form
        Which of them.
    root, config
        The review.
    log
        The lines of the log of corrections: what the curator said already is not said twice.
    hand
        Who made the changes.
    reject_missing
        Whether rows that are no longer marked are rejected.
    reason
        Why, for rows without a reason of their own.

    Raises
    ------
    InputError
        The file is missing or none of its form.
    """
    from sonospine.cli.replaying import read_in
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import RECONCILED

    table = {row["measurement_id"]: row for row in read_table(root / RECONCILED.path, RECONCILED)}
    was_read = read_in(root)
    if form is Form.REVMAN:
        named = {row["record_id"] for row in table.values()}
        asked = _Asked(table, was_read, was_read.records_named(named), log, hand, reject_missing, reason)
        return _revman(file, root, config, asked)
    sources = list(_tasks(file) if form is Form.LABEL_STUDIO else _pairs(file, was_read.record_rows))
    records = was_read.records_named({source.record_id for source in sources})
    asked = _Asked(table, was_read, records, log, hand, reject_missing, reason)
    parts: list[Found] = []
    for source in sources:
        try:
            parts.append(_of_record(source, asked))
        except InputError as fault:
            parts.append(Found((), (), (), (fault,)))
    return Found(
        tuple(c for part in parts for c in part.changes), tuple(c for part in parts for c in part.already),
        tuple(r for part in parts for r in part.remarks), tuple(f for part in parts for f in part.faults),
    )  # fmt: skip


@dataclass(frozen=True)
class _Source:
    """The annotations of one record: the name for messages, the text that was annotated; ``gather`` makes rows.

    ``exported`` are the rows that were marked in it; ``None`` where nothing says so.
    """

    name: str
    record_id: str
    text: str
    gather: Callable[[Document], _Gathered]
    exported: tuple[str, ...] | None


def _tasks(file: Path) -> Iterator[_Source]:
    from sonospine.exchange.label_studio import annotated_of, read_tasks

    tasks, passed = read_tasks(file)
    if not tasks:
        raise InputError("no task is annotated", file=file, found="; ".join(passed), allowed="annotations")
    for task in tasks:
        name = f"{file}, task {task.ordinal}"

        def gather(_: Document, task: Task = task, name: str = name) -> _Gathered:
            return annotated_of(task, name)

        yield _Source(name, task.record_id, task.text, gather, task.exported)


def _pairs(file: Path, record_rows: Sequence[Row]) -> Iterator[_Source]:
    from sonospine.exchange.brat import EXPORTED, annotated_of, read_ann, read_exported
    from sonospine.exchange.documents import file_stem
    from sonospine.model.files import read_text

    if not file.exists():
        raise InputError("no such file or folder", file=file)
    paths = sorted(file.glob("*.ann")) if file.is_dir() else [file]
    if not paths:
        raise InputError("no .ann file is in the folder", file=file, allowed="a folder as it was exported")
    records = {file_stem(row["record_id"]): row["record_id"] for row in record_rows}
    for path in paths:
        if path.suffix != ".ann":
            raise InputError("not an annotation file", file=path, allowed="a folder, or a file .ann")
        content = read_text(path)
        if path.stem not in records:
            raise InputError(
                "no record goes by this name", file=path, found=path.stem, allowed="names as exported"
            )

        def gather(document: Document, content: str = content, path: Path = path) -> _Gathered:
            return annotated_of(read_ann(content, document.text, path), path)

        record_id, text = records[path.stem], _raw(path.with_suffix(".txt"))
        listed = path.with_name(EXPORTED)
        exported = read_exported(read_text(listed)).get(record_id, ()) if listed.exists() else None
        yield _Source(str(path), record_id, text, gather, exported)


def _raw(path: Path) -> str:
    """Read a text as it is; line ends of another system would move the offsets, so they are put back."""
    from sonospine.model.files import read_text

    return read_text(path).replace("\r\n", "\n")


def _of_record(source: _Source, asked: _Asked) -> Found:
    from sonospine.exchange.documents import document_of
    from sonospine.exchange.proposals import proposals
    from sonospine.exchange.spans import marked

    name, text = source.name, source.text
    record = asked.records.get(source.record_id)
    if record is None:
        raise InputError("no such record in the review", file=name, field="record_id", found=source.record_id)
    ours = [row for row in asked.table.values() if row["record_id"] == source.record_id]
    before = marked(document_of(record), ours)
    if before.document.text != text:
        at = next(
            (i for i, (a, b) in enumerate(zip(before.document.text, text, strict=False)) if a != b), None
        )
        where = min(len(text), len(before.document.text)) if at is None else at
        raise InputError(
            "the text is not that of the record: one of them changed since it was exported", file=name,
            field=f"character {where}", found=text[where : where + 30],
            allowed=repr(before.document.text[where : where + 30]),
        )  # fmt: skip
    rows, faults, passed = source.gather(before.document)
    proposed = proposals(before, rows, name)
    if source.exported is None and asked.reject_missing:
        raise InputError(
            "which rows were exported is not known: none can be missing", file=name,
            allowed="the files as they were exported, or no --reject-missing",
        )  # fmt: skip
    shown = {*(source.exported or ()), *(row.measurement_id for row in rows)}
    here = {row["measurement_id"]: row for row, _ in before.rows if row["measurement_id"] in shown}
    told = tuple(f"{name}: {remark}" for remark in (*passed, *proposed.remarks))
    return _changes(name, proposed, here, asked, tuple(faults), told)


def _revman(file: Path, root: Path, config: Path, asked: _Asked) -> Found:
    from sonospine.exchange.revman import proposals
    from sonospine.exchange.revman_files import read_data_rows
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import EFFECTS

    effects = read_table(root / EFFECTS.path, EFFECTS)
    proposed = proposals(read_data_rows(file), effects, _titles_of(config), str(file))
    keys = [row.cells["measurement_id"] for row in proposed.rows]
    here = {key: asked.table[key] for key in keys if key in asked.table}
    return _changes(str(file), proposed, here, asked, (), ())


def _changes(
    name: str,
    proposed: Proposals,
    here: Mapping[str, Row],
    asked: _Asked,
    faults: Sequence[InputError],
    told: tuple[str, ...],
) -> Found:
    """Turn proposals into lines of the log, with the places of the new values."""
    from sonospine.cli.curate_reading import reading_of
    from sonospine.curation.edited import edits_of

    every = (*faults, *proposed.faults)
    if every:
        return Found((), (), told, every)
    places = {
        (row.cells["measurement_id"], field): place
        for row in proposed.rows
        for field, place in row.places.items()
    }
    try:
        edits = edits_of(
            proposed.rows, reading_of(asked.was_read, asked.records, here, asked.log), asked.hand, Path(name),
            reject_missing=asked.reject_missing, reason=asked.reason,
        )  # fmt: skip
    except InputError as fault:
        line = fault.row or None
        return Found((), (), told, (
            InputError(fault.reason, file=name, row=line, field=fault.field, found=fault.found, allowed=fault.allowed),
        ))  # fmt: skip
    for change in edits.changes:
        for row in change.rows:
            place = places.get((row["target_id"], row["field"])) if row["action"] == "set" else None
            if place:
                row["new_locator"], row["new_quote"] = place
    gone = (
        []
        if asked.reject_missing
        else [f"{name}: {key} is not marked; it stays as it is" for key in edits.missing]
    )
    return Found(
        tuple((name, change) for change in edits.changes), tuple((name, change) for change in edits.already),
        (*told, *gone), (),
    )  # fmt: skip


def _titles_of(config: Path) -> dict[str, str]:
    """Return the titles of the analyses of a review, in their order."""
    from sonospine.config.loading import load_config

    return {analysis.id: analysis.title for analysis in load_config(config).analyses}
