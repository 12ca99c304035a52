"""The review is run again while the pages are open: they say so, and read the new tables when asked."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from sonospine.curation.desk import Desk
from sonospine.curation.logbook import Logbook
from sonospine.curation.tables import read_tables_of
from sonospine.model.table_io import read_table, write_table
from sonospine.model.tables import MEASUREMENTS

from .made_up import Browser, said


@pytest.fixture
def root(corpus: Path, tmp_path: Path) -> Path:
    """A copy of the embedded corpus that the pipeline may write to."""
    shutil.copytree(corpus, tmp_path / "review")
    return tmp_path / "review"


@pytest.fixture
def ada(root: Path, project: Path) -> Browser:
    reread = partial(read_tables_of, root, project / "config/config.yaml")
    browser = Browser(Desk(reread(), Logbook(root / "extracted/curation")), reread=reread)
    browser.sign_in()
    return browser


def _read_otherwise(root: Path, row_id: str, **cells: str) -> None:
    """Let the machine read a row otherwise, as another run would."""
    for path in sorted((root / "extracted/machine/measurements").glob("*.tsv")):
        rows = read_table(path, MEASUREMENTS)
        for row in rows:
            if row["measurement_id"] == row_id:
                write_table(path, MEASUREMENTS, [{**r, **cells} if r is row else r for r in rows])
                return
    raise AssertionError(row_id)


def test_pages_say_that_the_review_was_run_again_and_read_it_when_asked(ada: Browser, root: Path) -> None:
    assert "run again" not in said(ada.get("/"))
    row = ada.get("/").xpath("//table[@class='queue']//th/a[starts-with(@href, '/row/')]/@href")[0]
    ada.get(row)
    saw = ada.saw[f"{row}/confirm"]["saw"]
    _read_otherwise(root, row.rpartition("/")[2], n="7654")
    page = ada.get(row)
    assert "The review was run again" in said(page)
    assert "7654" not in said(page)
    page = ada.post("/renew", back=row)
    assert "run again" not in said(page)
    assert "7654" in said(page)
    # A window that still shows the former reading confirms nothing of the new one.
    ada.post(f"{row}/confirm", saw=saw)
    assert ada.answer.status_code == 400
    assert ada.lines() == []


def test_a_run_under_way_is_told_and_the_former_tables_stay(ada: Browser, root: Path) -> None:
    (root / "results/studies/studies.tsv").unlink()
    assert "The review was run again" in said(ada.get("/"))
    page = ada.post("/renew", back="/")
    assert ada.answer.status_code == 400
    assert "not made yet" in said(page)
    assert "pooled numbers verified" in said(ada.get("/"))
