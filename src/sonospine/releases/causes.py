"""Because of what an estimate moved: the effects that came, went or changed, and what the tables tell of each.

A cause is named only where a table shows it: a record that was not there, a status, a line of a curator, a setting,
other code. Several may stand beside each other; what none of them explains is said to be not explained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sonospine.model.numbers import truth
from sonospine.model.table_io import Row, in_order
from sonospine.model.tables import CHANGE_CAUSES
from sonospine.releases.comparing import NO_LONGER, Comparison, Target

POOL_SETTINGS = ("assumptions.estimator", "assumptions.ci", "assumptions.level")
"""Settings that act on a pool and on no effect."""
_WORDS = ("title", "note", "label", "favours.left", "favours.right", "source")
"""Last parts of settings that are only printed."""
_FILLED = ("study_id", "arm_id", "comparator_arm_id", "timepoint_id", "result_id", "preferred", "state")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause with the curator and the action behind it, where it was a person, and what exactly happened."""

    cause: str
    detail: str = ""
    by: str = ""
    action_id: str = ""


def change_causes(both: Comparison) -> list[Row]:
    """Return rows of ``change_causes`` for every analysis of either edition."""
    rows: dict[tuple[str, ...], Row] = {}
    for analysis in sorted({*both.old.pooled, *both.new.pooled, *_analyses(both)}):
        for row in _of_analysis(both, analysis):
            rows.setdefault(tuple(row[name] for name in CHANGE_CAUSES.key), row)
    return in_order(CHANGE_CAUSES, list(rows.values()))


def _analyses(both: Comparison) -> set[str]:
    return {row["analysis"] for e in (both.old, both.new) for row in e.effects.values()}


def _of_analysis(both: Comparison, analysis: str) -> Iterator[Row]:
    moved = False
    for old, new in _pairs(both, analysis):
        if old is not None and new is not None and (old["yi"], old["vi"]) == (new["yi"], new["vi"]):
            continue
        moved = True
        shown = new or old or {}
        study = shown["study_id"]
        for cause in _causes(both, old, new):
            yield CHANGE_CAUSES.row(
                analysis=analysis,
                study_id=study,
                label=shown["label"],
                effect_old=old["effect_id"] if old else "",
                effect_new=new["effect_id"] if new else "",
                change="came" if old is None else "went" if new is None else "changed",
                yi_old=old["yi"] if old else "",
                yi_new=new["yi"] if new else "",
                vi_old=old["vi"] if old else "",
                vi_new=new["vi"] if new else "",
                cause=cause.cause,
                by=cause.by,
                action_id=cause.action_id,
                detail=cause.detail,
            )
    for cause in _of_pool(both, analysis, moved=moved):
        yield CHANGE_CAUSES.row(analysis=analysis, change="pool", cause=cause.cause, detail=cause.detail)


def _pairs(both: Comparison, analysis: str) -> list[tuple[Row | None, Row | None]]:
    """Pair the effects of two pools: by id, then by study and arms, then the only one of a study with its only one."""
    old = {row["effect_id"]: row for row in both.old.entered(analysis)}
    new = {row["effect_id"]: row for row in both.new.entered(analysis)}
    pairs: list[tuple[Row | None, Row | None]] = [(old.pop(i), new.pop(i)) for i in sorted(old) if i in new]

    def of_study(row: Row) -> tuple[str, ...]:
        return (both.study_now.get(row["study_id"], row["study_id"]),)

    def of_arms(row: Row) -> tuple[str, ...]:
        return (*of_study(row), row["arm_1"], row["arm_2"])

    for key in (of_arms, of_study):
        before, after = [key(row) for row in old.values()], [key(row) for row in new.values()]
        for name in sorted({k for k in before if before.count(k) == after.count(k) == 1}):
            one = next(i for i, row in old.items() if key(row) == name)
            other = next(i for i, row in new.items() if key(row) == name)
            pairs.append((old.pop(one), new.pop(other)))
    pairs += [(row, None) for row in old.values()]
    return pairs + [(None, row) for row in new.values()]


def _causes(both: Comparison, old: Row | None, new: Row | None) -> list[Cause]:
    shown = new or old or {}
    study = both.study_now.get(shown["study_id"], shown["study_id"])
    if old is None and new is not None and not both.was_known(study):
        return [Cause("new_study", ", ".join(both.fresh_records(study)))]
    used = sorted({i for row in (old, new) if row for i in row["measurement_ids"].split(";") if i})
    found = [Cause("retraction", line) for line in both.turned_out(both.records_of(study))]
    if found and new is None and not all(NO_LONGER in one.detail for one in found):
        return found
    other_rows = old is None or new is None or old["measurement_ids"] != new["measurement_ids"]
    found += _corrections(both, study, used, confirmed=other_rows)
    if other_rows:
        found += [Cause("new_report", name) for name in both.fresh_records(study)]
    found += [Cause("revised_report", name) for name in both.revised_records(_records(both, used))]
    if both.was_known(study) and both.is_relinked(study):
        found.append(Cause("relinked", "its records are joined otherwise"))
    found += _configured(both, shown)
    if not found:
        found = _machine(both, used)
    return found or [Cause("not_explained", _left_out(both, old, new))]


