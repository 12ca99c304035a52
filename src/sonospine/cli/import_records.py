"""``sonospine import``: split the sources of the configuration into shards of raw records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.outputs import folder_to_replace
from sonospine.cli.progress import tracked

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.sources.importing import SourcePath


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="FOLDER", help="Folder of shards; it is replaced as a whole."),
    ],
) -> None:
    """Read the corpus and the files that the configuration names into OUT/<bucket>.jsonl.

    What cannot be read is listed in OUT/rejected.tsv, each file or entry with one reason; the rest goes on.
    """
    from sonospine.config.loading import load_config
    from sonospine.sources.importing import import_sources

    folder_to_replace(out, _made_by_import)
    sources = source_paths(load_config(config), config)
    done = import_sources(sources, out, watched=lambda files: tracked(files, "import"))
    typer.echo(f"{done.records} records in {done.shards} shards, {done.rejected} not read", err=True)


def _made_by_import(name: str) -> bool:
    return name == "rejected.tsv" or (name.endswith(".jsonl") and name.removesuffix(".jsonl").isdigit())


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
    for number, file in enumerate(sources.files):
        found.append(SourcePath(located(file.path), f"sources.files[{number}]", file.path))
    return found
