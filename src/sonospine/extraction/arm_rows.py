"""The arms of a record as rows of the machine table, with the terms that their definitions name."""

from __future__ import annotations

from collections.abc import Iterable

from sonospine.extraction.arms import ALL, Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MACHINE_ARMS
from sonospine.vocabulary import Vocabulary

_TERMS = (("procedure", "procedures"), ("guidance", "guidance"), ("injectate", "injectates"))


def arm_rows(
    record: Record, arms: DocumentArms, readings: Iterable[Reading], vocabulary: Vocabulary
) -> list[Row]:
    """Return a row for each arm named, and for each further label that a reading gives its arm.

    What an arm's own words leave out (guidance, procedure) is taken from the title, else the abstract, else the
    methods of the whole study.
    """
    readings = list(readings)
    whole = {column: _of_study(record, kind, vocabulary) for column, kind in _TERMS}
    listed = list(arms.arms)
    if arms.one_arm and not listed:
        listed.append(
            Arm(ALL, record.title, "single", arms.n_total, locator="title", n_locator=arms.n_total_locator)
        )
    known = {arm.label for arm in listed}
    for reading in readings:
        for label, definition in (
            (reading.arm, reading.arm_definition),
            (reading.comparator_arm, ""),
        ):
            if label and label not in known:
                known.add(label)
                listed.append(Arm(label, definition, locator=reading.locator))
    return [_row(record, arm, whole, vocabulary) for arm in listed]


def _row(record: Record, arm: Arm, whole: dict[str, tuple[str, ...]], vocabulary: Vocabulary) -> Row:
    words = " ; ".join((arm.label, arm.definition, *arm.aliases)) if arm.label != ALL else arm.definition
    own = {column: vocabulary.terms(kind, words) for column, kind in _TERMS}
    terms = {
        column: ";".join(own[column] or (whole[column] if column != "injectate" or arm.label == ALL else ()))
        for column, _ in _TERMS
    }
    return MACHINE_ARMS.row(
        record_id=record.record_id,
        label=arm.label,
        definition=arm.definition,
        role=arm.role,
        **terms,
        n_randomised=arm.n_randomised,
        n_analysed=arm.n_analysed,
        locator=arm.locator,
    )


def _of_study(record: Record, kind: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    methods = [p.text for p in record.body() if p.role == "methods"]
    for texts in ([record.title], [p.text for p in record.abstract()], methods):
        found = vocabulary.terms(kind, " ".join(texts))
        if found:
            return found
    return ()
