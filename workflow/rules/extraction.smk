# Extraction: what each record reports, bucket by bucket. It reads records and the vocabulary, nothing else.


rule extract_measurements:
    input:
        records="results/records/{bucket}.jsonl",
        vocabulary=VOCABULARY,
    output:
        measurements="extracted/machine/measurements/{bucket}.tsv",
        alternatives="extracted/machine/alternatives/{bucket}.tsv",
        arms="extracted/machine/arms/{bucket}.tsv",
        unread="extracted/machine/unread/{bucket}.tsv",
    log:
        "logs/extract_measurements/{bucket}.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("extract"),
        config=CONFIG,
    shell:
        "sonospine extract {input.records} --config {params.config} --tables extracted/machine 2> {log}"


MACHINE = of_every_bucket(
    "extracted/machine/measurements/{bucket}.tsv",
    "extracted/machine/alternatives/{bucket}.tsv",
    "extracted/machine/arms/{bucket}.tsv",
    "extracted/machine/unread/{bucket}.tsv",
)
