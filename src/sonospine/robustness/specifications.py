"""The combinations of choices that make a multiverse, and the configuration that each of them asks for."""

from __future__ import annotations

import itertools
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sonospine.config.robustness import Multiverse
from sonospine.config.settings import Assumptions, Config, Window
from sonospine.model.errors import InputError
from sonospine.robustness.recomputing import with_correlation
from sonospine.synthesis.pooling import Choice

T = TypeVar("T")
MOST = 100_000
LATEST = 1e5
"""A target in weeks that lies behind every follow-up: the nearest timepoint to it is the last one."""


@dataclass(frozen=True, slots=True)
class DataChoice:
    """The choices that decide which effects there are.

    ``designs`` is ``None`` for those of the analysis; the others are ``None`` where there is nothing to choose (a plain
    file holds effects alone).
    """

    correlation: float | None = None
    conversions: str | None = None
    window_rule: str | None = None
    designs: frozenset[str] | None = None
    verified_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Specification:
    """One combination: its number from 1, the effects, and how they are pooled."""

    number: int
    data: DataChoice
    estimator: str
    ci: str


def specifications(
    multiverse: Multiverse, choice: Choice, config: Config | None
) -> tuple[list[Specification], DataChoice]:
    """Return every combination of the configured choices, and the data of the analysis as it is configured.

    Parameters
    ----------
    multiverse
        The choices that are combined.
    choice
        The ordinary estimator and interval; they are added where the lists leave them out, and so are the ordinary
        correlation, conversions, window rule, designs and rows.
    config
        The configuration; ``None`` for a plain file, of which only estimator and interval can be chosen.

    Raises
    ------
    InputError
        More than 100,000 combinations.
    """
    ordinary = DataChoice()
    data = [ordinary]
    if config is not None:
        r = config.assumptions.correlation
        ordinary = DataChoice(r, "configured", "nearest", None, False)
        axes: tuple[Iterable[typing.Any], ...] = (
            _with(r, multiverse.correlations),
            _with("configured", multiverse.conversions),
            _with("nearest", multiverse.window_rules),
            _with(None, [frozenset(names) for names in multiverse.designs]),
            _with(False, multiverse.verified_only),
        )
        data = [DataChoice(*values) for values in itertools.product(*axes)]
    estimators = _with(choice.estimator, multiverse.estimators)
    intervals = _with(choice.ci, multiverse.intervals)
    count = len(data) * len(estimators) * len(intervals)
    if count > MOST:
        raise InputError(
            "too many combinations of choices",
            field="robustness.multiverse",
            found=f"{count:,}",
            allowed=f"at most {MOST:,}",
        )
    combined = itertools.product(data, estimators, intervals)
    return [Specification(i, *values) for i, values in enumerate(combined, start=1)], ordinary


def _with(ordinary: T, values: Iterable[T]) -> list[T]:
    """Return the values, each once, with the ordinary one first where it is missing."""
    listed = list(dict.fromkeys(values))
    return listed if ordinary in listed else [ordinary, *listed]


def configured(config: Config, data: DataChoice) -> Config:
    """Return a copy of the configuration with the correlation, conversions and window rule of a combination.

    The first timepoint of a window is the nearest to its lower edge, the last one the nearest to its upper edge.
    """
    if data.correlation is not None:
        config = with_correlation(config, data.correlation)
    if data.conversions in ("none", "all"):
        allowed = () if data.conversions == "none" else all_conversions()
        assumptions = config.assumptions.model_copy(update={"conversions": allowed})
        config = config.model_copy(update={"assumptions": assumptions})
    if data.window_rule in ("earliest", "latest"):
        windows = tuple(_turned(window, data.window_rule) for window in config.windows)
        config = config.model_copy(update={"windows": windows})
    return config


def _turned(window: Window, rule: str) -> Window:
    last = LATEST if window.upper is None else window.upper
    return window.model_copy(update={"target": window.lower if rule == "earliest" else last})


def all_conversions() -> tuple[str, ...]:
    """Return everything that an SD may be worked out from."""
    annotation = Assumptions.model_fields["conversions"].annotation
    choices = typing.get_args(annotation)[0]
    return tuple(typing.get_args(choices))
