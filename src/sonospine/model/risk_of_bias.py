"""Risk of bias of a study, or of one result of it: the tools, their domains, judgements and rules.

RoB 2: Sterne et al. 2019, BMJ 366:l4898 (for individually randomised trials, effect of assignment to intervention; with
the domains that its variants for cluster-randomised and crossover trials add). ROBINS-I: Sterne et al. 2016, BMJ
355:i4919.

A line of ``extracted/curation/risk_of_bias/<curator>.tsv``: action ``set``, target type ``study``, target id a study,
or ``study_id/analysis`` where the judgement is of one result; field ``tool``, ``D1`` to ``D7`` or ``overall``; new value
the tool or the judgement; new_quote and new_locator the support; reason the rationale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sonospine.model.judgements import Judgement, fault_of_action, judged, plain
from sonospine.model.table_io import Row


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its name, what it is for, its domains by field, and its judgements from the smallest risk upwards."""

    name: str
    about: str
    domains: Mapping[str, str]
    judgements: tuple[str, ...]


_ROB2 = {
    "D1": "Bias arising from the randomisation process",
    "D2": "Bias due to deviations from intended interventions (effect of assignment to intervention)",
    "D3": "Bias due to missing outcome data",
    "D4": "Bias in measurement of the outcome",
    "D5": "Bias in selection of the reported result",
}
_ROB2_JUDGEMENTS = ("low", "some concerns", "high")
_RECRUITMENT = (
    "Bias arising from the timing of identification or recruitment of participants (the tool's domain 1b)"
)
_PERIOD = "Bias arising from period and carryover effects (the tool's domain S)"
NO_INFORMATION = "no information"

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("RoB 2", "individually randomised trials", _ROB2, _ROB2_JUDGEMENTS),
        Tool("RoB 2 cluster", "cluster-randomised trials", {**_ROB2, "D6": _RECRUITMENT}, _ROB2_JUDGEMENTS),
        Tool("RoB 2 crossover", "crossover trials", {**_ROB2, "D6": _PERIOD}, _ROB2_JUDGEMENTS),
        Tool(
            "ROBINS-I",
            "studies of interventions that are not randomised",
            {
                "D1": "Bias due to confounding",
                "D2": "Bias in selection of participants into the study",
                "D3": "Bias in classification of interventions",
                "D4": "Bias due to deviations from intended interventions",
                "D5": "Bias due to missing data",
                "D6": "Bias in measurement of outcomes",
                "D7": "Bias in selection of the reported result",
            },
            ("low", "moderate", "serious", "critical", NO_INFORMATION),
        ),
    )
}
DOMAINS = tuple(f"D{number}" for number in range(1, 8))
FIELDS = ("tool", *DOMAINS, "overall")
JUDGEMENTS = tuple(dict.fromkeys(word for tool in TOOLS.values() for word in tool.judgements))
_RANKS = {
    "low": 0,
    **dict.fromkeys(("some concerns", "moderate"), 1),
    **dict.fromkeys(("high", "serious"), 2),
    "critical": 3,
}
_VALUES = {
    "tool": {plain(name): name for name in TOOLS},
    **{name: {word: word for word in JUDGEMENTS} for name in (*DOMAINS, "overall")},
}
_TARGET = re.compile(r"[^\s/]+(/[^\s/]+)?")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The overall judgement that the tool's rule gives for the domains, and how it comes about.

    ``value`` is empty while a domain is open. ``permitted`` are judgements beside it that the rule leaves to people.
    """

    value: str
    because: str
    permitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyRisk:
    """The risk of bias of a study (``analysis`` empty) or of its result in one analysis.

    ``tool`` is empty where none is settled on. ``deviation`` says where the overall judgement is not the tool's.
    """

    study_id: str
    analysis: str
    tool: str
    judgements: Mapping[str, Judgement]
    suggestion: Suggestion
    deviation: str

    @property
    def disputed(self) -> tuple[str, ...]:
        """The fields on which curators disagree."""
        return tuple(
            name for name in FIELDS if name in self.judgements and self.judgements[name].state == "disputed"
        )


def rank(judgement: str) -> int | None:
    """Return the rank of a judgement (0 is the smallest risk); ``None`` for ``no information`` and other words."""
    return _RANKS.get(plain(judgement))


def fault_of_risk_line(row: Row) -> tuple[str, str] | None:
    """Return the column at fault and what is allowed, or ``None`` where a line about risk of bias is well formed."""
    if fault := fault_of_action(row):
        return fault
    if row["action"] == "adjudicate" and plain(row["new_value"]) not in {*JUDGEMENTS, *_VALUES["tool"]}:
        return "new_value", ", ".join((*JUDGEMENTS, *TOOLS))
    if row["action"] != "set":
        return None
    if row["target_type"] != "study":
        return "target_type", "study"
    if not _TARGET.fullmatch(row["target_id"]):
        return "target_id", "the id of a study, or study_id/analysis"
    if row["field"] not in FIELDS:
        return "field", ", ".join(FIELDS)
    if plain(row["new_value"]) not in _VALUES[row["field"]]:
        return "new_value", ", ".join(_VALUES[row["field"]].values())
    return None


def suggested_overall(tool: str, domains: Mapping[str, str]) -> Suggestion:
    """Return what the rule of a tool makes of the judgements of its domains.

    RoB 2: low where all are low, high where one is high, else some concerns (several of those may be called high).
    ROBINS-I: the worst of serious and critical; else no information where a domain has none; else the worst. A domain
    that is not yet judged leaves the overall judgement open.
    """
    known = TOOLS[tool]
    open_ones = [name for name in known.domains if domains.get(name, "") not in known.judgements]
    if open_ones:
        return Suggestion("", f"not judged yet: {', '.join(open_ones)}")
    given = {name: domains[name] for name in known.domains}
    worst = max(given.values(), key=lambda word: _RANKS.get(word, -1))
    if NO_INFORMATION in given.values() and _RANKS.get(worst, 0) < _RANKS["serious"]:
        where = ", ".join(name for name, word in given.items() if word == NO_INFORMATION)
        return Suggestion(NO_INFORMATION, f"no information in {where}, and no domain is serious or critical")
    if worst == "low":
        return Suggestion("low", "every domain is low")
    named = [name for name, word in given.items() if word == worst]
    because = f"{worst} in {', '.join(named)}, and nothing worse"
    raised = {"some concerns": "high", "serious": "critical"}.get(worst) if len(named) > 1 else None
    if raised:
        because += f"; the tool lets several domains together be called {raised}"
    return Suggestion(worst, because, (raised,) if raised else ())


def deviation_of(suggestion: Suggestion, overall: str) -> str:
    """Say in words where an overall judgement is not what the tool's rule gives; empty where it is, or is open."""
    if not overall or not suggestion.value or overall == suggestion.value:
        return ""
    if overall in suggestion.permitted:
        return (
            f"{overall}, where the domains alone give {suggestion.value}; the tool leaves this to judgement"
        )
    return f"{overall}, where the tool's rule gives {suggestion.value} ({suggestion.because})"


