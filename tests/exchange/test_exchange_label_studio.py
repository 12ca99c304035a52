"""Label Studio: tasks with the reader's spans as predictions, and annotations that come back."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sonospine.exchange.label_studio import CHOICES, labelling_config
from sonospine.exchange.spans import FIELDS, LABELS
from sonospine.model.places import quote_at


class Project:
    """A project of Label Studio: the tasks, each annotated as the reader predicted, for a test to change."""

    def __init__(self, reviewed: Any) -> None:
        self.reviewed = reviewed
        folder = reviewed.export("label-studio")
        self.tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
        for task in self.tasks:
            task["annotations"] = [
                {"completed_by": 1, "result": copy.deepcopy(task["predictions"][0]["result"])}
            ]
        self.path: Path = reviewed.root / "export.json"
        (effect,) = [row for row in reviewed.effects() if row["label"].startswith("Galiano")]
        self.key = effect["measurement_ids"].split(";")[0]

    @property
    def task(self) -> Any:
        return next(
            t for t in self.tasks if any(r.get("id") == self.key for r in t["predictions"][0]["result"])
        )

    @staticmethod
    def results(task: Any) -> Any:
        return task["annotations"][0]["result"]

    def region(self, name: str, kind: str = "labels") -> Any:
        return next(r for r in self.results(self.task) if r.get("id") == name and r["type"] == kind)

    def take(self, *more: str) -> Any:
        self.path.write_text(json.dumps(self.tasks), encoding="utf-8")
        return self.reviewed.take("label-studio", self.path, *more)


@pytest.fixture
def labelled(reviewed: Any) -> Project:
    return Project(reviewed)


def test_the_configuration_offers_every_label_and_field() -> None:
    root = etree.fromstring(labelling_config())
    assert [label.get("value") for label in root.iter("Label")] == list(LABELS)
    assert {e.get("name") for e in root.iter("TextArea", "Choices")} == {*FIELDS, "reason"}
    assert {e.get("name") for e in root.iter("Choices")} == set(CHOICES)
    names = {e.get("name") for e in root.iter() if e.get("name")}
    assert {e.get("toName") for e in root.iter() if e.get("toName")} <= names


def test_predictions_are_spans_of_the_text_with_relations_to_their_value(labelled: Project) -> None:
    rows = labelled.reviewed.rows()
    seen = set()
    for task in labelled.tasks:
        text = task["data"]["text"]
        (prediction,) = task["predictions"]
        regions = {r["id"]: r for r in prediction["result"] if r["type"] == "labels"}
        for region in regions.values():
            value = region["value"]
            assert text[value["start"] : value["end"]] == value["text"] != ""
            assert value["labels"][0] in LABELS
            seen.add(region["meta"]["measurement_id"])
        for relation in (r for r in prediction["result"] if r["type"] == "relation"):
            assert regions[relation["to_id"]]["meta"] == regions[relation["from_id"]]["meta"]
    assert seen == {key for key, row in rows.items() if row["state"] != "rejected"}


def test_predictions_taken_over_unchanged_say_nothing(labelled: Project) -> None:
    said = labelled.take()
    assert (said.status, said.out, said.err) == (0, "", "0 changes, 0 lines: nothing written\n")


def test_changed_labels_fields_and_spans_become_lines(labelled: Project) -> None:
    text = labelled.task["data"]["text"]
    labelled.region(f"{labelled.key}-spread")["value"]["labels"] = ["se"]
    value = labelled.region(labelled.key)["value"]
    start = text.index("22.3", value["end"])
    value |= {"start": str(start), "end": str(start + 4), "text": "22.3"}  # some versions write texts
    labelled.region(labelled.key, "textarea")["value"]["text"] = ["Time of procedure"]
    labelled.results(labelled.task).append({
        "id": labelled.key, "type": "textarea", "from_name": "reason", "to_name": "text",
        "value": {"text": ["columns swapped"]},
    })  # fmt: skip
    said = labelled.take()
    assert said.status == 0, said.err
    lines = {line["field"]: line for line in labelled.reviewed.lines()}
    assert {field: line["new_value"] for field, line in lines.items()} == {
        "spread": "se", "value": "22.3", "outcome": "Time of procedure",
    }  # fmt: skip
    assert {line["reason"] for line in lines.values()} == {"columns swapped"}
    assert {line["target_id"] for line in lines.values()} == {labelled.key}
    from sonospine.cli.replaying import read_in

    record_id = lines["value"]["record_id"]
    record = read_in(labelled.reviewed.root).records_named({record_id})[record_id]
    assert quote_at(record, lines["value"]["new_locator"]) == "22.3"
    assert lines["outcome"]["new_locator"] == ""


def test_a_new_region_is_a_new_row(labelled: Project) -> None:
    text = labelled.task["data"]["text"]
    start = text.index("22.3 ± 6.3")
    labelled.results(labelled.task).extend([
        {"id": "aBcD123456", "type": "labels", "from_name": "label", "to_name": "text",
         "value": {"start": start, "end": start + 4, "text": "22.3", "labels": ["median"]}},
        {"id": "aBcD123456", "type": "choices", "from_name": "phase", "to_name": "text",
         "value": {"choices": ["procedure"]}},
        {"id": "zzz", "type": "labels", "from_name": "label", "to_name": "text",
         "value": {"start": start + 7, "end": start + 10, "text": "6.3", "labels": ["se"]}},
        {"type": "relation", "from_id": "aBcD123456", "to_id": "zzz", "direction": "left", "labels": ["belongs_to"]},
    ])  # fmt: skip
    said = labelled.take()
    assert said.status == 0, said.err
    told = {line["field"]: line["new_value"] for line in labelled.reviewed.lines()}
    assert (told["value"], told["centre"], told["spread"], told["spread_value"], told["phase"]) == (
        "22.3", "median", "se", "6.3", "procedure",
    )  # fmt: skip
    assert told["spread_locator"].startswith("table/")


def test_a_region_that_is_gone_is_rejected_only_where_asked(labelled: Project) -> None:
    results = labelled.results(labelled.task)
    gone = {labelled.key, f"{labelled.key}-spread", f"{labelled.key}-n", f"{labelled.key}-total"}
    results[:] = [r for r in results if not {r.get("id"), r.get("from_id"), r.get("to_id")} & gone]
    said = labelled.take()
    assert (said.status, labelled.reviewed.lines()) == (0, [])
    assert f"{labelled.key} is not marked; it stays as it is" in said.err
    ids = labelled.task["data"].pop("measurement_ids")
    assert "which rows were exported is not known" in labelled.take("--reject-missing").err
    assert labelled.reviewed.lines() == []
    labelled.task["data"]["measurement_ids"] = ids
    assert labelled.take("--reject-missing").status == 0
    assert [(r["action"], r["target_id"]) for r in labelled.reviewed.lines()] == [("reject", labelled.key)]


def test_tasks_without_an_annotation_are_passed_over_and_told(labelled: Project) -> None:
    labelled.tasks[0]["annotations"] = []
    assert labelled.take().status == 0
    for task in labelled.tasks:
        task["annotations"] = [{"was_cancelled": True, "result": []}]
    said = labelled.take()
    assert said.status == 1
    assert "no task is annotated" in said.err


def _shift(labelled: Project) -> None:
    labelled.region(labelled.key)["value"]["start"] += 1


def _outside(labelled: Project) -> None:
    labelled.region(labelled.key)["value"]["end"] = 10**9


def _two(labelled: Project) -> None:
    labelled.task["annotations"] *= 2


def _text(labelled: Project) -> None:
    labelled.task["data"]["text"] += " "


def _orphan(labelled: Project) -> None:
    results = labelled.results(labelled.task)
    results[:] = [r for r in results if r.get("from_id") != f"{labelled.key}-spread"]


def _stranger(labelled: Project) -> None:
    labelled.task["data"]["record_id"] = "file:nobody"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_shift, "another text stands at the offsets"),
        (_outside, "the offsets are not in the text"),
        (_two, "has 2 annotations"),
        (_text, "the text is not that of the record"),
        (_orphan, "sd: the span belongs to no value"),
        (_stranger, "no such record in the review; found 'file:nobody'"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_imported(
    labelled: Project, change: Any, said: str
) -> None:
    label = next(
        r
        for task in labelled.tasks if task is not labelled.task
        for r in labelled.results(task) if r["type"] == "labels" and r["value"]["labels"] == ["sd"]
    )  # fmt: skip
    label["value"]["labels"] = ["se"]  # a change that would fit
    change(labelled)
    done = labelled.take()
    assert (done.status, done.out, len(done.err.splitlines())) == (1, "", 1), done.err
    assert said in done.err
    assert "export.json" in done.err
    assert labelled.reviewed.lines() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "not JSON"), ("{}", "not a list of tasks"), ("[1]", "task 1 is none of ours"),
     ('[{"data": {"text": "a"}}]', "task 1 is none of ours"), ("[" * 100_000, "not JSON"),
     ('[{"data": {"record_id": "file:x", "text": "a"}, "annotations": [{"result": 3}]}]', "task 1 has no results")],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(reviewed: Any, content: str, said: str) -> None:
    path = reviewed.root / "export.json"
    path.write_text(content, encoding="utf-8")
    done = reviewed.take("label-studio", path)
    assert (done.status, done.out, len(done.err.splitlines())) == (1, "", 1)
    assert said in done.err
