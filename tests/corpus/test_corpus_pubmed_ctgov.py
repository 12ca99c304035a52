"""The PubMed and registry part of the embedded corpus, and the completeness of its provenance table."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

COLUMNS = ["file", "study", "fact_key", "ids", "address", "note"]
NOT_RECORDS = {"README.md", "PROVENANCE.tsv"}
NUMBER = re.compile(r"\d+(?:[.,]\d+)?|\.\d+")
CI_LEVEL = re.compile(r"95% CI")
NAMES_WITH_DIGITS = re.compile(r"NCT\d{8}|ChiCTR\w+|\bI2\b")
# Number words below four are left out: they count arms, parts and documents rather than results.
WORDS = {
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "sixteen": 16,
    "eighteen": 18,
    "twenty-one": 21,
    "twenty-six": 26,
    "twenty-eight": 28,
    "thirty-six": 36,
    "forty": 40,
    "sixty": 60,
}
LABELS_OF_GROUPS = {"FG000", "FG001", "BG000", "BG001", "BG002", "OG000", "OG001"}

Row = dict[str, str]
Fact = dict[str, Any]


@pytest.fixture(scope="module")
def corpus(project: Path) -> Path:
    return project / "config" / "corpus"


@pytest.fixture(scope="module")
def provenance(corpus: Path) -> list[Row]:
    with (corpus / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert reader.fieldnames == COLUMNS
        return list(reader)


@pytest.fixture(scope="module")
def facts(study_facts: Path) -> dict[str, Fact]:
    lines = study_facts.read_text(encoding="utf-8").splitlines()
    return {fact["key"]: fact for fact in map(json.loads, lines)}


def parse(path: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.parse(str(path), parser).getroot()


def keys_of(row: Row) -> list[str]:
    return [key.strip() for key in row["fact_key"].split(";") if key.strip()]


def ids_of(row: Row) -> set[tuple[str, str]]:
    pairs = [part.strip().split(":", 1) for part in row["ids"].split(";") if part.strip()]
    return {("pmcid" if kind == "pmc" else kind, value.lower()) for kind, value in pairs}


def own_ids(fact: Fact) -> set[tuple[str, str]]:
    return {(kind, fact[kind].lower()) for kind in ("doi", "pmid", "pmcid", "nct") if fact.get(kind)}


def linked_registrations(fact: Fact, facts: dict[str, Fact]) -> set[tuple[str, str]]:
    """Registrations that the facts tie to this study, the probable ones left out."""
    other = fact["other"]
    found = {other["linked_nct"]} if "probable" not in other.get("linked_nct", "probable") else set()
    for fact_b in facts.values():
        links = {fact_b["other"].get("same_trial_as"), fact_b["other"].get("same_study")}
        if fact["key"] in links or fact_b["key"] in {other.get("same_trial_as"), other.get("same_study")}:
            found.add(fact_b["nct"])
    return {("nct", nct.lower()) for nct in found if nct}


def numbers(text: str) -> set[float]:
    found = {float(token.replace(",", ".")) for token in NUMBER.findall(text)}
    lowered = text.lower()
    found |= {
        float(value) for word, value in WORDS.items() if re.search(rf"(?<![\w-]){word}(?![\w-])", lowered)
    }
    return found


def leaves(node: Any, skip: frozenset[str]) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in skip:
                yield from leaves(value, skip)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, skip)
    elif isinstance(node, int | float | str) and not isinstance(node, bool):
        yield str(node)


def fact_numbers(fact: Fact) -> set[float]:
    text = " ".join(leaves(fact, frozenset()))
    # "5,30,60 min" is a list and "16,7" a number: a comma is read both ways
    return numbers(text) | numbers(text.replace(",", " , "))


def published_numbers(row: Row, facts: dict[str, Fact], seeds: Path) -> set[float]:
    found: set[float] = set()
    for key in keys_of(row):
        if key.startswith("seed "):
            (seed,) = seeds.glob(f"{key.removeprefix('seed ')}_*.txt")
            found |= numbers(seed.read_text(encoding="utf-8"))
        else:
            found |= fact_numbers(facts[key])
    return found


def visible_text(path: Path) -> str:
    if path.suffix == ".json":
        study = json.loads(path.read_text(encoding="utf-8"))
        text = " \n ".join(leaves(study, frozenset({"nctId", "groupId", "id", "referencesModule"})))
    else:
        root = parse(path)
        parts = root.iter("ArticleTitle", "AbstractText", "Year")
        text = " \n ".join("".join(part.itertext()) for part in parts)
    return CI_LEVEL.sub("CI", NAMES_WITH_DIGITS.sub("", text))


def ours(provenance: list[Row]) -> list[Row]:
    return [row for row in provenance if row["file"].startswith(("pubmed/", "ctgov/"))]


def test_every_file_stands_in_the_provenance_table_and_the_other_way_round(
    corpus: Path, provenance: list[Row]
) -> None:
    files = {str(path.relative_to(corpus).as_posix()) for path in corpus.rglob("*") if path.is_file()}
    listed = [row["file"] for row in provenance]
    assert len(listed) == len(set(listed))
    assert {file for file in files if file not in NOT_RECORDS} == set(listed)


def test_the_provenance_table_is_sorted_and_names_study_key_and_address(provenance: list[Row]) -> None:
    assert [row["file"] for row in provenance] == sorted(row["file"] for row in provenance)
    for row in provenance:
        assert row["study"], row["file"]
        assert row["note"], row["file"]
        assert keys_of(row), row["file"]


def test_at_least_forty_five_studies_stand_behind_the_corpus(provenance: list[Row]) -> None:
    keys = {key for row in provenance for key in keys_of(row)}
    assert len({key for key in keys if not key.startswith("seed ")}) >= 45
    assert {f"seed 00{number}" for number in range(5)} <= keys


def test_the_keys_and_ids_of_the_provenance_table_are_those_of_the_facts(
    provenance: list[Row], facts: dict[str, Fact]
) -> None:
    for row in provenance:
        keys = keys_of(row)
        if any(key.startswith("seed ") for key in keys):
            continue
        assert set(keys) <= set(facts), row["file"]
        own = set().union(*(own_ids(facts[key]) for key in keys))
        linked = set().union(*(linked_registrations(facts[key], facts) for key in keys))
        listed = ids_of(row)
        assert {pair for pair in own if pair[0] != "pmcid"} <= listed <= own | linked, row["file"]


def test_the_pubmed_part_has_the_records_asked_for(corpus: Path) -> None:
    articles = [a for path in (corpus / "pubmed").glob("*.xml") for a in parse(path).iter("PubmedArticle")]
    assert len(articles) >= 22
    types = {t.text for article in articles for t in article.iter("PublicationType")}
    assert {"Randomized Controlled Trial", "Meta-Analysis", "Review", "Case Reports"} <= types


def test_the_ids_inside_a_pubmed_record_are_the_listed_ones(corpus: Path, provenance: list[Row]) -> None:
    kinds = {"pubmed": "pmid", "doi": "doi", "pmc": "pmcid"}
    for row in provenance:
        if not row["file"].startswith("pubmed/"):
            continue
        root = parse(corpus / row["file"])
        inside = {(kinds[i.get("IdType", "")], str(i.text).lower()) for i in root.iter("ArticleId")}
        accessions = {str(a.text).lower() for a in root.iter("AccessionNumber")}
        inside |= {("nct", accession) for accession in accessions if accession.startswith("nct")}
        assert inside == ids_of(row), row["file"]
        pmids = [str(p.text) for p in root.iter("PMID")]
        articles = list(root.iter("PubmedArticle"))
        assert len(pmids) == len(articles) == len(keys_of(row)), row["file"]


def test_a_pubmed_abstract_is_short(corpus: Path) -> None:
    for path in (corpus / "pubmed").glob("*.xml"):
        for article in parse(path).iter("PubmedArticle"):
            text = " ".join("".join(part.itertext()) for part in article.iter("AbstractText"))
            assert 40 <= len(text) <= 1600, path.name


def test_each_registry_file_has_the_shape_of_api_version_two(corpus: Path) -> None:
    for path in (corpus / "ctgov").glob("*.json"):
        study = json.loads(path.read_text(encoding="utf-8"))
        protocol = study["protocolSection"]
        assert protocol["identificationModule"]["nctId"] == path.stem
        assert protocol["identificationModule"]["briefTitle"]
        assert protocol["conditionsModule"]["conditions"]
        assert protocol["designModule"]["studyType"] in {"INTERVENTIONAL", "OBSERVATIONAL"}
        assert study["hasResults"] is ("resultsSection" in study)
        labels = {arm["label"] for arm in protocol["armsInterventionsModule"].get("armGroups", [])}
        for intervention in protocol["armsInterventionsModule"]["interventions"]:
            assert set(intervention.get("armGroupLabels", [])) <= labels, path.name


def test_the_registry_part_covers_the_statuses(corpus: Path) -> None:
    statuses = set()
    for path in (corpus / "ctgov").glob("*.json"):
        protocol = json.loads(path.read_text(encoding="utf-8"))["protocolSection"]
        statuses.add(protocol.get("statusModule", {}).get("overallStatus", ""))
    assert {
        "COMPLETED",
        "RECRUITING",
        "NOT_YET_RECRUITING",
        "WITHDRAWN",
        "UNKNOWN",
        "ENROLLING_BY_INVITATION",
        "ACTIVE_NOT_RECRUITING",
        "",
    } <= statuses
    assert len(list((corpus / "ctgov").glob("*.json"))) >= 14


def test_a_registry_status_is_the_one_of_the_facts(
    corpus: Path, provenance: list[Row], facts: dict[str, Fact]
) -> None:
    for row in provenance:
        if not row["file"].startswith("ctgov/") or row["fact_key"].startswith("seed "):
            continue
        study = json.loads((corpus / row["file"]).read_text(encoding="utf-8"))
        status = study["protocolSection"].get("statusModule", {}).get("overallStatus")
        known = facts[row["fact_key"]]["other"].get("status")
        if status is None:
            assert known in {None, "not shown"}, row["file"]
        else:
            words = re.sub(r", (?:no )?results posted$", "", known).replace(",", "")
            assert words == status.lower().replace("_", " "), row["file"]


def test_the_recruiting_trial_of_the_news_document_has_no_results(corpus: Path) -> None:
    study = json.loads((corpus / "ctgov" / "NCT07241559.json").read_text(encoding="utf-8"))
    assert study["protocolSection"]["statusModule"]["overallStatus"] == "RECRUITING"
    assert study["hasResults"] is False
    assert "enrollmentInfo" not in study["protocolSection"]["designModule"]


def test_a_reference_of_a_registration_names_the_twin_study_of_the_facts(
    corpus: Path, provenance: list[Row], facts: dict[str, Fact]
) -> None:
    seen = 0
    for row in provenance:
        if not row["file"].startswith("ctgov/") or row["fact_key"].startswith("seed "):
            continue
        study = json.loads((corpus / row["file"]).read_text(encoding="utf-8"))
        other = facts[row["fact_key"]]["other"]
        twin = facts.get(other.get("same_trial_as") or other.get("same_study") or "")
        for reference in study["protocolSection"].get("referencesModule", {}).get("references", []):
            seen += 1
            pmid = twin["pmid"] if twin else other["publication_pmid"]
            assert reference.get("pmid") == pmid, row["file"]
            if twin:
                assert twin["doi"] in reference["citation"], row["file"]
    assert seen == 4


def test_numbers_of_posted_results_are_strings_with_denominators(corpus: Path) -> None:
    study = json.loads((corpus / "ctgov" / "NCT00355914.json").read_text(encoding="utf-8"))
    baseline = study["resultsSection"]["baselineCharacteristicsModule"]
    groups = {group["id"] for group in baseline["groups"]} | LABELS_OF_GROUPS
    counts = {c["groupId"]: c["value"] for denom in baseline["denoms"] for c in denom["counts"]}
    assert counts["BG000"] == counts["BG001"] == "60"
    for measure in baseline["measures"]:
        assert measure["paramType"] in {"MEAN", "COUNT_OF_PARTICIPANTS"}
        assert ("dispersionType" in measure) is (measure["paramType"] == "MEAN")
        for group_class in measure["classes"]:
            for category in group_class["categories"]:
                for cell in category["measurements"]:
                    assert cell["groupId"] in groups
                    assert all(isinstance(value, str) for value in cell.values())


def test_every_number_of_a_file_stands_in_the_facts_of_its_study(
    corpus: Path, provenance: list[Row], facts: dict[str, Fact], real_seeds: Path
) -> None:
    strays = {}
    for row in ours(provenance):
        text = visible_text(corpus / row["file"])
        stray = numbers(text) - published_numbers(row, facts, real_seeds)
        if stray:
            strays[row["file"]] = sorted(stray)
    assert not strays


def test_every_arm_level_figure_of_the_facts_is_printed_in_the_pubmed_record(
    corpus: Path, provenance: list[Row], facts: dict[str, Fact]
) -> None:
    missing = {}
    for row in provenance:
        if not row["file"].startswith("pubmed/"):
            continue
        printed = numbers(visible_text(corpus / row["file"]))
        for key in keys_of(row):
            for outcome in facts[key]["outcomes"]:
                wanted = {abs(outcome[f]) for f in ("value", "spread", "lower", "upper") if outcome[f]}
                lost = {value for value in wanted if value > 3 and value not in printed}
                if lost:
                    missing[key, outcome["instrument"]] = sorted(lost)
    assert not missing
