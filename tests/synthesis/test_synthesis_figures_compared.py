"""The comparison with metafor that is published covers every reference, and nothing differs for an unknown cause."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_figure_beyond_tolerance_has_a_known_cause() -> None:
    program = PROJECT / "benchmarks" / "statistics_against_metafor.py"
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["within"] >= 26_000
    assert "unknown" not in found["exceptions"]
    assert found["beyond"] <= 182
    assert min(entry["count"] for entry in found["kinds"].values()) >= 16
