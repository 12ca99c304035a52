"""GRADE: how certain the evidence of an analysis is, what it was rated down or up for, and why.

Guyatt et al. 2008, BMJ 336:924; the GRADE handbook (Schuenemann et al. 2013). A line of
``extracted/curation/grade/<curator>.tsv``: action ``set``, target type ``analysis``, target id an analysis of the
configuration; field one of ``DOWNGRADES``, ``UPGRADES`` or ``certainty``; new value the judgement; reason the text of its
footnote, which no rating down or up can do without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sonospine.model.judgements import Judgement, fault_of_action, judged, plain
from sonospine.model.table_io import Row

DOWNGRADES: Mapping[str, str] = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
}
UPGRADES: Mapping[str, str] = {
    "large_effect": "Large effect",
    "dose_response": "Dose-response gradient",
    "plausible_confounding": "Plausible confounding would reduce the effect",
}
LABELS: Mapping[str, str] = {**DOWNGRADES, **UPGRADES, "certainty": "Certainty of the evidence"}
FIELDS = tuple(LABELS)
CERTAINTIES = ("high", "moderate", "low", "very low")
_DOWN = {"no": 0, "serious": 1, "very serious": 2}
_UP = {
    "large_effect": {"no": 0, "large": 1, "very large": 2},
    "dose_response": {"no": 0, "yes": 1},
    "plausible_confounding": {"no": 0, "yes": 1},
}
LEVELS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(DOWNGRADES, tuple(_DOWN)),
    **{name: tuple(levels) for name, levels in _UP.items()},
    "certainty": CERTAINTIES,
}
"""The judgements of each field, the one that changes nothing first."""
_VALUES = {name: {word: word for word in words} for name, words in LEVELS.items()}
START_RANDOMISED, START_OTHER = "high", "low"


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the ratings add up to (``value``; empty while one is open), and how."""

    value: str
    because: str


@dataclass(frozen=True, slots=True)
class Grade:
    """What people settled about an analysis. ``footnotes`` are the reasons of ratings, in the order of the fields."""

    analysis: str
    judgements: Mapping[str, Judgement]
    footnotes: tuple[tuple[str, str], ...]

    @property
    def certainty(self) -> str:
        """The certainty; empty where none is settled."""
        return self.judgements["certainty"].value if "certainty" in self.judgements else ""

    @property
    def disputed(self) -> tuple[str, ...]:
        """The fields on which curators disagree."""
        return tuple(n for n in FIELDS if n in self.judgements and self.judgements[n].state == "disputed")


def rates(field: str, value: str) -> bool:
    """Tell whether a judgement rates down or up (and so needs a footnote)."""
    return field in LEVELS and field != "certainty" and plain(value) in LEVELS[field][1:]


def fault_of_grade_line(row: Row) -> tuple[str, str] | None:
    """Return the column at fault and what is allowed, or ``None`` where a line about certainty is well formed."""
    if fault := fault_of_action(row):
        return fault
    if row["action"] == "adjudicate" and not any(
        plain(row["new_value"]) in words for words in LEVELS.values()
    ):
        return "new_value", ", ".join(dict.fromkeys(word for words in LEVELS.values() for word in words))
    if row["action"] != "set":
        return None
    if row["target_type"] != "analysis":
        return "target_type", "analysis"
    if not row["target_id"] or row["target_id"].split() != [row["target_id"]]:
        return "target_id", "the id of an analysis"
    if row["field"] not in FIELDS:
        return "field", ", ".join(FIELDS)
    if plain(row["new_value"]) not in LEVELS[row["field"]]:
        return "new_value", ", ".join(LEVELS[row["field"]])
    if rates(row["field"], row["new_value"]) and not row["reason"].strip():
        return "reason", "a footnote: why the certainty is rated down or up"
    return None


def suggested_certainty(start: str, ratings: Mapping[str, str]) -> Certainty:
    """Add up the ratings of an analysis.

    Parameters
    ----------
    start
        Where GRADE lets the body of evidence start: ``high`` for randomised trials, ``low`` for other studies (``high``
        too where their risk of bias was judged with ROBINS-I: Schuenemann et al. 2019, J Clin Epidemiol 111:105).
    ratings
        Judgements by field. Upgrades that nobody has judged count as ``no``.

    Returns
    -------
    Certainty
        One level down for serious, two for very serious, never below very low; up only where nothing was rated down.
    """
    open_ones = [LABELS[name] for name in DOWNGRADES if ratings.get(name, "") not in _DOWN]
    if open_ones:
        return Certainty("", f"not judged yet: {', '.join(open_ones)}")
    down = sum(_DOWN[ratings[name]] for name in DOWNGRADES)
    up = sum(levels.get(ratings.get(name, ""), 0) for name, levels in _UP.items())
    because = f"starts {start}; {_levels(down)} down"
    if up and down:
        because += "; GRADE rates up only where nothing is rated down"
        up = 0
    elif up:
        because += f"; {_levels(up)} up"
    place = min(max(CERTAINTIES.index(start) + down - up, 0), len(CERTAINTIES) - 1)
    return Certainty(CERTAINTIES[place], because)


def _levels(number: int) -> str:
    return f"{number or 'no'} level{'' if number == 1 else 's'}"


def grades(rows: Iterable[Row]) -> tuple[dict[str, Grade], tuple[str, ...]]:
    """Return what people settled about the certainty, by analysis, and what is wrong with other lines.

    Parameters
    ----------
    rows
        Lines of ``extracted/curation/grade``, checked and in the order in which they were written.
    """
    found = judged(rows, _VALUES)
    made = {}
    for analysis, fields in found.things.items():
        footnotes = tuple(
            (name, fields[name].reason)
            for name in FIELDS
            if name in fields and rates(name, fields[name].value)
        )
        made[analysis] = Grade(analysis, fields, footnotes)
    return made, found.unheeded
