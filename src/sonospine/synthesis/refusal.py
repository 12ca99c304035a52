"""Why an analysis is not run: too few effects, or data that it does not suit."""

from __future__ import annotations


class RefusalError(ValueError):
    """An analysis is not run; the message is the reason, in words for a table."""
