"""A scale that can measure anything measured what the article used it for."""

from __future__ import annotations

import pytest

from sonospine.extraction.assembly import extract_records
from sonospine.model.record import Passage, Record, Table

RESULTS = "The mean VAS score was 6.1 ± 1.2 in the drug group and 3.4 ± 1.1 in the control group at 4 weeks."
ARMS = "We randomised 40 patients to the drug group (n = 20) or the control group (n = 20)."


def _constructs(
    vocabulary, *texts: tuple[str, str, str], title: str = "A trial", tables: tuple = ()
) -> set[str]:
    passages = [Passage("title", title, (), "title")]
    passages += [Passage(place, text, (), role) for place, role, text in texts]
    passages.append(Passage("body/s9p1", RESULTS, ("Results",), "results"))
    record = Record("file:made", "file", title=title, passages=tuple(passages), tables=tables)
    rows = extract_records([record], vocabulary).measurements
    assert {row["value"] for row in rows} >= {"6.1", "3.4"}
    return {row["construct"] for row in rows if row["value"] in ("6.1", "3.4")}


def test_a_scale_that_the_methods_tie_to_one_thing_measures_that(vocabulary):
    told = "Itching was evaluated with a visual analogue scale (VAS)."
    assert _constructs(vocabulary, ("body/s2p1", "methods", f"{ARMS} {told}")) == {"itch"}


def test_a_scale_that_the_article_uses_for_pain_too_measures_pain_where_nothing_is_said(vocabulary):
    told = "Pain was rated with a visual analogue scale (VAS). Itching was evaluated on a VAS."
    assert _constructs(vocabulary, ("body/s2p1", "methods", f"{ARMS} {told}")) == {"pain"}


def test_a_scale_of_two_other_things_measures_nothing_that_is_known(vocabulary):
    told = "Itching was evaluated with a VAS. Sleep was rated with a VAS."
    assert _constructs(vocabulary, ("body/s2p1", "methods", f"{ARMS} {told}")) == {""}


def test_a_scale_of_an_article_that_speaks_of_pain_only_as_an_adverse_event_is_left_open(vocabulary):
    told = "Symptoms were rated with a VAS. Adverse events were bruises, pain and fever."
    assert _constructs(vocabulary, ("body/s2p1", "methods", f"{ARMS} {told}")) == {""}


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Low back pain after work: a trial", "Patients filled in a VAS."),
        ("A trial", "Pain was recorded every day. We used a VAS. Pain on waking was left out."),
    ],
)
def test_a_scale_of_an_article_about_pain_measures_pain(vocabulary, title, told):
    assert _constructs(vocabulary, ("body/s2p1", "methods", f"{ARMS} {told}"), title=title) == {"pain"}


def test_a_caption_that_names_pain_says_what_the_scale_of_the_article_measured(vocabulary):
    table = Table("table/T1", caption="Pain by group")
    assert _constructs(vocabulary, ("body/s2p1", "methods", ARMS), tables=(table,)) == {"pain"}
