"""Records made of plain sentences, and the project's vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sonospine.extraction.arms import find_arms
from sonospine.extraction.reading import Reading
from sonospine.extraction.text import read_text
from sonospine.model.record import Passage, Record
from sonospine.vocabulary import Vocabulary, load_vocabulary

RecordOf = Callable[..., Record]


@pytest.fixture(scope="session")
def vocabulary(project: Path) -> Vocabulary:
    """The vocabulary that comes with the project."""
    return load_vocabulary(project / "config" / "vocabulary")


@pytest.fixture(scope="session")
def record_of() -> RecordOf:
    """A record with a title, methods and results, each one passage."""

    def make(results: str = "", methods: str = "", title: str = "A trial", **fields: object) -> Record:
        passages = [Passage("title", title, (), "title")]
        if methods:
            passages.append(Passage("abstract/METHODS", methods, ("METHODS",), "methods"))
        if results:
            passages.append(Passage("abstract/RESULTS", results, ("RESULTS",), "results"))
        return Record("file:made", "file", title=title, passages=tuple(passages), **fields)  # type: ignore[arg-type]

    return make


@pytest.fixture
def read(
    request: pytest.FixtureRequest, record_of: RecordOf, vocabulary: Vocabulary
) -> Callable[..., list[Reading]]:
    """What the reader finds in sentences of results; the methods are the test module's ``TWO_GROUPS`` unless given."""
    two_groups: str = request.module.TWO_GROUPS

    def reading(results: str, methods: str = two_groups, title: str = "A trial") -> list[Reading]:
        record = record_of(results, methods, title)
        return read_text(record, find_arms(record, vocabulary), vocabulary)

    return reading
