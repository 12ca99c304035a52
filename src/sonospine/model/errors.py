"""The one error that a user's mistake raises."""

from __future__ import annotations


class InputError(Exception):
    """The input is at fault: one clear line, exit status 1, no traceback.

    Parameters
    ----------
    reason
        What is wrong, in a few words.
    file, row, field
        Where it stands; ``row`` counts lines of the file from 1 (the header is line 1).
    found, allowed
        What was found and what would have been right.
    """

    def __init__(
        self,
        reason: str,
        *,
        file: object = None,
        row: int | None = None,
        field: str | None = None,
        found: object = None,
        allowed: object = None,
    ) -> None:
        self.reason = reason
        self.file = None if file is None else str(file)
        self.row = row
        self.field = field
        self.found = None if found is None else str(found)
        self.allowed = None if allowed is None else str(allowed)
        super().__init__(self.line())

    def line(self) -> str:
        """Return the message as one line: file, row, field, what is wrong, found, allowed."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"line {self.row}")
        if self.field:
            parts.append(self.field)
        head = ", ".join(parts)
        text = f"{head}: {self.reason}" if head else self.reason
        if self.found is not None:
            text += f"; found {_short(self.found)!r}"
        if self.allowed is not None:
            text += f"; allowed: {self.allowed}"
        return " ".join(text.split())


def _short(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
