"""Run the measurements, each in a process of its own, and write their tables into docs/benchmarks.md.

    python benchmarks/run.py [statistics] [speed] [fetching] [deduplication] [curation_log]

Without a name all are run. Real records are looked for in SONOSPINE_TEST_DATA, by default ../shared/data.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from deduplication_page import deduplication_section

from sonospine.evaluation.generated_section import replace_section, table
from sonospine.evaluation.version import code_version

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
PAGE = PROJECT / "docs" / "benchmarks.md"
KINDS = ("statistics", "speed", "fetching", "deduplication", "curation_log")
Figures = dict[str, Any]
# What each reads of a record, from the code of pubmed_parser 0.5.1 and Biopython 1.88 as called here.
PARSED = """PubMed XML: all on the same gzip files (pubmed_parser opens no other), in turns, seconds of the processor.

| of a record | sonospine | pubmed_parser | Bio.Entrez.read |
| --- | --- | --- | --- |
| title, abstract, authors, journal, year, volume, pages, DOI, types, language, keywords, MeSH headings | yes | yes | as nested lists and dictionaries |
| title where only the vernacular one is real; superscripts and formulas as text that can be searched | yes | no | no |
| sections of the abstract, each with an address and a role; labels that are only printed | yes | joined to one text | labels of the markup |
| abstracts in other languages; licence line; group authors; PMCID; books and chapters | yes | no | yes |
| own and cited trial registrations | yes | no | numbers of data banks |
| retraction, concern, correction, update: status and linked articles | yes | no | links, no status |
| DOIs of the references | yes | no (PubMed ids) | yes |
| SHA-256 of the entry; one broken entry or file told with its reason | yes | no | no |
| affiliations, grants, chemicals, issue, ISSN, country | no | yes | yes |"""


def main() -> None:
    wanted = sys.argv[1:] or [*KINDS]
    if unknown := set(wanted) - set(KINDS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; allowed: {', '.join(KINDS)}")
    if "statistics" in wanted:
        replace_section(PAGE, "statistics", statistics_section(measured("statistics_against_metafor.py")))
    if "speed" in wanted:
        replace_section(PAGE, "benchmarks", speed_section())
    if "fetching" in wanted:
        replace_section(PAGE, "fetching", fetching_section(measured("fetching.py")))
    if "deduplication" in wanted:
        figures = measured("deduplication.py", str(data_folder()))
        replace_section(PAGE, "deduplication", deduplication_section(figures, code_version(PROJECT)))
    if "curation_log" in wanted:
        replace_section(PAGE, "curation-log", curation_log_section(measured("curation_log.py")))
    print(f"written to {PAGE}")


def data_folder() -> Path:
    return (PROJECT / os.environ.get("SONOSPINE_TEST_DATA", "../shared/data")).resolve()


def measured(script: str, *arguments: str) -> Figures:
    print(f"benchmarks/{script} ...", flush=True)
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"benchmarks/{script} failed:\n{done.stderr[-4000:]}")
    figures: Figures = json.loads(done.stdout)
    return figures


def curation_log_section(found: Figures) -> str:
    cases = {name: entry for name, entry in found.items() if isinstance(entry, dict)}
    rows = [
        (
            name,
            *(f"{entry[key]:,}" for key in ("written", "lost", "torn", "disordered")),
            f"{entry['seconds']:.1f}",
            f"{entry['written'] / entry['seconds']:,.0f}",
            *(f"{1000 * entry[key]:.1f}" for key in ("median", "most", "longest")),
            f"{entry['reading']:.1f}",
        )
        for name, entry in cases.items()
    ]
    columns = (
        "lines",
        "lost",
        "torn",
        "out of order",
        "seconds",
        "lines/s",
        "median ms",
        "99 % within ms",
        "longest ms",
    )
    return "\n\n".join(
        (
            f"Written by `python benchmarks/run.py curation_log` ({code_version(PROJECT)}; {os.cpu_count()} cores, load of "
            f"the machine {os.getloadavg()[0]:.1f}): two processes write at once, each line a write of its own that is on "
            "the disk when it returns. Milliseconds are of one line, with the wait for the other process.",
            table(("two processes", *columns, "s to read back"), rows),
            f"A line has {found['bytes']:,} bytes; a plain write of so many with `fsync` takes "
            f"{1000 * found['plain']:.1f} ms on the same disk.",
        )
    )


def statistics_section(found: Figures) -> str:
    rows, exceptions = (
        [
            (
                name,
                f"{entry['count']:,}",
                f"{entry['worst']:.1e}",
                f"{entry['worst_share']:.1e}",
                entry["where"],
            )
            for name, entry in found[part].items()
        ]
        for part in ("kinds", "exceptions")
    )
    columns = "compared", "worst difference", "share of what is allowed", "where"
    return "\n\n".join(
        (
            f"Written by `python benchmarks/run.py statistics` ({code_version(PROJECT)}): {found['within']:,} figures "
            f"agree with metafor {found['metafor']} and what stands beside it, {found['beyond']:,} do not.",
            table(("figure", *columns), rows),
            "Beyond tolerance, each for a known cause:",
            table(("cause", *columns), exceptions),
        )
    )


def speed_section() -> str:
    load = os.getloadavg()[0]
    data = data_folder()
    run, pools = measured("pipeline.py"), measured("pooling.py")
    rows = [
        ("whole run of the embedded corpus", f"{run['full_seconds']:.1f} s", "", ""),
        ("run with nothing to do", f"{run['nothing_seconds']:.1f} s", "", ""),
        ("`sonospine --help` (median of 9)", f"{run['help_seconds']:.3f} s", "", ""),
        *pooling_rows(pools),
        multiverse_row(measured("multiverse.py")),
    ]
    memory = f"The largest process of the whole run took {run['peak_mb']:.0f} MB."
    note = "Real records are not here: reading was not measured."
    if data.exists():
        read, parsed = measured("reading.py", str(data)), measured("pubmed.py", str(data))
        rows += parsing_rows(parsed) + reading_rows(read)
        note = f"Reading without start-up, one core; its process took at most {read['peak_mb']:.0f} MB.\n\n{PARSED}"
    head = (
        f"Written by `python benchmarks/run.py speed` ({code_version(PROJECT)}) on {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}. Load before it began: {load:.1f} (other work on the "
        "machine makes every time below longer; ratios suffer less)."
    )
    return "\n\n".join((head, table(("what", "sonospine", "peer", "ratio"), rows), f"{memory} {note}"))


def pooling_rows(found: Figures) -> list[tuple[str, ...]]:
    what = f"REML pools with all intervals ({found['sets']:,} sets, {found['seconds']:.2f} s)"
    ours, theirs = found["pools_per_second"], found["metafor_per_second"]
    beside = "R with metafor is not here" if theirs is None else f"metafor in a loop: {theirs:.0f}/s"
    return [
        (what, f"{ours:,.0f}/s", beside, "" if theirs is None else f"{ours / theirs:.0f}"),
        ("one pool of 100,000 effects", f"{found['seconds_for_k_100000']:.3f} s", "", ""),
    ]


def multiverse_row(found: Figures) -> tuple[str, ...]:
    what = (
        f"multiverse of {found['specifications']:,} specifications ({found['rows']:,} rows; "
        f"{found['checked']} refitted one by one, worst difference {found['worst_against_single_fit']:.0e})"
    )
    return what, f"{found['seconds']:.1f} s", "", ""


def parsing_rows(found: dict[str, Figures]) -> list[tuple[str, ...]]:
    rows = []
    for kind, one in found.items():
        records = f"({one['records']:,} {kind.replace('_', ' ')}, {one['kilobytes']:.0f} KB each)"
        ours, by_entries = one["ours_per_second"], one["by_entries_per_second"]
        rows += [
            (
                f"PubMed XML to records {records}",
                f"{ours:.0f}/s",
                f"{name}: {speed:.0f}/s",
                f"{ours / speed:.2f}",
            )
            for name, speed in (
                ("pubmed_parser", one["pubmed_parser_per_second"]),
                ("Bio.Entrez.read", one["entrez_per_second"]),
                ("lxml, which cuts and hashes and reads nothing", one["floor_per_second"]),
            )
        ]
        rows.append(
            (f"the same by raw records, as import and parse do {records}", f"{by_entries:.0f}/s", "", "")
        )
    return rows


def reading_rows(found: Figures) -> list[tuple[str, ...]]:
    return [
        (f"JATS full texts parsed ({found['articles']})", f"{found['jats_per_second']:.1f}/s", "", ""),
        (f"results read from full texts ({found['articles']})", f"{found['articles_per_second']:.1f}/s", "", ""),
        (f"results read from abstracts ({found['abstracts']})", f"{found['abstracts_per_second']:.0f}/s", "", ""),
    ]  # fmt: skip


def fetching_section(found: Figures) -> str:
    rows = [
        fetching_row(f"{found['records']:,} records", found["good"]),
        fetching_row(
            f"{found['records']:,} records, {found['faulty_share']:.0%} of the answers faulty",
            found["faulty"],
        ),
        fetching_row(f"{found['sliced_records']:,} records (sliced by date and id)", found["sliced"]),
    ]
    most = max(found[kind]["sonospine"]["most_a_second"] for kind in ("good", "faulty", "sliced"))
    header = (
        "search", "records/s", "plain loop: records/s", "ratio", "records that came", "plain loop", "requests",
        "plain loop", "largest process", "plain loop",
    )  # fmt: skip
    return "\n\n".join(
        (
            f"Written by `python benchmarks/run.py fetching` ({code_version(PROJECT)}), from the stand-in of the tests "
            f"with a key: never more than {most} requests in any one second at the server (10 are allowed). The plain "
            "loop is a script on httpx with the history server, the same batches and the same rate that checks no "
            "answer. Both start as processes of their own.",
            table(header, rows),
            "What costs time beside the rate: each batch is checked against the ids of the search, packed and hashed; "
            "a search of more than 9,999 hits is first divided (searches that only count); a faulty answer is asked "
            "for again after a pause.",
        )
    )


def fetching_row(what: str, found: Figures) -> tuple[str, ...]:
    ours, theirs = found["sonospine"], found["peer"]
    speeds = [one["records"] / one["seconds"] for one in (ours, theirs)]
    ended = "" if theirs["status"] == 0 else ", then it crashed"
    return (
        what, f"{speeds[0]:.0f}", f"{speeds[1]:.0f}", f"{speeds[0] / speeds[1]:.2f}" if speeds[1] else "",
        f"{ours['records']:,}", f"{theirs['records']:,}{ended}", f"{ours['requests']}", f"{theirs['requests']}",
        f"{ours['peak_mb']:.0f} MB", f"{theirs['peak_mb']:.0f} MB",
    )  # fmt: skip


if __name__ == "__main__":
    main()
