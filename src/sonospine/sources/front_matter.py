"""YAML front matter of Markdown documents."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

import yaml

from sonospine.model.identifiers import ncts_in, normal_doi, normal_pmcid
from sonospine.sources.decoding import collapse
from sonospine.sources.identifiers import normal_language, normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

_FENCED = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a document says of itself before its text. Unknown keys are passed over, missing ones empty."""

    title: str = ""
    doi: str = ""
    url: str = ""
    year: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    language: str = ""
    pmid: str = ""
    pmcid: str = ""
    nct: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    licence: str = ""


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return the front matter of a document and the text after it; without a fence the whole is text.

    Raises
    ------
    Unreadable
        What stands between the fences is not YAML, or not keys with values.
    """
    found = _FENCED.match(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not found or ":" not in found[1]:
        return FrontMatter(), text
    if len(found[1]) > LONGEST:
        raise Unreadable("the front matter is longer than 64 KiB")
    try:
        data = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2})" if mark is not None else ""
        raise Unreadable(f"the front matter is not YAML{where}") from None
    if not isinstance(data, dict):
        raise Unreadable("the front matter does not hold keys with values")
    values = {key.strip().lower(): value for key, value in data.items() if isinstance(key, str)}
    rest = text.replace("\r\n", "\n").replace("\r", "\n")[found.end() :]
    return _front_matter(values), rest


def _front_matter(values: dict[str, Any]) -> FrontMatter:
    def one(*keys: str) -> str:
        return next((text for key in keys if (text := _scalar(values.get(key)))), "")

    def many(*keys: str) -> tuple[str, ...]:
        return unique(text for key in keys for text in _texts(values.get(key)))

    return FrontMatter(
        title=one("title"),
        doi=normal_doi(one("doi")),
        url=one("url"),
        year=year_in(one("year", "date")),
        authors=many("authors", "author"),
        journal=one("journal", "source", "site"),
        language=normal_language(one("language", "lang")),
        pmid=normal_pmid(one("pmid")),
        pmcid=normal_pmcid(one("pmcid", "pmc")),
        nct=ncts_in(" ".join(many("nct", "registration"))),
        types=many("types", "type"),
        keywords=many("keywords"),
        licence=one("licence", "license"),
    )


def _scalar(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime.date):
        return ""
    try:
        return collapse(str(value))
    except ValueError:  # a whole number too long to print
        return ""


def _texts(value: object) -> list[str]:
    # Lists one level deep: aliases of aliases, which could multiply without end, are not followed.
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := _scalar(item))]
