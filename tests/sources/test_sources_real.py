from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from sonospine.model.places import quote_at
from sonospine.model.record import Record, from_json, to_json
from sonospine.sources import readings_of, records_of


def locked(real_data: Path) -> set[str]:
    """Articles that nobody may read while building; they stay out of the tests as well."""
    return set((real_data / "gold" / "locked.txt").read_text().split())


def articles(real_data: Path) -> list[Path]:
    kept_out = locked(real_data)
    return [p for p in sorted((real_data / "jats-pain").glob("*.nxml")) if p.stem not in kept_out]


def check(record: Record) -> None:
    assert from_json(to_json(record)) == record
    locators = Counter(
        [p.locator for p in record.passages]
        + [t.locator for t in record.tables]
        + [f.locator for f in record.figures]
    )
    assert set(locators.values()) <= {1}
    for passage in record.passages:
        plain = passage.text.replace("\u202f", "\0")  # in numbers it stays
        assert plain == " ".join(plain.split()) != ""
        assert quote_at(record, passage.locator) == passage.text
    for table in record.tables:
        assert len({len(row) for row in table.rows}) <= 1
        assert not (table.image and table.rows)
        assert table.header_rows <= len(table.rows)


def test_every_pubmed_record_of_the_index_is_read(real_data: Path) -> None:
    index = json.loads((real_data / "pubmed-xml" / "index.json").read_text())
    # Two entries of the index have no PubMed id: they are empty, and are refused below.
    wanted = Counter((entry["file"], entry["pmid"]) for entry in index if entry["pmid"])
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted((real_data / "pubmed-xml").rglob("*.xml")):
        records, rejected = readings_of(path)
        assert records or rejected
        assert len(rejected) <= 1
        for record in records:
            check(record)
            if record.source == "pubmed":
                found[path.relative_to(real_data).as_posix(), record.pmid] += 1
    assert wanted - found == Counter()
    # A file whose root is the book itself is not in the index, and is read all the same.
    assert [Path(file).name for file, _ in found - wanted] == ["MedlineImporterTestPubmedBook.xml"]


def test_flags_of_the_pubmed_index_show_in_the_records(real_data: Path) -> None:
    index = json.loads((real_data / "pubmed-xml" / "index.json").read_text())
    once = {key for key, count in Counter(e["pmid"] for e in index).items() if count == 1}
    assert once
    for entry in index:
        if entry["pmid"] not in once:
            continue
        (record,) = (r for r in records_of(real_data / entry["file"]) if r.pmid == entry["pmid"])
        flags = set(entry["flags"])
        assert ("Book" in record.types) == ("book" in flags), entry
        if "no_abstract" in flags:
            assert record.abstract() == (), entry
        if "structured_abstract" in flags:
            assert any(not p.locator.startswith("abstract/p") for p in record.abstract()), entry
        assert not any(re.search(r"</?(?:i|b|sup|sub|mml:)", p.text) for p in record.passages), entry


def test_every_odd_pubmed_file_has_one_reason(real_data: Path) -> None:
    folder = real_data / "pubmed-xml"
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            records, rejected = readings_of(path)
            assert records or len(rejected) == 1
    (html,) = readings_of(folder / "biopython-entrez" / "pubmed3.html")[1]
    assert "HTML" in html.reason
    (search,) = readings_of(folder / "biopython-entrez" / "esearch1.xml")[1]
    assert "esearch" in search.reason
    (broken,) = readings_of(folder / "jabref" / "MedlineImporterTestMalformedEntry.xml")[1]
    assert "malformed XML" in broken.reason


def test_real_articles_have_ids_texts_and_rectangular_tables(real_data: Path) -> None:
    kinds: Counter[str] = Counter()
    tables = 0
    paths = articles(real_data)
    for path in paths:
        (record,) = records_of(path)
        check(record)
        assert record.record_id == f"pmc:{path.stem}"
        assert record.title
        assert re.fullmatch(r"(19|20)\d\d", record.year)
        assert record.language == "eng"
        kinds[record.kind] += 1
        tables += sum(bool(t.rows) for t in record.tables)
    assert len(paths) == 192
    assert kinds == {"article": 170, "protocol": 20, "abstract": 1, "notice": 1}
    assert tables > 400


def own_text(paragraph: etree._Element) -> str:
    """The text of a paragraph without that of the tables, figures and notes in it."""
    inside = "ancestor::table-wrap or ancestor::fig or ancestor::fn or ancestor::tex-math"
    return " ".join(paragraph.xpath(f".//text()[not({inside})]"))


