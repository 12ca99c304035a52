"""The files that people write, one a curator."""

from __future__ import annotations

from pathlib import Path

from sonospine.model.errors import InputError

_LOOKALIKES = (".csv", ".txt", ".tab", ".xlsx", ".xls", ".ods")


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
