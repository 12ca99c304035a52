"""The two scorers, run as programs of their own: they know the annotations, the reader does not."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError

SECONDS = 900
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scorers:
    """Paths of the scorer of measurements and of the scorer of questions."""

    measurements: Path
    questions: Path

    def score_measurements(self, gold: Path, table: Path, articles: Path) -> Figures:
        """Score rows against typed-out results of the listed articles; figures only, no misses."""
        return _run(self.measurements, str(gold), str(table), "--articles", str(articles))

    def score_questions(self, questions: Path, table: Path) -> Figures:
        """Score rows against questions of intervention, comparator and outcome."""
        return _run(self.questions, str(questions), str(table))


def find_scorers(folder: Path) -> Scorers:
    """Return the scorers of a folder.

    Raises
    ------
    InputError
        One of them is not there.
    """
    found = Scorers(folder / "score_measurements.py", folder / "score_ico.py")
    for path in (found.measurements, found.questions):
        if not path.is_file():
            raise InputError("the scorer is not here: name its folder with --scorers", file=path)
    return found


def _run(scorer: Path, *arguments: str) -> Figures:
    command = [sys.executable, str(scorer), *arguments, "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(f"the scorer did not end within {SECONDS} s", file=scorer) from None
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise InputError("the scorer failed", file=scorer, found=last[0])
    try:
        figures = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise InputError("the scorer printed no JSON", file=scorer, found=done.stdout) from None
    if not isinstance(figures, dict):
        raise InputError("the scorer printed no figures", file=scorer, found=done.stdout)
    return figures
