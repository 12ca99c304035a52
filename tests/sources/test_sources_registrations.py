"""Own registrations are told from cited ones, in every source by one rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.model.record import Passage
from sonospine.sources import records_of
from sonospine.sources.registrations import own_in_abstract, own_in_text

A, B, C, D = (f"NCT0000000{n}" for n in (1, 2, 3, 4))


def passage(text: str, locator: str = "body/s1p1", role: str = "methods", heading: str = "") -> Passage:
    return Passage(locator, text, (heading,) if heading else (), role)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (f"The trial was registered at ClinicalTrials.gov ({A}).", "methods"),
        (f"ABLE-1 ({A}) was begun in August 2009.", "methods"),
        (f"Clinical trial information: {A}.", "other"),
        (f"The study was sponsored by a company ({A}).", "other"),
        (f"This study ({A}) is the first of two.", "introduction"),
        (f"The present phase III trial was registered as {A}.", "discussion"),
    ],
)
def test_a_number_of_methods_of_the_registration_line_or_of_this_trial_is_own(text: str, role: str) -> None:
    assert own_in_text([passage(text, role=role)]) == (A,)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (f"An earlier trial, registered at ClinicalTrials.gov ({A}), found none.", "methods"),
        (f"The sample size follows a previously published trial ({A}).", "methods"),
        (f"The registered trial {A} will tell.", "discussion"),
        (f"Others have registered a trial ({A}).", "introduction"),
        (f"Pain fell (ClinicalTrials.gov {A}).", "results"),
    ],
)
def test_a_number_of_another_trial_or_of_a_discussion_is_cited(text: str, role: str) -> None:
    assert own_in_text([passage(text, role=role)]) == ()


def test_a_number_in_the_references_is_cited() -> None:
    found = passage(f"ClinicalTrials.gov identifier {A}.", "back/s1p1", "other", "References")
    assert own_in_text([found]) == ()


def test_two_numbers_without_words_of_registration_are_cited() -> None:
    assert own_in_text([passage(f"Data of {A} and of {B} were used.")]) == ()


def test_the_abstract_decides_before_the_body() -> None:
    abstract = passage(
        f"ClinicalTrials.gov {A}", "abstract/TRIAL-REGISTRATION", "methods", "Trial registration"
    )
    assert own_in_text([abstract, passage(f"It was registered at ClinicalTrials.gov ({B}).")]) == (A,)


def test_a_long_list_belongs_to_the_trials_of_a_review() -> None:
    listed = passage(f"Trials registered at ClinicalTrials.gov: {A}, {B}, {C}, {D}.")
    assert own_in_text([listed]) == ()
    abstract = [passage(listed.text, "abstract/p1", "abstract")]
    assert own_in_abstract(abstract) == ((), (A, B, C, D))


def test_the_background_of_an_abstract_has_an_own_number_only_with_words_of_registration() -> None:
    before = passage(f"The trial {A} of others left this open.", "abstract/BACKGROUND", "introduction")
    stated = passage(f"It is registered ({B}).", "abstract/BACKGROUND-2", "introduction")
    assert own_in_abstract([before]) == ((), (A,))
    assert own_in_abstract([stated]) == ((B,), ())


def test_what_a_database_lists_is_own_and_a_summary_has_none() -> None:
    text = [passage(f"Unlike {B}, pain fell.", "abstract/p1", "abstract")]
    assert own_in_abstract(text, banked=(A,)) == ((A,), (B,))
    assert own_in_abstract(text, summary=True) == ((), (B,))


# Read by hand in the articles: the number that is the trial's own, and those it only mentions.
READ = {
    "PMC2758835": (("NCT00298142",), ("NCT00205985",)),
    "PMC2875633": (("NCT00171652", "NCT00171665"), ()),
    "PMC3208342": (("NCT01261949",), ()),
    "PMC3664374": (("NCT00939003",), ()),
    "PMC3872585": (("NCT01906762",), ()),
    "PMC3932201": (("NCT01425658",), ()),
    "PMC4601439": (("NCT01644461",), ()),
    "PMC5065057": (("NCT01675167",), ("NCT01755546",)),
    "PMC5859768": (("NCT02595294", "NCT02593721"), ()),
}


@pytest.mark.parametrize("article", sorted(READ))
def test_own_and_cited_registrations_of_real_articles_are_those_read_by_hand(
    article: str, real_data: Path
) -> None:
    record = records_of(real_data / "jats-pain" / f"{article}.nxml")[0]
    assert (record.nct, record.nct_cited) == READ[article]
