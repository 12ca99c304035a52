"""Files and folders are written whole or not at all: to a temporary name beside their place, then renamed."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import logging
import os
import shutil
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
    with _named_where_it_cannot_be_written(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
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


@contextlib.contextmanager
def folder_written_whole(path: Path | str) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``path`` only if the block ends without an error.

    The folder is made beside its place and moved there; the one that stood there stays as it was until then. What
    earlier runs that were killed left beside it is cleared away.

    Raises
    ------
    InputError
        The place cannot be written: a folder of its path is a file, or it is not allowed.
    """
    target = Path(path)
    with _named_where_it_cannot_be_written(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("part", "old"):
            for left in target.parent.glob(f".{glob.escape(target.name)}.*.{ending}"):
                shutil.rmtree(left, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    old = fresh.with_suffix(".old")
    try:
        yield fresh
        fresh.chmod(0o755)
        if target.exists():
            target.replace(old)
        fresh.replace(target)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists() and not target.exists():
            old.replace(target)
        raise


@contextlib.contextmanager
def _named_where_it_cannot_be_written(target: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise InputError("cannot be written: a folder of its path is a file", file=target) from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=target) from None


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
