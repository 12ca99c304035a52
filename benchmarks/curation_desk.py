"""How fast the desk of the curation page is, and how much memory it takes.

    python benchmarks/curation_desk.py FOLDER [--saves 200]

FOLDER holds a review, such as ``benchmarks/curation_corpus.py`` makes; its log is copied, so nothing is written there.
Prints JSON: what it takes to read the tables, to work every study out, to replay the log of everybody and to make the
view of one curator; what one save takes with the pools of its curator, and everybody's pools after it, on rows behind
the pools; memory. Times are by the clock and of the processor: other work on the machine makes the first longer.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from sonospine.curation import lines as make
from sonospine.curation.desk import EVERYBODY, Desk
from sonospine.curation.logbook import Logbook
from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import read_tables_of

CONFIG = Path(__file__).resolve().parent.parent / "config" / "config.yaml"
CURATOR = "ann"


def timed(told: dict[str, Any], name: str, work: Callable[[], Any]) -> Any:
    """Do something and note how long it took."""
    clock, processor = time.perf_counter(), time.process_time()
    made = work()
    told[f"{name}, s"] = [round(time.perf_counter() - clock, 3), round(time.process_time() - processor, 3)]
    return made


def measured(root: Path, saves: int) -> dict[str, Any]:
    """Return the figures for a review whose log is copied first."""
    told: dict[str, Any] = {}
    tables = timed(told, "read the tables", lambda: read_tables_of(root, CONFIG))
    work = Recomputing(tables)
    timed(told, "every study without lines", lambda: work.base)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "extracted/curation", Path(folder) / "curation")
        logbook = Logbook(Path(folder) / "curation")
        desk = timed(told, "read and replay the log", lambda: Desk(tables, logbook, work))
        timed(told, "pools of everybody", lambda: desk.view(EVERYBODY).pooled)
        timed(told, "view of a curator, with pools", lambda: desk.view(CURATOR).pooled)
        timed(told, "refresh with nothing new", desk.refresh)
        told |= {
            "rows": len(tables.measurements),
            "studies": len(tables.studies),
            "actions": len(desk.view(EVERYBODY).lines),
        }
        told |= saved(desk, saves)
    told["k"] = {name: row["k"] for name, row in desk.view(EVERYBODY).pooled.items()}
    told["largest memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return told


def saved(desk: Desk, saves: int) -> dict[str, Any]:
    """Save lines on rows of the pools, one after the other."""
    chance, view = random.Random(1), desk.view(CURATOR)
    behind = [
        r["measurement_ids"].split(";")[0]
        for rows in view.effects.values()
        for r in rows
        if r["included"] == "true"
    ]
    hand = make.hand_of(CURATOR)
    alone: list[tuple[float, float]] = []
    everybody: list[tuple[float, float]] = []
    quiet: list[tuple[float, float]] = []
    moved = 0
    for number in range(saves):
        shown = desk.view(CURATOR).shown("measurement", chance.choice(behind))
        changed = number % 4 != 3
        line = (
            make.set_field(hand, shown, "value", f"{float(shown.row['value']) * 1.03:.2f}") if changed
            else make.confirm(hand, shown)
        )  # fmt: skip
        clock, processor = time.perf_counter(), time.process_time()
        done = desk.save("corrections", CURATOR, [line])
        spent = time.perf_counter() - clock, time.process_time() - processor
        (alone if changed else quiet).append(spent)
        moved += bool(done.shifts)
        clock, processor = time.perf_counter(), time.process_time()
        assert desk.view(EVERYBODY).pooled
        everybody.append((time.perf_counter() - clock, time.process_time() - processor))
    return {
        "saves": saves, "saves that moved a pool": moved,
        "save that sets a value, ms": spread(alone), "save that confirms, ms": spread(quiet),
        "pools of everybody after it, ms": spread(everybody),
    }  # fmt: skip


def spread(seconds: list[tuple[float, float]]) -> dict[str, dict[str, float]]:
    """Return median, the 95th percentile and the worst in milliseconds, by the clock and of the processor."""
    found = {}
    for name, values in zip(("clock", "processor"), zip(*seconds, strict=True), strict=True):
        ranked = sorted(values)
        points = {"median": median(ranked), "p95": ranked[int(0.95 * (len(ranked) - 1))], "worst": ranked[-1]}
        found[name] = {point: round(1000 * value, 1) for point, value in points.items()}
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--saves", type=int, default=200)
    given = asked.parse_args()
    print(json.dumps(measured(given.folder, given.saves), indent=1))


if __name__ == "__main__":
    main()
