"""The house keeps its plan: floors, no topic in the code, no drawer for everything, no trace of one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
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

LONGEST = 450
"""Lines of a module: about 400, and never more than this."""

# Words that terms of the vocabulary share with ordinary English and with the language of every trial.
ORDINARY = frozenset(
    [
        "absolute",
        "added",
        "after",
        "agent",  # how a client names itself
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
        "factors",  # of a table
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
        "posterior",  # of a Bayesian model
        "process",
        "puncture",
        "recovery",
        "related",
        "release",
        "report",
        "route",  # of a page
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


def names_imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the first part of every module that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or "").partition(".")[0]


def importing(modules: set[str], rooms: set[str]) -> list[str]:
    return [
        f"{path.relative_to(SOURCE)}:{line} imports {name}"
        for path in MODULES
        for line, name in names_imported(path)
        if name in modules and room_of(path) in rooms
    ]


def test_pages_and_figures_compute_no_statistic_and_pooling_draws_nothing() -> None:
    assert not importing({"scipy", "pymare", "statistics", "numpy"}, {"report", "figures", "evidence"})
    assert not importing({"matplotlib", "jinja2", "markupsafe"}, {"synthesis", "effects", "reconcile"})
    assert importing({"scipy", "pymare"}, {"synthesis"}), "the test finds imports where they are"


def test_only_fetching_reaches_the_network() -> None:
    network = {"httpx", "requests", "socket", "http", "ftplib", "smtplib", "aiohttp", "urllib3"}
    found = importing(network, set(FLOORS))
    # The curation page is asked, from this machine; it asks nobody.
    allowed = ("sources/fetching/", "curation/web/listening.py")
    assert not [line for line in found if not line.startswith(allowed)]
    # Biopython reads formats; the part of it that fetches has the service's address built in.
    assert not [path for path in MODULES if "Entrez" in path.read_text(encoding="utf-8")]


def test_only_the_command_line_prints() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in MODULES
        if room_of(path) != "cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "input")
    ]
    assert not found, "\n".join(found)


def test_a_module_is_short_enough_to_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(SOURCE)): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_what_every_command_loads_is_light() -> None:
    heavy = "{'pandas', 'pandera', 'numpy', 'scipy', 'spacy', 'pymare', 'matplotlib', 'lxml', 'pydantic'}"
    modules = [
        ".".join(p.relative_to(SOURCE.parent).with_suffix("").parts)
        for p in sorted((SOURCE / "model").glob("*.py"))
    ]
    code = f"import sys, {', '.join([*modules, 'sonospine.cli.main'])}; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


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


def test_every_module_of_the_reader_stands_in_the_table_of_its_steps() -> None:
    page = (SOURCE.parents[1] / "docs" / "extraction.md").read_text(encoding="utf-8")
    steps = page[page.index("## From text to row") : page.index("**Sizes.**")]
    room = SOURCE / "extraction"
    names = {
        p.relative_to(room).with_suffix("").as_posix() for p in room.rglob("*.py") if p.stem != "__init__"
    }
    missing = {n for n in names if f"`{n}`" not in steps and f"`{n.removeprefix('tables/')}`" not in steps}
    assert not missing
