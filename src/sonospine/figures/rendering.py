"""A forest plot as the bytes of a file: the same input and platform give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sonospine.figures.drawing import figure_of
from sonospine.figures.forest import Forest
from sonospine.figures.svg import finished
from sonospine.figures.wording import plain

FORMATS = ("svg", "pdf", "png")
PNG_DPI = 160


def rendered(forest: Forest, file_format: str, *, base: str = "") -> bytes:
    """Return a forest plot as a file.

    Parameters
    ----------
    forest
        What is drawn.
    file_format
        ``svg`` (rows are links), ``pdf`` or ``png``.
    base
        Where the report lies as seen from the figure, such as ``../report/``; stands before each link.

    Raises
    ------
    ValueError
        The format is none of these.
    """
    if file_format not in FORMATS:
        raise ValueError(f"unknown format {file_format!r}; allowed: {', '.join(FORMATS)}")
    with _own_settings(forest.setting.analysis):
        figure, links = figure_of(forest, links=file_format == "svg")
        out = io.BytesIO()
        if file_format == "png":
            figure.savefig(out, format="png", dpi=PNG_DPI, metadata={"Software": None})
            return out.getvalue()
        if file_format == "pdf":
            dates: dict[str, Any] = {
                "CreationDate": None,
                "ModDate": None,
                "Title": plain(forest.setting.title),
            }
            figure.savefig(out, format="pdf", metadata=dates)
            return out.getvalue()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return finished(
        out.getvalue(),
        prefix=forest.setting.analysis,
        links={group: (base + url, name) for group, (url, name) in links.items()},
        title=plain(forest.setting.title),
        description=description_of(forest),
    )


def description_of(forest: Forest) -> str:
    """Describe the plot in words for those who cannot see it."""
    parts = [f"Forest plot. {plain(forest.setting.subtitle)}.".replace("  ", " ")]
    parts += [f"{line.label}: {line.effect}." for line in forest.lines]
    parts += [f"{line.label}: {line.effect}." for line in forest.summaries]
    if forest.prediction is not None:
        parts.append(f"Prediction interval: {forest.prediction.effect}.")
    return " ".join([*parts, *forest.message, *(f"{plain(note)}." for note in forest.notes)])


@contextmanager
def _own_settings(salt: str) -> Iterator[None]:
    """Draw with matplotlib's defaults, whatever the user's own settings are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": salt,
                "svg.fonttype": "path",
                "pdf.fonttype": 42,
                "font.family": ["DejaVu Sans"],
                "text.hinting": "none",  # hinted letters are wider than measured
            }
        )
        yield
