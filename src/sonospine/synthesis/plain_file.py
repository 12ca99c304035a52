"""A plain file with ``yi`` and ``vi`` as effects that can be pooled."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.model.files import read_text
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS
from sonospine.synthesis.usable import unusable

REQUIRED = ("yi", "vi")
USED = ("included", "variant", "ci_lower", "ci_upper", "n1i", "n2i")


def read_effects(path: Path | str) -> list[Row]:
    """Read effects from a tab- or comma-separated file.

    Parameters
    ----------
    path
        A file with the columns ``yi`` and ``vi``; every other column of ``effects`` is taken where it is there.
        Without ``analysis`` the file is one analysis, without ``included`` every row enters.

    Returns
    -------
    list of dict
        Rows with every column of ``effects``; ``effect_id`` is the row number where there is none.

    Raises
    ------
    InputError
        The file cannot be read or has no rows, a column is missing or stands twice, a row has more cells than the
        header (decimal commas), ``yi`` or ``vi`` of an included row is not usable, or another value that pooling
        reads is not allowed.
    """
    rows = _table(path)
    if not rows:
        raise InputError("no effects below the header", file=path)
    effects = [_effect(row, line, path) for line, row in rows]
    _check_ids(effects, [line for line, _ in rows], path)
    return effects


def _table(path: Path | str) -> list[tuple[int, Row]]:
    text = read_text(path)
    delimiter = delimiter_of(text.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(f"not a table: {error}", file=path, row=reader.line_num) from None
    if not lines:
        raise InputError("the file is empty", file=path)
    (header_line, cells), *rest = lines
    header = checked_header(cells, header_line, path)
    for line, found in rest:
        if len(found) > len(header):
            raise InputError(
                "more cells than columns", file=path, row=line, found=len(found), allowed=len(header)
            )
    return [(line, dict(zip_longest(header, map(str.strip, found), fillvalue=""))) for line, found in rest]


def delimiter_of(header: str) -> str:
    """Return what separates the cells of a header line: a tab where it has one, else a comma."""
    return "\t" if "\t" in header else ","


def checked_header(cells: list[str], line: int, path: Path | str) -> list[str]:
    """Return the names of the columns; ``InputError`` where ``yi`` or ``vi`` is missing or a name stands twice."""
    header = [cell.strip() for cell in cells]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise InputError(
            f"no column {' and no column '.join(missing)}", file=path, row=line, found=", ".join(header),
            allowed="columns separated by tabs or commas",
        )  # fmt: skip
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise InputError("a column stands twice", file=path, row=line, found=", ".join(twice))
    return header


def _effect(row: Row, line: int, path: Path | str) -> Row:
    known = {name: row[name] for name in EFFECTS.names if row.get(name)}
    effect = EFFECTS.row(**known)
    effect["analysis"] = effect["analysis"] or Path(path).stem
    effect["effect_id"] = effect["effect_id"] or f"row{line}"
    effect["study_id"] = effect["study_id"] or effect["effect_id"]
    effect["label"] = effect["label"] or row.get("study", "") or f"Study {line - 1}"
    effect["variant"] = effect["variant"] or "primary"
    effect["included"] = effect["included"].lower() or "true"
    for name in USED:
        column = EFFECTS.column(name)
        if not column.permits(effect[name]):
            raise InputError(
                "the value is not allowed", file=path, row=line, field=name, found=effect[name],
                allowed=column.allowance(),
            )  # fmt: skip
    if effect["included"] == "true":
        for name in REQUIRED:
            fault = unusable(name, effect[name])
            if fault:
                raise InputError(
                    "no usable value", file=path, row=line, field=name, found=effect[name], allowed=fault
                )
    return effect


def _check_ids(effects: list[Row], lines: list[int], path: Path | str) -> None:
    seen: set[tuple[str, str]] = set()
    for effect, line in zip(effects, lines, strict=True):
        key = (effect["analysis"], effect["effect_id"])
        if key in seen:
            raise InputError(
                "the id stands twice", file=path, row=line, field="effect_id", found=effect["effect_id"]
            )
        seen.add(key)
