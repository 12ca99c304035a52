"""Who asks: the tool and the address that NCBI wants to be told, and the key that nobody else may see."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from sonospine.config.searching import Search
from sonospine.model.errors import InputError

EMAIL_VARIABLE = "NCBI_EMAIL"
KEY_VARIABLE = "NCBI_API_KEY"
MASK = "***"
_EMAIL = re.compile(r"[!#$%&'*+\-./0-9=?A-Z^_`a-z{|}~]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+")
_KEY = re.compile(r"[0-9A-Za-z_-]{8,128}")
# An echo can be cut anywhere: this much of the key's beginning already counts as the key.
_TELLING = 8


class Secret:
    """A text that only ``reveal`` gives away: printed, formatted or put into an error it is ``***``.

    It is falsy where it is empty, and refuses to be pickled.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str = "") -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the text itself: for the body of a request, and nothing else."""
        return self.__value

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __repr__(self) -> str:
        return MASK

    def __str__(self) -> str:
        return MASK

    def __format__(self, _specification: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__value.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash(Secret)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True)
class Credentials:
    """What NCBI is told with each request: name of the tool, address of its user, key (empty: none)."""

    tool: str
    email: str
    api_key: Secret


def credentials(search: Search, environment: Mapping[str, str]) -> Credentials:
    """Return what NCBI is told with each request.

    Parameters
    ----------
    search
        The configuration's ``search``: the tool, and the address where it is given.
    environment
        The environment: ``NCBI_EMAIL`` stands in for an empty address; ``NCBI_API_KEY`` is read from here only.

    Raises
    ------
    InputError
        There is no address, or it is none; the key has characters that no key has (it is not repeated).
    """
    configured = search.email.strip()
    email = configured or environment.get(EMAIL_VARIABLE, "").strip()
    field = "search.email" if configured else f"{EMAIL_VARIABLE} (environment)"
    if not email:
        raise InputError(
            "NCBI wants the address of whoever asks",
            field="search.email",
            allowed=f"your address there (configuration), or in the environment variable {EMAIL_VARIABLE}",
        )
    if not _EMAIL.fullmatch(email):
        raise InputError("not an address", field=field, found=email, allowed="one such as name@example.org")
    key = environment.get(KEY_VARIABLE, "").strip()
    if key and not _KEY.fullmatch(key):
        raise InputError(
            "not a key of NCBI",
            field=f"{KEY_VARIABLE} (environment)",
            allowed="8 to 128 letters, digits, hyphens and underscores",
        )
    return Credentials(search.tool, email, Secret(key))


def masked(text: str, secret: Secret) -> str:
    """Return a text with each occurrence of a secret replaced by ``***``.

    Found are the secret as it stands or in other case, with any of its characters percent-encoded, as references of
    HTML or escapes of JSON, and a beginning of it of eight characters or more (an echo that was cut).
    """
    if not secret:
        return text
    return _pattern(secret.reveal()).sub(MASK, text)


def masked_bytes(content: bytes, secret: Secret) -> bytes:
    """Return an answer in which the secret, should the server have echoed it, is replaced by ``***``."""
    return content.replace(secret.reveal().encode(), MASK.encode()) if secret else content


def _pattern(value: str) -> re.Pattern[str]:
    characters = [
        f"(?:{re.escape(c)}|%{ord(c):02x}|&#0*{ord(c)};|&#x0*{ord(c):x};|\\\\u{ord(c):04x})" for c in value
    ]
    needed = "".join(characters[:_TELLING])
    rest = ""
    for character in reversed(characters[_TELLING:]):
        rest = f"(?:{character}{rest})?"
    return re.compile(needed + rest, re.IGNORECASE)
