"""Which version of the code made a file: a change of a room reruns the rules that use it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import sonospine


def of_rooms(*rooms: str) -> str:
    """Return 12 hex digits of the SHA-256 of the source of rooms (``extraction``) or files (``cli/extract.py``).

    Raises
    ------
    FileNotFoundError
        A room of that name does not exist.
    """
    root = Path(sonospine.__file__).parent
    digest = hashlib.sha256()
    for room in rooms:
        place = root / room
        if not place.exists():
            raise FileNotFoundError(f"no room {room!r} in {root.name}")
        files = [place] if place.is_file() else _sources(place)
        for file in files:
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _sources(room: Path) -> list[Path]:
    return sorted(p for p in room.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
