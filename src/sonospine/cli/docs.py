"""``sonospine docs``: write what is generated from the code: the configuration's schema and the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.model.files import write_text


def generated() -> dict[str, str]:
    """Return the text of every generated file by its path in the project."""
    from sonospine.config.documentation import config_markdown, config_schema
    from sonospine.exchange.results_json import results_schema
    from sonospine.model.documentation import tables_markdown

    return {
        "docs/configuration.md": config_markdown(),
        "docs/tables.md": tables_markdown(),
        "workflow/schemas/config.schema.json": config_schema(),
        "workflow/schemas/results.schema.json": results_schema(),
    }


def write_docs(root: Path) -> list[Path]:
    """Write every generated file below a project's root and return the paths."""
    paths = []
    for name, text in generated().items():
        write_text(root / name, text)
        paths.append(root / name)
    return paths


def run(
    root: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Root of the project.", show_default=".")
    ] = Path(),
) -> None:
    """Write the generated schemas and documentation."""
    for path in write_docs(root):
        typer.echo(path)
