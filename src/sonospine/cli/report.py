"""``sonospine report``: the pages on which every pooled number can be followed to where it was read."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.import_tables import changes_of, searches_of
from sonospine.cli.outputs import folder_to_replace

if TYPE_CHECKING:
    from sonospine.model.table_io import Row
    from sonospine.report.review import Review

log = logging.getLogger(__name__)

TOP = (
    *("index.html", "search.html", "search.md", "methods.html", "methods.md", "prisma.html"),
    *("style.css", "studies", "tables", "figures", "exports"),
)


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="FOLDER", help="Folder of the report; it is replaced as a whole."
        ),
    ],
    root: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder with results/, extracted/ and releases/.")
    ] = Path(),
) -> None:
    """Write index.html, the methods, the checklist, the documentation of the search, a page for each study, the tables to download and the figures."""
    from sonospine.report.folder import write_folder

    folder_to_replace(out, lambda name: name in TOP)
    content = report_content(config, root)
    write_folder(out, content)
    typer.echo(f"{len(content)} files written to {out}", err=True)


def report_content(config: Path, root: Path) -> dict[str, bytes]:
    """Return every file of the report by its path in the report's folder."""
    from sonospine.report.pages import report_files

    return report_files(_review(config, root))


def _review(config: Path, root: Path) -> Review:
    from sonospine.cli.inputs import vocabulary_folder
    from sonospine.config.loading import load_config
    from sonospine.config.protocol import deviations, read_protocol, vocabulary_hashes
    from sonospine.model import tables
    from sonospine.model.buckets import bucket_files
    from sonospine.model.curation import curation_files
    from sonospine.model.grade import fault_of_grade_line, grades
    from sonospine.model.record import Record, read_records
    from sonospine.model.risk_of_bias import fault_of_risk_line, risks_of_bias
    from sonospine.model.schema import TableSchema
    from sonospine.model.table_io import read_table
    from sonospine.model.version import SOFTWARE, VERSION, versions_of
    from sonospine.model.votes import read_votes
    from sonospine.report.downloads import EXPORTS, OPTIONAL
    from sonospine.report.review import Review

    settings = load_config(config)
    results, extracted = root / "results", root / "extracted"
    shards, curated = results / "import", extracted / "curated"

    def rows(path: Path, schema: TableSchema) -> list[Row]:
        return read_table(path, schema, validate=False)  # what wrote it has checked it

    def in_buckets(kind: str, schema: TableSchema) -> list[Row]:
        files = bucket_files(shards, extracted / "machine" / kind, ".tsv")
        return [row for path in files for row in rows(path, schema)]

    parsed: dict[str, Record] = {
        record.record_id: record
        for path in bucket_files(shards, results / "records", ".jsonl")
        for record in read_records(path)
    }
    protocol = read_protocol(root / "releases/protocol.tsv")
    reading, small_study = (results / f"synthesis/{name}.tsv" for name in ("reading", "small_study"))
    agreement = results / "agreement.tsv"
    written = extracted / "curation"
    corrections = curation_files(written / "corrections")
    risks, idle = risks_of_bias(read_votes(written / "risk_of_bias", fault_of_risk_line))
    certainties, more = grades(read_votes(written / "grade", fault_of_grade_line))
    analyses = {analysis.id for analysis in settings.analyses}
    studies = rows(results / "studies/studies.tsv", tables.STUDIES)
    known = {row["study_id"] for row in studies}
    nowhere = [
        f"risk of bias of {name}: no such study" for name, one in risks.items() if one.study_id not in known
    ]
    nowhere += [f"certainty of {name}: no such analysis" for name in certainties if name not in analyses]
    for line in (*idle, *more, *nowhere):
        log.warning("curation: %s", line)
    return Review(
        config=settings,
        parsed=parsed,
        records=rows(results / "studies/records.tsv", tables.RECORDS),
        reports=rows(results / "studies/reports.tsv", tables.REPORTS),
        links=rows(results / "studies/links.tsv", tables.LINKS),
        studies=studies,
        decisions=rows(results / "screening/decisions.tsv", tables.DECISIONS),
        prisma=rows(results / "screening/prisma.tsv", tables.PRISMA),
        rejected=rows(results / "records/rejected.tsv", tables.REJECTED),
        unread=in_buckets("unread", tables.UNREAD),
        machine=in_buckets("measurements", tables.MEASUREMENTS),
        measurements=rows(curated / "measurements.tsv", tables.RECONCILED),
        arms=rows(curated / "arms.tsv", tables.ARMS),
        conflicts=rows(curated / "conflicts.tsv", tables.CONFLICTS),
        log=rows(curated / "log.tsv", tables.CORRECTION_LOG),
        actions=[row for path in corrections for row in read_table(path, tables.CURATION)],
        effects=rows(results / "effects/effects.tsv", tables.EFFECTS),
        pooled=rows(results / "synthesis/pooled.tsv", tables.POOLED),
        weights=rows(results / "synthesis/weights.tsv", tables.WEIGHTS),
        reading=rows(reading, tables.READING) if reading.exists() else (),
        small_study=rows(small_study, tables.SMALL_STUDY) if small_study.exists() else (),
        agreement=rows(agreement, tables.AGREEMENT) if agreement.exists() else (),
        optional={
            schema.name: rows(root / schema.path, schema)
            for schema in OPTIONAL
            if (root / schema.path).exists()
        },
        exports={
            name: (results / "exports" / name).read_bytes()
            for name in EXPORTS
            if (results / "exports" / name).exists()
        },
        searches=searches_of(shards),
        changes=changes_of(shards),
        protocol=protocol,
        deviations=deviations(settings, vocabulary_hashes(vocabulary_folder(settings, config)), protocol),
        risks=risks,
        grades=certainties,
        figures={
            analysis.id: {
                name: (results / "figures" / f"{analysis.id}.{name}").read_bytes()
                for name in ("svg", "pdf", "png")
                if (results / "figures" / f"{analysis.id}.{name}").exists()
            }
            for analysis in settings.analyses
        },
        version=VERSION,
        software=versions_of(SOFTWARE),
    )
