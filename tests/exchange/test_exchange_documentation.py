"""The commands of docs/exchange.md run as they stand, one after the other."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any


def test_the_commands_of_the_page_run_in_their_order(reviewed: Any, project: Path) -> None:
    page = (project / "docs/exchange.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    commands = [line for line in block.splitlines() if line]
    assert len(commands) == 12
    (effect,) = [row for row in reviewed.effects() if row["label"].startswith("Galiano")]
    for command in commands:
        told = re.sub(r"--study \S+", f"--study {effect['study_id']}", command)
        said = reviewed.run(*shlex.split(told)[1:])
        assert said.status == 0, (command, said.err)
        if "-o label-studio" in command:  # a person annotates, and exports
            tasks = json.loads((reviewed.root / "label-studio/tasks.json").read_text(encoding="utf-8"))
            assert {t["data"]["record_id"] for t in tasks} == {"file:galiano2007"}
            done = [{**task, "annotations": task["predictions"]} for task in tasks]
            (reviewed.root / "export.json").write_text(json.dumps(done), encoding="utf-8")
    made = {path.name for path in reviewed.root.iterdir()}
    assert {
        "measurements.csv",
        "effects.csv",
        "brat",
        "label-studio",
        "revman",
        "exports",
        "exports.zip",
    } < made
    assert reviewed.lines() == []


def test_help_says_which_forms_there_are(reviewed: Any) -> None:
    for command in ("export", "import"):
        said = reviewed.run("curate", command, "--help")
        assert said.status == 0
        told = "".join(said.out.split())
        assert "csv|label-studio|brat" in told
        assert ("csv|label-studio|brat|revman" in told) == (command == "import")
