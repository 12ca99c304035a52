"""Fetching full texts of PMC: which come, what became of the others, runs that are stopped, and updates."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from stand_in.answers import Answer, Asked
from stand_in.articles import Article
from stand_in.factory import Library
from stand_in.full_texts import LICENCES
from stand_in.in_process import InProcess
from stand_in.misbehaviour import Misbehaviour

from sonospine.config.searching import PubMedSearch, Search
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import FULL_TEXTS
from sonospine.sources.fetching import pmc
from sonospine.sources.fetching.pmc import fetch_pmc, update_pmc
from sonospine.sources.fetching.pubmed import fetch_pubmed
from sonospine.sources.fetching.update import update_pubmed
from sonospine.sources.snapshots.chain import changes_of, entries_of, held
from sonospine.sources.snapshots.manifest import Manifest, read_manifest
from sonospine.sources.snapshots.workspace import Workspace

SEARCH = Search(pubmed=PubMedSearch(query="spine"))
LATER = "2026-12-01"


def quiet(done: int, total: int | None) -> None:
    assert total is None or 0 <= done <= total


@pytest.fixture
def library() -> Library:
    return Library.seeded(50, seed=4, in_pmc=0.6, open_access=0.7, misses=0)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("LINKED", 12), ("SEARCHED", 10), ("ARTICLES_A_BATCH", 4)):
        monkeypatch.setattr(pmc, name, size)


def pubmed(service: InProcess, folder: Path, name: str = "one", base: str = "") -> None:
    client, workspace = service.client(folder / ".requests"), Workspace(folder, name, "pubmed")
    if base:
        update_pubmed(SEARCH, folder, base, workspace, client, today=LATER, progress=quiet)
    else:
        fetch_pubmed(SEARCH, workspace, client, today="2026-11-20", progress=quiet)
    service.asked.clear()


def full_texts(service: InProcess, folder: Path, name: str = "one", base: str = "") -> Manifest:
    client, workspace = service.client(folder / ".requests"), Workspace(folder, name, "pmc")
    if base:
        return update_pmc(SEARCH, folder, base, workspace, client, today=LATER, progress=quiet)
    return fetch_pmc(SEARCH, folder, workspace, client, today="2026-11-20", progress=quiet)


def rows_of(folder: Path, name: str = "one") -> dict[str, Row]:
    return {row["pmid"]: row for row in read_table(folder / name / "pmc" / "articles.tsv", FULL_TEXTS)}


def state(article: Article) -> str:
    return "not_in_pmc" if not article.pmcid else "fetched" if article.open_access else "not_open_access"


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def ids_in(folder: Path, name: str) -> list[str]:
    place = folder / name / "pmc"
    return [raw.record_id for raw in entries_of((place, read_manifest(place)))]


def test_open_full_texts_come_and_each_pubmed_record_has_its_state(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    pubmed(service, tmp_path)
    manifest = full_texts(service, tmp_path)
    rows = rows_of(tmp_path)
    assert {pmid: row["state"] for pmid, row in rows.items()} == {
        str(article.pmid): state(article) for article in library.articles.values()
    }
    opened = [f"pmc:PMC{a.pmcid}" for a in library.articles.values() if a.open_access]
    assert sorted(ids_in(tmp_path, "one")) == sorted(opened)
    assert manifest.reported == manifest.fetched == len(opened) > 10
    assert sum(file.records for file in manifest.files) == len(opened)
    assert manifest.warnings == ()
    assert set(service.kinds()) == {"elink", "esearch", "efetch"}


def test_the_licence_and_the_file_of_a_full_text_are_noted(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    pubmed(service, tmp_path)
    full_texts(service, tmp_path)
    for row in rows_of(tmp_path).values():
        came = row["state"] == "fetched"
        assert (row["licence"] in LICENCES) == came
        assert (row["snapshot"] == "one") == came
        assert (tmp_path / "one" / "pmc" / (row["file"] or "none")).exists() == came


def test_only_records_without_a_pmc_id_are_asked_for_links(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    pubmed(service, tmp_path)
    full_texts(service, tmp_path)
    known = {key for key, value in held(tmp_path, "one", "pubmed").items() if "pmcid" in value.ids}
    asked = [pmid for a in service.asked if a.kind == "elink" for pmid in a.fields["id"]]
    assert len(asked) == len(set(asked))
    assert set(asked) == {str(pmid) for pmid in library.articles if f"pubmed:{pmid}" not in known}


def test_links_supply_the_pmc_ids_that_pubmed_does_not_give(library: Library, tmp_path: Path) -> None:
    def without_pmc(asked: Asked, answer: Answer) -> Answer:
        if asked.kind == "efetch" and asked.first("db") == "pubmed":
            return Answer(answer.body.replace(b'IdType="pmc"', b'IdType="pii"'), records=answer.records)
        return answer

    service = InProcess(library, spoil=without_pmc)
    pubmed(service, tmp_path)
    full_texts(service, tmp_path)
    assert Counter(row["state"] for row in rows_of(tmp_path).values()) == Counter(
        state(article) for article in library.articles.values()
    )


def test_faulty_answers_leave_the_same_bytes(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    for name in ("good", "bad"):
        pubmed(service, tmp_path / name)
    full_texts(service, tmp_path / "good")
    asked = len(service.asked)
    service.misbehaviour = Misbehaviour(share=0.3, seed=8)
    service.asked.clear()
    full_texts(service, tmp_path / "bad")
    assert len(service.asked) > asked
    assert content_of(tmp_path / "bad/one/pmc") == content_of(tmp_path / "good/one/pmc")


@pytest.mark.parametrize("stop_after", range(1, 11, 3))
def test_a_run_that_was_stopped_asks_only_for_what_is_missing(
    library: Library, tmp_path: Path, stop_after: int
) -> None:
    service = InProcess(library)
    for name in ("whole", "stopped"):
        pubmed(service, tmp_path / name)
    full_texts(service, tmp_path / "whole")
    needed = len(service.asked)
    service.asked.clear()

    def stop(asked: Asked, answer: Answer) -> Answer:
        if len(service.asked) > stop_after:
            raise KeyboardInterrupt
        return answer

    service.spoil = stop
    with pytest.raises(KeyboardInterrupt):
        full_texts(service, tmp_path / "stopped")
    service.spoil = None
    full_texts(service, tmp_path / "stopped")
    assert len(service.asked) == needed + 1  # the one that was under way is asked for again
    assert content_of(tmp_path / "stopped/one/pmc") == content_of(tmp_path / "whole/one/pmc")


def without(body: bytes, pmcid: int) -> bytes:
    """Leave an article out of an answer."""
    articles = re.compile(rb"<article .*?</article>", re.DOTALL)
    return articles.sub(lambda found: b"" if b">PMC%d<" % pmcid in found[0] else found[0], body)


def open_ids(library: Library) -> list[int]:
    return sorted(a.pmcid for a in library.articles.values() if a.open_access)


@pytest.mark.parametrize("status", [0, 200, 400])
def test_an_article_that_never_comes_is_missing_with_a_warning(
    library: Library, tmp_path: Path, status: int
) -> None:
    lost = open_ids(library)[3]

    def lose(asked: Asked, answer: Answer) -> Answer:
        if asked.kind != "efetch" or asked.first("db") != "pmc":
            return answer
        if asked.first("id") == str(lost) and status:
            text = b"<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"
            return Answer(text, status)
        return Answer(without(answer.body, lost))

    service = InProcess(library)
    pubmed(service, tmp_path)
    service.spoil = lose
    manifest = full_texts(service, tmp_path)
    rows = [row for row in rows_of(tmp_path).values() if row["pmcid"] == f"PMC{lost}"]
    assert [row["state"] for row in rows] == ["missing"]
    assert manifest.reported == manifest.fetched + 1
    assert manifest.warnings == (f"asked for, also alone, and not given by PMC: PMC{lost}",)


def test_an_article_that_its_batch_lacks_may_come_alone(library: Library, tmp_path: Path) -> None:
    lost = open_ids(library)[3]

    def lose(asked: Asked, answer: Answer) -> Answer:
        if asked.kind != "efetch" or asked.first("id") == str(lost):
            return answer
        return Answer(without(answer.body, lost))

    service = InProcess(library)
    pubmed(service, tmp_path)
    service.spoil = lose
    manifest = full_texts(service, tmp_path)
    row = next(row for row in rows_of(tmp_path).values() if row["pmcid"] == f"PMC{lost}")
    assert (row["state"], row["file"]) == ("fetched", f"records-alone-PMC{lost}.xml.gz")
    assert (manifest.reported, manifest.warnings) == (manifest.fetched, ())


def test_an_article_without_a_body_is_no_full_text(library: Library, tmp_path: Path) -> None:
    def closed(asked: Asked, answer: Answer) -> Answer:
        if asked.kind == "efetch":
            return Answer(answer.body.replace(b"<body>", b"<back>").replace(b"</body>", b"</back>"))
        return answer

    service = InProcess(library)
    pubmed(service, tmp_path)
    service.spoil = closed
    full_texts(service, tmp_path)
    assert Counter(row["state"] for row in rows_of(tmp_path).values())["no_full_text"] == len(
        open_ids(library)
    )


def test_articles_that_were_not_asked_for_are_said(library: Library, tmp_path: Path) -> None:
    first, second = open_ids(library)[:2]

    def exchanged(asked: Asked, answer: Answer) -> Answer:
        return Answer(answer.body.replace(f">PMC{first}<".encode(), b">PMC99<"), answer.status)

    service = InProcess(library)
    pubmed(service, tmp_path)
    service.spoil = lambda asked, answer: exchanged(asked, answer) if asked.kind == "efetch" else answer
    manifest = full_texts(service, tmp_path)
    assert manifest.warnings == (
        f"asked for, also alone, and not given by PMC: PMC{first}",
        "given by PMC without being asked for: PMC99",
    )
    assert next(r["state"] for r in rows_of(tmp_path).values() if r["pmcid"] == f"PMC{second}") == "fetched"


def test_a_filter_that_pmc_does_not_know_is_a_warning(library: Library, tmp_path: Path) -> None:
    def unknown(asked: Asked, answer: Answer) -> Answer:
        warning = b"<ErrorList><FieldNotFound>filter</FieldNotFound></ErrorList></eSearchResult>"
        return Answer(answer.body.replace(b"</eSearchResult>", warning))

    service = InProcess(library)
    pubmed(service, tmp_path)
    service.spoil = lambda asked, answer: unknown(asked, answer) if asked.kind == "esearch" else answer
    assert full_texts(service, tmp_path).warnings == ("field not found: filter",)


def test_without_pubmed_records_the_order_is_said(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fetch of pubmed under the same name, before that of pmc"):
        full_texts(InProcess(library), tmp_path)


def test_pubmed_records_without_any_article_leave_a_table_and_no_full_text(tmp_path: Path) -> None:
    service = InProcess(Library.seeded(5, in_pmc=0, misses=0))
    pubmed(service, tmp_path)
    manifest = full_texts(service, tmp_path)
    assert (manifest.reported, manifest.fetched) == (0, 0)
    assert {row["state"] for row in rows_of(tmp_path).values()} == {"not_in_pmc"}
    assert service.kinds() == ["elink"]


def test_an_update_asks_for_what_is_new_opened_or_revised(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    pubmed(service, tmp_path)
    full_texts(service, tmp_path)
    articles = sorted(library.articles.values(), key=lambda a: a.pmid)
    fetched = [a for a in articles if a.open_access]
    closed = next(a for a in articles if a.pmcid and not a.open_access)
    library.open(closed.pmid)
    library.revise(fetched[0].pmid)
    library.delete(fetched[1].pmid)
    fresh = library.add(in_pmc=1, open_access=1)
    while not fresh.open_access:
        fresh = library.add(in_pmc=1, open_access=1)
    pubmed(service, tmp_path, "two", "one")
    manifest = full_texts(service, tmp_path, "two", "one")
    place = tmp_path / "two" / "pmc"
    assert {row["record_id"]: row["change"] for row in changes_of((place, manifest))} == {
        f"pmc:PMC{closed.pmcid}": "new",
        f"pmc:PMC{fresh.pmcid}": "new",
        f"pmc:PMC{fetched[0].pmcid}": "revised",
    }
    assert len(ids_in(tmp_path, "two")) == manifest.fetched == 3
    assert manifest.base is not None
    rows = rows_of(tmp_path, "two")
    assert str(fetched[1].pmid) not in rows
    assert rows[str(fetched[2].pmid)]["snapshot"] == "one"
    assert {rows[str(a.pmid)]["snapshot"] for a in (closed, fresh, fetched[0])} == {"two"}
    assert len(held(tmp_path, "two", "pmc")) == len(fetched) + 2


def test_a_full_text_that_pmc_no_longer_gives_is_kept_as_it_was(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    pubmed(service, tmp_path)
    full_texts(service, tmp_path)
    article = next(a for a in library.articles.values() if a.open_access)
    library.revise(article.pmid)
    article.open_access = False
    pubmed(service, tmp_path, "two", "one")
    manifest = full_texts(service, tmp_path, "two", "one")
    row = rows_of(tmp_path, "two")[str(article.pmid)]
    assert (row["state"], row["snapshot"]) == ("fetched", "one")
    assert manifest.warnings == (f"no longer given by PMC, kept as fetched before: {article.pmid}",)
    assert (manifest.fetched, manifest.changes) == (0, {})
