"""Questions about results of treatment, and the rows that can answer them: those after baseline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.model.table_io import Row


def not_about_baseline(questions: Path) -> str:
    """Return the questions whose outcome does not name the baseline, as JSON.

    Raises
    ------
    InputError
        The file is no JSON list of questions.
    """
    try:
        asked = json.loads(questions.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InputError("no JSON", file=questions, row=error.lineno) from None
    if not isinstance(asked, list) or not all(isinstance(q, dict) for q in asked):
        raise InputError("no list of questions", file=questions)
    kept = [question for question in asked if "baseline" not in str(question.get("outcome", "")).casefold()]
    return json.dumps(kept, ensure_ascii=False)


def after_baseline(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of ``measurements`` that are not values at baseline."""
    return [row for row in rows if row["phase"] != "baseline"]
