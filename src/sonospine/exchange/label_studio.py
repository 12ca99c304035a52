"""Label Studio: a task a record, the reader's spans as predictions; offsets in code points, as Label Studio counts them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

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
    told_beside,
)
from sonospine.model.errors import InputError
from sonospine.model.files import read_text
from sonospine.model.tables import MEASUREMENTS

LABEL_NAME, TEXT_NAME, REASON = "label", "text", "reason"
CHOICES = tuple(name for name in FIELDS if MEASUREMENTS.column(name).allowed)
"""Fields with a list of values are choices; the others are typed."""
_ID = "measurement_id"
_COLOURS = {"centre": "#1b6ca8", "spread": "#8a5a00", "n": "#2e7d32", "total": "#7b3fa0"}
_ROWS = "measurement_ids"
_CHANGE = "change"
_OFFSET = re.compile(r"[0-9]{1,9}")
_OURS = re.compile(r"[mx][0-9a-f]{11}")
"""Ids of rows; those that Label Studio gives to new regions are shorter."""


@dataclass(frozen=True, slots=True)
class Task:
    """An annotated task: its record, the text that was annotated, the results of its one annotation.

    ``exported`` are the rows that were marked when it was exported; ``None`` where the task does not say.
    """

    record_id: str
    text: str
    results: Sequence[Mapping[str, Any]]
    ordinal: int
    exported: tuple[str, ...] | None = None


def labelling_config() -> str:
    """Return the labelling configuration of the project (XML): labels, what is told beside a value, the relation."""
    labels = "".join(
        f'    <Label value={quoteattr(name)} background="{_COLOURS[role_of(name)]}"/>\n' for name in LABELS
    )
    per_value = f'perRegion="true" visibleWhen="region-selected" whenTagName="{LABEL_NAME}" whenLabelValue="{",".join(CENTRE_LABELS)}"'
    told = ""
    for name in (*FIELDS, REASON):
        told += f'  <Header value={quoteattr(name)} size="5"/>\n'
        if name in CHOICES:
            values = "".join(f"<Choice value={quoteattr(v)}/>" for v in MEASUREMENTS.column(name).allowed)
            told += f'  <Choices name="{name}" toName="{TEXT_NAME}" {per_value}>{values}</Choices>\n'
        else:
            told += f'  <TextArea name="{name}" toName="{TEXT_NAME}" {per_value} maxSubmissions="1"/>\n'
    return (
        "<View>\n"
        "  <Style>.htx-text { white-space: pre-wrap; }</Style>\n"  # else white space is not shown as it is counted
        f'  <Relations><Relation value="{RELATION}"/></Relations>\n'
        '  <Header value="$title" size="3"/>\n'
        f'  <Labels name="{LABEL_NAME}" toName="{TEXT_NAME}">\n{labels}  </Labels>\n'
        f'  <Text name="{TEXT_NAME}" value="$text" granularity="symbol"/>\n{told}'
        "</View>\n"
    )


def task_of(marked: Marked, model_version: str) -> dict[str, Any]:
    """Return a record as a task: its text, and its rows as one prediction."""
    results: list[dict[str, Any]] = []
    scores: list[float] = []
    for row, spans in marked.rows:
        key = row[_ID]
        score = float(row["confidence"])
        scores.append(score)
        for role, span in spans.items():
            region = key if role == "centre" else f"{key}-{role}"
            start, end = span.bounds
            where = {"start": start, "end": end, "text": marked.document.text[start:end]}
            results.append({
                "id": region, "from_name": LABEL_NAME, "to_name": TEXT_NAME, "type": "labels",
                "value": {**where, "labels": [span.label]}, "score": score,
                "meta": {_ID: key, "text": [key]},
            })  # fmt: skip
            if role == "centre":
                results += [_told(region, where, name, text) for name, text in told_beside(row).items()]
        results += [
            {"type": "relation", "from_id": f"{key}-{role}", "to_id": key, "direction": "right", "labels": [RELATION]}
            for role in spans if role != "centre"
        ]  # fmt: skip
    document = marked.document
    return {
        "data": {
            "record_id": document.record_id, "title": document.title, "text": document.text,
            _ROWS: [row[_ID] for row, _ in marked.rows],
        },
        "predictions": [{
            "model_version": model_version, "score": min(scores, default=1.0), "result": results,
        }],
    }  # fmt: skip


def _told(region: str, where: Mapping[str, Any], name: str, text: str) -> dict[str, Any]:
    kind, value = ("choices", {"choices": [text]}) if name in CHOICES else ("textarea", {"text": [text]})
    return {
        "id": region, "from_name": name, "to_name": TEXT_NAME, "type": kind,
        "value": {"start": where["start"], "end": where["end"], **value},
    }  # fmt: skip


def tasks_text(tasks: Sequence[Mapping[str, Any]]) -> str:
    """Return tasks as the JSON that Label Studio imports."""
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def read_tasks(path: Path | str) -> tuple[list[Task], list[str]]:
    """Read an export of Label Studio (JSON).

    Returns
    -------
    tasks, passed over
        Tasks with an annotation that was not cancelled; and in words those without one.

    Raises
    ------
    InputError
        The file is not such an export, or a task has two annotations: whose counts would be a guess.
    """
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise InputError(
            "not JSON", file=path, row=line, allowed="an export of Label Studio (JSON)"
        ) from None
    if not isinstance(content, list):
        raise InputError(
            "not a list of tasks", file=path, allowed="an export of Label Studio (JSON, not JSON-MIN)"
        )
    tasks: list[Task] = []
    passed: list[str] = []
    for ordinal, task in enumerate(content, start=1):
        data = task.get("data") if isinstance(task, dict) else None
        named = isinstance(data, dict) and all(
            isinstance(data.get(key), str) for key in ("record_id", "text")
        )
        if not isinstance(data, dict) or not named:
            raise InputError(
                f"task {ordinal} is none of ours", file=path, field="data", found=str(task)[:60],
                allowed="record_id and text, as they were exported",
            )  # fmt: skip
        listed = task.get("annotations") or []
        made = [a for a in listed if isinstance(a, dict) and not a.get("was_cancelled")]
        if len(made) > 1:
            raise InputError(
                f"task {ordinal} has {len(made)} annotations", file=path, field="annotations",
                found=data["record_id"], allowed="those of one annotator",
            )  # fmt: skip
        if not made:
            passed.append(f"task {ordinal} ({data['record_id']}) is not annotated")
            continue
        results = made[0].get("result")
        if not isinstance(results, list) or not all(isinstance(r, dict) for r in results):
            raise InputError(f"task {ordinal} has no results", file=path, field="result", allowed="a list")
        listed_rows = data.get(_ROWS)
        exported = tuple(map(str, listed_rows)) if isinstance(listed_rows, list) else None
        tasks.append(Task(data["record_id"], data["text"], results, ordinal, exported))
    return tasks, passed


def annotated_of(task: Task, path: object = None) -> tuple[list[Annotated], list[InputError], list[str]]:
    """Gather the results of a task into rows; the same three lists as ``brat.annotated_of``.

    Raises
    ------
    InputError
        A span has no offsets, or its characters are not those of the text.
    """
    marks: list[Mark] = []
    passed: list[str] = []
    ids: dict[str, str] = {}
    beside: dict[str, dict[str, str]] = {}
    reasons: dict[str, str] = {}
    belongs: list[tuple[str, str]] = []
    for result in task.results:
        kind, name, value = result.get("type"), str(result.get("id", "")), result.get("value")
        if kind == "relation":
            ends = str(result.get("from_id", "")), str(result.get("to_id", ""))
            belongs.append((ends[1], ends[0]) if result.get("direction") == "left" else ends)
        elif kind == "labels":
            for label in _labels(value):
                if not role_of(label):
                    passed.append(f"{name}: the label {label} means nothing here")
                    continue
                marks.append(Mark(_span(task, name, label, value, path), 0, name))
                if role_of(label) == "centre":
                    ids[name] = _id_of(result)
                    beside.setdefault(name, {}).setdefault(_CHANGE, "false")
        elif kind in ("choices", "textarea"):
            told = next(iter(_texts(value, "choices" if kind == "choices" else "text")), "").strip()
            field = str(result.get("from_name", ""))
            if field == REASON:
                reasons[name] = told
            elif field in FIELDS:
                beside.setdefault(name, {})[field] = told
    rows, faults = gathered(marks, belongs, ids, beside, reasons, path)
    return rows, faults, passed


def _id_of(result: Mapping[str, Any]) -> str:
    meta = result.get("meta")
    told = str(meta.get(_ID, "")) if isinstance(meta, dict) else ""
    region = str(result.get("id", ""))
    return told or (region if _OURS.fullmatch(region) else "")


def _labels(value: Any) -> Iterator[str]:
    return _texts(value, "labels")


def _texts(value: Any, key: str) -> Iterator[str]:
    listed = value.get(key) if isinstance(value, dict) else None
    yield from (text for text in (listed if isinstance(listed, list) else [listed]) if isinstance(text, str))


def _span(task: Task, name: str, label: str, value: Any, path: object) -> Span:
    start, end, told = (
        value.get(key) if isinstance(value, dict) else None for key in ("start", "end", "text")
    )
    whole = [
        int(str(n)) for n in (start, end) if _OFFSET.fullmatch(str(n))
    ]  # some versions write them as texts
    if len(whole) != 2 or not 0 <= whole[0] < whole[1] <= len(task.text):
        raise InputError(
            "the offsets are not in the text", file=path, field=name, found=f"{start} {end}",
            allowed=f"ascending, up to {len(task.text)}",
        )  # fmt: skip
    stands = task.text[whole[0] : whole[1]]
    if isinstance(told, str) and told.split() != stands.split():
        raise InputError(
            "another text stands at the offsets", file=path, field=name, found=told,
            allowed=repr(stands),
        )  # fmt: skip
    return Span(label, ((whole[0], whole[1]),))
