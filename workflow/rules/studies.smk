# Studies: records that belong together, and which studies are in.


rule link_reports:
    input:
        shards="results/import",
        records=RECORDS,
        rejected=of_every_bucket("results/records/rejected/{bucket}.tsv"),
        curation=curated("links") + curated("studies"),
    output:
        records="results/studies/records.tsv",
        reports="results/studies/reports.tsv",
        links="results/studies/links.tsv",
        rejected="results/records/rejected.tsv",
    log:
        "logs/link_reports.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("link"),
    shell:
        "sonospine link --shards {input.shards} --records results/records "
        "--curation extracted/curation --out results/studies 2> {log}"


rule screen_studies:
    input:
        config=CONFIG,
        vocabulary=VOCABULARY,
        shards="results/import",
        records=RECORDS,
        linked=rules.link_reports.output,
        curation=curated("screening") + curated("studies"),
    output:
        decisions="results/screening/decisions.tsv",
        prisma="results/screening/prisma.tsv",
        studies="results/studies/studies.tsv",
    log:
        "logs/screen_studies.log",
    conda:
        "../envs/sonospine.yaml"
    params:
        code=of_command("screen"),
    shell:
        "sonospine screen --config {input.config} --shards {input.shards} --records results/records "
        "--studies results/studies --curation extracted/curation --out results/screening 2> {log}"
