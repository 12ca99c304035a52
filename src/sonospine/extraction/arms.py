"""The arms of a study as its report names them, with definition, aliases and size."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from sonospine.extraction import arm_sides
from sonospine.extraction.abbreviations import abbreviations_of
from sonospine.extraction.arm_clusters import Cluster, candidates, chosen, clusters
from sonospine.extraction.arm_labels import ACTIVES, CONTROLS, COUNT, count_of, is_code, normalised, words_of
from sonospine.extraction.arm_sizes import arm_sizes, bracketed_sizes, each_size, total_sizes
from sonospine.extraction.one_arm import compares_guidance, is_comparison, is_one_arm
from sonospine.model.places import Place
from sonospine.model.record import Passage, Record
from sonospine.vocabulary import Vocabulary

ALL = "all"

_CODED = re.compile(r"\b[Gg]roup\s*(?:[A-Z]{1,5}\d{0,2}|\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm: label as reported, what the article says it is, sizes (digits or empty) and where that stands.

    ``n_locator`` is the place of ``n_randomised``.
    """

    label: str
    definition: str = ""
    role: str = ""
    n_randomised: str = ""
    n_analysed: str = ""
    locator: str = ""
    n_locator: str = ""
    aliases: tuple[str, ...] = ()
    analysed_locator: str = ""

    def size(self, *, baseline: bool = False) -> tuple[str, str]:
        """Return the people behind a result and where that stands: analysed, at baseline those who were randomised."""
        if self.n_analysed and self.analysed_locator and not (baseline and self.n_randomised):
            return self.n_analysed, self.analysed_locator
        return self.n_randomised, self.n_locator

    def names(self) -> tuple[str, ...]:
        """Return the label and the aliases."""
        return (self.label, *self.aliases)


@dataclass(frozen=True, slots=True)
class DocumentArms:
    """The arms of a document. ``one_arm`` tells that nobody is compared: its only arm is ``all``."""

    arms: tuple[Arm, ...] = ()
    one_arm: bool = False
    n_total: str = ""
    n_total_locator: str = ""
    n_analysed: str = ""
    _index: dict[str, Arm | None] = field(default_factory=dict, compare=False, repr=False)

    def match(self, label: str) -> Arm | None:
        """Return the arm that a label means, or ``None`` where it means none, or could mean several."""
        key = normalised(label)
        if key not in self._index:
            self._index[key] = self._find(key, label)
        return self._index[key]

    def _find(self, key: str, label: str) -> Arm | None:
        if not key or len(label) > 150:
            return None
        coded = _CODED.search(label)
        keys = {key, normalised(coded[0])} if coded else {key}
        exact = [a for a in self.arms if any(normalised(n) in keys for n in a.names())]
        if not exact and len(tight := key.replace(" ", "")) > 1:  # "H.A." is HA, and "BK 1" BK1
            exact = [a for a in self.arms if any(normalised(n).replace(" ", "") == tight for n in a.names())]
        if exact:
            return exact[0] if len(exact) == 1 else None
        words = words_of(label)
        if not words:
            return None
        found = self._by_alias(words) or self._by_role(words) or self._by_definition(words)
        return found or self._by_initials(label)

    def _by_alias(self, words: frozenset[str]) -> Arm | None:
        # The longest name whose words all stand in the label; a tie decides nothing.
        scored = [
            (max((len(w) for n in a.names() if (w := words_of(n)) and w <= words), default=0), a)
            for a in self.arms
        ]
        best = max((s for s, _ in scored), default=0)
        found = [a for s, a in scored if s == best]
        return found[0] if best and len(found) == 1 else None

    def _by_role(self, words: frozenset[str]) -> Arm | None:
        for role, signs in (("comparator", CONTROLS), ("intervention", ACTIVES)):
            if words & signs and not words & (CONTROLS if signs is ACTIVES else ACTIVES):
                found = [a for a in self.arms if a.role == role]
                if len(found) == 1 and len(words - signs) <= 1:
                    return found[0]
        return None

    def _by_initials(self, label: str) -> Arm | None:
        code = _NOUNS.sub(" ", label).strip(" .()")
        if not 2 <= len(code) <= 5 or not is_code(code):
            return None
        found = [a for a in self.arms if any(_initials(name) == code for name in (*a.names(), a.definition))]
        return found[0] if len(found) == 1 else None

    def _by_definition(self, words: frozenset[str]) -> Arm | None:
        texts = {a.label: words_of(" ".join((*a.names(), a.definition))) for a in self.arms}
        shared = frozenset.intersection(*texts.values()) if len(texts) > 1 else frozenset()
        telling = words - shared
        found = [a for a in self.arms if telling and telling <= texts[a.label]]
        return found[0] if len(found) == 1 else None


