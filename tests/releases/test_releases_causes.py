"""What moved an estimate, as far as the tables tell: each cause on two small made-up editions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sonospine.model import tables as t
from sonospine.model.table_io import Row
from sonospine.releases.comparing import Comparison
from sonospine.releases.edition import Edition, Made
from sonospine.releases.pages import diff_files
from sonospine.releases.view import Changes, text_lines

MADE = Made("1.0", "reader1", "link1", "calc1")
HOSTILE = "<script>alert(1)</script>"
SETTINGS: dict[str, Any] = {
    "analyses": [{"id": "pain", "title": f"Pain {HOSTILE}", "measure": "MD"}],
    "assumptions": {"estimator": "REML", "correlation": 0.5},
}


def record(name: str, study: str, **more: str) -> Row:
    return t.RECORDS.row(
        record_id=name, source="file", report_id=f"p{name}", study_id=study, full_text="true",
        **({"status": "current", "sha256": "a"} | more),
    )  # fmt: skip


def measurement(name: str, record_id: str, study: str, value: str = "1", **more: str) -> Row:
    return t.RECONCILED.row(measurement_id=name, record_id=record_id, study_id=study, value=value, **more)


def effect(name: str, study: str, yi: str, ids: str, **more: str) -> Row:
    values = {
        "analysis": "pain",
        "variant": "primary",
        "included": "true",
        "outcome": "pain",
        "window": "short",
    }
    return t.EFFECTS.row(
        effect_id=name, study_id=study, label=f"Label of {study}", yi=yi, vi="0.04", measure="MD",
        direction="lower", unit="points", measurement_ids=ids, **(values | more),
    )  # fmt: skip


def pool(estimate: str, lower: str, upper: str, k: str = "2", **more: str) -> Row:
    return t.POOLED.row(
        analysis="pain", variant="primary", k=k, n="50", estimate=estimate, ci_lower=lower, ci_upper=upper,
        **({"measure": "MD", "mid": "1"} | more),
    )  # fmt: skip


def edition(**tables: list[Row]) -> Edition:
    rows: dict[str, list[Row]] = {
        "studies": [t.STUDIES.row(study_id=s, label=f"Label of {s}") for s in ("s1", "s2")],
        "records": [record("r1", "s1"), record("r2", "s2")],
        "decisions": [
            t.DECISIONS.row(record_id=r, stage="report", decision="include", by="rule") for r in ("r1", "r2")
        ],
        t.RECONCILED.name: [measurement("m1", "r1", "s1"), measurement("m2", "r2", "s2")],
        "effects": [effect("e1", "s1", "-2", "m1"), effect("e2", "s2", "-1", "m2")],
        "pooled": [pool("-1.5", "-2.5", "-0.5")],
    }
    return Edition("release of 2026-01-10", "2026-01-10", MADE, SETTINGS, {"w.yaml": "1"}, rows | tables)


def action(name: str, **more: str) -> dict[str, Row]:
    values = {
        "curator": "ada",
        "action": "set",
        "target_type": "measurement",
        "target_id": "m1",
        "field": "n",
    }
    return {name: t.CURATION.row(action_id=name, **(values | more))}


OLD = edition()
MOVED = {
    "effects": [effect("e1", "s1", "-3", "m1"), effect("e2", "s2", "-1", "m2")],
    "pooled": [pool("-2", "-3", "-1.5")],
}


def causes(new: Edition, old: Edition = OLD) -> list[tuple[str, str, str]]:
    return [(row["change"], row["cause"], row["action_id"]) for row in Changes(Comparison(old, new)).causes]


def test_what_no_table_tells_is_not_explained() -> None:
    assert causes(edition(**MOVED)) == [("changed", "not_explained", "")]


def test_a_pool_that_moved_without_its_effects_is_not_explained() -> None:
    assert causes(edition(pooled=[pool("-1.6", "-2.5", "-0.5")])) == [("pool", "not_explained", "")]


@pytest.mark.parametrize(
    ("more", "action_id"),
    [
        (action("a1"), "a1"),
        (action("a2", target_type="arm", target_id="arm1"), "a2"),
        (action("a3", target_type="timepoint", target_id="t1"), "a3"),
        (action("a4", target_type="study", target_id="s1"), "a4"),
        (action("a5", target_type="record", target_id="r1"), "a5"),
        (action("a6", target_type="link", target_id="r1 r9"), "a6"),
    ],
)
def test_a_line_about_a_number_its_arm_its_time_or_its_study_is_the_cause(
    more: dict[str, Row], action_id: str
) -> None:
    rows = [
        measurement("m1", "r1", "s1", arm_id="arm1", timepoint_id="t1"),
        measurement("m2", "r2", "s2"),
    ]
    new = replace(edition(**MOVED, **{t.RECONCILED.name: rows}), actions=more)
    assert causes(new) == [("changed", "correction", action_id)]


@pytest.mark.parametrize("outcome", ["stale", "needless", "unknown"])
def test_a_line_that_was_not_applied_is_no_cause(outcome: str) -> None:
    log = [t.CORRECTION_LOG.row(action_id="a1", file="ada.tsv", line="2", outcome=outcome)]
    new = replace(edition(**MOVED, correction_log=log), actions=action("a1"))
    assert causes(new) == [("changed", "not_explained", "")]


def test_a_line_that_was_taken_back_is_a_cause_too() -> None:
    old = replace(OLD, actions=action("a1"))
    (row,) = Changes(Comparison(old, edition(**MOVED))).causes
    assert (row["cause"], row["by"], row["action_id"]) == ("correction", "ada", "a1")
    assert "taken back" in row["detail"]


def test_a_line_that_confirms_is_a_cause_only_where_other_rows_are_used() -> None:
    new = replace(edition(**MOVED), actions=action("a1", action="confirm", field=""))
    assert causes(new) == [("changed", "not_explained", "")]
    assert Changes(Comparison(OLD, new)).studies == []
    effects = [effect("e9", "s1", "-3", "m1;m9"), effect("e2", "s2", "-1", "m2")]
    new = replace(edition(effects=effects, pooled=MOVED["pooled"]), actions=new.actions)
    assert causes(new) == [("changed", "correction", "a1")]


def test_a_retraction_is_the_only_cause_of_an_effect_that_went_and_a_lifted_one_is_not() -> None:
    old = edition(records=[record("r1", "s1", status="concern"), record("r2", "s2")])
    new = edition(effects=[effect("e2", "s2", "-1", "m2")], pooled=[pool("-1", "-2", "0", k="1")])
    (row,) = Changes(Comparison(old, new)).causes
    assert (row["cause"], row["detail"]) == ("retraction", "r1: no longer concern")
    both = Changes(Comparison(old, replace(new, actions=action("a1")))).causes
    assert {row["cause"] for row in both} == {"retraction", "correction"}
    retracted = edition(
        records=[record("r1", "s1", status="retracted"), record("r2", "s2")],
        effects=new.rows["effects"],
        pooled=new.rows["pooled"],
    )
    more = replace(retracted, actions=action("a1"))
    assert [row["cause"] for row in Changes(Comparison(OLD, more)).causes] == ["retraction"]


def test_other_code_is_a_cause_only_where_the_reading_differs() -> None:
    other = Made("1.1", "reader2", "link1", "calc1")
    assert causes(replace(edition(**MOVED), made=other)) == [("changed", "not_explained", "")]
    rows = [measurement("m1", "r1", "s1", "9"), measurement("m2", "r2", "s2")]
    assert causes(replace(edition(**MOVED, **{t.RECONCILED.name: rows}), made=other)) == [
        ("changed", "reader", "")
    ]
    words = replace(edition(**MOVED, **{t.RECONCILED.name: rows}), vocabulary={"w.yaml": "2"})
    assert causes(words) == [("changed", "vocabulary", "")]
    calculation = replace(edition(**MOVED), made=replace(MADE, calculation="calc2"))
    assert causes(calculation) == [("changed", "program", "")]


def test_a_setting_that_bears_on_an_effect_is_a_cause_and_one_that_is_only_printed_is_none() -> None:
    other = SETTINGS | {"assumptions": {"estimator": "REML", "correlation": 0.7}}
    assert causes(replace(edition(**MOVED), configuration=other)) == [("changed", "configuration", "")]
    titled = SETTINGS | {"analyses": [{"id": "pain", "title": "Other", "measure": "MD"}]}
    assert causes(replace(edition(**MOVED), configuration=titled)) == [("changed", "not_explained", "")]


def test_a_revised_text_and_a_new_report_are_causes() -> None:
    revised = [record("r1", "s1", sha256="b"), record("r2", "s2")]
    assert causes(edition(**MOVED, records=revised)) == [("changed", "revised_report", "")]
    more = [*OLD.rows["records"], record("r3", "s1")]
    effects = [effect("e9", "s1", "-3", "m9"), effect("e2", "s2", "-1", "m2")]
    new = edition(effects=effects, pooled=MOVED["pooled"], records=more)
    assert causes(new) == [("changed", "new_report", "")]


def test_a_study_that_got_another_id_is_the_same_study() -> None:
    new = edition(
        studies=[t.STUDIES.row(study_id=s, label=f"Label of {s}") for s in ("s9", "s2")],
        records=[record("r1", "s9"), record("r2", "s2")],
        effects=[effect("e9", "s9", "-2", "m1"), effect("e2", "s2", "-1", "m2")],
    )
    changes = Changes(Comparison(OLD, new))
    assert (changes.causes, changes.studies) == ([], [])


def test_two_studies_that_became_one_are_joined_otherwise() -> None:
    new = edition(
        studies=[t.STUDIES.row(study_id="s1", label="Label of s1")],
        records=[record("r1", "s1"), record("r2", "s1")],
        effects=[effect("e1", "s1", "-2", "m1")],
        pooled=[pool("-2", "-3", "-1", k="1")],
    )
    changes = Changes(Comparison(OLD, new))
    assert [(r["change"], r["cause"]) for r in changes.causes] == [("went", "relinked")]
    assert [(r["study_id"], r["change"]) for r in changes.studies] == [("s1", "relinked")]


def test_a_candidate_that_is_left_out_now_says_why() -> None:
    out = effect("e1", "s1", "-2", "m1", included="false", exclusion_reason="the larger study is used")
    new = edition(effects=[out, effect("e2", "s2", "-1", "m2")], pooled=[pool("-1", "-2", "0", k="1")])
    (row,) = Changes(Comparison(OLD, new)).causes
    assert (row["change"], row["cause"]) == ("went", "not_explained")
    assert row["detail"] == "left out now: the larger study is used"


@pytest.mark.parametrize(
    ("new", "moved", "half_widths", "crossed"),
    [
        (pool("-1.7", "-2.7", "-0.7"), "-0.2", "-0.2", []),
        (pool("-1.5", "-3", "0"), "0", "0", ["zero: the interval now includes it"]),
        (
            pool("-0.8", "-1.4", "-0.2"), "0.7", "0.7",
            ["minimal important difference (benefit): the estimate is on the other side"],
        ),
        (
            pool("-1.5", "-1.9", "-1.1"), "0", "0",
            ["minimal important difference (benefit): the interval no longer includes it"],
        ),
        (
            pool("0.5", "-2.5", "0.9"), "2", "2",
            [
                "zero: the estimate is on the other side", "zero: the interval now includes it",
                "minimal important difference (benefit): the estimate is on the other side",
            ],
        ),
    ],
)  # fmt: skip
def test_an_estimate_moves_in_half_widths_and_over_lines_of_decision(
    new: Row, moved: str, half_widths: str, crossed: list[str]
) -> None:
    (row,) = Changes(Comparison(OLD, edition(pooled=[new]))).estimates
    assert (row["change"], row["moved"], row["moved_half_widths"]) == ("moved", moved, half_widths)
    assert [part for part in row["crossed"].split(";") if part] == crossed


def test_another_measure_is_not_compared() -> None:
    (row,) = Changes(Comparison(OLD, edition(pooled=[pool("-0.5", "-1", "0", measure="SMD")]))).estimates
    assert (row["change"], row["moved"]) == ("not_comparable", "")
    assert row["note"] == "the effect measure is another: MD, now SMD"


def test_texts_of_papers_and_curators_are_inert_on_the_page_and_in_the_tables() -> None:
    new = replace(edition(**MOVED), actions=action("a1", reason=HOSTILE, curator="=ada"))
    files = diff_files(Changes(Comparison(OLD, new)), b"", "1")
    page = files["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\t'=ada\t" in files["causes.tsv"].decode()


def test_empty_editions_are_shown_without_a_gap() -> None:
    empty = Edition("release of 2026-01-10", "2026-01-10", MADE, {}, {})
    changes = Changes(Comparison(empty, empty))
    assert text_lines(changes)[-1] == "Nothing changed."
    page = diff_files(changes, b"", "1")["index.html"].decode()
    assert "Neither edition has a pooled estimate." in page
    assert page.count("<p>None.</p>") == 6
