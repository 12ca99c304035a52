"""Help: at once, for every command, with an example and with what happens by default."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sonospine.cli.main import COMMANDS

from .conftest import environment

HEAVY = (
    "pandas",
    "pandera",
    "numpy",
    "scipy",
    "spacy",
    "pymare",
    "matplotlib",
    "pydantic",
    "lxml",
    "rich",
    "yaml",
)


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "sys.argv = ['sonospine', '--help']\n"
        "from sonospine.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n"
        f"    heavy = [name for name in {HEAVY} if name in sys.modules]\n"
        "    print('HEAVY', heavy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"
    assert "The pipeline, in order" in done.stdout


def test_without_arguments_the_commands_are_listed_as_wrong_usage(sonospine) -> None:
    said = sonospine()
    assert said.status == 2
    for name, entry in COMMANDS.items():
        assert f"  {name} " in said.err
        assert entry.summary.split()[0] in said.err


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_with_an_example(sonospine, name: str) -> None:
    said = sonospine(name, "--help", COLUMNS="80")
    assert (said.status, said.err) == (0, "")
    assert f"Usage: sonospine {name} " in said.out
    for line in COMMANDS[name].example.splitlines():
        assert line.strip() in said.out
    assert "--verbose" in said.out
    assert "`" not in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_outputs_and_configuration_are_called_the_same_everywhere(sonospine) -> None:
    for name in COMMANDS:
        text = sonospine(name, "--help").out
        if "--out" in text:
            assert "-o, --out" in text, name
        assert "--output" not in text
        if "--config" in text:
            assert "--config FILE" in text


def test_defaults_are_shown(sonospine) -> None:
    assert "[default: REML]" in sonospine("forest", "--help").out
    assert "config/config.yaml if it is there" in " ".join(sonospine("read", "--help").out.split())
    assert "docs/benchmarks.md]" in sonospine("evaluate", "--help").out


def test_the_version_is_printed(sonospine) -> None:
    from importlib.metadata import version

    assert sonospine("--version").out == f"sonospine {version('sonospine')}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reed", "x"], "No such command 'reed'. Did you mean 'read'?"),
        (["xyzzy"], "No such command 'xyzzy'."),
        (["read"], "Missing argument 'FILE'."),
        (["read", "--qoutes", "x.xml"], "No such option: --qoutes (Possible options: --quotes)"),
        (["import", "--out", "x"], "Missing option '--config'."),
        (["extract", "x.xml"], "say where to write: -o FILE, or --tables FOLDER"),
        (["extract", "x.xml", "-o", "a", "--tables", "b"], "say where to write: -o FILE, or --tables FOLDER"),
        (["extract", "x", "y", "--tables", "b"], "takes one shard, not 2 files"),
        (["pool", "x.tsv", "--ci", "t"], "'t' is not one of hksj-conservative, hksj, wald"),
        (["pool", "x.tsv", "--level", "95%"], "valid number"),
        (["pool", "x.tsv", "--level", "5"], "5.0 is not between 50 and 100 percent"),
        (["forest", "x.tsv", "-o", "x.gif"], "'x.gif' does not end in .svg, .pdf or .png"),
        (["forest", "x.tsv", "-o", "x.svg", "--measure", "WMD"], "'WMD' is not one of"),
    ],
)
def test_wrong_usage_is_named_with_status_2(sonospine, arguments: list[str], message: str) -> None:
    assert message in sonospine(*arguments).usage()
