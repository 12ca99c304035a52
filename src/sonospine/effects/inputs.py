"""What a calculation is given: rows, what it may look up beside them, and notes taken on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.config.settings import Outcome
from sonospine.effects.choices import Choices
from sonospine.effects.scales import Range
from sonospine.model.table_io import Row

RULED_OUT = "ruled_out:"
_IMPOSSIBLE = {
    "sd_below_minimum": "the printed SD is smaller than whole-number scores with this mean and n allow",
    "sd_above_maximum": "the printed SD is larger than the scale allows with this mean and n",
    "value_out_of_scale": "the printed value lies outside the scale",
    "interval_without_estimate": "the printed interval does not contain its estimate",
    "count_above_total": "the printed count is larger than its total",
}
_UNCLEAR = {
    "ambiguous_place": "the same passage or table prints several values for this, which the reader cannot tell apart",
    "several_times": "it is not clear which of several times the value belongs to",
    "sd_may_be_se": "the SDs look like standard errors: several times smaller than in the other arm",
    "sign_ambiguous": "the sign of the printed number is not clear",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A row as it enters a calculation.

    ``also`` are rows that lend it what it does not print; ``minus`` is the baseline that is subtracted from it.
    """

    row: Row
    also: tuple[str, ...] = ()
    minus: Row | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rows behind it."""
        return (self.row["measurement_id"], *self.also)


@dataclass(frozen=True)
class Source:
    """What a calculation may look up beside the rows it was given.

    Parameters
    ----------
    outcome
        The outcome of the analysis.
    directions
        Which direction is better, by instrument.
    arms, studies
        Rows by ``arm_id`` and ``study_id``.
    results
        Standing rows by ``result_id``.
    choices
        The choices of the analysis.
    rows
        The preferred rows of the study that measure the outcome.
    reach
        Where the outcome has no scale: the scale on which the rows of one effect meet.
    """

    outcome: Outcome
    directions: Mapping[str, str]
    arms: Mapping[str, Row]
    studies: Mapping[str, Row]
    results: Mapping[str, Sequence[Row]]
    choices: Choices = field(default_factory=Choices)
    rows: Sequence[Row] = ()
    reach: Range | None = None

    def direction(self, row: Row) -> str:
        """Return which values of a row's instrument are better; empty where the vocabulary does not say."""
        return self.directions.get(row["instrument"], "")


@dataclass(slots=True)
class Notes:
    """What is collected on the way: reasons not to pool, warnings, rows used, the correlation used."""

    problems: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    correlation: float | None = None

    def use(self, cell: Cell) -> None:
        """Note a row as used, with its warnings and what its checks rule out."""
        self.ids += [i for i in cell.ids if i not in self.ids]
        self.use_flags(cell.row)

    def use_flags(self, row: Row) -> None:
        """Note the warnings of a row and what its checks rule out."""
        for flag in filter(None, row["flags"].split(";")):
            if flag.startswith(RULED_OUT):
                name = flag.removeprefix(RULED_OUT)
                self.problem(_IMPOSSIBLE.get(name, f"a check rules the value out ({name})"))
            else:
                self.flag(flag)
                self.problem(_UNCLEAR.get(flag, ""))

    def problem(self, text: str) -> None:
        """Note a reason not to pool, once."""
        if text and text not in self.problems:
            self.problems.append(text)

    def flag(self, text: str) -> None:
        """Note a warning, once."""
        if text and text not in self.flags:
            self.flags.append(text)
