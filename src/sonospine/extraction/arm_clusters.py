"""Candidates that name the same arm are joined; the arms of the study are chosen among them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sonospine.extraction import arm_patterns, arm_sides
from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_labels import ACTIVES, CONTROLS, is_code, normalised, words_of
from sonospine.extraction.arm_listings import listed_with_sizes
from sonospine.extraction.arm_patterns import Candidate
from sonospine.extraction.language import sentences
from sonospine.extraction.times import find_times
from sonospine.model.places import cell_address
from sonospine.model.record import Passage, Record, Table

MOST_ARMS = 8
_LONGEST_CODE = 7

_WEIGHT = {"code": 1.0, "named": 0.7, "sized": 1.2, "listed": 0.9, "table": 2.0, "title": 0.8}
_ALLOCATES = re.compile(
    r"\b(?:random|assign|allocat|divid|groups?\b|arms?\b|received|receive\b|underwent|treated)", re.IGNORECASE
)
_WORDS_OF_ALLOCATION = (
    "random", "assign", "allocat", "divid", "group", "arm", "receive", "underwent", "treated",
)  # fmt: skip
_HEADED = re.compile(r"^(?P<label>.*?\S)[\s,;:\[(]*\b[nN]\s*=\s*(?P<n>\d[\d,\u202f]*+(?! \d{3}\b))\s*[)\]]?")
_DEFINED_HEADER = re.compile(
    r"^(?P<label>[Gg]roup\s+[A-Z\d]{1,3})\s*[(:,–-]\s*(?P<definition>[A-Za-z][^()\d=±%]{2,60})\)?\s*$"
)
_NO_ARM = re.compile(
    r"\b(?:total|all|overall|visit|weeks?|months?|sub-?groups?|years?)\b|%|^\W*\d+\s*$", re.IGNORECASE
)


_N_LABEL = re.compile(
    r"\W*(?:n|no\.?|(?:number|no\.?)\s+of\s+(?:patients|participants|subjects))\W*$", re.IGNORECASE
)
_TOTAL_LABEL = re.compile(
    r"\W*(?:total\s+)?(?:(?:number|no\.?)\s+of\s+)?(?:cases|patients|participants|subjects)\W*(?:\(?\s*n\s*\)?)?\W*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\(\s*(?:[npm\u00b5\u03bck]?(?:g|mol|L|U|IU|Eq|cal)\s*/\s*\w{1,3}|[npm\u00b5\u03bc]M|mm\s?Hg|beats\s*/\s*min|bpm|cm|mm|kg)\s*\)"
)


_PEOPLE = re.compile(
    r"(?:[\w-]+\s+){0,3}(?:patients|participants|subjects|women|men|children|adults|individuals|volunteers|cohort)\b"
    r"(?!.*\b(?:receiv|treat|given|who|without)\w*)",
    re.IGNORECASE,
)


@dataclass
class Cluster:
    """Candidates that name the same arm, each with the address at which it stands."""

    members: list[tuple[Candidate, str]]

    def labels(self) -> list[str]:
        """Return the distinct labels, in the order in which they were met."""
        return list(dict.fromkeys(c.label for c, _ in self.members))

    def size(self) -> tuple[Candidate, str] | None:
        """Return the member whose n is printed most often; the first of them where several are. No arm has one patient."""
        counts = Counter(c.n for c, _ in self.members if c.n and int(c.n) > 1)
        if not counts:
            return None
        most = max(counts.values())
        return next(m for m in self.members if m[0].n and counts[m[0].n] == most)


def candidates(record: Record, passages: Sequence[Passage]) -> Iterator[tuple[Candidate, str]]:
    """Find every place that names an arm.

    Results name arms in passing: definitions, and sizes that are not written "n = ...", are taken from the
    title, the abstract and the methods only, so that "Group B (5 patients)" is no size of Group B.
    """
    for passage in passages:
        planned = _tells_plan(passage) and not passage.locator.lower().startswith("abstract/result")
        for finder in (arm_patterns.coded, arm_patterns.named):
            for candidate in finder(passage.text):
                if not _NO_ARM.search(candidate.label):
                    yield candidate if planned else _in_passing(candidate, passage.text), passage.locator
        for start, end in sentences(passage.text):
            for candidate in listed_with_sizes(passage.text[start:end]):
                yield _moved(candidate, start), passage.locator
        if not planned:
            continue
        for start, end in sentences(passage.text):
            sentence = passage.text[start:end]
            if not holds(folded(sentence), _WORDS_OF_ALLOCATION) or not _ALLOCATES.search(sentence):
                continue
            for candidate in (*arm_patterns.sized(sentence), *arm_sides.listed(sentence)):
                if not _NO_ARM.search(candidate.label) and len(candidate.label) < 80:
                    yield _moved(candidate, start), passage.locator
    if not record.tables:
        return
    words = words_of(" ".join(p.text for p in passages if _tells_plan(p)))
    for table in record.tables:
        yield from _headers(table, words)


def _tells_plan(passage: Passage) -> bool:
    return passage.role != "results" or passage.locator.startswith("abstract")


def _in_passing(candidate: Candidate, text: str) -> Candidate:
    explicit = candidate.n and re.search(r"\b[nN]\s*=\s*$", text[: candidate.n_start])
    return replace(candidate, definition="", n=candidate.n if explicit else "")


def _moved(candidate: Candidate, offset: int) -> Candidate:
    return replace(
        candidate,
        start=candidate.start + offset,
        end=candidate.end + offset,
        n_start=candidate.n_start + offset,
        n_end=candidate.n_end + offset,
    )


def _headers(table: Table, words: frozenset[str]) -> Iterator[tuple[Candidate, str]]:
    """Find header cells with an n, at least two in a row, whose words the text knows too."""
    for r, row in enumerate(table.rows[: max(2, table.header_rows)]):
        found = []
        for c, cell in enumerate(row):
            headed = _HEADED.match(cell.text) if (cell.row, cell.column) == (r, c) else None
            if headed is None or len(cell.text) > 90 or _NO_ARM.search(headed["label"]):
                continue
            label = headed["label"].strip(" ,;:([")
            if find_times(label) or not (
                re.search(r"\bgroup\b", label, re.IGNORECASE) or words_of(label) & words
            ):
                continue
            start = headed.start("label")
            n = headed["n"].replace(",", "").replace("\u202f", "")
            place = (headed.start("n"), headed.end("n"))
            made = Candidate("table", label, start, start + len(label), "", n, *place)
            found.append((made, cell_address(table, r, c)))
        if sum(bool(_MEASURED.search(row[c].text)) for c in range(len(row))) >= 2:
            continue  # "A (ng/mL) n = 20 | B (nM) n = 21" are things that were measured
        if len({normalised(c.label) for c, _ in found}) >= 2:
            yield from found
        else:
            yield from _defined_headers(table, r)
            yield from _sized_below(table, r, words)


def _sized_below(table: Table, r: int, words: frozenset[str]) -> Iterator[tuple[Candidate, str]]:
    """Find header cells whose n stands in a row below them; each is named at the header, and sized at its n."""
    first = _row_of_sizes(table, r)
    if first is None:
        return
    found: list[tuple[Candidate, str]] = []
    for c, (cell, size) in enumerate(zip(table.rows[r], table.rows[first], strict=True)):
        defined = _DEFINED_HEADER.match(cell.text)
        label = defined["label"] if defined else cell.text.strip()
        n = re.fullmatch(r"\s*(?P<n>\d{1,5})\s*", size.text)
        if c == 0 or n is None or (cell.row, cell.column) != (r, c) or not 1 < len(label) < 60:
            continue
        if _NO_ARM.search(label) or find_times(label) or not (defined or words_of(label) & words):
            continue
        found.append((Candidate("table", label, 0, len(label)), cell_address(table, r, c)))
        sized = Candidate("table", label, 0, 0, "", n["n"], n.start("n"), n.end("n"))
        found.append((sized, cell_address(table, first, c)))
    if len({normalised(c.label) for c, _ in found}) >= 2:
        yield from found


def _row_of_sizes(table: Table, r: int) -> int | None:
    """Return the row of sizes under a header row: the first below it, or the only one that counts the patients."""
    first = max(1, table.header_rows)
    if r != first - 1 or len(table.rows) <= first or not all(table.rows):
        return None
    if _N_LABEL.match(table.rows[first][0].text):
        return first
    counting = [k for k, row in enumerate(table.rows) if k >= first and _TOTAL_LABEL.match(row[0].text)]
    return counting[0] if len(counting) == 1 else None


def _defined_headers(table: Table, r: int) -> Iterator[tuple[Candidate, str]]:
    """Find header cells that say what a coded group is: "Group B (blind)"; at least two in a row."""
    found = []
    for c, cell in enumerate(table.rows[r]):
        headed = _DEFINED_HEADER.match(cell.text) if (cell.row, cell.column) == (r, c) else None
        if headed is not None and not find_times(headed["definition"]):
            label = headed["label"]
            made = Candidate("table", label, 0, len(label), headed["definition"].strip())
            found.append((made, cell_address(table, r, c)))
    if len({normalised(c.label) for c, _ in found}) >= 2:
        yield from found


def clusters(found: Iterable[tuple[Candidate, str]], abbreviations: dict[str, str]) -> list[Cluster]:
    """Join candidates with the same label, or whose label is the abbreviation of the other's."""
    made: list[Cluster] = []
    index: dict[str, Cluster] = {}
    for candidate, address in found:
        keys = _keys(candidate.label, abbreviations)
        # "the heated group (HT group, n = 30)": the bracket names the arm again.
        again = normalised(candidate.definition) if _names_again(candidate) else ""
        if again and len(again.split()) < 4:
            keys.append(again)
        home = next((index[k] for k in keys if k in index), None)
        if home is None:
            home = Cluster([])
            made.append(home)
        home.members.append((candidate, address))
        for key in keys:
            index.setdefault(key, home)
    return _merged(_spelled_out(made, abbreviations))


