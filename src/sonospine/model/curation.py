"""The files that people write, one a curator: which they are, and whether they still read as lines."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, read_numbered
from sonospine.model.tables import CURATION

KINDS = ("corrections", "links", "studies", "screening", "risk_of_bias", "grade")
"""The folders of ``extracted/curation/``."""

_LOOKALIKES = (".csv", ".txt", ".tab", ".xlsx", ".xls", ".ods")
_CONFLICT = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")
_HEADER = "\t".join(CURATION.names).encode()


def curation_files(folder: Path | str) -> list[Path]:
    """Return the ``*.tsv`` files of a folder of curation, sorted; a missing folder holds none.

    Raises
    ------
    InputError
        A table was saved under another ending: its corrections would be passed over silently.
    """
    for path in sorted(Path(folder).glob("*")):
        if path.suffix.lower() in _LOOKALIKES and not path.name.startswith("."):
            raise InputError(
                "corrections here would not be read", file=path, allowed="a tab-separated .tsv file"
            )
    return sorted(path for path in Path(folder).glob("*.tsv") if not path.name.startswith("."))


def is_whole(line: bytes) -> bool:
    """Tell whether a last line without a line end has all its cells (else it was cut off while it was written)."""
    if line.count(b"\t") < len(CURATION.names) - 1 or b"\0" in line:
        return False
    try:
        (cells,) = csv.reader([line.decode("utf-8")], delimiter="\t", strict=True)
        # Half of the JSON in the last cell can end where its quotation marks are in pairs.
        return len(cells) == len(CURATION.names) and (not cells[-1] or json.loads(cells[-1]) is not None)
    except (
        ValueError,
        csv.Error,
        RecursionError,
    ):  # not UTF-8, several lines, no JSON, or an open quotation mark
        return False


def curation_rows(path: Path | str) -> list[tuple[int, Row]]:
    """Read one curator's file as rows of the table ``curation``, each with its line (the header is line 1).

    A file without a byte has no lines: a crash can leave one, and so can a person who has just begun.

    Raises
    ------
    InputError
        The last line is cut off, git left marks of a conflict or a second header, or a cell is not allowed.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    lines = content.split(b"\n")
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        return []
    for number, line in enumerate(lines, start=1):
        if line.startswith(_CONFLICT):
            raise InputError(
                "git left a conflict here: keep the lines of both sides and take the marks away",
                file=path,
                row=number,
                found=line.decode("utf-8", "replace").strip(),
            )
        if number > 1 and line.rstrip(b"\r").removeprefix(b"\xef\xbb\xbf") == _HEADER:
            raise InputError(
                "the header stands a second time (a merge can do that): take this line away",
                file=path,
                row=number,
                found=CURATION.names[0],
                allowed="the header as line 1 only",
            )
    last = lines[-1]
    if len(lines) > 1 and last.strip() and not is_whole(last):
        raise InputError(
            "the last line is cut off (the page of `sonospine curate` keeps such a line aside)",
            file=path,
            row=len(lines),
            found=f"{last.count(chr(9).encode()) + 1} cells and no line end",
            allowed=f"{len(CURATION.names)} cells",
        )
    return read_numbered(path, CURATION)
