"""What the page asks of a set of judgements before it is written, and what it suggests at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sonospine.model import grade
from sonospine.model.errors import InputError
from sonospine.model.risk_of_bias import TOOLS, deviation_of, suggested_overall

RANDOMISED = "rct"
"""The design of the vocabulary that publication types and registries name for a randomised trial."""


def tool_for(design: str) -> str:
    """Return the tool that fits the design of a study: RoB 2 for randomised trials, ROBINS-I for others."""
    return "RoB 2" if design == RANDOMISED else "ROBINS-I"


def start_of(designs: Sequence[str]) -> str:
    """Return where GRADE lets a body of evidence start: high where every study is randomised, low otherwise."""
    randomised = bool(designs) and all(design == RANDOMISED for design in designs)
    return grade.START_RANDOMISED if randomised else grade.START_OTHER


def check_risk(tool: str, given: Mapping[str, tuple[str, str, str]]) -> None:
    """Check the judgements of a study together.

    Parameters
    ----------
    tool
        Name of the tool.
    given
        Value, rationale and support quote by field; a field that is not judged has an empty value.

    Raises
    ------
    InputError
        There is no such tool, it has no such judgement, a judgement has neither quote nor rationale, or an overall
        judgement that is not the tool's has no rationale.
    """
    if tool not in TOOLS:
        raise InputError("no such tool", field="tool", found=tool, allowed=", ".join(TOOLS))
    known = TOOLS[tool]
    for name, (value, reason, quote) in given.items():
        if value and value not in known.judgements:
            raise InputError(
                f"no judgement of {tool}", field=name, found=value, allowed=", ".join(known.judgements)
            )
        if value and name != "overall" and not reason and not quote:
            raise InputError(
                "a judgement needs its support",
                field=name,
                found=value,
                allowed="a quote, a rationale or both",
            )
    overall, reason, _ = given.get("overall", ("", "", ""))
    deviation = deviation_of(suggested_overall(tool, {name: one[0] for name, one in given.items()}), overall)
    if deviation and not reason:
        raise InputError(
            f"it needs a rationale: {deviation}", field="overall", found=overall, allowed="a few words"
        )


def check_certainty(start: str, given: Mapping[str, tuple[str, str]]) -> None:
    """Check the ratings of an analysis together.

    Parameters
    ----------
    start
        ``start_of`` the designs of its studies.
    given
        Value and reason by field; a field that is not judged has an empty value.

    Raises
    ------
    InputError
        A rating down or up has no footnote, or a certainty that the ratings do not add up to has no reason.
    """
    for name, (value, reason) in given.items():
        if grade.rates(name, value) and not reason:
            raise InputError(
                "it needs its footnote",
                field=grade.LABELS.get(name, name),
                found=value,
                allowed="a few words: why the certainty is rated down or up",
            )
    value, reason = given.get("certainty", ("", ""))
    suggestion = grade.suggested_certainty(start, {name: one[0] for name, one in given.items()})
    if value and suggestion.value and value != suggestion.value and not reason:
        raise InputError(
            f"it needs a reason: the ratings give {suggestion.value} ({suggestion.because})",
            field=grade.LABELS["certainty"],
            found=value,
            allowed="a few words",
        )
