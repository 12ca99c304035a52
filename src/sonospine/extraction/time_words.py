"""The words by which times are named: units, amounts, before, during, just after and after treatment.

The fragments are for patterns: each names one way to print a part of a time.
"""

from __future__ import annotations

from sonospine.extraction.alternatives import any_of
from sonospine.model.number_words import BELOW_HUNDRED

UNIT = (
    r"(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|mths?|years?|yrs?"
    r"|min\.|hr\.|wk\.|mo\.|yr\.|[hdw](?![\w/]))"
)
SPELLED = any_of(w for w, v in BELOW_HUNDRED.items() if 0 < v < 100)
AMOUNT = r"(?:\d{1,3}(?:[.,\u00b7]\d+)?|" + SPELLED + r")"
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "twelfth": 12,
}  # fmt: skip
FRACTIONS = {
    "half an hour": 30 / 10080,
    "half hour": 30 / 10080,
    "half a year": 26.07,
    "one and a half hours": 1.5 / 168,
}
DASH = r"[-\u2010-\u2015\u2212]"
BASELINE = (
    r"base-?\s?lines?(?!\s+(?:characteristics?|to\b))|pre-?\s?(?:treatment|intervention|operative(?:ly)?|injection|procedur\w+|block|test"
    r"|therapy|surgery|op|training|exercises?|study|randomi[sz]ation|dose|medication|rehabilitation)\b|pre(?=[\s\-\u2013/]*post\b)"
    r"|(?:just\s+|immediately\s+|prior|shortly\s+)?before\s+(?:the\s+)?(?:first\s+)?(?:treatment|intervention|injection|surgery|procedure"
    r"|operation|therapy|randomi[sz]ation|block\w*|start|program\w*|rehabilitation|training)"
    r"|prior\s+to\s+(?:the\s+)?(?:treatment|intervention|injection|surgery|procedure|operation|therapy|block)"
    r"|at\s+(?:study\s+)?(?:entry|inclusion|enrolment|enrollment|admission|the\s+start)|(?:on\s+)?(?:study\s+)?entry\b(?=\s*$)|initial(?:ly)?\b"
    r"(?!\s+(?:\w+\s+)?(?:decreas|increas|fall|rise|drop|improve|reduc|respon|dose|loading|bolus))"
    r"|at\s+randomi[sz]ation|onset\s+of\s+treatment|^\s*(?:before|pre)\s*(?:\)|$|[,;(])|^\s*pre[-\s]?(?:values?|scores?|results?|measure\w*)\b|\bbl\b(?=\s*$)|(?<=\w\s)(?:before|pre)\s*$"
)
IMMEDIATE = (
    r"(?:immediately|directly|right|just|shortly)\s+(?:after|following|post)(?:\s*[-\u2010\u2013]?\s*(?:the\s+)?(?:treatment|intervention|injection|surgery"
    r"|procedure|operation|therapy|block))?|immediate(?:ly)?\s+post[-\s]?\s?\w*|immediate\s+(?:effect|post\w*)"
    r"|(?:at|on|in|upon)\s+(?:arrival|admission)\s+(?:to|in|at|into)\s+(?:the\s+)?(?:pacu|post-?an\w+|recovery)"
    r"|(?:at|in)\s+(?:the\s+)?(?:recovery(?:\s+room|(?!\s+(?:time|rate|score|index)))|pacu|post-?an[a-z]+\s+care\s+unit)\b|after\s+(?:extubation|awakening)"
    r"|(?:at\s+)?(?:the\s+)?end\s+of\s+(?:the\s+)?(?:surgery|operation|procedure|injection)"
)
DURING = (
    r"(?:during|throughout)\s+(?:the\s+)?(?:procedure|injection|treatment\s+procedure|surgery|operation|block|puncture|intervention)"
    r"|intra-?\s?(?:operative(?:ly)?|procedural(?:ly)?)|at\s+the\s+time\s+of\s+(?:the\s+)?(?:procedure|injection|needle)"
)
AFTER = (
    r"post-?\s?(?:treatment|intervention|injection|test|therapy|procedure|block|training|exercises?|program\w*|op\b|operative\w*|surgery|rehabilitation)"
    r"|(?:at\s+)?(?:the\s+)?(?:end|completion|conclusion|cessation)\s+of\s+(?:the\s+)?(?:\w+\s+)?(?:treatment|intervention|therapy|study|trial|program\w*|training"
    r"|follow-?\s?up|rehabilitation|period|course|sessions?|exercises?|care)"
    r"|(?:end|final|last|exit)\s+(?:test|value|measure\w*|assessments?|evaluations?|scores?|examinations?|session)"
    r"|after\s+(?:the\s+)?(?:(?:first|second|third|fourth|fifth|sixth|last|final)\s+)?(?:treatment|intervention|injection|therapy|surgery|procedure|operation|block|training|program\w*|session)"
    r"|after\s+(?:the\s+)?(?:\w+\s+){0,2}(?:sessions|treatments|injections)|(?:at\s+)?(?:hospital\s+)?discharge|follow[-\s]?\s?ups?|final\s+(?:visit|assessment|follow[-\s]?up)|last\s+(?:visit|follow[-\s]up)|^\s*(?:after|post)\s*(?:\)|$|[,;(])|^\s*post[-\s]?(?:values?|scores?|results?|measure\w*)\b"
    r"|end-?point|(?<=\w\s)(?:after|post)\s*$"
)
LEAD = r"(?:(?P<within>within|up\s+to|over|for|last|past|previous|every|per|duration\s+of|next|first)\s+(?:the\s+)?(?:last\s+|past\s+|previous\s+|next\s+|first\s+)?)?"
