"""How fast and how completely a search is fetched, from the stand-in of the tests, against a plain loop.

    python benchmarks/fetching.py

The peer is what a script does that somebody writes in ten minutes: httpx, history server, batches of the same size, a
pause that keeps the same rate, no check of the answers. Both are processes of their own, start-up included. Prints
JSON.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests"))

from stand_in.factory import Library  # noqa: E402 - it lies with the tests
from stand_in.misbehaviour import FAULTS, Misbehaviour  # noqa: E402
from stand_in.server import KEY, StandIn  # noqa: E402

SONOSPINE = Path(sys.executable).parent / "sonospine"
ONE_SEARCH, SLICED = 9_900, 25_000
"""Records of a search that fits into one list of ids, and of one that must be sliced."""
FAULTY = 0.2
QUERY = "ultrasonography[mh] AND injection[tiab] AND pain[tiab]"
Figures = dict[str, Any]

PEER = """
import pathlib, re, sys, time
import httpx
address, query, key, folder = sys.argv[1:]
who = {"db": "pubmed", "tool": "loop", "email": "loop@example.org", "api_key": key}
with httpx.Client(timeout=60) as client:
    found = client.post(f"{address}/esearch.fcgi", data={**who, "term": query, "usehistory": "y", "retmax": "0"}).text
    count = int(re.search(r"<Count>(\\d+)", found)[1])
    history = {"WebEnv": re.search(r"<WebEnv>(.+?)<", found)[1], "query_key": re.search(r"<QueryKey>(.+?)<", found)[1]}
    for start in range(0, count, 250):
        time.sleep(0.1)
        fields = {**who, **history, "retmode": "xml", "retstart": str(start), "retmax": "250"}
        answer = client.post(f"{address}/efetch.fcgi", data=fields)
        pathlib.Path(folder, f"{start:06}.xml").write_bytes(answer.content)
"""


def main() -> None:
    figures = {
        "records": ONE_SEARCH,
        "good": both(ONE_SEARCH, 0.0),
        "faulty_share": FAULTY,
        "faulty": both(ONE_SEARCH, FAULTY),
        "sliced_records": SLICED,
        "sliced": both(SLICED, 0.0),
    }
    print(json.dumps(figures))


def both(records: int, share: float) -> dict[str, Figures]:
    """Fetch the same library in both ways."""
    library = Library.seeded(records, seed=records, same_day=records // 2)
    return {"sonospine": sonospine(library, share), "peer": peer(library, share)}


def _service(library: Library, share: float) -> StandIn:
    # A time-out costs what is waited for; it says nothing about a client.
    kinds = [kind for kind in FAULTS if kind != "timeout"]
    return StandIn(library, faults=Misbehaviour(kinds, share, seed=1) if share else None)


def sonospine(library: Library, share: float) -> Figures:
    with _service(library, share) as service, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = yaml.safe_load((PROJECT / "config" / "config.yaml").read_text(encoding="utf-8"))
        settings["search"] = {"pubmed": {"query": QUERY}, "addresses": {"eutils": service.eutils_address}}
        (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        command = [str(SONOSPINE), "fetch", "pubmed", "--config", "config.yaml", "--name", "s"]
        figures = measured([*command, "--snapshots", "snapshots"], folder)
        files = sorted((folder / "snapshots" / "s").rglob("records-*.gz"))
        ids = [pmid for path in files for pmid in pmids(gzip.decompress(path.read_bytes()))]
        return figures | described(service, ids)


def peer(library: Library, share: float) -> Figures:
    with _service(library, share) as service, tempfile.TemporaryDirectory() as name:
        figures = measured([sys.executable, "-c", PEER, service.eutils_address, QUERY, KEY, name], Path(name))
        ids = [pmid for path in sorted(Path(name).glob("*.xml")) for pmid in pmids(path.read_bytes())]
        return figures | described(service, ids)


def measured(command: list[str], folder: Path) -> Figures:
    """Run a command; return seconds, the most memory it took, and whether it ended well."""
    environment = {**os.environ, "NCBI_API_KEY": KEY, "NCBI_EMAIL": "benchmark@example.org"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "seconds": time.perf_counter() - started,
        "peak_mb": used.ru_maxrss / 1024,
        "status": process.returncode,
    }


def described(service: StandIn, ids: list[str]) -> Figures:
    return {
        "records": len(set(ids)),
        "twice": len(ids) - len(set(ids)),
        "requests": len(service.noted()),
        "most_a_second": service.max_per_second(),
    }


def pmids(content: bytes) -> list[str]:
    """Return the ids of the records in an answer; none where it is no XML of PubMed."""
    try:
        root = etree.fromstring(content)
    except etree.XMLSyntaxError:
        return []
    return [
        entry.findtext("MedlineCitation/PMID") or entry.findtext("BookDocument/PMID") or ""
        for entry in root.iterchildren("PubmedArticle", "PubmedBookArticle")
    ]


if __name__ == "__main__":
    main()
