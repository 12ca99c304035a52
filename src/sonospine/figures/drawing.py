"""Painting a forest plot with matplotlib's objects: one axes in inches, so that nothing moves by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sonospine.figures import layout as place
from sonospine.figures.axis import Axis, axis_for
from sonospine.figures.captions import threshold_size
from sonospine.figures.columns import ABSENT
from sonospine.figures.forest import Forest, StudyLine, SummaryLine
from sonospine.figures.layout import (
    LINE,
    MARGIN,
    NOTE_LINE,
    ROW_PAD,
    TITLE_LINE,
    Column,
    Layout,
    layout_of,
)
from sonospine.figures.typesetting import drawable, font, width, wrapped
from sonospine.figures.wording import plain
from sonospine.model.demonstration import BANNER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, FAINT = "#1a1a1a", "#4d4d4d", "#d9d9d9"
STUDY, POOL, BAND, THRESHOLD, BANNER_FILL = "#1f4e79", "#7a1f1f", "#2f5d3a", "#6a3d9a", "#fff4cc"
LARGEST, SMALLEST = 0.17, 0.05
SIDE_GAP, SIDE_LIMIT = 0.08, 2.4


@dataclass
class Sheet:
    """The axes that is painted on, how far down the painting has come, and the links to make."""

    axes: Axes
    top: float = MARGIN
    links: dict[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, x: float, y: float, content: str, size: float = place.BODY, **style: Any) -> None:
        """Set one line of text, its middle at ``y``; never read as mathematics."""
        weight = style.pop("weight", "normal")
        style = {"color": INK, "ha": "left", "va": "center_baseline", **style}
        self.axes.text(x, y, content, fontproperties=font(size, weight), parse_math=False, **style)

    def line(self, xs: tuple[float, float], ys: tuple[float, float], **style: Any) -> None:
        """Draw one straight line."""
        self.axes.plot(xs, ys, solid_capstyle="butt", dash_capstyle="butt", **style)


def figure_of(forest: Forest, *, links: bool) -> tuple[Figure, dict[str, tuple[str, str]]]:
    """Paint a forest plot.

    Parameters
    ----------
    forest
        What is drawn.
    links
        Whether rows carry links (SVG) or not (PDF, PNG).

    Returns
    -------
    figure, links
        The figure; for each group id of a row's pane its address and its name for screen readers.
    """
    from matplotlib.figure import Figure

    found = layout_of(forest)
    height = _Painter(
        _sheet(Figure(figsize=(found.width, 10)), found.width, 10), forest, found, False
    ).paint()
    figure = Figure(figsize=(found.width, height), facecolor="white")
    sheet = _sheet(figure, found.width, height)
    _Painter(sheet, forest, found, links).paint()
    return figure, sheet.links


def _sheet(figure: Figure, wide: float, high: float) -> Sheet:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)
    axes.set_autoscale_on(False)
    return Sheet(axes)


class _Painter:
    """Paints from top to bottom; the first pass only finds the height."""

    def __init__(self, sheet: Sheet, forest: Forest, layout: Layout, links: bool) -> None:
        self.sheet, self.forest, self.layout, self.links = sheet, forest, layout, links
        self.axis: Axis = axis_for(forest, layout.plot.left, layout.plot.right - layout.plot.left)

    def paint(self) -> float:
        """Paint everything and return the height used, in inches."""
        self._heading()
        if self.forest.lines:
            self._column_heads()
            top = self.sheet.top
            self._studies()
            self._summaries()
            self._guides(top)
            self._axis()
        else:
            self._empty()
        self._notes()
        return self.sheet.top + MARGIN

    def _heading(self) -> None:
        setting, room = self.forest.setting, self.layout.width - 2 * MARGIN
        if setting.demonstration:
            self._banner(room)
        self._lines(
            wrapped(plain(setting.title), room, place.TITLE, "bold"), place.TITLE, TITLE_LINE, weight="bold"
        )
        if setting.subtitle:
            self._lines(wrapped(plain(setting.subtitle), room, place.BODY), place.BODY, LINE, color=GREY)
        self.sheet.top += 0.12

    def _banner(self, room: float) -> None:
        from matplotlib.patches import Rectangle

        lines = wrapped(BANNER, room - 0.16, place.NOTE)
        high = len(lines) * NOTE_LINE + 0.08
        box = Rectangle(
            (MARGIN, self.sheet.top), room, high, facecolor=BANNER_FILL, edgecolor=GREY, linewidth=0.6
        )
        self.sheet.axes.add_patch(box)
        self.sheet.top += 0.04
        self._lines(lines, place.NOTE, NOTE_LINE, x=MARGIN + 0.08)
        self.sheet.top += 0.12

    def _lines(
        self, lines: tuple[str, ...], size: float, step: float, *, x: float = MARGIN, **style: Any
    ) -> None:
        for text in lines:
            self.sheet.text(x, self.sheet.top + step / 2, text, size, **style)
            self.sheet.top += step

    def _column_heads(self) -> None:
        layout, sheet = self.layout, self.sheet
        bold = {"weight": "bold"}
        tallest = max((len(group.lines) for group in layout.groups), default=0)
        base = sheet.top + tallest * LINE + (0.05 if tallest else 0) + LINE / 2
        for group in layout.groups:
            y = sheet.top + (tallest - len(group.lines)) * LINE + LINE / 2
            for text in group.lines:
                sheet.text(group.span.centre, y, text, place.HEAD, ha="center", **bold)
                y += LINE
            under = sheet.top + tallest * LINE + 0.02
            sheet.line((group.span.left, group.span.right), (under, under), color=GREY, linewidth=0.6)
        sheet.text(layout.label.left, base, "Study", place.HEAD, **bold)
        for head, column in zip(self.forest.heads, layout.cells, strict=True):
            self._cell(column, base, head.text, head.numeric, **bold)
        sheet.text(layout.effect.right, base, place.effect_head(self.forest), place.HEAD, ha="right", **bold)
        sheet.text(layout.weight.right, base, "Weight %", place.HEAD, ha="right", **bold)
        self._threshold_name(base)
        sheet.top = base + LINE / 2 + 0.05
        sheet.line((MARGIN, layout.weight.right), (sheet.top, sheet.top), color=INK, linewidth=0.8)
        sheet.top += 0.05

    def _threshold_name(self, base: float) -> None:
        threshold = self.forest.setting.threshold
        if threshold is None:
            return
        text = f"MID {threshold.name} {threshold_size(threshold, self.forest.setting.measure)}"
        half = width(text, place.NOTE) / 2
        wanted = sum(self.axis.place(s * threshold.value) for s in threshold.sides) / len(threshold.sides)
        plot = self.layout.plot
        x = min(max(wanted, plot.left + half), plot.right - half)
        self.sheet.text(x, base, text, place.NOTE, ha="center", color=THRESHOLD)

    def _cell(self, column: Column, y: float, text: str, numeric: bool, **style: Any) -> None:
        if numeric:
            self.sheet.text(column.right, y, text, ha="right", **style)
        else:
            self.sheet.text(column.left, y, text, **style)

    def _studies(self) -> None:
        heaviest = max((line.weight or 0 for line in self.forest.lines), default=0)
        for i, line in enumerate(self.forest.lines):
            high = self.layout.row_height(i)
            y = self.sheet.top + high / 2
            self._block(self.layout.label.left, y, self.layout.labels[i])
            for text, head, column in zip(
                self.layout.texts[i], self.forest.heads, self.layout.cells, strict=True
            ):
                if head.numeric:
                    self._cell(column, y, text[0], True)
                else:
                    self._block(column.left, y, text)
            self._interval(y, line.lower, line.upper, STUDY)
            self._square(y, line, heaviest)
            self.sheet.text(self.layout.effect.right, y, line.effect, ha="right")
            share = ABSENT if line.weight is None else f"{line.weight:.1f}"
            self.sheet.text(self.layout.weight.right, y, share, ha="right")
            self._link(line, f"row{i}", high)
            self.sheet.top += high

    def _block(self, x: float, y: float, lines: tuple[str, ...]) -> None:
        first = y - (len(lines) - 1) * LINE / 2
        for n, text in enumerate(lines):
            self.sheet.text(x, first + n * LINE, text)

    def _link(self, line: StudyLine, group: str, high: float) -> None:
        """Lay a clear pane over the row that is its link: a click between two letters counts too."""
        if not (self.links and line.url):
            return
        from matplotlib.patches import Rectangle

        pane = Rectangle(
            (MARGIN / 2, self.sheet.top), self.layout.weight.right, high, fill=False, linewidth=0, zorder=9
        )
        pane.set_gid(group)
        self.sheet.axes.add_patch(pane)
        self.sheet.links[group] = (line.url, f"{line.label}: {line.effect}; show where it was read")

    def _interval(self, y: float, lower: float, upper: float, color: str, wide: float = 1.1) -> None:
        axis = self.axis
        self.sheet.line((axis.place(lower), axis.place(upper)), (y, y), color=color, linewidth=wide, zorder=3)
        self._cut_ends(y, lower, upper, color)

    def _cut_ends(self, y: float, lower: float, upper: float, color: str) -> None:
        """Mark with an arrow where an interval goes beyond the axis."""
        axis = self.axis
        for cut, end, marker in (
            (lower < axis.lower, axis.lower, "<"),
            (upper > axis.upper, axis.upper, ">"),
        ):
            if cut:
                self.sheet.axes.plot(
                    [axis.place(end)],
                    [y],
                    marker=marker,
                    markersize=4.5,
                    color=color,
                    linestyle="none",
                    zorder=3,
                )

    def _square(self, y: float, line: StudyLine, heaviest: float) -> None:
        from matplotlib.patches import Rectangle

        x = self.axis.place(line.estimate)
        share = (line.weight / heaviest) if line.weight and heaviest else 0.3
        side = max(SMALLEST, LARGEST * share**0.5) + (0.02 if line.conflict else 0.0)
        box = Rectangle(
            (x - side / 2, y - side / 2), side, side, facecolor="white" if line.conflict else STUDY,
            edgecolor=STUDY, linewidth=1.3, zorder=4,
        )  # fmt: skip
        self.sheet.axes.add_patch(box)
        left, right = self.axis.place(line.lower), self.axis.place(line.upper)
        if right - left < side:  # the square would hide the interval: draw it once more on top
            color = STUDY if line.conflict else "white"
            self.sheet.line((left, right), (y, y), color=color, linewidth=1.1, zorder=5)

    def _summaries(self) -> None:
        sheet, layout = self.sheet, self.layout
        if not self.forest.summaries:
            return
        sheet.top += 0.03
        sheet.line((MARGIN, layout.weight.right), (sheet.top, sheet.top), color=GREY, linewidth=0.5)
        sheet.top += 0.04
        for lines, summary in zip(layout.summaries, self.forest.summaries, strict=True):
            self._summary(lines, summary)
            if summary is self.forest.summaries[0]:
                self._prediction()

    def _summary(self, lines: tuple[str, ...], summary: SummaryLine) -> None:
        from matplotlib.patches import Polygon

        weight = "normal" if summary.second else "bold"
        high = len(lines) * LINE + ROW_PAD
        y = self.sheet.top + high / 2
        first = y - (len(lines) - 1) * LINE / 2
        for n, text in enumerate(lines):
            self.sheet.text(MARGIN, first + n * LINE, text, weight=weight)
        left, middle, right = (self.axis.place(v) for v in (summary.lower, summary.estimate, summary.upper))
        corners = [(left, y), (middle, y - 0.075), (right, y), (middle, y + 0.075)]
        fill = "white" if summary.second else POOL
        self._cut_ends(y, summary.lower, summary.upper, POOL)
        self.sheet.axes.add_patch(
            Polygon(
                corners,
                closed=True,
                facecolor=fill,
                edgecolor=POOL,
                linewidth=1.1,
                joinstyle="miter",
                zorder=4,
            )
        )
        self.sheet.text(self.layout.effect.right, y, summary.effect, ha="right", weight=weight)
        if not summary.second:
            self.sheet.text(self.layout.weight.right, y, "100.0", ha="right", weight=weight)
        self.sheet.top += high

    def _prediction(self) -> None:
        found = self.forest.prediction
        if found is None:
            return
        y = self.sheet.top + (LINE + ROW_PAD) / 2
        self.sheet.text(MARGIN, y, "Prediction interval (effect in a new setting)")
        self._interval(y, found.lower, found.upper, BAND, 4.0)
        self.sheet.text(self.layout.effect.right, y, found.effect, ha="right")
        self.sheet.top += LINE + ROW_PAD

    def _guides(self, top: float) -> None:
        """Draw the line of no effect and the thresholds behind the rows."""
        bottom = self.sheet.top + 0.04
        zero = self.axis.place(0.0)
        self.sheet.line((zero, zero), (top, bottom), color=GREY, linewidth=0.9, zorder=1)
        threshold = self.forest.setting.threshold
        for side in threshold.sides if threshold is not None else ():
            x = self.axis.place(side * threshold.value if threshold is not None else 0.0)
            self.sheet.line(
                (x, x),
                (top - 0.03, bottom),
                color=THRESHOLD,
                linewidth=1.0,
                linestyle=(0, (4, 2.5)),
                zorder=1,
            )
        if self.forest.summaries:
            x = self.axis.place(self.forest.summaries[0].estimate)
            self.sheet.line(
                (x, x), (top, bottom), color=POOL, linewidth=0.7, linestyle=(0, (1, 1.6)), zorder=1
            )

    def _axis(self) -> None:
        sheet, plot = self.sheet, self.layout.plot
        y = sheet.top + 0.04
        sheet.line((plot.left, plot.right), (y, y), color=INK, linewidth=0.8)
        for value, label in self.axis.ticks:
            x = self.axis.place(value)
            sheet.line((x, x), (y, y + 0.045), color=INK, linewidth=0.8)
            sheet.text(x, y + 0.125, label, place.NOTE, ha="center")
        sheet.top = y + 0.22
        for text in wrapped(plain(self.forest.setting.axis_label), plot.right - plot.left + 1.2, place.NOTE):
            sheet.text(plot.centre, sheet.top + NOTE_LINE / 2, text, place.NOTE, ha="center")
            sheet.top += NOTE_LINE
        self._favours()

    def _favours(self) -> None:
        """Set the two labels left and right of the line of no effect.

        Where that line is near an edge of the plot, a label goes on below the columns beside it, which are empty there;
        what is still too long is wrapped.
        """
        setting, zero = self.forest.setting, self.axis.place(0.0)
        if not (setting.favours_left or setting.favours_right):
            return
        self.sheet.top += 0.05
        arrow = width("← ", place.NOTE) + 2 * SIDE_GAP
        rooms = (zero - MARGIN - arrow, self.layout.width - MARGIN - zero - arrow)
        left, right = (
            wrapped(plain(text), min(room, SIDE_LIMIT), place.NOTE)
            for text, room in zip((setting.favours_left, setting.favours_right), rooms, strict=True)
        )
        left, right = (f"← {left[0]}", *left[1:]), (*right[:-1], f"{right[-1]} →")
        for lines, x, align, gid in (
            (left, zero - SIDE_GAP, "right", "favours-left"),
            (right, zero + SIDE_GAP, "left", "favours-right"),
        ):
            for n, text in enumerate(lines):
                y = self.sheet.top + (n + 0.5) * NOTE_LINE
                self.sheet.text(x, y, text, place.NOTE, ha=align, gid=f"{gid}-{n}")
        self.sheet.top += max(len(left), len(right)) * NOTE_LINE

    def _empty(self) -> None:
        from matplotlib.patches import Rectangle

        room = self.layout.width - 2 * MARGIN
        wrapped_lines = [wrapped(text, room - 0.4, place.BODY) for text in self.forest.message]
        high = sum(map(len, wrapped_lines)) * LINE + 0.3
        top = self.sheet.top
        box = Rectangle((MARGIN, top), room, high, facecolor="#f7f7f7", edgecolor=FAINT, linewidth=0.8)
        self.sheet.axes.add_patch(box)
        self.sheet.top += 0.15
        for i, lines in enumerate(wrapped_lines):
            style = {"weight": "bold"} if i == 0 else {}
            self._lines(lines, place.BODY, LINE, x=MARGIN + 0.2, **style)
        self.sheet.top = top + high

    def _notes(self) -> None:
        notes = self.forest.notes
        if not all(drawable(line.label) for line in self.forest.lines):
            notes = (*notes, "A study whose label is in a script that this font lacks stands under its id.")
        if not notes:
            return
        self.sheet.top += 0.14
        room = self.layout.width - 2 * MARGIN
        for note in notes:
            self._lines(wrapped(plain(note), room, place.NOTE), place.NOTE, NOTE_LINE, color=INK)
