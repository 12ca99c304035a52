"""The guard of a pool: the same people counted twice are picked from or kept in one cluster, never passed over.

Cochrane Handbook v6.5, 6.2 (units of analysis), 23.3 (several arms) and 5.2 (several reports of one study).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sonospine.effects.selection import WHOLE_STUDY, listed
from sonospine.model.numbers import number, truth
from sonospine.model.table_io import Row

DEPENDENT = "dependent_effects"
"""Flag of an effect whose people are (or may be) in another effect of the pool too."""
SPLIT = "control_split"
SAME_REGISTRATION = "shared_registration"
ALIKE = "possibly_same_people"
PAIRED = ("MC", "SMCC", "SMCR")
NEAR = 0.02
"""Printed figures of two studies that differ by no more than this share are taken for nearly the same."""
NEAR_N = 0.1
"""Numbers of people likewise: a report of completers has fewer."""
_FIGURES = ("m1i", "sd1i", "m2i", "sd2i", "ai", "ci")
_REASONS = {
    "other_times": "the same people are in this pool at another time ({other})",
    "shared_control": "the people of an arm are in this pool already ({other})",
    "several_instruments": "the same people are in this pool on another instrument ({other})",
    "several_units": "the same people are in this pool already ({other}): levels, joints or parts of one person are "
    "not independent",
}
_KINDS = (DEPENDENT, *_REASONS, SAME_REGISTRATION, ALIKE)


def guarded(rows: Sequence[Row], studies: Mapping[str, Row], same_people: str) -> list[Row]:
    """Return the effects of one analysis with nobody counted twice unknown to the pool.

    Within a study, two included effects that share an arm are of the same people: at several times, against one
    control, on several instruments, or of several levels, joints or parts of a person. Two studies are of the same
    people where they share a registration, and may be where n, arms and values are nearly the same.

    Parameters
    ----------
    rows
        Rows of ``effects`` of one analysis, in order of preference within a study.
    studies
        Rows of ``studies`` by id; those of ``rows`` may be missing.
    same_people
        ``pick`` keeps one of the effects (the first of a study; of two studies the larger) and gives the others the
        reason; ``cluster`` keeps all in one cluster with a flag. Effects that were flagged ``dependent_effects``
        on purpose, and studies that are only alike, are always kept in one cluster: a likeness is no proof.

    Returns
    -------
    list of dict
        Rows in the same order. Two effects with parts of a split control are of different people.
    """
    made = [dict(row) for row in rows]
    for variant in sorted({row["variant"] for row in made}):
        entered = [row for row in made if row["variant"] == variant and truth(row["included"])]
        _within_studies(entered, same_people)
        _between_studies([row for row in entered if truth(row["included"])], studies, same_people)
    _other_values_follow(made)
    return made


def _within_studies(rows: Sequence[Row], same_people: str) -> None:
    by_study: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_study[row["study_id"]].append(row)
    for effects in by_study.values():
        for first, second in itertools.combinations(effects, 2):
            kind = shared_within(first, second)
            if not kind or not (truth(first["included"]) and truth(second["included"])):
                continue
            modelled = all(DEPENDENT in listed(row["flags"]) for row in (first, second))
            if same_people == "pick" and not modelled:
                _leave_out(second, _REASONS[kind].format(other=_described(first, kind)))
            else:
                for row in (first, second):
                    _flag(row, DEPENDENT, kind)


def shared_within(first: Row, second: Row) -> str:
    """Return how two effects of a study share people: the flag of its kind; empty where they do not."""
    arms = [_arms(row) for row in (first, second)]
    whole = any(WHOLE_STUDY in labels for labels in arms)
    if not whole and not arms[0] & arms[1]:
        return ""
    if all(SPLIT in listed(row["flags"]) for row in (first, second)) and first["arm_1"] != second["arm_1"]:
        return ""
    if first["instrument"] != second["instrument"]:
        return "several_instruments"
    if first["weeks"] != second["weeks"]:
        return "other_times"
    if (first["arm_1"], first["arm_2"]) != (second["arm_1"], second["arm_2"]):
        return "shared_control"
    return "several_units"


def _arms(row: Row) -> set[str]:
    return {label.casefold() for side in (row["arm_1"], row["arm_2"]) for label in side.split(" + ") if label}


def _described(row: Row, kind: str) -> str:
    if kind == "other_times":
        return f"{row['weeks'] or 'an unknown number of'} weeks"
    if kind == "several_instruments":
        return row["instrument"] or row["outcome"]
    return " against ".join(dict.fromkeys(filter(None, (row["arm_1"], row["arm_2"]))))


def _between_studies(rows: Sequence[Row], studies: Mapping[str, Row], same_people: str) -> None:
    groups: dict[str, str] = {}
    registered = [_registrations(row, studies) for row in rows]
    told = [_told(row) for row in rows]
    for one, two in _pairs(rows, registered, told):
        first, second = rows[one], rows[two]
        if not (truth(first["included"]) and truth(second["included"])):
            continue
        shared = registered[one] & registered[two]
        if shared and same_people == "pick":
            kept, other = sorted((first, second), key=lambda row: (-_people(row), row["study_id"]))
            names = ", ".join(sorted(shared))
            for row in rows:
                if row["study_id"] == other["study_id"]:
                    reason = f"the same people as in {kept['label']}, which is used (registration {names})"
                    _leave_out(row, reason)
        else:
            _join(groups, first["study_id"], second["study_id"])
            for row in (first, second):
                _flag(row, DEPENDENT, SAME_REGISTRATION if shared else ALIKE)
    for row in rows:
        if row["study_id"] in groups:
            row["cluster"] = _root(groups, row["study_id"])


def _pairs(
    rows: Sequence[Row], registered: Sequence[set[str]], told: Sequence[_Told]
) -> list[tuple[int, int]]:
    """Return the pairs of rows of two studies that share a registration or are nearly the same, in order.

    Of 300 studies there are 45,000 pairs: only those are compared whose first figure is nearly the same.
    """
    found = {pair for pair in _maybe_alike(told) if _nearly(told[pair[0]], told[pair[1]])}
    for together in _sharing((name, index) for index, names in enumerate(registered) for name in names):
        found |= set(itertools.combinations(together, 2))
    return sorted(pair for pair in found if rows[pair[0]]["study_id"] != rows[pair[1]]["study_id"])


def _maybe_alike(told: Sequence[_Told]) -> Iterator[tuple[int, int]]:
    """Yield all pairs that can be ``_nearly`` the same, and some that are not."""
    for together in _sharing((one.printed, i) for i, one in enumerate(told) if one.sizes[0] is not None):
        yield from itertools.combinations(together, 2)
    for together in _sharing((one.known, i) for i, one in enumerate(told) if sum(one.known) > 1):
        sizes = sorted((told[i].figures[told[i].known.index(True)] or 0.0, i) for i in together)
        for place, (size, index) in enumerate(sizes):
            for larger, other in itertools.islice(sizes, place + 1, None):
                if not _near(size, larger, NEAR):
                    break
                yield min(index, other), max(index, other)


def _sharing(named: Iterable[tuple[object, int]]) -> Iterator[list[int]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for name, index in named:
        groups[name].append(index)
    return (group for group in groups.values() if len(group) > 1)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an effect tells of its people: guidance and procedure, figures, sizes, and the effect as printed."""

    terms: tuple[set[str], set[str]]
    figures: tuple[float | None, ...]
    known: tuple[bool, ...]
    sizes: tuple[float | None, float | None]
    printed: tuple[str, ...]


