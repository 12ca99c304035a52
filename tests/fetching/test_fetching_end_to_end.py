"""``sonospine fetch`` against the stand-in: everything once, politely, and nothing twice."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from stand_in.factory import Library
from stand_in.server import KEY

from .conftest import DAY, EMAIL, PROGRAM, QUERY, Review

Reviews = Callable[..., Review]


def test_three_sources_are_fetched_whole_and_politely(review_of: Reviews) -> None:
    library = Library.seeded(320, trials=45, in_pmc=0.15, seed=11, undated=0.01)
    review = review_of(library)
    said = review.fetch("--name", "first").done()

    assert review.record_ids("first", "pubmed") == dict.fromkeys(map(str, library.hits()), 1)
    assert review.record_ids("first", "trials") == dict.fromkeys(library.trial_hits(), 1)
    open_texts = {f"PMC{a.pmcid}" for a in library.articles.values() if a.hit and a.pmcid and a.open_access}
    fetched = review.record_ids("first", "pmc")
    assert set(fetched) >= open_texts
    assert set(fetched.values()) == {1}

    manifest = review.manifest("first", "pubmed")
    assert (manifest["query"], manifest["searched"]) == (QUERY, DAY)
    assert (manifest["reported"], manifest["fetched"]) == (320, 320)
    assert manifest["address"] == review.service.eutils_address

    assert said.out == "sources:\n  snapshot: first\n"
    assert "pubmed: 320 records" in said.err
    assert [line.split(":")[0] for line in said.err.splitlines()[:-1]] == [
        "pubmed", "pubmed", "pmc", "pmc", "trials", "trials",
    ]  # fmt: skip

    asked = [noted.asked for noted in review.service.noted()]
    entrez = [a for a in asked if a.service == "eutils"]
    assert all(a.method == "POST" and a.key == "right" and not a.key_in_address for a in entrez)
    assert {a.first("email") for a in entrez} == {EMAIL}
    assert {a.first("tool") for a in entrez} == {"sonospine"}
    assert all(a.agent.startswith("sonospine/") for a in asked)
    assert all(a.key == "none" for a in asked if a.service == "trials")
    assert review.service.max_per_second("eutils") <= 10
    assert review.service.max_per_second("trials") <= 1

    review.service.forget()
    again = review.fetch("--name", "first").done()
    assert again.err.count("is there already") == 3
    assert review.service.noted() == []


@pytest.mark.slow
def test_without_a_key_three_a_second_are_asked(review_of: Reviews) -> None:
    library = Library.seeded(900, seed=12)
    review = review_of(library, limits=(3, 0))
    review.fetch("pubmed", "--name", "slow", key="").done()
    assert review.record_ids("slow", "pubmed") == dict.fromkeys(map(str, library.hits()), 1)
    assert review.service.max_per_second() <= 3
    assert all(noted.status == 200 for noted in review.service.noted())


@pytest.mark.slow
def test_the_import_reads_every_record_of_the_snapshot(review_of: Reviews) -> None:
    library = Library.seeded(120, trials=20, seed=13)
    review = review_of(library)
    review.fetch("--name", "first").done()
    review.configure(snapshot="first")
    requests = len(review.service.noted())
    said = review.fetch("--out", "results/import", command="import").done()
    open_texts = sum(1 for a in library.articles.values() if a.hit and a.pmcid and a.open_access)
    shards = sorted((review.folder / "results" / "import").glob("[0-9]*.jsonl"))
    ids = [line for shard in shards for line in shard.read_text(encoding="utf-8").splitlines()]
    assert 140 + open_texts <= len(ids) <= 140 + len(review.record_ids("first", "pmc"))
    assert ", 0 not read" in said.err
    assert len(review.service.noted()) == requests


@pytest.mark.slow
def test_a_name_that_holds_another_query_is_refused_with_both(review_of: Reviews) -> None:
    review = review_of(Library.seeded(5, trials=3, seed=1))
    review.fetch("--name", "first").done()
    review.configure(query="something else[tiab]", trials={"condition": "another thing"})
    for source, old, new in (
        ("pubmed", "ultraso*", "something else[tiab]"),
        ("trials", "back pain", "another thing"),
    ):
        line = review.fetch(source, "--name", "first").last_line()
        assert "another query" in line
        assert old in line
        assert new in line


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_fetched_and_the_next_run_goes_on(review_of: Reviews) -> None:
    library = Library.seeded(1300, seed=14)
    review = review_of(library, pause=0.25)
    process = review.start("pubmed", "--name", "first")
    deadline = time.monotonic() + 20
    while review.service.counts()["efetch"] < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said = review.wait(process)
    assert said.status == 130
    assert said.err.splitlines()[-1].startswith("pubmed: stopped; what was fetched is kept")
    assert "Traceback" not in said.err

    review.service.pause = 0
    kept = len(list((review.snapshots / "first" / ".pubmed.part").glob("records-*")))
    assert 1 <= kept <= 4
    review.service.forget()
    review.fetch("pubmed", "--name", "first").done()
    assert review.service.counts()["efetch"] == 6 - kept
    assert review.record_ids("first", "pubmed") == dict.fromkeys(map(str, library.hits()), 1)


@pytest.mark.slow
def test_two_processes_share_one_rate_and_one_source_is_fetched_by_one(review_of: Reviews) -> None:
    library = Library.seeded(1500, seed=15, in_pmc=0.9)
    review = review_of(library)
    review.fetch("pubmed", "--name", "first").done()
    review.service.forget()
    first = review.start("pmc", "--name", "first")
    second = review.start("pubmed", "--name", "second")
    for process in (first, second):
        assert review.wait(process).status == 0
    assert review.service.max_per_second() <= 10
    assert not [n for n in review.service.noted() if n.status != 200]

    review.service.pause = 0.5
    one, other = review.start("pubmed", "--name", "third"), review.start("pubmed", "--name", "third")
    ends = sorted((review.wait(one).status, review.wait(other).status))
    assert ends == [0, 1]
    assert "another process is fetching pubmed" in (review.folder / "err.txt").read_text(encoding="utf-8")
    assert review.record_ids("third", "pubmed") == review.record_ids("second", "pubmed")


@pytest.mark.slow
def test_a_terminal_sees_records_rate_and_time_left(review_of: Reviews) -> None:
    review = review_of(Library.seeded(2500, seed=17))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "fetch", "pubmed", "--config", "config/config.yaml", "--name", "seen"],
        cwd=review.folder, env={**os.environ, "NCBI_EMAIL": EMAIL, "NCBI_API_KEY": KEY, "COLUMNS": "120", "TERM": "xterm"},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    shown = bytearray()
    with contextlib.suppress(OSError):  # the end of a terminal is an error of reading
        while part := os.read(ours, 65_536):
            shown += part
    os.close(ours)
    assert process.wait() == 0
    text = shown.decode()
    assert re.search(r"1000/2500|1250/2500|1500/2500", text)
    assert re.search(r"[\d,]+ records/s", text)
    assert re.search(r"00:\d\d", text)
    assert "2,500 records of 2,500" in text


@pytest.mark.slow
def test_25000_records_come_once_each_within_rate_and_memory(review_of: Reviews) -> None:
    library = Library.seeded(25_000, seed=16, same_day=12_000, undated=0.002)
    review = review_of(library)
    said = review.fetch("pubmed", "--name", "large").done()
    assert review.record_ids("large", "pubmed") == dict.fromkeys(map(str, library.hits()), 1)
    assert review.service.max_per_second() <= 10
    assert 20 < said.peak_mb < 300
    sent = review.manifest("large", "pubmed")["sent"]
    assert len(sent) > 2
    assert sum(part["fetched"] for part in sent) == sum(part["reported"] for part in sent) == 25_000
    assert all(noted.asked.key == "right" for noted in review.service.noted())
    assert review.places_of(KEY) == []
