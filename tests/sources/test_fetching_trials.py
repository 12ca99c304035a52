"""Fetching studies of ClinicalTrials.gov: pages, totals, runs that are stopped, and updates."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from stand_in.answers import Answer, Asked
from stand_in.factory import Library
from stand_in.misbehaviour import ON_THE_WIRE, Misbehaviour, spoilt
from stand_in.trials import Trials

from sonospine.config.searching import Addresses, Search, TrialsSearch
from sonospine.model.errors import InputError
from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.credentials import Secret
from sonospine.sources.fetching.polite import Polite
from sonospine.sources.fetching.rate import Rate
from sonospine.sources.fetching.trials import fetch_trials, query_of, update_trials
from sonospine.sources.snapshots.chain import changes_of, entries_of, held, read_manifest
from sonospine.sources.snapshots.manifest import Manifest
from sonospine.sources.snapshots.workspace import Workspace

ADDRESS = "https://registry.example/api/v2"
SEARCH = Search(
    trials=TrialsSearch(condition="back pain OR\n neck pain", intervention="block"),
    addresses=Addresses(trials=ADDRESS),
)
DAY = "2026-11-20"
Spoil = Callable[[Asked, Answer], Answer | None]


class Registry:
    """The registry of the stand-in without a server: notes what it is asked."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.service = Trials(library)
        self.asked: list[Asked] = []
        self.spoil: Spoil = lambda asked, answer: answer
        self.faults: Misbehaviour | None = None
        self.stop_after = 10**9

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if len(self.asked) >= self.stop_after:
            raise KeyboardInterrupt
        path = request.url.path.removeprefix("/api/v2/")
        kind = "study" if path.startswith("studies/") else path
        fields = {k: tuple(v) for k, v in parse_qs(request.url.query.decode()).items()}
        asked = Asked(0.0, "trials", kind, request.method, request.url.path, fields, "none", False, "")
        self.asked.append(asked)
        fault = self.faults.fault(asked) if self.faults else ""
        if fault == "timeout":
            raise httpx.ReadTimeout("slow")
        if fault in ON_THE_WIRE:
            raise httpx.RemoteProtocolError("cut")
        answer = self.service.answer(asked)
        answer = spoilt(answer, fault, asked, "") if fault else self.spoil(asked, answer) or answer
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)

    def client(self, folder: Path) -> Polite:
        now = [1_800_000_000.0]

        def sleep(seconds: float) -> None:
            now[0] += seconds

        rate = Rate(folder / ".requests", "registry.example", 1, clock=lambda: now[0], sleep=sleep)
        return Polite(
            ADDRESS, rate, secret=Secret(), transport=httpx.MockTransport(self), seed=1, sleep=sleep
        )

    def fetch(self, folder: Path, name: str = "one", today: str = DAY, page: int = 10) -> Manifest:
        with self.client(folder) as client:
            return fetch_trials(
                SEARCH, Workspace(folder, name, "trials"), client, today=today, progress=quiet, page=page
            )

    def update(
        self, folder: Path, base: str = "one", name: str = "two", today: str = "2026-12-01"
    ) -> Manifest:
        with self.client(folder) as client:
            return update_trials(
                SEARCH, folder, base, Workspace(folder, name, "trials"), client, today=today, progress=quiet, page=10
            )  # fmt: skip


def quiet(done: int, total: int | None) -> None:
    assert done >= 0
    assert total is None or total >= 0


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def numbers(folder: Path, name: str) -> list[str]:
    place = folder / name / "trials"
    return [raw.record_id for raw in entries_of((place, read_manifest(place)))]


@pytest.fixture
def registry() -> Registry:
    return Registry(Library.seeded(0, trials=34, seed=3))


