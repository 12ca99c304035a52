"""A release as files: the report, the tables that a comparison needs, what made them, and the hash of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any

from sonospine.config.protocol import canonical, settled
from sonospine.config.settings import Config
from sonospine.model.curation import KINDS, curation_files
from sonospine.model.demonstration import BANNER
from sonospine.model.errors import InputError
from sonospine.model.files import sha256
from sonospine.model.fingerprint import of_rooms
from sonospine.model.version import VERSION
from sonospine.releases.edition import COMPARED, Made

MANIFEST = "release.json"
FORMAT = 1
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def made_now() -> Made:
    """Return the version and the fingerprints of the program that runs."""
    return Made(
        VERSION,
        of_rooms("vocabulary", "sources", "extraction"),
        of_rooms("linkage", "screening"),
        of_rooms("corrections", "reconcile", "effects", "synthesis"),
    )


def kept_files(root: Path, config: Path, vocabulary: Path) -> dict[str, bytes]:
    """Return what a release keeps beside the report: tables, lines of curators, configuration, vocabulary, protocol.

    Raises
    ------
    InputError
        A table is missing: the results are not complete.
    """
    kept = {"config.yaml": _content(config)}
    for place, schema in COMPARED.items():
        kept[f"tables/{schema.name}.tsv"] = _content(root / place)
    for kind in KINDS:
        for path in curation_files(root / "extracted/curation" / kind):
            kept[f"curation/{kind}/{path.name}"] = path.read_bytes()
    for path in sorted(vocabulary.glob("*.yaml")):
        kept[f"vocabulary/{path.name}"] = path.read_bytes()
    protocol = root / "releases/protocol.tsv"
    return kept | ({"protocol.tsv": protocol.read_bytes()} if protocol.exists() else {})


def release_files(
    kept: Mapping[str, bytes],
    report: Mapping[str, bytes],
    config: Config,
    vocabulary: Mapping[str, str],
    made: Made,
    *,
    date: str,
    note: str,
    demonstration: bool,
) -> dict[str, bytes]:
    """Return every file of a release by its path in its folder; the same input gives the same bytes."""
    files = {**kept, **{f"report/{name}": content for name, content in report.items()}}
    files = dict(sorted(files.items()))
    configuration = settled(config)
    manifest = {
        "format": FORMAT,
        "date": date,
        "title": config.title,
        "note": note,
        "demonstration": BANNER if demonstration else "",
        "version": made.version,
        "reader": made.reader,
        "linking": made.linking,
        "calculation": made.calculation,
        "python": python_version(),
        "packages": _packages(),
        "config_sha256": sha256(canonical(configuration).encode()),
        "configuration": configuration,
        "vocabulary": dict(vocabulary),
        "files": {name: sha256(content) for name, content in files.items()},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return {MANIFEST: text.encode("utf-8"), **files}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a release says of itself.

    Raises
    ------
    InputError
        The folder is no release, or one of another format.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            "not a release", file=folder, allowed=f"a folder that `sonospine release` made ({MANIFEST})"
        ) from None
    except (OSError, ValueError, RecursionError):
        raise InputError("cannot be read as JSON", file=path) from None
    wanted: dict[str, type] = {"date": str, "version": str, "reader": str, "linking": str, "calculation": str}
    wanted |= {"configuration": dict, "vocabulary": dict, "files": dict}
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(
            "not the manifest of a release of this format", file=path, allowed=f"format {FORMAT}"
        )
    for name, kind in wanted.items():
        if not isinstance(manifest.get(name), kind):
            raise InputError("the manifest is damaged", file=path, field=name)
    return manifest


def released_content(folder: Path, manifest: Mapping[str, Any], name: str) -> bytes:
    """Return a file of a release.

    Raises
    ------
    InputError
        The file is missing or is not as it was released.
    """
    content = _content(folder / name)
    if sha256(content) != manifest["files"].get(name):
        raise InputError("is not as it was released: its hash is another", file=folder / name)
    return content


def check_replaceable(folder: Path) -> None:
    """Refuse to replace a release in which anything was added or changed since: it would be lost.

    Raises
    ------
    InputError
        The folder is no release, or a file in it is not as it was released (the first is named).
    """
    manifest = read_manifest(folder)
    for path in sorted(p for p in folder.rglob("*") if not p.is_dir()):
        name = path.relative_to(folder).as_posix()
        if name == MANIFEST:
            continue
        if name not in manifest["files"]:
            raise InputError("would be lost: the release did not make it", file=path)
        released_content(folder, manifest, name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file (is the run complete?)", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def _packages() -> dict[str, str]:
    """Return the versions of the packages that the program asks for, as installed."""
    found: dict[str, str] = {}
    try:
        asked = metadata.requires("sonospine") or []
    except metadata.PackageNotFoundError:  # run from its source
        asked = []
    for line in asked:
        name = _NAME.match(line)
        if name and "extra ==" not in line:
            try:
                found[name[0]] = metadata.version(name[0])
            except metadata.PackageNotFoundError:
                continue
    return dict(sorted(found.items()))
