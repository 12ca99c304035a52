"""Records, reports and studies: written by import, parse, link and screen."""

from __future__ import annotations

from sonospine.model.record import KINDS, SOURCES, STATUSES
from sonospine.model.schema import BOOL, Column, TableSchema

REJECTED = TableSchema(
    "rejected",
    "results/records/rejected.tsv",
    "import, parse",
    ("file",),
    (
        Column("file", "text", "the file, or the file and the ordinal of the entry in it", required=True),
        Column("reason", "text", "why it could not be read", required=True),
    ),
    "Files and entries that could not be read, each with one reason.",
)

RECORDS = TableSchema(
    "records",
    "results/studies/records.tsv",
    "link",
    ("record_id",),
    (
        Column("record_id", "id", "one entry of one source", required=True),
        Column("source", "text", "where it came from", allowed=SOURCES, required=True),
        Column("search", "id", "the search that found it (searches.tsv)"),
        Column("report_id", "id", "the report it belongs to", required=True),
        Column("study_id", "id", "the study it belongs to", required=True),
        Column("title", "text", "title as given"),
        Column("year", "integer", "year of publication or registration"),
        Column("journal", "text", "journal, registry or site"),
        Column("authors", "list", "authors as given, separated by ;"),
        Column("doi", "text", "DOI in lower case"),
        Column("pmid", "text", "PubMed id"),
        Column("pmcid", "text", "PMC id"),
        Column("nct", "list", "own registrations, separated by ;"),
        Column("language", "text", "ISO 639-2 code, as PubMed gives it"),
        Column("types", "list", "publication types, separated by ;"),
        Column("status", "text", "editorial status", allowed=STATUSES, required=True),
        Column("first_seen", "date", "date of the snapshot in which it came first"),
        Column("full_text", "boolean", "whether the full text is at hand", allowed=BOOL, required=True),
        Column("licence", "text", "licence as stated"),
        Column("sha256", "text", "hash of the raw record", required=True),
    ),
    "Every record with the report and the study it belongs to.",
)

REPORTS = TableSchema(
    "reports",
    "results/studies/reports.tsv",
    "link",
    ("report_id",),
    (
        Column("report_id", "id", "one article or registration", required=True),
        Column("study_id", "id", "the study it belongs to", required=True),
        Column("kind", "text", "what it is", allowed=KINDS, required=True),
        Column("best_record_id", "id", "the record with the most text", required=True),
    ),
    "Reports: articles and registrations.",
)

STUDIES = TableSchema(
    "studies",
    "results/studies/studies.tsv",
    "screen",
    ("study_id",),
    (
        Column("study_id", "id", "one investigation with all its reports", required=True),
        Column("label", "text", "first author or short title, and year; unique", required=True),
        Column("year", "integer", "year of the earliest article, else of the registration"),
        Column("design", "text", "design, from the vocabulary"),
        Column("condition", "text", "condition, from the vocabulary"),
        Column("region", "text", "region of the body, from the vocabulary"),
        Column("procedure", "list", "procedures, from the vocabulary, separated by ;"),
        Column("guidance", "list", "kinds of guidance, from the vocabulary, separated by ;"),
        Column("country", "text", "country where stated"),
        Column("registration", "list", "registration ids, separated by ;"),
        Column("status", "text", "status of the registration"),
        Column(
            "n_randomised",
            "integer",
            "participants randomised or enrolled, where the registry or text says so",
            "participants",
        ),
    ),
    "Studies as screened.",
)

LINKS = TableSchema(
    "links",
    "results/studies/links.tsv",
    "link",
    ("from_id", "to_id", "relation"),
    (
        Column("from_id", "id", "record", required=True),
        Column("to_id", "id", "record, or an identifier outside the corpus", required=True),
        Column(
            "relation",
            "text",
            "what joins them",
            allowed=(
                "same_report",
                "same_study",
                "companion",
                "registration",
                "duplicate",
                "cites",
                "retraction_of",
                "corrects",
                "concern_about",
                "apart",
            ),
            required=True,
        ),
        Column("evidence", "text", "why: the shared id, or the likeness of title and authors", required=True),
        Column("score", "number", "1 for an identifier, else the likeness from 0 to 1", "proportion"),
    ),
    "Links between records with their evidence; nothing is deleted.",
)

