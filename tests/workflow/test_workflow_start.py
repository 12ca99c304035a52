"""The starter of a review knows dead processes from live ones, with nothing but Python at hand."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def starter(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "start_review", project / "workflow/scripts/start_review.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["start_review.py"])
    if module.LINUX:
        monkeypatch.setenv("PATH", "")  # not even ps
    return module


@pytest.fixture
def sleeper() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    yield process
    process.kill()
    process.wait()


def note_of(starter: ModuleType, group: int, **changes: object) -> None:
    note = {
        "runner": 0,
        "started": "once",
        "group": group,
        "group_started": starter.started(group),
        **changes,
    }
    starter.NOTE.parent.mkdir()
    starter.NOTE.write_text(json.dumps(note), encoding="utf-8")


def test_a_process_has_one_start_and_a_dead_one_none(starter, sleeper) -> None:
    first = starter.started(sleeper.pid)
    assert first
    assert starter.started(sleeper.pid) == first
    assert starter.members(sleeper.pid) == [sleeper.pid]
    os.kill(sleeper.pid, signal.SIGKILL)
    sleeper.wait()
    assert starter.started(sleeper.pid) == ""
    assert starter.members(sleeper.pid) == []


def test_what_a_killed_run_left_is_ended(starter, sleeper) -> None:
    note_of(starter, sleeper.pid)
    starter.clear_dead_run()
    assert sleeper.wait(timeout=10) == -signal.SIGKILL
    assert not starter.NOTE.exists()


def test_a_process_that_only_has_the_number_of_an_old_one_is_left_alone(starter, sleeper) -> None:
    note_of(starter, sleeper.pid, group_started="long ago")
    starter.clear_dead_run()
    assert sleeper.poll() is None
    assert not starter.NOTE.exists()


def test_a_run_that_is_alive_is_not_disturbed(starter, sleeper) -> None:
    note_of(starter, sleeper.pid, runner=os.getpid(), started=starter.started(os.getpid()))
    with pytest.raises(SystemExit, match="under way"):
        starter.clear_dead_run()
    assert sleeper.poll() is None
    assert starter.NOTE.exists()


@pytest.mark.parametrize("half", ["", "{", '{"runner": 1', "[]", "{}", '{"runner": "x"}'])
def test_half_a_note_is_no_note(starter, half: str) -> None:
    starter.NOTE.parent.mkdir()
    starter.NOTE.write_text(half, encoding="utf-8")
    starter.clear_dead_run()
    assert not starter.NOTE.exists()
