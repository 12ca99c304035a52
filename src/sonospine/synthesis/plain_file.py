"""A plain file with ``yi`` and ``vi`` as effects that can be pooled."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.model.numbers import number
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS

REQUIRED = ("yi", "vi")


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
        The file cannot be read, a column is missing, or ``yi`` or ``vi`` of an included row is no number
        (``vi`` must be above 0).
    """
    lines = _table(path)
    return [_effect(row, line, path) for line, row in lines]


def _table(path: Path | str) -> list[tuple[int, Row]]:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such file", file=path) from None
    except IsADirectoryError:
        raise InputError("is a folder, not a file", file=path) from None
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", file=path, found=f"byte {error.start}") from None
    header_line = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in header_line else ",")
    header = reader.fieldnames or []
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise InputError(
            f"no column {' and no column '.join(missing)}", file=path, row=1, found=", ".join(header)
        )
    return [(reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in reader]


def _effect(row: Row, line: int, path: Path | str) -> Row:
    known = {name: row[name] for name in EFFECTS.names if row.get(name)}
    effect = EFFECTS.row(**known)
    effect["analysis"] = effect["analysis"] or Path(path).stem
    effect["effect_id"] = effect["effect_id"] or f"row{line}"
    effect["study_id"] = effect["study_id"] or effect["effect_id"]
    effect["label"] = effect["label"] or row.get("study", "") or f"Study {line - 1}"
    effect["variant"] = effect["variant"] or "primary"
    effect["included"] = effect["included"] or "true"
    if effect["included"] == "true":
        for column in REQUIRED:
            _checked(effect, column, line, path)
    return effect


def _checked(effect: Row, column: str, line: int, path: Path | str) -> None:
    allowed = "a number" if column == "yi" else "a number above 0"
    try:
        value = number(effect[column])
    except ValueError:
        value = None
    if value is None or (column == "vi" and value <= 0):
        raise InputError(
            "no usable value", file=path, row=line, field=column, found=effect[column], allowed=allowed
        )
