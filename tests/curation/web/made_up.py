"""Three made-up trials with hostile words in one of them, a desk over them, and a browser without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from effect_cases import between
from lxml import html
from lxml.html import HtmlElement
from starlette.testclient import TestClient

from sonospine.curation.desk import Desk
from sonospine.curation.logbook import Logbook
from sonospine.curation.tables import Tables
from sonospine.curation.web.app import application
from sonospine.model.record import Cell, Figure, Passage, Record, Table
from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import (
    ALTERNATIVES,
    CURATION,
    DECISIONS,
    MACHINE_ARMS,
    MEASUREMENTS,
    RECORDS,
    STUDIES,
    UNREAD,
)
from sonospine.vocabulary import load_vocabulary

HOSTILE = "<script>alert(1)</script> \"><img src=x onerror=alert(2)> =cmd|' /C calc'!A0 \u202ereversed\u202c "
TEXT = "Pain at 4 weeks was {0} in group US and {1} in group FL."
FIRST = HOSTILE + TEXT
NUMBERS = {"1": ("2.0", "3.0"), "2": ("2.4", "3.1"), "3": ("1.7", "3.5")}


def row_id(study: str, arm: str) -> str:
    """Return the id of the row of an arm (``US`` or ``FL``)."""
    return f"m{study}{arm.lower()}"


def text_of(study: str) -> str:
    """Return the abstract of a trial."""
    return (FIRST if study == "1" else TEXT).format(*(f"{value}±1.0" for value in NUMBERS[study]))


def record_of(study: str) -> Record:
    """Return the record of a trial: an abstract, a table that prints it again, a figure."""
    rows = tuple(
        tuple(Cell(text, header=c == 0 or r == 0, row=r, column=c) for c, text in enumerate(cells))
        for r, cells in enumerate(
            (("Pain", "US", "FL"), ("4 weeks", *NUMBERS[study]), ("12 weeks", "1.1", "1.9"))
        )
    )
    return Record(
        record_id=f"file:{study}",
        source="file",
        title=f"Trial {study}" + (" <b>bold</b>" if study == "1" else ""),
        authors=("Author A",),
        pmid="123456",
        nct=("NCT01234567",),
        sha256=study * 64,
        passages=(Passage("abstract/RESULTS", text_of(study), ("Results",), "results"),),
        tables=(Table("table/T1", "Table 1", "Pain by group", rows, ("Mean ± SD.",), header_rows=1),),
        figures=(Figure("figure/F1", "Figure 1", "Pain over a year"),),
    )


def measured(study: str, arm: str) -> Row:
    """Return the row of an arm as the machine read it."""
    value = NUMBERS[study][("US", "FL").index(arm)]
    start = text_of(study).index(f"{value}±")
    return MEASUREMENTS.row(
        measurement_id=row_id(study, arm), record_id=f"file:{study}", source="abstract",
        locator=f"abstract/RESULTS:{start}-{start + 7}", quote=f"{value}±1.0", outcome="Pain", instrument="nrs",
        construct="pain", scale_min="0", scale_max="10", arm=arm, n="30", time="4 weeks", weeks="4",
        phase="follow_up", time_from="treatment", change="false", centre="mean", value=value, spread="sd",
        spread_value="1.0", adjusted="false", rule="text", confidence="0.8", flags="spread_assumed_sd",
    )  # fmt: skip


def tables_of(project: Path) -> Tables:
    """Return the tables of the three trials."""
    arms = [
        MACHINE_ARMS.row(record_id=f"file:{s}", label=arm, role=role, guidance=arm.lower(), n_randomised="30")
        for s in NUMBERS
        for arm, role in (("US", "intervention"), ("FL", "comparator"))
    ]
    records = {f"file:{s}": record_of(s) for s in NUMBERS}
    return Tables(
        config=between(),
        vocabulary=load_vocabulary(project / "config/vocabulary"),
        measurements=[measured(s, arm) for s in NUMBERS for arm in ("US", "FL")],
        alternatives=[
            ALTERNATIVES.row(measurement_id=row_id("1", "US"), field="spread", rank="1", value="se", probability="0.12"),
            ALTERNATIVES.row(measurement_id=row_id("1", "US"), field="weeks", rank="1", value="12", probability="0.05"),
        ],
        arms=arms,
        unread=[UNREAD.row(record_id="file:1", locator="figure/F1", caption="Pain over a year")],
        records=[
            RECORDS.row(record_id=f"file:{s}", source="file", report_id=f"p{s}", study_id=f"s{s}", title=f"Trial {s}",
                        full_text="true", status="current", sha256=s * 64, pmid="123456", nct="NCT01234567")
            for s in NUMBERS
        ],
        studies=[
            STUDIES.row(study_id=f"s{s}", label=f"Trial {s} 2020", year="2020", design="rct", condition="axial",
                        guidance="us;fl", n_randomised="60")
            for s in NUMBERS
        ],
        decisions=[
            DECISIONS.row(record_id=f"file:{s}", stage=stage, decision="include", by="rule")
            for s in NUMBERS for stage in ("record", "report")
        ],
        parsed=records.get,  # type: ignore[arg-type]
    )  # fmt: skip


class Browser:
    """Asks for pages as a browser does: follows redirects, keeps the cookie, sends the hidden fields of the forms it saw."""

    def __init__(self, desk: Desk, base: str = "http://127.0.0.1:8417", **options: Any) -> None:
        self.desk = desk
        self.base = base
        self.client = TestClient(application(desk, **options), base_url=base, raise_server_exceptions=False)
        self.token = ""
        self.saw: dict[str, dict[str, str]] = {}
        self.answer: httpx.Response

    def get(self, path: str) -> HtmlElement:
        """Return a page."""
        return self._took(self.client.get(path))

    def post(self, path: str, headers: Mapping[str, str] | None = None, **fields: str) -> HtmlElement:
        """Post a form and return the page that follows. A name's ``__`` stands for a dot."""
        sent = {
            "csrf": self.token,
            **self.saw.get(path, {}),
            **{name.replace("__", "."): value for name, value in fields.items()},
        }
        return self._took(self.client.post(path, data=sent, headers={"Origin": self.base, **(headers or {})}))

    def sign_in(self, name: str = "ada", role: str = "curator", **more: str) -> HtmlElement:
        """Sign in and return the queue."""
        self.get("/sign-in")
        return self.post("/sign-in", name=name, role=role, **more)

    def lines(self, kind: str = "corrections") -> list[Row]:
        """Return the lines that stand in the files, in the order of their files."""
        folder = self.desk.logbook.folder / kind
        return [row for path in sorted(folder.glob("*.tsv")) for row in read_table(path, CURATION)]

    def _took(self, answer: httpx.Response) -> HtmlElement:
        self.answer = answer
        page = html.fromstring(answer.text or "<p></p>")
        tokens = page.xpath("//input[@name='csrf']/@value")
        self.token = tokens[0] if tokens else self.token
        shown: dict[str, dict[str, str]] = {}
        for one in page.xpath("//form[@method='post']//input[@name='saw' or contains(@name, '.saw')]"):
            shown.setdefault(one.xpath("ancestor::form/@action")[0], {})[one.get("name")] = one.get("value")
        self.saw |= shown
        return page


def said(page: HtmlElement, path: str = "//main") -> str:
    """Return the words of a part of a page, white space single."""
    return " ".join(" ".join(part.text_content() for part in page.xpath(path)).split())


def spaced(page: HtmlElement, path: str = "//main") -> str:
    """Return the words of a part of a page with a space between any two elements."""
    return " ".join(" ".join(text for part in page.xpath(path) for text in part.itertext()).split())


def desk_at(folder: Path, tables: Tables) -> Desk:
    """Return a desk over the tables, with an empty log."""
    return Desk(tables, Logbook(folder / "curation"))
