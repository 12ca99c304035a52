"""The same input gives the same bytes: in two folders, and after runs that were killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest


@pytest.mark.slow
def test_two_runs_in_two_folders_with_other_seeds_zones_and_locales_give_the_same_bytes(
    tmp_path: Path, new_review, monkeypatch: pytest.MonkeyPatch
):
    reviews = [new_review(tmp_path / name) for name in ("one", "a folder with spaces")]
    settings = (("1", "Pacific/Auckland", "C"), ("4242", "America/Los_Angeles", "C.UTF-8"))
    for review, (seed, zone, locale) in zip(reviews, settings, strict=True):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("LC_ALL", locale)
        review.run()
    assert reviews[0].digests() == reviews[1].digests()


@pytest.mark.slow
def test_a_run_that_was_killed_at_random_points_ends_with_the_same_bytes_and_untouched_curation(
    tmp_path: Path, new_review, project: Path
):
    whole, killed = new_review(tmp_path / "whole"), new_review(tmp_path / "killed")
    note = killed.folder / "extracted/curation/corrections/ada.tsv"
    note.parent.mkdir(parents=True)
    (whole.folder / "extracted/curation/corrections").mkdir(parents=True)
    header = (project / "tests/workflow/empty_curation.tsv").read_bytes()
    note.write_bytes(header)
    (whole.folder / "extracted/curation/corrections/ada.tsv").write_bytes(header)
    began = time.monotonic()
    assert whole.start().wait() == 0
    lasted = time.monotonic() - began
    chance = random.Random(20261120)
    for _ in range(3):
        run = killed.start()
        time.sleep(chance.uniform(0.15, 0.6) * lasted)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        _kill_snakemake(killed.folder)
    last = killed.start()
    assert last.wait() == 0
    assert killed.digests() == whole.digests()
    assert note.read_bytes() == header


@pytest.mark.slow
def test_a_second_start_while_a_review_runs_is_refused_with_one_line(tmp_path: Path, new_review):
    review = new_review(tmp_path, ("documents/Moon2012-MBB.md", "documents/Kulcu2017-Piri.md"))
    first = review.start()
    until = time.monotonic() + 30
    while not (review.folder / ".snakemake/review.json").exists() and time.monotonic() < until:
        time.sleep(0.02)
    second = review.start(stderr=subprocess.PIPE)
    said = second.communicate()[1].decode()
    assert second.returncode == 1
    assert said.count("\n") == 1
    assert "under way" in said
    assert first.wait() == 0


def _kill_snakemake(folder: Path) -> None:
    """Kill snakemake itself, but leave its jobs as a killed machine's scheduler would: orphaned."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    for line in listed.splitlines():
        pid, _, arguments = line.strip().partition(" ")
        if "snakemake" in arguments and str(folder) in arguments:
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