def _names_again(candidate: Candidate) -> bool:
    """Tell whether the bracket behind a label names the group again: "(HT group, n = 30)", "(HT, n = 30)", "(control; n = 7)"."""
    if candidate.kind not in {"named", "sized"}:
        return False
    if re.search(r"\bgroup\b", candidate.definition):
        return True
    if candidate.kind == "named":
        return False
    words = words_of(candidate.definition)
    return bool(words and words <= CONTROLS) or (
        len(candidate.definition) > 1 and is_code(candidate.definition)
    )


def _spelled_out(made: list[Cluster], abbreviations: dict[str, str]) -> list[Cluster]:
    """Join "XY group" to the arm listed as "x y under z" where XY is short for x y, and only one arm is so listed."""
    longer = [c for c in made if all(m.kind in {"listed", "title"} for m, _ in c.members)]
    kept = [c for c in made if not any(c is other for other in longer)]
    for cluster in longer:
        words = words_of(" ".join(cluster.labels()))
        homes = []
        for named in kept:
            bare = re.sub(r"\b[Gg]roup\b|\barm\b", " ", named.labels()[0]).strip()
            meaning = words_of(abbreviations.get(bare, ""))
            if meaning and meaning <= words:
                homes.append(named)
        if len(homes) == 1:
            spelled = [(replace(m, definition=m.definition or m.label), at) for m, at in cluster.members]
            homes[0].members.extend(spelled)
        else:
            kept.append(cluster)
    return kept