def risks_of_bias(rows: Iterable[Row]) -> tuple[dict[str, StudyRisk], tuple[str, ...]]:
    """Return what people settled about the risk of bias, by target id, and what is wrong with other lines.

    Parameters
    ----------
    rows
        Lines of ``extracted/curation/risk_of_bias``, checked and in the order in which they were written.
    """
    found = judged(rows, _VALUES)
    risks, unheeded = {}, list(found.unheeded)
    for target, fields in found.things.items():
        study_id, _, analysis = target.partition("/")
        tool = fields["tool"].value if "tool" in fields else ""
        overall = fields["overall"].value if "overall" in fields else ""
        suggestion = Suggestion("", "no tool is named")
        if tool:
            suggestion = suggested_overall(tool, {name: one.value for name, one in fields.items()})
            unheeded += [f"{target}: {why}" for why in _strangers(TOOLS[tool], fields)]
        risks[target] = StudyRisk(
            study_id, analysis, tool, fields, suggestion, deviation_of(suggestion, overall)
        )
    return risks, tuple(unheeded)


def _strangers(tool: Tool, fields: Mapping[str, Judgement]) -> list[str]:
    """Say which judgements are none of the tool that is used."""
    told = []
    for name, one in fields.items():
        if name != "tool" and name != "overall" and name not in tool.domains:
            told.append(f"{tool.name} has no {name}")
        elif name != "tool" and one.value and one.value not in tool.judgements:
            told.append(f"{name}: {one.value} is no judgement of {tool.name}")
    return told
