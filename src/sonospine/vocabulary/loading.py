"""Reading the vocabulary's files; every mistake in them is named with its file and line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError
from sonospine.model.located_yaml import LocatedYaml, read_yaml
from sonospine.vocabulary.spelling import key
from sonospine.vocabulary.terms import Instrument, Scale, Term

TERM_LISTS = ("synonyms", "always", "alone", "never", "not_after", "not_before")
TERM_KEYS = ("id", "label", *TERM_LISTS, "family", "priority")
INSTRUMENT_KEYS = (
    *TERM_KEYS,
    "construct",
    "assumed",
    "direction",
    "generic",
    "whole_numbers",
    "subscale",
    "scales",
    "units",
)
SCALE_KEYS = ("minimum", "maximum", "unit", "signs", "default")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_MATCHED = ("synonyms", "always", "never")

_Path = tuple[str | int, ...]


class TermFile:
    """One file of the vocabulary, with the lists of terms in it."""

    def __init__(self, path: Path, sections: Iterable[str]) -> None:
        self._yaml: LocatedYaml = read_yaml(path)
        if not isinstance(self._yaml.data, dict):
            raise self._fault("a mapping with the key terms is wanted", ())
        self._check_keys(self._yaml.data, tuple(sections), ())

    def terms(self, section: str = "terms") -> dict[str, Term]:
        """Return the terms of a section by id, in the order of the file."""
        return {t.id: t for t in self._entries(section, TERM_KEYS, self._term)}

    def instruments(self) -> dict[str, Instrument]:
        """Return the instruments by id, in the order of the file."""
        return {t.id: t for t in self._entries("terms", INSTRUMENT_KEYS, self._instrument)}

    def _entries(self, section: str, keys: tuple[str, ...], make: Any) -> list[Any]:
        listed = self._yaml.data.get(section)
        if not isinstance(listed, list) or not listed:
            raise self._fault("a list of terms is wanted", (section,), found=listed)
        made: list[Any] = []
        ids: set[str] = set()
        wordings: dict[tuple[str, str], str] = {}
        for index, entry in enumerate(listed):
            path: _Path = (section, index)
            if not isinstance(entry, dict):
                raise self._fault("a term is a mapping with id and label", path, found=entry)
            self._check_keys(entry, keys, path)
            term = make(entry, path)
            if term.id in ids:
                raise self._fault("the id stands twice", (*path, "id"), found=term.id)
            ids.add(term.id)
            self._check_wordings(term, path, wordings)
            made.append(term)
        return made

    def _term(self, entry: dict[str, Any], path: _Path) -> Term:
        return Term(**self._common(entry, path))

    def _common(self, entry: dict[str, Any], path: _Path) -> dict[str, Any]:
        term_id, label = entry.get("id"), entry.get("label")
        if not isinstance(term_id, str) or not _ID.fullmatch(term_id):
            raise self._fault(
                "an id is wanted",
                (*path, "id"),
                term_id,
                "small letters, digits and _, beginning with a letter",
            )
        if not isinstance(label, str) or not label.strip():
            raise self._fault("a label is wanted", (*path, "label"), label, "text")
        priority = entry.get("priority", 0)
        if not isinstance(priority, int) or isinstance(priority, bool):
            raise self._fault("a priority is a whole number", (*path, "priority"), priority)
        return {
            "id": term_id,
            "label": label.strip(),
            "family": self._text(entry, "family", path),
            "priority": priority,
            **{name: self._wordings(entry, name, path) for name in TERM_LISTS},
        }

    def _instrument(self, entry: dict[str, Any], path: _Path) -> Instrument:
        direction = self._text(entry, "direction", path)
        if direction not in ("lower", "higher", ""):
            raise self._fault(
                "which values are better", (*path, "direction"), direction, "lower, higher, or leave it out"
            )
        generic = self._truth(entry, "generic", path)
        construct, assumed = self._text(entry, "construct", path), self._text(entry, "assumed", path)
        if not construct and not generic:
            raise self._fault("an instrument needs a construct", path, found=entry.get("id"))
        if assumed and not generic:
            raise self._fault("only a generic instrument assumes a construct", (*path, "assumed"), assumed)
        return Instrument(
            **self._common(entry, path),
            construct=construct,
            assumed=assumed,
            direction=direction,  # type: ignore[arg-type]  # checked above
            generic=generic,
            whole_numbers=self._truth(entry, "whole_numbers", path),
            subscale=self._text(entry, "subscale", path),
            scales=self._scales(entry.get("scales", []), (*path, "scales")),
            units=self._units(entry.get("units", {}), (*path, "units")),
        )

    def _scales(self, listed: Any, path: _Path) -> tuple[Scale, ...]:
        if not isinstance(listed, list):
            raise self._fault("scales are a list", path, found=listed)
        scales = []
        for index, entry in enumerate(listed):
            here: _Path = (*path, index)
            if not isinstance(entry, dict):
                raise self._fault("a scale is a mapping", here, entry)
            self._check_keys(entry, SCALE_KEYS, here)
            low, high = (self._number(entry, name, here) for name in ("minimum", "maximum"))
            if low is not None and high is not None and low >= high:
                raise self._fault("the minimum is not below the maximum", here, f"{low:g} to {high:g}")
            scales.append(
                Scale(
                    low,
                    high,
                    self._text(entry, "unit", here),
                    self._wordings(entry, "signs", here),
                    self._truth(entry, "default", here),
                )
            )
        if sum(scale.default for scale in scales) > 1:
            raise self._fault("only one scale can be the default", path)
        return tuple(scales)

    def _units(self, mapping: Any, path: _Path) -> tuple[tuple[str, str], ...]:
        if not isinstance(mapping, dict):
            raise self._fault("units are a mapping of unit and wordings", path, found=mapping)
        return tuple((str(u), w) for u in mapping for w in self._wordings(mapping, u, path))

    def _check_wordings(self, term: Term, path: _Path, seen: dict[tuple[str, str], str]) -> None:
        for name in (*_MATCHED, "alone"):
            for index, wording in enumerate(getattr(term, name)):
                # A wording that matches alone may be voided elsewhere: the two groups do not compete.
                group = "alone" if name == "alone" else "anywhere"
                other = seen.setdefault((group, key(wording)), term.id)
                if other != term.id or self._stands_twice(term, name, index):
                    raise self._fault(
                        f"the wording stands twice (it already means {other})", (*path, name, index), wording
                    )

    @staticmethod
    def _stands_twice(term: Term, name: str, index: int) -> bool:
        names = ("alone",) if name == "alone" else _MATCHED
        listed = [(n, i, key(w)) for n in names for i, w in enumerate(getattr(term, n))]
        mine = key(getattr(term, name)[index])
        return next((n, i) for n, i, k in listed if k == mine) != (name, index)

    def _wordings(self, entry: dict[str, Any], name: str, path: _Path) -> tuple[str, ...]:
        listed = entry.get(name, [])
        here: _Path = (*path, name)
        if not isinstance(listed, list):
            raise self._fault("a list is wanted", here, listed)
        for index, wording in enumerate(listed):
            if not isinstance(wording, str):
                raise self._fault("a text is wanted; put it in quotes", (*here, index), wording)
            if not wording.strip():
                raise self._fault("the text is empty", (*here, index))
        return tuple(wording.strip() for wording in listed)

    def _text(self, entry: dict[str, Any], name: str, path: _Path) -> str:
        value = entry.get(name, "")
        if not isinstance(value, str):
            raise self._fault("a text is wanted; put it in quotes", (*path, name), value)
        return value.strip()

    def _truth(self, entry: dict[str, Any], name: str, path: _Path) -> bool:
        value = entry.get(name, False)
        if not isinstance(value, bool):
            raise self._fault("true or false is wanted", (*path, name), value)
        return value

    def _number(self, entry: dict[str, Any], name: str, path: _Path) -> float | None:
        value = entry.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self._fault("a number is wanted", (*path, name), value)
        return None if value is None else float(value)

    def _check_keys(self, entry: dict[Any, Any], allowed: tuple[str, ...], path: _Path) -> None:
        for name in entry:
            if name not in allowed:
                near = difflib.get_close_matches(str(name), allowed, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise self._fault(f"unknown key{hint}", (*path, str(name)), name, ", ".join(allowed))

    def _fault(self, reason: str, path: _Path, found: object = None, allowed: object = None) -> InputError:
        field = ".".join(str(part) for part in path if not isinstance(part, int))
        return InputError(
            reason,
            file=self._yaml.file,
            row=self._yaml.line(path),
            field=field or None,
            found=found,
            allowed=allowed,
        )
