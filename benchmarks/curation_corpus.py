"""A large made review for measuring the curation page: the tables that ``make review`` leaves, and a log of actions.

    python benchmarks/curation_corpus.py FOLDER [--studies 2000] [--actions 10000]

Each study has 25 rows of two arms in a table and an abstract (pain and disability at baseline and after 1, 4 and 12
weeks, procedure time, first-pass success), one parsed record of about 10 KB and the alternatives of its rows. Of 2,000
studies 300 are pooled in every analysis between arms and before and after, 300 are in with another condition, and the
others are screened out. All is drawn from a seed. FOLDER gets ``results/`` and ``extracted/`` as the desk reads them.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sonospine.curation import lines as make
from sonospine.curation.lines import Hand
from sonospine.curation.logbook import Logbook
from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import Tables, read_tables_of
from sonospine.curation.taking_in import empty_view
from sonospine.curation.view import EVERYBODY
from sonospine.model import tables as t
from sonospine.model.buckets import bucket_count, bucket_of
from sonospine.model.files import sha256, short_hash, write_text
from sonospine.model.record import Cell, Passage, Record, Table, to_json
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row, write_table

CONFIG = Path(__file__).resolve().parent.parent / "config" / "config.yaml"
SEED = 20261129
POOLED_SHARE, OTHER_SHARE = 0.15, 0.15
TIMES = (("baseline", "0", "baseline"), ("1 week", "1", "follow_up"), ("4 weeks", "4", "follow_up"),
         ("12 weeks", "12", "follow_up"))  # fmt: skip
ARMS = (("US group", "ultrasound", "intervention"), ("FL group", "fluoroscopy", "comparator"))
CURATORS = ("ann", "bob")
FILLING = (
    "The procedure was done by two physicians with more than five years of experience; patients were asked by a "
    "blinded assessor, and those who did not come were called. "
)


@dataclass
class Made:
    """The rows of all tables, by the bucket of their record."""

    machine: dict[tuple[str, int], list[Row]] = field(default_factory=lambda: defaultdict(list))
    parsed: dict[int, list[Record]] = field(default_factory=lambda: defaultdict(list))
    records: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    studies: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)


def write_review(root: Path, studies: int) -> None:
    """Write the tables of a review of so many studies."""
    made, buckets, chance = Made(), bucket_count(studies), random.Random(SEED)
    for number in range(studies):
        _study(made, number, studies, buckets, chance)
    results = root / "results"
    for bucket in range(buckets):
        write_text(results / "import" / f"{bucket}.jsonl", "")
        parsed = sorted(made.parsed[bucket], key=lambda record: record.record_id)
        write_text(results / "records" / f"{bucket}.jsonl", "".join(to_json(r) + "\n" for r in parsed))
        for name, schema in (("measurements", t.MEASUREMENTS), ("alternatives", t.ALTERNATIVES),
                             ("arms", t.MACHINE_ARMS), ("unread", t.UNREAD)):  # fmt: skip
            write_table(
                root / "extracted/machine" / name / f"{bucket}.tsv", schema, made.machine[name, bucket]
            )
    for name, schema, rows in (
        ("studies/records", t.RECORDS, made.records), ("studies/reports", t.REPORTS, made.reports),
        ("studies/studies", t.STUDIES, made.studies), ("studies/links", t.LINKS, []),
        ("screening/decisions", t.DECISIONS, made.decisions),
    ):  # fmt: skip
        _write(results / f"{name}.tsv", schema, rows)


def _write(path: Path, schema: TableSchema, rows: list[Row]) -> None:
    write_table(path, schema, rows)


def _study(made: Made, number: int, studies: int, buckets: int, chance: random.Random) -> None:
    record_id = f"pmc:PMC{7000000 + number}"
    study_id, bucket = "s" + short_hash(record_id), bucket_of(record_id, buckets)
    pooled, other = number < POOLED_SHARE * studies, number < (POOLED_SHARE + OTHER_SHARE) * studies
    people, rows = chance.randint(15, 60), []
    cells: list[list[str]] = [["", *(f"{arm} (n = {people})" for arm, _, _ in ARMS)]]
    for name, scale in (("NRS", 10), ("ODI", 100)):
        start = chance.uniform(0.6, 0.75) * scale
        for label, weeks, phase in TIMES:
            line = len(cells)
            cells.append([f"{name}, {label}"])
            for arm, _, _ in ARMS:
                fall = 0.0 if phase == "baseline" else chance.uniform(0.2, 0.45) * scale
                value, sd = f"{max(0.5, start - fall):.2f}", f"{chance.uniform(0.12, 0.2) * scale:.2f}"
                cells[-1].append(f"{value} ± {sd}")
                place = f"table/T1:r{line}c{len(cells[-1]) - 1}:0-{len(cells[-1][-1])}"
                rows.append(
                    _pain(name, scale, arm, label, weeks, phase, value, sd, people, place, cells[-1][-1])
                )
    told = [r for r in rows if r["instrument"] == "nrs" and r["weeks"] in ("4", "12")]
    text = "Mean NRS scores were "
    for row in told:
        start_at = len(text)
        text += f"{row['value']} ± {row['spread_value']}"
        place = f"abstract/RESULTS:{start_at}-{len(text)}"
        rows.append({**row, "source": "abstract", "locator": place, "confidence": "0.82"})
        text += f" in the {row['arm']} after {row['time']}, "
    for arm, _, _ in ARMS:
        rows.append(_timed(arm, people, cells, chance))
    for arm, _, _ in ARMS:
        rows.append(_counted(arm, people, cells, chance))
    rows.append(_counted(ARMS[0][0], people, cells, chance, outcome="Vomiting", instrument=""))
    for ordinal, row in enumerate(rows):
        row["measurement_id"] = "m" + short_hash(record_id, row["locator"], str(ordinal))
        row["record_id"] = record_id
        made.machine["alternatives", bucket].append(
            t.ALTERNATIVES.row(measurement_id=row["measurement_id"], field="spread" if row["spread"] == "sd" else "arm",
                               rank="1", value="se" if row["spread"] == "sd" else "US group", probability="0.06")
        )  # fmt: skip
    made.machine["measurements", bucket] += [t.MEASUREMENTS.row(**row) for row in rows]
    made.machine["arms", bucket] += [
        t.MACHINE_ARMS.row(record_id=record_id, label=arm, definition=f"injection under {guidance}", role=role,
                           procedure="facet_joint", guidance=guidance, n_randomised=str(people), locator="body/s1p1")
        for arm, guidance, role in ARMS
    ]  # fmt: skip
    if number % 20 == 0:
        made.machine["unread", bucket].append(
            t.UNREAD.row(record_id=record_id, locator="figure/F1", caption="Pain over time")
        )
    record = _record(record_id, number, text, cells)
    made.parsed[bucket].append(record)
    made.records.append(
        t.RECORDS.row(record_id=record_id, source="pmc", report_id="r" + study_id[1:], study_id=study_id, title=record.title,
                      year=record.year, status="current", full_text="true", sha256=record.sha256)
    )  # fmt: skip
    made.reports.append(
        t.REPORTS.row(
            report_id="r" + study_id[1:], study_id=study_id, kind="article", best_record_id=record_id
        )
    )
    made.studies.append(
        t.STUDIES.row(study_id=study_id, label=f"Author{number:04} {record.year}", year=record.year, design="rct",
                      condition="facet" if pooled else "limb", procedure="facet_joint", guidance="ultrasound;fluoroscopy",
                      registration=f"NCT{number // 2 if number % 40 == 0 else number + 5000:08}", n_randomised=str(2 * people))
    )  # fmt: skip
    made.decisions.append(
        t.DECISIONS.row(
            record_id=record_id, stage="report", decision="include" if other else "exclude", by="rule"
        )
    )


def _row(arm: str, people: int, place: str, quote: str, **values: str) -> Row:
    return {
        "source": "table", "locator": place, "quote": quote, "arm": arm, "n": str(people), "change": "false",
        "adjusted": "false", "rule": "table", "confidence": "0.93", **values,
    }  # fmt: skip


def _pain(
    name: str, scale: int, arm: str, label: str, weeks: str, phase: str, value: str, sd: str, people: int, place: str,
    quote: str,
) -> Row:  # fmt: skip
    return _row(
        arm, people, place, quote, outcome=name, instrument=name.lower(), construct="pain" if scale == 10 else "disability",
        scale_min="0", scale_max=str(scale), unit="points" if scale == 10 else "percent", time=label, weeks=weeks, phase=phase,
        centre="mean", value=value, spread="sd", spread_value=sd,
    )  # fmt: skip


def _timed(arm: str, people: int, cells: list[list[str]], chance: random.Random) -> Row:
    value, sd = f"{chance.uniform(3, 12):.1f}", f"{chance.uniform(1, 3):.1f}"
    quote = f"{value} ± {sd}"
    cells.append([f"Procedure time, min, {arm}", quote, ""])
    return _row(
        arm, people, f"table/T1:r{len(cells) - 1}c1:0-{len(quote)}", quote, outcome="Procedure time", instrument="procedure_time",
        construct="procedure_time", unit="min", phase="procedure", centre="mean", value=value, spread="sd", spread_value=sd,
    )  # fmt: skip


def _counted(
    arm: str, people: int, cells: list[list[str]], chance: random.Random, outcome: str = "First pass",
    instrument: str = "first_pass",
) -> Row:  # fmt: skip
    quote = str(chance.randint(people // 2, people))
    cells.append([f"{outcome}, {arm}", quote, ""])
    return _row(
        arm, people, f"table/T1:r{len(cells) - 1}c1:0-{len(quote)}", quote, outcome=outcome, instrument=instrument,
        construct="placement" if instrument else "", phase="procedure", centre="count", value=quote, spread="none",
        total=str(people),
    )  # fmt: skip


def _record(record_id: str, number: int, abstract: str, cells: list[list[str]]) -> Record:
    width = max(map(len, cells))
    grid = tuple(
        tuple(
            Cell(text, header=i == 0, row=i, column=j)
            for j, text in enumerate(row + [""] * (width - len(row)))
        )
        for i, row in enumerate(cells)
    )
    body = [Passage(f"body/s1p{i + 1}", f"{FILLING * 6}({i + 1})", ("Methods",), "methods") for i in range(6)]
    passages = (Passage("abstract/RESULTS", abstract + "and few were lost.", ("RESULTS",), "abstract"), *body)
    return Record(
        record_id, "pmc", title=f"Two ways of guidance compared, trial {number}", year=str(2000 + number % 26), full_text=True,
        sha256=sha256(record_id.encode()), passages=passages, tables=(Table("table/T1", "Table 1", "Outcomes", grid, header_rows=1),),
    )  # fmt: skip


def write_log(root: Path, actions: int, *, tables: Tables | None = None) -> None:
    """Write a log of so many actions, half of each curator, about rows of all studies, those that are in more often."""
    work = Recomputing(tables or read_tables_of(root, CONFIG))
    view, chance = empty_view(EVERYBODY, work), random.Random(SEED)
    ids, clock = itertools.count(1), itertools.count()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    pooled = [
        r["measurement_id"] for s in work.base.states.values() if s.effects is not None for r in s.reconciled
    ]
    others = sorted(work.tables.machine)
    log = Logbook(root / "extracted/curation")

    def lines(hand: Hand, count: int) -> Iterator[Row]:
        mine: list[str] = []
        for _ in range(count):
            shown = view.shown("measurement", chance.choice(pooled if chance.random() < 0.7 else others))
            deed = chance.random()
            if deed < 0.5:
                line = make.confirm(hand, shown)
            elif deed < 0.85:
                value = f"{float(shown.row['value']) * chance.uniform(0.9, 1.1):.2f}"
                line = make.set_field(
                    hand, shown, "value", value if shown.row["centre"] == "mean" else shown.row["value"]
                )
            elif deed < 0.9:
                line = make.set_field(hand, shown, "arm", chance.choice(ARMS)[0])
            elif deed < 0.93:
                line = make.reject(hand, shown, "not of this study")
            elif mine and deed < 0.97:
                line = make.undo(hand, chance.choice(mine))
            else:
                line = make.comment(hand, shown, "look again")
            mine.append(line["action_id"])
            yield line

    for curator in CURATORS:
        hand = Hand(
            curator, lambda: start + timedelta(seconds=30 * next(clock)), lambda: f"line-{next(ids):06d}"
        )  # fmt: skip
        log.append("corrections", curator, list(lines(hand, actions // len(CURATORS))))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--studies", type=int, default=2000)
    asked.add_argument("--actions", type=int, default=10000)
    given = asked.parse_args()
    write_review(given.folder, given.studies)
    write_log(given.folder, given.actions)


if __name__ == "__main__":
    main()
