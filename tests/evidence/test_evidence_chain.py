"""The chain of an effect: readings, changes, other places, conflicts, steps, weight."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sonospine.evidence.chain import StudyEvidence, chain_of, steps_of
from sonospine.evidence.described import p_of, signed, subject_of, values_of
from sonospine.evidence.flags import flags_in_words
from sonospine.evidence.fragments import chain_html, sources_html
from sonospine.evidence.naming import addresses_of, place_in_words
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.model.table_io import Row
from sonospine.model.tables import (
    CONFLICTS,
    CORRECTION_LOG,
    CURATION,
    EFFECTS,
    MEASUREMENTS,
    RECONCILED,
    WEIGHTS,
)

RECORD = Record(
    "file:a", "file", "A study",
    passages=(Passage("body/s2p1", "NRS was 3.1 ± 0.2 in all.", ("Results", "Pain")),),
    tables=(
        Table("table/T1", "Table 1", "Scores",
              tuple(tuple(Cell(x, row=r, column=c) for c, x in enumerate(row)) for r, row in
                    enumerate((("Score", "Before", "4 weeks"), ("NRS", "6.0", "3.1 (0.2)")))), header_rows=1),
    ),
)  # fmt: skip


def row(name: str, locator: str, quote: str, **values: str) -> Row:
    base = {
        "measurement_id": name, "record_id": "file:a", "study_id": "s", "source": "text", "locator": locator,
        "quote": quote, "outcome": "NRS", "arm": "all", "centre": "mean", "value": "3.1", "spread": "sd",
        "spread_value": "0.2", "n": "20", "change": "false", "adjusted": "false", "rule": "text", "confidence": "1",
        "result_id": "r1", "weeks": "4", "time": "4 weeks", "phase": "follow_up",
    }  # fmt: skip
    return RECONCILED.row(**{**base, **values})


def effect(**values: str) -> Row:
    base = {
        "effect_id": "e", "analysis": "a", "variant": "primary", "included": "true", "study_id": "s", "label": "A",
        "outcome": "pain", "measure": "RR", "derivation": "[]", "verified": "false", "measurement_ids": "m1",
        "yi": "0.6931471806", "vi": "0.04", "ci_lower": "0.3011", "ci_upper": "1.0852",
    }  # fmt: skip
    return EFFECTS.row(**{**base, **values})


def evidence(**changes: object) -> StudyEvidence:
    one = row("m1", "table/T1:r1c2:0-9", "3.1 (0.2)", source="table")
    two = row("m2", "body/s2p1:8-17", "3.1 ± 0.2", spread_value="0.3")
    values: dict[str, object] = {"records": {"file:a": RECORD}, "measurements": {"m1": one, "m2": two}}
    return StudyEvidence(**{**values, **changes})  # type: ignore[arg-type]  # a test may change any field


@pytest.mark.parametrize(
    ("printed", "text"),
    [("<0.001", "p < 0.001"), ("0.03", "p = 0.03"), ("0.000", "p < 0.001 (printed 0.000)"), ("=0.2", "p = 0.2"),
     ("0", "p printed as 0")],
)  # fmt: skip
def test_a_p_value_is_shown_as_printed_and_never_as_nothing(printed: str, text: str) -> None:
    assert p_of(printed) == text


def test_negative_numbers_of_our_own_have_a_true_minus_and_quotes_keep_theirs() -> None:
    one = row("m1", "table/T1:r1c2:0-9", "-3.1 (0.2)", source="table", value="-3.1", change="true")
    steps = [
        {"function": "MC", "inputs": [], "formula": "yi = m1 - m2", "values": {"m1": -3.1}, "result": -3.1}
    ]
    shown = evidence(measurements={"m1": one})
    chain = chain_of(effect(measure="MC", yi="-3.1", ci_lower="-3.4", derivation=json.dumps(steps)), shown)
    assert chain.readings[0].values.startswith("mean −3.1")
    assert chain.readings[0].quote == "-3.1 (0.2)"
    assert chain.steps[0].values == (("m1", "−3.1"),)
    assert chain.results[0] == ("effect, yi", "−3.1")
    assert signed("1-2, a-3, (-4), x -5") == "1-2, a-3, (−4), x −5"


def test_records_without_numbers_are_told_from_records_that_are_not_at_hand() -> None:
    nothing: dict[str, Row] = {}
    assert "No number was read from the records" in sources_html(evidence(measurements=nothing), ())
    assert "No record of this study is at hand" in sources_html(
        evidence(measurements=nothing, records={}), ()
    )


def test_a_warning_of_a_check_is_no_correction_by_a_person() -> None:
    one = row("m1", "table/T1:r1c2:0-9", "3.1 (0.2)", source="table", flags="spread_assumed_sd;conflict")
    machine = {"m1": {**one, "flags": "spread_assumed_sd"}}
    reading = chain_of(effect(), evidence(measurements={"m1": one}, machine=machine)).readings[0]
    assert reading.changes == ()
    assert reading.flags == (
        "not said what stands beside the mean; taken for an SD; "
        "places of the source disagree, and nobody has decided yet"
    )


def test_every_kind_of_flag_is_put_in_words() -> None:
    text = flags_in_words("ruled_out:sd_below_minimum;corrected:spread_value;scale_max_50;not_known_yet")
    assert text == (
        "impossible: the SD is smaller than whole-number scores allow; corrected by a person: spread value; "
        "printed out of 50; not known yet"
    )


def test_other_places_of_the_same_result_are_shown_and_compared() -> None:
    (reading,) = chain_of(effect(), evidence()).readings
    assert reading.place == "Table 1, row NRS, column 4 weeks"
    assert [(o.measurement_id, o.place, o.agrees) for o in reading.others] == [
        ("m2", "text, Results › Pain", False)
    ]


def test_what_differs_from_the_machines_row_is_a_change() -> None:
    machine = {name: evidence().measurements["m1"][name] for name in MEASUREMENTS.names}
    found = evidence(machine={"m1": {**machine, "spread": "se", "state": ""}})
    (reading,) = chain_of(effect(), found).readings
    assert [(c.column, c.machine, c.used) for c in reading.changes] == [("spread", "se", "sd")]


def test_curators_lines_are_shown_with_what_became_of_them() -> None:
    line = CURATION.row(
        action_id="x", curator="jane", action="set", target_type="measurement", target_id="m1", field="spread",
        old_value="se", new_value="sd", reason="see the footnote",
    )  # fmt: skip
    log = CORRECTION_LOG.row(
        action_id="x", file="jane.tsv", line="2", outcome="stale", detail="source changed"
    )
    (reading,) = chain_of(effect(), evidence(actions=[line], log={"x": log})).readings
    (found,) = reading.lines
    assert (found.what, found.reason, found.outcome) == (
        "set spread: se → sd",
        "see the footnote",
        "stale (source changed)",
    )


def test_a_conflict_of_the_result_is_shown_even_if_another_row_was_pooled() -> None:
    conflict = CONFLICTS.row(
        conflict_id="c",
        study_id="s",
        result_id="r1",
        kind="spread",
        measurement_ids="m2",
        reason="table over text",
    )
    apart = CONFLICTS.row(conflict_id="d", study_id="s", result_id="r9", kind="n", reason="another result")
    (found,) = chain_of(effect(), evidence(conflicts=[conflict, apart])).disagreements
    assert found.reason == "table over text"
    assert found.places == ("text, Results › Pain: 3.1 ± 0.2",)


def test_steps_name_inputs_values_and_results() -> None:
    steps = [
        {"function": "sd_from_se", "inputs": ["m1", "a7"], "formula": "SD = SE · √n", "values": {"SE": 0.2}, "result": {"sd": 0.894427191}},
        {"function": "MC", "inputs": [1], "formula": "yi = m1 − m2", "values": {}, "result": 1.5},
    ]  # fmt: skip
    one, two = steps_of(effect(derivation=json.dumps(steps)), {"m1"})
    assert one.name == "sd from se"
    assert one.inputs == (("m1", "m1"), ("a7", ""))
    assert one.results == (("sd", "0.894427191"),)
    assert two.inputs == (("step 1", ""),)
    assert two.results == (("result", "1.5"),)


def test_a_ratio_is_printed_on_both_scales() -> None:
    assert ("RR = exp(yi)", "2 (interval 1.351 to 2.96)") in chain_of(effect(), evidence()).results


def test_the_fragment_shows_the_weight_and_why_an_effect_is_not_pooled() -> None:
    weight = WEIGHTS.row(analysis="a", variant="primary", effect_id="e", weight="33.333")
    assert "33.3 %" in chain_html(effect(), evidence(weights={"e": [weight]}))
    out = chain_html(effect(included="false", exclusion_reason="<no> SD"), evidence())
    assert "Not pooled:</strong> &lt;no&gt; SD" in out


def test_numbers_of_a_record_that_is_not_at_hand_are_still_shown_and_said_to_be_missing() -> None:
    found = evidence(records={})
    html = sources_html(found, {"m1"})
    assert "not at hand" in html
    assert 'id="m1"' in html
    assert "not in the record at hand" in chain_html(effect(), found)


def test_a_quote_that_no_longer_stands_at_its_place_is_not_marked_elsewhere() -> None:
    moved = {"m1": row("m1", "body/s2p1:8-99", "3.1 ± 0.2")}
    html = sources_html(evidence(measurements=moved), {"m1"})
    assert "Numbers whose place is not in the record at hand" in html
    assert html.count('id="m1"') == 1


def test_values_and_subjects_are_put_in_words() -> None:
    ci = row(
        "m", "title", "x", spread="ci", spread_value="", lower="1", upper="2", level="95", p_value="<0.01"
    )
    assert values_of(ci) == "mean 3.1, 95 % CI 1 to 2, n = 20, p < 0.01"
    count = row("m", "title", "x", centre="count", value="20", total="23", spread="none", n="")
    assert values_of(count) == "count 20 of 23"
    assert (
        subject_of(row("m", "title", "x", arm="US", comparator_arm="FL")) == "NRS, arm US against FL, 4 weeks"
    )
    late = row("m", "title", "x", arm="all", time="48 h", weeks="0.2857142857")
    assert subject_of(late) == "NRS, 48 h (read as 2 days)"


def test_places_are_named_and_bad_ids_give_no_address() -> None:
    assert place_in_words(None, "abstract/RESULTS:1-2") == "abstract, RESULTS"
    assert place_in_words(RECORD, "table/T9:r1c1:0-2") == "table/T9:r1c1"
    bad = Record("file:b", "file", doi="javascript:1", pmid="12x", nct=("NCT1",), url="javascript:alert(1)")
    assert addresses_of(bad) == []


def test_every_flag_that_the_reader_can_give_has_words() -> None:
    root = Path(__file__).parents[2] / "src" / "sonospine" / "extraction"
    written = "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py")))
    kinds = "arm|time|spread|mean|total|count|centre|change|direction|bounds|of|several|subgroup"
    ends = "unclear|unknown|assumed|\\w*from_\\w+|\\w*by_\\w+|not_n|as_\\w+|every_arm|in_cell|without_value|descending|swapped"
    found = set(re.findall(rf'"((?:{kinds})_(?:{ends}))"', written))
    assert len(found) > 20
    assert {flag for flag in found if flags_in_words(flag) == flag.replace("_", " ")} == set()
