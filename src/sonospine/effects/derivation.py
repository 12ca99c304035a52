"""The chain from printed numbers to an effect: each conversion is a step that the evidence page can print."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sonospine.model.numbers import derived

Value = float | int | str


class Derivation:
    """A list of steps. Steps are numbered from 1; inputs are ids of rows or arms, or numbers of earlier steps."""

    def __init__(self) -> None:
        self._steps: list[dict[str, object]] = []

    def add(
        self,
        function: str,
        inputs: Sequence[str | int],
        formula: str,
        values: Mapping[str, Value],
        result: Mapping[str, Value] | Value,
    ) -> int:
        """Add a step and return its number.

        Parameters
        ----------
        function
            Short name of what was done.
        inputs
            Ids of measurements or arms, or numbers of earlier steps.
        formula
            The equation, with the names of ``values``.
        values
            What went in: text as printed, or numbers.
        result
            What came out.
        """
        shown = (
            {name: _shown(value) for name, value in result.items()}
            if isinstance(result, Mapping)
            else _shown(result)
        )
        self._steps.append(
            {
                "function": function,
                "inputs": list(inputs),
                "formula": formula,
                "values": {name: _shown(value) for name, value in values.items()},
                "result": shown,
            }
        )
        return len(self._steps)

    def text(self) -> str:
        """Return the steps as JSON."""
        return json.dumps(self._steps, ensure_ascii=False, separators=(",", ":"))


def _shown(value: Value) -> Value:
    return float(derived(value)) if isinstance(value, float) else value
