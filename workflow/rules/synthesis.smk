# Synthesis: effect sizes, then the pools, then how far they hold.


rule compute_effects:
    input:
        config=CONFIG,
        vocabulary=VOCABULARY,
        curated=rules.apply_corrections.output,
        reconciled=rules.reconcile_measurements.output,
        studies="results/studies/studies.tsv",
        records="results/studies/records.tsv",
        decisions="results/screening/decisions.tsv",
    output:
        "results/effects/effects.tsv",
    log:
        "logs/compute_effects.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("effects"),
    shell:
        "sonospine effects --config {input.config} --curated extracted/curated --studies results/studies "
        "--screening results/screening --out {output} 2> {log}"


rule pool_effects:
    input:
        config=CONFIG,
        effects=rules.compute_effects.output,
    output:
        pooled="results/synthesis/pooled.tsv",
        weights="results/synthesis/weights.tsv",
    log:
        "logs/pool_effects.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("pool"),
    shell:
        "sonospine pool {input.effects} --config {input.config} -o results/synthesis 2> {log}"


rule probe_robustness:
    input:
        config=CONFIG,
        vocabulary=VOCABULARY,
        effects=rules.compute_effects.output,
        pooled=rules.pool_effects.output.pooled,
        machine=MACHINE,
        curated=rules.apply_corrections.output,
        reconciled=rules.reconcile_measurements.output,
        studies="results/studies/studies.tsv",
        records="results/studies/records.tsv",
        decisions="results/screening/decisions.tsv",
        curation=curated("risk_of_bias"),
    output:
        collect(
            "results/synthesis/{table}.tsv",
            table=[
                "leave_one_out",
                "influence",
                "cumulative",
                "correlation",
                "multiverse",
                "reading",
                "subgroups",
                "regression",
                "small_study",
            ],
        ),
    log:
        "logs/probe_robustness.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("probe"),
    shell:
        "sonospine probe {input.effects} --config {input.config} --curated extracted/curated "
        "--studies results/studies --screening results/screening --machine extracted/machine "
        "--curation extracted/curation --pooled {input.pooled} -o results/synthesis 2> {log}"
