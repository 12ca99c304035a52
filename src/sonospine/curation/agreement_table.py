"""The table of agreement: every field on which two curators both spoke, with percent, kappa or ICC."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from sonospine.corrections.actions import REJECT, SETTABLE
from sonospine.corrections.anchoring import same_value
from sonospine.curation.agreement import Coefficient, cohen_kappa, intraclass_correlation
from sonospine.curation.comparison import KEPT
from sonospine.curation.kinds import CORRECTIONS, VOTED, target_of
from sonospine.curation.sheets import sheets_of
from sonospine.model.numbers import derived, number
from sonospine.model.table_io import Row
from sonospine.model.tables import AGREEMENT
from sonospine.model.votes import count

if TYPE_CHECKING:
    from sonospine.curation.view import View

ROW = "row"
NUMERIC = ("number", "integer")
Pairs = dict[tuple[str, str, str, str, str], list[tuple[str, str]]]
"""What both said, by kind, type of target, field, and the two curators in order of their names."""


def agreement_rows(view: View, of_kind: Callable[[str], Sequence[Row]]) -> list[Row]:
    """Return the rows of the table ``agreement``, in the order of its key.

    Of measurements, arms and timepoints those count that both curators voted on: of each field, whether they left it
    alike (who sets one field has the whole row before them, so what was left is compared too), and whether they keep the
    row. Of other kinds those targets count that both voted on. A field that both left empty is not compared.

    Parameters
    ----------
    view
        The view in which the lines of all count.
    of_kind
        Gives the lines of one of ``kinds.VOTED`` (``kinds.lines_of``).
    """
    pairs: Pairs = defaultdict(list)
    for key, pair in _of_rows(view):
        pairs[key].append(pair)
    for kind in VOTED:
        for (target_type, _, field), poll in count(of_kind(kind), target_of).polls.items():
            for one, other in combinations(sorted(poll.votes), 2):
                pairs[kind, target_type, field, one, other].append(
                    (poll.votes[one]["new_value"], poll.votes[other]["new_value"])
                )
    return [_row(*key, found) for key, found in sorted(pairs.items())]


def _of_rows(view: View) -> Iterator[tuple[tuple[str, str, str, str, str], tuple[str, str]]]:
    for target, by_curator in sorted(sheets_of(view).by_row.items()):
        read = view.as_read(*target)
        if read is None:
            continue
        for one, other in combinations(sorted(by_curator), 2):
            sheets = by_curator[one], by_curator[other]
            key = (CORRECTIONS, target[0])
            if target[0] == "measurement":
                kept = [KEPT if sheet.keeps is not None else REJECT for sheet in sheets]
                yield (*key, ROW, one, other), (kept[0], kept[1])
            for field in SETTABLE[target[0]][1]:
                first, second = (sheet.value(field, read[field]) for sheet in sheets)
                if first is not None and second is not None and (first or second):
                    yield (*key, field, one, other), (first, second)


def _row(
    kind: str, target_type: str, field: str, one: str, other: str, pairs: Sequence[tuple[str, str]]
) -> Row:
    schema = SETTABLE[target_type][0] if kind == CORRECTIONS and field != ROW else None
    if schema is None:
        agreed = sum(a == b for a, b in pairs)
    else:
        agreed = sum(same_value(schema, field, a, b) for a, b in pairs)
    figures: dict[str, str] = {}
    if schema is not None and schema.column(field).kind in NUMERIC:
        numbers = [(x, y) for a, b in pairs if (x := number(a)) is not None and (y := number(b)) is not None]
        found = intraclass_correlation(numbers)
        figures = {**_figures("icc", found), "icc_n": str(len(numbers))}
    else:
        found = cohen_kappa(pairs)
        figures = _figures("kappa", found)
    return AGREEMENT.row(
        kind=kind, target_type=target_type, field=field, curator_1=one, curator_2=other, n=str(len(pairs)),
        agreed=str(agreed), percent=derived(100 * agreed / len(pairs)), note=found.note, **figures,
    )  # fmt: skip


def _figures(name: str, found: Coefficient) -> dict[str, str]:
    parts = {name: found.value, f"{name}_lower": found.lower, f"{name}_upper": found.upper}
    return {key: "" if value is None else derived(value) for key, value in parts.items()}
