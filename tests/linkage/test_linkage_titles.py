"""Which copies of a record are found by title, and which near-twins stay apart."""

from __future__ import annotations

import pytest

from sonospine.linkage import Linked, link_records
from sonospine.model.record import Record

TITLE = (
    "Effect of early exercise on recovery after knee surgery in older adults: a randomised controlled trial"
)
BASE: dict[str, object] = {
    "title": TITLE,
    "authors": ("Bee AC", "Dee E", "Eff GH"),
    "journal": "The journal of pain research : official journal of somebody",
    "year": "2020",
    "volume": "12",
    "pages": "123-9",
}


def record(name: str, **changes: object) -> Record:
    return Record(record_id=f"file:{name}", source="file", sha256="0" * 64, **(BASE | changes))  # type: ignore[arg-type]


def together(**changes: object) -> tuple[bool, bool, Linked]:
    """Whether a record with changes is of the same report, and of the same study, as the unchanged one."""
    linked = link_records([record("a", pmid="1", doi="10.1000/a"), record("b", **changes)])
    return len(linked.reports) == 1, len({r["study_id"] for r in linked.records}) == 1, linked


MAIN = TITLE.split(":")[0]
SHORT = "Pain after surgery"
NO_PLACE: dict[str, object] = {"volume": "", "pages": ""}
ELSEWHERE: dict[str, object] = {"volume": "12", "pages": "223-31"}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": TITLE.upper()},
        {"title": TITLE.title() + "."},
        {"title": f"[{TITLE}]."},
        {"title": f"RETRACTED: {TITLE}"},
        {"title": f"{TITLE} (Retracted article. See vol. 13, pg. 4, 2021)"},
        {"title": TITLE.replace(": ", " - ")},
        {"title": TITLE.replace("exercise", "<i>exercise</i>").replace("randomised", "randomized")},
        {"title": MAIN},
        {"title": MAIN} | NO_PLACE,
        {"title": TITLE.replace("recovery", "recoxery")},
        {"title": TITLE.replace("controlled", "conttrolled")} | NO_PLACE,
        {"title": "Early exercise and recovery of older adults after operations of the knee, a trial"},
        {"authors": ("Bee A", "et al.")},
        {"authors": ("Anna C. Bee", "Eve Dee", "Gil H. Eff")},
        {"authors": ("Dee, E.", "Eff, G. H.", "Bee, A. C.")},
        {"authors": ()},
        {"authors": ()} | NO_PLACE,
        {"journal": "J Pain Res"},
        {"journal": "J Pain Res", "year": "2021", "pages": "123-129"},
        {"journal": "", **NO_PLACE},
        {"journal": "Revista de dolor"},
        {"year": ""},
        {"volume": "13"},
        {"pages": "e123"},
    ],
)
def test_a_copy_from_another_database_is_the_same_report(changes: dict[str, object]) -> None:
    assert together(**changes)[0]


@pytest.mark.parametrize(
    ("changes", "one_study"),
    [
        ({"title": TITLE + ". Part II"} | ELSEWHERE, False),
        ({"title": TITLE.replace("knee", "hip")} | ELSEWHERE, False),
        ({"title": TITLE.replace("knee", "hip")} | NO_PLACE, False),
        ({"title": TITLE.replace("older", "other")} | ELSEWHERE, False),
        ({"title": TITLE + " at 2 years"} | ELSEWHERE, False),
        ({"title": "Comment on: " + TITLE} | ELSEWHERE, False),
        ({"title": TITLE + " - authors' reply"} | ELSEWHERE, False),
        ({"title": TITLE + ": pilot phase"} | NO_PLACE, False),
        ({"title": TITLE, "authors": ("Gee H", "Ill K")} | ELSEWHERE, False),
        ({"title": TITLE, "year": "2024"} | ELSEWHERE, False),
        ({"title": "Erratum to: " + TITLE} | ELSEWHERE, True),
        ({"title": MAIN + ": study protocol", "year": "2017", "journal": "Trials"} | ELSEWHERE, True),
        ({"journal": "European journal of surgery", "pages": "S12", "volume": "4", "year": "2019"}, True),
        (ELSEWHERE, True),
        ({"kind": "abstract"} | NO_PLACE, True),
    ],
)
def test_a_near_twin_is_another_report(changes: dict[str, object], one_study: bool) -> None:
    report, study, _ = together(**changes)
    assert not report
    assert study is one_study


