"""What is generated from the code is what the repository holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sonospine.cli.docs import generated, write_docs
from sonospine.config.settings import Config
from sonospine.model.tables import ALL_TABLES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(generated()))
def test_a_generated_file_has_not_drifted_from_the_code(name: str) -> None:
    path = ROOT / name
    held = path.read_text(encoding="utf-8") if path.exists() else ""
    assert held == generated()[name], (
        f"{name} has drifted from the code: run `sonospine docs` (or `make docs`)"
    )


def test_the_command_writes_every_generated_file(tmp_path: Path) -> None:
    paths = write_docs(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in paths} == set(generated())
    assert all(path.read_text(encoding="utf-8").endswith("\n") for path in paths)


def test_every_key_of_the_configuration_is_explained() -> None:
    schema = json.loads(generated()["workflow/schemas/config.schema.json"])
    page = generated()["docs/configuration.md"]
    for section in (schema, *schema["$defs"].values()):
        assert section["additionalProperties"] is False
        for key in section["properties"]:
            assert f"| `{key}` |" in page
    unexplained = [line for line in page.splitlines() if line.startswith("| `") and line.endswith("|  |")]
    assert not unexplained
    assert set(schema["properties"]) == set(Config.model_fields)


def test_every_column_of_every_table_is_explained() -> None:
    page = generated()["docs/tables.md"]
    for table in ALL_TABLES:
        assert f"## {table.name}\n" in page
        assert f"`{table.path}`" in page
        for column in table.columns:
            assert f"`{column.name}`" in page
