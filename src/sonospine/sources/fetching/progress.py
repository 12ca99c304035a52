"""How a fetch tells how far it has come; who shows it, and how, is not its business."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called whenever more records are at hand."""

    def __call__(self, done: int, total: int | None) -> None:
        """Take note of progress.

        Parameters
        ----------
        done
            Records at hand, those of earlier runs included.
        total
            Records to be had; None as long as that is not known.
        """
