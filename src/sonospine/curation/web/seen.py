"""What a page showed of a thing, sent back with what is decided about it: whoever looked away is asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sonospine.corrections.actions import SETTABLE
from sonospine.curation.web.fields import FIELD, changes
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

SAW = "saw"
"""Name of the input."""
_BESIDE = ("quote", "locator", "state")
"""What counts of a row besides the columns that a person can set."""


def saw(target_type: str, row: Mapping[str, str]) -> str:
    """Return what a page shows of a measurement, arm or timepoint, as its forms carry it."""
    return json.dumps(_shown(target_type, row), sort_keys=True)


def check_seen(target_type: str, row: Row, form: Mapping[str, str]) -> None:
    """Raise where what stands there now is not what the page showed.

    Raises
    ------
    InputError
        It changed in another window, by another program or in another run; or the form does not say what was seen.
    """
    seen, now = seen_in(form), _shown(target_type, row)
    if seen == now:
        return
    changed = [
        f"{name} {seen[name] or 'empty'} → {now[name] or 'empty'}"
        for name in now
        if name in seen and seen[name] != now[name]
    ]
    raise InputError(
        f"the {'row' if target_type == 'measurement' else target_type} changed since this page showed it:"
        " look at it as it stands now, and say it again",
        found="; ".join(changed),
    )


def typed_now(target_type: str, row: Row, typed: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return a form that was refused, as it is shown again: what was not touched in it is as the row is now.

    Otherwise the values of a page that is out of date would be saved the second time.
    """
    if typed is None:
        return None
    seen = seen_in(typed)
    touched = {FIELD + name for name in changes(target_type, {**row, **seen}, typed)}
    return {name: value for name, value in typed.items() if not name.startswith(FIELD) or name in touched}


def seen_in(form: Mapping[str, str]) -> Row:
    """Return what the page showed by column; empty where a form does not say."""
    try:
        found = json.loads(form.get(SAW, ""))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _shown(target_type: str, row: Mapping[str, str]) -> Row:
    return {name: row[name] for name in (*SETTABLE[target_type][1], *_BESIDE) if name in row}
