"""What each curator says about each row: the lines that count, by row and curator, as the replay counts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sonospine.corrections.actions import END
from sonospine.model.table_io import Row

if TYPE_CHECKING:
    from sonospine.curation.view import View

Target = tuple[str, str]
UNDONE = "undone by "
"""How the log begins the detail of a line that was taken back."""


@dataclass(slots=True)
class Sheet:
    """What one curator says about one row; every entry is the line that says it.

    ``whole`` confirms the row, ``confirmed`` and ``sets`` speak of fields; ``added`` are the lines of an addition.
    """

    curator: str
    sets: dict[str, Row] = field(default_factory=dict)
    confirmed: dict[str, Row] = field(default_factory=dict)
    whole: Row | None = None
    rejected: Row | None = None
    added: tuple[Row, ...] = ()

    @property
    def keeps(self) -> Row | None:
        """A line by which the curator lets the row stand; ``None`` where it is rejected or not spoken of."""
        if self.rejected is not None:
            return None
        lines = [*self.added[-1:], *self.sets.values(), *self.confirmed.values()]
        return self.whole or (lines[0] if lines else None)

    @property
    def kept_by(self) -> tuple[Row, ...]:
        """The lines by which the curator keeps the row: what was set, else what was confirmed or added."""
        return tuple(self.sets.values()) or ((self.keeps,) if self.keeps is not None else ())

    @property
    def saw_all(self) -> bool:
        """Whether the curator vouches for the whole row: confirmed or added it, or set one of its fields."""
        return self.rejected is None and bool(self.whole or self.added or self.sets)

    def vote(self, name: str) -> Row | None:
        """Return the line that votes for a field; ``None`` where none does (as ``corrections.votes.Ballot.vote``)."""
        if self.rejected is not None:
            return None
        end = self.added[-1] if self.added else None
        return self.sets.get(name) or self.whole or end or self.confirmed.get(name)

    def value(self, name: str, read: str) -> str | None:
        """Return the value for a field as the curator left the row; ``None`` where the curator did not see it.

        Who set one field had the row before them: what they left of it is theirs too.
        """
        if name in self.sets and self.rejected is None:
            return self.sets[name]["new_value"]
        return read if self.saw_all or self.vote(name) is not None else None


@dataclass(frozen=True)
class Sheets:
    """The sheets by row (kind and id) and curator, and the decisions of third persons by row, in written order."""

    by_row: Mapping[Target, Mapping[str, Sheet]]
    decisions: Mapping[Target, Sequence[Row]]
    by_id: Mapping[str, Row]


def sheets_of(view: View) -> Sheets:
    """Return the sheets of a view in which the lines of all count."""
    found: dict[Target, dict[str, Sheet]] = defaultdict(dict)
    decisions: dict[Target, list[Row]] = defaultdict(list)
    groups: dict[str, list[Row]] = defaultdict(list)
    for line in view.actions:
        log, target = view.log[line["action_id"]], view.targets.get(line["action_id"])
        counts = log["outcome"] in ("applied", "needless") and not log["detail"].startswith(UNDONE)
        if not counts or target is None:
            continue
        if line["action"] == "adjudicate":
            decisions[target].append(line)
            continue
        sheet = found[target].setdefault(line["curator"], Sheet(line["curator"]))
        if line["action"] == "add":
            groups[line["group_id"]].append(line)
            if line["field"] == END:
                sheet.added = tuple(groups[line["group_id"]])
        elif line["action"] == "reject":
            sheet.rejected = line
        else:
            sheet.rejected = None
            if line["action"] == "set":
                sheet.sets[line["field"]] = line
            elif line["field"]:
                sheet.confirmed[line["field"]] = line
            else:
                sheet.whole = line
    return Sheets(dict(found), dict(decisions), {line["action_id"]: line for line in view.actions})
