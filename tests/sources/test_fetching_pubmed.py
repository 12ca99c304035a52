"""A PubMed snapshot holds every record that the query finds, each once, whatever goes wrong on the way."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from stand_in.answers import Answer, Asked
from stand_in.factory import Library
from stand_in.in_process import KEY, InProcess
from stand_in.misbehaviour import FAULTS, Misbehaviour

from sonospine.config.searching import PubMedSearch, Search
from sonospine.model.errors import InputError
from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.batches import record_ids
from sonospine.sources.fetching.pubmed import fetch_pubmed, limits_of, sent_term
from sonospine.sources.snapshots.chain import entries_of
from sonospine.sources.snapshots.manifest import Manifest, read_manifest
from sonospine.sources.snapshots.workspace import Workspace

QUERY = "injection[tiab] AND pain[tiab]"
SEARCH = Search(pubmed=PubMedSearch(query=QUERY))
DAY = "2026-11-20"


def library(**fields: float) -> Library:
    return Library.seeded(70, seed=4, **fields)  # type: ignore[arg-type] # whole numbers and shares alike


def fetch(
    service: InProcess, folder: Path, *, search: Search = SEARCH, today: str = DAY, limit: int = 9_999
) -> Manifest:
    workspace = Workspace(folder, "first", "pubmed")
    return fetch_pubmed(
        search,
        workspace,
        service.client(folder / ".requests"),
        today=today,
        progress=lambda _done, _total: None,
        batch=10,
        limit=limit,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "first" / "pubmed").iterdir())}


def held(folder: Path) -> list[int]:
    """Return the ids of the records in the snapshot, sorted."""
    place = folder / "first" / "pubmed"
    entries = entries_of((place, read_manifest(place)))
    return sorted(int(entry.record_id.removeprefix("pubmed:")) for entry in entries)  # type: ignore[union-attr] # none is rejected


def test_every_record_of_the_query_comes_once_and_the_manifest_says_how(tmp_path: Path) -> None:
    service = InProcess(library())
    heard: list[tuple[int, int | None]] = []
    workspace = Workspace(tmp_path, "first", "pubmed")
    manifest = fetch_pubmed(
        SEARCH,
        workspace,
        service.client(tmp_path / ".requests"),
        today=DAY,
        progress=lambda done, total: heard.append((done, total)),
        batch=10,
    )
    assert held(tmp_path) == service.service.library.hits()
    assert service.kinds() == ["esearch"] + ["efetch"] * 7
    assert manifest == read_manifest(workspace.place)
    assert (manifest.reported, manifest.fetched, manifest.searched, manifest.query) == (70, 70, DAY, QUERY)
    assert (manifest.database, manifest.platform) == ("PubMed", "NCBI E-utilities")
    assert [(s.query, s.reported, s.fetched, s.translation) for s in manifest.sent] == [
        (QUERY, 70, 70, QUERY)
    ]
    assert set(manifest.versions) == {"sonospine", "httpx", "python"}
    assert [(f.name, f.records) for f in manifest.files] == [
        *((f"records-s001-b{n:04d}.xml.gz", 10) for n in range(1, 8)),
        ("search-001.xml.gz", 0),
    ]
    assert heard[:2] == [(0, None), (0, 70)]
    assert heard[-1] == (70, 70)
    everything = b"".join(
        gzip.decompress(content) if name.endswith(".gz") else content
        for name, content in files(tmp_path).items()
    )
    assert KEY.encode() not in everything
    assert b"MCID_" not in everything


def test_a_search_of_more_than_can_be_listed_is_fetched_slice_by_slice(tmp_path: Path) -> None:
    service = InProcess(library(same_day=30, undated=0.1))
    manifest = fetch(service, tmp_path, limit=12)
    assert held(tmp_path) == service.service.library.hits()
    assert len(manifest.sent) > 6
    assert sum(sent.reported for sent in manifest.sent) == 70 == sum(sent.fetched for sent in manifest.sent)
    assert all(0 < sent.reported <= 12 for sent in manifest.sent)
    assert any("[uid]" in sent.query for sent in manifest.sent)
    assert any("NOT" in sent.query for sent in manifest.sent)
    names = set(files(tmp_path))
    assert {"search-000.xml.gz", f"search-{len(manifest.sent):03d}.xml.gz"} <= names


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [9_999, 25])
def test_a_fifth_of_the_answers_faulty_gives_the_same_bytes(seed: int, limit: int, tmp_path: Path) -> None:
    fetch(InProcess(library()), tmp_path / "clean", limit=limit)
    faulty = InProcess(library(), Misbehaviour(FAULTS, 0.2, seed=seed))
    fetch(faulty, tmp_path / "faulty", limit=limit)
    assert files(tmp_path / "faulty") == files(tmp_path / "clean")
    assert len(faulty.asked) > 8


def test_answers_that_leave_out_records_give_the_same_bytes(tmp_path: Path) -> None:
    fetch(InProcess(library()), tmp_path / "clean")
    lossy = InProcess(library(), Misbehaviour(["fewer_records"], 0.6, seed=2, in_a_row=0))
    fetch(lossy, tmp_path / "lossy")
    assert files(tmp_path / "lossy") == files(tmp_path / "clean")


class _Stopped(BaseException):
    """The end of a process, in the middle of anything."""


def stopping(after: int, kind: str = "") -> Callable[[Asked, Answer], Answer]:
    """Stop at the request of this number (of a kind)."""
    count = 0

    def spoil(asked: Asked, answer: Answer) -> Answer:
        nonlocal count
        count += not kind or asked.kind == kind
        if count == after and (not kind or asked.kind == kind):
            raise _Stopped
        return answer

    return spoil


@pytest.mark.parametrize("limit", [9_999, 25])
def test_a_fetch_stopped_anywhere_asks_only_for_what_is_missing_and_ends_with_the_same_bytes(
    limit: int, tmp_path: Path
) -> None:
    clean = InProcess(library())
    fetch(clean, tmp_path / "clean", limit=limit)
    batches = clean.kinds().count("efetch")
    for after in range(1, len(clean.asked) + 1, 3 if limit > 70 else 9):
        folder = tmp_path / str(after)
        stopped = InProcess(library(), spoil=stopping(after))
        with pytest.raises(_Stopped):
            fetch(stopped, folder, limit=limit)
        resumed = InProcess(library())
        manifest = fetch(resumed, folder, today="2026-11-25", limit=limit)
        got = stopped.kinds().count("efetch") - (stopped.kinds()[-1] == "efetch")
        assert resumed.kinds().count("efetch") == batches - got
        if got:
            assert manifest.searched == DAY
            assert resumed.kinds().count("esearch") <= len(manifest.sent)
            expected = files(tmp_path / "clean")
            assert files(folder) == expected
        assert held(folder) == clean.service.library.hits()


def test_an_unfinished_fetch_keeps_the_date_of_its_search(tmp_path: Path) -> None:
    with pytest.raises(_Stopped):
        fetch(InProcess(library(), spoil=stopping(2, "efetch")), tmp_path)
    assert fetch(InProcess(library()), tmp_path, today="2027-01-01").searched == DAY


def dropping(pmid: int, *, alone: bool) -> Callable[[Asked, Answer], Answer]:
    """Leave a record out of every answer; ``alone``: it comes where it is asked for by itself."""

    def spoil(asked: Asked, answer: Answer) -> Answer:
        if asked.kind != "efetch" or (alone and asked.first("id") == str(pmid)):
            return answer
        start = answer.body.find(f">{pmid}</PMID>".encode())
        if start < 0:
            return answer
        begin = max(
            answer.body.rfind(f"<{tag}>".encode(), 0, start) for tag in ("PubmedArticle", "PubmedBookArticle")
        )
        ends = [
            answer.body.find(f"</{tag}>".encode(), start) for tag in ("PubmedArticle", "PubmedBookArticle")
        ]
        end = answer.body.find(b">", min(e for e in ends if e > 0)) + 1
        return Answer(answer.body[:begin] + answer.body[end:])

    return spoil


def test_a_record_that_only_comes_when_asked_for_by_id_is_a_file_beside_its_batch(tmp_path: Path) -> None:
    lib = library()
    pmid = lib.hits()[-15]
    manifest = fetch(InProcess(lib, spoil=dropping(pmid, alone=True)), tmp_path)
    assert held(tmp_path) == lib.hits()
    records = {file.name: file.records for file in manifest.files if "b0002" in file.name}
    assert records == {"records-s001-b0002-again.xml.gz": 1, "records-s001-b0002.xml.gz": 9}
    again = gzip.decompress(files(tmp_path)["records-s001-b0002-again.xml.gz"])
    assert record_ids(again) == [str(pmid)]
    assert manifest.fetched == 70


def test_a_record_that_does_not_come_is_an_error_that_names_the_slice_and_the_rest_stays(
    tmp_path: Path,
) -> None:
    lib = library()
    pmid = lib.hits()[-15]
    with pytest.raises(FetchError, match=rf"entered .* to .*: 1 of \d+ records .* first {pmid};"):
        fetch(InProcess(lib, spoil=dropping(pmid, alone=False)), tmp_path, limit=30)
    assert not (tmp_path / "first" / "pubmed").exists()

    plain = InProcess(library())
    fetch(plain, tmp_path / "clean", limit=30)
    service = InProcess(lib)
    fetch(service, tmp_path, limit=30)
    assert files(tmp_path) == files(tmp_path / "clean")
    assert 0 < service.kinds().count("efetch") < plain.kinds().count("efetch")


def test_a_record_that_has_vanished_from_pubmed_does_not_block_for_ever(tmp_path: Path) -> None:
    lib = library()
    pmid = lib.hits()[-15]

    def vanish(asked: Asked, answer: Answer) -> Answer:
        lib.articles[pmid].deleted = True
        return answer

    with pytest.raises(FetchError, match=rf"all dates of entry: 1 of 70 records .* first {pmid};"):
        fetch(InProcess(lib, spoil=vanish), tmp_path)
    service = InProcess(lib)
    manifest = fetch(service, tmp_path)
    assert held(tmp_path) == lib.hits()
    assert manifest.reported == manifest.fetched == 69 == manifest.sent[0].reported
    assert service.kinds().count("efetch") == 1
    search = gzip.decompress(files(tmp_path)["search-001.xml.gz"])
    assert str(pmid).encode() not in search


def test_a_history_that_expires_again_and_again_gives_the_same_bytes(tmp_path: Path) -> None:
    fetch(InProcess(library()), tmp_path / "clean")
    service = InProcess(library())

    def expire(asked: Asked, answer: Answer) -> Answer:
        if asked.kind == "esearch":
            return answer
        service.service.forget_histories()
        return answer

    service.spoil = expire
    fetch(service, tmp_path)
    assert files(tmp_path) == files(tmp_path / "clean")
    assert service.kinds().count("esearch") == 7


def test_a_search_that_finds_others_after_its_history_expired_changes_nothing_of_the_plan(
    tmp_path: Path,
) -> None:
    fetch(InProcess(library()), tmp_path / "clean")
    lib = library()
    service = InProcess(lib)

    def grow(asked: Asked, answer: Answer) -> Answer:
        if len(service.asked) == 3:
            lib.add()
            service.service.forget_histories()
        return answer

    service.spoil = grow
    fetch(service, tmp_path)
    assert files(tmp_path) == files(tmp_path / "clean")


def test_a_history_server_that_gives_other_records_than_it_listed_is_left(tmp_path: Path) -> None:
    fetch(InProcess(library()), tmp_path / "clean")
    service = InProcess(library())

    def mislead(asked: Asked, answer: Answer) -> Answer:
        if asked.kind == "efetch" and asked.first("WebEnv"):
            other = Asked(**{**vars(asked), "fields": {**asked.fields, "retstart": ("3",)}})
            return service.service.answer(other)
        return answer

    service.spoil = mislead
    fetch(service, tmp_path)
    assert files(tmp_path) == files(tmp_path / "clean")
    by_place = Counter(bool(asked.first("WebEnv")) for asked in service.asked if asked.kind == "efetch")
    assert by_place == {True: 3, False: 7}


def test_a_server_that_is_down_leaves_what_was_fetched(tmp_path: Path) -> None:
    def down(asked: Asked, answer: Answer) -> Answer:
        if asked.first("retstart") == "40":
            raise httpx.ConnectError("nobody there")
        return answer

    with pytest.raises(FetchError, match="records 41 to 50"):
        fetch(InProcess(library(), spoil=down), tmp_path)
    service = InProcess(library())
    fetch(service, tmp_path)
    assert service.kinds() == ["esearch"] + ["efetch"] * 3
    assert held(tmp_path) == library().hits()


def test_slices_that_do_not_hold_the_whole_are_an_error_with_the_numbers(tmp_path: Path) -> None:
    lib = library()

    def shrink(asked: Asked, answer: Answer) -> Answer:
        if asked.kind == "esearch" and "[edat]" in asked.first("term") and asked.first("retmax") != "0":
            return Answer(b"<eSearchResult><Count>0</Count><IdList/></eSearchResult>")
        return answer

    with pytest.raises(FetchError, match="reports 70 records, its slices hold 0"):
        fetch(InProcess(lib, spoil=shrink), tmp_path, limit=40)


def test_a_query_that_finds_nothing_is_a_snapshot_with_a_warning(tmp_path: Path) -> None:
    manifest = fetch(InProcess(Library()), tmp_path)
    assert (manifest.reported, manifest.fetched) == (0, 0)
    assert manifest.warnings == ("No items found.",)
    assert list(files(tmp_path)) == ["manifest.json", "search-001.xml.gz"]


def test_a_phrase_that_is_not_found_is_a_warning_in_the_manifest(tmp_path: Path) -> None:
    search = Search(pubmed=PubMedSearch(query="unheardofword[tiab] OR pain"))
    assert fetch(InProcess(library()), tmp_path, search=search).warnings == (
        "phrase not found: unheardofword",
    )


def test_an_unfinished_fetch_of_another_query_is_not_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(_Stopped):
        fetch(InProcess(library(), spoil=stopping(3)), tmp_path)
    other = Search(pubmed=PubMedSearch(query="something else"))
    with pytest.raises(InputError, match=r"another query; found 'injection.*remove the folder"):
        fetch(InProcess(library()), tmp_path, search=other)


def test_dates_of_the_configuration_are_sent_and_named(tmp_path: Path) -> None:
    asked = PubMedSearch(query="a OR b", date_field="pdat", from_date="2015-01-01")
    assert sent_term(asked) == '(a OR b) AND ("2015/01/01"[pdat] : "3000/12/31"[pdat])'
    assert limits_of(asked) == ("date of publication from 2015-01-01 ([pdat])",)
    assert limits_of(PubMedSearch(query="a")) == ()
    both = PubMedSearch(query="a", from_date="2015-01-01", to_date="2016-12-31")
    assert limits_of(both) == ("date of entry from 2015-01-01 to 2016-12-31 ([edat])",)
    lib = library()
    within = [a for a in lib.articles.values() if a.hit and a.edat and 2015 <= a.edat.year <= 2016]
    manifest = fetch(InProcess(lib), tmp_path, search=Search(pubmed=both.model_copy(update={"query": QUERY})))
    assert manifest.fetched == len(within) > 0
    assert manifest.query == QUERY
    assert manifest.sent[0].query == f'({QUERY}) AND ("2015/01/01"[edat] : "2016/12/31"[edat])'


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [("2015-02-30", "", "no such day"), ("2016-01-01", "2015-01-01", "lies before the first")],
)
def test_a_date_that_cannot_be_is_the_configurations_mistake(first: str, last: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sent_term(PubMedSearch(query="a", from_date=first, to_date=last))


def test_without_a_configured_search_nothing_is_asked(tmp_path: Path) -> None:
    service = InProcess(library())
    with pytest.raises(InputError, match=r"search\.pubmed"):
        fetch(service, tmp_path, search=Search())
    assert service.asked == []
