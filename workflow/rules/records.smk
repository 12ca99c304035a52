# Records: split the sources into shards, then parse each shard.


checkpoint import_records:
    input:
        config=CONFIG,
        sources=SOURCES,
    output:
        directory("results/import"),
    params:
        code=of_rooms("model", "config", "sources", "cli/import_records.py"),
    log:
        "logs/import_records.log",
    conda:
        "../envs/sonospine.yaml"
    shell:
        "sonospine import --config {input.config} --out {output} 2> {log}"


rule parse_records:
    input:
        "results/import/{bucket}.jsonl",
    output:
        records="results/records/{bucket}.jsonl",
        rejected="results/records/rejected/{bucket}.tsv",
    params:
        code=of_rooms("model", "sources", "cli/parse.py"),
        out="results/records",
    log:
        "logs/parse_records/{bucket}.log",
    conda:
        "../envs/sonospine.yaml"
    shell:
        "sonospine parse {input} --out {params.out} 2> {log}"


def buckets(wildcards):
    """The buckets that the checkpoint made."""
    shards = Path(checkpoints.import_records.get().output[0])
    return sorted((p.stem for p in shards.glob("*.jsonl")), key=int)


def of_every_bucket(*patterns):
    """An input function: these files of every bucket."""
    return lambda wildcards: collect(patterns, bucket=buckets(wildcards))


RECORDS = of_every_bucket("results/records/{bucket}.jsonl")
