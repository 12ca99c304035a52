"""``sonospine import``: split the sources of the configuration into shards of raw records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.outputs import folder_to_replace
from sonospine.cli.progress import tracked

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.sources.importing import SnapshotPath
    from sonospine.sources.listing import SourcePath

SNAPSHOTS = Path("resources/snapshots")


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="FOLDER", help="Folder of shards; it is replaced as a whole."),
    ],
    snapshots: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the snapshots.")] = SNAPSHOTS,
) -> None:
    """Read the snapshot, the corpus and the files that the configuration names into OUT/<bucket>.jsonl.

    What cannot be read is listed in OUT/rejected.tsv, each file or entry with one reason; the rest goes on.
    OUT/searches.tsv says of each search what was asked and what became of its entries.
    """
    from sonospine.config.loading import load_config
    from sonospine.sources.importing import import_sources

    folder_to_replace(out, _made_by_import)
    settings = load_config(config)
    done = import_sources(
        source_paths(settings, config),
        out,
        snapshot=snapshot_path(settings, config, snapshots),
        watched=lambda parts: tracked(parts, "import"),
    )
    typer.echo(f"{done.records} records in {done.shards} shards, {done.rejected} not read", err=True)


def _made_by_import(name: str) -> bool:
    from sonospine.sources.importing import TABLES

    return name in TABLES or (name.endswith(".jsonl") and name.removesuffix(".jsonl").isdigit())


def source_paths(settings: Config, config: Path) -> list[SourcePath]:
    """Return the folders and files of a configuration, the corpus first.

    A relative path is looked for in the working folder, then in the folder above that of the configuration.
    """
    from sonospine.sources.listing import SourcePath
    from sonospine.sources.searches import of_corpus, of_files

    sources = settings.sources
    found = []
    if sources.corpus is not None:
        corpus = sources.corpus
        found.append(
            SourcePath(
                _located(corpus.path, config),
                "sources.corpus.path",
                corpus.path,
                corpus.demonstration,
                of_corpus(corpus),
            )
        )
    for number, (file, search) in enumerate(zip(sources.files, of_files(sources.files), strict=True)):
        path = _located(file.path, config)
        found.append(SourcePath(path, f"sources.files[{number}].path", file.path, search=search))
    return found


def snapshot_path(settings: Config, config: Path, snapshots: Path = SNAPSHOTS) -> SnapshotPath | None:
    """Return the snapshot that a configuration names, with the sources that it must hold; none where it names none."""
    from sonospine.sources.importing import SnapshotPath
    from sonospine.sources.searches import configured_queries

    if not settings.sources.snapshot:
        return None
    return SnapshotPath(
        _located(snapshots.as_posix(), config),
        snapshots.as_posix(),
        settings.sources.snapshot,
        settings.search.asked,
        configured_queries(settings.search),
    )


def _located(shown: str, config: Path) -> Path:
    path = Path(shown)
    return path if path.is_absolute() or path.exists() else config.resolve().parent.parent / path
