"""``sonospine pool``: pool the effects of the review, or of any file with yi and vi."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.model.table_io import Row, read_table, table_text, write_table
from sonospine.model.tables import EFFECTS, POOLED, WEIGHTS

PRINTED = (
    "analysis",
    "variant",
    "k",
    "estimate",
    "ci_lower",
    "ci_upper",
    "p_value",
    "pi_lower",
    "pi_upper",
    "tau2",
    "i2",
    "flags",
)


def run(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Effects: the table of the review, or a file with yi and vi (TSV or CSV)."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FOLDER|FILE",
            help="Folder for pooled.tsv and weights.tsv, or a .tsv file for the pools; else a short table is printed.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="Configuration: analyses, estimator, interval, differences."
        ),
    ] = None,
    estimator: Annotated[
        str | None,
        typer.Option(help="REML, ML, DL, HE or PM.", show_default="that of the configuration, else REML"),
    ] = None,
    ci: Annotated[
        str | None,
        typer.Option(
            help="hksj-conservative, hksj or wald.",
            show_default="that of the configuration, else hksj-conservative",
        ),
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(help="Confidence level in percent.", show_default="that of the configuration, else 95"),
    ] = None,
) -> None:
    """Pool effects by random effects.

    One study is not pooled; two give both intervals, marked "not interpretable"; three or more give the chosen
    interval and a prediction interval.
    """
    from sonospine.synthesis.plain_file import read_effects
    from sonospine.synthesis.pooling import Choice, Threshold, pool
    from sonospine.synthesis.random_effects import ESTIMATORS, INTERVALS

    thresholds: dict[str, Threshold] = {}
    analyses: list[str] | None = None
    chosen = Choice()
    _one_of("--estimator", estimator, ESTIMATORS)
    _one_of("--ci", ci, INTERVALS)
    _between(level)
    if config is None:
        effects = read_effects(file)
    else:
        from sonospine.config.loading import load_config

        review = load_config(config)
        effects = read_table(file, EFFECTS)
        analyses = [a.id for a in review.analyses]
        chosen = Choice(review.assumptions.estimator, review.assumptions.ci, review.assumptions.level)
        for analysis in review.analyses:
            differences = review.outcome(analysis.outcome).minimal_important_difference
            named = analysis.minimal_important_difference
            difference = getattr(differences, named) if named else None
            if difference is not None:
                thresholds[analysis.id] = Threshold(difference.value, difference.source)
    chosen = Choice(estimator or chosen.estimator, ci or chosen.ci, chosen.level if level is None else level)
    if level is not None:
        # The intervals of single studies were worked out for another level: have them worked out anew.
        effects = [{**row, "ci_lower": "", "ci_upper": ""} for row in effects]
    pools = pool(effects, chosen, thresholds, analyses)
    if out is None:
        typer.echo(table_text(PRINTED, [_short(row) for row in pools.pooled]), nl=False)
    elif out.suffix in (".tsv", ".txt") and not out.is_dir():
        write_table(out, POOLED, pools.pooled)
    else:
        write_table(out / "pooled.tsv", POOLED, pools.pooled)
        write_table(out / "weights.tsv", WEIGHTS, pools.weights)
    if out is not None:
        typer.echo(f"{len(pools.pooled)} pooled rows written to {out}", err=True)


def _one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(allowed)}", param_hint=option)


def _between(level: float | None) -> None:
    if level is not None and not 50 < level < 100:
        raise typer.BadParameter(f"{level} is not between 50 and 100 percent", param_hint="--level")


def _short(row: Row) -> Row:
    return {
        name: f"{float(row[name]):.4g}" if name in PRINTED[3:-1] and row[name] else row[name]
        for name in PRINTED
    }
