"""From the table of effects to the tables of subgroups, meta-regressions and small-study effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sonospine.model.errors import InputError
from sonospine.model.numbers import NUMBER, derived, truth, written_truth
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, REGRESSION, SUBGROUPS
from sonospine.synthesis.permutation import MOST, Permuted, permutation_test
from sonospine.synthesis.pooling import Choice, pool
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import Regression, meta_regression
from sonospine.synthesis.small_study_table import small_study_rows
from sonospine.synthesis.subgroups import TAU2_MODELS, subgroup_test
from sonospine.synthesis.usable import unusable

PER_MODERATOR = 10
"""Effects for each moderator below which a regression has no interval and no parametric p (Cochrane Handbook 10.11.4)."""

FEWEST = 5
"""Effects below which there is no regression at all, not even by permutation."""

EVERY = "*"

ORDERED = 120_000
"""Effects times permutations of one drawn test: fewer orders are looked at where effects are many."""


def probe_heterogeneity(
    effects: Sequence[Row],
    choice: Choice,
    factors: Mapping[str, Sequence[str]],
    moderators: Mapping[str, Sequence[str]],
    seed: int,
) -> dict[str, list[Row]]:
    """Ask of each analysis why its effects differ.

    Parameters
    ----------
    effects
        Rows of ``effects``, or of a plain file; the included ones of the variant ``primary`` are looked at. Columns
        beyond those of ``effects`` may be factors and moderators too.
    choice
        Estimator, interval and level.
    factors
        Columns whose values make subgroups, by analysis; the key ``*`` stands for every analysis without a key of
        its own.
    moderators
        Regressions, by analysis in the same way: each a column, or columns joined by ``+``. A column of numbers is
        one moderator; of any other its most frequent value is what the others are held against.
    seed
        Of permutation tests that are drawn at random.

    Returns
    -------
    dict
        Rows of the tables ``subgroups``, ``regression`` and ``small_study``, and under ``pooled`` the pools of the
        subgroups. What is not run has a row with the reason. An effect whose value is empty (unknown) is left out and
        counted.

    Raises
    ------
    InputError
        A column that no effect has, or ``yi`` or ``vi`` of an included effect that cannot be pooled.
    """
    named = [*(c for columns in factors.values() for c in columns), *_columns_of(moderators)]
    _check_columns(effects, named)
    tables: dict[str, list[Row]] = {"pooled": [], "subgroups": [], "regression": [], "small_study": []}
    for analysis in sorted({row["analysis"] for row in effects}):
        rows = [
            row
            for row in effects
            if row["analysis"] == analysis and truth(row["included"]) and row["variant"] == "primary"
        ]
        _check_values(rows)
        for factor in _of(factors, analysis):
            tables["subgroups"] += subgroup_rows(analysis, rows, factor, choice)
            tables["pooled"] += subgroup_pools(analysis, rows, factor, choice)
        for model in _of(moderators, analysis):
            tables["regression"] += regression_rows(analysis, rows, model, choice, seed)
        tables["small_study"] += small_study_rows(analysis, rows, choice)
    return tables


def subgroup_rows(analysis: str, rows: Sequence[Row], factor: str, choice: Choice) -> list[Row]:
    """Return the tests of interaction of one factor: with a tau² for each level, and with one for all."""
    known = [row for row in rows if value_of(row, factor)]
    levels = [value_of(row, factor) for row in known]
    yi, vi = numbers(known, "yi"), numbers(known, "vi")
    written = []
    for model in TAU2_MODELS:
        row = SUBGROUPS.row(
            analysis=analysis,
            factor=factor,
            level_count=str(len(set(levels))),
            k=str(len(known)),
            unknown=str(len(rows) - len(known)),
            tau2_model=model,
            flags=dependence(known),
        )
        try:
            test = subgroup_test(yi, vi, levels, estimator=choice.estimator, ci=choice.ci, tau2_model=model)
        except RefusalError as reason:
            row["refused"] = str(reason)
        else:
            row["q_between"], row["df"], row["p_value"] = (
                derived(test.q_between),
                str(test.df),
                derived(test.p_value),
            )
            row["df2"] = "" if test.df2 is None else str(test.df2)
        written.append(row)
    return written


def subgroup_pools(analysis: str, rows: Sequence[Row], factor: str, choice: Choice) -> list[Row]:
    """Return the pool of each level as rows of ``pooled``, by the rule of k of any pool, each with its own tau²."""
    pools = []
    for level in sorted({value_of(row, factor) for row in rows} - {""}):
        here = [row for row in rows if value_of(row, factor) == level]
        pools += [
            {**pooled, "subgroup": f"{factor}: {level}"}
            for pooled in pool(here, choice, analyses=[analysis]).pooled
            if pooled["variant"] == "primary"
        ]
    return pools


def regression_rows(analysis: str, rows: Sequence[Row], model: str, choice: Choice, seed: int) -> list[Row]:
    """Return a row for each coefficient of one regression, or one row that says why there is none."""
    columns = _split(model)
    known = [row for row in rows if all(value_of(row, column) for column in columns)]
    head = REGRESSION.row(
        analysis=analysis,
        moderators=" + ".join(columns),
        k=str(len(known)),
        unknown=str(len(rows) - len(known)),
        flags=dependence(known),
    )
    if len(known) < FEWEST:
        return [{**head, "refused": f"k = {len(known)} is below {FEWEST}"}]
    design, terms = design_of(known, columns)
    yi, vi = numbers(known, "yi"), numbers(known, "vi")
    try:
        fit = meta_regression(
            yi, vi, design, terms, estimator=choice.estimator, ci=choice.ci, level=choice.level
        )
    except RefusalError as reason:
        return [{**head, "refused": str(reason)}]
    most = max(200, min(MOST, ORDERED // len(known)))
    permuted = permutation_test(
        yi, vi, design, terms, estimator=choice.estimator, ci=choice.ci, seed=seed, most=most
    )
    enough = len(known) >= PER_MODERATOR * (len(terms) - 1)
    head |= _of_model(fit, permuted, enough=enough)
    if not enough:
        head["refused"] = (
            f"k = {len(known)} is below {PER_MODERATOR} for each of {len(terms) - 1} moderators: "
            "no interval and no parametric p, the permutation test alone"
        )
    return [
        {**head, **_of_coefficient(fit, permuted, position, enough=enough)} for position in range(len(terms))
    ]


def design_of(rows: Sequence[Row], columns: Sequence[str]) -> tuple[list[list[float]], list[str]]:
    """Return the design (a row of numbers for each effect, the intercept first) and the names of its columns.

    A column whose values are all numbers is taken as it is. Any other has an indicator for each value but the most
    frequent (of several the first in the alphabet), which is named in the terms.
    """
    made: list[list[float]] = [[1.0] for _ in rows]
    terms = ["intercept"]
    for column in columns:
        values = [value_of(row, column) for row in rows]
        if all(NUMBER.fullmatch(value) for value in values):
            terms.append(column)
            for line, value in zip(made, values, strict=True):
                line.append(float(value))
            continue
        counts = Counter(values)
        usual = min(counts, key=lambda value: (-counts[value], value))
        for level in sorted(set(values) - {usual}):
            terms.append(f"{column}: {level} (against {usual})")
            for line, value in zip(made, values, strict=True):
                line.append(float(value == level))
        if len(counts) == 1:
            terms.append(column)
            for line in made:
                line.append(0.0)
    return made, terms


def value_of(row: Row, column: str) -> str:
    """Return the value of a factor; the entries of a list are put in order, so that their order makes no level."""
    text = row.get(column, "").strip()
    return ";".join(sorted(filter(None, (part.strip() for part in text.split(";"))))) if text else ""


def numbers(rows: Sequence[Row], column: str) -> list[float]:
    """Return a column of checked numbers."""
    return [float(row[column]) for row in rows]


def dependence(rows: Sequence[Row]) -> str:
    """Return the flag of effects that share people: the tests here take effects for independent."""
    clusters = [row["cluster"] for row in rows if row.get("cluster")]
    return "dependent_effects" if len(set(clusters)) < len(clusters) else ""


def _of_model(fit: Regression, permuted: Permuted, *, enough: bool) -> Row:
    figures = ("tau2", "tau2_lower", "tau2_upper", "i2", "r2", "qe", "qe_p")
    row = {name: derived(getattr(fit, name)) for name in figures}
    row |= {
        "estimator": fit.estimator,
        "qe_df": str(fit.qe_df),
        "qm_p_permutation": derived(permuted.qm_p),
        "permutations": str(permuted.permutations),
        "permutation_exact": written_truth(permuted.exact),
    }
    if enough:
        row |= {"qm": derived(fit.qm), "qm_df": str(fit.qm_df), "qm_p": derived(fit.qm_p)}
        row["ci_method"] = fit.ci_method
    return row


def _of_coefficient(fit: Regression, permuted: Permuted, position: int, *, enough: bool) -> Row:
    found = fit.coefficients[position]
    row = {"term": found.term, "estimate": derived(found.estimate)}
    row["p_permutation"] = derived(permuted.p_values[position])
    if enough:
        row |= {name: derived(getattr(found, name)) for name in ("se", "ci_lower", "ci_upper", "p_value")}
        row["df"] = "" if found.df is None else str(found.df)
    return row


def _check_values(rows: Sequence[Row]) -> None:
    for row in rows:
        for column in ("yi", "vi"):
            fault = unusable(column, row[column])
            if fault:
                raise InputError(
                    f"effect {row['effect_id']} of analysis {row['analysis']} cannot be pooled",
                    field=column,
                    found=row[column],
                    allowed=fault,
                )


def _check_columns(effects: Sequence[Row], named: Sequence[str]) -> None:
    known: set[str] = set().union(*effects) if effects else set(named)
    for column in named:
        if column not in known:
            extra = sorted(known - set(EFFECTS.names))
            raise InputError(
                "the effects have no such column",
                field="factor or moderator",
                found=column,
                allowed=", ".join([*EFFECTS.names, *extra]),
            )


def _columns_of(moderators: Mapping[str, Sequence[str]]) -> list[str]:
    return [column for models in moderators.values() for model in models for column in _split(model)]


def _split(model: str) -> list[str]:
    return [column.strip() for column in model.split("+")]


def _of(named: Mapping[str, Sequence[str]], analysis: str) -> Sequence[str]:
    return named[analysis] if analysis in named else named.get(EVERY, ())
