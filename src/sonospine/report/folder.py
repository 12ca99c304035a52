"""Writing the report: the whole folder is made beside its place and then swapped in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sonospine.model.files import folder_written_whole


def write_folder(folder: Path, content: Mapping[str, bytes]) -> None:
    """Write files below ``folder``, which afterwards holds these and no others (see ``folder_written_whole``)."""
    with folder_written_whole(folder) as made:
        for name, data in content.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
