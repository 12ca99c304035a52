"""Reading the configuration; every mistake in it is named with its line, its key and the nearest valid one."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sonospine.config.settings import ArmSelector, Config
from sonospine.config.written import PATTERNS
from sonospine.model.errors import InputError
from sonospine.model.located_yaml import LocatedYaml, read_yaml

Location = tuple[str | int, ...]

_CRITERIA = {
    "condition": "conditions",
    "design": "designs",
    "guidance": "guidance",
    "procedure": "procedures",
}
_SELECTORS = {
    "guidance": "guidance",
    "without_guidance": "guidance",
    "procedure": "procedures",
    "injectate": "injectates",
}


def load_config(path: Path | str) -> Config:
    """Read the configuration of a review.

    Raises
    ------
    InputError
        The file is missing, is not YAML, or does not fit: file, line, dotted key, what was found and what is
        allowed are named; for an unknown key also the nearest valid one.
    """
    source = read_yaml(path)
    if not isinstance(source.data, dict):
        raise InputError(
            "a mapping is wanted", file=path, found=source.data, allowed=", ".join(Config.model_fields)
        )
    try:
        return Config.model_validate(source.data)
    except ValidationError as error:
        # An unknown key often makes a known one missing too: the typo is the mistake to name.
        faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        raise _fault(faults[0], source) from None


def check_ids(config: Config, ids: Mapping[str, Collection[str]], path: Path | str) -> None:
    """Check that the configuration names only ids that the vocabulary has.

    Parameters
    ----------
    config
        The configuration.
    ids
        The ids by kind, as ``Vocabulary.ids()`` gives them (``constructs`` among the kinds).
    path
        Where the configuration was read, for the message.

    Raises
    ------
    InputError
        An id is unknown; the line, the dotted key and the nearest valid id are named.
    """
    for location, kind, name in _named(config):
        if name in ids[kind]:
            continue
        near = _nearest(name, ids[kind])
        raise InputError(
            f"the vocabulary has no such id in {kind}{near}",
            file=path,
            row=read_yaml(path).line(location),
            field=dotted(location),
            found=name,
            allowed=", ".join(sorted(ids[kind])),
        )


def _named(config: Config) -> Iterator[tuple[Location, str, str]]:
    for field, kind in _CRITERIA.items():
        criterion = getattr(config.eligibility, field)
        for side in ("include", "exclude"):
            yield from _each(("eligibility", field, side), kind, getattr(criterion, side))
    for index, outcome in enumerate(config.outcomes):
        yield from _each(("outcomes", index, "constructs"), "constructs", outcome.constructs)
        yield from _each(("outcomes", index, "instruments"), "instruments", outcome.instruments)
    for index, analysis in enumerate(config.analyses):
        here: Location = ("analyses", index)
        yield from _each((*here, "conditions"), "conditions", analysis.conditions)
        yield from _each((*here, "designs"), "designs", analysis.designs)
        sides: tuple[tuple[str, ArmSelector | None], ...] = (
            ("intervention", analysis.intervention),
            ("comparator", analysis.comparator),
        )
        for side, selector in sides:
            for field, kind in _SELECTORS.items() if selector else ():
                yield from _each((*here, side, field), kind, getattr(selector, field))
    for index, designs in enumerate(config.robustness.multiverse.designs):
        yield from _each(("robustness", "multiverse", "designs", index), "designs", designs)


def _each(location: Location, kind: str, names: tuple[str, ...]) -> Iterator[tuple[Location, str, str]]:
    for index, name in enumerate(names):
        yield (*location, index), kind, name


def dotted(location: Location) -> str:
    """Write a location as people write it: ``analyses[2].intervention.guidance``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _fault(fault: ErrorDetails, source: LocatedYaml) -> InputError:
    location = tuple(fault["loc"])
    found: object = fault.get("input")
    allowed = None
    reason = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        keys = _keys(Config, location[:-1])
        found = location[-1]
        reason, allowed = f"unknown key{_nearest(str(found), keys)}", ", ".join(keys)
    elif fault["type"] == "misfit":
        context = fault["ctx"]
        location, found = tuple(context["location"]), context["found"] or None
        choices = context["allowed"]
        allowed = ", ".join(choices) or None
        reason += _nearest(str(found), choices) if choices else ""
    elif fault["type"] == "missing":
        found, reason = None, "the key is missing"
    elif isinstance(found, dict | list):
        found = None
    elif fault["type"] == "string_pattern_mismatch":
        reason, allowed = "not written as it must be", PATTERNS[fault["ctx"]["pattern"]]
    elif fault["type"] == "literal_error":
        choices = [
            choice.strip(" '") for choice in str(fault["ctx"]["expected"]).replace(" or ", ", ").split(",")
        ]
        reason, allowed = f"not one of the choices{_nearest(str(found), choices)}", ", ".join(choices)
    return InputError(
        reason,
        file=source.file,
        row=source.line(location) if location else None,
        field=dotted(location) or None,
        found=found,
        allowed=allowed,
    )


def _nearest(name: str, valid: Collection[str]) -> str:
    by_small_letters = {one.lower(): one for one in sorted(valid)}
    near = difflib.get_close_matches(name.lower(), by_small_letters, n=1, cutoff=0.5)
    return f"; did you mean {by_small_letters[near[0]]}?" if near else ""


def _keys(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that are valid at a location of the configuration."""
    for part in location:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the section that an annotation holds: itself, or inside an optional or a tuple."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((m for m in map(_model_in, typing.get_args(annotation)) if m is not None), None)
