"""brat: a text and its standoff annotations side by side (``.txt`` and ``.ann``), offsets in code points.

Lines of ``.ann``: ``T1<tab>mean 10 14<tab>5.27`` (a span, its fragments separated by ``;``),
``R1<tab>belongs_to Arg1:T2 Arg2:T1``, ``A1<tab>phase T1 baseline``, ``#1<tab>arm T1<tab>Group A``. Events (``E``),
equivalences (``*``) and normalisations (``N``) are kept as they are and mean nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonospine.exchange.spans import (
    CENTRE_LABELS,
    FIELDS,
    LABELS,
    RELATION,
    Annotated,
    Mark,
    Marked,
    Span,
    gathered,
    role_of,
    text_of,
    told_beside,
)
from sonospine.model.errors import InputError
from sonospine.model.numbers import truth, written_truth
from sonospine.model.table_io import without_breaks
from sonospine.model.tables import MEASUREMENTS

ID_NOTE = "measurement_id"
REASON_NOTE = "AnnotatorNotes"
"""What a person writes into the window of brat: why a row was changed."""
ATTRIBUTES = tuple(name for name in FIELDS if MEASUREMENTS.column(name).allowed)
"""Fields with a list of values are attributes; the others are notes."""
EXPORTED = "exported.txt"
"""File beside the annotations that lists which rows were marked: what is missing from it was never shown."""
_CHANGE = "change"

_SPAN = re.compile(r"(?P<label>\S+) (?P<offsets>[0-9]{1,9} [0-9]{1,9}(?:;[0-9]{1,9} [0-9]{1,9})*)")
_RELATION = re.compile(r"(?P<label>\S+) Arg1:(?P<first>\S+) Arg2:(?P<second>\S+)\s*")
_ATTRIBUTE = re.compile(r"(?P<name>\S+) (?P<target>\S+)(?: (?P<value>.*\S))?\s*")
_NOTE = re.compile(r"(?P<name>\S+) (?P<target>\S+)")
_KINDS = "TRAM#E*N"


@dataclass(frozen=True, slots=True)
class TextBound:
    """A span: its name (``T1``), what it is, and the characters that the file gives for it."""

    name: str
    span: Span
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of two spans, by their names."""

    name: str
    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a span; without a value it is there or not."""

    name: str
    label: str
    target: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a span."""

    name: str
    label: str
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a ``.ann`` file holds; ``others`` are lines of other kinds, as they are."""

    spans: tuple[TextBound, ...] = ()
    relations: tuple[Relation, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    notes: tuple[Note, ...] = ()
    others: tuple[str, ...] = ()


def ann_text(annotations: Annotations) -> str:
    """Write annotations as brat does, a line each."""
    lines = [
        f"{s.name}\t{s.span.label} {';'.join(f'{a} {b}' for a, b in s.span.fragments)}\t{s.text}"
        for s in annotations.spans
    ]
    lines += [f"{r.name}\t{r.label} Arg1:{r.first} Arg2:{r.second}" for r in annotations.relations]
    lines += [
        f"{a.name}\t{' '.join(filter(None, [a.label, a.target, a.value]))}" for a in annotations.attributes
    ]
    lines += [f"{n.name}\t{n.label} {n.target}\t{without_breaks(n.text)}" for n in annotations.notes]
    lines += annotations.others
    return "".join(f"{line}\n" for line in lines)


def read_ann(content: str, text: str, path: object = None) -> Annotations:
    """Read a ``.ann`` file and check each span against the text.

    Raises
    ------
    InputError
        A line is malformed or of no kind that brat has, a name stands twice, or the characters of a span are not
        those of the text at its offsets (code points).
    """
    spans: list[TextBound] = []
    relations: list[Relation] = []
    attributes: list[Attribute] = []
    notes: list[Note] = []
    others: list[str] = []
    names: set[str] = set()
    for number, full in enumerate(content.split("\n"), start=1):
        line = full.removesuffix("\r")
        if not line.strip():
            continue
        name, _, rest = line.partition("\t")
        kind = name[:1]
        try:
            if kind not in _KINDS or not rest:
                raise InputError(
                    "not an annotation", found=line, allowed=f"lines that begin with {' '.join(_KINDS)}"
                )
            if name in names and kind != "*":
                raise InputError("the name stands twice", found=name)
            names.add(name)
            if kind == "T":
                spans.append(_span(name, rest, text, number))
            elif kind == "R":
                found = _matched(_RELATION, rest, "label Arg1:T2 Arg2:T1")
                relations.append(Relation(name, found["label"], found["first"], found["second"]))
            elif kind in "AM":
                found = _matched(_ATTRIBUTE, rest, "name T1 value")
                attributes.append(Attribute(name, found["name"], found["target"], found["value"] or ""))
            elif kind == "#":
                head, _, told = rest.partition("\t")
                found = _matched(_NOTE, head, "name T1, a tab and a text")
                notes.append(Note(name, found["name"], found["target"], told))
            else:
                others.append(line)
        except InputError as fault:
            raise InputError(
                fault.reason,
                file=path,
                row=number,
                field=fault.field,
                found=fault.found,
                allowed=fault.allowed,
            ) from None
    return Annotations(tuple(spans), tuple(relations), tuple(attributes), tuple(notes), tuple(others))


def _matched(pattern: re.Pattern[str], text: str, allowed: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise InputError("the annotation is malformed", found=text, allowed=allowed)
    return found


def _span(name: str, rest: str, text: str, line: int) -> TextBound:
    head, _, told = rest.partition("\t")
    found = _matched(_SPAN, head, "label start end")
    pairs = [pair.split(" ") for pair in found["offsets"].split(";")]
    fragments = tuple((int(start), int(end)) for start, end in pairs)
    last = 0
    for start, end in fragments:
        if not last <= start < end <= len(text):
            raise InputError(
                "the offsets are not in the text", field=name, found=found["offsets"],
                allowed=f"ascending, up to {len(text)}",
            )  # fmt: skip
        last = end
    span = Span(found["label"], fragments)
    stands = " ".join(text[start:end] for start, end in fragments)
    if stands.split() != told.split():
        raise InputError("another text stands at the offsets", field=name, found=told, allowed=repr(stands))
    return TextBound(name, span, told, line)


def exported_text(documents: Sequence[Marked]) -> str:
    """Return the list of the rows that are marked: record and row, a line each."""
    pairs = [(d.document.record_id, row["measurement_id"]) for d in documents for row, _ in d.rows]
    return "".join(f"{record_id}\t{key}\n" for record_id, key in pairs)


def read_exported(content: str) -> dict[str, tuple[str, ...]]:
    """Read the list of the rows that were marked, by record; lines that are none are passed over."""
    listed: dict[str, list[str]] = {}
    for line in content.splitlines():
        record_id, _, key = line.partition("\t")
        if key:
            listed.setdefault(record_id, []).append(key.strip())
    return {record_id: tuple(keys) for record_id, keys in listed.items()}


def annotations_of(marked: Marked) -> Annotations:
    """Return the rows of a document as brat's annotations."""
    spans: list[TextBound] = []
    relations: list[Relation] = []
    attributes: list[Attribute] = []
    notes: list[Note] = []

    def note(label: str, target: str, text: str) -> None:
        notes.append(Note(f"#{len(notes) + 1}", label, target, text))

    for row, by_role in marked.rows:
        value = f"T{len(spans) + 1}"
        for role, span in by_role.items():
            name = f"T{len(spans) + 1}"
            spans.append(TextBound(name, span, text_of(marked.document, span)))
            if role != "centre":
                relations.append(Relation(f"R{len(relations) + 1}", RELATION, name, value))
        note(ID_NOTE, value, row["measurement_id"])
        for field, text in told_beside(row).items():
            if field in ATTRIBUTES:
                told = "" if field == _CHANGE else text
                attributes.append(Attribute(f"A{len(attributes) + 1}", field, value, told))
            else:
                note(field, value, text)
    return Annotations(tuple(spans), tuple(relations), tuple(attributes), tuple(notes))


