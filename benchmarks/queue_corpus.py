"""A corpus whose true rows are known, and its rows spoilt by errors drawn from the reader's own error table.

The corpus is the embedded one (``extracted/`` and ``results/`` of ``make review``) beside made studies in analyses of 6
to 40. A row is spoilt with the rate, the kind and the confidence that ``reader_errors.py`` counted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sonospine.config.settings import Config
from sonospine.curation.tables import Tables
from sonospine.model.numbers import derived
from sonospine.model.states import pooled_numbers
from sonospine.model.table_io import Row
from sonospine.model.tables import ALTERNATIVES, ARMS, DECISIONS, RECONCILED, RECORDS, STUDIES
from sonospine.robustness import Review
from sonospine.robustness.fitting import grouped

TABLE = Path(__file__).with_name("reader_errors.json")
SIZES = (6, 8, 10, 12, 16, 20, 28, 40)
"""Studies of the made analyses; they are differences between arms and changes within one, in turn."""
MADE = "made_"
LATER, IN_WINDOW, BEFORE = "26", "4", "6.0"
FIELD_OF = {"spread": "spread", "time": "weeks", "arm": "arm", "n": "n"}
"""The field in which an alternative can hold the truth, by kind of error."""
Random = np.random.Generator


@dataclass(frozen=True)
class Errors:
    """The error table: the rate, the chance of each kind, profiles of right and wrong rows, and what is held.

    One row is added for each kind, so that what was never seen is not impossible; likewise one that holds the truth
    and one that does not for each kind of ``FIELD_OF``.
    """

    rate: float
    kinds: Mapping[str, float]
    held: Mapping[str, float]
    right: tuple[Mapping[str, Any], ...]
    shares: tuple[float, ...]
    wrong: tuple[Mapping[str, Any], ...]


def read_errors(times: float = 1.0) -> Errors:
    """Read the error table; ``times`` as many rows are wrong as were counted."""
    told = json.loads(TABLE.read_text(encoding="utf-8"))
    rows = told["right"] + told["wrong"]
    total = told["wrong"] + len(told["kinds"])
    return Errors(
        times * told["wrong"] / rows,
        {kind: (count + 1) / total for kind, count in told["kinds"].items()},
        {kind: (told["held"][kind] + 1) / (told["kinds"][kind] + 2) for kind in FIELD_OF},
        tuple(told["right_rows"]),
        tuple(one["rows"] / told["right"] for one in told["right_rows"]),
        tuple(told["wrong_rows"]),
    )


@dataclass(frozen=True)
class Corpus:
    """True rows in a review, and the ids of those behind its pools."""

    review: Review
    tables: Tables
    behind: tuple[str, ...]

    def view(self, changed: Mapping[str, Row], alternatives: Sequence[Row]) -> Seen:
        """Return a view of the corpus with some rows otherwise."""
        review = with_rows(self.review, changed)
        tables = replace(self.tables, alternatives=alternatives)
        return Seen(review, tables, tuple(review.effects()))


@dataclass(frozen=True)
class Seen:
    """A view of a review, as far as the queue looks at it, without any line."""

    review: Review
    tables: Tables
    effect_rows: Sequence[Row]
    actions: Sequence[Row] = ()
    stale: Sequence[tuple[Row, Row]] = ()

    @property
    def rows(self) -> Mapping[str, Row]:
        return self.review.by_id

    @cached_property
    def effects(self) -> Mapping[str, Sequence[Row]]:
        return grouped(self.effect_rows, "analysis")

    def of_study(self, study_id: str) -> Sequence[Row]:
        return self._of["measurements"].get(study_id, [])

    def arms_of(self, study_id: str) -> Sequence[Row]:
        return self._of["arms"].get(study_id, [])

    def conflicts_of(self, study_id: str) -> Sequence[Row]:
        return self._of["conflicts"].get(study_id, [])

    @cached_property
    def _of(self) -> Mapping[str, Mapping[str, Sequence[Row]]]:
        names = ("measurements", "arms", "conflicts")
        return {name: grouped(getattr(self.review, name), "study_id") for name in names}

    def corrected(self, row: Row) -> Seen:
        """Return the view with one row corrected; only the effects of its study are worked out anew."""
        review, study = with_rows(self.review, {row["measurement_id"]: row}), row["study_id"]
        others = [one for one in self.effect_rows if one["study_id"] != study]
        return Seen(review, self.tables, [*others, *review.of_studies({study}).effects()])


def with_rows(review: Review, changed: Mapping[str, Row]) -> Review:
    """Return a review with some rows in place of those with their ids."""
    return replace(review, measurements=[changed.get(r["measurement_id"], r) for r in review.measurements])


def corpus_of(tables: Tables, embedded: Review, embedded_effects: Sequence[Row], seed: int) -> Corpus:
    """Join the embedded corpus (the studies in its pools) and made studies of one seed; all rows are taken for true."""
    embedded = embedded.of_studies({r["study_id"] for r in embedded_effects if r["included"] == "true"})
    made = _made(np.random.default_rng([seed, 1]))
    review = replace(
        embedded,
        measurements=[*embedded.measurements, *made.measurements],
        arms=[*embedded.arms, *made.arms],
        studies=[*embedded.studies, *made.studies],
        decisions=[*embedded.decisions, *made.decisions],
        records=[*embedded.records, *made.records],
        config=_config(embedded.config),
    )
    joined = replace(
        tables,
        config=review.config,
        studies=review.studies,
        records=review.records,
        decisions=review.decisions,
    )
    names = pooled_numbers(embedded_effects) | {row["measurement_id"] for row in made.measurements}
    return Corpus(review, joined, tuple(sorted(names)))


def _config(config: Config) -> Config:
    told = config.model_dump()
    told["outcomes"] = [
        *told["outcomes"],
        {
            "id": "made", "label": "Made", "constructs": ["made"], "instruments": ["made_scale"], "direction": "lower",
            "scale": {"minimum": 0, "maximum": 10, "unit": "points"},
            "minimal_important_difference": {
                "within_person": {"value": 2, "source": "made for this"}, "between_groups": {"value": 1, "source": "made for this"},
            },
        },
    ]  # fmt: skip
    told["windows"] = [
        *told["windows"],
        {"id": "made", "label": "1 to 6 weeks", "lower": 1, "upper": 6, "target": 4},
    ]
    told["analyses"] = [*told["analyses"], *(_analysis(i, size) for i, size in enumerate(SIZES))]
    return Config.model_validate(told)


def _analysis(index: int, size: int) -> dict[str, Any]:
    between = index % 2 == 0
    return {
        "id": f"made_{size:02}", "title": f"Made, {size} studies", "outcome": "made", "window": "made",
        "contrast": "between_arms" if between else "before_after", "measure": "MD" if between else "MC",
        "conditions": ["made"], "designs": [f"made_{size:02}"],
        "intervention": {"role": ["intervention"]} if between else {},
        "comparator": {"role": ["comparator"]} if between else None,
        "favours": {"left": "l", "right": "r"},
        "minimal_important_difference": "between_groups" if between else "within_person",
    }  # fmt: skip


def _made(random: Random) -> Review:
    rows: list[Row] = []
    arms: list[Row] = []
    studies: list[Row] = []
    for index, size in enumerate(SIZES):
        between = index % 2 == 0
        middle = random.normal(-0.8, 0.5) if between else random.normal(-2.2, 0.7)
        tau = random.uniform(0.2, 0.8)
        for number in range(size):
            name = f"{size:02}x{number:02}"
            effect = random.normal(middle, tau)
            people = int(math.exp(random.uniform(math.log(15), math.log(90))))
            studies.append(
                STUDIES.row(
                    study_id=f"s{name}", label=name, year="2020", design=f"made_{size:02}", condition="made"
                )
            )
            labels = (("one", "intervention"), ("two", "comparator")) if between else (("all", "single"),)
            arms += [
                ARMS.row(
                    arm_id=f"a{name}{label}",
                    study_id=f"s{name}",
                    label=label,
                    role=role,
                    record_id=f"r{name}",
                )
                for label, role in labels
            ]
            start = random.normal(6.2, 0.5)
            cells = (("one", IN_WINDOW, effect), ("two", IN_WINDOW, 0.0)) if between else (
                ("all", "0", 0.0), ("all", IN_WINDOW, effect))  # fmt: skip
            level = random.normal(4.0, 0.6) if between else start
            for label, weeks, shift in cells:
                n = max(8, people + int(random.integers(-2, 3))) if between else people
                sd = math.exp(random.normal(math.log(1.9), 0.25))
                mean = min(9.5, max(0.3, level + shift + random.normal(0, sd / math.sqrt(n))))
                rows.append(_row(name, label, weeks, n, mean, sd))
    return replace(
        _screened([study["label"] for study in studies]), measurements=rows, arms=arms, studies=studies
    )


def study_rows(name: str, design: str, times: Sequence[str], *, included: bool) -> Review:
    """Return a study of one arm with a row at each of some times, and what screening decided."""
    made = _screened([name], included=included)
    arm = ARMS.row(
        arm_id=f"a{name}all", study_id=f"s{name}", label="all", role="single", record_id=f"r{name}"
    )
    study = STUDIES.row(study_id=f"s{name}", label=name, year="2020", design=design, condition="made")
    rows = [_row(name, "all", weeks, 40, 4.0, 2.0) for weeks in times]
    return replace(made, measurements=rows, arms=[arm], studies=[study])


def _screened(names: Sequence[str], *, included: bool = True) -> Review:
    """Return the records and decisions of some studies, without anything else."""
    decision = "include" if included else "exclude"
    return Review(
        [],
        [],
        [],
        [],
        [DECISIONS.row(record_id=f"r{n}", stage="record", decision=decision, by="rule") for n in names],
        [
            RECORDS.row(
                record_id=f"r{n}", study_id=f"s{n}", report_id=f"p{n}", source="file", status="current",
                full_text="true", sha256="0",
            )
            for n in names
        ],
        None,  # type: ignore[arg-type]
    )  # fmt: skip


def _row(name: str, label: str, weeks: str, n: int, mean: float, sd: float) -> Row:
    identity = f"m{name}{label}w{weeks}"
    return RECONCILED.row(
        measurement_id=identity, record_id=f"r{name}", study_id=f"s{name}", arm_id=f"a{name}{label}", arm=label,
        result_id=f"q{identity}", preferred="true", state="unread", source="table", locator=f"table/{identity}",
        quote="1", outcome="Made", instrument="made_scale", construct="made", scale_min="0", scale_max="10", n=str(n),
        weeks=weeks, phase="baseline" if weeks == "0" else "follow_up", time=f"{weeks} weeks", change="false",
        centre="mean", value=f"{mean:.2f}", spread="sd", spread_value=f"{sd:.2f}", adjusted="false", rule="table",
        confidence="1",
    )  # fmt: skip


@dataclass(frozen=True)
class Spoilt:
    """A corpus as the reader would give it: ``read`` are its rows behind pools, ``true`` what a person would make of them."""

    read: Mapping[str, Row]
    true: Mapping[str, Row]
    alternatives: tuple[Row, ...]
    wrong: frozenset[str]


def spoilt(corpus: Corpus, errors: Errors, seed: int) -> Spoilt:
    """Spoil the rows behind the pools of a corpus; each gets a confidence and alternatives as the reader gives them."""
    random = np.random.default_rng([seed, 2])
    rows = {name: corpus.review.by_id[name] for name in corpus.behind}
    donors = list(rows.values())
    read: dict[str, Row] = {}
    true: dict[str, Row] = {}
    alternatives: list[Row] = []
    wrong = set()
    kinds = list(errors.kinds)
    for name, row in rows.items():
        siblings = [r for r in donors if r["study_id"] == row["study_id"] and r is not row]
        if random.random() < errors.rate:
            kind = str(random.choice(kinds, p=[errors.kinds[k] for k in kinds]))
            profile = errors.wrong[int(random.integers(len(errors.wrong)))]
            made, right = _wrong(kind, row, siblings, donors, random)
            wrong.add(name)
            held = kind in FIELD_OF and random.random() < errors.held[kind]
            alternatives += other_values(profile, made, right, FIELD_OF[kind] if held else "", random)
            true[name] = {**right, "state": right["state"] if right["state"] == "rejected" else "corrected"}
        else:
            profile = errors.right[int(random.choice(len(errors.right), p=errors.shares))]
            made = row
            alternatives += other_values(profile, made, row, "", random)
            true[name] = {**row, "state": "confirmed"}
        read[name] = {**made, "confidence": derived(profile["confidence"])}
    return Spoilt(read, true, tuple(alternatives), frozenset(wrong))


def other_values(profile: Mapping[str, Any], made: Row, right: Row, held: str, random: Random) -> list[Row]:
    """Return what the reader would list; where it holds the truth in a field, that value stands there."""
    doubt = 1 - profile["confidence"]
    listed = [(field, share * doubt) for field, share in profile["alternatives"] if made["centre"] == "mean"]
    if held and held not in {field for field, _ in listed}:
        share = {"spread": 0.013, "weeks": 0.2, "arm": 0.027, "n": 0.053}[held]
        listed.append((held, share * doubt))
    rows: list[Row] = []
    ranks: dict[str, int] = {}
    for field, probability in listed:
        ranks[field] = ranks.get(field, 0) + 1
        value = right[field] if field == held and ranks[field] == 1 else _other(field, made, random)
        rows.append(
            ALTERNATIVES.row(
                measurement_id=made["measurement_id"], field=field, rank=str(ranks[field]), value=value,
                probability=derived(probability),
            )
        )  # fmt: skip
    return rows


def _other(field: str, row: Row, random: Random) -> str:
    if field == "spread":
        return "se" if row["spread"] == "sd" else "sd"
    if field == "weeks":
        return str(random.choice(["0", "1", "2", "6", "12", "26", "52"]))
    if field == "n":
        return str(max(2, int(int(row["n"] or 30) * random.uniform(0.8, 1.2))))
    return str(random.choice(["one", "two", "three"]))


def _wrong(
    kind: str, row: Row, siblings: Sequence[Row], donors: Sequence[Row], random: Random
) -> tuple[Row, Row]:
    """Return a row as misread, and as it should be.

    What belongs to another time or outcome, or is no result of an arm, leaves the pool when it is set right: what the
    reader took for the number was never there.
    """
    alike = [
        d
        for d in donors
        if d["instrument"] == row["instrument"] and d["centre"] == row["centre"] and d is not row
    ]
    donor = alike[int(random.integers(len(alike)))] if alike else row
    sibling = siblings[int(random.integers(len(siblings)))] if siblings else donor
    if row["centre"] != "mean" and kind in ("spread_value", "spread", "change"):
        kind = "value"
    if kind == "value":
        return _cell(row, sibling if random.random() < 0.5 else donor), row
    if kind == "arm":
        return _cell(row, sibling), row
    if kind == "spread_value":
        half = 1.96 * _sd(row) / math.sqrt(int(row["n"] or 30))
        text = donor["spread_value"] if random.random() < 0.5 else f"{half:.2f}"
        return {**row, "spread": "sd", "spread_value": text or f"{half:.2f}"}, row
    if kind == "spread":
        if random.random() < 0.5:
            printed = {
                **row,
                "spread": "se",
                "spread_value": f"{_sd(row) / math.sqrt(int(row['n'] or 30)):.3f}",
            }
            return {**printed, "spread": "sd"}, printed
        return {**row, "spread": "se", "spread_value": f"{_sd(row):.2f}"}, row
    if kind == "change":
        return {**row, "value": f"{abs(float(row['value']) - float(BEFORE)):.2f}"}, row
    if kind == "n":
        total = sum(int(r["n"] or 0) for r in siblings) + int(row["n"] or 30)
        other = total if random.random() < 0.5 else max(4, int(row["n"] or 30) // 2)
        return {**row, "n": str(other), **({"total": str(other)} if row["total"] else {})}, row
    if kind == "time":
        made = _moved(row, random, 1.0)
        return made, {
            **made,
            "weeks": LATER,
            "phase": "follow_up",
            "time": f"{LATER} weeks",
            "timepoint_id": "",
        }
    if kind == "outcome":
        made = _moved(row, random, 1.2)
        return made, {**made, "construct": "another", "instrument": "another", "outcome": "Another"}
    made = _cell(row, donor)
    return made, {**made, "state": "rejected"}


def _cell(row: Row, other: Row) -> Row:
    """Return a row with the numbers of another cell."""
    return {**row, **{name: other[name] for name in ("value", "spread", "spread_value", "lower", "upper")}}


def _moved(row: Row, random: Random, by: float) -> Row:
    """Return a row whose value is that of another time or part: away from its own by so many SDs of 1 point in 2."""
    value = float(row["value"])
    if row["centre"] != "mean":
        return {**row, "value": str(max(0, int(value * random.uniform(0.6, 1.4))))}
    scale = max(0.5, abs(value) / 4)
    return {**row, "value": f"{max(0.1, value + random.normal(0, by * scale)):.2f}"}


def _sd(row: Row) -> float:
    """Return the SD that a row prints, 2 where it prints none."""
    if row["spread"] == "se" and row["spread_value"]:
        return float(row["spread_value"]) * math.sqrt(int(row["n"] or 30))
    return float(row["spread_value"]) if row["spread_value"] and float(row["spread_value"]) > 0 else 2.0
