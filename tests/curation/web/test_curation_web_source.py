"""Every number of a registration's outcome measures can be selected, whether somebody read it or not."""

from __future__ import annotations

from sonospine.curation.web.placing import occurrences
from sonospine.curation.web.source import source_of
from sonospine.evidence.chain import StudyEvidence
from sonospine.model.places import text_at
from sonospine.model.record import Record

MEASURE = {
    "title": "Pain",
    "timeFrame": "6 weeks",
    "groups": [{"id": "OG000", "title": "Ultra~sound"}],
    "denoms": [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "30"}]}],
    "classes": [
        {
            "categories": [
                {"measurements": [{"groupId": "OG000", "value": "2.4", "spread": "1.1", "a/b": "-7"}]}
            ]
        }
    ],
}


def test_numbers_that_nobody_read_stand_in_the_source_of_a_registration() -> None:
    record = Record(
        record_id="ctgov:NCT1", source="ctgov", registry={"outcomeMeasures": [MEASURE, {"title": "Falls"}]}
    )
    evidence = StudyEvidence({record.record_id: record}, {}, {})
    (first,) = source_of(evidence, record.record_id).blocks
    assert ("Outcome measure", "Pain") in first.facts
    told = {field.pointer: str(field.content) for field in first.fields}
    assert sorted(told.values()) == ["-7", "1.1", "2.4", "30"]
    assert all(text_at(record, pointer) == text for pointer, text in told.items())
    assert [place.locator for place in occurrences(record, "2.4")] == [
        "registry/outcomeMeasures/0/classes/0/categories/0/measurements/0/value:0-3"
    ]
