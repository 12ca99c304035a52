"""The rate of requests: evenly spaced, shared by processes, never above the limit."""

from __future__ import annotations

import fcntl
import itertools
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.errors import InputError
from sonospine.sources.fetching.rate import LONGEST_HOLD, Rate


class Time:
    """A clock that sleeping moves; it oversleeps a little, as real ones do."""

    def __init__(self, now: float = 1_800_000_000.0, late: float = 0.0) -> None:
        self.now = now
        self.late = late

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds + self.late


def most_in_a_second(times: list[float]) -> int:
    ordered = sorted(times)
    return max(sum(start <= other <= start + 1.0 for other in ordered) for start in ordered)


@settings(max_examples=60, deadline=None)
@given(
    limit=st.sampled_from([1.0, 3.0, 10.0]),
    gaps=st.lists(st.floats(0, 1.5), min_size=1, max_size=40),
    late=st.floats(0, 0.5),
)
def test_no_second_holds_more_requests_than_the_limit(limit: float, gaps: list[float], late: float) -> None:
    with TemporaryDirectory() as folder:
        time = Time(late=late)
        taken = []
        for gap in gaps:
            # Another object stands for another process: they share the file only.
            Rate(Path(folder), "h", limit, clock=time.clock, sleep=time.sleep).wait()
            taken.append(time.now)
            time.now += gap
        assert most_in_a_second(taken) <= limit


def test_slots_are_evenly_spaced_a_little_further_apart_than_the_limit_allows(tmp_path: Path) -> None:
    time = Time()
    rate = Rate(tmp_path, "h", 3, clock=time.clock, sleep=time.sleep)
    taken = []
    for _ in range(5):
        rate.wait()
        taken.append(time.now)
    gaps = [after - before for before, after in itertools.pairwise(taken)]
    assert gaps == pytest.approx([1.1 / 3] * 4, abs=1e-5)


def test_the_first_slot_is_free_and_other_services_have_their_own(tmp_path: Path) -> None:
    time = Time()
    for host in ("one.example:80", "two.example"):
        Rate(tmp_path, host, 1, clock=time.clock, sleep=time.sleep).wait()
    assert time.now == 1_800_000_000.0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.example_80.slot", "two.example.slot"]


def test_a_hold_is_kept_by_everybody_and_a_shorter_one_does_not_end_it(tmp_path: Path) -> None:
    time = Time()
    one, two = (Rate(tmp_path, "h", 3, clock=time.clock, sleep=time.sleep) for _ in range(2))
    one.hold(30)
    two.hold(2)
    two.wait()
    assert 30 <= time.now - 1_800_000_000.0 < 30.5


def test_a_slot_from_before_the_clock_was_set_back_is_not_waited_for(tmp_path: Path) -> None:
    time = Time()
    rate = Rate(tmp_path, "h", 3, clock=time.clock, sleep=time.sleep)
    rate.wait()
    rate.hold(60)
    time.now -= 10 * LONGEST_HOLD
    start = time.now
    rate.wait()
    assert time.now - start <= rate.spacing + 1e-6


@pytest.mark.parametrize("content", [b"", b"x", b"1 2 3", b"\xff" * 200])
def test_a_damaged_file_of_slots_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    time = Time()
    rate = Rate(tmp_path, "h", 3, clock=time.clock, sleep=time.sleep)
    rate.path.write_bytes(content)
    rate.wait()
    rate.wait()
    assert time.now - 1_800_000_000.0 == pytest.approx(rate.spacing, abs=1e-5)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="rate of requests"):
        Rate(tmp_path / "file", "h", 3).wait()


def test_a_file_that_cannot_be_locked_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(InputError, match="cannot be locked: No locks available"):
        Rate(tmp_path, "h", 3).wait()


_TAKE = """
import sys, time
from pathlib import Path
from sonospine.sources.fetching.rate import Rate
rate = Rate(Path(sys.argv[1]), "h", float(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    rate.wait()
    print(repr(time.time()), flush=True)
"""


def test_several_processes_together_stay_below_the_limit(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _TAKE, tmp_path, "10", "8"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    taken = [float(line) for process in running for line in process.communicate(timeout=60)[0].split()]
    assert len(taken) == 32
    assert most_in_a_second(taken) <= 10
    assert max(taken) - min(taken) >= 31 * 0.11 - 0.1
