"""The annotated articles: which there are, and what the reader makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sonospine.extraction.assembly import extract_records
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.sources.raw import Unreadable
from sonospine.sources.reading import records_of
from sonospine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Collection:
    """Paths of the annotated collections below one folder of real records."""

    gold: Path
    open_articles: Path
    locked_articles: Path
    full_texts: Path
    questions: Path
    question_articles: Path


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows of ``measurements`` read from articles, and the articles that could not be read."""

    rows: list[Row]
    articles: int
    unreadable: tuple[str, ...]


def collection(data: Path) -> Collection:
    """Return the paths of the annotated collections.

    Raises
    ------
    InputError
        Something of them is not there (the first missing path is named).
    """
    found = Collection(
        data / "gold" / "dev.jsonl",
        data / "gold" / "open.txt",
        data / "gold" / "locked.txt",
        data / "jats-pain",
        data / "ico" / "ico_dev.json",
        data / "ico" / "articles",
    )
    for name in Collection.__slots__:
        path: Path = getattr(found, name)
        if not path.exists():
            raise InputError(
                "the annotated articles are not here: set SONOSPINE_TEST_DATA or name the folder with --data",
                file=path,
            )
    return found


def listed_articles(listing: Path, folder: Path) -> list[Path]:
    """Return the full texts of the PMC ids that a file lists.

    Raises
    ------
    InputError
        The file lists nothing, or an article that is not in the folder.
    """
    ids = sorted(set(listing.read_text(encoding="utf-8").split()))
    if not ids:
        raise InputError("lists no article", file=listing)
    paths = [folder / f"{identifier}.nxml" for identifier in ids]
    for path in paths:
        if not path.exists():
            raise InputError("lists an article that is not here", file=listing, found=path.name)
    return paths


def read_articles(paths: Iterable[Path], vocabulary: Vocabulary) -> Measured:
    """Read every article and return its measurements; an unreadable article is named and has none."""
    rows: list[Row] = []
    unreadable: list[str] = []
    articles = 0
    for path in paths:
        articles += 1
        try:
            records = records_of(path)
        except Unreadable as fault:
            unreadable.append(f"{path.name}: {fault.reason}")
            continue
        rows += extract_records(records, vocabulary).measurements
    return Measured(rows, articles, tuple(unreadable))
