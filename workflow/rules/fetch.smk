# Fetching: the only rules that reach the network. `snakemake fetch` runs them; `rule all` never depends on them.
# Their outputs are receipts: Snakemake deletes outputs before a job, and a dated search can't be fetched again. A
# snapshot that is complete is left alone, so a receipt that was cleaned away costs nothing.


localrules:
    fetch,
    fetch_pubmed,
    fetch_pmc,
    fetch_trials,


rule fetch:
    input:
        receipts,


rule fetch_pubmed:
    input:
        config=CONFIG,
    output:
        touch("results/fetched/{snapshot}/pubmed.done"),
    log:
        "logs/fetch_pubmed/{snapshot}.log",
    conda:
        "../envs/sonospine.yaml"
    shell:
        "sonospine fetch pubmed --config {input.config} --name {wildcards.snapshot} 2> {log}"


rule fetch_pmc:
    input:
        config=CONFIG,
        pubmed="results/fetched/{snapshot}/pubmed.done",
    output:
        touch("results/fetched/{snapshot}/pmc.done"),
    log:
        "logs/fetch_pmc/{snapshot}.log",
    conda:
        "../envs/sonospine.yaml"
    shell:
        "sonospine fetch pmc --config {input.config} --name {wildcards.snapshot} 2> {log}"


rule fetch_trials:
    input:
        config=CONFIG,
    output:
        touch("results/fetched/{snapshot}/trials.done"),
    log:
        "logs/fetch_trials/{snapshot}.log",
    conda:
        "../envs/sonospine.yaml"
    shell:
        "sonospine fetch trials --config {input.config} --name {wildcards.snapshot} 2> {log}"