def _keys(label: str, abbreviations: dict[str, str]) -> list[str]:
    key = normalised(label)
    bare = re.sub(r"\b[Gg]roup\b|\barm\b", " ", label)
    longer = " ".join(normalised(abbreviations.get(w, w)) for w in bare.split())
    guided = [" ".join(w for w in k.split() if w not in {"guided", "guidance"}) for k in (key, longer)]
    tight = [key.replace(" ", "")] if len(key) < _LONGEST_CODE else []  # "BK 1" is BK1
    return [k for k in dict.fromkeys((key, longer, *guided, *tight)) if k]


def _merged(made: list[Cluster]) -> list[Cluster]:
    """Join a named or sized arm to the coded arm whose definition holds all its words, where only one does."""
    coded = [c for c in made if any(m.kind == "code" for m, _ in c.members)]
    if len(coded) < 2:
        return made
    meaning = [words_of(" ".join(m.definition for m, _ in c.members)) for c in coded]
    shared = frozenset.intersection(*meaning)
    kept = list(coded)
    for cluster in made:
        if any(cluster is c for c in coded):
            continue
        words = words_of(" ".join(cluster.labels())) - shared
        homes = [c for c, m in zip(coded, meaning, strict=True) if words and words <= m]
        if len(homes) == 1:
            homes[0].members.extend(cluster.members)
        else:
            kept.append(cluster)
    return kept


