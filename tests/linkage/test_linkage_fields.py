"""Names, journals, volumes and pages are compared in every usual form."""

from __future__ import annotations

import pytest

from sonospine.linkage.journals import same_journal
from sonospine.linkage.names import name_of, same_person
from sonospine.linkage.normal import plain
from sonospine.linkage.places import pages_of, same_pages, same_place


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("J Pain Res", "Journal of Pain Research", True),
        ("J. Pain Res.", "JOURNAL OF PAIN RESEARCH", True),
        ("J Pain", "Journal of Pain Research", False),
        ("Anesth Analg", "Anesthesia & Analgesia", True),
        ("Br J Psychiatry", "The British journal of psychiatry : the journal of mental science", True),
        ("Proc Natl Acad Sci", "Proceedings of the National Academy of Sciences", True),
        ("Spine (Phila Pa 1976)", "Spine", True),
        ("BMJ", "British Medical Journal", True),
        ("Lancet (London, England)", "The Lancet", True),
        ("J Hand Surg Am", "The Journal of hand surgery", None),
        ("J Bone Joint Surg Am", "J Bone Joint Surg Br", False),
        ("Pain", "Spine", False),
        ("", "Spine", None),
    ],
)
def test_full_and_abbreviated_names_of_a_journal_agree_word_by_word(
    one: str, other: str, expected: bool | None
) -> None:
    assert same_journal(one, other) is expected
    assert same_journal(other, one) is expected


@pytest.mark.parametrize(
    "text", ["123-9", "123-129", "123–129", "123--129", "pp. 123-129", "p123-9", "123-9; discussion 130"]
)
def test_pages_are_one_range_however_they_are_written(text: str) -> None:
    assert same_pages(pages_of(text), pages_of("123-129")) is True


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("123", "123-9", True),
        ("e12", "E12", True),
        ("e12", "e12-e20", True),
        ("S12-5", "S12-S15", True),
        ("e12", "12", None),
        ("S12", "E12", False),
        ("1-10", "1234", None),
        ("", "123", None),
        ("123-9", "124-9", False),
        ("iv-x", "12", None),
    ],
)
def test_pages_that_could_be_counted_otherwise_do_not_tell(
    one: str, other: str, expected: bool | None
) -> None:
    assert same_pages(pages_of(one), pages_of(other)) is expected


def test_a_place_is_volume_and_first_page_or_a_range_that_no_other_article_can_have() -> None:
    long, page = pages_of("123-129"), pages_of("123")
    assert same_place(page, "4", long, "4") is True
    assert same_place(page, "4", long, "5") is False
    assert same_place(page, "", long, "5") is None
    assert same_place(long, "", long, "5") is True
    assert same_place(pages_of("CD001289"), "", pages_of("CD001289"), "") is True


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Smith JA", "John A. Smith", True),
        ("SMITH JA", "Smith, J.", True),
        ("LI X", "Xin Li", True),
        ("Lv Y", "Yingying Lv", True),
        ("Müller K", "Mueller K", True),
        ("Müller K", "MULLER, Karl", True),
        ("Sørensen P", "Soerensen P", True),
        ("Garcia-Lopez M", "Garcia M", True),
        ("Smith", "Smith J", True),
        ("Katzelnick D", "Katzlnick D", True),
        ("Smith J", "Smith P", False),
        ("John Smith", "John Doe", False),
        ("Bee A", "Dee A", False),
    ],
)
def test_two_names_may_be_one_person_s(one: str, other: str, expected: bool) -> None:
    a, b = name_of(one), name_of(other)
    assert a is not None
    assert b is not None
    assert same_person(a, b) is expected
    assert same_person(b, a) is expected


@pytest.mark.parametrize("text", ["et al.", "", " and others", "-"])
def test_what_stands_for_other_authors_names_nobody(text: str) -> None:
    assert name_of(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Effect of β-blockers", "Effect of beta blockers"),
        ("Pain <i>in vivo</i> &amp; after", "Pain in vivo and after"),
        ("Anaesthesia for haemorrhage", "Anesthesia for hemorrhage"),
        ("A multicentre tumour programme", "A multicenter tumor program"),
        ("Crohn’s", "Crohn's"),
        ("naïve Ångström", "NAIVE ANGSTROM"),
    ],
)
def test_spellings_and_signs_of_one_word_are_compared_as_one(one: str, other: str) -> None:
    assert plain(one) == plain(other)


def test_numbers_are_not_respelled() -> None:
    assert plain("four hours") == "four hours"
