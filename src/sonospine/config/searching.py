"""Where records come from, and what is asked of the live sources."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sonospine.config.written import TOOL, ISODate, Settings, SnapshotName, WebAddress


class Corpus(Settings):
    """The folder of records that comes with the project, or your own."""

    path: str = Field(description="Folder with sub-folders or files of records, relative to the project.")
    demonstration: bool = Field(
        default=False,
        description="Whether its records are condensed demonstrations: their ids then carry `demo:` and every page, figure and export says so.",
    )


class ExportedFile(Settings):
    """A file or folder with what the search documentation says of it (PRISMA-S)."""

    path: str = Field(description="File or folder, relative to the project.")
    database: str = Field(
        default="", description="Database that was searched, e.g. `Embase`; empty: no search."
    )
    platform: str = Field(default="", description="Platform through which, e.g. `Ovid`.")
    kind: Literal["database", "register", "other"] = Field(
        default="database", description="Box of the PRISMA flow diagram in which its records are counted."
    )
    searched: ISODate = Field(default="", description="Date of the search.")
    query: str = Field(default="", description="The whole search strategy, as run.")
    limits: tuple[str, ...] = Field(default=(), description="Limits and filters that were set, in words.")
    reported: int | None = Field(
        default=None,
        ge=0,
        description="How many records the database reported, to be compared with the file.",
    )

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value


def _or_text(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema that an item may be a text alone."""
    schema["items"] = {"anyOf": [{"type": "string"}, schema["items"]]}


class Sources(Settings):
    """Where records come from."""

    corpus: Corpus | None = Field(
        default=None, description="The corpus; leave it out to use only your own files."
    )
    files: tuple[ExportedFile, ...] = Field(
        default=(),
        json_schema_extra=_or_text,
        description="Files and folders: PubMed XML, JATS, ClinicalTrials.gov JSON, exports of databases and reference "
        "managers (RIS, NBIB/MEDLINE, EndNote XML and tagged, Ovid, Web of Science, BibTeX, CSV), Markdown, plain "
        "text. A path alone, or a path with what was searched.",
    )
    snapshot: SnapshotName = Field(
        default="",
        description="Folder in `resources/snapshots/` that `sonospine fetch` made; a run reads it without a network. "
        "Empty: none.",
    )


class PubMedSearch(Settings):
    """The search of PubMed."""

    query: str = Field(min_length=1, description="Query in PubMed's syntax, sent as it stands.")
    date_field: Literal["edat", "pdat", "crdt"] = Field(
        default="edat", description="Which date `from` and `to` limit: entry, publication or creation."
    )
    from_date: ISODate = Field(default="", description="First day; empty: no limit.")
    to_date: ISODate = Field(default="", description="Last day; empty: no limit.")


class TrialsSearch(Settings):
    """The search of ClinicalTrials.gov, in the fields of its own form; those that are given must all match."""

    condition: str = Field(default="", description="Condition or disease (`query.cond`).")
    intervention: str = Field(default="", description="Intervention or treatment (`query.intr`).")
    term: str = Field(default="", description="Other terms (`query.term`).")
    filter: str = Field(default="", description="Advanced filter in Essie syntax (`filter.advanced`).")

    @model_validator(mode="after")
    def _asks_something(self) -> TrialsSearch:
        if not (self.condition or self.intervention or self.term or self.filter):
            raise ValueError("nothing is asked: give a condition, an intervention, a term or a filter")
        return self


class Addresses(Settings):
    """Base addresses of the services; mirrors and proxies can stand in."""

    eutils: WebAddress = Field(
        default="https://eutils.ncbi.nlm.nih.gov/entrez/eutils", description="E-utilities (PubMed and PMC)."
    )
    trials: WebAddress = Field(
        default="https://clinicaltrials.gov/api/v2", description="ClinicalTrials.gov, API version 2."
    )


class Search(Settings):
    """What `sonospine fetch` asks the live sources; a run never does."""

    pubmed: PubMedSearch | None = Field(default=None, description="PubMed; leave it out to not search it.")
    pmc: bool = Field(
        default=True,
        description="Whether full texts of the open-access subset of PMC are fetched for PubMed records.",
    )
    trials: TrialsSearch | None = Field(
        default=None, description="ClinicalTrials.gov; leave it out to not search it."
    )
    tool: Annotated[str, Field(pattern=TOOL)] = Field(
        default="sonospine", description="Name of the tool, told to NCBI with each request."
    )
    email: str = Field(
        default="",
        description="Your address, told to NCBI with each request; empty: the environment's `NCBI_EMAIL`. An "
        "`NCBI_API_KEY` is read from the environment only.",
    )
    addresses: Addresses = Field(default=Addresses(), description="Where the services are.")

    @property
    def asked(self) -> tuple[str, ...]:
        """The sources that are asked, in the order in which they are fetched; PMC only for PubMed records."""
        chosen = {
            "pubmed": self.pubmed is not None,
            "pmc": self.pmc and self.pubmed is not None,
            "trials": self.trials is not None,
        }
        return tuple(source for source, wanted in chosen.items() if wanted)
