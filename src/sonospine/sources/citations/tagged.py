"""Lines that begin with a tag: cutting a file of them into entries and fields, however it is indented and wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a text one by one, so that a long file is not held twice."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


@dataclass(slots=True)
class Field:
    """A field of an entry: its tag and its value, the lines of which are divided by line feeds."""

    tag: str
    value: str


@dataclass(slots=True)
class Block:
    """The lines of one entry: as they stand in the file, and as fields."""

    lines: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)

    def add(self, tag: str, value: str) -> None:
        """Begin a field."""
        self.fields.append(Field(tag, value.strip()))

    def go_on(self, text: str) -> None:
        """Carry the last field on with another line; text before the first field belongs to no entry."""
        if self.fields:
            self.fields[-1].value += f"\n{text.strip()}"

    def original(self) -> str:
        """Return the entry as it stands in the file."""
        return "\n".join(self.lines).strip("\n")

    def values(self, *tags: str) -> list[str]:
        """Return the values of the tags that are not empty, in the order of the tags, then of the entry."""
        return [f.value.strip() for tag in tags for f in self.fields if f.tag == tag and f.value.strip()]

    def first(self, *tags: str) -> str:
        """Return the first value of the first tag that has one."""
        return next(iter(self.values(*tags)), "")

    def __iter__(self) -> Iterator[Field]:
        """Yield the fields that hold something, in order."""
        return (Field(f.tag, f.value.strip()) for f in self.fields if f.value.strip())
