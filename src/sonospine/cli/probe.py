"""``sonospine probe``: how far the pools hold without one study, in order, with other choices and other readings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sonospine.cli.outputs import folder_to_write

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.model.table_io import Row
    from sonospine.robustness import Behind, Review


def run(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Effects: the table of the review, or a file with yi and vi (TSV or CSV)."
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="Folder for the tables.")],
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Configuration: analyses, and what is varied."),
    ] = None,
    curated: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Folder of the reconciled tables; needed to work effects out anew."
        ),
    ] = None,
    studies: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of the tables of studies (with --curated).")
    ] = None,
    screening: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder of the screening decisions (with --curated)."),
    ] = None,
    machine: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder of what was read, for the alternatives of its rows."),
    ] = None,
    curation: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder that people write, for the risk of bias."),
    ] = None,
    pooled: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The ordinary pools; n and difference are copied from them."),
    ] = None,
    subgroup: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Column that makes subgroups; more than one may be given."),
    ] = None,
    moderator: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMNS", help="Meta-regression: a column, or several joined by +."),
    ] = None,
    estimator: Annotated[
        Literal["REML", "ML", "DL", "HE", "PM", "CE"] | None,
        typer.Option(
            help="Estimator of tau² (CE: common effect).", show_default="that of the configuration, else REML"
        ),
    ] = None,
    ci: Annotated[
        Literal["hksj-conservative", "hksj", "wald"] | None,
        typer.Option(
            help="Interval of the mean.", show_default="that of the configuration, else hksj-conservative"
        ),
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(
            min=50.1,
            max=99.9,
            help="Confidence level in percent.",
            show_default="that of the configuration, else 95",
        ),
    ] = None,
) -> None:
    """Probe how robust the pools are.

    Each pool is worked out without one effect, cumulatively, with other correlations, with every combination of
    the configured choices, and over what the rows could be that nobody has verified. What cannot be run says why.
    """
    from sonospine.config.robustness import Exploration, Robustness
    from sonospine.model.table_io import read_table, write_table
    from sonospine.model.tables import ALL_TABLES, EFFECTS
    from sonospine.robustness import probe
    from sonospine.synthesis.plain_file import read_effects
    from sonospine.synthesis.pooling import Choice

    folder_to_write(out)
    _all_or_none(config, {"--curated": curated, "--studies": studies, "--screening": screening})
    chosen, settings, behind, analyses = Choice(), Robustness(), None, None
    if config is None:
        effects = read_effects(file)
    else:
        from sonospine.cli.inputs import review_of

        review, vocabulary = review_of(config)
        effects = read_table(file, EFFECTS)
        directions = {i.id: i.direction for i in vocabulary.instruments.values() if not i.generic}
        if level is not None:
            review = review.model_copy(
                update={"assumptions": review.assumptions.model_copy(update={"level": level})}
            )
        assumed = review.assumptions
        chosen = Choice(assumed.estimator, assumed.ci, assumed.level)
        settings, analyses = review.robustness, [analysis.id for analysis in review.analyses]
        behind = _behind(_tables(curated, studies, screening, review, directions), machine, curation, pooled)
    chosen = Choice(estimator or chosen.estimator, ci or chosen.ci, chosen.level if level is None else level)
    if level is not None:
        # The intervals of single studies were worked out for another level: have them worked out anew.
        effects = [{**row, "ci_lower": "", "ci_upper": ""} for row in effects]
    if subgroup or moderator:
        asked = Exploration(subgroups=tuple(subgroup or ()), moderators=tuple(moderator or ()))
        settings = settings.model_copy(update={"explorations": (asked,)})
    tables = probe(effects, chosen, settings, behind, analyses)
    for schema in ALL_TABLES:
        if schema.name in tables:
            write_table(out / f"{schema.name}.tsv", schema, tables[schema.name])
    typer.echo(f"{len(tables)} tables written to {out}", err=True)


def _all_or_none(config: Path | None, folders: Mapping[str, Path | None]) -> None:
    """Refuse some of the folders behind the effects without the others, or without a configuration."""
    given = [name for name, folder in folders.items() if folder is not None]
    missing = [name for name, folder in folders.items() if folder is None]
    if given and (missing or config is None):
        needed = [*missing, *(["--config"] if config is None else [])]
        raise typer.BadParameter(f"it needs {', '.join(needed)} too", param_hint=given[0])


def _tables(
    curated: Path | None,
    studies: Path | None,
    screening: Path | None,
    review: Config,
    directions: Mapping[str, str],
) -> Review | None:
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import ARMS, CONFLICTS, DECISIONS, RECONCILED, RECORDS, STUDIES
    from sonospine.robustness import Review

    if curated is None or studies is None or screening is None:
        return None
    return Review(
        read_table(curated / "measurements.tsv", RECONCILED),
        read_table(curated / "conflicts.tsv", CONFLICTS),
        read_table(curated / "arms.tsv", ARMS),
        read_table(studies / "studies.tsv", STUDIES),
        read_table(screening / "decisions.tsv", DECISIONS),
        read_table(studies / "records.tsv", RECORDS),
        review,
        directions,
    )


def _behind(
    tables: Review | None, machine: Path | None, curation: Path | None, pooled: Path | None
) -> Behind:
    from sonospine.model.risk_of_bias import fault_of_risk_line
    from sonospine.model.table_io import read_table, read_tables
    from sonospine.model.tables import ALTERNATIVES, POOLED
    from sonospine.model.votes import read_votes
    from sonospine.robustness import Behind
    from sonospine.robustness.judgements import overall_risk

    alternatives: list[Row] = []
    if machine is not None:
        alternatives = read_tables(sorted((machine / "alternatives").glob("*.tsv")), ALTERNATIVES)
    judged: Mapping[str, str] = {}
    if curation is not None:
        judged = overall_risk(read_votes(curation / "risk_of_bias", fault_of_risk_line))
    ordinary = read_table(pooled, POOLED) if pooled is not None else []
    return Behind(tables, alternatives, ordinary, judged)
