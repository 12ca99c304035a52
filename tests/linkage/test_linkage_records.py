"""Which records become one report, which reports one study, and what keeps them apart."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.linkage import Linked, link_records
from sonospine.linkage.likeness import graded, titled
from sonospine.model.record import Notice, Passage, Record

TITLE = "A new approach to guided needle placement for chronic pain after surgery: a prospective pilot study"
LEVELS = "Evaluation of {} facet joint nerve blocks in managing chronic pain: a randomized controlled trial"
AUTHORS = ("Yingying Lv", "Junzhen Wu", "Yongming Xu")


def record(record_id: str, **values: object) -> Record:
    source = record_id.split(":")[-2]
    return Record(**{"record_id": record_id, "source": source, "sha256": "0" * 64, **values})  # type: ignore[arg-type]


def registration(nct: str, **registry: object) -> Record:
    return record(f"ctgov:{nct}", kind="registration", nct=(nct,), registry=registry)


def study(linked: Linked, record_id: str) -> str:
    return next(r["study_id"] for r in linked.records if r["record_id"] == record_id)


def report(linked: Linked, record_id: str) -> str:
    return next(r["report_id"] for r in linked.records if r["record_id"] == record_id)


def relations(linked: Linked) -> set[tuple[str, str, str]]:
    return {(r["from_id"], r["to_id"], r["relation"]) for r in linked.links}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"pmid": "12"}, {"pmid": "12"}),
        ({"pmcid": "PMC77"}, {"pmcid": "77"}),
        ({"doi": "10.1000/ABC"}, {"doi": "https://doi.org/10.1000/abc"}),
        (
            {"title": TITLE, "authors": AUTHORS, "year": "2025"},
            {"title": TITLE.upper() + ".", "authors": ("Lv Y", "Wu J", "Xu Y"), "year": "2025"},
        ),
        (
            {
                "title": "Randomised trial of anaesthetic placement under sonography in many adults",
                "year": "2020",
            }
            | {"authors": ("Ann Bee",)},
            {
                "title": "Randomized trial of anesthetic placement under sonography in many adults",
                "year": "2021",
            }
            | {"authors": ("Bee A",)},
        ),
    ],
)
def test_records_with_one_identifier_or_one_title_are_one_report(one: dict, other: dict) -> None:
    linked = link_records([record("pubmed:1", **one), record("pmc:PMC2", **other)])
    assert len(linked.reports) == 1
    assert ("pmc:PMC2", "pubmed:1", "same_report") in relations(linked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LEVELS.format("lumbar"), LEVELS.format("cervical")),
        (TITLE + " part I", TITLE + " part II"),
        (TITLE + ": 1-year results", TITLE + ": 2-year results"),
        (TITLE + " with steroid", TITLE + " without steroid"),
        ("Chronic low back pain", "Chronic low back pain"),
        ("Comment on: " + TITLE, TITLE),
        (TITLE, TITLE + " - author reply"),
        (
            "Effect of 5% solution on pain over many weeks of follow-up",
            "Effect of 10% solution on pain over many weeks of follow-up",
        ),
    ],
)
def test_titles_of_a_series_are_two_studies(one: str, other: str) -> None:
    same = {"authors": AUTHORS, "year": "2020"}
    linked = link_records([record("pubmed:1", title=one, **same), record("pubmed:2", title=other, **same)])
    assert study(linked, "pubmed:1") != study(linked, "pubmed:2")


def test_a_title_alone_with_other_authors_joins_nothing() -> None:
    a = record("pubmed:1", title=TITLE, authors=("Ann Bee", "Cy Dee"), year="2020")
    b = record("pubmed:2", title=TITLE, authors=("Eve Eff", "Gil Hay"), year="2020")
    linked = link_records([a, b])
    assert study(linked, "pubmed:1") != study(linked, "pubmed:2")
    assert ("pubmed:1", "pubmed:2", "apart") in relations(linked)


def test_different_pmids_are_never_one_report() -> None:
    same = {"title": TITLE, "authors": AUTHORS, "year": "2020"}
    linked = link_records([record("pubmed:1", pmid="1", **same), record("pubmed:2", pmid="2", **same)])
    assert report(linked, "pubmed:1") != report(linked, "pubmed:2")
    assert study(linked, "pubmed:1") == study(linked, "pubmed:2")


def test_a_preprint_and_its_article_are_two_reports_of_one_study() -> None:
    same = {"title": TITLE, "authors": AUTHORS}
    a = record("file:a", doi="10.21203/rs.3.rs-1/v1", year="2024", **same)
    b = record("pubmed:2", doi="10.1000/x", year="2025", **same)
    linked = link_records([a, b])
    assert report(linked, "file:a") != report(linked, "pubmed:2")
    assert study(linked, "file:a") == study(linked, "pubmed:2")


def test_a_protocol_and_its_results_are_companions() -> None:
    a = record("pubmed:1", title=TITLE + ": study protocol", authors=AUTHORS, year="2022", pmid="1")
    b = record("pubmed:2", title=TITLE, authors=AUTHORS, year="2025", pmid="2")
    linked = link_records([a, b])
    assert report(linked, "pubmed:1") != report(linked, "pubmed:2")
    assert study(linked, "pubmed:1") == study(linked, "pubmed:2")
    assert ("pubmed:1", "pubmed:2", "companion") in relations(linked)


def test_an_erratum_belongs_to_its_article_as_a_report_of_its_own() -> None:
    a = record("pubmed:1", title=TITLE, authors=AUTHORS, year="2025", pmid="1")
    b = record(
        "pubmed:2", title="Erratum to: " + TITLE, kind="erratum", authors=AUTHORS, year="2025", pmid="2"
    )
    linked = link_records([a, b])
    assert report(linked, "pubmed:1") != report(linked, "pubmed:2")
    assert study(linked, "pubmed:1") == study(linked, "pubmed:2")
    assert ("pubmed:2", "pubmed:1", "corrects") in relations(linked)


def test_a_retraction_notice_marks_its_article_retracted() -> None:
    a = record("pubmed:1", title=TITLE, pmid="1")
    b = record(
        "pubmed:2", title="Retraction", kind="notice", pmid="2", notices=(Notice("retraction_of", "pmid:1"),)
    )
    linked = link_records([a, b])
    rows = {r["record_id"]: r for r in linked.records}
    assert rows["pubmed:1"]["status"] == "retracted"
    assert rows["pubmed:1"]["study_id"] == rows["pubmed:2"]["study_id"]


def test_a_shared_doi_does_not_join_two_abstracts_of_a_supplement() -> None:
    a = record("pubmed:1", pmid="1", doi="10.1000/s", title="Guided placement in the neck of adults")
    b = record("pubmed:2", pmid="2", doi="10.1000/s", title="Something else about education of nurses")
    linked = link_records([a, b])
    assert len(linked.reports) == 2
    assert ("pubmed:1", "pubmed:2", "apart") in relations(linked)


def test_an_article_joins_the_registration_that_it_names_as_its_own() -> None:
    a = record("pubmed:1", nct=("NCT00000001",))
    linked = link_records([a, registration("NCT00000001")])
    assert study(linked, "pubmed:1") == study(linked, "ctgov:NCT00000001")
    assert len(linked.reports) == 2
    assert ("pubmed:1", "ctgov:NCT00000001", "registration") in relations(linked)


@pytest.mark.parametrize(
    "values",
    [
        {"nct_cited": ("NCT00000001",)},
        {"nct": ("NCT00000001",), "types": ("Meta-Analysis",)},
        {"nct": ("NCT00000001",), "title": "Needles: a systematic review"},
        {"nct": ("NCT00000001", "NCT00000002")},
    ],
)
def test_a_registration_that_is_only_cited_or_pooled_joins_nothing(values: dict) -> None:
    trials = [registration("NCT00000001"), registration("NCT00000002")]
    linked = link_records([record("pubmed:1", **values), *trials])
    assert len({r["study_id"] for r in linked.records}) == 3
    assert ("pubmed:1", "ctgov:NCT00000001", "cites") in relations(linked)


def test_the_registry_s_list_of_publications_joins_results_and_cites_background() -> None:
    references = [{"pmid": "1", "type": "RESULT"}, {"pmid": "2", "type": "BACKGROUND"}]
    trial = registration("NCT00000001", protocolSection={"referencesModule": {"references": references}})
    linked = link_records([trial, record("pubmed:1", pmid="1"), record("pubmed:2", pmid="2")])
    assert study(linked, "pubmed:1") == study(linked, trial.record_id)
    assert study(linked, "pubmed:2") != study(linked, trial.record_id)


def test_an_alias_of_a_registration_is_the_registration() -> None:
    trial = registration(
        "NCT00000001", protocolSection={"identificationModule": {"nctIdAliases": ["NCT00000009"]}}
    )
    linked = link_records([trial, record("pubmed:1", nct=("NCT00000009",))])
    assert study(linked, "pubmed:1") == study(linked, trial.record_id)


@pytest.mark.parametrize("wrong", [None, "NCT00000009", 9, {}, [None, {"pmid": None}]])
def test_registry_lists_of_a_wrong_kind_are_as_good_as_missing(wrong: object) -> None:
    trial = registration(
        "NCT00000001",
        protocolSection={
            "identificationModule": {"nctIdAliases": wrong},
            "referencesModule": {"references": wrong},
        },
    )
    linked = link_records([trial, record("pubmed:1", nct=("NCT00000001",))])
    assert study(linked, "pubmed:1") == study(linked, trial.record_id)


def test_two_articles_of_an_absent_registration_are_one_study() -> None:
    linked = link_records(
        [record("pubmed:1", nct=("NCT00000001",)), record("pubmed:2", nct=("NCT00000001",))]
    )
    assert study(linked, "pubmed:1") == study(linked, "pubmed:2")
    assert ("pubmed:1", "nct:NCT00000001", "registration") in relations(linked)


def _news(**values: object) -> Record:
    text = f"Yingying Lv et al. (2025). {TITLE.title()}. A Journal, 25. https://doi.org/10.1000/x"
    passages = (Passage("body/s1p1", text),)
    return record(
        "file:news", kind="news", title="Needle placement promising: study", passages=passages, **values
    )


def test_news_is_a_companion_of_the_article_whose_title_and_author_it_names_though_the_doi_is_missing_there() -> (
    None
):
    article = record("file:article", title=TITLE, authors=AUTHORS, year="2025", full_text=True)
    linked = link_records([_news(dois_cited=("10.1000/x",)), article])
    assert study(linked, "file:news") == study(linked, "file:article")
    evidence = next(r["evidence"] for r in linked.links if r["relation"] == "companion")
    assert "Yingying Lv" in evidence
    assert "10.1000/x" in evidence


def test_news_with_the_doi_of_an_article_is_a_companion_and_no_second_record_of_it() -> None:
    article = record("pubmed:1", pmid="1", doi="10.1000/x", title="Other words", authors=("Q Zed",))
    linked = link_records([_news(doi="10.1000/x"), article])
    assert study(linked, "file:news") == study(linked, "pubmed:1")
    assert report(linked, "file:news") != report(linked, "pubmed:1")


def test_a_review_that_cites_a_doi_and_prints_the_title_is_no_companion() -> None:
    article = record("pubmed:1", doi="10.1000/x", title=TITLE, authors=AUTHORS, year="2025")
    text = (Passage("back/p1", f"Lv Y. {TITLE}. 2025. doi:10.1000/x"),)
    review = record("pubmed:2", title="A systematic review", dois_cited=("10.1000/x",), passages=text)
    linked = link_records([article, review])
    assert study(linked, "pubmed:1") != study(linked, "pubmed:2")
    assert relations(linked) == {("pubmed:2", "pubmed:1", "cites")}


def test_news_of_a_registration_joins_it_and_names_one_outside_the_corpus() -> None:
    page = record("file:news", kind="news", nct_cited=("NCT00000001",))
    linked = link_records([page, registration("NCT00000001")])
    assert study(linked, "file:news") == study(linked, "ctgov:NCT00000001")
    alone = link_records([page])
    assert ("file:news", "nct:NCT00000001", "registration") in relations(alone)


def test_news_of_several_articles_joins_none_that_it_does_not_name() -> None:
    articles = [record(f"pubmed:{i}", doi=f"10.1000/{i}", title=f"Title {i}") for i in (1, 2)]
    page = record("file:news", kind="news", dois_cited=("10.1000/1", "10.1000/2"))
    assert len({r["study_id"] for r in link_records([*articles, page]).records}) == 3


def test_the_best_record_has_the_most_text_and_the_other_is_a_duplicate_of_it() -> None:
    short = record("pubmed:1", pmid="1", passages=(Passage("abstract/p1", "words " * 90),))
    full = record("pmc:PMC1", pmid="1", full_text=True, passages=(Passage("body/s1p1", "text"),))
    linked = link_records([short, full])
    assert linked.reports[0]["best_record_id"] == "pmc:PMC1"
    assert ("pubmed:1", "pmc:PMC1", "duplicate") in relations(linked)


def test_a_title_that_repeats_a_word_is_not_the_title_without_it() -> None:
    a, b = (
        titled(record("pubmed:1", title=LEVELS.format("lumbar"))),
        titled(record("pubmed:2", title=LEVELS.format(""))),
    )
    assert graded(a, b)[0] not in ("same", "slip")


_titles = st.sampled_from(
    [TITLE, LEVELS.format("lumbar"), LEVELS.format("cervical"), "Erratum: " + TITLE, ""]
)
_records = st.lists(
    st.builds(
        lambda n, title, pmid, nct, cited, kind: record(
            f"file:{n}",
            title=title,
            pmid=pmid,
            nct=nct,
            dois_cited=cited,
            kind=kind,
            authors=AUTHORS,
            year="2020",
        ),
        st.integers(1, 8),
        _titles,
        st.sampled_from(["", "1", "2"]),
        st.sampled_from([(), ("NCT00000001",), ("NCT00000002",)]),
        st.sampled_from([(), ("10.1000/x",)]),
        st.sampled_from(["article", "news", "registration", "erratum"]),
    ),
    max_size=8,
    unique_by=lambda r: r.record_id,
)


@given(_records, st.randoms(use_true_random=False))
def test_the_outcome_does_not_depend_on_the_order_of_the_records(
    records: list[Record], order: random.Random
) -> None:
    shuffled = list(records)
    order.shuffle(shuffled)
    assert link_records(records) == link_records(shuffled)


@given(_records)
def test_every_record_has_one_report_and_every_report_one_study(records: list[Record]) -> None:
    linked = link_records(records)
    reports = {r["report_id"]: r["study_id"] for r in linked.reports}
    assert len(reports) == len(linked.reports)
    assert sorted(r["record_id"] for r in linked.records) == sorted(r.record_id for r in records)
    assert all(reports[r["report_id"]] == r["study_id"] for r in linked.records)
    duplicates = sum(r["relation"] == "duplicate" for r in linked.links)
    assert duplicates == len(linked.records) - len(linked.reports)


@pytest.mark.parametrize(
    ("relation", "expected", "joined"),
    [
        ("corrects", ("pubmed:2", "pubmed:1", "corrects"), True),
        ("retracted_by", ("pubmed:1", "pubmed:2", "retraction_of"), True),
        ("update_of", ("pubmed:1", "pubmed:2", "same_study"), True),
        ("comment_on", ("pubmed:2", "pubmed:1", "cites"), False),
        ("companion", ("pubmed:2", "pubmed:1", "companion"), False),
    ],
)
def test_what_a_source_states_becomes_a_link(
    relation: str, expected: tuple[str, str, str], joined: bool
) -> None:
    stating = record("pubmed:2", pmid="2", notices=(Notice(relation, "pmid:1"),))
    linked = link_records([record("pubmed:1", pmid="1"), stating])
    assert expected in relations(linked)
    assert (study(linked, "pubmed:1") == study(linked, "pubmed:2")) is joined
