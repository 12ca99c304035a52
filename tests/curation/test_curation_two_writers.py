"""Two programs write the same log at once, and programs are killed while they write: nothing is lost, nothing torn."""

from __future__ import annotations

import importlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sonospine.corrections import read_actions
from sonospine.curation.logbook import Logbook
from sonospine.model.curation import curation_files


@pytest.fixture(scope="module")
def benchmark(project: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(project / "benchmarks"))
    try:
        yield importlib.import_module("curation_log")
    finally:
        sys.path.remove(str(project / "benchmarks"))


@pytest.mark.parametrize("curators", [("ann", "ann"), ("ann", "bob")])
def test_two_programs_of_100_lines_each_lose_none(
    benchmark: ModuleType, tmp_path: Path, curators: tuple[str, str]
) -> None:
    found = benchmark.measured(tmp_path, curators, 100)
    assert (found.written, found.lost, found.torn, found.disordered) == (200, 0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("curators", [("ann", "ann"), ("ann", "bob")])
def test_two_programs_of_5000_lines_each_lose_none(
    benchmark: ModuleType, tmp_path: Path, curators: tuple[str, str]
) -> None:
    found = benchmark.measured(tmp_path, curators, 5000)
    assert (found.written, found.lost, found.torn, found.disordered) == (10_000, 0, 0, 0)
    files = curation_files(tmp_path / "corrections")
    assert len(files) == len(set(curators))
    assert sum(path.read_bytes().count(b"\n") for path in files) == 10_000 + len(files)


ENDLESS = """
import itertools, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from curation_log import shown
from sonospine.curation import lines
from sonospine.curation.logbook import Logbook
book, hand = Logbook(Path(sys.argv[1])), lines.hand_of("ann")
for number in itertools.count():
    made = lines.add(hand, {"source": "figure", "locator": "figure/F1", "centre": "mean", "value": str(number),
                            "record_id": "pmc:PMC1"}, record=None)
    book.append("corrections", "ann", made)
    print(made[0]["group_id"], flush=True)
"""


@pytest.mark.slow
def test_programs_that_are_killed_while_they_write_leave_whole_actions(project: Path, tmp_path: Path) -> None:
    dice = random.Random(20261129)
    told: list[str] = []
    for _ in range(15):
        program = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(tmp_path), str(project / "benchmarks")],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert program.stdout is not None
        told.append(program.stdout.readline().strip())
        time.sleep(dice.uniform(0, 0.3))
        program.send_signal(signal.SIGKILL)
        told += program.stdout.read().split()
        program.wait()
    assert Logbook(tmp_path).set_torn_aside() == []
    groups: dict[str, list[str]] = {}
    for action in read_actions(tmp_path / "corrections"):
        groups.setdefault(action.group_id, []).append(action.field)
    assert len(told) > 15
    assert set(told) <= set(groups), "what was told to be written is there"
    assert len(groups) - len(set(told)) <= 15, "at most the write that was killed is there untold"
    assert {fields[-1] for fields in groups.values()} == {"end"}
    assert len({len(fields) for fields in groups.values()}) == 1
    left = [path.name for path in (tmp_path / "corrections").iterdir()]
    assert set(left) - {".lock", "ann.tsv"} == set()
