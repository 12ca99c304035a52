"""Markdown and plain-text documents."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sonospine.model.identifiers import dois_in, ncts_in
from sonospine.model.record import Figure, Passage, Record, Table
from sonospine.sources import text_front as front
from sonospine.sources.blocks import BACK, Block, Heading, Paragraph, blocks_of, menu_lines, prepared_lines
from sonospine.sources.decoding import collapse
from sonospine.sources.editorial import kind_of, status_of
from sonospine.sources.front_matter import FrontMatter, split_front_matter
from sonospine.sources.headings import LABELS, abstract_passages, role_of
from sonospine.sources.identifiers import unique, written_language
from sonospine.sources.raw import RawRecord, Unreadable
from sonospine.sources.registrations import own_in_text

_ABSTRACT = re.compile(r"(?:structured )?abstract|summary", re.IGNORECASE)
_BACK = re.compile(BACK, re.IGNORECASE)
_MAIN = re.compile(
    r"introduction|background|(?:(?:materials?|patients|subjects|participants) and )?methods?(?: and materials?)?"
    r"|results?(?: and discussion)?|discussion(?: and conclusions?)?|conclusions?(?: and .{1,40})?"
    r"|case (?:report|presentation|description)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:from|correspond\w+(?: author| to)?|disclaimer|conflicts? of interests?|funding|patient consent[^:]{0,30}"
    r"|(?:accepted|received|published)|publication date)\s*:",
    re.IGNORECASE,
)
_PANELS = re.compile(r"\(?A[.)]\s")
_LABELLED = re.compile(rf"({LABELS})\s*(?:[:：]\s*|\.\s+(?=[A-Z])|[–-]\s+|\s(?=[A-Z0-9]))(?=\S)")
_COLON_LABELLED = re.compile(rf"((?i:{LABELS}))\s*[:：]\s*(?=\S)")
_KEYWORDS = re.compile(r"key ?words?\s*[:：]?\s*", re.IGNORECASE)
_OPEN_END = re.compile(r"[^.!?:;)\]\"”’']\s*\Z")
# A text of fewer letters than this says nothing that could be screened.
FEWEST_LETTERS = 30


def parse_document(raw: RawRecord) -> Record:
    r"""Read one Markdown or plain-text document.

    Title, authors and year come from the front matter, else, conservatively, from the first lines. The abstract is
    what stands under "Abstract" or "Summary", or begins with labels ("Background:", "Methods:") before the first
    heading. TeX leftovers (``\pm``) are stored as the characters they mean. In a page of news, DOIs and
    registrations belong to the study it tells of, so they are cited, unless the front matter names the registration.

    Raises
    ------
    Unreadable
        The front matter is not YAML, or there is too little text.
    """
    stated, text = split_front_matter(raw.content)
    if sum(character.isalpha() for character in text) < FEWEST_LETTERS and not stated.title:
        raise Unreadable("too little text to be a record")
    lines = prepared_lines(text)
    menus = len(menu_lines(text.replace("\r\n", "\n").split("\n")))
    printed, begin, after = front.find_title(lines)
    title = stated.title or printed
    authors, rest = stated.authors, after
    if not authors and printed:
        authors, rest = front.find_authors(lines, after)
    page_title = printed if printed and printed != title and begin < rest else ""
    reader = _Reader(has_abstract=_has_abstract(lines[rest:]))
    # Lines above the title (the kind of article, a menu) belong to no section of the text.
    reader.read(blocks_of(lines[rest:]))
    plain = "\n".join(lines)
    types = stated.types or front.types_in(title, plain)
    kind = kind_of(types, title)
    if kind == "article" and not types and front.is_news(plain, menus):
        kind = "news"
    passages = reader.passages()
    own, cited_nct = _registrations(stated, kind, passages)
    doi, cited_doi = _dois(stated, kind, plain, reader.notes)
    keywords = stated.keywords or reader.keywords
    return Record(
        record_id=raw.record_id,
        source="file",
        title=title,
        kind=kind,
        authors=authors,
        journal=stated.journal,
        year=stated.year or front.find_year(plain),
        doi=doi,
        pmid=stated.pmid,
        pmcid=stated.pmcid,
        nct=own,
        nct_cited=cited_nct,
        dois_cited=cited_doi,
        language=stated.language or written_language(plain),
        types=types,
        keywords=keywords,
        status=status_of(types, title, ()),
        licence=stated.licence,
        url=stated.url,
        full_text=kind not in ("news", "notice") and _is_full(reader.sections),
        file=raw.file,
        sha256=raw.sha256,
        passages=(
            *((Passage("title", title, (), "title"),) if title else ()),
            *passages,
            *((Passage("back/page_title", page_title),) if page_title else ()),
        ),
        tables=tuple(reader.tables),
        figures=tuple(reader.figures),
    )


def _has_abstract(lines: Iterable[str]) -> bool:
    return any(_ABSTRACT.fullmatch(line.lstrip("# ").rstrip(" :")) for line in lines)


@dataclass
class _Section:
    """A section while it is read; ``place`` is ``body`` or ``back``."""

    place: str
    headings: tuple[str, ...]
    paragraphs: list[str] = field(default_factory=list)


def _is_full(sections: Iterable[_Section]) -> bool:
    """Return whether a document has at least two of the parts of an article (which may hold tables alone)."""
    roles = {role_of(section.headings) for section in sections if section.place == "body"}
    return len(roles & {"methods", "results", "discussion"}) >= 2


@dataclass
class _Reader:
    """Sorts blocks into abstract, sections, tables and figures."""

    has_abstract: bool
    abstract: list[tuple[str, str]] = field(default_factory=list)
    sections: list[_Section] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    keywords: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    _mode: str = "start"
    _label: str = ""
    _own_lines: bool = False
    _sectioned: bool = False
    _open: list[tuple[int, str]] = field(default_factory=list)

    def read(self, blocks: list[Block]) -> None:
        """Take every block in order."""
        # A document that labels paragraphs before its first heading has its abstract there.
        opening: list[str] = []
        for block in blocks:
            if isinstance(block, Heading):
                break
            if isinstance(block, Paragraph) and _COLON_LABELLED.match(block.text):
                opening.append(block.text)
        if not self.has_abstract and len(opening) >= 2:
            self._mode, self.has_abstract = "abstract", True
        # Only an article in the usual parts has headings that hold those after them.
        names = {
            role_of((b.text,)) for b in blocks if isinstance(b, Heading) and _MAIN.fullmatch(_bare(b.text))
        }
        self._sectioned = len(names & {"methods", "results", "discussion"}) >= 2
        before: Block | None = None
        for block in blocks:
            panels = isinstance(before, Figure) and isinstance(block, Paragraph) and _PANELS.match(block.text)
            before = block
            if panels and isinstance(block, Paragraph):
                last = self.figures.pop()
                self.figures.append(dataclasses.replace(last, caption=f"{last.caption} {block.text}"))
            elif isinstance(block, Table):
                self.tables.append(block)
            elif isinstance(block, Figure):
                self.figures.append(block)
            elif isinstance(block, Heading):
                self._heading(block)
            else:
                self._paragraph(block.text)

    def _heading(self, heading: Heading) -> None:
        name = _bare(heading.text)
        if _ABSTRACT.fullmatch(name) and not self.abstract:
            self._mode, self._label = "abstract", ""
            return
        if self._mode == "abstract" and self._labels_abstract(name, heading.level):
            self._label, self._own_lines = heading.text, True
            return
        if heading.level == 1 and not self.sections and not self.abstract:
            return  # the title of the page, which is kept apart
        main = _MAIN.fullmatch(name) is not None or _BACK.fullmatch(name) is not None
        level = heading.level or (1 if main or not self._sectioned else 2)
        if main and self._open and _MAIN.fullmatch(_bare(self._open[0][1])):
            self._open.clear()  # "Methods" is never a part of "Background", whatever the marks say
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        in_back = bool(self._open) and _BACK.fullmatch(self._open[0][1]) is not None
        self._open.append((level, heading.text))
        place = "back" if in_back or _BACK.fullmatch(name) else "body"
        self._mode = "sections"
        self.sections.append(_Section(place, tuple(text for _, text in self._open)))

    def _labels_abstract(self, name: str, level: int) -> bool:
        """Return whether a heading below "Abstract" is a label of the abstract, not the next section."""
        if level == 0 and (
            (self.abstract and not self._own_lines) or not re.fullmatch(LABELS, name, re.IGNORECASE)
        ):
            return False
        if level in (1, 2) or not re.fullmatch(LABELS, name, re.IGNORECASE):
            return False
        used = [label.lower() for label, _ in self.abstract]
        return name.lower() not in used and not any(role_of((label,)) == "conclusion" for label in used)

    def _paragraph(self, text: str) -> None:
        if self._mode == "start" and not self.has_abstract:
            self._mode = "sections"
            self.sections.append(_Section("body", ()))
        keywords = _KEYWORDS.match(text) if self._mode in ("start", "abstract") else None
        if keywords and keywords.end() > 7:
            self.keywords = unique(word.strip(" .") for word in re.split(r"[,;·]", text[keywords.end() :]))
            self._mode = "notes"
        elif self._mode == "abstract":
            self._abstract_part(text)
        elif self._mode in ("start", "notes") or _NOTE.match(text):
            self.notes.append(text)
        else:
            self._body_part(text)

    def _abstract_part(self, text: str) -> None:
        found = _LABELLED.match(text) or _COLON_LABELLED.match(text)
        if found and not self._own_lines:
            self._label = found[1]
            text = text[found.end() :]
        self.abstract.append((self._label, text))

    def _body_part(self, text: str) -> None:
        paragraphs = self.sections[-1].paragraphs
        # A page break or a figure divides a sentence: what begins small goes on with what was left open.
        if paragraphs and text[0].islower() and _OPEN_END.search(paragraphs[-1]):
            joint = "" if paragraphs[-1].endswith("-") else " "
            paragraphs[-1] = f"{paragraphs[-1]}{joint}{text}"
        else:
            paragraphs.append(text)

    def passages(self) -> tuple[Passage, ...]:
        """Return abstract, body and back with their addresses."""
        found = abstract_passages(self.abstract)
        counts = {"body": 0, "back": 0}
        for section in self.sections:
            counts[section.place] += 1
            role = role_of(section.headings)
            for number, text in enumerate(section.paragraphs, start=1):
                locator = f"{section.place}/s{counts[section.place]}p{number}"
                found.append(Passage(locator, text, section.headings, role))
        found += [Passage(f"back/note{number}", text) for number, text in enumerate(self.notes, start=1)]
        return tuple(dataclasses.replace(passage, text=collapse(passage.text)) for passage in found)


def _bare(heading: str) -> str:
    """Return a heading without its number."""
    return re.sub(r"^\d+(?:\.\d+)*\.?\s+", "", heading)


def _registrations(
    stated: FrontMatter, kind: str, passages: Iterable[Passage]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = stated.nct or (own_in_text(passages) if kind != "news" else ())
    named = unique(nct for p in passages for nct in ncts_in(p.text))
    return own, tuple(nct for nct in named if nct not in own)


def _dois(stated: FrontMatter, kind: str, plain: str, notes: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the document's own DOI and those it cites; a page of news has none of its own."""
    printed = dois_in(plain)
    if kind == "news":
        return "", unique((stated.doi, *printed))
    heading = unique(doi for note in notes for doi in dois_in(note))
    own = stated.doi or (heading[0] if len(heading) == 1 else "")
    return own, tuple(doi for doi in printed if doi != own)
