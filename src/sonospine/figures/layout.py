"""Where everything stands on the page of a forest plot, in inches from its upper left corner."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.figures.forest import Forest, StudyLine
from sonospine.figures.typesetting import drawable, width, wrapped

BODY, HEAD, NOTE, TITLE = 8.5, 8.5, 7.5, 11.5
LINE, NOTE_LINE, TITLE_LINE = 0.155, 0.145, 0.215
MARGIN, GAP, ROW_PAD = 0.18, 0.16, 0.085
LABEL_LIMIT, TEXT_LIMIT, HEAD_LIMIT, PLOT_WIDTH, LEAST_LEFT = 2.2, 1.6, 1.1, 3.3, 2.9
LEAST_WIDTH = 7.5


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its left and right edge."""

    left: float
    right: float

    @property
    def centre(self) -> float:
        """The middle between its edges."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Group:
    """A head over several columns."""

    lines: tuple[str, ...]
    span: Column


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns and wrapped texts; heights follow from the numbers of lines."""

    width: float
    label: Column
    cells: tuple[Column, ...]
    groups: tuple[Group, ...]
    plot: Column
    effect: Column
    weight: Column
    labels: tuple[tuple[str, ...], ...]
    texts: tuple[tuple[tuple[str, ...], ...], ...]
    summaries: tuple[tuple[str, ...], ...]

    def row_height(self, index: int) -> float:
        """Return the height of a study's row."""
        lines = max(len(self.labels[index]), *(len(text) for text in self.texts[index]), 1)
        return lines * LINE + ROW_PAD


def effect_head(forest: Forest) -> str:
    """Return the head of the column of effects."""
    return f"{forest.setting.measure or 'Effect'} [{forest.setting.level:g} % CI]"


def layout_of(forest: Forest) -> Layout:
    """Measure the texts and place the columns; long labels wrap, nothing is cut."""
    labels = tuple(wrapped(_label(line), LABEL_LIMIT, BODY) for line in forest.lines)
    texts = tuple(
        tuple(
            (cell,) if head.numeric else wrapped(cell, TEXT_LIMIT, BODY)
            for cell, head in zip(line.cells, forest.heads, strict=True)
        )
        for line in forest.lines
    )
    label = Column(
        MARGIN, MARGIN + max([width("Study", HEAD, "bold"), *(_widest(lines) for lines in labels)])
    )
    widths = [
        max([width(head.text, HEAD, "bold"), *(_widest(row[i]) for row in texts)])
        for i, head in enumerate(forest.heads)
    ]
    groups = _runs(forest)
    for text, first, last in groups:
        lines = wrapped(text, HEAD_LIMIT, HEAD, "bold")
        lacking = max(width(line, HEAD, "bold") for line in lines)
        lacking -= sum(widths[first : last + 1]) + GAP * (last - first)
        for i in range(first, last + 1):
            widths[i] += max(0.0, lacking) / (last - first + 1)
    left = label.right + GAP
    cells = []
    for needed in widths:
        cells.append(Column(left, left + needed))
        left += needed + GAP
    left = max(left, MARGIN + LEAST_LEFT)
    plot = Column(left, left + PLOT_WIDTH)
    shown = [width(effect_head(forest), HEAD, "bold")]
    shown += [width(line.effect, BODY) for line in forest.lines]
    shown += [width(line.effect, BODY, "bold") for line in forest.summaries]
    if forest.prediction is not None:
        shown.append(width(forest.prediction.effect, BODY))
    effect = Column(plot.right + GAP, plot.right + GAP + max(shown))
    weight = Column(effect.right + GAP, effect.right + GAP + width("Weight %", HEAD, "bold"))
    spans = tuple(
        Group(wrapped(text, HEAD_LIMIT, HEAD, "bold"), Column(cells[a].left, cells[b].right))
        for text, a, b in groups
    )
    room = plot.left - GAP - MARGIN
    return Layout(
        max(weight.right + MARGIN, LEAST_WIDTH),
        label,
        tuple(cells),
        spans,
        plot,
        effect,
        weight,
        labels,
        texts,
        tuple(
            wrapped(line.label, room, BODY, "normal" if line.second else "bold") for line in forest.summaries
        ),
    )


def _label(line: StudyLine) -> str:
    """Return a label the font can draw; else the id of the study, which the page shows beside the label."""
    return line.label if drawable(line.label) else line.fallback


def _widest(lines: tuple[str, ...]) -> float:
    return max((width(line, BODY) for line in lines), default=0.0)


def _runs(forest: Forest) -> list[tuple[str, int, int]]:
    """Return the groups of neighbouring columns with the same head: text, first and last column."""
    runs: list[tuple[str, int, int]] = []
    for i, head in enumerate(forest.heads):
        if head.group and runs and runs[-1][0] == head.group and runs[-1][2] == i - 1:
            runs[-1] = (head.group, runs[-1][1], i)
        elif head.group:
            runs.append((head.group, i, i))
    return runs
