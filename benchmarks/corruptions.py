"""Copies of records as other databases write them, made by seeded corruption: what deduplication must see through.

Each function takes a record and a generator and returns the record changed in one way. A copy never carries a
PubMed number or a DOI: with one of them the question would be answered before it is asked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from sonospine.model.record import Record

Change = Callable[[Record, random.Random], Record]
_ACCENTS = {
    "a": "áàâäã",
    "e": "éèêë",
    "i": "íìîï",
    "o": "óòôöõø",
    "u": "úùûü",
    "n": "ñ",
    "c": "ç",
    "s": "š",
    "z": "ž",
}
_OPEN = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe"}
_RANGE = re.compile(r"([A-Za-z]*)(\d+)-([A-Za-z]*)(\d+)")


def copied(record: Record, *, kind: str) -> Record:
    """Return the record as an entry of another database: no numbers, no types, no text."""
    return replace(
        record,
        record_id=f"file:{kind}-{record.pmid}",
        source="file",
        pmid="",
        pmcid="",
        doi="",
        types=(),
        keywords=(),
        notices=(),
        passages=(),
    )


def recased(record: Record, rng: random.Random) -> Record:
    case = rng.choice((str.upper, str.title, str.lower, str.capitalize))
    return replace(record, title=case(record.title))


def accented(record: Record, rng: random.Random) -> Record:
    """Put accents on letters of names and title; some are written out (``ue`` for ``ü``) in the names."""

    def one(letter: str, share: float, spelled: bool) -> str:
        if letter.lower() not in _ACCENTS or rng.random() > share:
            return letter
        accent = rng.choice(_ACCENTS[letter.lower()])
        if spelled and accent in _OPEN and rng.random() < 0.4:
            return _OPEN[accent]
        return accent.upper() if letter.isupper() else accent

    names = tuple(
        "".join(one(c, 0.3, True) if not _initial(a, i) else c for i, c in enumerate(a))
        for a in record.authors
    )
    return replace(record, authors=names, title="".join(one(c, 0.05, False) for c in record.title))


def _initial(author: str, place: int) -> bool:
    return " " in author and place > author.index(" ")


def other_journal(abbreviations: Mapping[str, str]) -> Change:
    """Return the change that writes a journal's name as other sources do."""

    def change(record: Record, rng: random.Random) -> Record:
        full, short = (
            record.journal,
            abbreviations.get(record.pmid or record.record_id.rsplit("-", 1)[-1], record.journal),
        )
        bare = re.sub(r"\s*\([^()]*\)|\s+:\s.*", "", full)
        forms = (
            short,
            re.sub(r"(\w)(?=\s|$)", r"\1.", short),
            short.upper(),
            bare,
            bare.title(),
            bare.upper(),
            bare.replace(" and ", " & "),
            re.sub(r"^The ", "", bare, flags=re.IGNORECASE),
        )
        return replace(record, journal=rng.choice(forms))

    return change


def other_pages(record: Record, rng: random.Random) -> Record:
    found = _RANGE.fullmatch(record.pages.split(";")[0].strip())
    if not found:
        forms = (f"p. {record.pages}", record.pages.upper(), record.pages.lower(), record.pages)
        return replace(record, pages=rng.choice(forms) if record.pages else "")
    letters, first, _, last = found.groups()
    whole = first[: max(0, len(first) - len(last))] + last
    forms = (
        f"{letters}{first}-{letters}{whole}",
        f"{letters}{first}\u2013{whole}",
        f"{letters}{first}--{letters}{whole}",
        f"pp. {letters}{first}-{whole}",
        f"{letters}{first}",
        f"{letters.lower()}{first} - {letters.lower()}{whole}",
        f"{letters}{first}-{last}",
    )
    return replace(record, pages=rng.choice(forms))


def other_year(record: Record, rng: random.Random) -> Record:
    return (
        replace(record, year=str(int(record.year) + rng.choice((-1, 1)))) if record.year.isdigit() else record
    )


def mistyped(record: Record, rng: random.Random) -> Record:
    """Make one to three slips in the title (letters dropped, doubled, swapped, replaced), and noise of signs."""
    title = record.title
    for _ in range(rng.choice((1, 1, 2, 3))):
        title = _slip(title, rng)
    return noisy(replace(record, title=title), rng)


