"""What an export of the review's results is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.config.settings import Config
from sonospine.model import tables as t
from sonospine.model.demonstration import BANNER, is_demonstration
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row

RESULT_TABLES: tuple[TableSchema, ...] = (
    t.SEARCHES, t.STUDIES, t.REPORTS, t.RECORDS, t.LINKS, t.DECISIONS, t.PRISMA,
    t.RECONCILED, t.CONFLICTS, t.ARMS, t.CORRECTION_LOG, t.EFFECTS, t.POOLED, t.WEIGHTS,
)  # fmt: skip
"""Tables that every run writes."""

OPTIONAL_TABLES: tuple[TableSchema, ...] = (
    t.LEAVE_ONE_OUT, t.INFLUENCE, t.CUMULATIVE, t.CORRELATION, t.MULTIVERSE, t.READING, t.SUBGROUPS, t.REGRESSION,
    t.SMALL_STUDY, t.AGREEMENT,
)  # fmt: skip
"""Tables of ``sonospine probe``, and the agreement of curators: exported where they are."""

INPUT, CONFIGURATION, CURATION, WORKFLOW, OUTPUT = "input", "configuration", "curation", "workflow", "output"


@dataclass(frozen=True, slots=True)
class Used:
    """A file that the run read or wrote: its path within the review, what it was to the run, its hash and size."""

    path: str
    role: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Results:
    """A review that has run.

    Attributes
    ----------
    config
        The configuration.
    tables
        Rows of ``RESULT_TABLES``, and of those of ``OPTIONAL_TABLES`` that are there, by the name of
        the table.
    used
        Files that the run read and wrote, sorted by path.
    versions
        Versions of the software by name; ``sonospine`` is one of them.
    date
        Date of the data (ISO); empty where nothing tells one.
    """

    config: Config
    tables: Mapping[str, Sequence[Row]]
    used: Sequence[Used] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    date: str = ""

    def rows(self, schema: TableSchema) -> Sequence[Row]:
        """Return the rows of a table; none where it is not there."""
        return self.tables.get(schema.name, ())

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the analyses by id, in their order."""
        return {analysis.id: analysis.title for analysis in self.config.analyses}

    @property
    def banner(self) -> str:
        """What must be said of the demonstration corpus; empty for other reviews."""
        return BANNER if is_demonstration(row["record_id"] for row in self.rows(t.RECORDS)) else ""
