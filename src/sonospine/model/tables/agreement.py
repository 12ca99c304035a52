"""Agreement of two curators, field by field."""

from __future__ import annotations

from sonospine.model.schema import Column, TableSchema

AGREEMENT = TableSchema(
    "agreement",
    "results/agreement.tsv",
    "curate agreement",
    ("kind", "target_type", "field", "curator_1", "curator_2"),
    (
        Column("kind", "id", "folder of extracted/curation/", required=True),
        Column("target_type", "id", "what kind of thing", required=True),
        Column("field", "id", "the field; row: whether the row is kept or rejected", required=True),
        Column("curator_1", "id", "one curator", required=True),
        Column("curator_2", "id", "the other", required=True),
        Column(
            "n",
            "integer",
            "things on which both gave a value, or one did where the other left it empty",
            required=True,
        ),
        Column("agreed", "integer", "of these, how many agree", required=True),
        Column("percent", "number", "agreed of n", "percent"),
        Column("kappa", "number", "Cohen's kappa, of fields that are no numbers"),
        Column("kappa_lower", "number", "95 % interval"),
        Column("kappa_upper", "number", "95 % interval"),
        Column("icc", "number", "ICC(2,1), of numbers that both gave"),
        Column("icc_lower", "number", "95 % interval"),
        Column("icc_upper", "number", "95 % interval"),
        Column("icc_n", "integer", "things on which both gave a number"),
        Column("note", "text", "why a figure or an interval is missing"),
    ),
    "How far two curators agree who worked independently.",
)