def _slip(title: str, rng: random.Random) -> str:
    places = [m.start() for m in re.finditer(r"(?<=[a-zA-Z])[a-z](?=[a-z])", title)]
    if not places:
        return title
    at = rng.choice(places)
    here, after = title[at], title[at + 1]
    new = rng.choice(("", here * 2, after + here, rng.choice("aeiorstln")))
    return title[:at] + new + title[at + (2 if new == after + here else 1) :]


def noisy(record: Record, rng: random.Random) -> Record:
    """Change signs: dashes, quotes, the last point, double spaces, markup and entities."""
    title = record.title
    changes: tuple[Callable[[str], str], ...] = (
        lambda t: t.rstrip("."),
        lambda t: t + " ...",
        lambda t: t.replace("-", "\u2010"),
        lambda t: t.replace("-", " "),
        lambda t: t.replace("'", "\u2019").replace('"', "\u201d"),
        lambda t: t.replace(" ", "  ", 3),
        lambda t: re.sub(r"\b(\w+)\b", r"<i>\1</i>", t, count=1),
        lambda t: t.replace(" and ", " &amp; "),
        lambda t: t.replace(": ", " - "),
        lambda t: t.replace(": ", ". "),
    )
    for change in rng.sample(changes, 3):
        title = change(title)
    return replace(record, title=title)


def fewer_authors(record: Record, rng: random.Random) -> Record:
    """Cut the list of authors to the first, mostly with ``et al.`` behind."""
    keep = rng.choice((1, 3, 3, 6))
    if len(record.authors) <= keep:
        return record
    return replace(record, authors=(*record.authors[:keep], *(["et al."] if rng.random() < 0.7 else [])))


def other_names(record: Record, rng: random.Random) -> Record:
    """Write all names in another of the usual forms."""
    form = rng.choice(
        ("{family}, {dotted}", "{dotted} {family}", "{FAMILY} {initials}", "{family} {first}", "{family}")
    )

    def one(author: str) -> str:
        family, comma, initials = author.partition(", ")
        if not comma:
            family, _, initials = author.rpartition(" ")
        letters = re.sub(r"[^A-Z]", "", initials)
        if not family or not letters:
            return author
        return form.format(
            family=family,
            FAMILY=family.upper(),
            initials=letters,
            first=letters[0],
            dotted=" ".join(f"{letter}." for letter in letters),
        )

    return replace(record, authors=tuple(one(a) for a in record.authors))


def in_front(record: Record, rng: random.Random) -> Record:
    """Put the title in brackets, or a mark of its fate or of the index in front or behind."""
    forms = (
        "[{}].",
        "RETRACTED: {}",
        "{} [see comments]",
        "Retracted article: {}",
        "{} (Retracted article. See vol. 12)",
    )
    return replace(record, title=rng.choice(forms).format(record.title.rstrip(".")))


def no_subtitle(record: Record, _: random.Random) -> Record:
    main = re.split(r"[:?.]\s+", record.title, maxsplit=1)[0]
    return replace(record, title=main) if len(main.split()) >= 3 else record


def no_place(record: Record, rng: random.Random) -> Record:
    return replace(record, volume="", pages="") if rng.random() < 0.5 else replace(record, pages="")


def no_authors(record: Record, _: random.Random) -> Record:
    return replace(record, authors=())


def unchanged(record: Record, _: random.Random) -> Record:
    return record


def listed(abbreviations: Mapping[str, str]) -> dict[str, Change]:
    """Return the kinds of corruption by name."""
    single: dict[str, Change] = {
        "no DOI, no PMID": unchanged,
        "capitals or title case": recased,
        "diacritics": accented,
        "journal abbreviated or rewritten": other_journal(abbreviations),
        "forms of pages": other_pages,
        "year ± 1": other_year,
        "misprints and signs": mistyped,
        "author list cut": fewer_authors,
        "forms of names": other_names,
        "brackets, RETRACTED in front": in_front,
    }

    def several(record: Record, rng: random.Random) -> Record:
        # In one order: a mark in front is put there by the database, after the misprints of who typed the title.
        for number in sorted(rng.sample(range(1, len(single)), rng.randint(3, 6))):
            record = list(single.values())[number](record, rng)
        return record

    def several_and_missing(record: Record, rng: random.Random) -> Record:
        return rng.choice((no_place, no_subtitle, no_authors))(several(record, rng), rng)

    return single | {
        "three to six of these": several,
        "subtitle left out": no_subtitle,
        "pages (and volume) left out": no_place,
        "authors left out": no_authors,
        "several and something left out": several_and_missing,
    }
