"""What every section of the configuration is made of: its base, and the kinds of text with what they allow."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_DATE = r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$"
_SNAPSHOT = r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$"
_ADDRESS = r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$"
TOOL = r"^[A-Za-z0-9._-]+$"
ISODate = Annotated[str, Field(pattern=_DATE)]
SnapshotName = Annotated[str, Field(pattern=_SNAPSHOT)]
WebAddress = Annotated[str, Field(pattern=_ADDRESS)]
PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "small letters, digits and _",
    _DATE: "a date such as 2026-11-20",
    _SNAPSHOT: "letters, digits, point, hyphen and underscore",
    _ADDRESS: "an address with http:// or https://, without user or query",
    TOOL: "letters, digits, point, hyphen and underscore",
}
"""What the patterns of texts allow, in words."""


class Settings(BaseModel):
    """Base of every section: unknown keys are refused, values cannot be changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)
