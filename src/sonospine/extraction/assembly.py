"""From readings to complete rows: verified, identified, with instrument, construct, scale and confidence."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sonospine.extraction.analysed import with_analysed
from sonospine.extraction.arm_rows import arm_rows
from sonospine.extraction.arms import ALL, DocumentArms, find_arms
from sonospine.extraction.article_times import with_only_time
from sonospine.extraction.confidence import Surroundings, reasons_of, surroundings, weights
from sonospine.extraction.everybody import with_everybody
from sonospine.extraction.expressions import uses_decimal_comma
from sonospine.extraction.people_by_time import with_people_of_time
from sonospine.extraction.proposals import ReaderFault, proposed
from sonospine.extraction.proven_changes import with_proven_changes
from sonospine.extraction.ranking import alternative_rows, alternatives, candidates
from sonospine.extraction.readers import BUILT_IN, Context, readers
from sonospine.extraction.reading import SCORED, Reading
from sonospine.extraction.repeats import completed
from sonospine.extraction.reported_sizes import with_reported_sizes
from sonospine.extraction.scale_objects import ArticleScales
from sonospine.extraction.unread import unread_rows
from sonospine.model.files import short_hash
from sonospine.model.numbers import derived, number, written_truth
from sonospine.model.places import parse
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MEASUREMENTS, SPREADS
from sonospine.vocabulary import InstrumentReading, Vocabulary

WITHOUT_RESULTS = frozenset({"review", "meta_analysis", "protocol"})
_ONE_WORD = re.compile(r"[^\W\d_]{3,}")
_LONGEST_CAPTION = 100
_CHANGE_LABEL = re.compile(
    r"^\W*(?:mean\s+|median\s+|average\s+)?(?:changes?|reductions?|decreases?|improvements?|declines?|drops?)\s+(?:of|in|from)\b|\bchanges?\s+(?:from\s+baseline|scores?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The rows of the four machine tables, each sorted by its key; ``reasons`` says by id what made the confidence.

    ``faults`` are those of added readers.
    """

    measurements: list[Row]
    alternatives: list[Row]
    arms: list[Row]
    unread: list[Row]
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: list[ReaderFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Measuring:
    """What tells the instrument of a reading: the vocabulary, the article, and the largest value of each outcome."""

    vocabulary: Vocabulary
    scales: ArticleScales
    largest: dict[str, float]

    def instrument(self, reading: Reading) -> InstrumentReading | None:
        """Return what a reading was measured with, where its label, what stands around it or the article tells."""
        value = self.largest.get(reading.outcome) if reading.centre in SCORED else None
        found = self.vocabulary.instrument(
            reading.outcome, unit=reading.unit, context=reading.context, value=value
        )
        return self.scales.settled(found)


def extract_records(records: Iterable[Record], vocabulary: Vocabulary) -> Extraction:
    """Read every arm-level result of the records, each with its place.

    Topic-blind: results are read under the label they were reported with; the vocabulary says afterwards which
    instrument that is. A reading whose numbers do not stand at the places it names is dropped.
    """
    out = Extraction([], [], [], [])
    for record in records:
        _extract(record, vocabulary, out)
    out.measurements.sort(key=lambda row: row["measurement_id"])
    out.alternatives.sort(key=lambda row: (row["measurement_id"], row["field"], int(row["rank"])))
    out.arms.sort(key=lambda row: (row["record_id"], row["label"]))
    out.unread.sort(key=lambda row: (row["record_id"], row["locator"]))
    return out


def _extract(record: Record, vocabulary: Vocabulary, out: Extraction) -> None:
    arms = with_analysed(record, find_arms(record, vocabulary))
    readings = [] if _reports_others(record, vocabulary) else _read(record, arms, vocabulary, out.faults)
    ordinals: Counter[tuple[str, int]] = Counter()
    measuring = Measuring(vocabulary, ArticleScales(record, vocabulary), _largest(readings))
    around, offered = surroundings(readings), candidates(readings)
    for reading in readings:
        address = parse(reading.locator).address
        ordinal = ordinals[address, reading.first_number]
        ordinals[address, reading.first_number] += 1
        identity = f"m{short_hash(record.record_id, address, str(reading.first_number), str(ordinal))}"
        row = _row(record, reading, identity, measuring)
        reasons = _reasons(reading, row, around)
        believed = weights().probability(reading.rule, reasons)
        if believed is not None:
            row["confidence"] = derived(believed)
        out.measurements.append(row)
        out.reasons[identity] = reasons
        others = alternatives(reading, reasons, offered, arms, weights().wrong)
        out.alternatives.extend(alternative_rows(identity, others, float(row["confidence"])))
    out.arms.extend(arm_rows(record, arms, readings, vocabulary))
    out.unread.extend(unread_rows(record, vocabulary))


def _reports_others(record: Record, vocabulary: Vocabulary) -> bool:
    """Tell whether a record sums up other studies or has none of its own results yet, by its title and types."""
    designs = set(vocabulary.terms("designs", f"{record.title}. {'. '.join(record.types)}"))
    return bool(designs & WITHOUT_RESULTS) and not record.registry


def _read(
    record: Record, arms: DocumentArms, vocabulary: Vocabulary, faults: list[ReaderFault]
) -> list[Reading]:
    texts = [p.text for p in record.passages if p.role != "introduction"]
    texts += [cell.text for table in record.tables for row in table.rows for cell in row]
    context = Context(arms, vocabulary, uses_decimal_comma(texts))
    found: list[Reading] = []
    for name, reading in proposed(record, context, readers(), faults):
        labelled = _labelled(reading, arms)
        if name not in BUILT_IN and (wrong := _forbidden(record, labelled, vocabulary)):
            faults.append(
                ReaderFault(name, record.record_id, f"a reading with a {wrong} that is not allowed")
            )
            continue
        found.append(labelled)
    peopled = with_reported_sizes(record, arms, with_people_of_time(found))
    peopled = with_only_time(with_everybody(record, arms, peopled))
    return with_proven_changes(completed(peopled, vocabulary), vocabulary)


def _forbidden(record: Record, reading: Reading, vocabulary: Vocabulary) -> str:
    """Return the first column that may not hold what an added reader says, empty where all may."""
    row = _row(record, reading, "m" + "0" * 16, Measuring(vocabulary, ArticleScales(record, vocabulary), {}))
    return next((c.name for c in MEASUREMENTS.columns if not c.permits(row[c.name])), "")


def _labelled(reading: Reading, arms: DocumentArms) -> Reading:
    if arms.one_arm and reading.centre not in {"difference", "ratio"} and reading.source != "registry":
        return dataclasses.replace(reading, arm=ALL) if not reading.arm else reading
    arm = arms.match(reading.arm) if reading.arm and not reading.arm_definition else None
    if arm is None or arm.definition == reading.arm_definition:
        return reading
    return dataclasses.replace(reading, arm_definition=arm.definition)


def _largest(readings: list[Reading]) -> dict[str, float]:
    """Return the largest size of the values of each outcome label; it can rule a scale out."""
    largest: dict[str, float] = {}
    for reading in readings:
        if reading.centre in SCORED and (value := number(reading.value)) is not None:
            largest[reading.outcome] = max(largest.get(reading.outcome, 0.0), abs(value))
    return largest


def _row(record: Record, reading: Reading, identity: str, measuring: Measuring) -> Row:
    instrument = measuring.instrument(reading)
    reading = _as_change(reading, instrument)
    lower, upper, flags = _ascending(reading)
    spread = reading.spread if reading.spread in SPREADS else "none"
    return MEASUREMENTS.row(
        measurement_id=identity,
        record_id=record.record_id,
        state="unread",
        source=reading.source,
        locator=reading.locator,
        quote=reading.quote,
        spread_locator=reading.spread_locator,
        total_locator=reading.total_locator,
        n_locator=reading.n_locator if reading.n else "",
        outcome=_told(reading, instrument),
        subscale=reading.subscale or (instrument.subscale if instrument else ""),
        **_measured(instrument, reading),
        arm=reading.arm,
        arm_definition=reading.arm_definition,
        comparator_arm=reading.comparator_arm,
        n=reading.n,
        time=reading.time,
        weeks=derived(reading.weeks),
        phase=reading.phase,
        time_from=reading.time_from,
        change=written_truth(reading.change),
        centre=reading.centre,
        value=reading.value,
        spread=spread,
        spread_value=reading.spread_value if spread != "none" else "",
        lower=lower if spread != "none" else "",
        upper=upper if spread != "none" else "",
        level=reading.level,
        total=reading.total,
        measure=reading.measure,
        adjusted=written_truth(reading.adjusted),
        p_value=reading.p_value,
        population=reading.population,
        rule=reading.rule,
        confidence=derived(min(max(reading.confidence, 0.0), 1.0)),
        flags=";".join(dict.fromkeys(flags)),
    )


def _reasons(reading: Reading, row: Row, around: Surroundings) -> tuple[str, ...]:
    """Return the reasons of a row as it was settled: assembling may have found a change or turned bounds."""
    if row["flags"] != ";".join(reading.flags) or row["change"] != written_truth(reading.change):
        flags = tuple(flag for flag in row["flags"].split(";") if flag)
        reading = dataclasses.replace(reading, change=row["change"] == "true", flags=flags)
    return reasons_of(reading, around, (number(row["scale_min"]), number(row["scale_max"])))


def _told(reading: Reading, instrument: InstrumentReading | None) -> str:
    """Return the label of an outcome; a single word of a table that no instrument explains has the caption behind it."""
    counted = reading.centre in {"count", "percent"}
    if (
        counted
        or instrument is not None
        or reading.source != "table"
        or not _ONE_WORD.fullmatch(reading.outcome)
    ):
        return reading.outcome
    caption = reading.context.partition("\n")[0][:_LONGEST_CAPTION].strip(" .;,")
    return f"{reading.outcome} ({caption})" if caption else reading.outcome


def _as_change(reading: Reading, instrument: InstrumentReading | None) -> Reading:
    """Take a value for a change where its label says so, or where it lies below a scale that has no negative scores."""
    if reading.change or reading.centre not in SCORED:
        return reading
    if _CHANGE_LABEL.search(reading.outcome):
        return dataclasses.replace(reading, change=True)
    value = number(reading.value)
    bounds = (instrument.scale_min, instrument.scale_max) if instrument is not None else (None, None)
    if value is None or value >= 0 or bounds[0] is None or bounds[0] < 0 or bounds[1] is None:
        return reading
    if abs(value) > bounds[1] - bounds[0]:
        return reading
    return dataclasses.replace(reading, change=True, flags=(*reading.flags, "change_from_sign"))


def _measured(instrument: InstrumentReading | None, reading: Reading) -> dict[str, str]:
    if instrument is None:
        return {"unit": reading.unit}
    return {
        "instrument": instrument.instrument,
        "construct": instrument.construct,
        "scale_min": derived(instrument.scale_min),
        "scale_max": derived(instrument.scale_max),
        "unit": instrument.unit or reading.unit,
    }


def _ascending(reading: Reading) -> tuple[str, str, tuple[str, ...]]:
    """Return bounds in ascending order, and say so where the article prints them the other way round."""
    lower, upper = number(reading.lower), number(reading.upper)
    if lower is not None and upper is not None and lower > upper:
        return reading.upper, reading.lower, (*reading.flags, "bounds_descending")
    return reading.lower, reading.upper, reading.flags