_NOUNS = re.compile(r"\b(?:groups?|arms?|the|of|and|with|plus|treatment|therapy)\b", re.IGNORECASE)


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"[A-Za-z]+", _NOUNS.sub(" ", name))).upper()


def find_arms(record: Record, vocabulary: Vocabulary) -> DocumentArms:
    """Find the arms that a record names in its abstract, methods, tables or registration.

    Arms are found by form, whatever their topic. A study without two arms and without a word of comparison,
    or whose title or abstract names a design with one arm (``ONE_ARM_DESIGNS``), has one arm, called ``all``.
    """
    if record.registry:
        return _registered(record)
    passages = [p for p in record.passages if tells_arms(p)]
    abbreviations = abbreviations_of(p.text for p in passages)
    found = list(candidates(record, passages))
    titled = [(c, "title") for c in arm_sides.compared(record.title)]
    chosen_clusters = chosen(clusters(found, abbreviations))
    if len(chosen_clusters) < 2:
        words = _title_words(record.title, abbreviations)
        chosen_clusters = chosen(clusters((*found, *titled), abbreviations), title=words)
    if len(chosen_clusters) < 2:
        chosen_clusters = chosen(clusters(titled, abbreviations), least=0.5)
    named = tuple(_arm(c, abbreviations) for c in chosen_clusters)
    total, total_place = _total(passages, not_it=_shared_sizes(named))
    alone = is_one_arm(record, vocabulary)
    if len(chosen_clusters) < 2 or alone:
        compares = is_comparison(record, passages) or compares_guidance(record.title, vocabulary)
        return DocumentArms((), alone or not compares, total, total_place)
    if total and _is_an_arms(total, named):
        total = total_place = ""
    without = tuple(_without_total(arm, total) for arm in named)
    arms = sized(_with_short_forms(without, passages, abbreviations), passages, total)
    if total and sum(arm.n_randomised == total for arm in arms) > 1:
        total = total_place = ""  # it is the size of one of several equal groups
    return DocumentArms(_with_roles(arms), False, total, total_place)


_SHORT_GROUP = re.compile(r"(?<![\w-])(?P<short>[A-Z][A-Za-z\d-]{1,9})[\s-](?:groups?|arms?|treated)\b")


def _with_short_forms(
    arms: tuple[Arm, ...], passages: list[Passage], abbreviations: dict[str, str]
) -> tuple[Arm, ...]:
    """Give arms the short form that the text calls their group by: "XYZ group", where XYZ stands for what one arm had."""
    if not abbreviations:
        return arms
    known = DocumentArms(arms)
    called = {m["short"] for p in passages for m in _SHORT_GROUP.finditer(p.text)} & set(abbreviations)
    more: dict[str, list[str]] = {}
    for short in sorted(called):
        meant = known.match(abbreviations[short])
        if known.match(f"{short} group") is None and meant is not None:
            more.setdefault(meant.label, []).append(f"{short} group")
    return tuple(replace(a, aliases=(*a.aliases, *more.get(a.label, ()))) for a in arms)


