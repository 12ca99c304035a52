"""``sonospine``: the commands, loaded only when they are called, so that ``--help`` answers at once."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from typing import Annotated

import typer

from sonospine.cli.lazy import PEOPLE, PIPELINE, READER_GONE, Entry, LazyCommands
from sonospine.model.errors import InputError
from sonospine.model.version import VERSION

INTERRUPTED = 130
"""What a shell reports for Ctrl-C."""

COMMANDS: dict[str, Entry] = {
    "fetch": Entry(
        "fetch",
        PIPELINE,
        "Ask the live sources and keep their answers as a snapshot.",
        "sonospine fetch --config config/config.yaml --name 2026-11\n"
        "  sonospine fetch pubmed --config config/config.yaml --update",
    ),
    "import": Entry(
        "import_records",
        PIPELINE,
        "Split the sources into shards of raw records.",
        "sonospine import --config config/config.yaml --out results/import",
    ),
    "parse": Entry(
        "parse",
        PIPELINE,
        "Parse a shard into records with addressed sections and tables.",
        "sonospine parse results/import/0.jsonl --out results/records",
    ),
    "link": Entry(
        "link",
        PIPELINE,
        "Join records into reports and reports into studies.",
        "sonospine link --shards results/import --records results/records \\\n"
        "    --curation extracted/curation --out results/studies",
    ),
    "screen": Entry(
        "screen",
        PIPELINE,
        "Decide which studies are in, with reasons, and count for PRISMA.",
        "sonospine screen --config config/config.yaml --shards results/import \\\n"
        "    --records results/records --studies results/studies \\\n"
        "    --curation extracted/curation --out results/screening",
    ),
    "extract": Entry(
        "extract",
        PIPELINE,
        "Read arm-level results; also takes raw files.",
        "sonospine extract paper.xml trial.json -o measurements.tsv\n"
        "  sonospine extract results/records/0.jsonl --tables extracted/machine",
    ),
    "correct": Entry(
        "correct",
        PIPELINE,
        "Replay what curators corrected over what was read.",
        "sonospine correct --shards results/import --records results/records \\\n"
        "    --studies results/studies --machine extracted/machine \\\n"
        "    --curation extracted/curation --out extracted/curated",
    ),
    "reconcile": Entry(
        "reconcile",
        PIPELINE,
        "Find the same result in several places, and conflicts.",
        "sonospine reconcile --config config/config.yaml \\\n"
        "    --curated extracted/curated --studies results/studies",
    ),
    "effects": Entry(
        "effects",
        PIPELINE,
        "Compute effect sizes, each with its derivation.",
        "sonospine effects --config config/config.yaml --curated extracted/curated \\\n"
        "    --studies results/studies --screening results/screening \\\n"
        "    --out results/effects/effects.tsv",
    ),
    "pool": Entry(
        "pool",
        PIPELINE,
        "Pool effects; also takes a plain file with yi and vi.",
        "sonospine pool effects.csv\n"
        "  sonospine pool results/effects/effects.tsv --config config/config.yaml \\\n"
        "    -o results/synthesis",
    ),
    "probe": Entry(
        "probe",
        PIPELINE,
        "Probe how far pools hold; also takes a plain file.",
        "sonospine probe effects.csv -o folder\n"
        "  sonospine probe results/effects/effects.tsv --config config/config.yaml \\\n"
        "    --curated extracted/curated --studies results/studies \\\n"
        "    --screening results/screening --machine extracted/machine \\\n"
        "    --pooled results/synthesis/pooled.tsv -o results/synthesis",
    ),
    "draw": Entry(
        "draw",
        PIPELINE,
        "Draw a forest plot per analysis.",
        "sonospine draw --config config/config.yaml \\\n"
        "    --effects results/effects/effects.tsv --synthesis results/synthesis \\\n"
        "    --studies results/studies --curated extracted/curated \\\n"
        "    --out results/figures",
    ),
    "export": Entry(
        "export",
        PIPELINE,
        "Write the results for R, RevMan, reference managers and programs.",
        "sonospine export -o results/exports\n  sonospine export --format metafor -o review.zip",
    ),
    "report": Entry(
        "report",
        PIPELINE,
        "Write the pages on which every number can be followed.",
        "sonospine report --config config/config.yaml --out results/report",
    ),
    "read": Entry(
        "read",
        PEOPLE,
        "Print what the reader finds in a paper, each number with its place.",
        "sonospine read paper.xml --quotes",
    ),
    "forest": Entry(
        "forest",
        PEOPLE,
        "Draw a forest plot of a plain file with yi and vi.",
        "sonospine forest effects.csv -o forest.svg --measure MD",
    ),
    "curate": Entry(
        "curate",
        PEOPLE,
        "Open the page on which what was read is corrected; import and check corrections.",
        "sonospine curate --curator ada\n"
        "  sonospine curate import edited.tsv --curator ada\n"
        "  sonospine curate check",
    ),
    "freeze": Entry(
        "freeze",
        PEOPLE,
        "Store the protocol; later changes are shown as deviations.",
        "sonospine freeze --config config/config.yaml --registration CRD420260001\n"
        "  sonospine freeze --config config/config.yaml \\\n"
        "    --reason 'the panel asked for another window'",
    ),
    "release": Entry(
        "release",
        PEOPLE,
        "Keep the report of a day, with what a later comparison needs.",
        "sonospine release --config config/config.yaml --note 'for the panel'",
    ),
    "diff": Entry(
        "diff",
        PEOPLE,
        "Say what changed between two releases, and because of what.",
        "sonospine diff 2026-01-10\n  sonospine diff releases/2026-01-10 releases/2026-07-01 -o changes",
    ),
    "evaluate": Entry(
        "evaluate",
        PEOPLE,
        "Score the reader on the gold standards into docs/benchmarks.md.",
        "sonospine evaluate --data ../shared/data",
    ),
    "docs": Entry("docs", PEOPLE, "Write the generated schemas and documentation.", "sonospine docs"),
}


class Commands(LazyCommands):
    """The commands of ``sonospine``."""

    entries = COMMANDS


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sonospine {VERSION}")
        raise typer.Exit


def _log(wanted: bool) -> None:
    logging.basicConfig(format="%(levelname)s: %(message)s", stream=sys.stderr)
    if wanted:
        logging.getLogger("sonospine").setLevel(logging.INFO)


@app.callback()
def options(
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Log what is done to standard error.", callback=_log)
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version.", callback=_show_version)
    ] = False,
) -> None:
    """Read the numbers of trial reports, correct them, pool them, and show where each comes from.

    Exit status: 0 done, 1 the input is at fault, 2 wrong usage.
    """


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ± is no reason to stop
    try:
        try:
            app(prog_name="sonospine")
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except InputError as error:
        _fail(error.line(), 1)
    except KeyboardInterrupt:
        _fail("", INTERRUPTED)
    except BrokenPipeError:
        _silence()
        sys.exit(READER_GONE)
    except OSError as error:
        _silence()
        named = f"{error.filename}: " if error.filename else ""
        _fail(f"{named}{error.strerror or error}", 1)


def _fail(line: str, status: int) -> None:
    if line:
        print(line, file=sys.stderr)
    sys.exit(status)


def _silence() -> None:
    """Let what is still unwritten go nowhere: writing it again at the end of the program would fail again."""
    if sys.stdout is not None:
        with contextlib.suppress(io.UnsupportedOperation):  # an output that is no file
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