def test_every_study_comes_once_and_the_manifest_says_how(registry: Registry, tmp_path: Path) -> None:
    manifest = registry.fetch(tmp_path)
    wanted = registry.library.trial_hits()
    assert sorted(numbers(tmp_path, "one")) == [f"ctgov:{nct}" for nct in wanted]
    assert (manifest.reported, manifest.fetched, len(manifest.files)) == (34, 34, 4)
    assert [file.records for file in manifest.files] == [10, 10, 10, 4]
    assert manifest.query == "query.cond=back pain OR neck pain; query.intr=block"
    assert manifest.query == query_of(SEARCH)
    assert manifest.address == (
        f"{ADDRESS}/studies?query.cond=back%20pain%20OR%20neck%20pain&query.intr=block&format=json"
        "&sort=StudyFirstPostDate%3Aasc"
    )
    assert (manifest.searched, manifest.sent[0].reported, manifest.sent[0].fetched) == (DAY, 34, 34)
    assert not (tmp_path / "one" / ".trials.part").exists()


def test_the_total_is_asked_for_on_the_first_page_only(registry: Registry, tmp_path: Path) -> None:
    registry.fetch(tmp_path)
    assert [asked.first("countTotal") for asked in registry.asked] == ["true", "", "", ""]
    assert [bool(asked.first("pageToken")) for asked in registry.asked] == [False, True, True, True]
    assert {asked.first("pageSize") for asked in registry.asked} == {"10"}


def test_studies_come_with_their_results_sections(registry: Registry, tmp_path: Path) -> None:
    registry.fetch(tmp_path)
    place = tmp_path / "one" / "trials"
    with_results = [
        raw
        for raw in entries_of((place, read_manifest(place)))
        if '"outcomeMeasures"' in getattr(raw, "content", "")
    ]
    assert len(with_results) == sum(t.has_results and t.hit for t in registry.library.trials.values()) > 0


def test_a_search_that_finds_nothing_is_a_snapshot_of_nothing(tmp_path: Path) -> None:
    manifest = Registry(Library.seeded(0, trials=0)).fetch(tmp_path)
    assert (manifest.reported, manifest.fetched, manifest.files[0].records) == (0, 0, 0)


def test_faulty_answers_leave_the_same_bytes(registry: Registry, tmp_path: Path) -> None:
    registry.fetch(tmp_path / "good", page=3)
    asked = len(registry.asked)
    registry.faults = Misbehaviour(share=0.4, seed=5)
    registry.fetch(tmp_path / "bad", page=3)
    assert len(registry.asked) > 2 * asked
    assert content_of(tmp_path / "bad/one/trials") == content_of(tmp_path / "good/one/trials")


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_a_run_that_was_stopped_goes_on_with_the_next_page(
    registry: Registry, tmp_path: Path, stop_after: int
) -> None:
    registry.fetch(tmp_path / "whole")
    registry.asked.clear()
    registry.stop_after = stop_after
    with pytest.raises(KeyboardInterrupt):
        registry.fetch(tmp_path / "stopped")
    registry.stop_after = 10**9
    registry.fetch(tmp_path / "stopped", today="2026-11-21")
    assert len(registry.asked) == 4
    assert content_of(tmp_path / "stopped/one/trials") == content_of(tmp_path / "whole/one/trials")


def test_a_token_that_is_no_longer_taken_starts_the_pages_anew_with_a_warning(
    registry: Registry, tmp_path: Path
) -> None:
    registry.stop_after = 2
    with pytest.raises(KeyboardInterrupt):
        registry.fetch(tmp_path)
    registry.stop_after = 10**9
    registry.service = Trials(registry.library)  # it knows no token of before
    manifest = registry.fetch(tmp_path)
    assert sorted(numbers(tmp_path, "one")) == [f"ctgov:{n}" for n in registry.library.trial_hits()]
    assert len(manifest.warnings) == 1
    assert "token" in manifest.warnings[0]
    assert "anew" in manifest.warnings[0]


def test_a_token_that_is_never_taken_ends_in_one_line(registry: Registry, tmp_path: Path) -> None:
    registry.spoil = lambda asked, answer: Answer(b"no", 400) if asked.first("pageToken") else None
    with pytest.raises(FetchError, match=r"token of a page, also after all pages were asked for anew"):
        registry.fetch(tmp_path)
    assert len(registry.asked) == 4


