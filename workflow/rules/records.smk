# Records: split the snapshot and the other sources into shards, then parse each shard.


checkpoint import_records:
    input:
        config=CONFIG,
        sources=SOURCES,
        snapshot=of_snapshot,
    output:
        directory("results/import"),
    log:
        "logs/import_records.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("import_records"),
    shell:
        "sonospine import --config {input.config} --out {output} 2> {log}"


rule parse_records:
    input:
        "results/import/{bucket}.jsonl",
    output:
        records="results/records/{bucket}.jsonl",
        rejected="results/records/rejected/{bucket}.tsv",
    log:
        "logs/parse_records/{bucket}.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("parse"),
    shell:
        "sonospine parse {input} --out results/records 2> {log}"
