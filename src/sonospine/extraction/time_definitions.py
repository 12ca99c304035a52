"""What codes of times mean in a document: ``at 6 weeks (T1)``, ``T0 = baseline``, ``T1, T2: 1 and 2 weeks``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sonospine.extraction.times import CODE, TimeMention, code_of, find_times

_DEFINED = re.compile(
    r"(?:(?P<before>[^.;:()]{3,80}?)\s*\(\s*(?P<code>[TtVv][\u2080-\u2089\d]{1,2})\s*\))"
    r"|(?:(?<!\w)(?P<code2>[TtVv][\u2080-\u2089\d]{1,2})\s*(?:=|:|,|\(|is|was|indicates|denotes|represents)\s*(?P<behind>[^.;,]{3,80}))"
)
_CODES = re.compile(
    r"(?<!\w)[TtVv][\u2080-\u2089\d]{1,2}(?:(?:\s*[,;/]\s*(?:and\s+)?|\s+and\s+|\s*&\s*)[TtVv][\u2080-\u2089\d]{1,2}){1,11}(?!\w)"
)
_LISTED_WITHIN = 140


def time_definitions(texts: Iterable[str]) -> dict[str, TimeMention]:
    """Return what codes such as ``T1`` mean in a document: ``at 6 weeks (T1)``, ``T0 = baseline``; first come, first kept."""
    meanings: dict[str, TimeMention] = {}
    for text in texts:
        if not CODE.search(text):
            continue
        for code, mention in _listed(text):
            meanings.setdefault(code, mention)
        for found in _DEFINED.finditer(text):
            code = code_of(found["code"] or found["code2"])
            mentions = find_times(found["before"] or found["behind"] or "")
            if mentions and code not in meanings:
                meanings[code] = mentions[-1] if found["before"] else mentions[0]
    return meanings


def _listed(text: str) -> Iterable[tuple[str, TimeMention]]:
    """Yield the codes of a list with the times of a list as long behind or before it (``T1, T2: 1 and 2 weeks``)."""
    for run in _CODES.finditer(text):
        codes = [code_of(c.group()) for c in CODE.finditer(run.group())]
        behind = re.split(r"[.(;]\s", text[run.end() : run.end() + _LISTED_WITHIN], maxsplit=1)[0]
        before = re.split(r"[.;]\s", text[max(0, run.start() - _LISTED_WITHIN) : run.start()])[-1]
        for words in (behind, before):
            times = find_times(words)
            if len(times) == len(codes):
                yield from zip(codes, times, strict=True)
                break