def test_a_study_that_moves_between_pages_counts_once(registry: Registry, tmp_path: Path) -> None:
    seen: list[dict[str, object]] = []

    def repeat_last(asked: Asked, answer: Answer) -> Answer | None:
        data = json.loads(answer.body)
        if "totalCount" in data and data["totalCount"] == 34:
            data["totalCount"] = 33
        elif len(data["studies"]) == 4:
            data["studies"] = [seen[-1], *data["studies"][1:]]
        seen.extend(data["studies"])
        return Answer(json.dumps(data).encode())

    registry.spoil = repeat_last
    manifest = registry.fetch(tmp_path)
    assert (manifest.reported, manifest.fetched) == (33, 33)
    assert sum(file.records for file in manifest.files) == 34


def test_a_total_that_never_fits_names_both_numbers_after_one_new_start(
    registry: Registry, tmp_path: Path
) -> None:
    registry.spoil = lambda asked, answer: Answer(answer.body.replace(b'"totalCount":34', b'"totalCount":40'))
    with pytest.raises(FetchError, match=r"40 studies are reported, 34 different ones came, also after"):
        registry.fetch(tmp_path)
    assert sum(asked.first("countTotal") == "true" for asked in registry.asked) == 2


@pytest.mark.parametrize(
    "body", [b'{"studies": 1}', b'{"totalCount": 1}', b'{"studies": [{}], "totalCount": 1}']
)
def test_json_that_is_no_page_is_asked_for_again(registry: Registry, tmp_path: Path, body: bytes) -> None:
    registry.spoil = lambda asked, answer: Answer(body) if len(registry.asked) == 1 else None
    assert registry.fetch(tmp_path).fetched == 34


def test_an_unfinished_fetch_of_another_query_is_not_mixed_in(registry: Registry, tmp_path: Path) -> None:
    registry.stop_after = 1
    with pytest.raises(KeyboardInterrupt):
        registry.fetch(tmp_path)
    other = SEARCH.model_copy(update={"trials": TrialsSearch(term="something else")})
    with (
        registry.client(tmp_path) as client,
        pytest.raises(InputError, match="unfinished fetch of this name has another query"),
    ):
        fetch_trials(other, Workspace(tmp_path, "one", "trials"), client, today=DAY, progress=quiet)


def test_without_a_search_of_the_registry_the_field_is_named(registry: Registry, tmp_path: Path) -> None:
    with registry.client(tmp_path) as client, pytest.raises(InputError, match=r"search\.trials"):
        fetch_trials(Search(), Workspace(tmp_path, "one", "trials"), client, today=DAY, progress=quiet)


def changed(registry: Registry) -> dict[str, str]:
    """Let things happen in the registry, and return what an update should tell of them."""
    library = registry.library
    hits = library.trial_hits()
    library.today = datetime.date(2026, 11, 28)
    library.revise_trial(hits[0])
    library.revise_trial(hits[1])
    library.delete_trial(hits[2])
    library.unhit_trial(hits[3])
    recent = library.add_trial(updated=library.today)
    old = library.add_trial()  # found only now, although it was not updated since
    return {
        f"ctgov:{hits[0]}": "revised",
        f"ctgov:{hits[1]}": "revised",
        f"ctgov:{hits[2]}": "withdrawn",
        f"ctgov:{hits[3]}": "not_found",
        f"ctgov:{recent.nct}": "new",
        f"ctgov:{old.nct}": "new",
    }


def test_an_update_fetches_what_is_new_or_revised_and_tells_what_is_gone(
    registry: Registry, tmp_path: Path
) -> None:
    registry.fetch(tmp_path)
    wanted = changed(registry)
    manifest = registry.update(tmp_path)
    place = tmp_path / "two" / "trials"
    assert {row["record_id"]: row["change"] for row in changes_of((place, manifest))} == wanted
    assert manifest.changes == {"new": 2, "not_found": 1, "revised": 2, "withdrawn": 1}
    assert manifest.base is not None
    assert (manifest.base.snapshot, manifest.reported, manifest.fetched) == ("one", 34, 5)
    assert sorted(numbers(tmp_path, "two")) == sorted(key for key in wanted if wanted[key] != "withdrawn")
    now = held(tmp_path, "two", "trials")
    assert len(now) == 36
    assert [key for key, value in now.items() if value.status == "withdrawn"] == [
        key for key in wanted if wanted[key] == "withdrawn"
    ]
    assert any("RANGE[2026-11-19,MAX]" in sent.query for sent in manifest.sent)


