"""A small made-up review of before/after studies, and alternatives of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sonospine.config.settings import Config
from sonospine.model.table_io import Row
from sonospine.model.tables import ALTERNATIVES, ARMS, DECISIONS, RECONCILED, RECORDS, STUDIES
from sonospine.robustness import Review


class Made(NamedTuple):
    """A study: n, means and SDs before, after 2 and after 5 weeks (none: only after 2), design, how it stands."""

    n: int
    before: tuple[str, str]
    early: tuple[str, str]
    late: tuple[str, str] | None = None
    design: str = "rct"
    state: str = "unread"
    confidence: str = "0.9"
    spread: str = "sd"
    year: str = "2001"


STUDIES_MADE = (
    Made(30, ("6.1", "1.4"), ("3.2", "1.6"), ("2.9", "1.7"), year="2009"),
    Made(24, ("7.0", "1.1"), ("4.4", "1.9"), ("4.9", "2.0"), state="confirmed", year="2004"),
    Made(41, ("5.5", "1.3"), ("3.9", "1.5"), None, "prospective_single_arm", "confirmed", "0.5", year="2011"),
    Made(18, ("6.6", "1.7"), ("3.1", "1.2"), ("2.2", "1.1"), confidence="0.7", year="2016"),
    Made(52, ("5.9", "0.25"), ("3.3", "0.28"), None, spread="se", year="2020"),
)


def configuration(**robustness: Any) -> Config:
    everything = {"include": [], "other": "include"}
    return Config.model_validate(
        {
            "title": "T",
            "question": {"population": "p", "intervention": "i", "comparators": "c", "outcomes": "o"},
            "sources": {"files": ["x"]},
            "eligibility": dict.fromkeys(("condition", "design", "guidance", "procedure"), everything),
            "outcomes": [
                {"id": "pain", "label": "Pain", "constructs": ["pain"], "instruments": ["nrs"],
                 "scale": {"minimum": 0, "maximum": 10, "unit": "points"}, "direction": "lower"},
            ],
            "windows": [{"id": "short", "label": "1 to 6 weeks", "lower": 1, "upper": 6, "target": 3}],
            "analyses": [
                {"id": "pain", "title": "Pain", "outcome": "pain", "contrast": "before_after", "window": "short",
                 "measure": "MC", "conditions": ["axial"], "designs": ["rct", "prospective_single_arm"],
                 "intervention": {}, "favours": {"left": "fell", "right": "rose"}},
            ],
            "robustness": robustness,
        }
    )  # fmt: skip


def _row(study: int, made: Made, weeks: str, printed: tuple[str, str]) -> Row:
    name = f"m{study}w{weeks}"
    return RECONCILED.row(
        measurement_id=name, record_id=f"r{study}", study_id=f"s{study}", arm_id=f"a{study}", arm="all",
        state=made.state, result_id=f"q{name}", preferred="true", source="table", locator=f"table/{name}",
        quote=printed[0], outcome="Pain", instrument="nrs", construct="pain", scale_min="0", scale_max="10",
        n=str(made.n), weeks=weeks, phase="baseline" if weeks == "0" else "follow_up", time=f"{weeks} weeks",
        change="false", centre="mean", value=printed[0], spread=made.spread, spread_value=printed[1],
        adjusted="false", rule="t", confidence=made.confidence,
    )  # fmt: skip


def review_of(studies: Sequence[Made] = STUDIES_MADE, **robustness: Any) -> Review:
    rows: list[Row] = []
    for number, made in enumerate(studies, start=1):
        rows += [
            _row(number, made, weeks, printed)
            for weeks, printed in (("0", made.before), ("2", made.early), ("5", made.late))
            if printed is not None
        ]
    numbered = list(enumerate(studies, start=1))
    return Review(
        rows,
        [],
        [ARMS.row(arm_id=f"a{i}", study_id=f"s{i}", label="all", role="single", record_id=f"r{i}") for i, _ in numbered],
        [STUDIES.row(study_id=f"s{i}", label=f"Study {i}", year=m.year, design=m.design, condition="axial")
         for i, m in numbered],
        [DECISIONS.row(record_id=f"r{i}", stage="record", decision="include", by="rule") for i, _ in numbered],
        [RECORDS.row(record_id=f"r{i}", study_id=f"s{i}", report_id=f"p{i}", source="file", status="current", full_text="true", sha256="0") for i, _ in numbered],
        configuration(**robustness),
    )  # fmt: skip


def alternative(name: str, field: str, value: str, probability: float, rank: int = 1) -> Row:
    return ALTERNATIVES.row(
        measurement_id=name, field=field, rank=str(rank), value=value, probability=f"{probability:g}"
    )
