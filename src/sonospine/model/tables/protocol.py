"""The protocol: what was frozen and when, and where the configuration has left it."""

from __future__ import annotations

from sonospine.model.schema import Column, TableSchema

PROTOCOL = TableSchema(
    "protocol",
    "releases/protocol.tsv",
    "freeze",
    ("number",),
    (
        Column("number", "integer", "1 is the protocol; each later line is an amendment", required=True),
        Column("date", "date", "when it was frozen", required=True),
        Column("registration", "text", "where the protocol is registered, as given"),
        Column("reason", "text", "why it was amended; empty for the protocol itself"),
        Column("version", "text", "version of the program", required=True),
        Column("config_sha256", "id", "SHA-256 of the column configuration", required=True),
        Column("vocabulary_sha256", "id", "SHA-256 of the column vocabulary", required=True),
        Column("configuration", "json", "every setting, defaults filled in", required=True),
        Column("vocabulary", "json", "SHA-256 of each file of the vocabulary", required=True),
    ),
    "The protocol and its amendments; lines are added and never changed.",
    logged=True,
)

DEVIATIONS = TableSchema(
    "deviations",
    "results/report/tables/deviations.tsv",
    "report",
    ("path",),
    (
        Column("path", "text", "setting of the configuration, or file of the vocabulary", required=True),
        Column("frozen", "text", "its value in the protocol; empty where it did not exist"),
        Column("now", "text", "its value now; empty where it does not exist"),
        Column("since", "date", "date of the amendment from which on it stands so; empty: not amended"),
        Column("after", "date", "date of the last freeze that held another value", required=True),
        Column("reason", "text", "reason of that amendment"),
    ),
    "Where the configuration has left the protocol, setting by setting.",
)
