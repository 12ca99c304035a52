"""What a reader hands over: a result at its place, before ids and instruments are added."""

from __future__ import annotations

from dataclasses import dataclass

MEANS = frozenset({"mean", "ls_mean", "geometric_mean", "median"})
"""Centres of the values of a group."""
SCORED = MEANS | {"single"}
"""Centres that are scores: of a group, or of one patient."""


def home_of(locator: str) -> str:
    """Return the table or the passage that a locator lies in."""
    return locator.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a field of a reading could be instead, with its probability (0 to 1)."""

    field: str
    value: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One result of one arm, or one comparison, at one place; fields as the columns of ``measurements``.

    Numbers are text with the digits as printed (decimal point, ASCII minus, no thousands separators).
    ``locator`` is the span of the expression, ``first_number`` the code point at which its first number starts in
    the text of the address (it makes the id, with the ordinal of the row made from it). ``evidence`` are short
    reasons a curator can be told; ``unit`` and ``context`` help the vocabulary to name the instrument.
    """

    source: str
    locator: str
    quote: str
    first_number: int
    centre: str
    value: str
    rule: str
    confidence: float
    outcome: str = ""
    subscale: str = ""
    unit: str = ""
    context: str = ""
    arm: str = ""
    arm_definition: str = ""
    comparator_arm: str = ""
    n: str = ""
    n_locator: str = ""
    time: str = ""
    weeks: float | None = None
    phase: str = ""
    time_from: str = ""
    change: bool = False
    spread: str = "none"
    spread_value: str = ""
    spread_locator: str = ""
    lower: str = ""
    upper: str = ""
    level: str = ""
    total: str = ""
    total_locator: str = ""
    measure: str = ""
    adjusted: bool = False
    p_value: str = ""
    population: str = ""
    flags: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The value with its spread and bounds, empty where there is none."""
        return (self.value, self.spread_value, self.lower, self.upper)
