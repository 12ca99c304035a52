# What several phases use: the snapshot, the buckets of the checkpoint, and what people wrote.


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


def of_snapshot(wildcards):
    """The files of the snapshot that the configuration names; none where it names none."""
    try:
        return list(map(str, SNAPSHOT.files())) if SNAPSHOT else []
    except InputError as error:
        raise WorkflowError(str(error)) from None


def receipts(wildcards):
    """What `snakemake fetch` makes: a receipt for each source that the configuration asks."""
    if not SNAPSHOT:
        raise WorkflowError(
            f"{CONFIG}, sources.snapshot: nothing is named; give the snapshot that is to be fetched a name, "
            "such as the date of the search"
        )
    if not SNAPSHOT.wanted:
        raise WorkflowError(
            f"{CONFIG}, search: nothing is asked; give it pubmed or trials"
        )
    return collect(
        "results/fetched/{snapshot}/{source}.done",
        snapshot=SNAPSHOT.name,
        source=SNAPSHOT.wanted,
    )


RECORDS = of_every_bucket("results/records/{bucket}.jsonl")
EVERY_CURATION = sorted(map(str, Path("extracted/curation").glob("*/*.tsv")))
WORKFLOW = [
    *map(str, Path().glob("Snakefile")),
    *sorted(map(str, Path("workflow/rules").glob("*.smk"))),
]
