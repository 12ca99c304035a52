"""What a title says of its own kind, taken off before titles are compared."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sonospine.model.record import Record

RETRACTION, CONCERN, ERRATUM, COMMENT, PROTOCOL = "retraction", "concern", "erratum", "comment", "protocol"
# Words that mean a notice wherever they stand in front; words that are also topics ("withdrawal of steroids",
# "correction of a deformity") need a colon, or "to".
_SURELY = r"(?:\s*[:.\u2013\u2014-]+\s*|\s+(?:to|of|for|in|on|regarding|about|concerning)\b(?:\s+the\s+(?:article|paper))?[:\s]*|\s*$)"
_MAYBE = r"(?:(?:\s+(?:to|of|for|in))?\s*:\s*|\s+(?:[\u2013\u2014-]|to\b)\s*|\s+(?:of|for|in)\s+(?=[\"'\u2018\u201c])|\s*$)"
_QUOTES = "\"'\u2018\u2019\u201c\u201d\u00ab\u00bb"
# An article that was retracted or withdrawn keeps its title behind a word in front; a notice has "retraction of".
_STATUS = re.compile(
    r"^\W*(?:retracted|withdrawn|removed|temporary removal)(?:\s+(?:article|paper|chapter))?\W*[:.\]\u2013\u2014-]+\s*",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    r"\s*[\[(](?:retracted|withdrawn|retraction|see comments?|in \w+|author'?s transl|authors'? transl|"
    r"(?:published )?errat(?:um|a)|corrected|letter|abstract|this corrects|comment)\b[^\])]*[\])]\s*\.?",
    re.IGNORECASE,
)
_MARKS = (
    (
        RETRACTION,
        re.compile(
            rf"^\W*(?:(?:(?:notice|statement) of\s+(?:partial\s+)?retraction|retraction\s+(?:note|notice|statement)){_SURELY}"
            rf"|(?:partial\s+)?(?:retraction|withdrawal|removal)(?:\s+notice)?{_MAYBE})",
            re.I,
        ),
    ),
    (
        CONCERN,
        re.compile(
            rf"^\W*(?:editorial\s+|notice of\s+)?(?:expression of\s+concern|notice of\s+concern){_SURELY}",
            re.I,
        ),
    ),
    (
        ERRATUM,
        re.compile(
            rf"^\W*(?:(?:published\s+)?(?:errat(?:um|a)|corrigend(?:um|a)|(?:author|publisher)(?: |'s )correction){_SURELY}"
            rf"|(?:correction|addendum)(?:\s+notice)?{_MAYBE})",
            re.I,
        ),
    ),
    (
        COMMENT,
        re.compile(
            r"^\W*(?:(?:invited |editorial )?comment(?:s|ary)?(?: on| to|\s*:)|re\s*:|(?:the )?(?:author'?s?'? |authors'? )"
            r"(?:reply|response)(?: to\b|\s*:)|(?:in )?(?:reply|replies)(?: (?:to|by|from)\b|\s*:)|in response to\b|response(?: to)?\s*:|letter to the editor(?: regarding| on|\s*:)"
            r"|letter(?: by \w+)? regarding(?: article)?|editorial(?: comment)?(?: on|\s*:)|discussion\s*:"
            r"|(?:the )?authors? repl(?:y|ies)(?: to)?)[\s:,]*"
            r"|(?:\s*[:;,.(\u2013\u2014]\s*|\s-+\s)(?:(?:the )?author(?:s|'s|s')? (?:repl(?:y|ies)|response)|(?:a |an |invited |editorial )"
            r"?comment(?:ary)?|letter to the editor|reply|discussion|response from the authors?)\W*$",
            re.I,
        ),
    ),
    (
        PROTOCOL,
        re.compile(
            r"(?:[\s:;,.(\u2013\u2014-]*\b(?:(?:an? |the )?(?:study |trial |research |review )protocol"
            r"|(?:study )?rationale,? and (?:study )?design|(?:study |trial )?design and rationale"
            r"|(?:study )?rationale,? design,? and methods|statistical analysis plan)"
            r"|(?:[:;.(\u2013\u2014]|\s-)\s*(?:an? |the )?protocol|^\W*(?:an? |the )?protocol|\bprotocol(?= (?:for|of) (?:an?|the)\b))"
            r"(?: (?:for|of)(?: an?\b| the\b)?)?(?=\W|$)\W*",
            re.I,
        ),
    ),
)
_KINDS = {"erratum": ERRATUM, "protocol": PROTOCOL}


@dataclass(frozen=True, slots=True)
class Marked:
    """A title without its mark, and the mark; no mark is empty."""

    title: str
    mark: str


def marked(record: Record) -> Marked:
    """Return the title of a record without what says its kind or its fate, and the kind.

    ``RETRACTED: X`` is the article X itself; ``Retraction: X`` is a notice about it. A protocol's title may say
    so in the middle. The kind of the record counts where its title says nothing.
    """
    text = html.unescape(record.title).strip().strip(_QUOTES)
    text = _BRACKETED.sub(" ", _STATUS.sub("", text)).strip()
    for name, pattern in _MARKS:
        found = pattern.search(text)
        if found and (found.start() > 0 or found.end() < len(text)):
            return Marked(pattern.sub(": ", text, count=1).strip().strip(_QUOTES), name)
        if found:
            return Marked(text, name)
    return Marked(text, _KINDS.get(record.kind, ""))
