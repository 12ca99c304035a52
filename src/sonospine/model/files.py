"""Files are written whole or not at all: to a temporary name in the same folder, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sonospine.model.errors import InputError

log = logging.getLogger(__name__)


@contextlib.contextmanager
def written_whole(path: Path | str) -> Iterator[IO[bytes]]:
    """Open a binary file that replaces ``path`` only if the block ends without an error.

    Raises
    ------
    InputError
        The place cannot be written: it is a folder, lies below a file, or is not allowed.
    """
    target = Path(path)
    if target.is_dir():
        raise InputError("cannot be written: it is a folder, not a file", file=target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except (FileExistsError, NotADirectoryError):
        raise InputError("cannot be written: a folder of its path is a file", file=target) from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=target) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(target)
        log.info("wrote %s", target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def read_text(path: Path | str) -> str:
    """Read a file of UTF-8 (a byte order mark is taken off).

    Raises
    ------
    InputError
        The file is missing, is a folder, may not be read, or is not UTF-8 (the first wrong byte is named).
    """
    log.info("reading %s", path)
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such file", file=path) from None
    except IsADirectoryError:
        raise InputError("is a folder, not a file", file=path) from None
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", file=path, found=f"byte {error.start}") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write bytes to a file, whole or not at all."""
    with written_whole(path) as stream:
        stream.write(content)


def write_text(path: Path | str, text: str) -> None:
    """Write text as UTF-8 with LF line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def short_hash(*parts: str, digits: int = 11) -> str:
    """Return the first hex digits of the SHA-256 of the parts, joined by an unprintable separator."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:digits]
