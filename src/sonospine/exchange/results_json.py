"""All results as one JSON file, and its schema, made from the declared tables and the typed configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sonospine.config.settings import Config
from sonospine.exchange.results import OPTIONAL_TABLES, RESULT_TABLES, Results
from sonospine.model.numbers import number, truth
from sonospine.model.schema import PATTERNS, Column, TableSchema
from sonospine.model.table_io import Row

RESULTS, SCHEMA = "json/results.json", "json/results.schema.json"
ASKED = ("title", "question", "outcomes", "windows", "analyses", "assumptions")
"""Parts of the configuration that the file holds; the others say where records come from."""


def json_files(results: Results) -> dict[str, bytes]:
    """Return ``results.json`` and ``results.schema.json`` by their paths."""
    return {RESULTS: results_text(results).encode("utf-8"), SCHEMA: results_schema().encode("utf-8")}


def results_text(results: Results) -> str:
    """Return every table with the questions that were asked as JSON, one row a line.

    Numbers are JSON numbers (what was printed stands in ``quote``), lists are arrays, the steps of a derivation are
    objects, what is empty (unknown) is ``null``, and a table that the run did not make is left out.
    """
    asked = results.config.model_dump(mode="json", include=set(ASKED))
    head: dict[str, Any] = {
        "$schema": "results.schema.json",
        "sonospine": results.versions.get("sonospine", ""),
        "demonstration": results.banner or None,
        "date": results.date or None,
        "review": {name: asked[name] for name in ASKED},
    }
    parts = [f"{_json(name)}: {_json(value)}" for name, value in head.items()]
    tables = []
    for schema in (*RESULT_TABLES, *OPTIONAL_TABLES):
        if schema.name in results.tables:
            rows = ",\n".join(_json(_typed(schema, row)) for row in results.tables[schema.name])
            tables.append(f"{_json(schema.name)}: [\n{rows}\n]" if rows else f"{_json(schema.name)}: []")
    parts.append('"tables": {\n' + ",\n".join(tables) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def results_schema() -> str:
    """Return the JSON Schema (2020-12) of ``results.json`` as indented text with a final line end."""
    configuration = Config.model_json_schema()
    asked = {name: configuration["properties"][name] for name in ASKED}
    every = (*RESULT_TABLES, *OPTIONAL_TABLES)
    definitions = {name: configuration["$defs"][name] for name in _needed(asked, configuration["$defs"])}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Results of a review by sonospine",
        "type": "object",
        "additionalProperties": False,
        "required": ["sonospine", "demonstration", "date", "review", "tables"],
        "properties": {
            "$schema": {"type": "string"},
            "sonospine": {"type": "string", "description": "version of the program"},
            "demonstration": {"type": ["string", "null"], "description": "what must be said of a demonstration corpus"},
            "date": {"type": ["string", "null"], "description": "date of the data"},
            "review": {"type": "object", "additionalProperties": False, "required": list(ASKED), "properties": asked},
            "tables": {
                "type": "object",
                "additionalProperties": False,
                "required": [table.name for table in RESULT_TABLES],
                "properties": {table.name: _of_table(table) for table in every},
            },
        },
        "$defs": definitions,
    }  # fmt: skip
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _typed(schema: TableSchema, row: Row) -> dict[str, Any]:
    return {column.name: _value(column, row[column.name]) for column in schema.columns}


def _value(column: Column, text: str) -> Any:
    if column.kind == "list":
        return [part for part in text.split(";") if part]
    if text == "":
        return None
    if column.kind == "integer":
        return int(text)
    if column.kind == "number":
        return number(text)
    if column.kind == "boolean":
        return truth(text)
    return json.loads(text) if column.kind == "json" else text


def _of_table(table: TableSchema) -> dict[str, Any]:
    properties = {column.name: _of_column(column) for column in table.columns}
    return {
        "type": "array",
        "description": table.description,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": list(properties),
            "properties": properties,
        },
    }


def _of_column(column: Column) -> dict[str, Any]:
    told = {"description": column.description + (f" ({column.unit})" if column.unit else "")}
    if column.kind == "list":
        return {
            **told,
            "type": "array",
            "items": {"type": "string"},
            **({"minItems": 1} if column.required else {}),
        }
    if column.kind == "json":
        return told
    empty = () if column.required else ("null",)
    kind = column.kind if column.kind in ("number", "integer", "boolean") else "string"
    found: dict[str, Any] = {**told, "type": [kind, *empty] if empty else kind}
    if column.allowed and kind == "string":
        found["enum"] = [*column.allowed, *([None] if empty else [])]
    elif kind == "string" and (pattern := PATTERNS[column.kind]) is not None:
        found["pattern"] = f"^(?:{pattern.pattern})$"
    return found


def _needed(entry: Any, definitions: Mapping[str, Any]) -> list[str]:
    """Return the definitions that an entry refers to, directly or through others, sorted."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting += part.values()
    return sorted(found)
