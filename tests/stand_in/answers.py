"""What the stand-in answers, and what it notes of each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """An answer of a service: ``records`` is how many entries are in it."""

    body: bytes
    status: int = 200
    content_type: str = "text/xml; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    records: int = 0


@dataclass(frozen=True)
class Asked:
    """A request as it came: ``fields`` are those of the address and of the form together, without the key."""

    time: float
    service: str
    """``eutils`` or ``trials``."""
    kind: str
    """``esearch``, ``efetch`` ..., ``studies``, ``study``."""
    method: str
    path: str
    fields: Mapping[str, tuple[str, ...]]
    key: str
    """``none``, ``right`` or ``wrong``."""
    key_in_address: bool
    agent: str

    def first(self, name: str, default: str = "") -> str:
        """Return the first value of a field."""
        return self.fields.get(name, (default,))[0]


@dataclass(frozen=True)
class Noted:
    """A request and how it was answered; ``fault`` names the misbehaviour, if there was one."""

    asked: Asked
    status: int
    records: int
    fault: str = ""