def _title_words(title: str, abbreviations: dict[str, str]) -> frozenset[str]:
    """Return the words of a title with the short forms of what it spells out: "US" of "ultrasound"."""
    words = words_of(title)
    short = (s for s, long in abbreviations.items() if words_of(long) and words_of(long) <= words)
    return words | words_of(" ".join(short))


def tells_arms(passage: Passage) -> bool:
    """Tell whether a passage can name the arms: it is no introduction, discussion or conclusion."""
    where = passage.locator.partition("/")[0]
    return where in {"title", "abstract"} or (
        where == "body" and passage.role in {"methods", "results", "other"}
    )


_LABEL_FROM = ("code", "named", "listed", "title", "sized", "table")


def _arm(cluster: Cluster, abbreviations: dict[str, str]) -> Arm:
    members = sorted(cluster.members, key=lambda m: _LABEL_FROM.index(m[0].kind))
    first, address = members[0]
    own = normalised(first.label)
    definitions = [
        m.definition for m, _ in cluster.members if m.definition and normalised(m.definition) != own
    ]
    definition = next((d for d in definitions if len(words_of(d)) > 1), next(iter(definitions), ""))
    if not definition:
        key = re.sub(r"\s*\b(?:group|arm)\b\s*", " ", first.label).strip()
        definition = abbreviations.get(key, "")
    sized = cluster.size()
    n_place = str(Place(sized[1], sized[0].n_start, sized[0].n_end)) if sized else ""
    aliases = [label for label in cluster.labels() if label != first.label and len(label) < 60]
    aliases += [d for d in dict.fromkeys(definitions) if len(d.split()) <= 4 and d not in aliases]
    return Arm(
        label=first.label,
        definition=definition,
        n_randomised=sized[0].n if sized else "",
        locator=str(Place(address, first.start, first.end)),
        n_locator=n_place,
        aliases=tuple(aliases),
    )


def _is_an_arms(total: str, arms: tuple[Arm, ...]) -> bool:
    """Tell whether a total is the size of an arm, because the others have people too, and another number of them."""
    others = [int(arm.n_randomised) for arm in arms if arm.n_randomised and arm.n_randomised != total]
    own = len(others) < len(arms) and all(arm.n_randomised for arm in arms)
    return own and sum(others) != int(total)


def _without_total(arm: Arm, total: str) -> Arm:
    """Take the n away from an arm that would hold everybody: it is the n of the study."""
    return replace(arm, n_randomised="", n_locator="") if total and arm.n_randomised == total else arm


def sized(arms: tuple[Arm, ...], passages: list[Passage], total: str) -> tuple[Arm, ...]:
    """Fill sizes that stand apart from the labels: "60 in each group", "fourteen patients had X".

    A size for each group must give the total where one is known: a sample size calculation gives another.
    """
    known = DocumentArms(arms)
    sizes: dict[str, tuple[str, str]] = {}
    for passage in passages:
        if all(a.n_randomised or a.label in sizes for a in arms):
            break
        planned = passage.role == "methods"
        told = (*arm_sizes(passage.text, planned=planned), *bracketed_sizes(passage.text))
        for words, n, start, end in told:
            arm = known.match(words)
            if arm and not arm.n_randomised and int(n) > 1:
                sizes.setdefault(arm.label, (n, str(Place(passage.locator, start, end))))
        each = each_size(passage.text) if passage.role != "results" else None
        wanted = each is not None and total.isdigit() and int(each[0]) * len(arms) != int(total)
        if each and not wanted and not any(a.n_randomised for a in arms):
            for arm in arms:
                sizes.setdefault(arm.label, (each[0], str(Place(passage.locator, each[1], each[2]))))
    if len(sizes) == 1 and not any(a.n_randomised for a in arms):
        # "Forty patients had X or Y": the only number known is everybody's.
        sizes = {label: size for label, size in sizes.items() if size[0] != total}
    return tuple(
        replace(a, n_randomised=sizes[a.label][0], n_locator=sizes[a.label][1])
        if a.label in sizes and not a.n_randomised
        else a
        for a in arms
    )