def test_an_update_of_an_update_asks_nothing_of_what_was_withdrawn(
    registry: Registry, tmp_path: Path
) -> None:
    registry.fetch(tmp_path)
    wanted = changed(registry)
    registry.update(tmp_path)
    registry.asked.clear()
    registry.library.today = datetime.date(2026, 12, 20)
    manifest = registry.update(tmp_path, base="two", name="three", today="2026-12-20")
    assert manifest.changes == {}
    alone = [asked.path.rpartition("/")[2] for asked in registry.asked if asked.kind == "study"]
    assert alone == [key.removeprefix("ctgov:") for key, fate in wanted.items() if fate == "not_found"]


def test_a_number_that_was_given_up_for_another_is_withdrawn(registry: Registry, tmp_path: Path) -> None:
    registry.fetch(tmp_path)
    nct = registry.library.trial_hits()[5]
    registry.library.unhit_trial(nct)
    registry.spoil = lambda asked, answer: (
        Answer(b"", 301, headers={"Location": "/studies/NCT09999999"}) if asked.kind == "study" else None
    )
    assert registry.update(tmp_path).changes == {"withdrawn": 1}


@pytest.mark.parametrize("stop_after", [1, 3, 5, 7])
def test_an_update_that_was_stopped_goes_on_and_ends_with_the_same_bytes(
    registry: Registry, tmp_path: Path, stop_after: int
) -> None:
    for name in ("whole", "stopped"):
        registry.fetch(tmp_path / name)
    changed(registry)
    registry.asked.clear()
    registry.update(tmp_path / "whole")
    needed = len(registry.asked)
    registry.asked.clear()
    registry.stop_after = min(stop_after, needed - 1)
    with pytest.raises(KeyboardInterrupt):
        registry.update(tmp_path / "stopped")
    registry.stop_after = 10**9
    registry.update(tmp_path / "stopped", today="2026-12-02")
    assert len(registry.asked) == needed
    assert content_of(tmp_path / "stopped/two/trials") == content_of(tmp_path / "whole/two/trials")


def test_faulty_answers_leave_the_same_bytes_of_an_update(registry: Registry, tmp_path: Path) -> None:
    for name in ("good", "bad"):
        registry.fetch(tmp_path / name)
    changed(registry)
    registry.update(tmp_path / "good")
    registry.faults = Misbehaviour(share=0.4, seed=2)
    registry.update(tmp_path / "bad")
    assert content_of(tmp_path / "bad/two/trials") == content_of(tmp_path / "good/two/trials")


def test_the_filter_of_the_configuration_is_kept_beside_that_of_the_update(
    registry: Registry, tmp_path: Path
) -> None:
    registry.fetch(tmp_path)
    narrow = SEARCH.model_copy(
        update={"trials": TrialsSearch(condition="back pain", filter="AREA[StudyType]INTERVENTIONAL")}
    )
    with registry.client(tmp_path) as client:
        manifest = update_trials(
            narrow, tmp_path, "one", Workspace(tmp_path, "two", "trials"), client, today=DAY, progress=quiet
        )
    filters = {asked.first("filter.advanced") for asked in registry.asked}
    assert any(re.fullmatch(r"\(AREA\[StudyType\]INTERVENTIONAL\) AND AREA\[Last.*", f) for f in filters)
    assert manifest.warnings == ("the query is not that of the snapshot one",)
    assert manifest.query == "query.cond=back pain; filter.advanced=AREA[StudyType]INTERVENTIONAL"
