"""Which format of citations a text holds, told by how its first lines begin."""

from __future__ import annotations

import re

from sonospine.sources.citations.columns import is_table

REACH = 4000
_NAMES = {
    "ris": "RIS",
    "medline": "MEDLINE/NBIB",
    "isi": "Web of Science",
    "ovid": "Ovid",
    "enw": "EndNote tagged",
    "bibtex": "BibTeX",
    "inspec": "Inspec",
    "columns": "a table of citations (CSV)",
    "endnote": "EndNote XML",
}
FORMS = tuple(_NAMES)
ENDINGS = {
    ".ris": "ris",
    ".nbib": "medline",
    ".medline": "medline",
    ".isi": "isi",
    ".ciw": "isi",
    ".ovd": "ovid",
    ".enw": "enw",
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".csv": "columns",
    ".tsv": "columns",
    ".tab": "columns",
}
"""What a file of this ending holds where its first lines do not say something else."""
_FIRST = (
    ("ris", re.compile(r"(?m)^[ \t]*TY[ \t]{0,3}-(?:.*)\n\s*[A-Z][A-Z0-9][ \t]{0,3}-")),
    ("medline", re.compile(r"(?m)^PMID ?- ?\d.*\n\s*(?:[A-Z]{2,4} {0,3}-|\Z|SO )")),
    ("isi", re.compile(r"\A\s*(?:FN |PT [A-Z]\s)")),
    (
        "ovid",
        re.compile(r"\A\s*<\d+\.? ?>[ \t]*\n|(?m:^Accession Number[ \t]*\n[ \t]+\S|^VN[ \t]+-?[ \t]*Ovid)"),
    ),
    ("enw", re.compile(r"\A\s*%[0-9A-Z](?: |\n)")),
    ("inspec", re.compile(r"\A\s*Record\b[^\n]{0,40}INSPEC", re.IGNORECASE)),
)
_BIBTEX = re.compile(r"(?m)^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]")
_MEDLINE_LINE = re.compile(
    r"(?m)^(PMID|PMCR?|OWN|STAT|TI|AU|FAU|AB|JT|TA|PT|DP|LA|AID|LID|MH|OT|BTI|IS|VI|IP|PG) {0,2}-"
)
_RIS_LINE = re.compile(r"(?m)^(?:A[1-4UBD]|T[12I]|J[FOA]|PY|Y1|KW|UR|DO|N[12]|S[PN]|EP|VL|ER)  - ?")
_COMMENT = re.compile(r"(?m)^[ \t]*%.*$")


def name_of(form: str) -> str:
    """Return how users call a format."""
    return _NAMES[form]


def citation_form(text: str, suffix: str) -> str:
    """Return the format of citations that a text holds, or an empty text where it is something else.

    Parameters
    ----------
    text
        The beginning of the file.
    suffix
        Its ending in lower case, with the point. Under ``.txt`` and unknown endings the lines alone decide.
    """
    head = text[:REACH].replace("\r\n", "\n").replace("\r", "\n")
    by_ending = ENDINGS.get(suffix, "")
    if by_ending in ("columns", "bibtex"):
        return by_ending
    if is_table(head):
        return "columns"
    for form, pattern in _FIRST:
        if pattern.search(head):
            return form
    if _BIBTEX.match(_COMMENT.sub("", head).lstrip()):
        return "bibtex"
    if by_ending:
        return by_ending
    if len(set(_RIS_LINE.findall(head))) >= 4:
        return "ris"
    if len(set(_MEDLINE_LINE.findall(head))) >= 3:
        return "medline"
    return ""
