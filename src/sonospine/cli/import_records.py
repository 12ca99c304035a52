"""``sonospine import``: split the sources of the configuration into shards of raw records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.sources.importing import SourcePath


def run(
    config: Annotated[Path, typer.Option(help="Configuration of the review.")],
    out: Annotated[Path, typer.Option(help="Folder of shards; it is made anew as a whole.")],
) -> None:
    """Read the corpus and the files that the configuration names into OUT/<bucket>.jsonl.

    What cannot be read is listed in OUT/rejected.tsv, each file or entry with one reason; the rest goes on.
    """
    from sonospine.config.loading import load_config
    from sonospine.sources.importing import import_sources

    done = import_sources(source_paths(load_config(config), config), out)
    typer.echo(f"{done.records} records in {done.shards} shards, {done.rejected} not read", err=True)


def source_paths(settings: Config, config: Path) -> list[SourcePath]:
    """Return the folders and files of a configuration, the corpus first.

    A relative path is looked for in the working folder, then in the folder above that of the configuration.
    """
    from sonospine.sources.importing import SourcePath

    project = config.resolve().parent.parent

    def located(shown: str) -> Path:
        path = Path(shown)
        return path if path.is_absolute() or path.exists() else project / path

    sources = settings.sources
    found = []
    if sources.corpus is not None:
        corpus = sources.corpus
        found.append(
            SourcePath(located(corpus.path), "sources.corpus.path", corpus.path, corpus.demonstration)
        )
    for number, shown in enumerate(sources.files):
        found.append(SourcePath(located(shown), f"sources.files[{number}]", shown))
    return found