def test_no_word_and_no_number_of_a_real_article_is_lost(real_data: Path) -> None:
    # Raised numbers are citations and marks, which are left out on purpose; the rest must be there.
    paths = articles(real_data)[::4]
    assert paths
    for path in paths:
        (record,) = records_of(path)
        root = etree.parse(
            path, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        ).getroot()
        for element in list(root.iter("sup", "xref")):
            tail = element.tail or ""
            element.clear()
            element.tail = f" {tail}"
        kept = Counter(re.findall(r"\w+", " ".join(p.text for p in record.passages)))
        cells = Counter(
            re.findall(r"\d+", " ".join(c.text for t in record.tables for row in t.rows for c in row))
        )
        notes = Counter(re.findall(r"\d+", " ".join(n for t in record.tables for n in t.footnotes)))
        body = root.find("body")
        assert body is not None
        words = Counter(w for p in body.iterfind(".//sec/p") for w in re.findall(r"\w+", own_text(p)))
        lost = sum((words - kept).values())
        assert lost <= 0.03 * sum(words.values()), (path.name, (words - kept).most_common(12))
        numbers = Counter(
            n
            for cell in [*root.iter("td"), *root.iter("th")]
            for n in re.findall(r"\d+", cell.xpath("string()"))
        )
        assert not numbers - cells - notes, (path.name, numbers - cells - notes)


def test_every_registration_is_read_and_its_results_can_be_pointed_to(real_data: Path) -> None:
    index = {entry["nct"]: entry for entry in json.loads((real_data / "ctgov" / "index.json").read_text())}
    paths = sorted((real_data / "ctgov" / "studies").glob("*.json"))
    pages = sorted((real_data / "ctgov" / "pages").glob("*.json"))
    assert paths
    assert pages
    for path in paths:
        (record,) = records_of(path)
        check(record)
        entry = index[record.nct[0]]
        assert len(record.registry.get("outcomeMeasures", [])) == entry["n_outcome_measures"]
        assert record.types[:1] == ((entry["study_type"],) if entry["study_type"] else record.types[:1])
        if entry["n_outcome_measures"]:
            assert quote_at(record, "registry/outcomeMeasures/0/title")
    for path in pages:
        records, rejected = readings_of(path)
        assert records or rejected
        for record in records:
            check(record)


@pytest.mark.parametrize(
    ("number", "kind", "authors"),
    [
        ("000", "article", 6),
        ("001", "news", 0),
        ("002", "article", 0),
        ("003", "news", 0),
        ("004", "article", 6),
    ],
)
def test_the_five_documents_are_read(real_seeds: Path, number: str, kind: str, authors: int) -> None:
    (path,) = real_seeds.glob(f"{number}_*.txt")
    (record,) = records_of(path)
    check(record)
    assert record.kind == kind
    assert len(record.authors) == authors
    assert record.title
    assert record.language == "eng"


def seed(real_seeds: Path, number: str) -> Record:
    (path,) = real_seeds.glob(f"{number}_*.txt")
    return records_of(path)[0]


def test_the_pilot_study_has_its_abstract_sections_and_tables(real_seeds: Path) -> None:
    record = seed(real_seeds, "000")
    assert [p.locator for p in record.abstract()] == [
        "abstract/BACKGROUND",
        "abstract/METHODS",
        "abstract/RESULTS",
        "abstract/CONCLUSION",
    ]
    assert (record.doi, record.year, record.full_text) == ("", "2025", True)
    assert [t.label for t in record.tables[:2]] == ["Table 1", "Table 2"]
    assert quote_at(record, "table/2:r1c3:0-11") == "1.85 ± 0.37"
    (results,) = (p for p in record.body() if p.headings == ("Results",))
    assert "two weeks, 1.85 ± 0.73" in results.text
    assert "Compared with ROM at baseline (20.92 ± 3.03)" in results.text
    assert "71.12 ± 2.50" in results.text


def test_news_cite_the_article_and_the_registration(real_seeds: Path) -> None:
    assert seed(real_seeds, "001").dois_cited == ("10.1186/s12871-025-03046-6",)
    recruiting = seed(real_seeds, "003")
    assert (recruiting.nct, recruiting.nct_cited) == ((), ("NCT07241559",))
    assert seed(real_seeds, "002").types == ("Review",)


def test_the_case_report_has_its_scores_in_methods(real_seeds: Path) -> None:
    record = seed(real_seeds, "004")
    assert record.types == ("Case Reports",)
    text = " ".join(p.text for p in record.body())
    assert "17/50" in text
    assert "10/50" in text
    assert [p.role for p in record.body() if "10/50" in p.text] == ["methods"]
