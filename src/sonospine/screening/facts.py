"""What is known of a study before its eligibility is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonospine.model.record import Record
from sonospine.screening import findings
from sonospine.screening.design import design
from sonospine.screening.findings import Finding
from sonospine.screening.pieces import all_pieces
from sonospine.vocabulary import Vocabulary

ONE_ARM = frozenset({"prospective_single_arm", "case_series", "case_report"})
CRITERIA = ("condition", "design", "guidance", "procedure")
"""Criteria of the configuration's ``eligibility``."""
KIND_OF = {
    "condition": "conditions",
    "design": "designs",
    "guidance": "guidance",
    "procedure": "procedures",
    "region": "regions",
}
"""Kind of the vocabulary from which a column of ``studies.tsv`` takes its ids."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Findings of a record or of a study; empty where no words tell."""

    condition: tuple[Finding, ...] = ()
    design: tuple[Finding, ...] = ()
    guidance: tuple[Finding, ...] = ()
    procedure: tuple[Finding, ...] = ()
    region: tuple[Finding, ...] = ()

    def of(self, column: str) -> tuple[Finding, ...]:
        """Return the findings of a column; ``AttributeError`` where there is no such column."""
        found: tuple[Finding, ...] = getattr(self, column)
        return found

    def ids(self, column: str) -> str:
        """Return the ids of a column, separated by ``;``."""
        return ";".join(one.term for one in self.of(column))


def facts_of(
    records: Sequence[Record],
    vocabulary: Vocabulary,
    *,
    full: bool,
    settled: Mapping[str, tuple[Finding, ...]] | None = None,
) -> Facts:
    """Return what the records of one study, or one record, tell.

    Parameters
    ----------
    records
        In order of weight: articles first. At least one.
    vocabulary
        What the words mean.
    full
        Whether the methods of the full text count besides title and abstract.
    settled
        Columns that a curator set: they replace what was read.
    """
    listed = all_pieces(records, full=full)
    known = dict(settled or {})
    told = design(records, listed, vocabulary)
    designed = known.get("design", (told,) if told else ())
    one_arm = any(one.term in ONE_ARM for one in designed)
    condition = findings.condition(listed, vocabulary)
    read = {
        "condition": (condition,) if condition else (),
        "design": designed,
        "guidance": findings.guidance(listed, vocabulary, one_arm=one_arm),
        "procedure": findings.procedures(listed, vocabulary),
        "region": findings.regions(listed, vocabulary),
    }
    return Facts(**(read | {name: known[name] for name in read if name in known}))


def with_gaps_filled(facts: Facts, fuller: Facts) -> Facts:
    """Return facts whose empty columns are taken from fuller ones (other records of the study)."""
    return Facts(**{name: facts.of(name) or fuller.of(name) for name in KIND_OF})
