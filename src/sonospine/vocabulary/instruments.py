"""What a label was measured with: instrument, construct, scale, unit and subscale, or nothing.

A wrong instrument puts a wrong number under a diamond: where the words allow two readings, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sonospine.vocabulary.matching import Matcher
from sonospine.vocabulary.scales import choose, fits, named_scales, signed_scales, unit_in
from sonospine.vocabulary.terms import Instrument, InstrumentReading, Mention, Scale

_JOINED = re.compile(
    r"[\s\-‐‑–—:()\[\]]*"
    r"(?:(?:of|for|on|in|to|with|by|using|via|the|a|an|was|were|is|are|assessed|measured|rated|evaluated|recorded|"
    r"scores?|scales?|ratings?|levels?|degree|intensity|patients?|overall|mean|median)[\s\-‐‑–—:()\[\]]*)*",
    re.IGNORECASE,
)
_BEFORE, _AFTER, _SIGN_AFTER = 30, 60, 25


class InstrumentReader:
    """Reads labels with the instruments, concepts and subscales of a vocabulary."""

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        matcher: Matcher,
        concepts: Matcher,
        subscales: Matcher,
    ) -> None:
        self._instruments = instruments
        self._matcher = matcher
        self._concepts = concepts
        self._subscales = subscales
        self._by_construct: dict[str, Instrument] = {}
        for instrument in instruments.values():
            if not instrument.generic:
                self._by_construct.setdefault(instrument.construct, instrument)

    def read(
        self, label: str, *, unit: str = "", context: str = "", value: float | None = None
    ) -> InstrumentReading | None:
        """Read a label; see ``Vocabulary.instrument``."""
        in_label = [self._instruments[mention.term] for mention in self._matcher.find(label)]
        instrument, construct = self._named(label, context, in_label)
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
        )

    def _named(self, label: str, context: str, in_label: list[Instrument]) -> tuple[Instrument | None, str]:
        specific = _highest([i for i in in_label if not i.generic])
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
            return self._generic_in(context, construct) or specific[0], construct
        return None, ""

    def _construct_of(self, generic: Instrument, label: str, context: str) -> str:
        named = {m.term for m in self._concepts.find(label)}
        if named:
            return named.pop() if len(named) == 1 else ""
        around = self._concepts.find(context)
        mentions = [m for m in self._matcher.find(context) if m.term == generic.id]
        joined = {c.term for c in around for m in mentions if _are_joined(context, c, m)}
        if mentions:
            if joined - {generic.assumed}:
                return joined.pop() if len(joined) == 1 else ""
            return generic.assumed
        told = {c.term for c in around}
        if not told or generic.assumed in told:
            return generic.assumed
        return told.pop() if len(told) == 1 else ""

    def _generic_in(self, context: str, construct: str) -> Instrument | None:
        """Return the one generic instrument that a context joins to nothing but this construct."""
        found: dict[str, Instrument] = {}
        concepts = self._concepts.find(context)
        for mention in self._matcher.find(context):
            instrument = self._instruments[mention.term]
            if not instrument.generic:
                continue
            joined = {c.term for c in concepts if _are_joined(context, c, mention)}
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


def _are_joined(text: str, one: Mention, other: Mention) -> bool:
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return first.end > second.start or _JOINED.fullmatch(text[first.end : second.start]) is not None
