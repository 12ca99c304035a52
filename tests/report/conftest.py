"""A small made-up review: four studies in the pools, a registration, one excluded, with hostile texts in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import pytest

from sonospine.config.settings import Config
from sonospine.figures.forest import conflicted_effects, forest_of
from sonospine.figures.rendering import FORMATS, rendered
from sonospine.figures.setting import setting_of
from sonospine.model import tables as t
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.model.table_io import Row
from sonospine.report.pages import report_files
from sonospine.report.review import Review
from sonospine.synthesis.pooling import Choice, pool

HOSTILE = "<script>alert(1)</script>\" onload='x' \u202etxet"

CONFIG = Config.model_validate(
    {
        "title": f"A review & its {HOSTILE}",
        "question": {"population": "Adults", "intervention": "A", "comparators": "B", "outcomes": "Pain"},
        "sources": {},
        "eligibility": {name: {} for name in ("condition", "design", "guidance", "procedure")},
        "outcomes": [
            {
                "id": "pain", "label": "Pain", "constructs": ["pain"], "direction": "lower",
                "scale": {"minimum": 0, "maximum": 10, "unit": "points of 10"},
                "minimal_important_difference": {
                    "within_person": {"value": 2.0, "source": "First Source 2008"},
                    "between_groups": {"value": 1.0, "source": "Second Source 2017"},
                },
            },
            {"id": "success", "label": "Success", "constructs": ["placement"], "direction": "higher"},
        ],
        "windows": [{"id": "short", "label": "1 to 6 weeks", "lower": 1, "upper": 6, "target": 4}],
        "analyses": [
            {
                "id": name, "title": title, "outcome": outcome, "contrast": contrast, "window": window,
                "measure": measure, "conditions": ["axial"], "designs": ["rct"], "intervention": {},
                "comparator": comparator, "favours": {"left": "better", "right": "worse"},
                "minimal_important_difference": difference,
            }
            for name, title, outcome, contrast, window, measure, comparator, difference in (
                ("change", "Pain before and after", "pain", "before_after", "short", "MC", None, "within_person"),
                ("arms", "Pain, arm against arm", "pain", "between_arms", "short", "MD", {}, "between_groups"),
                ("success", "Success", "success", "between_arms", None, "RR", {}, None),
                ("nothing", "Nothing to pool", "pain", "between_arms", "short", "MD", {}, None),
            )
        ],
    }
)  # fmt: skip


def _table() -> Table:
    texts = (
        ("", "Group A", "Group A"),
        ("", "Before", "4 weeks"),
        ("NRS", "5.27 ± 0.45", "1.85 ± 0.37"),
        ("ODI", "71", "35"),
    )
    rows = [
        [Cell(text, header=r < 2, row=r, column=c) for c, text in enumerate(row)]
        for r, row in enumerate(texts)
    ]
    rows[0][2] = Cell("Group A", header=True, row=0, column=1)
    rows[1][0] = Cell("", header=True, row=0, column=0)
    return Table(
        "table/T1", "Table 1", "Scores (mean ± SD)", tuple(map(tuple, rows)), ("* n = 26",), header_rows=2
    )


def _records() -> list[Record]:
    body = "Pain fell from 5.27 ± 0.45 to 1.85 ± 0.73 at 4 weeks <b>& more</b>."
    one = Record(
        "demo:file:one", "file", f"First {HOSTILE}", authors=("Lv X",), year="2025", doi="10.1000/one&two",
        passages=(Passage("abstract/p1", "Twenty-six patients."), Passage("body/s1p1", body, ("Results",))),
        tables=(_table(),),
    )  # fmt: skip
    text = "NRS 3.0 (SD 1.7) in 23 against 5.2 (SD 2.0) in 24. Success in 20 of 23 and 15 of 24."
    two = Record("demo:pubmed:12345", "pubmed", "Second", pmid="12345", year="2020",
                 passages=(Passage("abstract/RESULTS", text),))  # fmt: skip
    measure = {
        "title": "Pain", "timeFrame": "4 weeks", "paramType": "MEAN", "dispersionType": "Standard Deviation",
        "groups": [{"id": "OG0", "title": "Injection"}],
        "classes": [{"categories": [{"measurements": [{"groupId": "OG0", "value": "-3.1", "spread": "1.2"}]}]}],
    }  # fmt: skip
    three = Record("demo:ctgov:NCT00000003", "ctgov", "Third", kind="registration", nct=("NCT00000003",), year="2011",
                   registry={"outcomeMeasures": [measure]})  # fmt: skip
    four = Record(
        "demo:file:four", "file", "Fourth, excluded", passages=(Passage("abstract/p1", "A review."),)
    )
    return [one, two, three, four]


FIELD = "registry/outcomeMeasures/0/classes/0/categories/0/measurements/0"


def _measurement(name: str, record: str, study: str, locator: str, quote: str, **values: str) -> Row:
    row = {
        "measurement_id": name, "record_id": record, "study_id": study, "source": "table", "locator": locator,
        "quote": quote, "outcome": "NRS", "arm": "all", "centre": "mean", "spread": "sd", "change": "false",
        "adjusted": "false", "rule": "table", "confidence": "0.9", "preferred": "true", "state": "unread",
        "result_id": f"r{name}", "arm_id": f"a{study}",
    }  # fmt: skip
    return t.RECONCILED.row(**{**row, **values})


def _measurements() -> list[Row]:
    one, two, three = "demo:file:one", "demo:pubmed:12345", "demo:ctgov:NCT00000003"
    conflict = {"result_id": "rfollow", "flags": "conflict"}
    return [
        _measurement("mbase", one, "s1", "table/T1:r2c1:0-11", "5.27 ± 0.45", value="5.27", spread_value="0.45", n="26",
                     n_locator="abstract/p1:0-10", phase="baseline", time="Before"),
        _measurement("mfollow", one, "s1", "table/T1:r2c2:0-11", "1.85 ± 0.37", value="1.85", spread_value="0.37",
                     n="26", weeks="4", time="4 weeks", **conflict),
        _measurement("mother", one, "s1", "body/s1p1:30-41", "1.85 ± 0.73", value="1.85", spread_value="0.73",
                     n="26", weeks="4", time="4 weeks", preferred="false", source="text", **conflict),
        _measurement("marm1", two, "s2", "abstract/RESULTS:4-16", "3.0 (SD 1.7)", value="3.0", spread_value="1.7",
                     n="23", arm="US", state="confirmed", n_locator="abstract/RESULTS:20-22"),
        _measurement("marm2", two, "s2", "abstract/RESULTS:31-43", "5.2 (SD 2.0)", value="5.2", spread_value="2.0",
                     n="24", arm="FL", state="corrected"),
        _measurement("mok1", two, "s2", "abstract/RESULTS:62-70", "20 of 23", value="20", total="23", centre="count",
                     spread="none", outcome="Success", arm="US"),
        _measurement("mok2", two, "s2", "abstract/RESULTS:75-83", "15 of 24", value="15", total="24", centre="count",
                     spread="none", outcome="Success", arm="FL"),
        _measurement("mreg", three, "s3", f"{FIELD}/value", "-3.1", value="-3.1", spread_value="1.2", n="40",
                     spread_locator=f"{FIELD}/spread", change="true", source="registry", arm="Injection"),
        _measurement("xadded", one, "s1", "figure 2, page 4", HOSTILE, value="9", source="figure", state="added",
                     outcome="=HYPERLINK(1)"),
    ]  # fmt: skip


def _effect(name: str, analysis: str, study: str, label: str, ids: str, **values: str) -> Row:
    steps = [
        {
            "function": "MC",
            "inputs": ids.split(";"),
            "formula": "yi = m1 − m2 <x>",
            "values": {"m1": 1},
            "result": {"yi": 2},
        }
    ]
    row = {
        "effect_id": name, "analysis": analysis, "variant": "primary", "included": "true", "study_id": study,
        "label": label, "design": "rct", "guidance": "ultrasound", "outcome": "pain", "measure": "MC", "weeks": "4",
        "measurement_ids": ids, "derivation": json.dumps(steps), "verified": "false",
    }  # fmt: skip
    return t.EFFECTS.row(**{**row, **values})


def _effects() -> list[Row]:
    pain = {
        "n1i": "26",
        "m1i": "1.85",
        "sd1i": "0.37",
        "n2i": "26",
        "m2i": "5.27",
        "sd2i": "0.45",
        "vi": "0.0067",
    }
    both = {"yi": "-3.42", "ci_lower": "-3.58", "ci_upper": "-3.26", "arm_1": "all", "arm_2": "all", **pain}
    return [
        _effect("e1", "change", "s1", "Lv 2025", "mbase;mfollow", year="2025", flags="conflict", **both),
        _effect("e1o", "change", "s1", "Lv 2025", "mbase;mother", year="2025", variant="other_value",
                **{**both, "vi": "0.016"}),
        _effect("e3", "change", "s3", "Trial 2011", "mreg", year="2011", yi="-3.1", vi="0.036", ci_lower="-3.47",
                ci_upper="-2.73", n1i="40", n2i="40", arm_1="Injection", arm_2="Injection"),
        _effect("e2", "arms", "s2", f"Smith {HOSTILE}", "marm1;marm2", year="2020", measure="MD", yi="-2.2",
                vi="0.29", ci_lower="-3.26", ci_upper="-1.14", n1i="23", m1i="3.0", sd1i="1.7", n2i="24", m2i="5.2",
                sd2i="2.0"),
        _effect("e4", "success", "s2", f"Smith {HOSTILE}", "mok1;mok2", year="2020", measure="RR", outcome="success",
                included="false", exclusion_reason="=a reason"),
    ]  # fmt: skip


@dataclass(frozen=True)
class Made:
    """The review, its files, and the tables behind it."""

    review: Review
    files: dict[str, bytes]


FOUND_BY = {
    "demo:file:one": "file:embase.ris",
    "demo:pubmed:12345": "pubmed",
    "demo:ctgov:NCT00000003": "corpus",
    "demo:file:four": "unheard-of",
}
STATUS = {"demo:pubmed:12345": "concern", "demo:file:four": "retracted"}
QUERY = f"(back pain[tiab] AND inject*[tiab]) {HOSTILE} ``` | NOT x"


def _searches() -> list[Row]:
    none = dict.fromkeys(("entries", "kept", "repeated", "superseded", "rejected"), "0")
    sent = [
        {
            "query": f"{QUERY} AND 2020[edat]",
            "reported": 9000,
            "fetched": 9000,
            "translation": "pain <b>all</b>",
        },
        {"query": f"{QUERY} AND 2021[edat]", "reported": 3345, "fetched": 3345, "translation": ""},
    ]
    return [
        t.SEARCHES.row(**none | {"entries": "13000", "kept": "12345", "superseded": "655"}, search="pubmed",
                       kind="database", database="PubMed", platform="E-utilities", address="https://example.org",
                       searched="2026-11-20", query=QUERY, sent=json.dumps(sent), limits="no preprints;humans",
                       warnings=f"phrase not found: {HOSTILE}", reported="12345", fetched="12345",
                       snapshot="2026-11", base="2026-10", new="2", revised="1", retracted="1", withdrawn="1",
                       versions=json.dumps({"sonospine": "0.0", "httpx": "0.28"})),
        t.SEARCHES.row(**none | {"entries": "1", "kept": "1"}, search="pmc", kind="full_text", fetched="1",
                       database="PubMed Central", platform="E-utilities", searched="2026-11-20", snapshot="2026-11"),
        t.SEARCHES.row(**none | {"entries": "5", "kept": "3", "repeated": "2"}, search="file:embase.ris",
                       kind="database", database=f"Embase {HOSTILE}", address="in/embase.ris"),
        t.SEARCHES.row(**none, search="corpus", kind="corpus", database="Demonstration corpus", address="corpus"),
    ]  # fmt: skip


def _changes() -> list[Row]:
    return [
        t.CHANGES.row(record_id="demo:pubmed:12345", change="new", title=f"Second {HOSTILE}"),
        t.CHANGES.row(record_id="pubmed:9", change="withdrawn", title="=Gone"),
    ]


@cache
def _figures() -> dict[str, dict[str, bytes]]:
    """The drawn forest plots: they take seconds, and are the same for every review that is made."""
    measurements, effects = _measurements(), _effects()
    pools = pool(effects, Choice(), None, [a.id for a in CONFIG.analyses])
    doubted = conflicted_effects(effects, measurements)
    found = {}
    for analysis in CONFIG.analyses:
        setting = setting_of(CONFIG, analysis, demonstration=True)
        forest = forest_of(setting, effects, pools.pooled, pools.weights, doubted)
        found[analysis.id] = {name: rendered(forest, name, base="../report/") for name in FORMATS}
    return found


def make_review(*, drawn_anew: bool = False) -> Review:
    if drawn_anew:
        _figures.cache_clear()
    records = _records()
    studies = {
        "demo:file:one": "s1",
        "demo:pubmed:12345": "s2",
        "demo:ctgov:NCT00000003": "s3",
        "demo:file:four": "s4",
    }
    measurements, effects = _measurements(), _effects()
    pools = pool(effects, Choice(), None, [a.id for a in CONFIG.analyses])
    machine = [
        {**m, "value": "6.2"} if m["measurement_id"] == "marm2" else m
        for m in measurements
        if m["state"] != "added"
    ]
    return Review(
        config=CONFIG,
        parsed={r.record_id: r for r in records},
        records=[
            t.RECORDS.row(record_id=r.record_id, source=r.source, search=FOUND_BY[r.record_id], report_id=f"p{studies[r.record_id]}", title=r.title,
                          study_id=studies[r.record_id], status=STATUS.get(r.record_id, "current"), sha256="0",
                          full_text=str(r.record_id == "demo:file:one").lower(), licence="CC BY <4.0>", pmid=r.pmid,
                          types="Retracted Publication" if r.record_id == "demo:file:four" else "",
                          first_seen="2026-11-20" if r.source == "pubmed" else "",
                          doi=r.doi, nct=";".join(r.nct))
            for r in records
        ],
        searches=_searches(),
        changes=_changes(),
        links=[
            t.LINKS.row(from_id=a, to_id=b, relation=relation, evidence=evidence, score=score)
            for a, b, relation, evidence, score in (
                ("pmid:77", "demo:pubmed:12345", "concern_about", f"the source states {HOSTILE}", "1"),
                ("demo:file:one", "pubmed:outside", "apart", "set by jane: not the same", "1"),
            )
        ],
        studies=[
            t.STUDIES.row(study_id="s1", label="Lv 2025", design="case_report", n_randomised="26"),
            t.STUDIES.row(study_id="s2", label=f"Smith {HOSTILE}", design="rct"),
            t.STUDIES.row(study_id="s3", label="Trial 2011", registration="NCT00000003"),
            t.STUDIES.row(study_id="s4", label="Fourth"),
        ],
        decisions=[
            t.DECISIONS.row(record_id=record, stage="report", decision=decision, reason=reason, by="rule", evidence=HOSTILE)
            for record, decision, reason in (
                ("demo:file:one", "include", "meets the criteria"),
                ("demo:pubmed:12345", "not_retrieved", "used on its abstract"),
                ("demo:ctgov:NCT00000003", "ongoing", "recruiting"),
                ("demo:file:four", "exclude", "review: no outcome data"),
            )
        ],
        prisma=[
            t.PRISMA.row(box="identified_databases", reason="PubMed", count="12345", unit="records", query="all"),
            t.PRISMA.row(box="studies_included", count="2", unit="studies", query="some"),
            t.PRISMA.row(box="a_new_box", count="1", unit="studies", query="new"),
        ],
        rejected=[t.REJECTED.row(file="=bad.xml", reason="truncated XML")],
        unread=[t.UNREAD.row(record_id="demo:file:one", locator="figure/F1", caption=f"Pain over time {HOSTILE}")],
        machine=[{name: m[name] for name in t.MEASUREMENTS.names} for m in machine],
        measurements=measurements,
        arms=[t.ARMS.row(arm_id="as1", study_id="s1", record_id="demo:file:one", label="all")],
        conflicts=[
            t.CONFLICTS.row(conflict_id="c1", study_id="s1", result_id="rfollow", kind="spread", chosen="mfollow",
                            measurement_ids="mfollow;mother", reason="preferred source: table over text", check="0.37 / 0.73")
        ],
        log=[
            t.CORRECTION_LOG.row(action_id="act1", file="jane.tsv", line="2", outcome="applied"),
            t.CORRECTION_LOG.row(action_id="act2", file="jane.tsv", line="3", outcome="stale", detail="source changed"),
        ],
        actions=[
            t.CURATION.row(action_id="act1", curator="jane", action="set", target_type="measurement", target_id="marm2",
                           field="value", old_value="6.2", new_value="5.2", reason="a misprint", time="2026-05-01"),
        ],
        effects=effects,
        pooled=pools.pooled,
        weights=pools.weights,
        figures={name: dict(drawn) for name, drawn in _figures().items()},
        version="0.0",
    )  # fmt: skip


@pytest.fixture(scope="session")
def made() -> Made:
    """The made-up review and the files of its report."""
    review = make_review()
    return Made(review, report_files(review))


@pytest.fixture(scope="session")
def review_maker() -> object:
    """A function that makes the review anew; its plots are drawn once, unless they are asked for anew."""
    return make_review
