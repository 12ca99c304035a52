"""Which words of a sentence name the outcome of a run of values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.expressions import Expression
from sonospine.extraction.group_counts import thing_counted
from sonospine.extraction.listed_outcomes import is_counted, listed_outcomes
from sonospine.extraction.outcome_labels import Label, nearest_after, nearest_before, phrases
from sonospine.extraction.people import nobody_told
from sonospine.extraction.runs import Run
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.text_statistics import value_end
from sonospine.vocabulary import Vocabulary

_PEOPLE = re.compile(
    r"\s*(?:\([^()]*\)|\[[^\]]*\])?\s*(?:of\s+(?:the\s+)?(?:\d+\s+)?)?(?:patients?|participants?|subjects?|women|men|children|people|individuals|cases|parturients|volunteers)\b(?:\s*\([^()]*\))?",
    re.IGNORECASE,
)
_PREDICATE_END = re.compile(
    r"[,;:(]|\b(?:and|compared|versus|vs|while|whereas|but|than|respectively)\b", re.IGNORECASE
)
_CIRCUMSTANCE = re.compile(
    r"(?:for|at|in|of|with|during|after|within|by|under|among|from|to)\b", re.IGNORECASE
)
_WITHOUT_OBJECT = re.compile(
    r"(?:did not (?:change|improve|respond)|(?:remained )?(?:unchanged|stable|the same)|worsened|improved|deteriorated|got (?:worse|better))",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\s+of\s+(?:the\s+|all\s+)?(?P<things>(?:(?!(?:and|or|in|of|with|for|to|was|were|had)\b)[a-z][\w-]*\s+){0,3}[a-z]+s)\s+"
    r"(?:tested|showed|contained|failed|healed|had|remained|became|reported|used|achieved|reached|met|grew)\s+[a-z]"
)
_CONNECTED = re.compile(r"(?:\s+(?:in|of|with|for|to|at|by|and|or|the|than|compared))+$")
_CLOSING = re.compile(r"\s*[)\]]?\s*")
_CLAUSE_END = re.compile(
    r"[,;:()]|\.(?:\s+(?=(?-i:[A-Z]))|$)|\b(?:compared|versus|vs|while|whereas|but|respectively|at|during)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:and|or|than|as|not)\b|[^.;]*\d+\s+(?:in|of|with|on)\b")
_AUXILIARY = re.compile(
    r"(?:(?:(?:had|have|has)(?!\s+to\b)|who|were|was|been|also|shown|each|experienced|developed|reported|showed|exhibited|suffered|an?|any|the|from)\s+)*",
    re.IGNORECASE,
)
_COPULA = re.compile(r"\s*(?:was|were|is|are|became|remained)\s+", re.IGNORECASE)
_SUCCEEDED = re.compile(r"\s*(?:scores?\s+)?(?P<verb>[a-z]+ed)(?=\s+(?:in|for|by)\b)")
_REPORTING = frozenset(
    str.split(
        "reported observed noted recorded occurred experienced developed found detected documented achieved needed required used "
        "received obtained described listed completed"
    )
)
_SHOWED = re.compile(
    r"(?:\s+scores?)?\s+(?:\w+ly\s+)?(?:showed|shows|had|underwent|demonstrated|revealed)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,3}",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\b(?P<word>first|second)(?:\s|-)$", re.IGNORECASE)
_THRESHOLD = re.compile(
    r"\s*(?:of|by|≥|>|<|≤)?\s*(?:at least|more than|less than|≥|>|<|≤)?\s*\d+(?:[.,]\d+)?\s*(?:points?|%|mm|cm)?(?:\s+or\s+(?:more|less|greater|better|higher))?(?=\s|,)",
    re.IGNORECASE,
)
_MEAN_BEFORE = re.compile(r"\b(?:mean|median|average)\s+(?P<more>(?:[a-z]+ed\s+)?)$", re.IGNORECASE)


def outcomes(
    run: Run, parts: Parts, labels: list[Label], carried: Sequence[Label], vocabulary: Vocabulary
) -> tuple[tuple[Label, ...], bool]:
    """Return the phrases that name the outcomes of a run, and whether they come from an earlier sentence.

    One phrase serves all values, or there is one for each value ("VAS and ODI were 8.3 and 49.6"). ``carried`` are
    the phrases of the run before.
    """
    listed = listed_outcomes(run, parts, labels, vocabulary)
    if listed:
        return listed, False
    found, inherited = _one(run, parts, labels, carried, vocabulary)
    if found is None:
        return (), False
    if inherited and len(carried) > 1 and run.size % len(carried) == 0:
        return tuple(carried) * (run.size // len(carried)), True
    return (found,), inherited


def _one(
    run: Run, parts: Parts, labels: list[Label], carried: Sequence[Label], vocabulary: Vocabulary
) -> tuple[Label | None, bool]:
    if is_counted(run):
        return _of_counts(run, parts, labels, carried, vocabulary)
    before = nearest_before(labels, run.expressions[0].start, parts.text)
    if before is not None and not before.pronoun:
        meant = _behind_mean(before, run, parts, labels, vocabulary)
        return meant or _with_bracket(before, labels, parts.text), False
    if before is not None and (subject := _subject_of(before, labels, parts.text)):
        return subject, False
    if carried:
        return carried[0], True
    if before is not None:
        return before, False
    after = nearest_after(labels, value_end(run.expressions[-1]))
    return (after, False) if after is not None and not after.pronoun and run.size == 1 else (None, False)


def _subject_of(change: Label, labels: list[Label], text: str) -> Label | None:
    """Return what changed where a verb leads from it to the change: "disability showed an improvement of ..."."""
    earlier = [label for label in labels if label.end <= change.start and not label.pronoun]
    if not earlier or not _SHOWED.fullmatch(text[earlier[-1].end : change.start]):
        return None
    return earlier[-1]


def _behind_mean(
    nearest: Label, run: Run, parts: Parts, labels: list[Label], vocabulary: Vocabulary
) -> Label | None:
    """Return the phrase that "mean" leads to ("the mean X in the goods bought was ..."), where the nearest only qualifies it.

    No list parts the two, no value of another phrase stands between them, and the nearest phrase names no instrument.
    """
    if vocabulary.instrument(nearest.text, context="") is not None:
        return None
    for label in reversed([other for other in labels if other.end <= nearest.start and not other.pronoun]):
        between = parts.text[label.end : nearest.start]
        if re.search(r"[,;:]|\band\b|\bor\b", between):
            return None
        led = _MEAN_BEFORE.search(parts.text[: label.start])
        if led is not None:
            told = [e.start for e in parts.expressions if label.end <= e.start < run.expressions[0].start]
            between_them = [nearest_before(labels, start, parts.text) for start in told]
            same = all(other is not None and other.text == nearest.text for other in between_them)
            start = led.start("more")
            return Label(start, label.end, parts.text[start : label.end]) if same else None
    return None


def _of_counts(
    run: Run, parts: Parts, labels: list[Label], carried: Sequence[Label], vocabulary: Vocabulary
) -> tuple[Label | None, bool]:
    """Name what people had or did; a score that an earlier sentence spoke of is no event that can be counted."""
    first, last = run.expressions[0], run.expressions[-1]
    told = nobody_told(parts.text, first.start) if first.value == "0" else None
    if told is not None:
        return _told_from(parts.text, told), False
    owned = any(m.start == first.start for m in parts.owned)
    counted = thing_counted(parts.text, first) if owned else None
    if counted is not None:
        return Label(*counted, parts.text[slice(*counted)]), False
    behind = (_behind_groups(first, parts) or _behind_groups(last, parts)) if owned else None
    if behind is not None and not last.percent:
        return behind, False
    share = _share_that(first, parts)
    if share is not None:
        return share, False
    before = nearest_before(labels, first.start, parts.text)
    people = _PEOPLE.match(parts.text, value_end(first))
    done = None
    if people:
        done = behind if owned else _predicate(first, parts, labels)
    if done is None and before is not None and not before.pronoun:
        return _with_predicate(before, labels, parts.text, first.start, vocabulary), False
    if done is None and first.centre == "count" and first.value == "0":
        done = nearest_after(labels, value_end(first))
    if done is None and not people:
        done = _predicate(first, parts, labels)
    if done is None and run.size > 1 and _PEOPLE.match(parts.text, value_end(last)):
        done = _predicate(last, parts, labels)
    done = done if done is not None else behind
    if done is not None:
        return done, False
    if carried:
        scored = vocabulary.instrument(carried[0].text, context="")
        return (None, False) if scored is not None and scored.scale_max is not None else (carried[0], True)
    return before, False


def _share_that(first: Expression, parts: Parts) -> Label | None:
    """Return what a share of some things did: "80 % (40/50) of the samples tested positive for X" counts both words."""
    shared = _THAT.match(parts.text, first.end) if first.total or first.percent else None
    if shared is None or _PEOPLE.match(parts.text, first.end):
        return None
    hidden = parts.masked()
    stop = _CLAUSE_END.search(parts.text, shared.end())
    end = min([stop.start() if stop else len(parts.text), *(a for a, _ in hidden if a >= shared.end())])
    start = shared.start("things")
    text = _CONNECTED.sub("", parts.text[start:end].rstrip(" ."))[:80]
    return Label(start, start + len(text), text)


def _behind_groups(last: Expression, parts: Parts) -> Label | None:
    """Return what people did, told behind the last of their groups: "4 patients in A and 2 in B withdrew because of pain"."""
    if last.total or not last.explicit:
        return None
    arm = next((m for m in parts.arms if last.end <= m.start <= last.end + 24), None)
    if arm is None:
        return None
    return _told_from(parts.text, arm.end)


def _told_from(text: str, position: int) -> Label | None:
    """Return what the words from a position to the end of their clause say that people had or did."""
    closing = _CLOSING.match(text, position)
    start = closing.end() if closing else position
    stop = _CLAUSE_END.search(text, start)
    words = text[start : stop.start() if stop else len(text)].rstrip(" .")
    lead = len(words) - len(_AUXILIARY.sub("", words, count=1))
    words, start = words[lead:], start + lead
    if _CIRCUMSTANCE.match(words) or _GOES_ON.match(words) or not re.match(r"[a-z]{3,}", words):
        return None
    return Label(start, start + len(words[:80]), words[:80])


def same_counted(
    run: Run, parts: Parts, named: tuple[Label, ...], beside: tuple[Label, ...]
) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Give a bare count before a group what the one before it counted: "2 in the A group (1 of them late) and 1 in the B group".

    Return the labels of the run, and those that a further bare count of the sentence takes over.
    """
    owned = {m.start: m.end for m in parts.owned}
    first = run.expressions[0]
    if first.start not in owned or first.percent:
        return named, ()
    bare = owned[first.start] == first.numbers[0].end and _behind_groups(run.expressions[-1], parts) is None
    if bare and beside:
        return beside, beside
    verb = _behind_groups(run.expressions[-1], parts)
    if verb is not None and beside and _WITHOUT_OBJECT.fullmatch(verb.text):
        subject = phrases(beside[0].text, ())
        about = subject[-1].text if subject else beside[0].text
        return (replace(verb, text=f"{about}, {verb.text}"),), beside
    return named, named


