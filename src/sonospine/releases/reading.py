"""Editions from files: a release, checked against its hashes, or the results as they are."""

from __future__ import annotations

from pathlib import Path

from sonospine.config.protocol import settled
from sonospine.config.settings import Config
from sonospine.model.curation import curation_files, curation_rows
from sonospine.model.table_io import Row, read_table
from sonospine.releases.edition import COMPARED, Edition, Made
from sonospine.releases.storing import read_manifest, released_content

MOVING = ("corrections", "links", "studies", "screening")
"""Kinds of lines that can move an estimate; judgements (risk of bias, certainty) move none."""
AS_THEY_ARE = "the results as they are"


def edition_of_release(folder: Path) -> Edition:
    """Read a release.

    Raises
    ------
    InputError
        The folder is no release, or a file that is read is missing or not as it was released.
    """
    manifest = read_manifest(folder)
    rows: dict[str, list[Row]] = {}
    for schema in COMPARED.values():
        name = f"tables/{schema.name}.tsv"
        released_content(folder, manifest, name)
        rows[schema.name] = read_table(folder / name, schema, validate=False)
    for name in manifest["files"]:
        if name.startswith("curation/"):
            released_content(folder, manifest, name)
    return Edition(
        name=f"release of {manifest['date']}",
        date=manifest["date"],
        made=Made(manifest["version"], manifest["reader"], manifest["linking"], manifest["calculation"]),
        configuration=manifest["configuration"],
        vocabulary=manifest["vocabulary"],
        rows=rows,
        actions=_actions(folder / "curation"),
    )


def edition_of_results(root: Path, config: Config, vocabulary: dict[str, str], made: Made) -> Edition:
    """Read the results as they are below ``root``, taken to be made by ``made`` from the configuration.

    Raises
    ------
    InputError
        A table is missing.
    """
    return Edition(
        name=AS_THEY_ARE,
        date="",
        made=made,
        configuration=settled(config),
        vocabulary=vocabulary,
        rows={
            schema.name: read_table(root / place, schema, validate=False)
            for place, schema in COMPARED.items()
        },
        actions=_actions(root / "extracted/curation"),
    )


def _actions(folder: Path) -> dict[str, Row]:
    rows = [
        row for kind in MOVING for path in curation_files(folder / kind) for _, row in curation_rows(path)
    ]
    return {row["action_id"]: row for row in rows}
