"""What the documentation says can be typed: the commands run, the files are there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sonospine.cli.main import COMMANDS

from .conftest import PROGRAM, environment

PAGES = ("README.md", "CONTRIBUTING.md", "config/README.md", "docs", "extracted/README.md")
BLOCK = re.compile(r"^```(?:\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)")
OWN_PROGRAM = ".venv/bin/sonospine"


def pages(project: Path) -> list[Path]:
    found = [
        path
        for name in PAGES
        for path in ([project / name] if name.endswith(".md") else (project / name).rglob("*.md"))
    ]
    assert len(found) > 8
    return sorted(found)


def typed(page: Path) -> list[str]:
    """Return the lines of a page's blocks that call the command, or make what such a line reads."""
    lines = [line for block in BLOCK.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    return [
        line.partition("  #")[0].rstrip()
        for line in lines
        if OWN_PROGRAM in line or line.startswith("printf ")
    ]


def test_the_commands_of_the_readme_run_as_they_stand(project: Path, tmp_path: Path) -> None:
    # Fetching is left out: it asks the real services. tests/fetching/ runs it against their stand-in.
    lines = [line for line in typed(project / "README.md") if f"{OWN_PROGRAM} fetch " not in line]
    assert sum(OWN_PROGRAM in line for line in lines) >= 4
    shutil.copytree(project / "config", tmp_path / "config")
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", line.replace(OWN_PROGRAM, str(PROGRAM))],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (line, done.stderr)
    assert {"measurements.tsv", "effects.csv", "forest.svg"} <= {p.name for p in tmp_path.iterdir()}


def test_commands_and_targets_that_the_documentation_names_exist(project: Path) -> None:
    makefile = (project / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):", makefile))
    for page in pages(project):
        text = page.read_text(encoding="utf-8")
        named = [*WORD.findall(text), *(line for block in BLOCK.findall(text) for line in block.splitlines())]
        for words in (phrase.split() for phrase in named):
            if words[:1] == ["make"] and len(words) > 1:
                assert words[1] in targets, (page.name, words)
            if words and words[0] in ("sonospine", OWN_PROGRAM) and len(words) > 1 and words[1].isalpha():
                assert words[1] in COMMANDS, (page.name, words)


def test_links_of_the_documentation_lead_somewhere(project: Path) -> None:
    missing = [
        f"{page.relative_to(project)}: {target}"
        for page in pages(project)
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_uses_options_that_it_has(sonospine, name: str) -> None:
    known = set(
        re.findall(r"(?<![\w-])--?[a-z][a-z-]*", sonospine(name, "--help").out.partition("Example:")[0])
    )
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", COMMANDS[name].example)) <= known
