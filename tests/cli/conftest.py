"""The command as a person runs it: a process of its own, and a small review in a folder."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).parent / "sonospine"

PAPER = """---
title: "Heat against cold: a randomised trial"
year: 2020
---

# Heat against cold: a randomised trial

## Abstract

Methods: Group A (n = 30) received heat. Group B (n = 31) received cold.

Results: The VAS was 6.2 ± 1.5 in group A and 6.1 ± 1.4 in group B at baseline, and 2.3 ± 1.1 in group A and
3.4 ± 1.2 in group B at 4 weeks.
"""
EFFECTS = "label\tyi\tvi\nA 2020\t-1\t0.04\nB 2021\t-2\t0.09\nC 2022\t-0.4\t0.16\n"


@dataclass(frozen=True)
class Said:
    """What a run of the command said."""

    status: int
    out: str
    err: str

    def line(self) -> str:
        """The one line of a user's mistake: nothing else is said, and there is no traceback."""
        assert self.status == 1, (self.status, self.out, self.err)
        assert self.out == ""
        assert len(self.err.splitlines()) == 1, self.err
        return self.err.strip()

    def usage(self) -> str:
        """The last line of a wrong use."""
        assert self.status == 2, (self.status, self.out, self.err)
        assert "Traceback" not in self.err
        return self.err.splitlines()[-1]


Sonospine = Callable[..., Said]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a run, without colours and with a width of its own."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    return {**kept, "PATH": f"{PROGRAM.parent}:{kept['PATH']}", "COLUMNS": "100", **more}


@pytest.fixture
def program(tmp_path: Path) -> Sonospine:
    """Run the command in a temporary folder, in a process of its own (about a second each)."""

    def run(*arguments: object, **env: str) -> Said:
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)],
            cwd=tmp_path, env=environment(**env), capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def sonospine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sonospine:
    """Run the command in a temporary folder, in this process: the same function, without the start."""
    from sonospine.cli.main import main

    def run(*arguments: object, **env: str) -> Said:
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["sonospine", *map(str, arguments)])
            for name, value in environment(**env).items():
                patch.setenv(name, value)
            for name in ("NO_COLOR", "FORCE_COLOR"):
                if name not in env:
                    patch.delenv(name, raising=False)
            with pytest.raises(SystemExit) as stop:
                main()
        logging.getLogger("sonospine").setLevel(logging.NOTSET)
        said = capsys.readouterr()
        return Said(int(stop.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def review(tmp_path: Path, project: Path) -> Path:
    """A folder with the project's configuration and vocabulary, a paper and a file of effects."""
    shutil.copytree(project / "config" / "vocabulary", tmp_path / "config" / "vocabulary")
    shutil.copy(project / "config" / "config.yaml", tmp_path / "config" / "config.yaml")
    (tmp_path / "paper.md").write_text(PAPER, encoding="utf-8")
    (tmp_path / "effects.tsv").write_text(EFFECTS, encoding="utf-8")
    return tmp_path
