"""Posted results become readings whose numbers are addressed by JSON pointers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sonospine.extraction.assembly import extract_records
from sonospine.extraction.registry import read_registry, unposted
from sonospine.extraction.verification import verified
from sonospine.model.places import quote_at
from sonospine.model.record import Record
from sonospine.sources import records_of

GROUPS = [
    {"id": "OG000", "title": "Block", "description": "the block"},
    {"id": "OG001", "title": "Sham", "description": "no block"},
]


def record_with(measure: dict[str, Any]) -> Record:
    full = {"groups": GROUPS, "title": "Pain", "timeFrame": "12 weeks", **measure}
    return Record("ctgov:NCT00000000", "ctgov", kind="registration", registry={"outcomeMeasures": [full]})


def one_class(*values: dict[str, str], title: str = "", **more: Any) -> list[dict[str, Any]]:
    return [{"title": title, "categories": [{"measurements": list(values)}], **more}]


def denominators(*counts: str) -> list[dict[str, Any]]:
    listed = [{"groupId": g["id"], "value": c} for g, c in zip(GROUPS, counts, strict=True)]
    return [{"units": "Participants", "counts": listed}]


@pytest.mark.parametrize(
    ("parameter", "dispersion", "posted", "expected"),
    [
        ("MEAN", "Standard Deviation", {"spread": "1.2"}, ("mean", "sd", "1.2")),
        ("LEAST_SQUARES_MEAN", "Standard Error", {"spread": "0.4"}, ("ls_mean", "se", "0.4")),
        ("MEDIAN", "Inter-Quartile Range", {"lowerLimit": "1", "upperLimit": "5"}, ("median", "iqr", "")),
        ("MEAN", "Full Range", {"lowerLimit": "0", "upperLimit": "9"}, ("mean", "range", "")),
        (
            "GEOMETRIC_MEAN",
            "95% Confidence Interval",
            {"lowerLimit": "1", "upperLimit": "4"},
            ("geometric_mean", "ci", ""),
        ),
    ],
)
def test_centre_and_spread_are_what_is_declared(parameter, dispersion, posted, expected):
    measure = {"paramType": parameter, "dispersionType": dispersion}
    (found,) = read_registry(
        record_with({**measure, "classes": one_class({"groupId": "OG000", "value": "3.1", **posted})})
    )
    assert (found.centre, found.spread, found.spread_value) == expected
    assert found.level == ("95" if found.spread == "ci" else "")


def test_the_place_is_the_pointer_of_the_value_and_the_quote_stands_there():
    measure = {
        "paramType": "MEAN",
        "dispersionType": "Standard Deviation",
        "denoms": denominators("30", "29"),
        "classes": one_class(
            {"groupId": "OG000", "value": "3.1", "spread": "1.2"},
            {"groupId": "OG001", "value": "4.0", "spread": "1.1"},
        ),
    }
    record = record_with(measure)
    first, second = read_registry(record)
    assert first.locator == "registry/outcomeMeasures/0/classes/0/categories/0/measurements/0/value"
    assert quote_at(record, first.spread_locator) == "1.2"
    assert quote_at(record, second.n_locator) == "29"
    assert (second.arm, second.n, second.weeks) == ("Sham", "29", 12.0)
    assert verified(record, first) is not None


def test_a_value_that_was_not_posted_is_listed_with_its_reason():
    measure = {
        "paramType": "MEDIAN",
        "classes": one_class(
            {"groupId": "OG000", "value": "NA", "comment": "not reached"}, {"groupId": "OG001", "value": "4"}
        ),
    }
    record = record_with(measure)
    assert [r.arm for r in read_registry(record)] == ["Sham"]
    ((place, reason),) = unposted(record)
    assert quote_at(record, place) == "NA"
    assert "not reached" in reason


def test_a_class_has_its_own_time_and_denominators():
    classes = [
        *one_class({"groupId": "OG000", "value": "6.0"}, title="Baseline", denoms=denominators("30", "30")),
        *one_class({"groupId": "OG000", "value": "2.0"}, title="Week 4", denoms=denominators("25", "30")),
    ]
    measure = {
        "paramType": "MEAN",
        "timeFrame": "Baseline, week 4",
        "denoms": denominators("31", "31"),
        "classes": classes,
    }
    baseline, later = read_registry(record_with(measure))
    assert (baseline.phase, baseline.weeks, baseline.n) == ("baseline", 0.0, "30")
    assert (later.phase, later.weeks, later.n) == ("follow_up", 4.0, "25")


def test_counts_have_a_total_and_no_n():
    measure = {
        "paramType": "COUNT_OF_PARTICIPANTS",
        "denoms": denominators("30", "29"),
        "classes": one_class({"groupId": "OG001", "value": "7"}),
    }
    (found,) = read_registry(record_with(measure))
    assert (found.centre, found.value, found.total, found.n) == ("count", "7", "29", "")


def test_a_change_from_baseline_is_a_change():
    measure = {
        "title": "Change From Baseline in Pain",
        "paramType": "MEAN",
        "classes": one_class({"groupId": "OG000", "value": "-2"}),
    }
    assert read_registry(record_with(measure))[0].change


def test_an_analysis_is_a_difference_of_the_two_groups_it_names():
    analysis = {
        "groupIds": ["OG000", "OG001"],
        "paramType": "LS Mean Difference",
        "paramValue": "-1.2",
        "ciPctValue": "95",
        "ciLowerLimit": "-2.0",
        "ciUpperLimit": "-0.4",
        "pValue": "0.003",
    }
    record = record_with({"paramType": "LEAST_SQUARES_MEAN", "classes": [], "analyses": [analysis]})
    (found,) = read_registry(record)
    assert (found.centre, found.measure, found.arm, found.comparator_arm) == (
        "difference",
        "MD",
        "Block",
        "Sham",
    )
    assert (found.lower, found.upper, found.level, found.p_value) == ("-2.0", "-0.4", "95", "0.003")
    assert verified(record, found) is not None


def test_every_posted_number_of_real_registrations_stands_at_its_place(real_data: Path):
    seen = 0
    for path in sorted((real_data / "ctgov" / "studies").glob("*.json")):
        for record in records_of(path):
            for reading in read_registry(record):
                assert verified(record, reading) is not None
                seen += 1
    assert seen > 100


def test_the_groups_of_the_first_posted_outcome_tell_how_many_were_analysed(vocabulary):
    values = one_class({"groupId": "OG000", "value": "3.1"}, {"groupId": "OG001", "value": "4.2"})
    first = {"paramType": "MEAN", "classes": values, "denoms": denominators("18", "19")}
    record = record_with(first)
    record.registry["outcomeMeasures"].append(
        {**record.registry["outcomeMeasures"][0], "denoms": denominators("9", "9")}
    )
    arms = extract_records([record], vocabulary).arms
    assert [(a["label"], a["n_analysed"]) for a in arms] == [("Block", "18"), ("Sham", "19")]
