"""Which studies, arms and times an analysis looks at, and in which order it prefers them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sonospine.config.settings import Analysis, ArmSelector, Outcome, Window
from sonospine.effects.inputs import RULED_OUT
from sonospine.model.numbers import number, truth
from sonospine.model.table_io import Row

WHOLE_STUDY = "all"
_PLACES = ("registry", "table", "text", "abstract")


def barred_records(decisions: Iterable[Row], records: Iterable[Row]) -> tuple[set[str], set[str]]:
    """Return the studies that are in, and the records of all studies whose report is out.

    The report stage decides about the best record of a report: its other records, which passed by title and
    abstract, follow it. A report whose full text was not retrieved is used on its abstract. A study is in with one
    report that is; the numbers of its reports that are out (withdrawn, say) are used nowhere.

    Returns
    -------
    tuple of set of str
        Ids of studies that are in; ids of records of reports that are out.
    """
    made: dict[str, dict[str, str]] = {}
    for row in decisions:
        made.setdefault(row["record_id"], {})[row["stage"]] = row["decision"]
    reports: dict[str, list[Row]] = {}
    for row in records:
        reports.setdefault(row["report_id"] or row["record_id"], []).append(row)
    studies, barred = set(), set()
    for rows in reports.values():
        stages = [made.get(row["record_id"], {}) for row in rows]
        final = {one["report"] for one in stages if "report" in one}
        passed = any(one.get("record") == "include" for one in stages)
        if final & {"include", "not_retrieved"} or (passed and not final):
            studies.add(rows[0]["study_id"])
        else:
            barred |= {row["record_id"] for row in rows}
    return studies, barred


def preferred_rows(rows: Iterable[Row], barred: Collection[str]) -> Iterator[Row]:
    """Yield the row of a result that is used: the preferred one, or the next best where its report is out.

    The next best is the one of the surest place (registry, table, text, abstract) whose values no check rules out,
    then the one of the highest confidence. ``rows`` are those of one result.
    """
    listed = list(rows)
    for row in listed:
        if truth(row["preferred"]):
            if row["record_id"] not in barred:
                yield row
                continue
            others = [r for r in listed if r["record_id"] not in barred and RULED_OUT not in r["flags"]]
            if others:
                yield min(others, key=_surest)


def _surest(row: Row) -> tuple[int, float, str]:
    place = _PLACES.index(row["source"]) if row["source"] in _PLACES else len(_PLACES)
    return place, -float(row["confidence"] or 0), row["measurement_id"]


def listed(text: str) -> set[str]:
    """Return the entries of a list cell."""
    return set(filter(None, text.split(";")))


def arm_terms(arm: Row, study: Row, column: str) -> set[str]:
    """Return an arm's guidance, procedures or injectates.

    Where the arm says nothing, those of the study count if they can mean this arm only: the one arm of a study, or
    an intervention arm of a study with a single kind.
    """
    own = listed(arm[column])
    of_study = listed(study.get(column, ""))
    single = arm["role"] == "single" or arm["label"].casefold() == WHOLE_STUDY
    if own or not (single or (arm["role"] == "intervention" and len(of_study) == 1)):
        return own
    return of_study


def matches(selector: ArmSelector, arm: Row, study: Row) -> bool:
    """Tell whether an arm fits a selector.

    Every list that is given must have an entry in common with the arm's, and ``without_guidance`` must have none.
    """
    if selector.role and arm["role"] not in selector.role:
        return False
    if set(selector.without_guidance) & arm_terms(arm, study, "guidance"):
        return False
    wanted = {
        "guidance": selector.guidance,
        "procedure": selector.procedure,
        "injectate": selector.injectate,
    }
    return all(set(ids) & arm_terms(arm, study, column) for column, ids in wanted.items() if ids)


def arm_order(arm: Row) -> tuple[bool, int, str]:
    """Order arms: intervention first, then the larger, then by label; never by result."""
    size = arm["n_randomised"] or arm["n_analysed"] or "0"
    return arm["role"] != "intervention", -int(size), arm["label"]


def sides(analysis: Analysis, arms: Sequence[Row], study: Row) -> tuple[list[Row], list[Row]]:
    """Return the arms of interest and those they are compared with (none for before/after).

    An arm that fits both selectors counts as intervention. The label for the whole study is no arm of a comparison,
    and in before/after analyses it gives way to arms of its own people.
    """
    fitting = sorted((a for a in arms if matches(analysis.intervention, a, study)), key=arm_order)
    whole = [a for a in fitting if a["label"].casefold() == WHOLE_STUDY]
    apart = [a for a in fitting if a not in whole]
    if analysis.comparator is None:
        return (apart or whole), []
    ids = {a["arm_id"] for a in apart}
    others = [
        a
        for a in arms
        if a["arm_id"] not in ids
        and a["label"].casefold() != WHOLE_STUDY
        and matches(analysis.comparator, a, study)
    ]
    return apart, sorted(others, key=arm_order)


def procedures_differ(one: Row, two: Row, study: Row) -> bool:
    """Tell whether two arms have different procedures; an arm that names fewer of the same ones does not differ."""
    first, second = (arm_terms(arm, study, "procedure") for arm in (one, two))
    return bool(first and second) and not (first <= second or second <= first)


def belongs(row: Row, outcome: Outcome) -> bool:
    """Tell whether a row measures the outcome."""
    if row["construct"] not in outcome.constructs:
        return False
    return not outcome.instruments or row["instrument"] in outcome.instruments


def in_window(row: Row, window: Window | None) -> bool:
    """Tell whether a row's time lies in the window; without a window any time but baseline does."""
    if window is None:
        return row["phase"] != "baseline"
    weeks = number(row["weeks"])
    if row["phase"] != window.phase or weeks is None:
        return False
    above = weeks >= window.lower if window.lower_closed else weeks > window.lower
    return above and (window.upper is None or weeks <= window.upper)


def time_order(row: Mapping[str, str], window: Window | None) -> tuple[float, float]:
    """Order times: the nearest to the window's target, ties to the later; without a window the procedure, then early."""
    weeks = number(row["weeks"])
    if window is None:
        # Unknown times come last; the procedure itself comes before any follow-up.
        return (0.0 if row["phase"] == "procedure" else 1.0), math.inf if weeks is None else weeks
    distance = math.inf if weeks is None else abs(weeks - window.target)
    return round(distance, 9), -(weeks or 0.0)


def instrument_order(row: Mapping[str, str], outcome: Outcome) -> tuple[int, str]:
    """Order instruments as the configuration lists them, others by name."""
    name = row["instrument"]
    if name in outcome.instruments:
        return outcome.instruments.index(name), name
    return len(outcome.instruments), name


def subscale_order(row: Mapping[str, str]) -> tuple[int, str]:
    """Order subscales: the whole instrument, then at rest, then by name."""
    name = row["subscale"].casefold()
    return (0 if not name else 1 if "rest" in name.split() else 2), name


def population_order(row: Mapping[str, str]) -> int:
    """Order populations: all randomised, then per protocol and completers, then subgroups."""
    name = row["population"]
    return 0 if name in ("", "itt") else 2 if name.startswith("subgroup") else 1
