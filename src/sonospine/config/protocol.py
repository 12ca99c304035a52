"""The frozen protocol: the configuration as it is compared, and where a later one deviates from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sonospine.config.settings import Config
from sonospine.model.errors import InputError
from sonospine.model.files import sha256
from sonospine.model.table_io import Row, read_table, without_breaks
from sonospine.model.tables import DEVIATIONS, PROTOCOL

Settled = dict[str, Any]

NAMES = ("id", "outcome", "analysis")
"""Keys by which the members of a list of sections are told apart, the first that each of them has and no two share."""

VOCABULARY = "vocabulary/"


def settled(config: Config) -> Settled:
    """Return every setting that belongs to the protocol, defaults filled in, as plain values.

    The name of the snapshot is left out (each update of a living review has another), and so is the registration,
    which is given after the protocol was frozen.
    """
    whole: Settled = config.model_dump(mode="json", exclude={"registration": True, "sources": {"snapshot"}})
    return whole


def canonical(value: object) -> str:
    """Return a value as JSON with sorted keys and without spaces: the text that is hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def vocabulary_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a vocabulary by its name."""
    return {path.name: sha256(path.read_bytes()) for path in sorted(folder.glob("*.yaml"))}


def frozen_row(
    config: Config,
    vocabulary: Mapping[str, str],
    earlier: Sequence[Row],
    *,
    date: str,
    version: str,
    registration: str = "",
    reason: str = "",
) -> Row:
    """Return the next line of ``protocol``.

    Raises
    ------
    InputError
        An amendment without a reason, before the last freeze, or of nothing; a reason where there is no protocol
        yet.
    """
    if earlier and not reason:
        raise InputError(
            f"a protocol was frozen on {earlier[0]['date']}: this is an amendment and needs a reason",
            field="--reason",
        )
    if not earlier and reason:
        raise InputError(
            "there is no protocol to amend: the first freeze has no reason", field="--reason", found=reason
        )
    if earlier and date < earlier[-1]["date"]:
        raise InputError(
            "before the last freeze", field="--date", found=date, allowed=f"{earlier[-1]['date']} or later"
        )
    configuration, files = without_breaks(canonical(settled(config))), canonical(dict(vocabulary))
    row = PROTOCOL.row(
        number=str(len(earlier) + 1),
        date=date,
        registration=registration or config.registration or (earlier[-1]["registration"] if earlier else ""),
        reason=reason,
        version=version,
        config_sha256=sha256(configuration.encode()),
        vocabulary_sha256=sha256(files.encode()),
        configuration=configuration,
        vocabulary=files,
    )
    same = ("registration", "config_sha256", "vocabulary_sha256")
    if earlier and all(row[name] == earlier[-1][name] for name in same):
        raise InputError(
            f"nothing to amend: configuration, vocabulary and registration are as frozen on {earlier[-1]['date']}"
        )
    return row


def read_protocol(path: Path | str) -> list[Row]:
    """Read the protocol and its amendments; none where no protocol was frozen.

    Raises
    ------
    InputError
        The table is damaged, or the text of a frozen configuration is not the one that was hashed.
    """
    if not Path(path).exists():
        return []
    rows = read_table(path, PROTOCOL)
    for line, row in enumerate(rows, start=2):
        for text, digest in (("configuration", "config_sha256"), ("vocabulary", "vocabulary_sha256")):
            if sha256(row[text].encode()) != row[digest]:
                raise InputError(
                    "what was frozen has been changed: it does not have its hash",
                    file=path,
                    row=line,
                    field=text,
                )
    return rows


def deviations(config: Config, vocabulary: Mapping[str, str], protocol: Sequence[Row]) -> list[Row]:
    """Return where configuration and vocabulary are not as the first freeze has them, as rows of ``deviations``.

    Parameters
    ----------
    config, vocabulary
        The configuration, and the hashes of the files of the vocabulary.
    protocol
        Rows of ``protocol`` in their order; without any there is nothing to deviate from.
    """
    if not protocol:
        return []
    held = [_held(row) for row in protocol]
    first, now = held[0], _flat(settled(config), vocabulary)
    rows = []
    for path in sorted(set(first) | set(now)):
        if first.get(path) == now.get(path):
            continue
        # The amendment counts from which on every freeze has today's value.
        other = max(i for i, one in enumerate(held) if one.get(path) != now.get(path))
        since = protocol[other + 1] if other + 1 < len(protocol) else None
        rows.append(
            DEVIATIONS.row(
                path=path,
                frozen=first.get(path, ""),
                now=now.get(path, ""),
                since=since["date"] if since else "",
                after=protocol[other]["date"],
                reason=since["reason"] if since else "",
            )
        )
    return rows


def changed_settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the settings that differ between two configurations (as ``settled`` gives them): path, old, new."""
    before, after = _flat(_filled(old), {}), _flat(_filled(new), {})
    return {
        path: (before.get(path, ""), after.get(path, ""))
        for path in sorted(set(before) | set(after))
        if before.get(path) != after.get(path)
    }


def _held(row: Row) -> dict[str, str]:
    return _flat(_filled(json.loads(row["configuration"])), json.loads(row["vocabulary"]))


def _filled(frozen: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an older configuration the defaults of settings that the program has got since."""
    try:
        return settled(Config.model_validate(frozen))
    except ValidationError:  # a setting that the program no longer has: compared as it was written
        return frozen


def _flat(configuration: Mapping[str, Any], vocabulary: Mapping[str, str]) -> dict[str, str]:
    return dict(_leaves("", configuration)) | {
        VOCABULARY + name: f"SHA-256 {digest[:12]}" for name, digest in vocabulary.items()
    }


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield each value by its dotted path; the members of a list of sections by their name, not their number."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        names = next(
            (
                [str(one[key]) for one in value]
                for key in NAMES
                if all(key in one for one in value) and len({str(one[key]) for one in value}) == len(value)
            ),
            [str(i) for i in range(len(value))],
        )
        for name, inner in zip(names, value, strict=True):
            yield from _leaves(f"{path}[{name}]", inner)
    else:
        yield path, without_breaks(value if isinstance(value, str) else canonical(value))
