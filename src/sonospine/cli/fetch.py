"""``sonospine fetch``: ask the live sources and keep their answers as a dated snapshot."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.progress import counted
from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.cli.fetching import Asking
    from sonospine.config.settings import Config
    from sonospine.sources.snapshots.manifest import Manifest


class Source(StrEnum):
    """What can be fetched."""

    PUBMED = "pubmed"
    PMC = "pmc"
    TRIALS = "trials"


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    source: Annotated[
        Source | None,
        typer.Argument(
            metavar="SOURCE",
            help="pubmed, pmc or trials; left out: all that the configuration asks for.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Name of the snapshot; by default the configured one (not with --update), else today's date.",
            show_default=False,
        ),
    ] = "",
    update: Annotated[
        bool,
        typer.Option("--update", help="Fetch only what is new or revised since the configured snapshot."),
    ] = False,
    snapshots: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the snapshots.")] = Path(
        "resources/snapshots"
    ),
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="How long an answer is waited for.")
    ] = 60,
    tries: Annotated[
        int, typer.Option(metavar="N", min=1, max=20, help="How often the same is asked before giving up.")
    ] = 7,
    today: Annotated[
        str,
        typer.Option(
            metavar="DATE", help="Date of the search that is noted; for tests and repeated runs.", hidden=True
        ),
    ] = "",
) -> None:
    """Fetch PubMed, PMC full texts and ClinicalTrials.gov into FOLDER/NAME, a dated snapshot.

    Only this command reaches the network; a run of the review reads the snapshot that the configuration names. What
    is there already is not asked for again: a fetch that was stopped goes on where it stopped. NCBI wants an
    address (search.email, or NCBI_EMAIL in the environment); a key is read from NCBI_API_KEY.
    """
    from sonospine.cli.fetching import held_in_base, wanted_sources
    from sonospine.config.loading import load_config

    settings = load_config(config)
    asking = _asking(settings, config, name, update, snapshots, _day(today), timeout, tries)
    sources = wanted_sources(settings.search, source.value if source else "")
    for one in sources:
        _fetch(asking, one)
    if update and source is None:
        for left in held_in_base(asking):
            if left not in sources:
                typer.echo(
                    f"{left}: {asking.base} holds it, the configuration no longer asks for it", err=True
                )
    if settings.sources.snapshot != asking.name:
        typer.echo("to read it, put into the configuration:", err=True)
        typer.echo(f"sources:\n  snapshot: {asking.name}")


def _asking(
    settings: Config,
    config: Path,
    name: str,
    update: bool,
    snapshots: Path,
    today: str,
    timeout: float,
    tries: int,
) -> Asking:
    """Settle name and base before anything is asked."""
    from sonospine.cli.fetching import Asking
    from sonospine.sources.snapshots.manifest import checked_name

    configured = settings.sources.snapshot
    chosen = checked_name(name, "--name") if name else today if update else configured or today
    if update and not configured:
        raise InputError(
            "there is no snapshot to be updated",
            file=config,
            field="sources.snapshot",
            allowed="the name of one that was fetched",
        )
    if update and chosen == configured:
        raise InputError(
            "an update needs a name of its own: it is kept beside the snapshot that it updates",
            field="--name",
            found=chosen,
        )
    if update and not (snapshots / checked_name(configured)).is_dir():
        raise InputError(
            "the snapshot to be updated is not there", file=snapshots / configured, field="sources.snapshot"
        )
    base = configured if update else ""
    return Asking(settings.search, snapshots, chosen, base, today, timeout, tries)


def _day(given: str) -> str:
    if not given:
        return datetime.date.today().isoformat()
    try:
        return datetime.date.fromisoformat(given).isoformat()
    except ValueError:
        raise InputError(
            "not a date", field="--today", found=given, allowed="one such as 2026-11-20"
        ) from None


def _fetch(asking: Asking, source: str) -> None:
    """Fetch one source and say what came; what was fetched is kept whatever happens."""
    from sonospine.cli.fetching import fetched, held_already
    from sonospine.sources.fetching.answers import FetchError

    place = asking.snapshots / asking.name
    if (manifest := held_already(asking, source)) is not None:
        typer.echo(f"{source}: is there already ({manifest.fetched:,} records); nothing asked", err=True)
        return
    try:
        with counted(source, f"{source}: fetching into {place}") as progress:
            manifest = fetched(asking, source, progress)
    except FetchError as error:
        raise InputError(f"{error.line()}; what was fetched is kept, the same command goes on") from None
    except KeyboardInterrupt:
        typer.echo(
            f"{source}: stopped; what was fetched is kept in {place}, the same command goes on", err=True
        )
        raise
    typer.echo(f"{source}: {_summary(manifest)}", err=True)


def _summary(manifest: Manifest) -> str:
    """Return what came, in words."""
    parts = [f"{manifest.fetched:,} records of {manifest.reported:,} that were found"]
    if manifest.base is not None:
        counts = [
            f"{count:,} {change.replace('_', ' ')}" for change, count in manifest.changes.items() if count
        ]
        parts.append(f"since {manifest.base.snapshot}: {', '.join(counts) or 'nothing changed'}")
    parts += [f"warning: {warning}" for warning in manifest.warnings]
    return "; ".join(parts)
