"""The articles and documents of the embedded corpus hold only figures that were published."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

CORPUS = Path(__file__).resolve().parents[2] / "config" / "corpus"
ARTICLES = sorted((CORPUS / "jats").glob("*.xml"))
DOCUMENTS = sorted((CORPUS / "documents").glob("*.md"))
SEEDS = [path for path in DOCUMENTS if path.stem.startswith("seed-")]
STUDIES = [path for path in DOCUMENTS if path not in SEEDS]
FRONT_KEYS = {"title", "doi", "url", "year", "authors", "journal", "language", "pmid", "nct", "types"}
BANNER = (
    "Demonstration corpus: condensed by us from published figures; the wording is not the papers'; "
    "not a systematic search"
)

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|(?<!\d)\.\d+")
LABEL = re.compile(r"\bTables? \d+|^\d+\. |\b95% CI", re.MULTILINE)
# XML 1.0 knows five entities; an article with a DOCTYPE may use those of HTML besides.
NAMED = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)(\w+);")


def _name(path: Path) -> str:
    return path.name


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _article(path: Path) -> etree._Element:
    text = NAMED.sub(lambda match: html.unescape(match.group(0)), path.read_text(encoding="utf-8"))
    return etree.fromstring(text.encode("utf-8"), _parser())


def _document(path: Path) -> tuple[dict[str, Any], str]:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def _visible(path: Path) -> str:
    if path.suffix == ".md":
        front, body = _document(path)
        return f"{front['title']}\n{body}"
    wanted = ("title-group", "abstract", "trans-abstract", "body")
    return " ".join(
        piece for part in _article(path).iter(*wanted) for piece in part.itertext() if isinstance(piece, str)
    )


def _number(token: str) -> float | str:
    try:
        return abs(float(token.replace(",", ".")))
    except ValueError:
        return token


def _numbers(text: str) -> Iterator[tuple[str, float | str]]:
    for match in TOKEN.finditer(text):
        listed = match.group(0).split(",")
        for token in listed if len(listed) > 2 else (match.group(0),):
            yield token, _number(token)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif value is not None:
        yield str(value)


def _published(fact: dict[str, Any]) -> set[float | str]:
    """Every number of a fact record, and mean and spread run together as a copy without ± prints them."""
    strings = [*_strings(fact), *_glued(fact)]
    return {number for string in strings for _, number in _numbers(string)}


def _glued(fact: dict[str, Any]) -> Iterator[str]:
    for row in fact["outcomes"]:
        if row.get("spread") is not None:
            yield f"{abs(row['value'])}{row['spread']}"
    age = fact["other"].get("age")
    if isinstance(age, str):
        yield age.replace("±", "")


def _not_published(text: str, published: set[float | str]) -> list[str]:
    return [token for token, number in _numbers(LABEL.sub(" ", text)) if number not in published]


def _provenance() -> dict[str, dict[str, str]]:
    with (CORPUS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


@pytest.fixture(scope="module")
def facts(study_facts: Path) -> dict[str, dict[str, Any]]:
    with study_facts.open(encoding="utf-8") as lines:
        return {record["key"]: record for record in map(json.loads, lines)}


@pytest.fixture(scope="module")
def seeds(real_seeds: Path) -> dict[str, str]:
    return {path.name[:3]: path.read_text(encoding="utf-8") for path in real_seeds.glob("*.txt")}


def test_enough_articles_and_documents_are_embedded() -> None:
    assert len(ARTICLES) >= 14
    assert len(DOCUMENTS) >= 22
    assert len(SEEDS) == 5


def test_the_readme_carries_the_banner_sentence() -> None:
    assert BANNER in (CORPUS / "README.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", [*ARTICLES, *DOCUMENTS], ids=_name)
def test_every_file_has_a_row_of_provenance_with_its_ids(path: Path) -> None:
    row = _provenance()[path.relative_to(CORPUS).as_posix()]
    stated = dict(item.split(":", 1) for item in row["ids"].split(";") if item)
    if path.suffix == ".xml":
        ids = {node.get("pub-id-type"): node.text for node in _article(path).iter("article-id")}
    else:
        front, _ = _document(path)
        ids = {key: front[key] for key in ("doi", "pmid", "nct") if key in front}
        stated.pop("pmc", None)
    assert ids == stated
    assert row["note"].startswith("condensed by us")


@pytest.mark.parametrize("path", ARTICLES, ids=_name)
def test_an_article_is_well_formed_as_the_importer_reads_it(path: Path) -> None:
    root = etree.parse(path, _parser()).getroot()
    assert root.tag == "article"
    assert root.findtext("front/article-meta/title-group/article-title")
    assert root.find("front/article-meta/abstract/sec/p") is not None
    assert root.find("body/sec//table-wrap") is not None


@pytest.mark.parametrize("path", ARTICLES, ids=_name)
def test_every_row_of_a_table_fills_the_same_columns(path: Path) -> None:
    for table in _article(path).iter("table"):
        widths = []
        for part in table:
            held: dict[int, int] = {}
            for row in part.iter("tr"):
                taken = {column for column, rows in held.items() if rows > 0}
                held = {column: rows - 1 for column, rows in held.items() if rows > 1}
                column = 0
                for cell in row:
                    for _ in range(int(cell.get("colspan", "1"))):
                        while column in taken:
                            column += 1
                        taken.add(column)
                        if int(cell.get("rowspan", "1")) > 1:
                            held[column] = int(cell.get("rowspan", "1")) - 1
                widths.append(len(taken))
        assert len(set(widths)) == 1, widths


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_a_document_has_a_front_matter_of_known_keys_and_a_heading(path: Path) -> None:
    front, body = _document(path)
    assert set(front) <= FRONT_KEYS
    assert front["title"]
    assert body.lstrip().startswith("# ")
    assert "\n## " in body


@pytest.mark.parametrize("path", [*ARTICLES, *STUDIES], ids=_name)
def test_every_number_was_published_for_that_study(path: Path, facts: dict[str, dict[str, Any]]) -> None:
    fact = facts[_provenance()[path.relative_to(CORPUS).as_posix()]["fact_key"]]
    assert _not_published(_visible(path), _published(fact)) == []


@pytest.mark.parametrize("path", [*ARTICLES, *STUDIES], ids=_name)
def test_ids_and_year_are_those_of_the_facts(path: Path, facts: dict[str, dict[str, Any]]) -> None:
    fact = facts[_provenance()[path.relative_to(CORPUS).as_posix()]["fact_key"]]
    if path.suffix == ".xml":
        article = _article(path)
        stated = {node.get("pub-id-type"): node.text for node in article.iter("article-id")}
        known = {"pmid": fact["pmid"], "pmc": fact["pmcid"], "doi": fact["doi"]}
        assert stated == {key: value for key, value in known.items() if value}
        year = article.findtext("front/article-meta/pub-date/year")
        assert year == (str(fact["year"]) if fact["year"] else None)
        return
    front, _ = _document(path)
    assert front.get("doi") == fact["doi"]
    assert front.get("year", fact["year"]) == fact["year"]


@pytest.mark.parametrize("path", SEEDS, ids=_name)
def test_every_number_of_a_condensed_seed_stands_in_the_seed(path: Path, seeds: dict[str, str]) -> None:
    published = {number for _, number in _numbers(seeds[path.stem[5:8]])}
    assert _not_published(_visible(path), published) == []


@pytest.mark.parametrize("path", SEEDS, ids=_name)
def test_a_condensed_seed_copies_no_sentence(path: Path, seeds: dict[str, str]) -> None:
    front, body = _document(path)
    text, _, _ = body.replace(front["title"], " ").partition("## Reference")
    prose = " ".join(line for line in text.splitlines() if "\t" not in line)
    words = re.findall(r"[^\W\d]+", prose.casefold())
    source = " ".join(re.findall(r"[^\W\d]+", seeds[path.stem[5:8]].casefold()))
    runs = [" ".join(words[start : start + 10]) for start in range(len(words) - 9)]
    assert [run for run in runs if run in source] == []


def test_seed_000_keeps_its_conflicts_and_has_no_doi() -> None:
    front, body = _document(CORPUS / "documents" / "seed-000-fascia-pilot.md")
    assert "doi" not in front
    assert "doi.org" not in body
    assert "one, four, and twelve weeks" in body
    assert "one, two, and twelve weeks" in body
    assert "1.85 ± 0.73" in body
    assert "1.85 ± 0.37" in body
    assert "2.31 ± 0.47" in body
    assert "2.31±0.37" in body
    assert "both groups" in body


def test_seed_001_is_the_same_report_by_title_and_first_author() -> None:
    article, _ = _document(CORPUS / "documents" / "seed-000-fascia-pilot.md")
    news, _ = _document(CORPUS / "documents" / "seed-001-fascia-news.md")
    assert news["title"] == article["title"]
    assert news["authors"][0] == article["authors"][0]
    assert news["doi"] == "10.1186/s12871-025-03046-6"


def test_the_two_copies_of_one_abstract_differ_in_the_plus_minus_sign_only() -> None:
    kept, with_sign = _document(CORPUS / "documents" / "ManiquisSmigel2017.md")
    lost, without = _document(CORPUS / "documents" / "ManiquisSmigel2017-mirror.md")
    assert kept["doi"] == lost["doi"]
    assert "4.4±1.7 vs 2.4±2.8" in with_sign
    assert "4.41.7 vs 2.42.8" in without
    assert "±" not in without
    assert with_sign.replace("±", "").strip().startswith(without.strip().rstrip("."))


def test_one_old_article_writes_plus_minus_as_a_named_entity() -> None:
    text = (CORPUS / "jats" / "Galiano2007.xml").read_text(encoding="utf-8")
    assert "<!DOCTYPE" in text
    assert "&plusmn;" in text
    assert sum("&#x00B1;" in path.read_text(encoding="utf-8") for path in ARTICLES) >= 14
