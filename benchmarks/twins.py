"""Records that are nearly another one and must not be taken for it, made from real records by seeded changes.

``same_study`` tells whether the two may be reports of one study (a protocol and its results may).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corruptions import copied

from sonospine.model.record import Record

_OPPOSITES = (
    ("hip", "knee"),
    ("cervical", "lumbar"),
    ("left", "right"),
    ("children", "adults"),
    ("women", "men"),
    ("oral", "intravenous"),
    ("hypertension", "hypotension"),
    ("acute", "chronic"),
    ("short", "long"),
    ("upper", "lower"),
    ("early", "late"),
    ("low", "high"),
    ("preoperative", "postoperative"),
    ("prednisone", "prednisolone"),
    ("intraarticular", "periarticular"),
    ("coronary", "carotid"),
    ("diabetes", "obesity"),
    ("radial", "femoral"),
    ("superior", "inferior"),
    ("anterior", "posterior"),
    ("medial", "lateral"),
    ("bupivacaine", "ropivacaine"),
    ("systolic", "diastolic"),
)


@dataclass(frozen=True)
class Twins:
    """Two or more records of different reports, and whether they may be one study."""

    kind: str
    records: tuple[Record, ...]
    same_study: bool


Maker = Callable[[Record, Sequence[Record], random.Random], tuple[Record, ...]]


def _beside(record: Record, name: str, rng: random.Random, /, **changes: object) -> Record:
    """Return a copy that stands elsewhere; a third of them give no volume and pages."""
    pages = str(rng.randint(1, 2400))
    place: dict[str, object] = {"pages": f"{pages}-{int(pages) + rng.randint(0, 9)}"}
    if rng.random() < 0.33:
        place = {"pages": "", "volume": ""}
    return replace(copied(record, kind=name), **(place | changes))  # type: ignore[arg-type]


def _stem(record: Record) -> str:
    return record.title.rstrip(" .")


def parts(record: Record, _: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    one, two = rng.choice(
        ((": part I", ": part II"), (". Part 1", ". Part 2"), (". II", ". III"), (" (part A)", " (part B)"))
    )
    return (
        _beside(record, "part1", rng, title=_stem(record) + one),
        _beside(record, "part2", rng, title=_stem(record) + two),
    )


def erratum(record: Record, _: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    front = rng.choice(
        ("Erratum to: ", "Correction: ", "Corrigendum to ", "Erratum: ", "Author correction: ")
    )
    return (
        _beside(record, "erratum", rng, title=front + record.title, kind=rng.choice(("erratum", "article"))),
    )


def comment(record: Record, others: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    form = rng.choice(
        ("Comment on: {}", "Re: {}", "{}: a comment", 'Comments on "{}"', "Letter to the editor regarding {}")
    )
    authors = rng.choice((rng.choice(others).authors, record.authors))
    return (_beside(record, "comment", rng, title=form.format(_stem(record)), authors=authors),)


def reply(record: Record, _: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    form = rng.choice(
        ("{}: authors' reply", "{} - reply", "Reply to: {}", "In response to {}", "Authors' response: {}")
    )
    return (_beside(record, "reply", rng, title=form.format(_stem(record))),)


def protocol(record: Record, _: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    form = rng.choice(
        (
            "{}: study protocol",
            "{}: protocol for a randomised controlled trial",
            "{}: rationale and design",
            "Protocol of the trial: {}",
        )
    )
    year = str(int(record.year) - rng.randint(0, 3))
    return (_beside(record, "protocol", rng, title=form.format(_stem(record)), year=year),)


def other_word(record: Record, others: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    """A trial of the same group: another drug, level, region, route or population, in the same journal and year."""
    title = record.title
    for pair in rng.sample(_OPPOSITES, len(_OPPOSITES)):
        for old, new in (pair, pair[::-1]):
            if re.search(rf"\b{old}\b", title, re.IGNORECASE):
                return (
                    _beside(
                        record, "word", rng, title=re.sub(rf"\b{old}\b", new, title, flags=re.IGNORECASE)
                    ),
                )
    words = re.findall(r"[A-Za-z]{6,}", title)
    foreign = [
        w for w in re.findall(r"[A-Za-z]{6,}", rng.choice(others).title) if w.lower() not in title.lower()
    ]
    if words and foreign:
        old, new = rng.choice(words), rng.choice(foreign)
        # A word in another spelling (randomised, randomized) makes no twin but a copy.
        title = title.replace(old, new, 1) if new.lower()[:6] != old.lower()[:6] else title + " in dogs"
    else:
        title = _stem(record) + " in dogs"
    return (_beside(record, "word", rng, title=title),)


def other_number(record: Record, _: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    """The same but for a number: dose, level, time of follow-up, year."""
    found = re.search(r"\d+", record.title)
    if found:
        title = (
            record.title[: found.start()]
            + str(int(found[0]) + rng.randint(1, 4))
            + record.title[found.end() :]
        )
        return (_beside(record, "number", rng, title=title),)
    form = rng.choice(("{}: {}-year follow-up", "{}: results at {} weeks", "{} ({} mg)", "{} at L{}"))
    one, two = rng.sample(range(1, 13), 2)
    return (
        _beside(record, "number1", rng, title=form.format(_stem(record), one)),
        _beside(record, "number2", rng, title=form.format(_stem(record), two)),
    )


def other_authors(record: Record, others: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    """The same title by others, in another journal and year."""
    other = rng.choice([o for o in others if o.authors and not set(o.authors) & set(record.authors)])
    year = str(int(record.year) + rng.randint(0, 5))
    return (_beside(record, "others", rng, authors=other.authors, journal=other.journal, year=year),)


def next_report(record: Record, _: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    """A yearly report: the same title, authors and journal, some years and volumes on."""
    gap = rng.randint(1, 4)
    title = "Annual report: " + record.title
    numbers = {"volume": str(100 + gap), "pages": "77-85", "year": str(int(record.year) + gap)}
    return (
        _beside(record, "annual1", rng, title=title, volume="100", pages="61-9"),
        _beside(record, "annual2", rng, title=title, **numbers),
    )


def meeting(record: Record, others: Sequence[Record], rng: random.Random) -> tuple[Record, ...]:
    """An abstract of a meeting with the same title and authors in the supplement of another journal."""
    other = rng.choice([o for o in others if o.journal != record.journal])
    page = f"S{rng.randint(1, 400)}"
    year = str(int(record.year) - rng.randint(0, 2))
    return (_beside(record, "meeting", rng, journal=other.journal, pages=page, year=year),)


MAKERS: dict[str, tuple[Maker, bool]] = {
    "part I and II": (parts, False),
    "erratum": (erratum, True),
    "comment": (comment, False),
    "reply": (reply, False),
    "protocol": (protocol, True),
    "another drug, level, region or group": (other_word, False),
    "another number": (other_number, False),
    "same title by others": (other_authors, False),
    "yearly report": (next_report, False),
    "abstract of a meeting": (meeting, True),
}


def twins_of(records: Sequence[Record], kind: str, rng: random.Random) -> list[Twins]:
    """Return the near-twins of each record, with the record itself."""
    make, same_study = MAKERS[kind]
    return [Twins(kind, (record, *make(record, records, rng)), same_study) for record in records]
