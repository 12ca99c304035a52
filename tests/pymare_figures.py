"""The figures of metafor 4.6 and robumeta 2.1 that the installed PyMARE (MIT) brings with its own tests."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest


def _folder() -> Path:
    import pymare

    found = Path(pymare.__file__).parent / "tests" / "data"
    if not found.is_dir():
        pytest.skip("this PyMARE was installed without the figures of its tests")
    return found


def cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file of figures."""
    found: list[dict[str, Any]] = json.loads((_folder() / name).read_text(encoding="utf-8"))["cases"]
    return found


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a sample."""
    with (_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
