"""The house keeps its plan: floors, no topic in the code, no drawer for everything, no trace of one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonospine.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sonospine"
MODULES = sorted(SOURCE.rglob("*.py"))

FLOORS = {
    "model": 0,
    **dict.fromkeys(("vocabulary", "config"), 1),
    **dict.fromkeys(("sources", "linkage", "screening", "extraction", "corrections"), 2),
    **dict.fromkeys(("reconcile", "effects", "synthesis"), 3),
    **dict.fromkeys(("figures", "evidence", "robustness"), 4),
    **dict.fromkeys(("report", "curation", "exchange", "releases", "evaluation"), 5),
    "cli": 6,
}
APART = {"sources", "linkage", "screening", "extraction", "corrections", "reconcile", "effects", "synthesis"}
"""Phases meet in tables: none of these imports another, whatever the floor."""

# Words that terms of the vocabulary share with ordinary English and with the language of every trial.
ORDINARY = frozenset(
    [
        "absolute",
        "added",
        "after",
        "block",
        "blood",
        "cells",
        "chronic",
        "cluster",
        "continuous",
        "control",
        "controlled",
        "conventional",
        "correction",
        "deep",
        "diagnostic",
        "disease",
        "elective",
        "failed",
        "field",
        "flush",
        "frequency",
        "frozen",
        "great",
        "greater",
        "healthy",
        "infection",
        "injection",
        "inter",
        "intervention",
        "intra",
        "joint",
        "local",
        "lower",
        "manual",
        "medical",
        "middle",
        "modified",
        "muscle",
        "named",
        "needle",
        "normal",
        "operative",
        "other",
        "patch",
        "patient",
        "percent",
        "plane",
        "point",
        "process",
        "puncture",
        "recovery",
        "related",
        "release",
        "report",
        "selective",
        "sham",
        "small",
        "solution",
        "space",
        "specific",
        "steps",
        "supplement",
        "surgery",
        "symptom",
        "system",
        "technique",
        "therapy",
        "third",
        "trans",
        "treatment",
        "trigger",
        "undergoing",
        "upper",
        "volunteer",
        "water",
        "women",
        "wound",
    ]
)


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the rooms that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: a relative import hides the room"
            names = [node.module or ""]
            if node.module == "sonospine":
                names = [f"sonospine.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "sonospine" and len(parts) > 1:
                yield node.lineno, parts[1]


def test_every_room_stands_on_a_floor() -> None:
    rooms = {p.name for p in SOURCE.iterdir() if p.is_dir() and list(p.glob("*.py"))}
    assert rooms <= set(FLOORS), f"no floor for {rooms - set(FLOORS)}"


@pytest.mark.parametrize("room", sorted(FLOORS))
def test_a_room_imports_only_from_floors_below_its_own(room: str) -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}:{line} imports {other}"
        for path in sorted((SOURCE / room).rglob("*.py"))
        for line, other in imported(path)
        if other != room and (FLOORS.get(other, 9) >= FLOORS[room] or (room in APART and other in APART))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_code_knows_no_procedure_condition_or_injectate() -> None:
    vocabulary = load_vocabulary(ROOT / "config" / "vocabulary")
    topical: dict[str, str] = {}
    for kind in ("procedures", "conditions", "injectates"):
        for term in vocabulary.of_kind(kind).values():
            for wording in (term.id.replace("_", " "), term.label, *term.synonyms, *term.always, *term.alone):
                for word in re.findall(r"[^\W\d_]{5,}", wording):
                    topical.setdefault(word.lower(), f"{kind} {term.id}")
    assert len(topical) > 300
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {word} ({topical[word.lower()]})"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for word in re.findall(r"[^\W\d_]{5,}", line)
        if word.lower() in topical and word.lower() not in ORDINARY
    ]
    assert not found, "words of the topic belong into config/vocabulary/:\n" + "\n".join(found)


def test_the_list_of_ordinary_words_hides_no_name_of_a_procedure_or_injectate() -> None:
    vocabulary = load_vocabulary(ROOT / "config" / "vocabulary")
    named = {
        wording.lower()
        for kind in ("procedures", "injectates")
        for term in vocabulary.of_kind(kind).values()
        for wording in (*term.synonyms, *term.always)
    }
    assert not named & ORDINARY


def test_there_is_no_drawer_for_everything() -> None:
    names = {p.stem for p in MODULES} | {p.name for p in SOURCE.rglob("*") if p.is_dir()}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def test_no_file_names_a_path_of_one_machine() -> None:
    # Written in parts, so that this file does not find itself.
    places = re.compile("|".join(rf"(?<![\w.]){'/'}{name}/" for name in ("work", "tmp", "root", "home")))
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("src", "tests", "config", "docs", "workflow", "profiles", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file()
        and path.suffix in {".py", ".md", ".yaml", ".toml", ".smk", ".json", ".tsv", ".R", ".txt"}
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if places.search(line)
    ]
    assert not found, "\n".join(found)
