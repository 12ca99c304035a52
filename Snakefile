# The table of contents: configuration, phases, and what `snakemake` builds when nothing is named.
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from sonospine.cli.import_records import snapshot_path, source_paths
from sonospine.cli.inputs import review_of
from sonospine.model.errors import InputError
from sonospine.model.fingerprint import of_command
from sonospine.sources.listing import source_files

min_version("9.20")

CONFIG = "config/config.yaml"
try:
    review, _ = review_of(Path(CONFIG))
    SOURCES = [str(path) for path in source_files(source_paths(review, Path(CONFIG)))]
    SNAPSHOT = snapshot_path(review, Path(CONFIG))
except InputError as error:
    raise WorkflowError(str(error)) from None
VOCABULARY = sorted(map(str, Path(review.vocabulary).glob("*.yaml")))
FORMATS = ["svg", "pdf", "png"]


wildcard_constraints:
    bucket=r"\d+",
    snapshot=r"[A-Za-z0-9][A-Za-z0-9._-]*",


include: "workflow/rules/common.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/studies.smk"
include: "workflow/rules/extraction.smk"
include: "workflow/rules/curation.smk"
include: "workflow/rules/synthesis.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        "results/report",
        "results/records/rejected.tsv",
        "results/screening/prisma.tsv",
        "extracted/curated/conflicts.tsv",
        "extracted/curated/log.tsv",
        rules.probe_robustness.output,
        collect(
            "results/figures/{analysis.id}.{format}",
            analysis=review.analyses,
            format=FORMATS,
        ),
