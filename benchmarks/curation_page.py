"""How long the server of the curation page takes for its pages and for an action, on a large review.

    python benchmarks/curation_page.py FOLDER [--saves 100]

FOLDER holds a review, such as ``benchmarks/curation_corpus.py`` makes; its log is copied, so nothing is written there.
The application is asked in its own process, as ``starlette.testclient`` does it: what is measured is the server, without
a network and without a browser. Prints JSON: [median, 95 %, longest] in milliseconds by the clock and of the processor.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import html
from starlette.testclient import TestClient

from sonospine.curation.desk import Desk
from sonospine.curation.logbook import Logbook
from sonospine.curation.tables import read_tables_of
from sonospine.curation.web.app import application

CONFIG = Path(__file__).resolve().parent.parent / "config" / "config.yaml"
BASE = "http://127.0.0.1:8417"
CURATOR = "ann"


class Asking:
    """A signed-in curator who asks for pages; every answer is timed."""

    def __init__(self, desk: Desk) -> None:
        self.client = TestClient(application(desk, curator=CURATOR), base_url=BASE)
        self.token = ""
        self.times: dict[str, list[tuple[float, float]]] = {}

    def asked(self, what: str, work: Callable[[], Any]) -> html.HtmlElement:
        """Ask for a page under a heading; the token of its forms is kept."""
        clock, processor = time.perf_counter(), time.process_time()
        answer = work()
        taken = (time.perf_counter() - clock, time.process_time() - processor)
        if answer.status_code not in (200, 303):
            raise SystemExit(f"{what}: {answer.status_code} {answer.text[:300]}")
        self.times.setdefault(what, []).append(taken)
        page = html.fromstring(answer.text or "<p></p>")
        self.token = next(iter(page.xpath("//input[@name='csrf']/@value")), self.token)
        return page

    def get(self, what: str, path: str) -> html.HtmlElement:
        """Ask for a page."""
        return self.asked(what, lambda: self.client.get(path))

    def post(self, what: str, path: str, **fields: str) -> html.HtmlElement:
        """Send a form; what it leads to is not followed."""
        sent = {"csrf": self.token, **fields}
        return self.asked(
            what,
            lambda: self.client.post(path, data=sent, headers={"Origin": BASE}, follow_redirects=False),
        )

    def told(self) -> dict[str, dict[str, list[float]]]:
        """Return what was measured."""
        return {
            name: {"clock": _three(t[0] for t in taken), "processor": _three(t[1] for t in taken)}
            for name, taken in self.times.items()
        }


def _three(seconds: Any) -> list[float]:
    ordered = sorted(1000 * one for one in seconds)
    return [round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) for share in (0.5, 0.95, 1.0)]


def measured(root: Path, saves: int) -> dict[str, Any]:
    """Return the figures for a review whose log is copied first."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "extracted/curation", Path(folder) / "curation")
        desk = Desk(read_tables_of(root, CONFIG), Logbook(Path(folder) / "curation"))
        asking = Asking(desk)
        asking.get("sign-in page", "/sign-in")
        asking.post("sign in", "/sign-in", name=CURATOR, role="curator")
        asking.get("queue, first page, first time", "/")
        rows = [
            row for rows in desk.view(CURATOR).effects.values() for row in rows if row["included"] == "true"
        ]
        behind = sorted({name for row in rows for name in row["measurement_ids"].split(";")})
        drawn = random.Random(20261129).sample(behind, min(saves, len(behind)))
        for name in drawn:
            asking.get("queue, first page", "/")
            page = asking.get("row", f"/row/{name}")
            form = page.xpath("//form[.//input[@name='f.value'] or .//*[@name='f.value']]")[0]
            fields = {key: value or "" for key, value in form.form_values() if key != "csrf"}
            fields["f.value"] = f"{float(fields['f.value']) + 0.5:g}"
            asking.post("save of a value (post)", form.get("action") or f"/row/{name}", **fields)
            asking.get("row after it, with the pools before and after", f"/row/{name}")
        counted = {
            "rows": len(desk.tables.measurements),
            "lines": len(desk.view("").lines),
            "saves": len(drawn),
        }
        return {**counted, "milliseconds": asking.told()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--saves", type=int, default=100)
    told = parser.parse_args()
    print(json.dumps(measured(told.folder, told.saves), indent=1))


if __name__ == "__main__":
    main()
