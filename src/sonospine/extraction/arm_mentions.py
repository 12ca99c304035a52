"""Where a sentence names the arms of a document, and groups that are none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from sonospine.extraction.alternatives import folded
from sonospine.extraction.arm_labels import ACTIVES, CONTROLS, count_of, normalised, words_of
from sonospine.extraction.arm_patterns import words_before
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.attachment import Mention
from sonospine.model.number_words import BELOW_HUNDRED

_GROUP_NAMED = re.compile(
    r"\b(?:[Gg]roups?|[Aa]rms?|[Gg]r\.?)\s+(?P<code>[A-Z]{1,5}\d{0,2}|\d{1,2}(?!\s*[\[(]\s*\d[\d.]*\s*(?:to|[-–;,])\s*\d)|[a-d])\b|(?<![\w.])(?P<words>(?:(?:[\w+/\-–]|(?<=\d)\.(?=\d))+\s+){1,3})(?:(?P<many>groups|arms)|group|arm)\b(?!\s+(?:[A-Z]{1,5}\d{0,2}|\d{1,2})\b)"
)
_AMOUNT = re.compile(r"[\d.]+(?:\s|$)|(?:m?g|kg|m?c?g|µg|μg|m?l|mL|min|h|mm|cm|points?|%)(?:\s|$)")
_GROUP = re.compile(r"[GgAa]r(?:oup|m|(?<=[Gg]r)\b)")
_MOST_WORDS_BEFORE = 3
_APART = r"(?<![\w-])"
_GROUP_BEHIND = re.compile(r"(?:\s+(?:groups?|arms?)\b)?(?![\w-])")
_CLUSTERS = re.compile(
    r"\b(?P<side>[Ii]ntervention|[Cc]ontrol|[Tt]reatment|[Cc]omparison)\s+"
    r"(?:villages|clusters|schools|practices|clinics|hospitals|communities|households|homes|wards|districts)\b"
)
_OF_ALL = frozenset(
    str.split(
        "between among across in of for the these our all both other two three four study treatment intervention different trial"
    )
)
_LEADING = frozenset(
    str.split("with the in of to than for from by between and or at a an on versus vs vs. was were while but")
)
# "Gliding on the other side": the part that was treated says nothing of who had it.
_TREATED = re.compile(
    r"\b(?:on|at|over|around|onto)\s+(?:the\s+|their\s+|each\s+|both\s+)?(?P<part>[\w-]+(?:\s+[\w-]+)?)", re.I
)
_JOINS = frozenset(str.split("and or versus vs vs."))
_COUNTS = frozenset(str.split("two three four five six both all these those"))
# Numbers and lengths of time stand everywhere: none of them tells an arm by itself.
_TELL_NOTHING = frozenset(BELOW_HUNDRED) | frozenset(
    str.split(
        "first second third week month minute hour daily weekly twice times session sessions weeks months minutes hours"
    )
)
_LEADS = frozenset(str.split("in of from on among"))
_MORE_CODES = re.compile(
    r"\s*(?:,|and|or|vs\.?|versus|&|,\s*and)\s+(?P<code>[A-Z]{1,5}\d{0,2}|\d{1,2})\b(?![.%]?\d|\s*(?:±|%|\())"
)
_BOTH = re.compile(
    r"\b(?:both|all|each|either|the (?:two|three|four))\s+(?:\w+\s+)?(?:groups|group|arms)\b", re.IGNORECASE
)
UNKNOWN = Arm("")
_OTHER_GROUP = re.compile(
    r"\b(?:in|for|with|of)\s+the\s+(?P<label>(?:(?:[\w+/\-–]|(?<=\d)\.(?=\d))+\s+){1,3}(?:group|arm|cohort))\b(?!\s+(?:[A-Z]{1,5}\d{0,2}|\d{1,2})\b)"
)
_NO_OTHER = frozenset(
    str.split(
        "same whole entire study age each other total overall this that both first second latter former"
    )
)


class ArmFinder:
    """Finds the arms of a document in its sentences, by label, alias and the words that only one arm has."""

    def __init__(self, arms: DocumentArms) -> None:
        self.arms = arms

    @cached_property
    def _names(self) -> dict[str, Arm]:
        """Return each wording, as it is matched, with its arm; wordings of two arms are left out."""
        found: dict[str, Arm | None] = {}
        for arm in self.arms.arms:
            for name in arm.names():
                for wording in (name, re.sub(r"\s*\b(?:[Gg]roups?|arms?)\b\s*", " ", name).strip()):
                    if self._may_stand_alone(wording):
                        found[wording] = arm if found.get(wording, arm) is arm else None
        for label, words in self._telling().items():
            owner = next(a for a in self.arms.arms if a.label == label)
            for word in words:
                found.setdefault(word, owner)
        return {wording: arm for wording, arm in found.items() if arm is not None}

    def _telling(self) -> dict[str, frozenset[str]]:
        texts = {a.label: words_of(" ".join((*a.names(), a.definition))) for a in self.arms.arms}
        telling = {}
        for label, words in texts.items():
            others = frozenset().union(*(w for other, w in texts.items() if other != label))
            definition = next(a.definition for a in self.arms.arms if a.label == label)
            treated = words_of(" ".join(m["part"] for m in _TREATED.finditer(definition)))
            own = frozenset(w for w in words - others - _TELL_NOTHING - treated if len(w) > 4 and w.isalpha())
            telling[label] = own if len(own) <= 6 else frozenset()
        return telling

    @staticmethod
    def _may_stand_alone(wording: str) -> bool:
        plain = wording.strip()
        if len(plain) < 2 or plain.isdigit() or re.fullmatch(r"[IVX]+", plain):
            return False
        # "Before and after the treatment" names no arm.
        return plain.lower() not in CONTROLS | ACTIVES or "group" in plain.lower()

    @cached_property
    def _ordered(self) -> tuple[str, ...]:
        return tuple(sorted(self._names, key=lambda n: (-len(n), n)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        alternatives = [re.escape(n) if _is_short_code(n) else f"(?i:{re.escape(n)})" for n in self._ordered]
        return re.compile(rf"{_APART}(?:{'|'.join(alternatives)}){_GROUP_BEHIND.pattern}")

    def _named(self, text: str) -> Iterator[tuple[int, int]]:
        """Find what ``_pattern`` finds: making it for one document costs more than looking for each name."""
        if not all(map(str.isascii, self._ordered)):
            yield from (hit.span() for hit in self._pattern.finditer(text))
            return
        plain = folded(text)
        places: list[tuple[int, int]] = []
        for order, name in enumerate(self._ordered):
            within, sought = (text, name) if _is_short_code(name) else (plain, name.lower())
            at = within.find(sought)
            while at >= 0:
                places.append((at, order))
                at = within.find(sought, at + 1)
        reached = 0
        for start, order in sorted(places):
            if start < reached or (start and _is_joined(text[start - 1])):
                continue
            behind = _GROUP_BEHIND.match(text, start + len(self._ordered[order]))
            if behind is not None:
                reached = behind.end()
                yield start, reached

    def find(self, text: str) -> list[Mention[Arm]]:
        """Return the arms named in a sentence, in order."""
        if not self.arms.arms:
            return []
        found = [*self._grouped(text), *self._clusters(text)]
        for start, end in self._named(text):
            arm = self._arm_named(text[start:end])
            if arm and not any(start < m.end and m.start < end for m in found):
                found.append(Mention(start, end, arm))
        return sorted(found, key=lambda m: m.start)

    def others(self, text: str, arms: Iterable[Mention[Arm]]) -> list[Mention[Arm]]:
        """Return groups that a sentence names and that are none of the arms: what stands beside them is no arm's."""
        if len(self.arms.arms) < 2:
            return []
        hits = [m for m in _OTHER_GROUP.finditer(text) if not _NO_OTHER & set(m["label"].lower().split())]
        known = list(arms)
        return [
            Mention(hit.start("label"), hit.end("label"), UNKNOWN)
            for hit in hits
            if not any(hit.start() < m.end and m.start < hit.end() for m in known)
        ]

    def _arm_named(self, wording: str) -> Arm | None:
        bare = re.sub(r"\s+(?:groups?|arms?)$", "", wording)
        for name, arm in self._names.items():
            if name in (wording, bare) or (
                not _is_short_code(name) and name.lower() in (wording.lower(), bare.lower())
            ):
                return arm
        return None

    def _grouped(self, text: str) -> Iterable[Mention[Arm]]:
        for hit in _group_named(text):
            if _BOTH.search(hit.group()):
                continue
            if hit["code"]:
                arm = self.arms.match(f"Group {hit['code']}")
                if arm:
                    yield Mention(hit.start(), hit.end(), arm)
                    yield from self._further_codes(text, hit.end())
                continue
            words = hit["words"].split()
            if hit["many"] and (words[-1].lower() in _COUNTS or all(w.lower() in _OF_ALL for w in words)):
                continue  # "among three groups" is not group 3
            if hit["many"] and (pair := self._pair(hit, words)):
                yield from pair
                continue
            for cut in range(_leading(words), len(words)):
                if words[cut].lower() in _LEADING:
                    continue
                label = " ".join(words[cut:])
                arm = self.arms.match(label)
                if arm and _AMOUNT.match(label) and normalised(label) not in map(normalised, arm.names()):
                    continue  # "... 60.3 mg control group": number and unit are a value's
                if arm and normalised(label):
                    yield Mention(hit.start() + hit["words"].find(words[cut]), hit.end(), arm)
                    break

    def _pair(self, hit: re.Match[str], words: Sequence[str]) -> list[Mention[Arm]]:
        """Return both arms of "the intervention and control groups", where each word names another arm."""
        joint = next((i for i, word in enumerate(words) if word.lower() in _JOINS), 0)
        if not 0 < joint < len(words) - 1 or words[joint - 1].lower() in _LEADING:
            return []
        one, other = self.arms.match(words[joint - 1]), self.arms.match(" ".join(words[joint + 1 :]))
        if one is None or other is None or one.label == other.label:
            return []
        starts = [m.start() + hit.start("words") for m in re.finditer(r"\S+", hit["words"])]
        end = starts[joint - 1] + len(words[joint - 1])
        return [Mention(starts[joint - 1], end, one), Mention(starts[joint + 1], hit.end(), other)]

    def _clusters(self, text: str) -> Iterable[Mention[Arm]]:
        for hit in _CLUSTERS.finditer(text):
            arm = self.arms.match(f"{hit['side']} group")
            if arm:
                yield Mention(hit.start(), hit.end(), arm)

    def _further_codes(self, text: str, position: int) -> Iterable[Mention[Arm]]:
        while hit := _MORE_CODES.match(text, position):
            arm = self.arms.match(f"Group {hit['code']}")
            if arm is None:
                return
            yield Mention(hit.start("code"), hit.end("code"), arm)
            position = hit.end()


def _leading(words: Sequence[str]) -> int:
    """Return how many words before the name of a group end in a count that leads to it: "31 in control group"."""
    counts = [i for i in range(len(words) - 2) if count_of(words[i]) and words[i + 1].lower() in _LEADS]
    return counts[-1] + 2 if counts else 0


def _group_named(text: str) -> Iterator[re.Match[str]]:
    """Find what ``_GROUP_NAMED`` finds: a match has at most three words before its noun, so nothing before them is searched."""
    position = 0
    while noun := _GROUP.search(text, position):
        found = _GROUP_NAMED.search(text, words_before(text, position, noun.start(), _MOST_WORDS_BEFORE))
        if found is None:
            return
        yield found
        position = found.end()


def _is_joined(sign: str) -> bool:
    return sign.isalnum() or sign in "_-"


def _is_short_code(name: str) -> bool:
    return len(name) <= 5 and name.upper() == name
