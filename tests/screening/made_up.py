"""Made-up words, records and criteria for the tests of screening."""

from __future__ import annotations

from typing import Any

from sonospine.config.settings import Criterion, Eligibility
from sonospine.linkage import link_records
from sonospine.model.record import Passage, Record
from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import DECISIONS, LINKS, PRISMA, STUDIES
from sonospine.screening import Screened, screen
from sonospine.screening.run import LinkedRows
from sonospine.vocabulary import Term, Vocabulary


def _terms(*terms: Term) -> dict[str, Term]:
    return {term.id: term for term in terms}


VOCABULARY = Vocabulary(
    conditions=_terms(
        Term("axial", "Axial pain", ("back pain",), priority=20),
        Term("knee", "Knee pain", ("knee pain",), priority=40),
        Term("operation", "Around an operation", ("undergoing surgery",), priority=60),
    ),
    procedures=_terms(
        Term("joint", "Joint injection", ("joint injection",)),
        Term("nerve", "Nerve block", ("nerve block",)),
        Term("needling", "Dry needling", ("dry needling",)),
    ),
    guidance=_terms(
        Term(
            "sono",
            "Sonography",
            ("sonography",),
            always=("sonography-guided", "under sonography"),
            never=("therapeutic sonography", "pre-procedural sonography"),
            family="imaging",
        ),
        Term("xray", "X-ray", ("x-ray",), family="imaging"),
        Term("both", "Both", ("x-ray check",), family="combined"),
    ),
    injectates={},
    designs=_terms(
        Term("meta_analysis", "Meta-analysis", ("meta-analysis",), priority=90),
        Term("review", "Review", ("technical review", "systematic review"), priority=80),
        Term("protocol", "Protocol", ("study protocol", "currently recruiting"), priority=70),
        Term("case_report", "Case report", ("case report",), priority=65),
        Term("rct", "Randomised trial", ("randomised",), priority=60),
        Term("nonrandomised", "Non-randomised", ("non-randomised",), priority=58),
        Term("retrospective", "Retrospective", ("retrospective",), priority=50),
        Term("case_series", "Case series", ("case series",), priority=45),
        Term("prospective_single_arm", "Single arm", ("pilot study", "prospective"), priority=40),
    ),
    regions=_terms(Term("lumbar", "Lumbar", ("lumbar",))),
    instruments={},
)
DESIGNS = ("rct", "nonrandomised", "prospective_single_arm", "retrospective", "case_series", "case_report")
ELIGIBILITY = Eligibility(
    condition=Criterion(exclude=("knee",), other="include", unclear="include"),
    design=Criterion(include=DESIGNS, unclear="include"),
    guidance=Criterion(include=("sono", "both")),
    procedure=Criterion(include=("joint", "nerve")),
)
GOOD = "Sonography-guided joint injection for back pain: a randomised trial"


class _Config:
    """Screening reads the eligibility alone."""

    def __init__(self, eligibility: Eligibility) -> None:
        self.eligibility = eligibility


def article(record_id: str = "pubmed:1", title: str = GOOD, abstract: str = "", **values: Any) -> Record:
    passages = [Passage("title", title, (), "title")]
    passages += [Passage("abstract/p1", abstract, (), "abstract")] if abstract else []
    passages += values.pop("passages", [])
    source = record_id.split(":")[0]
    return Record(record_id, source, title=title, passages=tuple(passages), sha256="0" * 64, **values)


def registration(
    status: str = "COMPLETED", nct: str = "NCT00000001", title: str = GOOD, **values: Any
) -> Record:
    protocol = {"identificationModule": {"nctId": nct}, "statusModule": {"overallStatus": status}}
    protocol |= values.pop("protocol", {})
    registry = {"protocolSection": protocol} | values.pop("registry", {})
    return article(f"ctgov:{nct}", title, kind="registration", nct=(nct,), registry=registry, **values)


def screened(
    *records: Record,
    curation: list[Row] | None = None,
    eligibility: Eligibility = ELIGIBILITY,
    notices: tuple[tuple[str, str, str], ...] = (),
) -> Screened:
    linked = link_records(records)
    links = [LINKS.row(from_id=a, to_id=b, relation=name, evidence="stated") for a, name, b in notices]
    rows = LinkedRows(linked.records, linked.reports, [*linked.links, *links])
    outcome = screen(records, rows, _Config(eligibility), VOCABULARY, curation or [])  # type: ignore[arg-type]
    for schema, table in (
        (DECISIONS, outcome.decisions),
        (STUDIES, outcome.studies),
        (PRISMA, outcome.prisma),
    ):
        check_rows(table, schema, schema.name)
    return outcome


def decision(outcome: Screened, record_id: str, stage: str = "report") -> Row:
    return next(d for d in outcome.decisions if d["record_id"] == record_id and d["stage"] == stage)


def only_stage(outcome: Screened, record_id: str) -> Row:
    found = [d for d in outcome.decisions if d["record_id"] == record_id]
    assert len(found) == 1
    return found[0]
