"""``sonospine forest``: a forest plot of any file with yi and vi."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.outputs import file_to_write
from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.model.table_io import Row


def run(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="TSV or CSV with yi and vi; label, year, measure and others are taken if there.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="Figure to write: .svg, .pdf or .png.")
    ],
    title: Annotated[str, typer.Option(help="Title.", show_default="the name of the analysis")] = "",
    analysis: Annotated[str, typer.Option(help="Which analysis, where the file holds several.")] = "",
    measure: Annotated[
        str, typer.Option(help="Effect measure by metafor's name (RR, OR and ROM are drawn on a log axis).")
    ] = "",
    estimator: Annotated[str, typer.Option(help="REML, ML, DL, HE or PM.")] = "REML",
    ci: Annotated[str, typer.Option(help="hksj-conservative, hksj or wald.")] = "hksj-conservative",
    level: Annotated[float, typer.Option(help="Confidence level in percent.", min=50.1, max=99.9)] = 95,
) -> None:
    """Pool the effects of a file by random effects and draw them."""
    from sonospine.figures.forest import forest_of
    from sonospine.figures.rendering import FORMATS, rendered
    from sonospine.figures.setting import Setting, axis_label
    from sonospine.figures.wording import MEASURES
    from sonospine.model.files import write_bytes
    from sonospine.synthesis.plain_file import read_effects
    from sonospine.synthesis.pooling import Choice, pool
    from sonospine.synthesis.random_effects import ESTIMATORS, INTERVALS

    file_format = out.suffix.lower().removeprefix(".")
    if file_format not in FORMATS:
        raise typer.BadParameter(f"{out.name!r} does not end in .svg, .pdf or .png", param_hint="--out")
    file_to_write(out)
    for option, value, allowed in (
        ("--estimator", estimator, ESTIMATORS),
        ("--ci", ci, INTERVALS),
        ("--measure", measure, ("", *MEASURES)),
    ):
        if value not in allowed:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(allowed)}", param_hint=option)
    rows = _one_analysis(read_effects(file), analysis, file)
    name, used = rows[0]["analysis"], measure or rows[0]["measure"]
    pools = pool([{**row, "measure": used} for row in rows], Choice(estimator, ci, level), None, [name])
    setting = Setting(
        analysis="".join(c if c.isascii() and c.isalnum() else "-" for c in f"forest-{name}"),
        title=title or name,
        subtitle="",
        measure=used,
        axis_label=axis_label(used, ""),
        level=level,
        links=False,
        plain=True,
    )
    drawn = [{**_with_interval(row, level), "analysis": setting.analysis} for row in rows]
    own = {"analysis": setting.analysis}
    forest = forest_of(
        setting, drawn, [{**p, **own} for p in pools.pooled], [{**w, **own} for w in pools.weights]
    )
    write_bytes(out, rendered(forest, file_format))
    typer.echo(f"{len(forest.lines)} studies drawn in {out}", err=True)


def _one_analysis(rows: list[Row], wanted: str, file: Path) -> list[Row]:
    names = sorted({row["analysis"] for row in rows})
    if wanted and wanted not in names:
        raise InputError(
            "no such analysis in the file",
            file=file,
            field="--analysis",
            found=wanted,
            allowed=", ".join(names),
        )
    if not wanted and len(names) > 1:
        raise InputError(
            "the file holds several analyses; name one with --analysis", file=file, allowed=", ".join(names)
        )
    return [row for row in rows if row["analysis"] == (wanted or names[0])]


def _with_interval(row: Row, level: float) -> Row:
    """Give an included row that has no interval of its own the Wald interval of its variance."""
    from sonospine.model.numbers import derived, truth
    from sonospine.synthesis.random_effects import mean_effect

    if not truth(row["included"]) or (row["ci_lower"] and row["ci_upper"]):
        return row
    wald = mean_effect([float(row["yi"])], [float(row["vi"])], 0.0, ci="wald", level=level)
    return {**row, "ci_lower": derived(wald.ci_lower), "ci_upper": derived(wald.ci_upper)}
