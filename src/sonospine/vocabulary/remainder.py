"""What is left of a label when the words that name no measurement are taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_BEFORE_OR_AFTER = re.compile(r"(?:pre|post)(?:op|treat|interven|proced|test|train|exerc|therap)\w*")
_FILLING = frozenset(
    str.split(
        "a an the of for on at in to by from with without using via per and or between within over after before during since until than as was were is "
        "are be been had has all any each both other same no not this that these those its their our vs versus "
        "score scores scale scales rating ratings value values level levels degree index points point pts mean means median medians average averaged "
        "total overall global sum summary raw final last first second third new sd se sem ci iqr std dev deviation error range interquartile confidence "
        "interval standard min max minimum maximum percent percentage number n "
        "change changes changed difference differences diff delta improvement improvements improved reduction reductions reduced decrease decreases "
        "decreased increase increases increased decline drop gain benefit effect effects net adjusted unadjusted absolute relative significant "
        "estimate ls lsm least square squares "
        "baseline initial pre post follow up followup end start time times timepoint "
        "timepoints visit visits day days week weeks wk wks month months mo year years yr hour hours hr hrs h min mins minute minutes s sec seconds d w m "
        "t0 t1 t2 t3 t4 t5 t6 t7 t8 "
        "patient patients participant participants subject subjects people individuals group groups arm arms treatment treatments treated intervention "
        "therapy study trial control controls placebo sham experimental comparison comparisons course duration according results result outcome outcomes measure measures measured "
        "measurement measurements assessment assessed assessments evaluation evaluated recorded rated reported self primary secondary main data "
        "analysis clinical subjective parameters parameter variable variables item items subscale subscales domain domains part question test "
        "numbers stable unchanged worse worsened deteriorated deterioration better better "
        "questionnaire one two three four five six eight ten twelve data presented item "
        "mm cm centimetre centimetres centimeter centimeters millimetre millimetres millimeter millimeters line horizontal "
        "daily weekly nightly monthly today yesterday currently typically pacu ward discharge admission arrival "
        "visual analog analogue numeric numerical verbal"
    )
)


def without_expansions(label: str) -> str:
    """Return a label without the meanings of its abbreviations in square brackets (``[neck disability index]``)."""
    return _BRACKETED.sub(" ", label)


def remainder(label: str, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Return the words of a label that lie in none of the spans and say something about what was measured.

    Numbers, units, times, statistics and words such as "score" or "change" say nothing about it; a single letter
    does not either.
    """
    covered = sorted(spans)
    left = []
    for found in _TOKEN.finditer(label):
        word = found.group().casefold()
        if any(start < found.end() and found.start() < end for start, end in covered):
            continue
        if len(word) > 1 and not word.isdigit() and word not in _FILLING and not _BEFORE_OR_AFTER.match(word):
            left.append(found.group())
    return tuple(left)
