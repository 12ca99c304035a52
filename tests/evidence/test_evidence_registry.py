"""Numbers of real registrations: each marked pointer of the JSON shows the value it stands for."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from sonospine.corrections import replay
from sonospine.evidence.chain import StudyEvidence
from sonospine.evidence.fragments import chain_html, sources_html
from sonospine.extraction.assembly import extract_records
from sonospine.linkage import link_records
from sonospine.model.places import parse, quote_at
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS
from sonospine.reconcile import reconcile
from sonospine.sources.reading import readings_of
from sonospine.vocabulary import load_vocabulary

ROLES = {"": "locator", "-spread": "spread_locator", "-n": "n_locator", "-total": "total_locator"}
ENOUGH = 10
"""Registrations with results that are looked at."""


def _with_results(folder: Path) -> list[Record]:
    found: list[Record] = []
    for path in sorted(folder.rglob("*.json")):
        if '"resultsSection"' not in path.read_text(encoding="utf-8"):
            continue
        records, _ = readings_of(path)
        found += [r for r in records if r.registry.get("resultsSection")]
        if len(found) >= ENOUGH:
            break
    return found[:ENOUGH]


@pytest.fixture(scope="module")
def registered(real_data: Path, project: Path) -> list[StudyEvidence]:
    """The evidence of some real registrations, read, corrected by nobody, and reconciled."""
    records = _with_results(real_data / "ctgov")
    assert len(records) == ENOUGH
    vocabulary = load_vocabulary(project / "config" / "vocabulary")
    found = []
    for record in records:
        read = extract_records([record], vocabulary)
        curated = replay(read.measurements, read.arms, link_records([record]).records, [], {})
        result = reconcile(curated.corrected, curated.arms, [])
        rows = {row["measurement_id"]: row for row in result.measurements}
        found.append(
            StudyEvidence(
                {record.record_id: record}, rows, {r["measurement_id"]: r for r in read.measurements}
            )
        )
    return found


def _from_registry(evidence: StudyEvidence) -> list[Row]:
    return [row for row in evidence.measurements.values() if row["source"] == "registry"]


def test_every_marked_pointer_of_a_real_registration_shows_its_value(registered: list[StudyEvidence]) -> None:
    shown = 0
    for evidence in registered:
        (record,) = evidence.records.values()
        rows = _from_registry(evidence)
        assert rows, record.record_id
        page = lxml.html.fragment_fromstring(sources_html(evidence, set(evidence.measurements)), "div")
        for row in rows:
            for role, column in ROLES.items():
                place = row[column]
                if not place:
                    continue
                assert parse(place).address.startswith("registry/")
                (mark,) = page.xpath(f"//mark[@id='{row['measurement_id']}{role}']")
                assert mark.text_content() == quote_at(record, place) != ""
                shown += 1
    assert shown > 100


def test_the_pointer_names_the_group_and_the_outcome_measure(registered: list[StudyEvidence]) -> None:
    for evidence in registered:
        page = lxml.html.fragment_fromstring(sources_html(evidence, set(evidence.measurements)), "div")
        for row in _from_registry(evidence)[:20]:
            (mark,) = page.xpath(f"//mark[@id='{row['measurement_id']}']")
            line = mark.xpath("ancestor::tr")[0]
            assert parse(row["locator"]).address in line.text_content()
            if row["arm"] not in ("", "all") and row["centre"] not in ("difference", "ratio"):
                assert row["arm"] in line.text_content()


def test_the_chain_of_an_effect_from_a_real_registration_holds_its_values(
    registered: list[StudyEvidence],
) -> None:
    for evidence in registered:
        rows = [row for row in _from_registry(evidence) if row["value"] and row["spread_value"]][:2]
        if not rows:
            continue
        effect = EFFECTS.row(
            effect_id="e", analysis="a", variant="primary", included="true", study_id=rows[0]["study_id"], label="A",
            outcome="o", measure="MD", derivation="[]", verified="false",
            measurement_ids=";".join(row["measurement_id"] for row in rows),
        )  # fmt: skip
        chain = lxml.html.fragment_fromstring(chain_html(effect, evidence), "div")
        for row in rows:
            texts = [
                m.text_content() for m in chain.xpath(f"//mark[@data-measurement='{row['measurement_id']}']")
            ]
            assert row["quote"] in texts
            assert not chain.xpath("//*[contains(text(), 'not in the record at hand')]")
