"""Which version of the code made a file: a change of what a command uses reruns the rules that call it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import sonospine

_IMPORT = re.compile(r"^\s*(?:from|import)\s+sonospine\.(\w+)(?:\.(\w+))?", re.MULTILINE)


def of_command(module: str) -> str:
    """Return the fingerprint of a command's module and of every room it uses, directly or through others.

    Parameters
    ----------
    module
        Name of a module of ``cli/``, such as ``extract``.

    Raises
    ------
    FileNotFoundError
        There is no such module.
    """
    return of_rooms(*rooms_of_command(module))


def rooms_of_command(module: str) -> tuple[str, ...]:
    """Return the rooms and the files of ``cli/`` that a command uses, sorted; imports inside functions count."""
    waiting = [f"cli/{module}.py"]
    found: set[str] = set()
    while waiting:
        part = waiting.pop()
        if part in found:
            continue
        found.add(part)
        for file in _files(part):
            if file.suffix == ".py":
                for room, name in _IMPORT.findall(file.read_text(encoding="utf-8")):
                    waiting.append(f"cli/{name}.py" if room == "cli" and name else room)
    return tuple(sorted(found))


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
        for file in _files(room):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files(room: str) -> list[Path]:
    root = Path(sonospine.__file__).parent
    place = root / room
    if not place.exists():
        raise FileNotFoundError(f"no room {room!r} in {root.name}")
    if place.is_file():
        return [place]
    return sorted(p for p in place.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
