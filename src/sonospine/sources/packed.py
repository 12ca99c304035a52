"""Files packed with gzip, read as if they were not."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import IO, Protocol

from sonospine.sources.raw import Unreadable

MOST_UNPACKED = 4 << 30
"""The most that a packed file may hold: 30 KB of zeros, packed, would else fill any disk or memory."""
_GZIP = b"\x1f\x8b"


class Readable(Protocol):
    """What a file is divided from: bytes, read in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""


class Unpacked:
    """What a packed file holds, as a stream; damage and excess are told in one line."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._content = gzip.GzipFile(fileobj=packed)

    def read(self, size: int, /) -> bytes:
        """Read and unpack up to ``size`` bytes.

        Raises
        ------
        Unreadable
            The file is damaged, breaks off, or holds more than ``MOST_UNPACKED`` bytes.
        """
        try:
            content = self._content.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise Unreadable("a gzip file that is damaged or breaks off") from None
        if self._content.tell() > MOST_UNPACKED:
            raise Unreadable(f"more than {MOST_UNPACKED >> 30} GiB in a packed file: divide it")
        return content


def is_packed(stream: IO[bytes]) -> bool:
    """Tell whether a stream, which is at its start and stays there, is packed with gzip."""
    packed = stream.read(2) == _GZIP
    stream.seek(0)
    return packed


def inner_name(name: str) -> str:
    """Return the name of what a packed file holds: ``x.xml`` for ``x.xml.gz``."""
    return name[:-3] if Path(name).suffix.lower() == ".gz" else name
