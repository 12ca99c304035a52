"""Writing the report: the whole folder is made beside its place and then swapped in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_folder(folder: Path, content: Mapping[str, bytes]) -> None:
    """Write files below ``folder``, which afterwards holds these and no others.

    A reader never sees a half-written report: the files are written to a temporary folder beside it, which takes
    its place by renaming. If writing fails, the old folder stays as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        for name, data in content.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        made.chmod(0o755)
        old = made.with_suffix(".old")
        if folder.exists():
            folder.replace(old)
        made.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
