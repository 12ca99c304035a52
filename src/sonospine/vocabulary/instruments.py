"""What a label was measured with: instrument, construct, scale, unit and subscale, or nothing.

A wrong instrument puts a wrong number under a diamond: where the words allow two readings, there is none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from sonospine.vocabulary.matching import Matcher
from sonospine.vocabulary.objects import ScaleObjects, are_joined, objects_of
from sonospine.vocabulary.remainder import remainder, without_expansions
from sonospine.vocabulary.scales import choose, fits, named_scales, signed_scales, unit_in
from sonospine.vocabulary.spelling import is_abbreviation
from sonospine.vocabulary.terms import Instrument, InstrumentReading, Mention, Scale

# A number of something, or whether there is any, is no score.
_COUNTED = re.compile(
    r"\b(?:number|days|frequency|history|presen(?:t|ce)|duration|prevalence)\b", re.IGNORECASE
)
_TIMED = re.compile(r"\b(?:time|duration)\b", re.IGNORECASE)
_BEFORE, _AFTER, _SIGN_AFTER = 30, 60, 25
_KEPT, _LONGEST_KEPT = 4096, 2000


class InstrumentReader:
    """Reads labels with the instruments, concepts and subscales of a vocabulary."""

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        matcher: Matcher,
        concepts: Matcher,
        subscales: Matcher,
        places: Matcher,
    ) -> None:
        self._instruments = instruments
        self._matcher = matcher
        self._concepts = concepts
        self._subscales = subscales
        self._places = places
        self._glued = _glued_codes(instruments)
        # A table asks for the same label once a cell, with the largest value of its outcome when the rows are made.
        self._kept_names = functools.lru_cache(maxsize=_KEPT)(self._named)
        self._kept = functools.lru_cache(maxsize=_KEPT)(self._read)
        self._by_construct: dict[str, Instrument] = {}
        for instrument in instruments.values():
            if not instrument.generic:
                self._by_construct.setdefault(instrument.construct, instrument)

    def read(
        self, label: str, *, unit: str = "", context: str = "", value: float | None = None
    ) -> InstrumentReading | None:
        """Read a label; see ``Vocabulary.instrument``."""
        read = self._kept if len(label) + len(context) <= _LONGEST_KEPT else self._read
        return read(label, unit, context, value)

    def _read(self, label: str, unit: str, context: str, value: float | None) -> InstrumentReading | None:
        name = self._kept_names if len(label) + len(context) <= _LONGEST_KEPT else self._named
        instrument, construct = name(label, context)
        context = "\n".join(context.split("\n")[:2])
        if instrument is None or not construct:
            return None
        if instrument.scales and value is not None and not any(fits(s, value) for s in instrument.scales):
            return None
        scale = self._scale(instrument, label, unit, context, value)
        direction = instrument.direction
        if instrument.generic and construct in self._by_construct:
            direction = self._by_construct[construct].direction
        return InstrumentReading(
            instrument=instrument.id,
            construct=construct,
            scale_min=scale.minimum if scale else None,
            scale_max=scale.maximum if scale else None,
            unit=self._unit(instrument, scale, label, unit, context),
            subscale=self._subscale(instrument, label),
            direction=direction,
            assumed=instrument.generic
            and construct == instrument.assumed
            and not any(m.term == construct for m in self._concepts.find(f"{label}\n{context}")),
        )

    def objects(self, instrument: str, text: str) -> ScaleObjects | None:
        """Return what a text ties to a generic scale, ``None`` where it does not name the scale."""
        generic = self._instruments[instrument]
        if not self._matcher.may_find({instrument}, text):
            return None
        mentions = [m for m in self._matcher.find(text) if m.term == instrument]
        return objects_of(text, mentions, self._concepts.find(text), generic.assumed) if mentions else None

    def names(self, construct: str, text: str) -> bool:
        """Tell whether a text names a construct that scales can measure."""
        return any(m.term == construct for m in self._concepts.find(text))

    def _mentions(self, label: str, heading: str | None, elsewhere: str) -> list[Mention]:
        """Return the instruments that a label names, or that its heading names for it; empty where neither does."""
        printed = without_expansions(label)
        found = self._matcher.find(printed)
        if not found and printed != label:
            printed, found = label, self._matcher.find(label)
        if found:
            part = self._part_of(printed, found) or self._part_in(printed, heading or "")
            return part or _outside_brackets(printed, found, self._instruments)
        if self._glued is not None and self._glued.search(label):
            return self._matcher.find(self._glued.sub(r"\g<0> ", label))
        return self._bare(label) if heading is None else self._under_heading(label, heading, elsewhere)

    def _bare(self, label: str) -> list[Mention]:
        """Return what a label names without its circumstances and units: ``Pain (motion) in mm`` is ``Pain``."""
        words = () if _COUNTED.search(label) else self._remainder(label)
        found = self._matcher.find(" ".join(words)) if words else []
        return found or self._alike(label)

    def _alike(self, label: str) -> list[Mention]:
        """Return what the parts of a label between commas name, where all that name anything name one: ``Pain, mild pain``."""
        parts = [words for part in label.split(",") if (words := self._remainder(part))]
        found = [self._matcher.find(" ".join(words)) for words in parts]
        same = len(parts) > 1 and all(found) and len({m.term for mentions in found for m in mentions}) == 1
        return found[0][:1] if same else []

    def _under_heading(self, label: str, heading: str, elsewhere: str) -> list[Mention]:
        """Return what a label measures that names no instrument: a part of the heading's, or all of it.

        Where the heading names nothing either, it is the one questionnaire of all headings elsewhere.
        """
        bare = self._bare(label)
        part = self._part_in(label, heading)
        if bare or part:
            return part or bare
        if not any(sign.isalpha() for sign in label) or self._remainder(label):
            return []
        above = _outside_brackets(heading, self._matcher.find(heading), self._instruments)
        if _TIMED.search(label):
            above = [m for m in above if _TIMED.search(m.text)]
        if not above and not self._remainder(heading):
            above = [m for m in self._matcher.find(elsewhere) if _is_questionnaire(self._instruments[m.term])]
        return above[:1] if len({mention.term for mention in above}) == 1 else []

    def _part_of(self, label: str, found: list[Mention]) -> list[Mention]:
        """Return the part of a questionnaire that a label names apart from the questionnaire: ``SF-36 items, pain``."""
        for whole in found:
            rest = label
            for same in reversed(
                [m for m in found if m.term == whole.term]
            ):  # the name, and its short form in brackets
                rest = f"{rest[: same.start]} {rest[same.end :]}"
            if part := self._joined(whole, rest):
                return part
        return []

    def _part_in(self, label: str, heading: str) -> list[Mention]:
        """Return the part of the heading's one questionnaire that a label names."""
        above = [m for m in self._matcher.find(heading) if not self._instruments[m.term].generic]
        return self._joined(above[0], label) if len({m.term for m in above}) == 1 else []

    def _joined(self, whole: Mention, rest: str) -> list[Mention]:
        """Return what a questionnaire's name and the words apart from it are together, where that is a part of it."""
        words = " ".join(self._remainder(rest, subscales=False))
        if self._instruments[whole.term].generic or not words:
            return []
        found = self._matcher.find(f"{whole.text} {words}")
        return found[:1] if found and found[0].end > len(whole.text) and found[0].term != whole.term else []

    def _remainder(self, label: str, *, subscales: bool = True) -> tuple[str, ...]:
        parts = self._subscales.find(label) if subscales else []
        return remainder(label, [(m.start, m.end) for m in parts])

    def _named(self, label: str, context: str) -> tuple[Instrument | None, str]:
        heading, under, rest = context.partition("\n")
        below, _, elsewhere = rest.partition("\n")
        mentions = self._mentions(label, heading if under else None, elsewhere)
        context = f"{heading}{under}{below}"
        in_label = [self._instruments[mention.term] for mention in mentions]
        specific = _without_unnamed(_highest([i for i in in_label if not i.generic]))
        generic = [i for i in in_label if i.generic]
        if len(specific) > 1:
            return None, ""
        if specific and specific[0].construct not in self._concepts.ids:
            # "VAS/ODI" names two measurements; "50 % less on the VAS" names one, a responder.
            if generic and specific[0].scales and not specific[0].priority:
                return None, ""
            return specific[0], specific[0].construct
        if generic:
            return generic[0], self._construct_of(generic[0], label, context)
        if specific:
            construct = specific[0].construct
            named = None if _is_questionnaire(specific[0]) else self._generic_in(context, construct)
            return named or specific[0], construct
        return None, ""

    def _construct_of(self, generic: Instrument, label: str, context: str) -> str:
        named = {m.term for m in self._concepts.find(label)}
        if named:
            return named.pop() if len(named) == 1 else ""
        mentions = [m for m in self._matcher.find(context) if m.term == generic.id]
        around = objects_of(context, mentions, self._concepts.find(context), generic.assumed)
        joined, told = set(around.joined), set(around.named)
        unknown = self._unknown_words(label)
        if unknown and generic.assumed not in (joined or told):
            # "VAS for liking": the words beside a scale that can measure anything say what it measured, and what
            # that is no one knows here.
            return ""
        if mentions:
            if joined - {generic.assumed}:
                return joined.pop() if len(joined) == 1 else ""
            return generic.assumed
        if not told or generic.assumed in told:
            return generic.assumed
        return told.pop() if len(told) == 1 else ""

    def _unknown_words(self, label: str) -> tuple[str, ...]:
        """Return the words of a label that are neither an instrument, a part, a place nor general."""
        if self._glued is not None:
            label = self._glued.sub(r"\g<0> ", label)
        known = [*self._matcher.find(label), *self._subscales.find(label), *self._places.find(label)]
        return remainder(label, [(m.start, m.end) for m in known])

    def _generic_in(self, context: str, construct: str) -> Instrument | None:
        """Return the one generic instrument that a context joins to nothing but this construct."""
        found: dict[str, Instrument] = {}
        concepts = self._concepts.find(context)
        for mention in self._matcher.find(context):
            instrument = self._instruments[mention.term]
            if not instrument.generic:
                continue
            joined = {c.term for c in concepts if are_joined(context, c, mention)}
            if construct in joined or (not joined and construct == instrument.assumed):
                found[instrument.id] = instrument
        return next(iter(found.values())) if len(found) == 1 else None

    def _scale(
        self, instrument: Instrument, label: str, unit: str, context: str, value: float | None
    ) -> Scale | None:
        if not instrument.scales:
            return None
        own = f"{label} {unit}"
        if unit.strip() in ("%", "percent") and not any(s.unit == "%" for s in instrument.scales):
            return None  # a percentage of something on this scale is not a value on it
        candidates = named_scales(instrument, own, value) or signed_scales(instrument, own)
        if not candidates:
            near, after = self._around(instrument, context)
            candidates = named_scales(instrument, near, value) or signed_scales(instrument, after)
        return choose([s for s in candidates if fits(s, value)], instrument, value)

    def _around(self, instrument: Instrument, context: str) -> tuple[str, str]:
        """Return what a context says about an instrument: near it, and directly after it."""
        mentions = self._matcher.find(context)
        if not mentions:
            return context, ""
        near, after = [], []
        for index, mention in enumerate(mentions):
            if mention.term != instrument.id:
                continue
            end = mentions[index + 1].start if index + 1 < len(mentions) else len(context)
            begin = mentions[index - 1].end if index else 0
            near.append(context[max(begin, mention.start - _BEFORE) : min(end, mention.end + _AFTER)])
            after.append(context[mention.end : min(end, mention.end + _SIGN_AFTER)])
        return " ; ".join(near), " ; ".join(after)

    def _unit(self, instrument: Instrument, scale: Scale | None, label: str, unit: str, context: str) -> str:
        if instrument.units:
            return unit_in(instrument, (unit, label, context))
        if scale is not None:
            return scale.unit
        return unit.strip()

    def _subscale(self, instrument: Instrument, label: str) -> str:
        if instrument.subscale:
            return instrument.subscale
        return ";".join(dict.fromkeys(m.term for m in self._subscales.find(label)))


