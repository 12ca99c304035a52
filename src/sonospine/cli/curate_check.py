"""``sonospine curate check``: what each line of the log does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.curate import ROOT_HELP
from sonospine.cli.inputs import CONFIG

if TYPE_CHECKING:
    from sonospine.curation.logbook import Logbook
    from sonospine.model.table_io import Row

OUTCOMES = ("applied", "needless", "stale", "unknown")


def run(
    root: Annotated[Path, typer.Option(metavar="FOLDER", help=ROOT_HELP)] = Path(),
    config: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="Configuration of the review; relative to the folder of the review."
        ),
    ] = CONFIG,
) -> None:
    """Read every file of extracted/curation/ and say what its lines do; those that do nothing are listed.

    A line is stale where its source or the reading changed since (it is asked again), unknown where there is
    nothing that it could act on. A malformed line is named, with exit status 1.
    """
    from sonospine.curation.logbook import Logbook
    from sonospine.model.curation import KINDS

    logbook = Logbook(root / "extracted" / "curation")
    told: dict[str, Callable[[], list[str]]] = {
        "corrections": partial(_corrections, root, logbook),
        "links": partial(_links, root, logbook),
        "studies": partial(_studies, root, logbook),
        "screening": partial(_screening, root, root / config, logbook),
        "risk_of_bias": partial(_risk_of_bias, logbook),
        "grade": partial(_grade, logbook),
    }
    for kind in KINDS:
        for line in told[kind]() if kind in told else _counted(kind, logbook.rows(kind)):
            typer.echo(line)
    for kept in logbook.torn():
        typer.echo(f"{kept}: a line that was cut off while it was written is kept here, and counts no more")


def _counted(kind: str, rows: Sequence[Row], what: str = "") -> list[str]:
    if not rows:
        return [f"{kind}: no lines"]
    curators = ", ".join(sorted({row["curator"] for row in rows}))
    return [f"{kind}: {len(rows)} lines of {curators}{what}"]


def _corrections(root: Path, logbook: Logbook) -> list[str]:
    from sonospine.cli.replaying import read_in
    from sonospine.corrections import read_actions

    rows = logbook.rows("corrections")
    with logbook.reading("corrections") as folder:
        actions = read_actions(folder)
    if not actions:
        return _counted("corrections", rows)
    log = read_in(root).replayed(actions).log
    outcomes = Counter(row["outcome"] for row in log)
    counts = ", ".join(f"{outcomes[name]} {name}" for name in OUTCOMES)
    about = {action.action_id: action for action in actions}
    listed = []
    for row in log:
        if row["outcome"] in ("stale", "unknown"):
            action = about[row["action_id"]]
            said = " ".join(filter(None, [action.action, action.field, action.new_value, action.target_id]))
            listed.append(f"  {row['file']}, line {row['line']}: {row['outcome']}: {row['detail']} ({said})")
    return [*_counted("corrections", rows, f": {counts}"), *listed]


def _links(root: Path, logbook: Logbook) -> list[str]:
    from sonospine.linkage import fault_of_link_line
    from sonospine.model.votes import read_votes

    with logbook.reading("links") as folder:
        rows = read_votes(folder, fault_of_link_line)
    return [*_counted("links", rows), *_unheeded_links(root, rows)]


def _studies(root: Path, logbook: Logbook) -> list[str]:
    from sonospine.linkage import fault_of_study_line
    from sonospine.model.votes import read_votes

    with logbook.reading("studies") as folder:
        rows = read_votes(folder, fault_of_study_line)
    return [*_counted("studies", rows), *_unheeded_links(root, rows)]


def _unheeded_links(root: Path, rows: Sequence[Row]) -> list[str]:
    from sonospine.linkage.curation import ruling

    return [f"  {line}" for line in ruling(rows, _study_of(root)).unheeded] if rows else []


def _screening(root: Path, config: Path, logbook: Logbook) -> list[str]:
    from sonospine.cli.inputs import review_of
    from sonospine.model.votes import read_votes
    from sonospine.screening.curation import fault_of_screening_line, orders

    if not logbook.rows("screening"):
        return _counted("screening", [])
    _, vocabulary = review_of(config)
    with logbook.reading("screening") as folder:
        rows = read_votes(folder, fault_of_screening_line(vocabulary))
    return [*_counted("screening", rows), *(f"  {line}" for line in orders(rows, _study_of(root)).unheeded)]


def _risk_of_bias(logbook: Logbook) -> list[str]:
    from sonospine.model.risk_of_bias import fault_of_risk_line, risks_of_bias
    from sonospine.model.votes import read_votes

    with logbook.reading("risk_of_bias") as folder:
        rows = read_votes(folder, fault_of_risk_line)
    return [*_counted("risk_of_bias", rows), *(f"  {line}" for line in risks_of_bias(rows)[1])]


def _grade(logbook: Logbook) -> list[str]:
    from sonospine.model.grade import fault_of_grade_line, grades
    from sonospine.model.votes import read_votes

    with logbook.reading("grade") as folder:
        rows = read_votes(folder, fault_of_grade_line)
    return [*_counted("grade", rows), *(f"  {line}" for line in grades(rows)[1])]


def _study_of(root: Path) -> dict[str, str]:
    from sonospine.cli.replaying import linked_records

    return {row["record_id"]: row["study_id"] for row in linked_records(root)}
