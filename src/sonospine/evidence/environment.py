"""The one way templates are rendered: escaped, undefined names refused, hidden characters made visible."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

HIDDEN = frozenset(
    "\u200b\u200e\u200f\u2060\ufeff\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def visible(text: str) -> str:
    """Return text with direction marks and control characters written out, such as ``⟨U+202E⟩``.

    Left as they are they would turn the order of what is read (an attack known from source code) without a trace.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(c):04X}⟩" if _hides(c) else c for c in text)


def _hides(character: str) -> bool:
    if character in "\n\t ":
        return False
    return character in HIDDEN or unicodedata.category(character) in ("Cc", "Cs")


def _final(value: object) -> object:
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def environment_for(*loaders: BaseLoader) -> Environment:
    """Return an environment that finds templates in the given places, then in those of this package."""
    return Environment(
        loader=ChoiceLoader([*loaders, PackageLoader("sonospine.evidence")]),
        autoescape=True,
        finalize=_final,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of this package alone."""
    return environment_for()
