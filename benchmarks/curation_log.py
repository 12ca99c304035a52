"""Two programs write the log of curation at once: is a line lost or torn, and how long does a line take?

``python benchmarks/run.py curation_log`` writes the table of docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sonospine.corrections import read_actions
from sonospine.curation import lines
from sonospine.curation.lines import Hand, Shown, hand_of
from sonospine.curation.logbook import Logbook
from sonospine.model.curation import curation_files
from sonospine.model.tables import MEASUREMENTS

ACTIONS = 5_000
CASES = {
    "one file (two pages of one curator)": ("ann", "ann"),
    "two files (two curators)": ("ann", "bob"),
}
KIND = "corrections"


@dataclass(frozen=True)
class Figures:
    """What came of a run: seconds, of each line in seconds; lines written, lost, out of order; of reading them."""

    seconds: float
    each: Sequence[float]
    written: int
    lost: int
    disordered: int
    torn: int
    bytes: int
    reading: float


def shown(number: int) -> Shown:
    """Return a row as large as those that the reader makes: most of a line is the row as it was seen."""
    row = MEASUREMENTS.row(
        measurement_id=f"m{number % 50_000:011x}", record_id="pmc:PMC1234567", source="table", quote="24.6 ± 5.1",
        locator="table/T2:r3c4:0-10", outcome="Visual analogue scale", instrument="vas", construct="pain", n="31",
        arm="Intervention group", time="4 weeks", weeks="4", phase="follow_up", change="false", centre="mean",
        value="24.6", spread="sd", spread_value="5.1", adjusted="false", rule="table", confidence="0.93",
    )  # fmt: skip
    seen = json.dumps({**row, "rows": 1}, ensure_ascii=False, sort_keys=True)
    context = "Visual analogue scale, 4 weeks: 24.6 ± 5.1 in the intervention group"
    return Shown(
        "measurement", row["measurement_id"], row, seen, row["record_id"], row["locator"], context, "ab" * 32
    )


def write(
    folder: Path, curator: str, writer: int, actions: int, answers: multiprocessing.Queue[object]
) -> None:
    """Write the lines of one program, each as a click does: one append, on the disk when it returns."""
    book, clock = Logbook(folder), hand_of(curator)
    numbers = iter(range(actions))
    hand = Hand(curator, clock.now, lambda: f"{curator}-{writer}-{next(numbers)}")
    each = []
    for number in range(actions):
        line = lines.set_field(
            hand, shown(number), "spread_value", str(number), reason="as printed in Table 2"
        )
        begun = time.perf_counter()
        book.append(KIND, curator, [line])
        each.append(time.perf_counter() - begun)
    answers.put(each)


def measured(folder: Path, curators: Sequence[str], actions: int) -> Figures:
    """Let one program for each name write at once, then read back and count what came."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    programs = [
        context.Process(target=write, args=(folder, curator, number, actions, answers))
        for number, curator in enumerate(curators)
    ]
    begun = time.perf_counter()
    for program in programs:
        program.start()
    each = [taken for _ in programs for taken in answers.get()]
    for program in programs:
        program.join()
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    read = read_actions(folder / KIND)
    reading = time.perf_counter() - begun
    found = {action.action_id: action for action in read}
    wanted = {
        f"{name}-{writer}-{number}": number
        for writer, name in enumerate(curators)
        for number in range(actions)
    }
    lost = sum(name not in found or found[name].new_value != str(number) for name, number in wanted.items())
    files = curation_files(folder / KIND)
    return Figures(
        seconds, each, len(wanted), lost, disordered(folder, curators), len(Logbook(folder).torn()) + len(found) - len(read),
        sum(path.stat().st_size for path in files), reading,
    )  # fmt: skip


def disordered(folder: Path, curators: Sequence[str]) -> int:
    """Count lines that stand above one that the same program wrote before."""
    count = 0
    last: dict[str, int] = {}
    for path in curation_files(folder / KIND):
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            writer, _, number = line.partition("\t")[0].rpartition("-")
            count += int(number) < last.get(writer, -1)
            last[writer] = int(number)
    assert len(last) == len(curators)
    return count


def raw_fsync(folder: Path, size: int, count: int = 200) -> float:
    """Return the median seconds that this disk takes for a plain append of ``size`` bytes with fsync."""
    fd = os.open(folder / "plain", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    each = []
    for _ in range(count):
        begun = time.perf_counter()
        os.write(fd, b"x" * size)
        os.fsync(fd)
        each.append(time.perf_counter() - begun)
    os.close(fd)
    (folder / "plain").unlink()
    return statistics.median(each)


def percentile(values: Sequence[float], share: float) -> float:
    """Return a quantile (the value at that rank)."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Print the figures as JSON: by what the programs write to, and of the disk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=ACTIONS, help="lines of each program")
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the files are written, and taken away"
    )
    options = parser.parse_args()
    found: dict[str, object] = {}
    for label, curators in CASES.items():
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            figures = measured(Path(name), curators, options.actions)
            size = figures.bytes // figures.written
            found["bytes"], found["plain"] = size, raw_fsync(Path(name), size)
        found[label] = {
            **{
                key: getattr(figures, key)
                for key in ("seconds", "written", "lost", "torn", "disordered", "reading")
            },
            "median": statistics.median(figures.each),
            "most": percentile(figures.each, 0.99),
            "longest": max(figures.each),
        }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
