"""A date that is part of what is written: given by an option, by default today."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from sonospine.model.errors import InputError


def date_given(text: str | None) -> str:
    """Return an ISO date as given, or today's (UTC).

    Raises
    ------
    InputError
        The text is no date of the calendar written as year-month-day.
    """
    if text is None:
        return datetime.now(UTC).date().isoformat()
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:  # the thirtieth of February
        pass
    raise InputError("not a date", field="--date", found=text, allowed="a date such as 2026-11-20")
