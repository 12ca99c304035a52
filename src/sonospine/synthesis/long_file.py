"""A plain file of very many effects, read row by row into columns and pooled without a record for each."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS
from sonospine.synthesis.fitting import Choice
from sonospine.synthesis.plain_file import checked_header, delimiter_of
from sonospine.synthesis.pooled_rows import pooled_row, result_of
from sonospine.synthesis.pooling import primary_results
from sonospine.synthesis.usable import ALLOWED, usable_number

LONG = 20_000
"""Lines above which a file is read this way: a record of every column for each row would fill the memory."""


@dataclass(slots=True)
class _Columns:
    measure: str
    yi: array[float] = field(default_factory=lambda: array("d"))
    vi: array[float] = field(default_factory=lambda: array("d"))


def is_long(path: Path | str) -> bool:
    """Tell whether a file has more than ``LONG`` lines; one that cannot be read is not long (its reader says why)."""
    try:
        with Path(path).open("rb") as stream:
            return any(number > LONG for number, _ in enumerate(stream))
    except OSError:
        return False


def pool_long(path: Path | str, choice: Choice) -> list[Row]:
    """Pool the effects of a long file.

    Parameters
    ----------
    path
        A tab- or comma-separated file as ``plain_file.read_effects`` reads it. Of its columns ``yi``, ``vi``,
        ``analysis``, ``included``, ``variant`` and ``measure`` are read; participants are not counted, and rows of
        another variant than ``primary`` are passed over.
    choice
        Estimator, interval and level.

    Returns
    -------
    list of dict
        Rows of ``pooled``, as ``pooling.pool`` gives them. Two numbers of an effect are held in memory.

    Raises
    ------
    InputError
        As ``plain_file.read_effects`` raises it; ids that stand twice are not looked for.
    """
    pooled: list[Row] = []
    for name, columns in sorted(_columns(path).items()):
        light = {"effect_id": "", "analysis": name, "measure": columns.measure}
        if len(columns.yi) < 3:
            rows = [
                {**light, "yi": repr(y), "vi": repr(v)} for y, v in zip(columns.yi, columns.vi, strict=True)
            ]
            results = primary_results(rows, choice)
        else:
            rows = [light] * len(columns.yi)
            results = [result_of("primary", columns.yi, columns.vi, choice)]
        pooled.extend(pooled_row(name, rows, result) for result in results)
    return pooled


def _columns(path: Path | str) -> dict[str, _Columns]:
    found: dict[str, _Columns] = {}
    stem = Path(path).stem
    for line, row in _rows(path):
        included = row.get("included", "").lower() or "true"
        if included not in ("true", "false"):
            raise InputError(
                "the value is not allowed", file=path, row=line, field="included", found=row["included"],
                allowed=EFFECTS.column("included").allowance(),
            )  # fmt: skip
        if included == "false" or row.get("variant", "") not in ("", "primary"):
            continue
        y, v = usable_number("yi", row["yi"]), usable_number("vi", row["vi"])
        if y is None or v is None:
            name = "yi" if y is None else "vi"
            raise InputError(
                "no usable value", file=path, row=line, field=name, found=row[name], allowed=ALLOWED[name]
            )
        name = row.get("analysis") or stem
        columns = found.get(name)
        if columns is None:
            columns = found[name] = _Columns(row.get("measure", ""))
        columns.yi.append(y)
        columns.vi.append(v)
    if not found:
        raise InputError("no included effects below the header", file=path)
    return found


def _rows(path: Path | str) -> Iterator[tuple[int, Row]]:
    """Yield the line number and the cells that are read, row by row."""
    wanted = ("yi", "vi", "analysis", "included", "variant", "measure")
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            delimiter = delimiter_of(stream.readline())
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            header = checked_header(next(reader), 1, path)
            places = {name: header.index(name) for name in wanted if name in header}
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) > len(header):
                    raise InputError(
                        "more cells than columns", file=path, row=reader.line_num, found=len(cells),
                        allowed=len(header),
                    )  # fmt: skip
                yield (
                    reader.line_num,
                    {
                        name: cells[place].strip() if place < len(cells) else ""
                        for name, place in places.items()
                    },
                )
    except csv.Error as error:
        raise InputError(f"not a table: {error}", file=path) from None
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", file=path, found=f"byte {error.start}") from None
