"""The two fragments of a page: the chain of an effect, and the sources with every number marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from markupsafe import Markup

from sonospine.evidence.chain import StudyEvidence, chain_of
from sonospine.evidence.described import subject_of, values_of
from sonospine.evidence.environment import environment
from sonospine.evidence.marking import Mark, marks_of
from sonospine.evidence.sources import shown_record
from sonospine.model.table_io import Row


def chain_html(effect: Row, evidence: StudyEvidence) -> Markup:
    """Return the chain of an effect: quotes in their places, parsed values, corrections, conversions, weight.

    Numbers are links to their marks in the fragment that ``sources_html`` makes for the same page.
    """
    chain = chain_of(effect, evidence)
    ids = {reading.measurement_id for reading in chain.readings}
    rows = [evidence.measurements[i] for i in sorted(ids)]
    excerpts = [
        shown_record(evidence.records[record_id], marks, anchors=False, excerpt=True)
        for record_id, marks in sorted(_marks(rows, ids).items())
        if record_id in evidence.records
    ]
    template = environment().get_template("chain.html.jinja")
    return Markup(template.render(chain=chain, excerpts=excerpts))


def sources_html(evidence: StudyEvidence, used: Collection[str]) -> Markup:
    """Return every place of the study's records that holds a measurement, each number marked under its id.

    Parameters
    ----------
    evidence
        The study.
    used
        Measurements that effects rest on: they stand out among the others.
    """
    marks = _marks(evidence.measurements.values(), used)
    records = [
        shown_record(evidence.records[record_id], found, anchors=True, excerpt=False)
        for record_id, found in sorted(marks.items())
        if record_id in evidence.records
    ]
    unseen = [row for row in evidence.measurements.values() if row["record_id"] not in evidence.records]
    template = environment().get_template("sources.html.jinja")
    return Markup(
        template.render(
            records=records, rows=evidence.measurements, unseen=unseen, at_hand=bool(evidence.records)
        )
    )


def _marks(rows: Iterable[Row], used: Collection[str]) -> dict[str, list[Mark]]:
    marks: dict[str, list[Mark]] = defaultdict(list)
    for row in rows:
        title = f"{subject_of(row)}: {values_of(row)}"
        marks[row["record_id"]] += marks_of(row, title, used=row["measurement_id"] in used)
    return marks
