"""YAML that people write, read with the line on which each key and item stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sonospine.model.errors import InputError
from sonospine.model.files import read_text

if TYPE_CHECKING:
    import yaml

Path_ = tuple[str | int, ...]
DEEPEST = 50
"""Levels within levels that are read: nobody writes more, and an alias that holds itself has no end of them."""
MOST = 200_000
"""Keys and items that are read: aliases of aliases multiply without end."""
_DATE, _TEXT = "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class LocatedYaml:
    """The plain data of a YAML file, and the line (from 1) of each key or item by its path in the data."""

    file: str
    data: Any
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int | None:
        """Return the line of a path, or of the nearest thing around it; ``None`` in an empty file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def read_yaml(path: Path | str) -> LocatedYaml:
    """Read a YAML file written by a person.

    Raises
    ------
    InputError
        The file is missing, is a folder, is not UTF-8, is not YAML, or a key stands twice (file and line are named).
    """
    import yaml

    text = read_text(path)
    # The C loader, where the installed PyYAML has it, reads the vocabulary eight times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        if node is not None:
            _collect(node, (), lines, path)
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            f"not valid YAML: {error.problem or error.context}",
            file=path,
            row=None if mark is None else mark.line + 1,
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # a number such as 0x_ is a ValueError
        raise InputError(f"not valid YAML: {error}", file=path) from None
    except RecursionError:
        raise InputError("not valid YAML: nested too deep", file=path) from None
    finally:
        loader.dispose()
    return LocatedYaml(str(path), data, lines)


def _collect(node: yaml.Node, path: Path_, lines: dict[Path_, int], file: Path | str) -> None:
    import yaml

    if len(path) > DEEPEST or len(lines) > MOST:
        raise InputError("nested too deep", file=file, row=node.start_mark.line + 1)
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            row = key.start_mark.line + 1
            if name in seen:
                # YAML would silently keep the last one: the reviewer would lose what the first one said.
                raise InputError("the key stands twice", file=file, row=row, found=name)
            seen.add(name)
            lines[(*path, name)] = row
            _collect(value, (*path, name), lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _collect(item, (*path, index), lines, file)
    elif node.tag == _DATE:
        node.tag = (
            _TEXT  # what is written as a date stays as it is written: dates are texts in every file of ours
        )
