"""What is generated from the typed configuration: its JSON Schema and ``docs/configuration.md``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sonospine.config.settings import Config
from sonospine.config.written import PATTERNS

_HEAD = """\
# Configuration

Generated from `src/sonospine/config/` by `sonospine docs`: do not edit. Everything stands in
`config/config.yaml`; `config/README.md` shows how to ask your own question. An unknown key is an error that names
the key, its line and the nearest valid one. `workflow/schemas/config.schema.json` holds the same for editors.
"""


def config_schema() -> str:
    """Return the JSON Schema of the configuration as indented text with a final line end."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def config_markdown() -> str:
    """Return ``docs/configuration.md``: one table of keys for each section, the outermost first."""
    schema = Config.model_json_schema()
    definitions = schema["$defs"]
    parts = [_HEAD, *_section("The file", schema, definitions)]
    for name in _in_order(schema, definitions):
        parts += _section(_titled(name), definitions[name], definitions)
    return "\n".join(parts)


def _section(title: str, schema: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    required = schema.get("required", [])
    lines = [f"## {title}", "", " ".join(schema.get("description", "").split()), ""]
    lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key, entry in schema["properties"].items():
        default = "needed" if key in required else _default(entry)
        # Pydantic leaves out a description that repeats the section's own.
        section = definitions.get(entry.get("$ref", "").rsplit("/", 1)[-1], {})
        meaning = entry.get("description") or section.get("description", "")
        cells = (f"`{key}`", _kind(entry), default, " ".join(meaning.split()))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, ""]


def _kind(entry: dict[str, Any]) -> str:
    if "$ref" in entry:
        name = _titled(entry["$ref"].rsplit("/", 1)[-1])
        return f"[{name}](#{name.lower().replace(' ', '-')})"
    if "enum" in entry:
        return ", ".join(f"`{choice}`" for choice in entry["enum"])
    if "const" in entry:
        return f"`{entry['const']}`"
    if "anyOf" in entry:
        return " or ".join(_kind(one) for one in entry["anyOf"])
    if entry.get("type") == "array":
        return f"list of {_kind(entry['items'])}"
    words = {
        "string": "text",
        "number": "number",
        "integer": "whole number",
        "boolean": "true or false",
        "null": "nothing",
    }
    return words[entry["type"]] + _bounds(entry)


def _bounds(entry: dict[str, Any]) -> str:
    names = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    told = [f"{word} {entry[name]:g}" for name, word in names.items() if name in entry]
    if entry.get("pattern"):
        told.append(PATTERNS[entry["pattern"]])
    return f" ({', '.join(told)})" if told else ""


def _default(entry: dict[str, Any]) -> str:
    value = entry.get("default")
    if value is None or value in ("", [], {}) or isinstance(value, dict):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _titled(name: str) -> str:
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in name).strip()
    return words[0].upper() + words[1:]


def _in_order(schema: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    """Return the names of the sections in the order in which a reader meets them."""
    order: list[str] = []

    def visit(entry: dict[str, Any]) -> None:
        for name in _references(entry):
            if name not in order:
                order.append(name)
                visit(definitions[name])

    visit(schema)
    return order


def _references(entry: Any) -> Iterator[str]:
    if isinstance(entry, dict):
        if "$ref" in entry:
            yield entry["$ref"].rsplit("/", 1)[-1]
        for key, value in entry.items():
            if key != "$defs":
                yield from _references(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from _references(value)