def is_control(arm: Arm) -> bool:
    """Tell whether the names or the definition of an arm say that it is a control."""
    return bool(words_of(" ".join((*arm.names(), arm.definition))) & CONTROLS)


def _with_roles(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    marked = [is_control(a) for a in arms]
    if not any(marked) or all(marked):
        return arms
    return tuple(
        replace(a, role="comparator" if c else "intervention") for a, c in zip(arms, marked, strict=True)
    )


_ENROLS = re.compile(
    r"\b(?:random|enrol|includ|recruit|consecutive|participated|took part|underwent|treated)", re.I
)


_OF_EACH = re.compile(
    r"[^.;:()]{0,25}\b(?:in|per|for|to|of)\s+(?:each|every|both)\b|\s+\w+\s+(?:each\b|(?:per|a)\s+(?:group|arm)\b)",
    re.I,
)
_PART_OF = re.compile(rf"\s+of\s+(?:the\s+|these\s+)?(?P<n>{COUNT})(?![.,]\d)", re.IGNORECASE)


def _shared_sizes(arms: tuple[Arm, ...]) -> frozenset[str]:
    """Return the sizes that several arms have: nobody else took part if one of them were everybody."""
    counts = Counter(arm.n_randomised for arm in arms if arm.n_randomised)
    return frozenset(n for n, arms_with in counts.items() if arms_with > 1)


def _total(passages: list[Passage], not_it: frozenset[str]) -> tuple[str, str]:
    """Return how many people took part: the first count beside a word of enrolment, else the first count.

    The size of each group is no total, neither is the part of a whole: "2 of 47 patients" tells of 47.
    """
    first: tuple[str, str] = ("", "")
    for passage in passages:
        if passage.locator == "title" or passage.role in {"introduction", "discussion", "conclusion"}:
            continue
        for n, start, end in total_sizes(passage.text):
            whole = _PART_OF.match(passage.text, end)
            if whole is not None and count_of(whole["n"]):
                n, start, end = count_of(whole["n"]), whole.start("n"), whole.end("n")
            if int(n) < 2 or n in not_it or _OF_EACH.match(passage.text, end):
                continue
            found = (n, str(Place(passage.locator, start, end)))
            if _ENROLS.search(passage.text[max(0, start - 60) : end + 120]):
                return found
            first = first if first[0] else found
    return first


def _registered(record: Record) -> DocumentArms:
    """Read the arm groups of a registration; groups of results that differ stand beside them."""
    module = record.registry.get("protocolSection", {}).get("armsInterventionsModule", {})
    arms = []
    for i, group in enumerate(module.get("armGroups", [])):
        label = str(group.get("label", "")).strip()
        if label:
            role = (
                "comparator"
                if re.search(r"PLACEBO|SHAM|NO_INTERVENTION|ACTIVE_COMPARATOR", str(group.get("type", "")))
                else "intervention"
            )
            names = "; ".join(str(n) for n in group.get("interventionNames", []))
            definition = str(group.get("description", "")).strip() or names
            arms.append(
                Arm(
                    label,
                    " ".join(definition.split()),
                    role,
                    locator=f"registry/protocolSection/armsInterventionsModule/armGroups/{i}/label",
                    aliases=tuple(
                        str(n).partition(": ")[2] or str(n) for n in group.get("interventionNames", [])
                    ),
                )
            )
    enrolment = (
        record.registry.get("protocolSection", {})
        .get("designModule", {})
        .get("enrollmentInfo", {})
        .get("count")
    )
    total = "" if enrolment is None else str(enrolment)
    place = "registry/protocolSection/designModule/enrollmentInfo/count" if total else ""
    return DocumentArms(tuple(arms), len(arms) == 1, total, place)
