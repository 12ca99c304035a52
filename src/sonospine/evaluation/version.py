"""Which code was measured: the commit, and whether it had been changed since."""

from __future__ import annotations

import subprocess
from pathlib import Path

MEASURED = ("src", "config", "pyproject.toml", "requirements.lock")


def code_version(project: Path) -> str:
    """Return ``commit abc1234``, ``uncommitted changes on abc1234``, or ``a copy without a commit``."""
    commit = _git(project, "rev-parse", "--short", "HEAD")
    if not commit:
        return "a copy without a commit"
    present = [name for name in MEASURED if (project / name).exists()]
    changed = _git(project, "status", "--porcelain", "--", *present)
    return f"uncommitted changes on {commit}" if changed else f"commit {commit}"


def _git(project: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