def _corrections(both: Comparison, study: str, used: list[str], *, confirmed: bool) -> list[Cause]:
    """Return the lines about the numbers behind an effect or about its study; else those on other numbers of it.

    A line that confirms changes no number, but it can decide which row is used: it counts where ``confirmed``.
    """

    def about(targets: set[Target]) -> list[tuple[str, Row]]:
        return [
            (how, row) for how, row in both.lines_about(targets) if confirmed or row["action"] != "confirm"
        ]

    direct = about(both.targets_of_rows(used) | both.targets_of_study(study))
    lines = direct or about(both.targets_of_rows(both.measurements_of_study(study)))
    return [
        Cause("correction", _in_words(how, row, elsewhere=not direct), row["curator"], row["action_id"])
        for how, row in lines
    ]


def _in_words(how: str, row: Row, *, elsewhere: bool) -> str:
    values = f": {row['old_value'] or '(empty)'}, now {row['new_value'] or '(empty)'}" if row["field"] else ""
    parts = [
        f"{row['action']} {row['field']}".strip() + (values if row["action"] == "set" else ""),
        "on another number of the study" if elsewhere else "",
        how,
        row["reason"],
    ]
    return "; ".join(part for part in parts if part)


def _records(both: Comparison, used: list[str]) -> list[str]:
    rows = [e.measurements[i] for e in (both.old, both.new) for i in used if i in e.measurements]
    return sorted({row["record_id"] for row in rows})


def _configured(both: Comparison, effect: Row) -> list[Cause]:
    """Return the settings that differ and bear on the effects of an analysis."""
    wanted = (
        f"analyses[{effect['analysis']}]",
        f"outcomes[{effect['outcome']}]",
        f"windows[{effect['window']}]",
        f"assumptions.by_outcome[{effect['outcome']}]",
        "assumptions.correlation",
        "assumptions.conversions",
        "assumptions.same_people",
        "eligibility",
        "sources",
    )
    return [
        Cause("configuration", f"{path}: {old or '(none)'}, now {new or '(none)'}")
        for path, (old, new) in both.settings.items()
        if path.startswith(wanted)
        and not path.endswith(_WORDS)
        and "minimal_important_difference" not in path
    ]


def _machine(both: Comparison, used: list[str]) -> list[Cause]:
    """Return what differs in the program where the reading of the same texts differs, or all else is the same."""
    read_otherwise = any(
        _reading(both.old.measurements.get(i)) != _reading(both.new.measurements.get(i)) for i in used
    )
    old, new = both.old.made, both.new.made
    found = []
    if read_otherwise:
        if both.vocabulary:
            found.append(Cause("vocabulary", ", ".join(both.vocabulary)))
        if old.reader != new.reader:
            found.append(Cause("reader", f"{old.version} {old.reader}, now {new.version} {new.reader}"))
    return found or _program(both)


def _program(both: Comparison) -> list[Cause]:
    old, new = both.old.made, both.new.made
    parts = [
        f"{name}: {old.version} {before}, now {new.version} {after}"
        for name, before, after in (
            ("linking and screening", old.linking, new.linking),
            ("calculation", old.calculation, new.calculation),
        )
        if before != after
    ]
    return [Cause("program", "; ".join(parts))] if parts else []


def _reading(row: Row | None) -> dict[str, str]:
    return {} if row is None else {name: value for name, value in row.items() if name not in _FILLED}


def _left_out(both: Comparison, old: Row | None, new: Row | None) -> str:
    """Return why the same candidate is out of the other edition's pool, where it stands there."""
    if new is None and old is not None:
        there = both.new.effects.get(old["effect_id"])
        return f"left out now: {there['exclusion_reason']}" if there and not truth(there["included"]) else ""
    if old is None and new is not None:
        there = both.old.effects.get(new["effect_id"])
        return (
            f"left out before: {there['exclusion_reason']}" if there and not truth(there["included"]) else ""
        )
    return ""


def _of_pool(both: Comparison, analysis: str, *, moved: bool) -> list[Cause]:
    """Return what acts on the pool as a whole; where it moved and no effect did, that must be said."""
    old, new = both.old.pooled.get(analysis), both.new.pooled.get(analysis)
    if old == new:
        return []
    wanted = (*POOL_SETTINGS, f"analyses[{analysis}].measure", f"analyses[{analysis}].smd_variance")
    found = [
        Cause("configuration", f"{path}: {before or '(none)'}, now {after or '(none)'}")
        for path, (before, after) in both.settings.items()
        if path in wanted
    ]
    found = [Cause("configuration", "; ".join(one.detail for one in found))] if found else []
    shown = ("k", "measure", "estimate", "ci_lower", "ci_upper")
    if found or moved or (old and new and all(old[name] == new[name] for name in shown)):
        return found
    if old is None or new is None:
        side = "older" if old is None else "newer"
        which = [path for path in both.settings if path.startswith(f"analyses[{analysis}]")]
        text = f"the {side} one has no analysis of this name"
        return [Cause("configuration", text)] if which else [Cause("not_explained", text)]
    return _program(both) or [Cause("not_explained", "no effect of the pool changed")]
