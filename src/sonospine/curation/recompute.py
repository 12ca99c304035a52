"""From the machine's rows and the lines that count to corrected rows, conflicts, effects and pools, in memory.

Every table is handed on as a reader of its file would get it, so that the figures are those of the pipeline.
"""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.corrections import Action, replay
from sonospine.curation.tables import Tables
from sonospine.curation.view import View
from sonospine.effects import compute_effects
from sonospine.model import tables as declared
from sonospine.model.record import Record
from sonospine.model.table_io import Row, as_written
from sonospine.reconcile import reconcile
from sonospine.synthesis.pooling import pool


def viewed(viewer: str, tables: Tables, actions: Sequence[Action], lines: Sequence[Row]) -> View:
    """Work a whole view out.

    Parameters
    ----------
    viewer
        Whose view it is.
    tables
        What the machine read.
    actions, lines
        The lines that count, in the order in which they are replayed: checked, and as rows of ``curation``.

    Raises
    ------
    InputError
        A group of lines that add a row is closed and incomplete.
    """
    curated = replay(tables.measurements, tables.arms, tables.records, actions, _named(tables, actions))
    corrected = as_written(declared.CORRECTED, curated.corrected)
    arms = as_written(declared.ARMS, curated.arms)
    found = reconcile(corrected, arms, tables.studies, whole_numbers=tables.whole_numbers)
    reconciled = as_written(declared.RECONCILED, found.measurements)
    conflicts = as_written(declared.CONFLICTS, found.conflicts)
    effects = as_written(
        declared.EFFECTS,
        compute_effects(
            reconciled, conflicts, arms, tables.studies, tables.decisions, tables.records, tables.config,
            directions=tables.directions,
        ),
    )  # fmt: skip
    pools = pool(effects, tables.choice, tables.thresholds, [a.id for a in tables.config.analyses])
    read = [("measurement", row["measurement_id"], row) for row in curated.added]
    read += [("arm", row["arm_id"], row) for row in curated.arms_read]
    read += [("timepoint", row["timepoint_id"], row) for row in curated.timepoints_read]
    return View(
        viewer,
        tables,
        lines,
        corrected,
        reconciled,
        arms,
        as_written(declared.TIMEPOINTS, curated.timepoints),
        conflicts,
        as_written(declared.CORRECTION_LOG, curated.log),
        effects,
        as_written(declared.POOLED, pools.pooled),
        as_written(declared.WEIGHTS, pools.weights),
        {(kind, name): row for kind, name, row in read},
        curated.targets,
    )


def _named(tables: Tables, actions: Sequence[Action]) -> dict[str, Record]:
    """Return the parsed records that the lines speak about."""
    named = {a.record_id for a in actions} | {str((a.seen or {}).get("record_id", "")) for a in actions}
    named |= {row["record_id"] for a in actions if (row := tables.machine.get(a.target_id)) is not None}
    return {name: record for name in named if name and (record := tables.parsed(name)) is not None}
