# Curation: replay what people corrected, then decide which row stands for each result.
# extracted/curation/ is input only: no rule has it, or a folder above it, as output.


rule apply_corrections:
    input:
        shards="results/import",
        records=RECORDS,
        machine=MACHINE,
        linked="results/studies/records.tsv",
        curation=curated("corrections"),
    output:
        corrected="extracted/curated/corrected.tsv",
        arms="extracted/curated/arms.tsv",
        timepoints="extracted/curated/timepoints.tsv",
        log="extracted/curated/log.tsv",
    log:
        "logs/apply_corrections.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("correct"),
    shell:
        "sonospine correct --shards {input.shards} --records results/records --studies results/studies "
        "--machine extracted/machine --curation extracted/curation --out extracted/curated 2> {log}"


rule reconcile_measurements:
    input:
        config=CONFIG,
        vocabulary=VOCABULARY,
        corrected=rules.apply_corrections.output,
        studies="results/studies/studies.tsv",
    output:
        measurements="extracted/curated/measurements.tsv",
        conflicts="extracted/curated/conflicts.tsv",
    log:
        "logs/reconcile_measurements.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("reconcile"),
    shell:
        "sonospine reconcile --config {input.config} --curated extracted/curated --studies results/studies 2> {log}"
