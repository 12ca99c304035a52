"""The exports of a review: each form as files, all of them together, and a zip of everything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from sonospine.exchange.metafor import metafor_files
from sonospine.exchange.results import OPTIONAL_TABLES, RESULT_TABLES, Results
from sonospine.exchange.results_json import json_files
from sonospine.exchange.revman import data_rows, data_rows_text, studies_text
from sonospine.exchange.ris import ris_files
from sonospine.exchange.ro_crate import METADATA, ro_crate
from sonospine.model.sheets import sheet_text
from sonospine.model.tables import EFFECTS, STUDIES

DATA_ROWS, STUDY_INFORMATION = "revman/data-rows.csv", "revman/study-information.csv"
README, ZIP = "README.md", "everything.zip"
_YEAR_OF_ZIP = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can hold: the same files give the same bytes."""
_TABLES = "tables"


def revman_files(results: Results) -> dict[str, bytes]:
    """Return the data rows of RevMan and its list of studies by their paths."""
    rows = data_rows(results.rows(EFFECTS), results.titles)
    return {
        DATA_ROWS: data_rows_text(rows).encode("utf-8"),
        STUDY_INFORMATION: studies_text(rows, results.rows(STUDIES)).encode("utf-8"),
    }


FORMS: Mapping[str, Callable[[Results], dict[str, bytes]]] = {
    "metafor": metafor_files,
    "revman": revman_files,
    "ris": ris_files,
    "json": json_files,
    "ro-crate": lambda results: {METADATA: ro_crate(results, {})},
}


def everything(results: Results) -> dict[str, bytes]:
    """Return the files of all forms, the tables as CSV, a README and the crate that describes them, by their paths."""
    made: dict[str, bytes] = {}
    for name, form in FORMS.items():
        if name != "ro-crate":
            made |= form(results)
    head = f"# {results.banner}\n" if results.banner else ""
    for schema in (*RESULT_TABLES, *OPTIONAL_TABLES):
        if schema.name in results.tables:
            text = head + sheet_text(schema, results.tables[schema.name])
            made[f"{_TABLES}/{schema.name}.csv"] = text.encode("utf-8")
    made[README] = _readme(results).encode("utf-8")
    made[METADATA] = ro_crate(results, made)
    return dict(sorted(made.items()))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip: sorted by name, with one fixed date and fixed rights."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _YEAR_OF_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # rights of Unix, whatever the system
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def _readme(results: Results) -> str:
    about = [results.config.title]
    if results.banner:
        about.append(f"{results.banner}.")
    return "\n\n".join([
        "# Results of a review, for other tools", *about,
        f"Made by sonospine {results.versions.get('sonospine', '')}. What each file holds, and what it cannot hold, "
        "is told in docs/exchange.md of the program.",
        "\n".join([
            "- `metafor/effects.csv`, `pools.csv`: the effects that were pooled, and the pools as printed; "
            "`Rscript metafor/reproduce.R` pools them again and stops where a figure differs",
            "- `revman/data-rows.csv`, `study-information.csv`: for RevMan",
            "- `ris/included.ris`, `excluded.ris`: the reports, with the reason in the notes",
            "- `json/results.json`: every table with the questions; its schema is `results.schema.json` beside it",
            "- `tables/*.csv`: the tables",
            "- `ro-crate-metadata.json`: what the run was made from, by what, with the hash of every file",
        ]),
    ]) + "\n"  # fmt: skip
