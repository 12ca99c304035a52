"""Studies with rows, arms and a configuration, from which tests of the effects make what they need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sonospine.config.settings import Config
from sonospine.effects import compute_effects
from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import ARMS, CONFLICTS, DECISIONS, EFFECTS, RECONCILED, RECORDS, STUDIES

FAVOURS = {"left": "favours one", "right": "favours two"}


def config(assumptions: dict[str, Any] | None = None, **analysis: Any) -> Config:
    base = {
        "id": "pain", "title": "Pain", "outcome": "pain", "contrast": "before_after", "window": "short", "measure": "MC",
        "conditions": ["axial"], "designs": ["rct", "prospective_single_arm"], "intervention": {}, "favours": FAVOURS,
    }  # fmt: skip
    everything = {"include": [], "other": "include"}
    return Config.model_validate(
        {
            "title": "T",
            "question": {"population": "p", "intervention": "i", "comparators": "c", "outcomes": "o"},
            "sources": {"files": ["x"]},
            "eligibility": dict.fromkeys(("condition", "design", "guidance", "procedure"), everything),
            "outcomes": [
                {"id": "pain", "label": "Pain", "constructs": ["pain"], "instruments": ["nrs", "vas"],
                 "scale": {"minimum": 0, "maximum": 10, "unit": "points"}, "direction": "lower"},
                {"id": "disability", "label": "Disability", "constructs": ["disability"],
                 "scale": {"minimum": 0, "maximum": 100, "unit": "percent"}, "direction": "lower"},
                {"id": "time", "label": "Time", "constructs": ["procedure_time"],
                 "scale": {"minimum": 0, "maximum": 60, "unit": "min"}, "direction": "lower"},
                {"id": "function", "label": "Function", "constructs": ["function"], "direction": "lower"},
                {"id": "duration", "label": "Duration", "constructs": ["duration"], "unit": "min", "direction": "lower"},
                {"id": "success", "label": "Success", "constructs": ["placement"], "direction": "higher"},
            ],
            "windows": [{"id": "short", "label": "1 to 6 weeks", "lower": 1, "upper": 6, "target": 4}],
            "analyses": [{**base, **analysis}],
            "assumptions": assumptions or {},
        }
    )  # fmt: skip


def between(**more: Any) -> Config:
    sides = {"intervention": {"guidance": ["us"]}, "comparator": {"guidance": ["fl"]}}
    return config(**{"contrast": "between_arms", "measure": "MD", **sides, **more})


STUDIES_ROWS = [STUDIES.row(study_id="s1", label="One 2020", year="2020", design="rct", condition="axial",
                            guidance="us;fl", n_randomised="60")]  # fmt: skip
ONE_ARM = [
    ARMS.row(arm_id="a0", study_id="s1", label="all", role="single", record_id="r1", n_randomised="26")
]
TWO_ARMS = [
    ARMS.row(arm_id="a1", study_id="s1", label="US", role="intervention", guidance="us", n_randomised="30", record_id="r1"),
    ARMS.row(arm_id="a2", study_id="s1", label="FL", role="comparator", guidance="fl", n_randomised="28", record_id="r1"),
]  # fmt: skip
THREE_ARMS = [
    *TWO_ARMS,
    ARMS.row(arm_id="a3", study_id="s1", label="US 2", role="intervention", guidance="us", n_randomised="20", record_id="r1"),
]  # fmt: skip
DECIDED = [DECISIONS.row(record_id="r1", stage="record", decision="include", by="rule")]
RECORD_ROWS = [RECORDS.row(record_id="r1", study_id="s1", report_id="p1", source="file")]


def row(name: str, value: str, sd: str = "", weeks: str = "4", arm: str = "a0", **more: str) -> Row:
    values = {
        "measurement_id": name, "record_id": "r1", "study_id": "s1", "arm_id": arm, "arm": arm, "state": "unread",
        "result_id": f"q{name}", "preferred": "true", "source": "table", "locator": f"table/{name}", "quote": value,
        "outcome": "Pain", "instrument": "nrs", "construct": "pain", "scale_min": "0", "scale_max": "10", "n": "26",
        "weeks": weeks, "phase": "baseline" if weeks == "0" else "follow_up", "time": f"{weeks} weeks",
        "change": "false", "centre": "mean", "value": value, "spread": "sd" if sd else "none", "spread_value": sd,
        "adjusted": "false", "rule": "t", "confidence": "0.9",
    }  # fmt: skip
    return RECONCILED.row(**{**values, **more})


def effects(
    settings: Config,
    *rows: Row,
    arms: Sequence[Row] = ONE_ARM,
    studies: Sequence[Row] = STUDIES_ROWS,
    decisions: Sequence[Row] = DECIDED,
    conflicts: Sequence[Row] = (),
    records: Sequence[Row] = RECORD_ROWS,
    **more: Any,
) -> list[Row]:
    made = compute_effects(rows, conflicts, arms, studies, decisions, records, settings, **more)
    check_rows(made, EFFECTS, "effects")
    return made


def effects_of_studies(
    settings: Config, *studies: tuple[Sequence[Row], Sequence[Row], dict[str, str]]
) -> list[Row]:
    """Compute the effects of several studies, each given by its rows, its arms and what its study row says."""
    rows, arms, told, decided, records = [], [], [], [], []
    for i, (own, own_arms, more) in enumerate(studies, 1):
        study, record = f"s{i}", f"r{i}"
        rows += [
            {**r, "measurement_id": f"{r['measurement_id']}s{i}", "result_id": f"{r['result_id']}s{i}",
             "study_id": study, "record_id": record, "arm_id": f"{r['arm_id']}s{i}",
             "comparator_arm_id": r["comparator_arm_id"] and f"{r['comparator_arm_id']}s{i}"}
            for r in own
        ]  # fmt: skip
        arms += [
            {**a, "arm_id": f"{a['arm_id']}s{i}", "study_id": study, "record_id": record} for a in own_arms
        ]
        told.append({**STUDIES_ROWS[0], "study_id": study, "label": f"Study {i}", "n_randomised": "", **more})
        decided.append({**DECIDED[0], "record_id": record})
        records.append({**RECORD_ROWS[0], "record_id": record, "study_id": study, "report_id": f"p{i}"})
    return effects(settings, *rows, arms=arms, studies=told, decisions=decided, records=records)


def entered(made: Sequence[Row], variant: str = "primary") -> list[Row]:
    """Return the effects that are in the pool."""
    return [e for e in made if e["included"] == "true" and e["variant"] == variant]


def functions(effect: Row) -> list[str]:
    """Return the steps of a derivation by name."""
    return [step["function"] for step in json.loads(effect["derivation"])]


def pooled(made: list[Row], variant: str = "primary") -> Row:
    (one,) = [e for e in made if e["included"] == "true" and e["variant"] == variant]
    return one


def reasons(made: list[Row]) -> list[str]:
    return [e["exclusion_reason"] for e in made if e["included"] == "false"]


BEFORE, AFTER = row("m0", "5.27", "0.45", "0"), row("m1", "1.85", "0.37", "2")
US, FL = row("m1", "2.0", "1.0", arm="a1", n="30"), row("m2", "3.0", "1.2", arm="a2", n="28")
RATIO = {"outcome": "success", "measure": "RR", "window": None}


def conflict(chosen: str, other: str) -> list[Row]:
    return [CONFLICTS.row(conflict_id="c1", study_id="s1", result_id="qm1", kind="spread", chosen=chosen,
                          measurement_ids=f"{chosen};{other}", reason="preferred source")]  # fmt: skip


def printed(**more: str) -> Row:
    values = {"arm": "a1", "comparator_arm_id": "a2", "centre": "difference", "measure": "MD", "spread": "ci",
              "lower": "-1.6", "upper": "-0.4", "level": "95"}  # fmt: skip
    return {**row("d1", "-1.0", **values), **more}


def counted(name: str, events: str, total: str, arm: str, **more: str) -> Row:
    values = {"centre": "count", "total": total, "construct": "placement", "instrument": "first_pass", "n": "",
              "phase": "procedure", "outcome": "Success"}  # fmt: skip
    return row(name, events, weeks="0", arm=arm, **{**values, **more})