SEARCHES = TableSchema(
    "searches",
    "results/import/searches.tsv",
    "import",
    ("search",),
    (
        Column(
            "search", "id", "`pubmed pmc trials corpus`, or `file:` and the name of the file", required=True
        ),
        Column(
            "kind",
            "text",
            "what it is: a database or a register that was searched, full texts of records found elsewhere, a corpus "
            "that comes with the project, or files without a search",
            allowed=("database", "register", "full_text", "corpus", "other"),
            required=True,
        ),
        Column("database", "text", "name of the database"),
        Column("platform", "text", "platform through which it was searched"),
        Column("address", "text", "address of the service, or path of the file"),
        Column("searched", "date", "date of the (last) search"),
        Column("query", "text", "the query as written in the configuration"),
        Column("sent", "text", "queries as sent, with counts: a JSON list"),
        Column("limits", "list", "limits in words, separated by ;"),
        Column("warnings", "list", "what the source said of the query, separated by ;"),
        Column("reported", "integer", "records that the source reported", "records"),
        Column("fetched", "integer", "different records that came", "records"),
        Column("entries", "integer", "entries that were read from the files", "records", required=True),
        Column("kept", "integer", "entries kept as records", "records", required=True),
        Column(
            "repeated",
            "integer",
            "entries passed over: the same entry came from here or before",
            "records",
            required=True,
        ),
        Column(
            "superseded",
            "integer",
            "what earlier snapshots hold of the same records",
            "records",
            required=True,
        ),
        Column("rejected", "integer", "entries that could not be read", "records", required=True),
        Column("snapshot", "text", "snapshot"),
        Column("base", "text", "snapshot of which it is an update"),
        Column("new", "integer", "records that are new since that one", "records"),
        Column("revised", "integer", "records revised since", "records"),
        Column(
            "retracted",
            "integer",
            "records retracted since, or put under an expression of concern",
            "records",
        ),
        Column("withdrawn", "integer", "records that the source or the query no longer gives", "records"),
        Column("versions", "text", "versions of the programs that fetched, as JSON"),
    ),
    "One row for each search, as PRISMA-S wants it documented; entries = kept + repeated + superseded + rejected.",
)

CHANGES = TableSchema(
    "changes",
    "resources/snapshots/<name>/<source>/changes.tsv",
    "fetch --update (import copies those of the configured snapshot to results/import/changes.tsv)",
    ("record_id",),
    (
        Column("record_id", "id", "the record", required=True),
        Column(
            "change",
            "text",
            "what happened since the base snapshot: `withdrawn`, the source no longer holds it; `not_found`, it does, "
            "but the query no longer finds it",
            allowed=("new", "revised", "retracted", "concern", "withdrawn", "not_found"),
            required=True,
        ),
        Column("title", "text", "title as it is now, else as it was"),
        Column("before", "text", "hash of the raw record in the base snapshot"),
        Column("after", "text", "hash of the raw record in this snapshot"),
    ),
    "What an update of a snapshot brought.",
)

FULL_TEXT_STATES = ("fetched", "not_in_pmc", "not_open_access", "no_full_text", "missing")

FULL_TEXTS = TableSchema(
    "full_texts",
    "resources/snapshots/<name>/pmc/articles.tsv",
    "fetch",
    ("pmid",),
    (
        Column("pmid", "integer", "the PubMed record", required=True),
        Column("pmcid", "id", "its article in PMC; empty: PMC does not hold it"),
        Column(
            "state",
            "text",
            "what became of its full text: `fetched`; `not_in_pmc`; `not_open_access`, PMC holds it, but not for "
            "download; `no_full_text`, it came without a body; `missing`, it was asked for and did not come",
            allowed=FULL_TEXT_STATES,
            required=True,
        ),
        Column("licence", "text", "licence as the article states it: its address, else its words"),
        Column("snapshot", "text", "snapshot that holds the article: this one, or one that it updates"),
        Column("file", "text", "file of that snapshot with the article"),
    ),
    "One row for each PubMed record of the snapshot and those it updates: whether its full text could be had.",
)
