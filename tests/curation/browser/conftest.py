"""Chromium, a running server over the embedded corpus or the made-up trials, and people who sign in."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from browsers import running_chromium

from sonospine.curation.desk import Desk
from sonospine.curation.logbook import Logbook
from sonospine.curation.tables import Tables
from sonospine.curation.web.app import application
from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import CURATION

from ..web.made_up import tables_of

WINDOW = {"width": 1280, "height": 800}


@dataclass
class Served:
    """A running server: its address, its desk, and whoever signed in."""

    address: str
    desk: Desk
    chromium: Any
    contexts: list[Any] = field(default_factory=list)

    def sign_in(self, name: str, role: str = "curator", window: dict[str, int] | None = None) -> Any:
        """Return the page of somebody who signed in, in a browser of their own; complaints are gathered."""
        context = self.chromium.new_context(viewport=window or WINDOW)
        self.contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
        page.goto(f"{self.address}/")
        page.fill("#name", name)
        page.check(f"#role-{role}")
        page.press("#name", "Enter")
        page.wait_for_selector("h1:has-text('Queue')")
        return page

    def lines(self, kind: str = "corrections") -> list[Row]:
        """Return the lines in the files, in the order of their files."""
        folder = self.desk.logbook.folder / kind
        return [row for path in sorted(folder.glob("*.tsv")) for row in read_table(path, CURATION)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    # One that ran on to the end would keep the other files of this process from starting theirs.
    # A name that leads here, as that of a page elsewhere could.
    yield from running_chromium("--host-resolver-rules=MAP evil.test 127.0.0.1")


@contextlib.contextmanager
def serving(desk: Desk, chromium: Any, **options: Any) -> Iterator[Served]:
    """Serve the pages over a desk on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(application(desk, port=port, **options), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        served = Served(f"http://127.0.0.1:{port}", desk, chromium)
        yield served
        for context in served.contexts:
            context.close()
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def trials(project: Path) -> Tables:
    """The tables of the made-up trials."""
    return tables_of(project)


@pytest.fixture
def small(trials: Tables, tmp_path: Path, chromium: Any) -> Iterator[Served]:
    """A server over three made-up trials, with hostile words in one of them."""
    with serving(Desk(trials, Logbook(tmp_path / "curation")), chromium) as served:
        yield served


@pytest.fixture
def real(tables: Tables, tmp_path: Path, chromium: Any) -> Iterator[Served]:
    """A server over the embedded corpus, with an empty log."""
    with serving(Desk(tables, Logbook(tmp_path / "extracted/curation")), chromium) as served:
        yield served


@pytest.fixture
def picture(project: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Where a screenshot goes: into the documentation only where that is asked for."""

    def place(name: str) -> Path:
        kept = os.environ.get("SONOSPINE_SCREENSHOTS") == "1"
        folder = project / "docs/images" if kept else tmp_path
        return folder / f"curation-{name}.png"

    return place


@pytest.fixture
def pipeline(corpus: Path, project: Path, tmp_path: Path) -> Callable[[], Path]:
    """Run the commands of the workflow over what the machine read and what stands in the log; return the folder."""
    from sonospine.cli import draw, report

    from ..embedded_corpus import run_commands

    def run() -> Path:
        root = tmp_path / "run"
        for part in ("results", "extracted/machine"):
            shutil.copytree(corpus / part, root / part)
        shutil.copytree(tmp_path / "extracted/curation", root / "extracted/curation")
        run_commands(root, root, root / "extracted/curation", project)
        config, results = project / "config/config.yaml", root / "results"
        draw.run(
            config=config, effects=results / "effects/effects.tsv", synthesis=results / "synthesis",
            studies=results / "studies", curated=root / "extracted/curated", out=results / "figures",
        )  # fmt: skip
        report.run(config=config, out=results / "report", root=root)
        return root

    return run
