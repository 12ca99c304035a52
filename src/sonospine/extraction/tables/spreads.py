"""What a cell's numbers are: the kind of centre and spread, decided by what the table and the methods say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sonospine.extraction.expression_building import is_whole
from sonospine.extraction.expressions import Expression
from sonospine.extraction.reading import MEANS, Alternative
from sonospine.extraction.tables.statistics import Named


@dataclass(frozen=True, slots=True)
class Decided:
    """An expression whose kinds are settled, how sure that is (a factor), and what else it could be."""

    expression: Expression
    factor: float
    flags: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


def decide(
    expression: Expression,
    near: Sequence[Named],
    far: Callable[[], Named | None],
    n: str,
    *,
    fractional: bool = False,
    shares: bool = False,
) -> Decided | None:
    """Settle what an expression is; ``None`` where nothing says it.

    Parameters
    ----------
    expression
        As read from the cell.
    near
        What stub, section, header, caption and footnotes name, the nearest first.
    far
        What the document's methods say, asked only where the table says nothing.
    n
        Participants of this column, for the arithmetic of counts and percentages.
    fractional
        Whether a value of the same row has decimals or a spread, so that the row can't be counts.
    shares
        Whether the brackets of the column are percentages of one total, whoever that is.
    """
    if expression.centre in ("count", "ratio"):
        return Decided(expression, 1.0)
    if expression.spread == "bracket":
        return _bracket(expression, near, far, n, fractional=fractional, shares=shares)
    if expression.spread == "interval":
        return _interval(expression, near, far)
    if expression.spread in ("sd", "se"):
        return _plus_minus(expression, near, far)
    if expression.spread in ("ci", "iqr", "range"):
        return _centred(expression, near, far)
    return _bare(expression, near, far, n, measured=fractional)


def _named(expression: Expression, centre: str, spread: str, source: str, factor: float = 1.0) -> Decided:
    told = source or "the cell"
    settled = expression.centre if expression.centre in ("difference", "ratio") else centre
    flags = tuple(f for f in expression.flags if f != "spread_assumed_sd")
    return Decided(
        replace(expression, centre=settled or "mean", spread=spread, flags=flags),
        factor,
        evidence=(f"{spread} from {told}",),
    )


def _plus_minus(expression: Expression, near: Sequence[Named], far: Callable[[], Named | None]) -> Decided:
    if expression.explicit:
        return Decided(expression, 1.0, evidence=(f"{expression.spread} named beside it",))
    for named in near:
        pair = named.spread_of("sd", "se")
        if pair is not None and named.strong:
            return _named(expression, pair.centre or "mean", pair.spread, named.source)
    for named in near:
        pair = named.spread_of("sd", "se")
        if pair is not None:
            return _named(expression, pair.centre or "mean", pair.spread, named.source, 0.95)
    methods = far()
    pair = methods.spread_of("sd", "se") if methods else None
    if methods is not None and pair is not None:
        return _named(expression, pair.centre or "mean", pair.spread, methods.source, 0.95)
    return _assumed(expression, 0.85)


def _assumed(expression: Expression, factor: float) -> Decided:
    centre = "mean" if expression.centre == "number" else expression.centre
    flags = tuple(dict.fromkeys((*expression.flags, "spread_assumed_sd")))
    return Decided(
        replace(expression, centre=centre, spread="sd", flags=flags), factor,
        evidence=("nothing names the spread",), alternatives=(Alternative("spread", "se", 0.2),),
    )  # fmt: skip


def _bracket(
    expression: Expression,
    near: Sequence[Named],
    far: Callable[[], Named | None],
    n: str,
    *,
    fractional: bool,
    shares: bool,
) -> Decided | None:
    counts = not fractional and (_counts(expression, n) or (not n and shares))
    meant = any("mean" in named.centres() and not _of_table(named) for named in near)
    if any(named.percent_first for named in near):
        if not _counted_behind(expression, n):
            return None
        told = f"{expression.spread_value} of {n} is {expression.value} %"
        return Decided(_as_count_behind(expression), 1.0, evidence=(told,))
    sources = list(near)
    methods_asked = False
    while sources:
        named = sources.pop(0)
        spread = named.spread_of("sd", "se") or (
            named.spread_of("iqr") if "median" in named.centres() else None
        )
        # Decimals elsewhere in the row speak against a caption that says n (%), not against the label of the column.
        counted = (not fractional or not _of_table(named)) and (
            "count" in named.centres() or "percent" in named.centres()
        )
        if counted and (spread is None or counts) and float(expression.spread_value) <= 100:
            if is_whole(expression.value):
                return Decided(_as_count(expression), 1.0, evidence=(f"n (%) from {named.source}",))
            if named is near[0] and "count" in named.centres() and is_whole(expression.spread_value):
                return Decided(_as_percent(expression), 0.9, evidence=(f"% (n) from {named.source}",))
            continue
        if spread is not None and not counts:
            return _named(
                expression, spread.centre or "mean", spread.spread, named.source, 1.0 if named.strong else 0.9
            )
        if spread is not None:
            # "values are mean (SD) or n (%)": the arithmetic tells a count.
            return Decided(
                _as_count(expression),
                0.8,
                ("count_by_arithmetic",),
                (f"{expression.value} of {n or 'one total'} is {expression.spread_value} %",),
            )
        if "range" in (p.spread for p in named.pairs) and not sources and not methods_asked:
            return None
        if not sources and not methods_asked:
            methods_asked = True
            methods = far()
            if not (counts or fractional or meant) and _like_count(expression):
                return None
            sources += [methods] if methods else []
    if not (counts or fractional or meant) and _like_count(expression):
        return None
    if not near and not methods_asked:
        methods = far()
        pair = methods.spread_of("sd", "se") if methods else None
        if methods is not None and pair is not None and not counts:
            return _named(expression, pair.centre or "mean", pair.spread, methods.source, 0.9)
    if counts:
        return Decided(
            _as_count(expression),
            0.7,
            ("count_by_arithmetic",),
            (f"{expression.value} of {n or 'one total'} is {expression.spread_value} %",),
        )
    if "." in expression.value or "." in expression.spread_value:
        return _assumed(expression, 0.6)
    return None


def _as_percent(expression: Expression) -> Expression:
    return replace(
        expression, centre="percent", spread="none", percent=expression.value, spread_value="", change=False
    )


def _as_count(expression: Expression) -> Expression:
    return replace(
        expression,
        centre="count",
        spread="none",
        percent=expression.spread_value,
        spread_value="",
        explicit=True,
        change=False,
    )


def _counted_behind(expression: Expression, n: str) -> bool:
    """Tell whether a bracket holds the count and the number before it is its percentage of n: ``40 (12)``."""
    return _counts(replace(expression, value=expression.spread_value, spread_value=expression.value), n)


def _as_count_behind(expression: Expression) -> Expression:
    count, percent = expression.spread_value, expression.value
    numbers = sorted(expression.numbers, key=lambda span: span.text != count)
    return replace(_as_count(expression), value=count, percent=percent, numbers=tuple(numbers))


def _like_count(expression: Expression) -> bool:
    """Tell whether ``32 (29.4)`` is more like a count with its percentage than a mean: no decimals before the bracket."""
    return (
        is_whole(expression.value)
        and "." in expression.spread_value
        and float(expression.spread_value) <= 100
    )


def _counts(expression: Expression, n: str) -> bool:
    """Tell whether a whole number and the bracket behind it are a count and its percentage of n."""
    if not n or not is_whole(expression.value) or int(n) == 0:
        return False
    share = 100 * int(expression.value) / int(n)
    digits = len(expression.spread_value.partition(".")[2])
    return int(expression.value) <= int(n) and abs(share - float(expression.spread_value)) <= (
        1.0 if digits == 0 else 0.35
    )


def _interval(
    expression: Expression, near: Sequence[Named], far: Callable[[], Named | None]
) -> Decided | None:
    for asked in (*(lambda named=named: named for named in near), far):
        named = asked()
        if named is None:
            continue
        pair = named.spread_of("ci", "iqr", "range")
        if pair is not None:
            centre = pair.centre or next((c for c in named.centres() if c in MEANS), "")
            if not centre:
                centre = (
                    "median"
                    if pair.spread == "iqr"
                    else next((c for m in near for c in m.centres() if c in MEANS), "")
                )
            if not centre and expression.centre not in ("difference", "ratio"):
                continue
            settled = replace(
                expression, level=expression.level or (named.level if pair.spread == "ci" else "")
            )
            return _named(settled, centre, pair.spread, named.source, 1.0 if named in near else 0.9)
    if expression.centre in ("difference", "ratio"):
        flags = (*expression.flags, "spread_assumed_ci")
        return Decided(
            replace(expression, spread="ci", flags=flags), 0.8, evidence=("an interval behind a difference",)
        )
    centres = [c for named in near for c in named.centres() if c in MEANS]
    if not centres:
        return None
    flags = (*expression.flags, "interval_kind_unknown")
    return Decided(
        replace(expression, centre=centres[0], spread="none", lower="", upper="", flags=flags), 0.5
    )


def _centred(expression: Expression, near: Sequence[Named], far: Callable[[], Named | None]) -> Decided:
    if expression.centre != "number":
        return Decided(expression, 1.0)
    for named in near:
        for pair in named.pairs:
            if pair.centre in MEANS and pair.spread in (expression.spread, ""):
                return Decided(
                    replace(expression, centre=pair.centre),
                    1.0,
                    evidence=(f"{pair.centre} from {named.source}",),
                )
    methods = far()
    told = methods.spread_of(expression.spread) if methods else None
    centre = (
        told.centre
        if told and told.centre in MEANS
        else "median"
        if expression.spread in ("iqr", "range")
        else "mean"
    )
    return Decided(replace(expression, centre=centre), 0.8, ("centre_assumed",))


def _bare(
    expression: Expression,
    near: Sequence[Named],
    far: Callable[[], Named | None],
    n: str,
    *,
    measured: bool,
) -> Decided | None:
    if expression.centre in (*MEANS, "difference", "percent"):
        return Decided(expression, 1.0)
    if "score_or_count" in expression.flags:
        if n and expression.total == n:
            return Decided(
                replace(expression, centre="count", flags=()), 0.8, evidence=("its denominator is n",)
            )
        return None
    for position, named in enumerate(near):
        centres = named.centres()
        centre = next((c for c in centres if c in MEANS), "")
        if centre and is_whole(expression.value) and not measured and _of_all_values(named):
            return None  # "values are mean (SD)": a whole number alone is something else
        if (
            centre
            and len({c for c in centres if c in ("mean", "median")}) < 2
            and (named.strong or position == 0)
        ):
            if "count" in centres and is_whole(expression.value):
                return None
            return Decided(
                replace(expression, centre=centre), 0.9, evidence=(f"{centre} from {named.source}",)
            )
        if "count" in centres and is_whole(expression.value) and "percent" not in centres:
            return Decided(
                replace(expression, centre="count", explicit=True),
                0.9,
                evidence=(f"count from {named.source}",),
            )
        if "percent" in centres and "count" not in centres and 0 <= float(expression.value) <= 100:
            return Decided(
                replace(expression, centre="percent", percent=expression.value),
                0.9,
                evidence=(f"% from {named.source}",),
            )
        if "count" in centres and is_whole(expression.value):
            return Decided(
                replace(expression, centre="count", explicit=True),
                0.9,
                evidence=(f"count from {named.source}",),
            )
    if expression.change and not is_whole(expression.value.lstrip("-")):
        return Decided(
            replace(expression, centre="mean"),
            0.7,
            ("centre_assumed",),
            ("a change without a named statistic",),
        )
    if is_whole(expression.value) and n and int(expression.value) <= int(n) and not measured:
        return Decided(
            replace(expression, centre="count"), 0.5, ("count_assumed",), ("a whole number not above n",)
        )
    methods = far()
    if methods is not None and "mean" in methods.centres() and "." in expression.value:
        return Decided(
            replace(expression, centre="mean"), 0.6, ("centre_assumed",), (f"mean from {methods.source}",)
        )
    return None


def _of_all_values(named: Named) -> bool:
    """Tell whether caption or notes say that values have a spread behind them."""
    return named.spread_of("sd", "se", "iqr", "range") is not None and (
        ":caption" in named.source or ":foot" in named.source
    )


def _of_table(named: Named) -> bool:
    """Tell whether a statement is one of the whole table or article, not of a label."""
    return ":caption" in named.source or ":foot" in named.source or not named.source.startswith("table/")