def test_a_short_title_needs_the_place_and_the_authors() -> None:
    def reports(**changes: object) -> int:
        return len(
            link_records([record("a", title=SHORT), record("b", **({"title": SHORT} | changes))]).reports
        )

    assert reports() == 1
    assert reports(pages="") == 1
    assert reports(**NO_PLACE) == 2
    assert reports(authors=("Gee H",), pages="123") == 2


def test_two_abstracts_of_one_group_on_one_page_stay_apart() -> None:
    a = record("a", title="Bupivacaine in spinal pain of adults after surgery", pages="S12")
    b = record("b", title="Ropivacaine in spinal pain of adults after surgery", pages="S12")
    assert len(link_records([a, b]).reports) == 2


def test_a_yearly_report_is_neither_the_same_report_nor_the_same_study() -> None:
    title = "Annual report of the registry of operations of the knee in the country"
    a = record("a", title=title)
    b = record("b", title=title, year="2021", volume="13", pages="100-9")
    assert len({r["study_id"] for r in link_records([a, b]).records}) == 2


def test_a_record_without_identifiers_does_not_bring_two_reports_together() -> None:
    # Two articles with one title, told apart by their numbers; the third could be either.
    twins = [record("a", pmid="1", **NO_PLACE), record("b", pmid="2", **NO_PLACE), record("c", **NO_PLACE)]
    linked = link_records(twins)
    assert len(linked.reports) == 2
    overruled = [r for r in linked.links if "not applied: it is one of several reports" in r["evidence"]]
    assert len(overruled) == 1


def test_the_evidence_says_field_by_field_what_agrees_and_how_alike() -> None:
    _, _, linked = together(title=TITLE.upper(), authors=("Bee A", "et al."), year="2021", pages="123-129")
    evidence = next(r["evidence"] for r in linked.links if r["relation"] == "same_report")
    assert evidence == (
        "titles 1 alike, authors 1 alike, 1 year between, same journal, same volume and pages, no identifier differs"
    )


def test_what_is_left_to_a_person_is_listed_as_apart_with_the_reason() -> None:
    _, _, linked = together(title=TITLE + ": pilot phase", **NO_PLACE)
    row = next(r for r in linked.links if r["relation"] == "apart")
    assert "no volume and pages to compare" in row["evidence"]


@pytest.mark.parametrize(
    ("title", "status", "relation"),
    [
        ("Retraction notice to: " + TITLE, "retracted", "retraction_of"),
        ("Expression of concern: " + TITLE, "concern", "concern_about"),
        ("Corrigendum to " + TITLE, "current", "corrects"),
    ],
)
def test_a_notice_that_repeats_the_title_gives_the_report_its_status(
    title: str, status: str, relation: str
) -> None:
    notice = {"title": title, "authors": ("The Editors",), "year": "2022"} | ELSEWHERE
    _, study, linked = together(**notice)
    rows = {r["record_id"]: r for r in linked.records}
    assert study
    assert rows["file:a"]["status"] == status
    assert rows["file:b"]["status"] == "current"
    assert ("file:b", "file:a", relation) in {(r["from_id"], r["to_id"], r["relation"]) for r in linked.links}


@pytest.mark.parametrize("changes", [{"year": "2018"}, {"journal": "Spine"}])
def test_a_notice_by_others_in_another_journal_or_before_the_article_is_not_about_it(
    changes: dict[str, object],
) -> None:
    notice = (
        {"title": "Retraction: " + TITLE, "authors": ("The Editors",), "year": "2022"} | ELSEWHERE | changes
    )
    _, study, linked = together(**notice)
    assert not study
    assert {r["status"] for r in linked.records} == {"current"}


@pytest.mark.parametrize(
    "topic", ["Withdrawal of", "Correction of", "Retraction of", "Response to", "Removal of"]
)
def test_a_topic_is_not_taken_for_a_notice(topic: str) -> None:
    title = f"{topic} something in older adults after surgery of the knee"
    linked = link_records([record("a", title=title), record("b", title=title.upper(), pages="")])
    assert len(linked.reports) == 1
