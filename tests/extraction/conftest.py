"""Records made of plain sentences, and the project's vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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
