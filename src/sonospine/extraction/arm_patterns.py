"""Where a text names arms: coded groups, named groups, phrases with n, randomisation to X or Y."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sonospine.extraction.arm_labels import COUNT, count_of, is_code, normalised, words_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """An arm as one place names it. ``kind`` is ``code named sized listed table registry title``.

    ``start`` and ``end`` are the span of the label in the text searched, ``n_start`` and ``n_end`` that of n.
    """

    kind: str
    label: str
    start: int
    end: int
    definition: str = ""
    n: str = ""
    n_start: int = 0
    n_end: int = 0


_NO_BOUNDS = r"(?!\s*[\[(]\s*\d[\d.]*\s*(?:to|[-–;,])\s*\d)"
_CODE = (
    rf"(?:[A-Z]{{1,5}}\d{{0,2}}|[1-9]{_NO_BOUNDS}|[a-d])" r"(?![\w.]\w|[a-z\d])(?<!P(?=\s*(?:[<>=≤≥]|value)))"
)
# The look back (of ``\b``) stands behind the letter, so that the search goes from one such letter to the next.
_CODED = re.compile(
    rf"[Gg](?<!\w.)(?:roups?|ROUPS?)\s+[\"'“‘(]?(?P<code>{_CODE})(?P<more>(?:\s*(?:,|and|or|&|,\s*and)\s*{_CODE}(?![\w%.])(?!\s+(?:of|patients|weeks?|months?|hours?)\b))*)"
)
_SPLIT = re.compile(r"\s*(?:,|\band\b|\bor\b|&)\s*")
_VERB = (
    r"(?:(?:patients|participants|subjects|women|men|children|which|who)?,?\s*(?:was|were|has|had|have)?\s*(?:randomly\s+)?"
    r"(?:received|receiving|receives?|given|underwent|undergoing|treated (?:with|by|using)|administered|got|injected with|assigned to|"
    r"allocated to|comprised|consisted of|contained|used|performed|included|had)|=|[:,–-])"
)
_DEFINED = re.compile(
    rf"\s*(?P<bracket>\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])?\s*,?\s*(?P<verb>{_VERB})\s*(?P<what>[^;.()]*(?:\.\d[^;.()]*)*)",
    re.IGNORECASE,
)
_STOP_DEFINITION = re.compile(
    r",?\s*\b(?:and|or|while|whereas|but)\s+(?:the\s+)?(?:(?:patients|those)\s+in\s+)?(?:[\w-]+\s+){0,3}groups?\b|,?\s*\bgroups?\s+[A-Z0-9]|,\s*(?:while|whereas|respectively|followed by|for \d)",
    re.IGNORECASE,
)
_INCLUDES = re.compile(r"\b(?:includ|compris|consist|contain)", re.IGNORECASE)
_COUNTED = re.compile(
    rf"\s*(?:a\s+total\s+of\s+)?(?P<n>{COUNT})\s+(?:[a-z-]+\s+){{0,2}}?(?:patients|participants|subjects|women|men|children|individuals|volunteers|cases|eyes|knees)\b",
    re.IGNORECASE,
)
_N_INSIDE = re.compile(
    r"\b[nN]o?\.?\s*[=:]\s*(?P<n>\d[\d,\u202f]*+(?! \d{3}\b))|(?P<m>\d+)\s+(?:patients|participants|subjects|women|men|children|cases|eyes|knees)\b"
)
_NAMED = re.compile(
    r"(?P<words>(?:[\w+/%.’'\-–]+\s+){0,5}?[\w+/%.’'\-–]+)\s+(?P<noun>groups?|arms?)\b", re.IGNORECASE
)
_MOST_WORDS_BEFORE = 6
_NOUN = re.compile(r"\s(?:groups?|arms?)\b", re.IGNORECASE)
_BARE_SIZE = re.compile(
    r"\s*(?:of\s+)?(\d{1,4})(?![\d.,·]\d|\s*[±%(])(?=\s*[,.;)]|\s+(?:patients|participants|subjects)|$)"
)
# What is meant stands before these; it is looked for backwards, so that the search stays linear.
_CODE_IN_BRACKET = re.compile(
    r"\s*\((?:the\s+)?[Gg]roup\s+(?P<code>[A-Z]{1,5}\d{0,2}|[1-9]|[a-d])\b(?P<rest>[^()]*)\)"
)
_IN_GROUP = re.compile(
    r"\s(?:was|were)?\s*(?:used\s+|given\s+|administered\s+)?(?:in|for)\s+(?:the\s+)?[Gg]roup\s+(?P<code>[A-Z]{1,5}\d{0,2}|[1-9])\b"
)
# In every match of the two expressions above.
_GROUP_CODE = re.compile(r"[Gg]roup\s+[A-Z1-9a-d]")
_CLAUSE = re.compile(r"(?:[^;:.()]|(?<=\d)\.(?=\d)){3,140}$")
_SIZED = re.compile(
    r"(?P<what>[^;()\[\]]{2,160}?)\s*[\[(](?P<inside>[^()\[\]]*?)\b[nN]\s*=\s*(?P<n>\d[\d,\u202f]*+(?! \d{3}\b))[^()\[\]]*[\])]"
)
_CODE_BEFORE = re.compile(r"\((?P<code>[A-Z][A-Za-z]{0,3}[A-Z\d][A-Za-z\d]{0,4})\)$")
_NESTED = re.compile(r"\s*[\[(]([^()\[\]]*(?:\([^()]*\)[^()]*)*)[\])]")
_BRACKETED = re.compile(r"\s*\(([^()]*)\)")
_LONGEST_SIZED = 160
_BRACKET_WITH_N = re.compile(r"[\[(][^()\[\]]*?\b[nN]\s*=\s*\d")
_CUT = re.compile(
    r"[,;:]|\.\s|\b(?:or|and|either|receiv\w+|to|into|versus|vs\.?|undergo\w*|after|groups?:|using|were|was|"
    r"compar\w+|assigned|allocated|randomi[sz]ed|groups?\s+of|treated|that|which|given|had|underwent)\b",
    re.IGNORECASE,
)
ALLOCATED = re.compile(r"\b(?:random\w*|assign\w*|allocat\w*)\b", re.IGNORECASE)
ALLOCATION = re.compile(
    r"\b(?:random\w*|assign\w*|allocat\w*|divid\w*|enrol\w*|includ\w*|recruit\w*|compris\w*|consist\w*)", re.I
)
_LISTED_BEFORE = re.compile(r"(?:^|[:;]\s*(?:and\s+)?)$")
_BOUNDARY = frozenset(
    str.split(
        "the a an in and of than versus vs to for with from into between our or both each all two three four five other "
        "same this that these those within either any as by was were is are on at one per whether only while whereas but "
        "including respective whole entire compared not no when after before during patients participants subjects had has "
        "have randomized randomised assigned allocated divided did then also significantly different study's across among "
        "toward towards under over more less higher lower greater better there first second third fourth eight six ten "
        "control-group vs. group, groups, i.e. where since if every which who whose received receiving showed shows "
        "independent separate comparable equal parallel similar treated"
    )
)
_NOT_ARMS = frozenset(
    str.split(
        "age patient focus support working muscle peer user comparison research blood ethnic target discussion risk trial sex "
        "gender subject steering advisory expert collaborative cochrane sub subgroup intergroup parallel matched treatment-by "
        "functional carboxyl amino population diagnostic disease severity left right upper lower dominant affected "
        "study-specific symptom writing guideline total overall pooled multi single double open long-term per-protocol "
        "intention-to-treat itt analysis analyzed analysed randomized randomised small large inter within"
    )
)
_DOSE_UNITS = frozenset(
    str.split("mg g kg mcg µg μg ug ng ml mL l L mmol mg/kg mg/day mg/d IU mm cm min h kg/m2 points")
)
_ENROLLED = frozenset(
    str.split(
        "patients participants subjects women men children people individuals adults volunteers cases total overall all"
    )
)


def coded(text: str) -> Iterator[Candidate]:
    """Find "Group A", "groups 1, 2 and 3", with definition and n where they follow or stand in brackets."""
    for found in _CODED.finditer(text):
        codes = [c for c in _SPLIT.split(found["code"] + found["more"]) if is_code(c)]
        if len(codes) > 1:
            for code in codes:
                yield Candidate("code", f"Group {code}", found.start(), found.end())
            continue
        definition, n = "", ("", 0, 0)
        after = _DEFINED.match(text, found.end())
        bracket = _NESTED.match(text, found.end())
        if bracket:
            n = _size(bracket[1], bracket.start(1))
            definition = _bare(bracket[1])
        # "in group A, 12 had ..." defines nothing; "Group A, warm water" and "; group a, warm water" do.
        defines = text[found.start()] == "G" or _LISTED_BEFORE.search(text[: found.start()])
        if after and (after["verb"].strip() not in {",", "-", "–"} or defines):
            tail = _definition(after["what"])
            definition = definition or (tail if len(words_of(tail)) > 0 else "")
            sized = _BRACKETED.match(text, after.end("what"))
            if not n[0] and sized:
                n = _size(sized[1], sized.start(1))
        if after and not n[0]:
            n = _included(after)
        yield Candidate(
            "code",
            f"Group {codes[0]}" if codes else found[0],
            found.start(),
            found.end("code"),
            definition,
            *n,
        )
    for pattern in (_CODE_IN_BRACKET, _IN_GROUP) if _GROUP_CODE.search(text) else ():
        for found in pattern.finditer(text):
            rest = found.groupdict().get("rest") or ""
            if re.match(r"\s*(?:,|and|or|&)\s*(?:[Gg]roup\s+)?[A-Z0-9]\b", rest):
                continue  # "two groups (Group A and B)" defines neither
            n = _size(rest, found.start("rest")) if rest else ("", 0, 0)
            clause = _CLAUSE.search(text[max(0, found.start() - 140) : found.start()])
            what = _last_phrase(clause[0]) if clause else ""
            if what and not re.search(
                r"\b(?:higher|lower|patients|significant|mean|found|observed)\b|±", what, re.IGNORECASE
            ):
                yield Candidate(
                    "code", f"Group {found['code']}", found.start("code"), found.end("code"), what, *n
                )


def named(text: str) -> Iterator[Candidate]:
    """Find "the heated group", "the intervention and control groups", "HT group (n = 30)"."""
    for found in _named(text):
        words = found["words"].split()
        labels = [_trim(words)]
        if found["noun"].lower().endswith("s"):
            joined = [i for i, w in enumerate(words) if w.lower() in {"and", "or", "vs", "vs.", "versus"}]
            if not joined:
                continue
            labels = [_trim(words[: joined[-1]]), _trim(words[joined[-1] + 1 :])]
        for label in labels:
            if not label or not _may_name_arm(label):
                continue
            start = text.rfind(label, found.start(), found.end())
            noun = found["noun"] if not found["noun"].lower().endswith("s") else found["noun"][:-1]
            n, definition = ("", 0, 0), ""
            bracket = _BRACKETED.match(text, found.end())
            if bracket and len(labels) == 1:
                n = _size(bracket[1], bracket.start(1))
                definition = _bare(bracket[1])
            bare = _BARE_SIZE.match(text, found.end())
            sentence = max(0, found.start() - 120, text.rfind(". ", 0, found.start()))
            if not n[0] and bare and ALLOCATION.search(text, sentence, found.start()):
                n = (bare[1], bare.start(1), bare.end(1))
            after = _DEFINED.match(text, found.end())
            if after and not n[0] and len(labels) == 1:
                n = _included(after)
            if not definition and after and after["verb"].strip() not in {",", "-", "–", "had", "included"}:
                definition = _definition(after["what"])
            yield Candidate("named", f"{label} {noun.lower()}", max(start, 0), found.end(), definition, *n)


def _named(text: str) -> Iterator[re.Match[str]]:
    """Find what ``_NAMED`` finds: a match has at most six words before its noun, so nothing before them is searched."""
    position = 0
    while noun := _NOUN.search(text, position):
        found = _NAMED.search(text, words_before(text, position, noun.start(), _MOST_WORDS_BEFORE))
        if found is None:
            return
        yield found
        position = found.end()


def words_before(text: str, start: int, end: int, most: int) -> int:
    """Return a place from ``start`` on, before the last words (parted by white space) that end at ``end``: as many as ``most``."""
    parts = text[start:end].rsplit(None, most)
    return start + len(parts[0]) if len(parts) > most else start


def _with_n(text: str) -> Iterator[re.Match[str]]:
    """Find what ``_SIZED`` finds: a match ends with a bracket that holds an n and begins in the clause before it."""
    position = 0
    for bracket in _BRACKET_WITH_N.finditer(text):
        opened = bracket.start()
        if opened < position:
            continue
        clause = max(text.rfind(sign, 0, opened) for sign in ";()[]") + 1
        found = _SIZED.search(text, max(position, clause, len(text[:opened].rstrip()) - _LONGEST_SIZED))
        if found is None:
            return
        position = found.end()
        yield found


def sized(text: str) -> Iterator[Candidate]:
    """Find phrases that carry their n: "10 mg/day (n = 35), 5 mg/day (n = 30), or no medication (n = 32)"."""
    for found in _with_n(text):
        what = _last_phrase(found["what"])
        inside = found["inside"].strip(" ,;:")
        if not what or len(words_of(what) - _ENROLLED) == 0 or "%" in inside or "=" in inside:
            continue
        label = re.sub(r"^(?:the|a|an)\s+", "", what, flags=re.IGNORECASE)
        code = _CODE_BEFORE.search(text, 0, found.start("what")) if len(label.split()) == 1 else None
        if code is not None and found["what"].strip() == what:
            label = what = code[
                "code"
            ]  # "bed and water (BW) position (n = 17)": the noun behind a code names nothing
        if re.search(r"\b(?:group|arm)$", label):
            label = f"{_trim(label.split()[:-1])} {label.split()[-1]}".strip()
            if label in {"group", "arm"}:
                continue
        start = (
            code.start("code") if what == label and code else found.start("what") + found["what"].rfind(what)
        )
        yield Candidate(
            "sized",
            label,
            start,
            start + len(what),
            inside,
            found["n"].replace(",", "").replace("\u202f", ""),
            found.start("n"),
            found.end("n"),
        )


def _may_name_arm(label: str) -> bool:
    words = label.lower().split()
    if words[-1] in _NOT_ARMS or words[0] in _NOT_ARMS or len(label) > 60:
        return False
    return bool(normalised(label)) and not re.fullmatch(r"[\d.]+", label)


def _trim(words: list[str]) -> str:
    kept: list[str] = []
    for at, word in zip(range(len(words) - 1, -1, -1), reversed(words), strict=True):
        if word in _DOSE_UNITS:
            if kept or not at or not re.fullmatch(r"\d[\d.,]*", words[at - 1]):
                break  # "... 60.3 mg control group": the unit is that of a value
            return f"{words[at - 1]} {word}"
        plain = word.strip(".,;:").lower()
        if (
            plain in _BOUNDARY
            or plain.endswith(("ly", "ed"))
            or re.fullmatch(r"[\d.]+%?", plain)
            or word[-1] in ",;:"
        ):
            break
        kept.insert(0, word)
    return " ".join(kept[-4:]).strip("'’\" ")


def _size(text: str, offset: int) -> tuple[str, int, int]:
    found = _N_INSIDE.search(text)
    if not found:
        return "", 0, 0
    name = "n" if found["n"] else "m"
    return (
        found[name].replace(",", "").replace("\u202f", ""),
        offset + found.start(name),
        offset + found.end(name),
    )


def _included(defined: re.Match[str]) -> tuple[str, int, int]:
    """Read how many people a group "included" or "consisted of": n, its start and end."""
    counted = _COUNTED.match(defined["what"]) if _INCLUDES.search(defined["verb"]) else None
    n = count_of(counted["n"]) if counted is not None else ""
    if counted is None or not n:
        return "", 0, 0
    offset = defined.start("what")
    return n, offset + counted.start("n"), offset + counted.end("n")


def _bare(inside: str) -> str:
    parts = [p.strip() for p in re.split(r"[;,]", inside)]
    kept = [p for p in parts if p and not _N_INSIDE.search(p) and re.search(r"[A-Za-z]{2}", p)]
    text = ", ".join(kept)
    return (
        ""
        if re.search(
            r"±|\bp\s*[<=>]|\d\s*%|\bfig|\btable|\bCI\b|\bSD\b|\bvs?\b|\d+(?:\.\d+)?\s*\(",
            text,
            re.IGNORECASE,
        )
        else text
    )


def _definition(what: str) -> str:
    stop = _STOP_DEFINITION.search(what)
    text = (what[: stop.start()] if stop else what).strip(" ,:-–")
    if re.search(
        r"±|\bp\s*[<=>]|\b(?:significant|higher|lower|mean|median|decrease|increase|improve)",
        text,
        re.IGNORECASE,
    ):
        return ""
    return text[:160].strip()


def _last_phrase(text: str) -> str:
    cuts = [m.end() for m in _CUT.finditer(text) if m.end() < len(text.rstrip())]
    phrase = text[cuts[-1] :] if cuts else text
    return re.sub(
        r"^(?:\s|the\b|an?\b|with\b|by\b|in\b|\d+[\s-](?:weeks?|months?|days?)\s+of\b)+",
        "",
        phrase,
        flags=re.IGNORECASE,
    ).strip(" ,;:-–")