def _predicate(first: Expression, parts: Parts, labels: list[Label]) -> Label | None:
    """Return what people did or had: "12 patients (40 %) had nausea", "68 % of patients completed the course"."""
    people = _PEOPLE.match(parts.text, value_end(first))
    start = people.end() if people else first.end
    following = next((e.start for e in parts.expressions if e.start > start), len(parts.text))
    stop = _PREDICATE_END.search(parts.text, start, following)
    end = stop.start() if stop else following
    after = nearest_after(labels, start)
    if after is not None and not after.pronoun and after.start < end:
        return after
    hidden = list(parts.text)
    for a, b in parts.masked():
        hidden[a:b] = " " * (b - a)
    if not re.search(r"[A-Za-z]{4}", "".join(hidden)[start:end]):
        return None
    words = parts.text[start:end].strip(" ,;:().")
    if _CIRCUMSTANCE.match(words):
        return None
    at = parts.text.find(words, start)
    return Label(at, at + len(words[:80]), words[:80])


def _with_predicate(
    label: Label, labels: list[Label], text: str, position: int, vocabulary: Vocabulary
) -> Label:
    """Join what a count is of: "puncture was accurate", "first puncture succeeded", "reduction of 3 points or more"."""
    start, end = label.start, label.end
    earlier = [other for other in labels if other.end < start and not other.pronoun]
    if earlier and _COPULA.fullmatch(text[earlier[-1].end : start]):
        # The predicate alone may be what the vocabulary knows ("accurate"): then nothing is joined to it.
        whole = vocabulary.instrument(text[earlier[-1].start : end], context="")
        if whole is not None or vocabulary.instrument(label.text, context="") is None:
            start = earlier[-1].start
    ordinal = _ORDINAL.search(text[:start])
    if ordinal:
        start = ordinal.start("word")
    verb = _SUCCEEDED.match(text, end, position)
    threshold = _THRESHOLD.match(text, end, position)
    if verb and verb["verb"] not in _REPORTING:
        end = verb.end("verb")
    elif threshold and re.search(r"[%a-z]", threshold.group().strip()[-1:]):
        end = threshold.end()
    return Label(start, end, text[start:end])


def _with_bracket(label: Label, labels: list[Label], text: str) -> Label:
    """Join an abbreviation in brackets to the phrase that it stands for: "pain intensity (PI)"."""
    earlier = [other for other in labels if other.end < label.start]
    if not earlier or text[label.start - 1 : label.start] != "(" or len(label.text) > 12:
        return label
    last = earlier[-1]
    if last.pronoun or not re.fullmatch(r"\s*(?:scores?|scale)?\s*\(", text[last.end : label.start]):
        return label
    close = text.find(")", label.end)
    end = close + 1 if 0 <= close - label.end <= 2 else label.end
    return Label(last.start, end, text[last.start : end])