def annotated_of(
    annotations: Annotations, path: object = None
) -> tuple[list[Annotated], list[InputError], list[str]]:
    """Gather annotations into rows.

    Returns
    -------
    rows, faults, passed over
        The rows; what does not fit together; spans with labels that are not ours.
    """
    marks = [Mark(s.span, s.line, s.name) for s in annotations.spans if role_of(s.span.label)]
    passed = [f"{s.name}: the label {s.span.label} means nothing here" for s in annotations.spans
              if not role_of(s.span.label)]  # fmt: skip
    ids: dict[str, str] = {}
    beside: dict[str, dict[str, str]] = {
        mark.name: {_CHANGE: written_truth(False)} for mark in marks if role_of(mark.span.label) == "centre"
    }
    reasons: dict[str, str] = {}
    for note in annotations.notes:
        if note.label == ID_NOTE:
            ids[note.target] = note.text.strip()
        elif note.label == REASON_NOTE:
            reasons[note.target] = note.text.strip()
        elif note.label in FIELDS:
            beside.setdefault(note.target, {})[note.label] = note.text.strip()
    for attribute in annotations.attributes:
        if attribute.label in FIELDS:
            value = written_truth(not attribute.value or truth(attribute.value))
            told = value if attribute.label == _CHANGE else attribute.value
            beside.setdefault(attribute.target, {})[attribute.label] = told
    belongs = [(r.first, r.second) for r in annotations.relations if r.label == RELATION]
    rows, faults = gathered(marks, belongs, ids, beside, reasons, path)
    return rows, faults, passed


def configuration() -> str:
    """Return ``annotation.conf``, which tells brat the labels, the relation and the attributes."""
    numbers = "|".join(name for name in LABELS if role_of(name) != "centre")
    lines = ["[entities]", *LABELS, "", "[relations]"]
    lines += [
        f"{RELATION}\tArg1:{numbers}, Arg2:{'|'.join(CENTRE_LABELS)}",
        "",
        "[events]",
        "",
        "[attributes]",
    ]
    allowed: Mapping[str, Sequence[str]] = {name: MEASUREMENTS.column(name).allowed for name in ATTRIBUTES}
    for name in ATTRIBUTES:
        values = "" if name == _CHANGE else f", Value:{'|'.join(allowed[name])}"
        lines.append(f"{name}\tArg:{'|'.join(CENTRE_LABELS)}{values}")
    return "\n".join(lines) + "\n"
