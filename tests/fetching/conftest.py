"""A review in a temporary folder that is fetched, as a person would, from the stand-in."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree
from stand_in.factory import Library
from stand_in.server import KEY, StandIn

PROGRAM = Path(sys.executable).parent / "sonospine"
QUERY = "(ultraso*[tiab] AND (injection[tiab] OR nerve block[mh])) AND pain[tiab] NOT (animals[mh] NOT humans[mh])"
EMAIL = "reviewer@example.org"
DAY = "2026-11-20"
NAME = "snapshot"
ENTRIES = {"pubmed": ("PubmedArticle", "PubmedBookArticle"), "pmc": ("article",)}
Settings = dict[str, Any]


# A shell starts what it puts into the background with interrupts ignored, and a program inherits that.
INTERRUPTIBLE = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"


def peak_mb_of(pid: int) -> float:
    """Return the most memory that a running process has had (Linux; elsewhere 0: not measured).

    What ``wait4`` tells would not do: it counts the memory of the tests, of which the process was a copy at first.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    told = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(told.split()[1]) / 1024


@dataclass(frozen=True)
class Run:
    """What a run of the command said, and how much memory it took at most."""

    status: int
    out: str
    err: str
    peak_mb: float
    seconds: float

    def done(self) -> Run:
        """The run went well."""
        assert self.status == 0, self.err
        return self

    def last_line(self) -> str:
        """The one line of what went wrong, without a traceback."""
        assert self.status == 1, (self.status, self.out, self.err)
        assert "Traceback" not in self.err
        return self.err.splitlines()[-1]


class Review:
    """A folder with a configuration that asks the stand-in."""

    def __init__(self, folder: Path, service: StandIn, project: Path) -> None:
        self.folder = folder
        self.service = service
        self.snapshots = folder / "resources" / "snapshots"
        self._base = yaml.safe_load((project / "config" / "config.yaml").read_text(encoding="utf-8"))
        self.configure()

    def configure(self, *, snapshot: str = "", query: str = QUERY, **search: Any) -> None:
        """Write the configuration."""
        asked = {
            "pubmed": {"query": query},
            "trials": {"condition": "back pain", "intervention": "ultrasound"},
            "addresses": {"eutils": self.service.eutils_address, "trials": self.service.trials_address},
        }
        sources = {"snapshot": snapshot, "files": []}
        settings = {**self._base, "search": {**asked, **search}, "sources": sources}
        (self.folder / "config").mkdir(exist_ok=True)
        written = yaml.safe_dump(settings, allow_unicode=True)
        (self.folder / "config" / "config.yaml").write_text(written, encoding="utf-8")

    def start(self, *arguments: str, key: str = KEY, command: str = "fetch") -> subprocess.Popen[bytes]:
        """Start the command; what it says goes into files of the folder."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NCBI_") and "PROXY" not in k.upper()}
        environment = {**kept, "NCBI_EMAIL": EMAIL, "COLUMNS": "200"}
        if key:
            environment["NCBI_API_KEY"] = key
        if command == "fetch":
            arguments = (*arguments, "--today", DAY)
        with (self.folder / "out.txt").open("ab") as out, (self.folder / "err.txt").open("ab") as err:
            return subprocess.Popen(
                [sys.executable, "-c", INTERRUPTIBLE, PROGRAM, command, *arguments, "--config", "config/config.yaml"],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )  # fmt: skip

    def wait(self, process: subprocess.Popen[bytes], started: float | None = None) -> Run:
        """Wait for the end of a command and return what it said."""
        began = time.monotonic() if started is None else started
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, peak_mb_of(process.pid))
            time.sleep(0.02)
        out, err = (self.folder / "out.txt"), (self.folder / "err.txt")
        return Run(
            process.returncode,
            out.read_text(encoding="utf-8"),
            err.read_text(encoding="utf-8"),
            peak,
            time.monotonic() - began,
        )

    def fetch(self, *arguments: str, key: str = KEY, command: str = "fetch") -> Run:
        """Run the command to its end."""
        for name in ("out.txt", "err.txt"):
            (self.folder / name).unlink(missing_ok=True)
        return self.wait(self.start(*arguments, key=key, command=command))

    def fetch_into(self, folder: str, *arguments: str) -> Run:
        """Fetch into a folder of snapshots of its own, under the one name that ``same_bytes`` compares."""
        return self.fetch(*arguments, "--name", NAME, "--snapshots", folder)

    def files(self, folder: str) -> dict[str, bytes]:
        """Return every file of the snapshot in such a folder, hidden ones too, by its path."""
        root = self.folder / folder / NAME
        return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}

    def same_bytes(self, first: str, second: str) -> None:
        """The snapshots in two folders are equal, file by file."""
        one, other = self.files(first), self.files(second)
        assert one
        assert one.keys() == other.keys()
        assert [path for path in one if one[path] != other[path]] == []

    def kept(self, folder: str, source: str) -> int:
        """Return how many answers with records an unfinished fetch into a folder has kept."""
        return len(list((self.folder / folder / NAME / f".{source}.part").glob("records-*")))

    def manifest(self, name: str, source: str) -> Settings:
        """Return the manifest of a source."""
        found: Settings = json.loads((self.snapshots / name / source / "manifest.json").read_bytes())
        return found

    def record_ids(self, name: str, source: str, folder: str = "resources/snapshots") -> Counter[str]:
        """Return how often each record stands in the files of a source."""
        found: Counter[str] = Counter()
        for path in sorted((self.folder / folder / name / source).glob("records-*.gz")):
            content = gzip.decompress(path.read_bytes())
            if source == "trials":
                answer = json.loads(content)
                studies = answer.get("studies", [answer])
                found.update(s["protocolSection"]["identificationModule"]["nctId"] for s in studies)
                continue
            for entry in etree.fromstring(content).iterchildren(*ENTRIES[source]):
                if source == "pubmed":
                    found[
                        entry.findtext("MedlineCitation/PMID") or entry.findtext("BookDocument/PMID") or ""
                    ] += 1
                else:
                    found[entry.findtext("front/article-meta/article-id[@pub-id-type='pmcid']") or ""] += 1
        return found

    def places_of(self, secret: str) -> list[str]:
        """Return the files below the folder in which a secret stands, as it is or packed."""
        found = []
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            content = path.read_bytes()
            if path.suffix == ".gz":
                content += gzip.decompress(content)
            if secret.encode() in content or secret in str(path):
                found.append(str(path.relative_to(self.folder)))
        return found


@pytest.fixture
def review_of(tmp_path: Path, project: Path) -> Iterator[Callable[..., Review]]:
    """Make a review over a library; its stand-in runs until the end of the test."""
    running: list[StandIn] = []

    def made(library: Library, **options: Any) -> Review:
        running.append(StandIn(library, **options))
        return Review(tmp_path, running[-1].__enter__(), project)

    yield made
    for service in running:
        service.__exit__(None, None, None)


def killed(process: subprocess.Popen[bytes]) -> None:
    """End a process that the test started, at once."""
    process.send_signal(signal.SIGKILL)
    process.wait()
