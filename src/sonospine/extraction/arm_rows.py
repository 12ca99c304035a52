"""The arms of a record as rows of the machine table, with the terms that their definitions name."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace

from sonospine.extraction.arms import ALL, Arm, DocumentArms, is_control
from sonospine.extraction.reading import Reading
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MACHINE_ARMS
from sonospine.vocabulary import Vocabulary

_FIRST_POSTED = "registry/outcomeMeasures/0/"
_IMAGING, _COMBINED = "imaging", "combined"
_TERMS = (("procedure", "procedures"), ("guidance", "guidance"), ("injectate", "injectates"))


def arm_rows(
    record: Record, arms: DocumentArms, readings: Iterable[Reading], vocabulary: Vocabulary
) -> list[Row]:
    """Return a row for each arm named, and for each further label that a reading gives its arm.

    What an arm's own words leave out (procedure, injectate of a one-arm study) is taken from the title, else the
    abstract, else the methods of the whole study. Guidance is what arms are compared by: an arm has the study's
    only where the study names one kind and no arm names its own. The arm of a one-arm study has what title,
    abstract and methods name together.
    """
    readings = list(readings)
    whole = functools.cache(functools.partial(_of_study, record, vocabulary))
    listed = list(arms.arms)
    if arms.one_arm and not listed:
        listed.append(
            Arm(ALL, record.title, "single", arms.n_total, arms.n_analysed, "title", arms.n_total_locator)
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
    posted = _posted(readings)
    listed = [a if a.n_analysed else replace(a, n_analysed=posted.get(a.label, "")) for a in listed]
    own = {arm.label: _own_terms(arm, vocabulary) for arm in listed}
    together = functools.cache(functools.partial(_together, record, vocabulary))
    named = any(terms["guidance"] for label, terms in own.items() if label != ALL)
    rows = []
    for arm in listed:
        # The texts of the study are looked through only for what the arm's own words leave out.
        terms = {
            column: own[arm.label][column]
            or (whole(kind) if column == "procedure" or (arm.label == ALL and column != "guidance") else ())
            for column, kind in _TERMS
        }
        if arms.one_arm and (arm.label == ALL or not own[arm.label]["guidance"]):
            terms["guidance"] = _of_one_arm(together(), vocabulary)
        elif not own[arm.label]["guidance"]:
            inherits = not named and not is_control(arm) and len(together()) == 1
            terms["guidance"] = together() if inherits else ()
        rows.append(_row(record, arm, terms))
    return rows


def _posted(readings: Iterable[Reading]) -> dict[str, str]:
    """Return how many of each group the first outcome of a registration, a primary one, was posted for."""
    sizes: dict[str, str] = {}
    for reading in readings:
        if reading.locator.startswith(_FIRST_POSTED) and not reading.comparator_arm:
            sizes.setdefault(reading.arm, reading.n or reading.total)
    return sizes


def _own_terms(arm: Arm, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    words = " ; ".join((arm.label, arm.definition, *arm.aliases)) if arm.label != ALL else arm.definition
    own = {column: vocabulary.terms(kind, words) for column, kind in _TERMS}
    if not own["guidance"] and arm.label != ALL:
        # A word that tells guidance only where it stands alone tells it at the head of a label: "blind XYZ".
        heads = (text.split()[0] for text in (arm.label, arm.definition) if text.strip())
        found = (vocabulary.terms("guidance", head) for head in heads if len(head) > 3)
        own["guidance"] = next((terms for terms in found if terms), ())
    return own


def _row(record: Record, arm: Arm, terms: dict[str, tuple[str, ...]]) -> Row:
    return MACHINE_ARMS.row(
        record_id=record.record_id,
        label=arm.label,
        definition=arm.definition,
        role=arm.role,
        **{column: ";".join(found) for column, found in terms.items()},
        n_randomised=arm.n_randomised,
        n_analysed=arm.n_analysed,
        locator=arm.locator,
    )


def _together(record: Record, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the kinds of guidance that title, abstract and methods name, in order."""
    texts = [record.title, *(p.text for p in record.abstract() if p.role != "introduction")]
    texts += [p.text for p in record.body() if p.role == "methods"]
    return tuple(dict.fromkeys(term for text in texts for term in vocabulary.terms("guidance", text)))


def _of_one_arm(found: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the guidance of patients who all had the same: of two kinds of imaging the first, and the combined kind."""
    families = {term: vocabulary.guidance[term].family for term in found}
    imaging = [term for term in found if families[term] == _IMAGING]
    combined = [t.id for t in vocabulary.guidance.values() if t.family == _COMBINED][:1]
    if len(imaging) < 2 and _COMBINED not in families.values():
        return found
    return tuple(dict.fromkeys((*imaging[:1], *combined, *(t for t in found if families[t] != _IMAGING))))


def _of_study(record: Record, vocabulary: Vocabulary, kind: str) -> tuple[str, ...]:
    methods = [p.text for p in record.body() if p.role == "methods"]
    for texts in ([record.title], [p.text for p in record.abstract()], methods):
        found = vocabulary.terms(kind, " ".join(texts))
        if found:
            return found
    return ()