def _score(cluster: Cluster, title: frozenset[str]) -> float:
    score = sum(_WEIGHT[m.kind] for m, _ in cluster.members[:6])
    score += 2.0 * any(m.n for m, _ in cluster.members) + 1.0 * any(m.definition for m, _ in cluster.members)
    score += 0.8 * any(words and words <= title for words in map(words_of, cluster.labels()))
    return score + 1.0 * any(words_of(label) & (CONTROLS | ACTIVES) for label in cluster.labels())


def chosen(made: list[Cluster], least: float = 1.4, *, title: frozenset[str] = frozenset()) -> list[Cluster]:
    """Choose the arms of the study: coded groups before named ones, those with an n before those without.

    A label whose words stand in ``title`` (the words of the title) counts for more.
    """
    strong = [(c, s) for c in made if (s := _score(c, title)) >= least]
    top = max((s for _, s in strong), default=0.0)
    coded = [(c, s) for c, s in strong if any(m.kind == "code" for m, _ in c.members)]
    if len(coded) >= 2 and max(s for _, s in coded) >= 0.5 * top:
        strong = coded
    else:
        sizes = [(c, s) for c, s in strong if c.size()]
        if len(sizes) >= 2 and max(s for _, s in sizes) >= 0.5 * top:
            strong = sizes
    kept = [(c, s) for c, s in strong if s >= 0.25 * top]
    kept = [(c, s) for c, s in kept if not _holds_others(c, [other for other, _ in kept])]
    groups = [(c, s) for c, s in kept if not _names_people(c)]
    kept = groups if len(groups) > 1 and len(groups) == len(kept) - 1 else kept
    ranked = sorted(kept, key=lambda pair: -pair[1])[:MOST_ARMS]
    return [c for c, _ in kept if any(c is r for r, _ in ranked)]


def _holds_others(cluster: Cluster, others: Sequence[Cluster]) -> bool:
    """Tell whether a phrase with an n names everybody: its n is the sum of those of the two or more others that have one."""
    if any(m.kind == "code" for m, _ in cluster.members):
        return False
    own = cluster.size()
    sizes = [size[0].n for other in others if other is not cluster and (size := other.size())]
    return own is not None and len(sizes) > 1 and int(own[0].n) == sum(map(int, sizes))


def _names_people(cluster: Cluster) -> bool:
    """Tell whether a phrase with an n only names who took part ("eligible women (n = 88)"), never a group."""
    return all(m.kind == "sized" and _PEOPLE.match(m.label) for m, _ in cluster.members)
