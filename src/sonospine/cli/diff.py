"""``sonospine diff``: what changed between two releases, and because of what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.outputs import folder_to_replace

if TYPE_CHECKING:
    from sonospine.releases.edition import Edition

RELEASES = Path("releases")


def run(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A release: its folder, or its date.")],
    new: Annotated[
        Path | None,
        typer.Argument(
            metavar="NEW",
            help="Another release, or a folder with results/; else the results in this folder.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FOLDER",
            help="Write a page and tables there; the folder is replaced as a whole.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Configuration of results that are no release.",
            show_default="config/config.yaml beside results/",
        ),
    ] = None,
) -> None:
    """Print which studies and pooled estimates changed, by how much, and because of what.

    Causes are those that the tables tell: a new study or report, a retraction, a curator's action, a setting, other
    code. What they do not tell is said to be not explained.
    """
    from sonospine.model.version import VERSION
    from sonospine.releases.comparing import Comparison
    from sonospine.releases.pages import FILES, diff_files
    from sonospine.releases.view import Changes, text_lines
    from sonospine.report.folder import write_folder

    if out is not None:
        folder_to_replace(out, lambda name: name in FILES)
    changes = Changes(Comparison(_edition(old, config), _edition(new or Path(), config)))
    for line in text_lines(changes):
        typer.echo(line)
    if out is not None:
        content = diff_files(changes, _style(), VERSION)
        write_folder(out, content)
        typer.echo(f"{len(content)} files written to {out}", err=True)


def _edition(place: Path, config: Path | None) -> Edition:
    from sonospine.cli.inputs import review_of, vocabulary_folder
    from sonospine.config.protocol import vocabulary_hashes
    from sonospine.model.errors import InputError
    from sonospine.releases.reading import edition_of_release, edition_of_results
    from sonospine.releases.storing import MANIFEST, made_now

    folder = place if place.exists() else RELEASES / place
    if not folder.exists():
        raise InputError(
            "no such release",
            file=place,
            allowed="the folder of a release, its date, or a folder with results/",
        )
    if (folder / MANIFEST).exists() or not (folder / "results").is_dir():
        return edition_of_release(folder)
    file = config or folder / "config/config.yaml"
    review, _ = review_of(file)
    words = vocabulary_hashes(vocabulary_folder(review, file))
    return edition_of_results(folder, review, words, made_now())


def _style() -> bytes:
    from importlib.resources import files

    return (files("sonospine.report") / "static" / "style.css").read_bytes()
