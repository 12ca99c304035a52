"""``sonospine pool``: pool the effects of the review, or of any file with yi and vi."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.model.table_io import Row, read_table, table_text, write_table
from sonospine.model.tables import EFFECTS, POOLED, WEIGHTS

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.synthesis.pooling import Choice, Pools

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
        typer.Option(
            help="REML, ML, DL, HE, PM, or CE for one common effect.",
            show_default="that of the configuration, else REML",
        ),
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
    all_variants: Annotated[
        bool | None,
        typer.Option(
            "--all-variants/--primary-only",
            help="Rows beside the primary pool: wald, hksj, common, mantel_haenszel, bayes, cr2, in_points.",
            show_default="all with a configuration, else the primary",
        ),
    ] = None,
    prior_scale: Annotated[
        float | None,
        typer.Option(
            help="Scale of the half-normal prior of tau, in units of yi; adds the row bayes.",
            show_default="that of the configuration, else 0.5 for ratios and standardised measures",
        ),
    ] = None,
) -> None:
    """Pool effects by random effects.

    One study is not pooled; two give both intervals, marked "not interpretable"; three or more give the chosen
    interval and a prediction interval.
    """
    from sonospine.synthesis.long_file import LONG, is_long, pool_long
    from sonospine.synthesis.plain_file import read_effects
    from sonospine.synthesis.pooling import Choice, Pools, Threshold, pool
    from sonospine.synthesis.random_effects import ESTIMATORS, INTERVALS
    from sonospine.synthesis.variants import Beside, default_prior_scale

    _one_of("--estimator", estimator, ESTIMATORS)
    _one_of("--ci", ci, INTERVALS)
    _between(level)
    if prior_scale is not None and not prior_scale > 0:
        raise typer.BadParameter(f"{prior_scale} is not above 0", param_hint="--prior-scale")
    wanted = all_variants if all_variants is not None else config is not None or prior_scale is not None
    thresholds: dict[str, Threshold] = {}
    analyses: list[str] | None = None
    chosen, beside = Choice(), Beside()
    if config is None and is_long(file):
        if wanted:
            raise typer.BadParameter(
                f"{file} has more than {LONG} lines: only the primary pool is worked out",
                param_hint="--all-variants",
            )
        pools = Pools(pool_long(file, Choice(estimator or "REML", ci or chosen.ci, level or 95)), [])
        _give(pools, out)
        if out is not None and not _is_table(out):
            typer.echo(f"weights are not written for more than {LONG} lines", err=True)
        return
    if config is None:
        effects = read_effects(file)
        measures = {row["analysis"]: row["measure"] for row in effects}
        scales = {name: prior_scale or default_prior_scale(measure) for name, measure in measures.items()}
        beside = Beside({name: scale for name, scale in scales.items() if scale})
    else:
        from sonospine.config.loading import load_config

        review = load_config(config)
        effects = read_table(file, EFFECTS)
        analyses = [a.id for a in review.analyses]
        chosen = Choice(review.assumptions.estimator, review.assumptions.ci, review.assumptions.level)
        thresholds = {
            analysis.id: Threshold(found.value, found.source)
            for analysis in review.analyses
            if (found := review.difference(analysis)) is not None
        }
        beside = Beside(_prior_scales(review, prior_scale), _points(review))
    chosen = Choice(estimator or chosen.estimator, ci or chosen.ci, chosen.level if level is None else level)
    if level is not None:
        # The intervals of single studies were worked out for another level: have them worked out anew.
        effects = [{**row, "ci_lower": "", "ci_upper": ""} for row in effects]
    pools = pool(effects, chosen, thresholds, analyses, beside=beside if wanted else None)
    if config is not None:
        pools.pooled.extend(_of_subgroups(effects, review, chosen))
    _give(pools, out)


def _of_subgroups(effects: list[Row], review: Config, choice: Choice) -> list[Row]:
    """Return the pools of the subgroups that the configuration asks for."""
    from sonospine.synthesis.probing import subgroup_pools

    entered = [row for row in effects if row["included"] == "true" and row["variant"] == "primary"]
    return [
        row
        for analysis in review.analyses
        for factor in review.robustness.exploration_of(analysis.id).subgroups
        for row in subgroup_pools(
            analysis.id, [e for e in entered if e["analysis"] == analysis.id], factor, choice
        )
    ]


def _give(pools: Pools, out: Path | None) -> None:
    if out is None:
        typer.echo(table_text(PRINTED, [_short(row) for row in pools.pooled]), nl=False)
        return
    if _is_table(out):
        write_table(out, POOLED, pools.pooled)
    else:
        write_table(out / "pooled.tsv", POOLED, pools.pooled)
        write_table(out / "weights.tsv", WEIGHTS, pools.weights)
    typer.echo(f"{len(pools.pooled)} pooled rows written to {out}", err=True)


def _is_table(out: Path) -> bool:
    return out.suffix in (".tsv", ".txt") and not out.is_dir()


def _prior_scales(review: Config, stated: float | None) -> dict[str, float]:
    """Return the scale of the prior of tau by analysis: as stated, of its outcome, of its kind of measure."""
    from sonospine.synthesis.variants import has_no_unit

    own = {one.outcome: one.bayes_prior_scale for one in review.assumptions.by_outcome}
    found = {}
    for analysis in review.analyses:
        scale = stated or own.get(analysis.outcome)
        axis = review.outcome(analysis.outcome).scale
        if scale is None and has_no_unit(analysis.measure):
            scale = review.assumptions.bayes_prior_scale
        elif scale is None and axis is not None:
            scale = review.assumptions.bayes_prior_share * (axis.maximum - axis.minimum)
        if scale is not None:
            found[analysis.id] = scale
    return found


def _points(review: Config) -> dict[str, float]:
    sds = {one.outcome: one.smd_points_sd for one in review.assumptions.by_outcome}
    pairs = ((analysis.id, sds.get(analysis.outcome)) for analysis in review.analyses)
    return {name: sd for name, sd in pairs if sd is not None}


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