def _told(row: Row) -> _Told:
    figures = tuple(number(row[c]) for c in _FIGURES)
    return _Told(
        (listed(row["guidance"]), listed(row["procedure"])),
        figures,
        tuple(f is not None for f in figures),
        (number(row["n1i"]), number(row["n2i"])),
        tuple(row[c] for c in ("yi", "vi", "n1i", "n2i")),
    )


def nearly_the_same(first: Row, second: Row) -> bool:
    """Tell whether the effects of two studies may be of the same people: nearly the same n, arms and values.

    n may differ by 10 percent, each mean, SD or count (of which at least two are known in both) by 2 percent, and
    guidance and procedure must have something in common. Without such figures, n, ``yi`` and ``vi`` must be equal.
    """
    return _nearly(_told(first), _told(second))


def _nearly(first: _Told, second: _Told) -> bool:
    for ours, theirs in zip(first.terms, second.terms, strict=True):
        if ours and theirs and not ours & theirs:
            return False
    if first.known != second.known or sum(first.known) < 2:
        return first.printed == second.printed and first.sizes[0] is not None
    pairs = zip(first.figures, second.figures, strict=True)
    if not all(_near(a, b, NEAR) for a, b in pairs if a is not None and b is not None):
        return False
    sizes = zip(first.sizes, second.sizes, strict=True)
    return all(
        a is not None and b is not None and _near(a, b, NEAR_N) for a, b in sizes if (a, b) != (None, None)
    )


def _near(a: float, b: float, share: float) -> bool:
    return abs(a - b) <= share * max(abs(a), abs(b))


def _registrations(row: Row, studies: Mapping[str, Row]) -> set[str]:
    study = studies.get(row["study_id"])
    return {name.casefold() for name in listed(study["registration"])} if study is not None else set()


def _people(row: Row) -> int:
    columns = ("n1i",) if row["measure"] in PAIRED else ("n1i", "n2i")
    return sum(int(row[column] or 0) for column in columns)


def _leave_out(row: Row, reason: str) -> None:
    row["included"] = "false"
    row["exclusion_reason"] = "; ".join(filter(None, (row["exclusion_reason"], reason)))


def _flag(row: Row, *flags: str) -> None:
    row["flags"] = ";".join(dict.fromkeys([*filter(None, row["flags"].split(";")), *flags]))


def _join(groups: dict[str, str], first: str, second: str) -> None:
    ends = sorted((_root(groups, first), _root(groups, second)))
    groups[ends[1]] = groups[ends[0]] = ends[0]


def _root(groups: dict[str, str], name: str) -> str:
    parent = groups.setdefault(name, name)
    return name if parent == name else _root(groups, parent)


def _other_values_follow(rows: Sequence[Row]) -> None:
    """Let the row of another value follow its primary row: into its cluster, or out of the pool."""
    own = {_key(row): row for row in rows if row["variant"] == "primary" and truth(row["included"])}
    out = {_key(row): row for row in rows if row["variant"] == "primary" and not truth(row["included"])}
    for row in rows:
        if row["variant"] != "other_value" or not truth(row["included"]):
            continue
        primary = own.get(_key(row))
        if primary is not None:
            row["cluster"] = primary["cluster"]
            _flag(row, *(flag for flag in _KINDS if flag in listed(primary["flags"])))
        else:
            left_out = out.get(_key(row))
            _leave_out(row, left_out["exclusion_reason"] if left_out else "its effect is not in the pool")


def _key(row: Row) -> tuple[str, str, str]:
    return row["study_id"], row["arm_1"], row["arm_2"]
