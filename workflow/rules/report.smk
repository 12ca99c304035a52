# Report: the figures, and the pages on which each number can be followed to where it was read.


rule draw_figures:
    input:
        config=CONFIG,
        effects=rules.compute_effects.output,
        synthesis=rules.pool_effects.output,
        reconciled=rules.reconcile_measurements.output,
        studies="results/studies/studies.tsv",
        records="results/studies/records.tsv",
    output:
        collect(
            "results/figures/{analysis.id}.{format}",
            analysis=review.analyses,
            format=FORMATS,
        ),
    log:
        "logs/draw_figures.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("draw"),
    shell:
        "sonospine draw --config {input.config} --effects {input.effects} --synthesis results/synthesis "
        "--studies results/studies --curated extracted/curated --out results/figures 2> {log}"


rule measure_agreement:
    input:
        config=CONFIG,
        vocabulary=VOCABULARY,
        shards="results/import",
        records=RECORDS,
        machine=MACHINE,
        linked=rules.link_reports.output,
        screened=rules.screen_studies.output,
        curation=EVERY_CURATION,
    output:
        "results/agreement.tsv",
    log:
        "logs/measure_agreement.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("curate_agreement"),
    shell:
        "sonospine curate agreement --config {input.config} -o {output} 2> {log}"


rule export_results:
    input:
        config=CONFIG,
        vocabulary=VOCABULARY,
        sources=SOURCES,
        snapshot=of_snapshot,
        shards="results/import",
        curation=EVERY_CURATION,
        workflow=WORKFLOW,
        linked=rules.link_reports.output,
        screened=rules.screen_studies.output,
        curated=rules.apply_corrections.output,
        reconciled=rules.reconcile_measurements.output,
        effects=rules.compute_effects.output,
        synthesis=rules.pool_effects.output,
        probed=rules.probe_robustness.output,
        agreement=rules.measure_agreement.output,
    output:
        directory("results/exports"),
    log:
        "logs/export_results.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("export"),
    shell:
        "sonospine export --config {input.config} --out {output} 2> {log}"


rule write_report:
    input:
        config=CONFIG,
        shards="results/import",
        records=RECORDS,
        rejected="results/records/rejected.tsv",
        linked=rules.link_reports.output,
        screened=rules.screen_studies.output,
        machine=MACHINE,
        vocabulary=VOCABULARY,
        curation=EVERY_CURATION,
        curated=rules.apply_corrections.output,
        reconciled=rules.reconcile_measurements.output,
        effects=rules.compute_effects.output,
        synthesis=rules.pool_effects.output,
        probed=rules.probe_robustness.output,
        agreement=rules.measure_agreement.output,
        exports=rules.export_results.output,
        figures=rules.draw_figures.output,
        protocol=sorted(map(str, Path("releases").glob("protocol.tsv"))),
    output:
        directory("results/report"),
    log:
        "logs/write_report.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("report"),
    shell:
        "sonospine report --config {input.config} --out {output} 2> {log}"
