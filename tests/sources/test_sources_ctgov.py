from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sonospine.model.places import quote_at
from sonospine.model.record import Notice, from_json, to_json
from sonospine.sources import Unreadable, readings_of, records_of


def study(number: str = "NCT01234567", **modules: Any) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number,
                "briefTitle": "Brief",
                "officialTitle": "A Randomised Trial of a Block",
                "nctIdAliases": ["NCT00000001"],
            },
            "statusModule": {"overallStatus": "COMPLETED", "startDateStruct": {"date": "2017-03"}},
            "descriptionModule": {
                "briefSummary": "Pain \\> 4 of 10.\n\nTwo arms.",
                "detailedDescription": "First.\n\nSecond.",
            },
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["NA"],
                "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL"},
            },
            "armsInterventionsModule": {
                "armGroups": [{"label": "US", "type": "EXPERIMENTAL", "description": "guided block"}]
            },
            "outcomesModule": {"primaryOutcomes": [{"measure": "Pain", "timeFrame": "4 weeks"}]},
            "eligibilityModule": {"eligibilityCriteria": "Inclusion:\n\n* adults"},
            "referencesModule": {
                "references": [
                    {"pmid": "111", "type": "RESULT", "citation": "x doi: 10.1000/R."},
                    {"pmid": "222", "type": "BACKGROUND", "citation": "y"},
                    {"pmid": "333", "type": "DERIVED", "citation": "z NCT09999999"},
                ]
            },
            **modules,
        },
        "hasResults": False,
    }


def write(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_registration_is_read(tmp_path: Path) -> None:
    (record,) = records_of(write(tmp_path, study()))
    assert (record.record_id, record.source, record.kind, record.status) == (
        "ctgov:NCT01234567",
        "ctgov",
        "registration",
        "current",
    )
    assert (record.title, record.year, record.types) == (
        "A Randomised Trial of a Block",
        "2017",
        ("INTERVENTIONAL", "RANDOMIZED", "PARALLEL"),
    )
    assert record.nct == ("NCT01234567", "NCT00000001")
    assert record.nct_cited == ("NCT09999999",)
    assert record.notices == (Notice("reported_in", "pmid:111"), Notice("secondary_report_in", "pmid:333"))
    assert from_json(to_json(record)) == record


def test_passages_have_addresses_and_lose_the_escapes_of_markdown(tmp_path: Path) -> None:
    (record,) = records_of(write(tmp_path, study()))
    texts = {p.locator: p.text for p in record.passages}
    assert texts["abstract/BRIEF SUMMARY"] == "Pain > 4 of 10. Two arms."
    assert texts["body/s1p2"] == "Second."
    assert "US (experimental): guided block" in texts.values()
    assert "Pain (4 weeks)" in texts.values()
    assert texts["back/brief_title"] == "Brief"


def test_results_can_be_pointed_to(tmp_path: Path) -> None:
    data = study()
    measure = {
        "title": "Pain",
        "classes": [{"categories": [{"measurements": [{"value": "3.4", "spread": "1.1"}]}]}],
    }
    data["hasResults"] = True
    data["resultsSection"] = {
        "outcomeMeasuresModule": {"outcomeMeasures": [measure]},
        "baselineCharacteristicsModule": {"measures": [{"title": "Age"}]},
    }
    (record,) = records_of(write(tmp_path, data))
    place = "registry/outcomeMeasures/0/classes/0/categories/0/measurements/0/value"
    assert quote_at(record, place) == "3.4"
    assert quote_at(record, "registry/resultsSection/baselineCharacteristicsModule/measures/0/title") == "Age"
    assert quote_at(record, f"{place}:0-1") == "3"


def test_a_withdrawn_trial_is_withdrawn(tmp_path: Path) -> None:
    (record,) = records_of(write(tmp_path, study(statusModule={"overallStatus": "WITHDRAWN"})))
    assert record.status == "withdrawn"


@pytest.mark.parametrize("shape", [lambda s: s, lambda s: {"studies": s, "nextPageToken": "x"}])
def test_lists_and_search_pages_give_a_record_each(tmp_path: Path, shape: Any) -> None:
    path = write(tmp_path, shape([study("NCT00000011"), study("NCT00000012")]))
    assert [r.record_id for r in records_of(path)] == ["ctgov:NCT00000011", "ctgov:NCT00000012"]


def test_an_entry_without_its_number_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path, [study(), {"protocolSection": {"identificationModule": {}}}, 7])
    records, rejected = readings_of(path)
    assert [r.record_id for r in records] == ["ctgov:NCT01234567"]
    assert [r.file for r in rejected] == [f"{path.as_posix()}#2", f"{path.as_posix()}#3"]
    assert "NCT number" in rejected[0].reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"error": "gone"}', "JSON, but not a study"),
        ("[1, 2]", "JSON, but not a study"),
        ('{"studies": []}', "no study in it"),
        ('{"protocolSection": {', "truncated JSON"),
        ("{'a': 1}", "malformed JSON"),
        ("[" * 100_000, "nested too deep"),
        ("<html><body>502</body></html>", "HTML"),
        ("", "the file is empty"),
    ],
)
def test_what_is_no_study_has_one_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(Unreadable, match=reason):
        records_of(path)


@pytest.mark.parametrize("wrong", [None, 3, "text", [], {}, [None], {"x": 1}])
def test_modules_of_a_wrong_kind_are_as_good_as_missing(tmp_path: Path, wrong: object) -> None:
    data = study()
    for module in list(data["protocolSection"]):
        if module != "identificationModule":
            data["protocolSection"][module] = wrong
    data["resultsSection"] = wrong
    (record,) = records_of(write(tmp_path, data))
    assert record.title == "A Randomised Trial of a Block"
    assert record.year == ""
