"""An update of a PubMed snapshot holds what is new or changed since, and says what became of each record."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from stand_in.answers import Answer, Asked
from stand_in.factory import Library
from stand_in.in_process import InProcess
from stand_in.misbehaviour import FAULTS, Misbehaviour

from sonospine.config.searching import PubMedSearch, Search
from sonospine.model.errors import InputError
from sonospine.model.table_io import read_table
from sonospine.model.tables import CHANGES
from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.batches import record_ids
from sonospine.sources.fetching.pubmed import fetch_pubmed
from sonospine.sources.fetching.update import update_pubmed
from sonospine.sources.snapshots.chain import held
from sonospine.sources.snapshots.manifest import Manifest, sha256
from sonospine.sources.snapshots.workspace import Workspace

QUERY = "injection[tiab] AND pain[tiab]"
SEARCH = Search(pubmed=PubMedSearch(query=QUERY))
BASE_DAY = "2026-11-01"
TODAY = datetime.date(2026, 11, 20)


class Scene:
    """A library of which a base snapshot was made, and what then happened to its records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library.seeded(60, seed=9)
        for article in self.library.articles.values():
            article.mdat = min(article.mdat, datetime.date(2026, 10, 1))
        self.hits = self.library.hits()
        # Asked for again, because its date lies at the edge, and found to be as it was.
        self.library.articles[self.hits[4]].mdat = datetime.date(2026, 10, 31)
        fetch_pubmed(
            SEARCH,
            Workspace(folder, "base", "pubmed"),
            InProcess(self.library).client(folder / ".requests"),
            today=BASE_DAY,
            progress=lambda _done, _total: None,
            batch=10,
        )

    def change(self) -> dict[str, str]:
        """Let something of every kind happen; return the changes that are right."""
        library, hits = self.library, self.hits
        new = [library.add(TODAY).pmid for _ in range(12)]
        library.revise(hits[3])
        library.retract(hits[10])
        library.raise_concern(hits[20])
        library.delete(hits[30])
        library.unhit(hits[40])
        library.revise(hits[50], datetime.date(2026, 10, 31))
        return {
            **{f"pubmed:{pmid}": "new" for pmid in new},
            f"pubmed:{hits[3]}": "revised",
            f"pubmed:{hits[10]}": "retracted",
            f"pubmed:{hits[20]}": "concern",
            f"pubmed:{hits[30]}": "withdrawn",
            f"pubmed:{hits[40]}": "not_found",
            f"pubmed:{hits[50]}": "revised",
        }

    def update(
        self,
        service: InProcess,
        *,
        base: str = "base",
        name: str = "next",
        limit: int = 9_999,
        search: Search = SEARCH,
        folder: Path | None = None,
    ) -> Manifest:
        snapshots = folder or self.folder
        return update_pubmed(
            search,
            snapshots,
            base,
            Workspace(snapshots, name, "pubmed"),
            service.client(snapshots / ".requests"),
            today=TODAY.isoformat(),
            progress=lambda _done, _total: None,
            batch=5,
            limit=limit,
        )

    def files(self, name: str = "next") -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.folder / name / "pubmed").iterdir())}

    def changes(self, name: str = "next") -> dict[str, str]:
        rows = read_table(self.folder / name / "pubmed" / "changes.tsv", CHANGES)
        return {row["record_id"]: row["change"] for row in rows}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def ids_in(files: dict[str, bytes], part: str) -> list[str]:
    found = [
        record_ids(gzip.decompress(files[name])) for name in files if name.startswith(f"records-{part}-")
    ]
    return [pmid for ids in found for pmid in ids]


