"""What changed, in words: the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sonospine.figures.wording import (
    MEASURES,
    effect_number,
    interval_text,
    is_ratio,
    on_print_scale,
    rounded,
)
from sonospine.model.table_io import Row
from sonospine.releases.causes import change_causes
from sonospine.releases.comparing import Comparison
from sonospine.releases.edition import Edition
from sonospine.releases.estimates import changed_estimates
from sonospine.releases.studies import changed_studies

STUDY_WORDS = {
    "added": "added",
    "revised": "revised",
    "retracted": "retracted, withdrawn or under concern",
    "dropped": "dropped",
    "corrected": "corrected by people",
    "relinked": "joined otherwise",
}
CAUSE_WORDS = {
    "new_study": "new study",
    "new_report": "new report of the study",
    "revised_report": "a report has another text",
    "retraction": "retraction",
    "correction": "correction",
    "relinked": "records joined otherwise",
    "configuration": "configuration",
    "vocabulary": "vocabulary",
    "reader": "another version of the reader",
    "program": "another version of the program",
    "not_explained": "not explained",
}


@dataclass(frozen=True, slots=True)
class CauseLine:
    """An effect that changed, and one cause of it."""

    study: str
    change: str
    old: str
    new: str
    cause: str
    detail: str
    explained: bool


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """The pool of an analysis before and now, how far it moved, and because of what."""

    analysis: str
    title: str
    measure: str
    change: str
    old: str
    new: str
    moved: str
    half_widths: str
    crossed: tuple[str, ...]
    note: str
    causes: tuple[CauseLine, ...]


@dataclass(frozen=True)
class Changes:
    """Everything that changed between two editions."""

    both: Comparison

    @property
    def editions(self) -> tuple[tuple[str, Edition], ...]:
        """The two editions with what they are to each other."""
        return ("Older", self.both.old), ("Newer", self.both.new)

    @cached_property
    def studies(self) -> list[Row]:
        """Rows of ``changed_studies``."""
        return changed_studies(self.both)

    @cached_property
    def estimates(self) -> list[Row]:
        """Rows of ``changed_estimates``."""
        return changed_estimates(self.both)

    @cached_property
    def causes(self) -> list[Row]:
        """Rows of ``change_causes``."""
        return change_causes(self.both)

    @cached_property
    def counts(self) -> list[tuple[str, int]]:
        """How many studies were added, revised and so on, in words."""
        return [
            (words, sum(row["change"] == change for row in self.studies))
            for change, words in STUDY_WORDS.items()
        ]

    @cached_property
    def groups(self) -> list[tuple[str, list[Row]]]:
        """The studies of each kind of change, those kinds first that move estimates most."""
        found = [
            (words, [row for row in self.studies if row["change"] == change])
            for change, words in STUDY_WORDS.items()
        ]
        return [(words, sorted(rows, key=lambda r: (r["label"], r["study_id"]))) for words, rows in found]

    @cached_property
    def lines(self) -> list[EstimateLine]:
        """Every analysis, in the order of the newer configuration; those that only the older one has come last."""
        order = list(self._titles)
        rows = sorted(
            self.estimates,
            key=lambda r: (
                order.index(r["analysis"]) if r["analysis"] in order else len(order),
                r["analysis"],
            ),
        )
        return [self._line(row) for row in rows]

    @property
    def moved(self) -> list[EstimateLine]:
        """The analyses of which the pool, or an effect in it, is not as it was."""
        return [line for line in self.lines if line.change != "same" or line.causes]

    @property
    def nothing(self) -> bool:
        """Whether nothing at all changed."""
        return not (self.studies or self.moved or self.both.settings or self.both.vocabulary)

    @cached_property
    def _titles(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for edition in (self.both.new, self.both.old):
            for one in edition.configuration.get("analyses", []):
                found.setdefault(one["id"], one["title"])
        return found

    def _line(self, row: Row) -> EstimateLine:
        measure = row["measure_new"] or row["measure_old"]
        causes = [one for one in self.causes if one["analysis"] == row["analysis"]]
        return EstimateLine(
            row["analysis"],
            self._titles.get(row["analysis"], row["analysis"]),
            MEASURES.get(measure, measure),
            row["change"],
            _pool_text(row, "old"),
            _pool_text(row, "new"),
            _difference(row["moved"], measure),
            f"{rounded(abs(float(row['moved_half_widths'])), 2)}" if row["moved_half_widths"] else "",
            tuple(part for part in row["crossed"].split(";") if part),
            row["note"],
            tuple(_cause_line(one, measure) for one in causes),
        )


def _pool_text(row: Row, side: str) -> str:
    if not row[f"estimate_{side}"]:
        return "none"
    measure = row[f"measure_{side}"]
    lower, upper = row[f"ci_lower_{side}"], row[f"ci_upper_{side}"]
    parts = [effect_number(float(row[f"estimate_{side}"]), measure)]
    if lower and upper:
        parts.append(interval_text(float(lower), float(upper), measure))
    people = f", n = {row[f'n_{side}']}" if row[f"n_{side}"] else ""
    return f"{' '.join(parts)} (k = {row[f'k_{side}']}{people})"


def _difference(moved: str, measure: str) -> str:
    """Write how far an estimate moved; of a ratio, by which factor."""
    if not moved:
        return ""
    value = float(moved)
    if is_ratio(measure):
        return f"× {rounded(float(on_print_scale(value, measure)), 2)}"
    text = rounded(float(value), 2)
    return f"+{text}" if value > 0 and float(f"{value:.2f}") != 0 else text


def _effect_text(yi: str, vi: str, measure: str) -> str:
    if not yi:
        return "none"
    return (
        f"{effect_number(float(yi), measure)} (variance {float(vi):.3g})"
        if vi
        else effect_number(float(yi), measure)
    )


def _cause_line(row: Row, measure: str) -> CauseLine:
    words = CAUSE_WORDS[row["cause"]]
    if row["by"]:
        words += f" by {row['by']}, action {row['action_id']}"
    whole = row["change"] == "pool"
    return CauseLine(
        "the pool as a whole" if whole else row["label"],
        row["change"],
        "" if whole else _effect_text(row["yi_old"], row["vi_old"], measure),
        "" if whole else _effect_text(row["yi_new"], row["vi_new"], measure),
        words,
        row["detail"],
        row["cause"] != "not_explained",
    )


def text_lines(changes: Changes) -> Sequence[str]:
    """Return what the command prints."""
    both = changes.both
    lines = [
        f"{both.old.name} (sonospine {both.old.made.version}) -> {both.new.name} (sonospine {both.new.made.version})"
    ]
    if changes.nothing:
        return [*lines, "Nothing changed."]
    lines += ["", "Studies: " + ", ".join(f"{count} {words}" for words, count in changes.counts)]
    for words, rows in changes.groups:
        for row in rows:
            by = (
                f" by {row['by'].replace(';', ', ')} ({row['action_ids'].replace(';', ', ')})"
                if row["by"]
                else ""
            )
            lines.append(f"  {words}{by}: {row['label']}: {row['detail']}")
    lines += ["", f"Estimates: {len(changes.moved)} of {len(changes.lines)} changed"]
    for line in changes.moved:
        lines.append(f"  {line.analysis}: {line.old} -> {line.new}")
        if line.moved:
            lines.append(
                f"    moved {line.moved}"
                + (f", {line.half_widths} half-widths of the old interval" if line.half_widths else "")
            )
        lines += [f"    {text}" for text in (*line.crossed, line.note) if text]
        lines += [
            f"    {one.change} {one.study}: {one.cause}" + (f" ({one.detail})" if one.detail else "")
            for one in line.causes
        ]
    if both.settings:
        lines += ["", "Configuration:"]
        lines += [
            f"  {path}: {old or '(none)'} -> {new or '(none)'}" for path, (old, new) in both.settings.items()
        ]
    if both.vocabulary:
        lines += ["", f"Vocabulary: {', '.join(both.vocabulary)} changed"]
    return lines
