"""Checks of what a command would write, before its work begins."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from sonospine.model.errors import InputError

log = logging.getLogger(__name__)

SNAKEMAKE = ".snakemake_timestamp"


def file_to_write(out: Path) -> None:
    """Say that an output cannot be a folder, before the work and not after it.

    Raises
    ------
    InputError
        The path is a folder.
    """
    if out.is_dir():
        raise InputError("is a folder", file=out, field="--out", allowed="the name of a file")


def folder_to_write(out: Path) -> None:
    """Say that an output cannot be a file.

    Raises
    ------
    InputError
        The path is a file.
    """
    if out.exists() and not out.is_dir():
        raise InputError("is a file", file=out, field="--out", allowed="the name of a folder")


def folder_to_replace(out: Path, made: Callable[[str], bool]) -> None:
    """Refuse to replace, as a whole, a folder that holds anything but what the command itself makes.

    Parameters
    ----------
    out
        The folder that the command replaces.
    made
        Whether a name directly below the folder is one that the command makes.

    Raises
    ------
    InputError
        The path is a file, or a folder with something else in it (named): it would be lost.
    """
    folder_to_write(out)
    others = sorted(p.name for p in out.iterdir() if not made(p.name)) if out.is_dir() else []
    others = [name for name in others if name != SNAKEMAKE]
    if others:
        raise InputError(
            "the folder would be replaced, and it holds what this command did not make",
            file=out,
            field="--out",
            found=", ".join(others),
            allowed="a new or empty folder, or one that this command made",
        )


def curation_apart(curation: Path, out: Path) -> None:
    """Keep outputs out of the folder that people write, and say where that folder is missing.

    Raises
    ------
    InputError
        The output lies in the folder of curation, or that is a file.
    """
    if curation.exists() and not curation.is_dir():
        raise InputError("is a file", file=curation, field="--curation", allowed="a folder")
    if out.resolve().is_relative_to(curation.resolve()):
        raise InputError(
            "only people write in the folder of curation", field="--out", found=out, allowed="another folder"
        )
    if not curation.exists():
        log.warning("%s: no such folder, so nothing that people wrote is used", curation)