def _highest(instruments: list[Instrument]) -> list[Instrument]:
    """Return the distinct instruments of the highest priority."""
    top = max((i.priority for i in instruments), default=0)
    return list({i.id: i for i in instruments if i.priority == top}.values())


def _without_unnamed(instruments: list[Instrument]) -> list[Instrument]:
    """Leave out what only says the construct, where a named instrument measures it: ``disability score`` beside its name.

    The term of a construct without an instrument has the construct's own name as id.
    """
    named = {i.construct for i in instruments if i.id != i.construct}
    return [i for i in instruments if i.id != i.construct or i.construct not in named]


def _outside_brackets(
    text: str, found: list[Mention], instruments: Mapping[str, Instrument]
) -> list[Mention]:
    """Return mentions without a generic scale in brackets behind a named instrument: it tells how that was scored."""
    specific = [m for m in found if _is_questionnaire(instruments[m.term])]
    if not specific:
        return found
    opened = [m for m in found if text[: m.start].count("(") > text[: m.start].count(")")]
    scored = {m.start for m in opened if instruments[m.term].generic and m.start > specific[0].start}
    return [m for m in found if m.start not in scored]


def _is_questionnaire(instrument: Instrument) -> bool:
    """Tell whether an instrument has a scale of its own, so that a generic scale beside it tells how it was scored."""
    return not instrument.generic and bool(instrument.subscale or any(s.default for s in instrument.scales))


def _glued_codes(instruments: Mapping[str, Instrument]) -> re.Pattern[str] | None:
    """Return a pattern of abbreviations of generic scales that a code is glued to (``VAS1``).

    A word that only begins like one of them is none: those are the wordings under ``never``.
    """
    short = {
        s for i in instruments.values() if i.generic for s in i.synonyms if is_abbreviation(s) and len(s) > 2
    }
    if not short:
        return None
    hidden = {s for i in instruments.values() if i.generic for s in i.never}
    listed, others = (
        "|".join(sorted(map(re.escape, words), key=lambda s: (-len(s), s))) for words in (short, hidden)
    )
    none = rf"(?!(?:{others})(?![^\W_]))" if others else ""
    return re.compile(rf"(?<![^\W_]){none}(?:{listed})(?=[A-Z0-9_])")