def test_new_revised_retracted_withdrawn_and_no_longer_found_are_told_apart(scene: Scene) -> None:
    right = scene.change()
    service = InProcess(scene.library)
    manifest = scene.update(service)
    assert scene.changes() == right
    assert manifest.changes == {
        "concern": 1, "new": 12, "not_found": 1, "retracted": 1, "revised": 2, "withdrawn": 1,
    }  # fmt: skip
    files = scene.files()
    assert len(ids_in(files, "new")) == 12
    assert sorted(map(int, ids_in(files, "revised"))) == sorted(scene.hits[n] for n in (3, 4, 10, 20, 50))
    assert ids_in(files, "gone") == [str(scene.hits[40])]
    assert (manifest.reported, manifest.fetched) == (70, 18)
    assert sum(file.records for file in manifest.files) == 18
    assert manifest.base is not None
    assert manifest.base.snapshot == "base"
    old = (scene.folder / "base" / "pubmed" / "manifest.json").read_bytes()
    assert manifest.base.manifest_sha256 == sha256(old)
    assert [(sent.query, sent.reported, sent.fetched) for sent in manifest.sent] == [
        (QUERY, 70, 17),
        (f'({QUERY}) AND ("2026/10/31"[mdat] : "3000"[mdat])', 17, 17),
        ("2 ids of records that the query no longer finds", 1, 1),
    ]


def test_the_chain_then_holds_the_newest_of_each_record(scene: Scene) -> None:
    right = scene.change()
    scene.update(InProcess(scene.library))
    known = held(scene.folder, "next", "pubmed")
    assert len(known) == 72
    assert known[f"pubmed:{scene.hits[10]}"].status == "retracted"
    assert known[f"pubmed:{scene.hits[30]}"].status == "withdrawn"
    new = next(record_id for record_id, change in right.items() if change == "new")
    assert known[new].first_seen == TODAY.isoformat()
    assert known[f"pubmed:{scene.hits[3]}"].first_seen == BASE_DAY


def test_an_update_that_brings_nothing_has_no_changes(scene: Scene) -> None:
    service = InProcess(scene.library)
    manifest = scene.update(service)
    assert (manifest.reported, manifest.fetched, manifest.changes) == (60, 1, {})
    assert service.kinds() == ["esearch", "esearch", "efetch"]
    assert ids_in(scene.files(), "revised") == [str(scene.hits[4])]

    scene.library.articles[scene.hits[4]].mdat = datetime.date(2026, 10, 30)
    service = InProcess(scene.library)
    assert scene.update(service, name="empty").fetched == 0
    assert service.kinds() == ["esearch", "esearch"]
    assert list(scene.files("empty")) == [
        "changes.tsv",
        "manifest.json",
        "search-001.xml.gz",
        "search-changed-001.xml.gz",
    ]


def test_what_was_withdrawn_is_not_asked_for_again_unless_the_query_finds_it(scene: Scene) -> None:
    scene.change()
    scene.update(InProcess(scene.library))
    gone, lost = scene.hits[30], scene.hits[40]
    service = InProcess(scene.library)
    scene.update(service, base="next", name="third")
    assert not any(str(gone) in asked.first("id") for asked in service.asked)
    assert scene.changes("third") == {}

    scene.library.articles[gone].deleted = False
    scene.library.articles[lost].deleted = True
    service = InProcess(scene.library)
    scene.update(service, base="third", name="fourth")
    assert any(str(gone) in asked.first("id") for asked in service.asked)
    assert scene.changes("fourth") == {f"pubmed:{gone}": "revised", f"pubmed:{lost}": "withdrawn"}


def test_all_of_the_records_that_are_gone_may_be_withdrawn(scene: Scene) -> None:
    for number in (0, 1, 2, 4, 5, 6):
        scene.library.delete(scene.hits[number])
    manifest = scene.update(InProcess(scene.library))
    assert manifest.changes == {"withdrawn": 6}
    assert manifest.fetched == 0


def test_a_refusal_because_no_id_is_known_means_withdrawn(scene: Scene) -> None:
    scene.library.delete(scene.hits[0])
    error = b"<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"
    for status in (200, 400):

        def refuse(asked: Asked, answer: Answer, status: int = status) -> Answer:
            return Answer(error, status) if asked.first("id") == str(scene.hits[0]) else answer

        manifest = scene.update(InProcess(scene.library, spoil=refuse), name=f"next{status}")
        assert manifest.changes == {"withdrawn": 1}
        assert scene.changes(f"next{status}") == {f"pubmed:{scene.hits[0]}": "withdrawn"}


