"""What a heading says a passage is for, and labels inside an abstract that has none in its markup."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from sonospine.model.record import Passage

_ROLES = (
    ("results", r"\b(results?|findings|outcomes? (?:and|of)|measurements and main results)\b"),
    (
        "methods",
        r"\b(methods?|methodology|materials?|patients and|subjects and|study design|design|setting|participants?"
        r"|patients|subjects|interventions?|procedures?|outcome measures?|main outcomes?|measurements?"
        r"|statistic\w*|data (?:collection|sources?|recording|analysis)|selection criteria|eligibility"
        r"|study selection|data extraction|randomi[sz]ation|blinding|sample size|trial registration|registration"
        r"|technique)\b",
    ),
    ("conclusion", r"\b(conclusions?|concluding|summary|interpretation|implications?|clinical relevance)\b"),
    ("discussion", r"\b(discussions?|comments?|limitations?|strengths)\b"),
    (
        "introduction",
        r"\b(introduction|background|objectives?|aims?|purpose|context|rationale|hypothesis|importance|question)\b",
    ),
)
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in _ROLES)
_METHODS_AND_RESULTS = re.compile(r"[\d. ]*(?:methods? and results|measurements and main results)\W*")
LABELS = (
    r"Background(?: and (?:Objectives?|Aims?|Purpose))?|Introduction|Context|Importance|Rationale|Objectives?"
    r"|Aims?|Purpose|Hypothesis|Study Design|Design|Setting|Participants|Patients|Subjects|Interventions?"
    r"|(?:Materials?|Patients|Subjects|Participants) and Methods?|Methods?(?: and (?:Results|Materials|Findings))?"
    r"|Main Outcome Measures?|Outcome Measures?|Main Outcomes?(?: and Measures?)?|Measurements?(?: and Main Results)?"
    r"|Results?|Findings|Case (?:Report|Presentation|Description)|Discussion|Limitations?"
    r"|Conclusions?(?: and Relevance)?|Interpretation|Significance|Trial Registration(?: Number)?|Registration"
)
_COLON_LABEL = re.compile(
    rf"(?:^|(?<=[.;?!)\]] ))((?i:{LABELS})|[A-Z][A-Z ,/&-]{{3,40}}[A-Z]) ?[:：] ?(?=\S)"
)
_BRACKET_LABEL = re.compile(rf"[\[【]((?i:{LABELS}))[\]】] ?[:：]? ?(?=\S)")
_KNOWN_LABEL = re.compile(rf"(?i:{LABELS})")


def role_of(headings: Sequence[str]) -> str:
    """Return the role that headings give, from the outermost to the innermost; ``other`` where none says."""
    for heading in headings:
        role = _role(heading)
        if role != "other":
            return role
    return "other"


@functools.lru_cache(maxsize=1024)  # the same few headings stand in most articles
def _role(heading: str) -> str:
    text = heading.lower()
    if _METHODS_AND_RESULTS.fullmatch(text):
        return "results"
    return next((role for role, pattern in _PATTERNS if pattern.search(text)), "other")


@functools.lru_cache(maxsize=1024)
def label_address(label: str) -> str:
    """Return an abstract label as it stands in a locator: upper case, without slashes and colons."""
    text = re.sub(r"[\s:/]+", " ", label.replace("\u200b", "")).strip(" .-–—").upper()
    return text[:60].strip()


def abstract_passages(parts: Sequence[tuple[str, str]]) -> list[Passage]:
    """Return the passages of an abstract from (label, text) pairs; unlabelled ones are numbered.

    A text without a label that holds at least two printed labels ("METHODS: ... RESULTS: ...") is divided there.
    """
    divided = [part for label, text in parts for part in ([(label, text)] if label else split_labelled(text))]
    used: set[str] = set()
    passages = []
    unlabelled = 0
    for label, text in divided:
        if not text:
            continue
        address = label_address(label)
        if address in ("", "UNLABELLED", "UNASSIGNED", "ABSTRACT"):
            unlabelled += 1
            passages.append(Passage(f"abstract/p{unlabelled}", text, (), "abstract"))
            continue
        name = numbered(address, used)
        # A summary is the whole in short, not its conclusion.
        role = "abstract" if address.endswith("SUMMARY") else role_of((label,))
        passages.append(Passage(f"abstract/{name}", text, (label,), "abstract" if role == "other" else role))
    return passages


def numbered(name: str, used: set[str]) -> str:
    """Return a name that is not used yet (``X``, then ``X-2``, ``X-3``) and note it as used."""
    free, count = name, 1
    while free in used:
        count += 1
        free = f"{name}-{count}"
    used.add(free)
    return free


def split_labelled(text: str) -> list[tuple[str, str]]:
    """Divide a text at printed labels; a text with fewer than two known ones stays whole, without a label."""
    # Signs are counted first: most texts have too few for two labels, and searching for labels is slow.
    found = list(_BRACKET_LABEL.finditer(text)) if text.count("]") + text.count("】") > 1 else []
    if len(found) < 2:
        if text.count(":") + text.count("：") < 2:
            return [("", text)]
        found = [hit for hit in _COLON_LABEL.finditer(text) if hit.start() == 0 or _is_label(hit[1])]
    if sum(bool(_KNOWN_LABEL.fullmatch(hit[1])) for hit in found) < 2:
        return [("", text)]
    parts = [("", text[: found[0].start()].strip())] if found[0].start() else []
    ends = [hit.start() for hit in found[1:]] + [len(text)]
    parts += [(hit[1].strip(), text[hit.end() : end].strip()) for hit, end in zip(found, ends, strict=True)]
    return parts


def _is_label(text: str) -> bool:
    return bool(_KNOWN_LABEL.fullmatch(text)) or text.isupper()
