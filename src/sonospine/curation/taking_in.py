"""Taking lines into a view: only the studies that they are about are worked out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sonospine.curation.line_files import Line
from sonospine.curation.recompute import Recomputing, Replayed, StudyState
from sonospine.curation.threads import Thread, Threads
from sonospine.curation.view import EVERYBODY, Analyses, View


def empty_view(viewer: str, work: Recomputing) -> View:
    """Return the view of somebody of whom there is no line."""
    return View(viewer, work, {}, {}, [], {}, {}, Analyses(work, work.base.states))


def counts(view: View, line: Line) -> bool:
    """Tell whether a line counts in a view."""
    return view.viewer in (EVERYBODY, line.action.curator)


def taken_in(view: View, threads: Threads, touched: Iterable[Thread], known: View | None = None) -> View:
    """Return the view with the lines of some threads as they are now.

    Parameters
    ----------
    view
        The view as it was.
    threads, touched
        All threads, and those that hold a line that the view does not have.
    known
        Another view: what it worked out from the same lines is taken over.

    Raises
    ------
    InputError
        A group of lines that add a row is closed and incomplete.
    """
    states, rows = dict(view.states), dict(view.own_rows)
    log, targets = dict(view.log), dict(view.targets)
    fresh: dict[str, Line] = {}
    waiting = list(touched)
    while waiting:
        thread = waiting.pop()
        lines = _in_order(line for line in thread.lines.values() if counts(view, line))
        if not lines:
            continue
        replayed, made = _known(thread, lines, known) or view.work.replayed(thread.studies, lines)
        for state in made:
            former = states.get(state.study_id)
            for row in former.reconciled if former is not None else ():
                rows.pop(row["measurement_id"], None)
            rows |= {row["measurement_id"]: row for row in state.reconciled}
            states[state.study_id] = state
            joined = threads.found(state.study_id, state.read)
            if joined is not None:
                waiting.append(joined)
        for line in lines:
            if line.action.action_id not in log:
                fresh[line.action.action_id] = line
            targets.pop(line.action.action_id, None)
        log |= replayed.log
        targets |= replayed.targets
    lines = _merged(view.lines, _in_order(fresh.values()))
    analyses = Analyses(view.work, view.work.base.states | states, (known or view).analyses)
    return View(view.viewer, view.work, states, rows, lines, log, targets, analyses)


def _known(thread: Thread, lines: list[Line], known: View | None) -> tuple[Replayed, list[StudyState]] | None:
    """Return what another view worked out from the same lines for the same studies."""
    if known is None or not thread.studies or not thread.studies <= known.states.keys():
        return None
    made = [known.states[study] for study in sorted(thread.studies)]
    replayed = made[0].replayed
    same = replayed.studies == thread.studies and list(replayed.lines) == lines
    return (replayed, made) if same else None


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.key)


def _merged(lines: Sequence[Line], fresh: Sequence[Line]) -> list[Line]:
    """Return the lines of both in order; most often the fresh ones are the last."""
    if lines and fresh and fresh[0].key < lines[-1].key:
        return _in_order([*lines, *fresh])
    return [*lines, *fresh]