@pytest.mark.parametrize("seed", range(3))
def test_an_update_with_faulty_answers_or_in_slices_ends_alike(seed: int, scene: Scene) -> None:
    right = scene.change()
    scene.update(InProcess(scene.library))
    clean = scene.files()
    scene.update(InProcess(scene.library, Misbehaviour(FAULTS, 0.2, seed=seed)), name="other")
    faulty = scene.files("other")
    assert {n: c for n, c in faulty.items() if n != "manifest.json"} == {
        n: c for n, c in clean.items() if n != "manifest.json"
    }
    manifest = scene.update(InProcess(scene.library), name="sliced", limit=12)
    assert scene.changes("sliced") == right
    assert (manifest.reported, manifest.fetched) == (70, 18)


class _Stopped(BaseException):
    """The end of a process, in the middle of anything."""


def stopping(service: InProcess, after: int) -> Callable[[Asked, Answer], Answer]:
    def spoil(_asked: Asked, answer: Answer) -> Answer:
        if len(service.asked) == after:
            raise _Stopped
        return answer

    return spoil


def test_an_update_stopped_anywhere_asks_only_for_what_is_missing(scene: Scene) -> None:
    scene.change()
    service = InProcess(scene.library)
    scene.update(service)
    requests, clean = len(service.asked), scene.files()
    assert requests > 6
    for after in range(2, requests + 1):
        stopped = InProcess(scene.library)
        stopped.spoil = stopping(stopped, after)
        with pytest.raises(_Stopped):
            scene.update(stopped, name=f"after{after}")
        resumed = InProcess(scene.library)
        scene.update(resumed, name=f"after{after}")
        assert resumed.kinds().count("esearch") == (1 if after == 2 else 0)
        assert len(resumed.asked) <= requests - after + 10  # what is gone is asked for nine times
        files = scene.files(f"after{after}")
        renamed = files["manifest.json"].replace(f"after{after}".encode(), b"next")
        assert {**files, "manifest.json": renamed} == clean


def test_a_new_record_that_does_not_come_is_an_error_and_the_next_run_searches_anew(scene: Scene) -> None:
    scene.change()
    library = scene.library
    newest = max(library.hits())

    def vanish(asked: Asked, answer: Answer) -> Answer:
        if asked.kind == "efetch":
            library.articles[newest].deleted = True
            answer = service.service.answer(asked)
        return answer

    service = InProcess(library, spoil=vanish)
    with pytest.raises(FetchError, match=rf"records that are new: 1 of 12 records .* first {newest};"):
        scene.update(service)
    manifest = scene.update(InProcess(library))
    assert manifest.changes["new"] == 11
    assert (manifest.reported, manifest.fetched) == (69, 17)


def test_another_query_than_the_bases_is_told_as_a_warning(scene: Scene) -> None:
    other = Search(pubmed=PubMedSearch(query="pain[tiab]"))
    manifest = scene.update(InProcess(scene.library), search=other)
    assert manifest.warnings == ("the query is not that of the snapshot base",)


def test_an_update_of_a_snapshot_that_is_not_there_is_refused(scene: Scene) -> None:
    service = InProcess(scene.library)
    with pytest.raises(InputError, match="does not hold this source"):
        scene.update(service, base="nothing")
    assert service.asked == []


def test_an_unfinished_update_of_another_base_is_not_gone_on_with(scene: Scene) -> None:
    scene.change()
    scene.update(InProcess(scene.library))
    stopped = InProcess(scene.library)
    stopped.spoil = stopping(stopped, 3)
    with pytest.raises(_Stopped):
        scene.update(stopped, name="third")
    with pytest.raises(InputError, match="has another base"):
        scene.update(InProcess(scene.library), name="third", base="next")
