# What several phases use: the buckets of the checkpoint, and what people wrote.


def buckets(wildcards):
    """The buckets that the checkpoint made."""
    shards = Path(checkpoints.import_records.get().output[0])
    return sorted((p.stem for p in shards.glob("*.jsonl")), key=int)


def of_every_bucket(*patterns):
    """An input function: these files of every bucket."""
    return lambda wildcards: collect(patterns, bucket=buckets(wildcards))


def curated(target):
    """What people wrote about a target: an input of rules and never an output."""
    return sorted(map(str, Path("extracted/curation", target).glob("*.tsv")))


RECORDS = of_every_bucket("results/records/{bucket}.jsonl")
