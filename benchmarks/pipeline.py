"""How long the whole run, a run with nothing to do, and `sonospine --help` take, and the largest process of the run.

    python benchmarks/pipeline.py

Runs in a copy of the committed and changed files in an empty folder, with this environment. Prints JSON.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HELP_RUNS = 9


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sonospine-benchmark-") as folder:
        copy_project(Path(folder))
        full = seconds([str(BIN / "python"), "workflow/scripts/start_review.py"], Path(folder))
        nothing = seconds([str(BIN / "python"), "workflow/scripts/start_review.py"], Path(folder))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    helped = [seconds([str(BIN / "sonospine"), "--help"], PROJECT) for _ in range(HELP_RUNS)]
    figures = {"full_seconds": full, "nothing_seconds": nothing, "help_seconds": statistics.median(helped)}
    print(json.dumps(figures | {"peak_mb": peak}))


def copy_project(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "-C", str(PROJECT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)


def seconds(command: list[str], folder: Path) -> float:
    # The copy's own code: a file that is edited meanwhile would make the second run do work again.
    environment = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(folder / "src"),
    }
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return taken


if __name__ == "__main__":
    main()
