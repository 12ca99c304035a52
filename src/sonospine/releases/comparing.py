"""Two editions side by side: the same studies, and what happened to records and lines between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sonospine.config.protocol import changed_settings
from sonospine.corrections.additions import addition_id
from sonospine.model.table_io import Row
from sonospine.releases.edition import OUT, Edition

_TARGETS = (
    ("measurement", "measurement_id"),
    ("arm", "arm_id"),
    ("arm", "comparator_arm_id"),
    ("timepoint", "timepoint_id"),
)
Target = tuple[str, str]
NO_LONGER = ": no longer "
"""How ``turned_out`` says that a retraction, withdrawal or doubt was lifted."""


@dataclass(frozen=True)
class Comparison:
    """An older and a newer edition."""

    old: Edition
    new: Edition

    @cached_property
    def study_now(self) -> dict[str, str]:
        """Which study of the newer edition each older one is: of the same id, else the one with most of its records."""
        now: dict[str, str] = {}
        for study in sorted(self.old.studies):
            if study in self.new.studies:
                now[study] = study
                continue
            held = Counter(
                self.new.records[row["record_id"]]["study_id"]
                for row in self.old.records_of.get(study, [])
                if row["record_id"] in self.new.records
            )
            if held:
                now[study] = min(held, key=lambda name: (-held[name], name))
        return now

    @cached_property
    def studies_before(self) -> dict[str, list[str]]:
        """The older studies of each newer one."""
        before: dict[str, list[str]] = defaultdict(list)
        for old, new in self.study_now.items():
            before[new].append(old)
        return dict(before)

    def was_known(self, study: str) -> bool:
        """Tell whether the older edition had any record of a study of the newer one."""
        return study in self.studies_before or any(
            row["record_id"] in self.old.records for row in self.new.records_of.get(study, [])
        )

    def is_relinked(self, study: str) -> bool:
        """Tell whether records that both editions have were joined otherwise."""
        shared = {r["record_id"] for r in self.new.records_of.get(study, [])} & set(self.old.records)
        before = {self.old.records[name]["study_id"] for name in shared}
        held = {r["record_id"] for one in before for r in self.old.records_of[one]} & set(self.new.records)
        return len(before) > 1 or held != shared

    def fresh_records(self, study: str) -> list[str]:
        """Return the records of a study of the newer edition that the older one did not have."""
        return [
            r["record_id"]
            for r in self.new.records_of.get(study, [])
            if r["record_id"] not in self.old.records
        ]

    def records_of(self, study: str) -> list[str]:
        """Return the records of a study (an id of either edition) in either edition, sorted."""
        names = {study, self.study_now.get(study, study), *self.studies_before.get(study, [])}
        return sorted(
            {r["record_id"] for e in (self.old, self.new) for s in names for r in e.records_of.get(s, [])}
        )

    def revised_records(self, records: Iterable[str]) -> list[str]:
        """Return those records whose text is another, or that are said to be revised since."""
        return [
            name
            for name in records
            if (old := self.old.records.get(name)) is not None
            and (new := self.new.records.get(name)) is not None
            and (old["sha256"] != new["sha256"] or (new["status"] == "revised" != old["status"]))
        ]

    def turned_out(self, records: Iterable[str]) -> list[str]:
        """Return in words which records were retracted, withdrawn or doubted since, or are so no longer."""
        lines = []
        for name in records:
            now = self.new.records.get(name, {}).get("status", "")
            before = self.old.records.get(name, {}).get("status", "")
            if now in OUT and before != now:
                what = "expression of concern" if now == "concern" else now
                lines.append(f"{name}: {what}")
            elif before in OUT and now and now not in OUT:
                lines.append(f"{name}{NO_LONGER}{before}")
        return lines

    @cached_property
    def lines(self) -> list[tuple[str, Row]]:
        """Lines of curators that only one edition heeds: ``new``, or ``taken back`` (undone, stale or removed)."""
        old, new = self.old.heeded, self.new.heeded
        came = [("", row) for name, row in new.items() if name not in old]
        return came + [("taken back", row) for name, row in old.items() if name not in new]

    def targets_of_rows(self, measurement_ids: Iterable[str]) -> set[Target]:
        """Return what corrections of these measurements are about: the rows, their arms and timepoints."""
        found: set[Target] = set()
        for name in measurement_ids:
            found.add(("measurement", name))
            for edition in (self.old, self.new):
                row = edition.measurements.get(name)
                if row is not None:
                    found |= {(kind, row[column]) for kind, column in _TARGETS if row[column]}
        return found

    def targets_of_study(self, study: str) -> set[Target]:
        """Return what rulings about a study are about: its records (any kind of line), and itself."""
        records = self.records_of(study)
        names = {study, self.study_now.get(study, study), *self.studies_before.get(study, []), *records}
        return {("study", name) for name in names} | {("record", name) for name in records}

    def lines_about(self, targets: set[Target]) -> list[tuple[str, Row]]:
        """Return the lines that only one edition heeds and that are about one of these."""
        return [(how, row) for how, row in self.lines if targets & self._targets_of(row)]

    @cached_property
    def settings(self) -> dict[str, tuple[str, str]]:
        """Settings that differ, with the older and the newer value."""
        return changed_settings(self.old.configuration, self.new.configuration)

    @cached_property
    def vocabulary(self) -> list[str]:
        """Files of the vocabulary that differ."""
        old, new = self.old.vocabulary, self.new.vocabulary
        return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))

    def measurements_of_study(self, study: str) -> list[str]:
        """Return the measurements of a study (an id of either edition), sorted."""
        return sorted({i for record in self.records_of(study) for i in self._measured.get(record, ())})

    @cached_property
    def _measured(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for edition in (self.old, self.new):
            for name, row in edition.measurements.items():
                found[row["record_id"]].add(name)
        return dict(found)

    def _targets_of(self, row: Row) -> set[Target]:
        kind, name = row["target_type"], row["target_id"]
        if not name and row["refers_to"]:  # an undo or a decision may name no more than the line it is about
            meant = self.new.actions.get(row["refers_to"]) or self.old.actions.get(row["refers_to"])
            if meant is not None and meant is not row and meant["target_id"]:
                return self._targets_of(meant)
        if kind == "link":
            return {("record", part) for part in name.split()}
        found = {(kind, name)}
        if row["action"] == "add" and row["group_id"]:
            found.add(("measurement", addition_id(row["group_id"])))
        return found


def curators(rows: Sequence[Row]) -> str:
    """Return the names of the curators of lines, each once, separated by ``;``."""
    return ";".join(dict.fromkeys(row["curator"] for row in rows))
