"""Results in sentences of the abstract and the text, each with outcome, arm and time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_mentions import ArmFinder
from sonospine.extraction.arms import ALL, Arm, DocumentArms
from sonospine.extraction.attachment import Attached
from sonospine.extraction.changes import changes
from sonospine.extraction.comparisons import with_comparisons
from sonospine.extraction.expressions import Expression
from sonospine.extraction.language import sentences
from sonospine.extraction.listed_conditions import with_listed_conditions
from sonospine.extraction.listed_outcomes import is_counted
from sonospine.extraction.nobody import is_nobody, nobody_by_percent
from sonospine.extraction.one_arm import is_one_patient
from sonospine.extraction.outcome_labels import Label, each_phrase, nearest_before, phrases
from sonospine.extraction.people import sex_of
from sonospine.extraction.reading import SCORED, Reading
from sonospine.extraction.runs import Run, closed_by, filled, runs_of, wants_time
from sonospine.extraction.sentence_parts import Parts, parts_of
from sonospine.extraction.sentence_rows import compared, of_arm, of_every_arm, of_subgroup
from sonospine.extraction.short_forms import Meanings
from sonospine.extraction.spoken_arms import FROM_BEFORE, arm_spoken_of, with_arm_spoken_of
from sonospine.extraction.text_outcomes import outcomes, same_counted
from sonospine.extraction.text_statistics import BesideMeans, beside_means, statistic_of, unnamed_intervals
from sonospine.extraction.text_times import PlannedTimes, times_only_in_abstract
from sonospine.extraction.times import TimeMention
from sonospine.model.places import Place
from sonospine.model.record import Passage, Record
from sonospine.vocabulary import Vocabulary

RULE = "text"
_SCORED = SCORED | {"number"}
_PRESENTED = TimeMention(0, 0, "", 0.0, "baseline")

_OF_OTHERS = re.compile(
    r"\bet al\b|\b(?:previous|prior|earlier|other|another|recent|several|published) (?:\w+ )?(?:stud(?:y|ies)|trials?|reports?|authors|work|research)\b|\bmeta-analys|"
    r"\bhas been (?:shown|reported)|\bhave (?:shown|reported|been reported)|\bin the literature\b|\breported by\b|\bsample size\b|\bpower (?:of|analysis|calculation)\b|"
    r"\b(?:minimal|minimum|minimally) (?:clinically )?important|\bto detect\b|\balpha\b|\bsignificance level",
    re.IGNORECASE,
)
# Any match holds one of these.
_WORDS_OF_OTHERS = (
    "et al", "stud", "trial", "report", "author", "work", "research", "analys", "shown", "literature", "sample size",
    "power", "important", "detect", "alpha", "significance",
)  # fmt: skip
_HISTORY = re.compile(
    r"\b(?:previously|earlier|prior to presentation|past (?:medical )?history|in the past)\b", re.IGNORECASE
)
_PRESENTATION = re.compile(
    r"\b(?:history|presentation|patient information|examination|case (?:report|description|presentation)|^case$)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s*(?P<unit>mm|cm|%|points?|min(?:utes?)?|s(?:ec(?:onds)?)?|h(?:ours)?|days?|degrees?|°|mg|ml|mL|/\s?\d+)(?![\w])"
)
_CHANGE_LABEL = re.compile(
    r"\bchanges? (?:in|of|from)|\bchange score|\b(?:reduction|decrease|improvement|increase) (?:in|of|from)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(r"\s*(?:weeks?|months?|years?|days?|hours?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Document:
    """What the sentences of a document share."""

    arms: DocumentArms
    vocabulary: Vocabulary
    finder: ArmFinder
    decimal_comma: bool
    one_patient: bool
    beside_means: BesideMeans
    intervals: str
    arm_sizes: frozenset[str]
    planned: PlannedTimes
    meanings: Meanings


def read_text(
    record: Record, arms: DocumentArms, vocabulary: Vocabulary, *, decimal_comma: bool = False
) -> list[Reading]:
    """Read the results that stand in sentences.

    Introduction, methods, discussion and references hold no results of this study (methods do in the report of
    one patient); sentences about other studies are passed over. Where the arm can't be told it is left empty,
    with the flag ``arm_unclear``; a value whose outcome can't be named is not read.
    """
    document = _Document(
        arms,
        vocabulary,
        ArmFinder(arms),
        decimal_comma,
        is_one_patient(record),
        beside_means(record),
        unnamed_intervals(record),
        frozenset(n for a in arms.arms for n in (a.n_randomised, a.n_analysed) if n) | {arms.n_total},
        PlannedTimes(record),
        Meanings([p.text for p in record.passages if p.role != "introduction"]),
    )
    read = [
        r for p in record.passages if _holds_results(p, document.one_patient) for r in _passage(p, document)
    ]
    weeks = [r.weeks for r in read if r.source == "abstract"]
    return read + _times_without_number(record, document, weeks)


def _holds_results(passage: Passage, one_patient: bool) -> bool:
    where = passage.locator.partition("/")[0]
    if one_patient:
        of_case = passage.role in {"abstract", "results", "other", "methods"} or _tells_history(passage)
        return where in {"abstract", "body"} and of_case
    if where == "abstract":
        return passage.role not in {"introduction", "methods"}
    return where == "body" and passage.role in {"results", "other"}


def _tells_history(passage: Passage) -> bool:
    return bool(passage.headings) and _PRESENTATION.search(passage.headings[-1]) is not None


def _passage(passage: Passage, document: _Document) -> Iterator[Reading]:
    previous: Run | None = None
    carried: tuple[Label, ...] = ()
    spoken: Arm | None = None
    earlier = _PRESENTED if document.one_patient and _tells_history(passage) else None
    for start, end in sentences(passage.text):
        text = passage.text[start:end]
        if (holds(folded(text), _WORDS_OF_OTHERS) and _OF_OTHERS.search(text)) or (
            document.one_patient and _HISTORY.search(text)
        ):
            continue
        parts = parts_of(
            text,
            start,
            document.finder,
            decimal_comma=document.decimal_comma,
            definitions=document.planned.definitions,
        )
        if not parts.expressions:
            if parts.times or parts.arms:
                subject = _subject(parts)
                carried = (subject,) if subject is not None else carried
            earlier = _time_spoken_of(parts, earlier)
            spoken = arm_spoken_of(parts, spoken)
            continue
        labels = phrases(text, parts.masked())
        changed = False
        beside: tuple[Label, ...] = ()
        runs = with_comparisons(parts, runs_of(parts, previous, document.arms.arms))
        runs = with_listed_conditions(parts, runs, document.arms, document.vocabulary)
        runs = with_arm_spoken_of(runs, parts, spoken)
        spoken = arm_spoken_of(parts, spoken)
        for run in closed_by(runs, parts):
            run = _timed(run, parts, earlier)
            if any(wants_time(time) for time in run.times.values) and document.planned.only is not None:
                run = filled(run, document.planned.only, run.times.how, nameless=False)
            named, inherited = outcomes(run, parts, labels, carried, document.vocabulary)
            named, beside = same_counted(run, parts, named, beside)
            if not named:
                continue
            if len(named) > 1:
                run = replace(run, arms=run.named)
            changing = _changes(run, parts, changed)
            changed = any(changing) or (changed and is_counted(run))
            yield from _readings(passage, parts, run, named, changing, document, inherited=inherited)
            previous, carried = run, tuple(dict.fromkeys(named)) if not is_counted(run) else carried
        earlier = _time_spoken_of(parts, earlier)


def _time_spoken_of(parts: Parts, earlier: TimeMention | None) -> TimeMention | None:
    """Return the time that sentences behind this one may still speak of: its only one; that before it where it names none."""
    told = [t.value for t in parts.times if t.value.weeks is not None]
    if len(told) == 1:
        return told[0]
    return None if told else earlier


def _timed(run: Run, parts: Parts, earlier: TimeMention | None) -> Run:
    if earlier is None or parts.times or run.times.how not in {"none", "implied"}:
        return run
    if run.times.how == "implied":
        return filled(run, earlier, "earlier", nameless=False) if earlier.phase == "follow_up" else run
    return replace(run, times=Attached((earlier,) * run.size, "earlier"))


def _changes(run: Run, parts: Parts, previous: bool) -> tuple[bool, ...]:
    baseline = [time is not None and time.phase == "baseline" for time in run.times.values]
    return changes(parts.text, run.expressions, baseline, previous)


def _subject(parts: Parts) -> Label | None:
    return next((p for p in each_phrase(parts.text, parts.masked()) if not p.pronoun), None)


def _readings(
    passage: Passage,
    parts: Parts,
    run: Run,
    labels: tuple[Label, ...],
    changing: tuple[bool, ...],
    document: _Document,
    *,
    inherited: bool,
) -> Iterator[Reading]:
    for i, expression in enumerate(run.expressions):
        label = labels[i] if len(labels) > 1 else labels[0]
        instrument = document.vocabulary.instrument(label.text, context=parts.text)
        scored = instrument is not None and instrument.scale_max is not None
        if (inherited or scored) and _DURATION.match(parts.text, _number_end(expression)):
            continue  # the length of follow-up is no score
        made = statistic_of(
            expression,
            parts.text,
            named=instrument is not None,
            one_patient=document.one_patient,
            beside_means=document.beside_means.of(parts.text),
            intervals=document.intervals,
            arm_sizes=document.arm_sizes,
        )
        if made is None:
            continue
        statistic, weight, evidence = made
        statistic = nobody_by_percent(statistic, run, run.arms.values[i])
        place = Place(passage.locator, parts.offset + statistic.start, parts.offset + statistic.end)
        source = "abstract" if passage.locator.startswith("abstract") else "text"
        time, arm = run.times.values[i], run.arms.values[i]
        planned = time is not None and document.planned.gave(time)
        unit = _UNIT.match(parts.text, _number_end(expression))
        base = Reading(
            source=source,
            locator=str(place),
            quote=parts.text[statistic.start : statistic.end],
            first_number=parts.offset + expression.numbers[0].start,
            centre=statistic.centre,
            value=statistic.value,
            rule=RULE,
            confidence=0.85 * weight * _certainty(run, inherited, instrument is not None),
            outcome=document.meanings.expanded(label.text) if statistic.centre == "count" else label.text,
            unit=" ".join(unit["unit"].split()) if unit else "",
            context=parts.text,
            n=statistic.n,
            change=statistic.centre in _SCORED and (changing[i] or bool(_CHANGE_LABEL.search(label.text))),
            spread=statistic.spread,
            spread_value=statistic.spread_value,
            lower=statistic.lower,
            upper=statistic.upper,
            level=statistic.level,
            total=statistic.total if statistic.centre == "count" else "",
            measure=statistic.measure,
            adjusted=statistic.adjusted,
            p_value=statistic.p_value,
            flags=(*statistic.flags, "time_from_methods") if planned else statistic.flags,
            evidence=(
                *evidence,
                f"time: {run.times.how}",
                *(("outcome from the sentence before",) if inherited else ()),
                *(() if instrument is not None else ("outcome not known to the vocabulary",)),
            ),
            time=time.text if time else "",
            weeks=time.weeks if time else None,
            phase=time.phase if time else "",
            time_from=time.time_from if time else "",
        )
        if statistic.centre in {"difference", "ratio"}:
            yield compared(base, parts, run, document.arms)
        else:
            if arm is None and is_nobody(statistic, parts, label):
                yield from of_every_arm(base, document.arms)
                continue
            made_row = of_subgroup(base, parts, passage) or of_arm(
                base, arm, run, document.arms, document.meanings
            )
            sex = sex_of(parts.text, statistic.start, statistic.end, passage.text)
            if sex and statistic.centre in _SCORED:
                made_row = replace(made_row, n=statistic.n, n_locator="", population=f"subgroup:{sex}")
            told = made_row.arm and FROM_BEFORE not in made_row.flags
            if told or instrument is not None or made_row.spread != "none" or made_row.total:
                yield made_row


def _number_end(expression: Expression) -> int:
    spans = [s.end for s in expression.numbers if s.end <= expression.end]
    return max(spans) if spans else expression.end


def _certainty(run: Run, inherited: bool, named: bool) -> float:
    certainty = {
        "own": 1.0,
        "list": 1.0,
        "one": 0.95,
        "implied": 0.95,
        "carried": 0.8,
        "closing": 0.9,
        "earlier": 0.6,
        "guess": 0.5,
        "none": 0.7,
    }
    return certainty[run.times.how] * (0.7 if inherited else 1.0) * (1.0 if named else 0.8)


def _times_without_number(record: Record, document: _Document, weeks: list[float | None]) -> list[Reading]:
    """List the follow-up times that only the abstract names: a reader of both must be told that they disagree."""
    read = []
    for passage, offset, sentence, time in times_only_in_abstract(record, weeks):
        named = nearest_before(phrases(sentence, [(time.start, time.end)]), time.start, sentence)
        read.append(
            Reading(
                source="abstract",
                locator=str(Place(passage.locator, offset + time.start, offset + time.end)),
                quote=sentence[time.start : time.end],
                first_number=offset + time.start,
                centre="none",
                value="",
                rule=RULE,
                confidence=0.6,
                outcome=named.text if named is not None else "",
                context=sentence,
                arm=ALL if document.arms.one_arm else "",
                time=time.text,
                weeks=time.weeks,
                phase=time.phase,
                time_from=time.time_from,
                flags=("time_without_value",),
            )
        )
    return read
