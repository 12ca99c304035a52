"""Citations in tables, XML and braces, in entries of our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sonospine.model.record import Record
from sonospine.sources import readings_of

Read = Callable[..., list[Record]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a text to a file and read it; nothing of it may be rejected."""

    def read(text: str, name: str = "refs.ris", encoding: str = "utf-8") -> list[Record]:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        records, rejected = readings_of(path)
        assert rejected == []
        return records

    return read


def styled(text: str) -> str:
    return f'<style face="normal" font="default" size="100%">{text}</style>'


def endnote(inner: str = "", title: str = "") -> str:
    title = title or styled("Alpha ") + styled("against") + styled(" beta &lt; gamma")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><xml><records><record><database name="x.enl">x</database>'
        '<rec-number>7</rec-number><ref-type name="Journal Article">17</ref-type><contributors><authors>'
        f"<author>{styled('Doe, Jane')}</author><author>Roe, Richard</author></authors></contributors>"
        f"<titles><title>{title}</title><secondary-title>{styled('J Tests')}</secondary-title></titles>"
        f"<periodical><full-title>Journal of Tests</full-title></periodical><pages>{styled('101-9')}</pages>"
        f"<volume>4</volume><number>2</number><dates><year>{styled('2021')}</year></dates>"
        f"<abstract>{styled('BACKGROUND: We ask. METHODS: We tested.')}</abstract>"
        f"<electronic-resource-num>{styled('10.1000/xyz')}</electronic-resource-num><accession-num>31234567</accession-num>"
        f"<remote-database-provider>NLM</remote-database-provider><language>eng</language>{inner}</record></records></xml>"
    )


def test_an_endnote_xml_record_is_read_through_its_styles(read: Read) -> None:
    (record,) = read(endnote(), "library.xml")
    assert (record.title, record.authors) == ("Alpha against beta < gamma", ("Doe, Jane", "Roe, Richard"))
    assert (record.journal, record.year, record.pages) == ("Journal of Tests", "2021", "101-9")
    assert (record.doi, record.pmid, record.language) == ("10.1000/xyz", "31234567", "eng")
    assert [p.locator for p in record.abstract()] == ["abstract/BACKGROUND", "abstract/METHODS"]
    assert read(endnote(), "library.txt")[0].title == record.title
    spaced = endnote().replace("<records>", '<records xmlns="urn:x">')
    assert read(spaced, "library.xml")[0].title == record.title
    assert read(endnote().replace("UTF-8", "ISO-8859-1"), "library.xml", "latin-1")[0].title == record.title


def test_endnote_xml_expands_no_entity_and_reads_over_forbidden_characters(read: Read) -> None:
    bomb = '<!DOCTYPE xml [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    text = endnote(title="Alpha &b; beta\x0b &#x0C;end").replace("?>", f"?>{bomb}", 1)
    assert read(text, "library.xml")[0].title == "Alpha &b; beta end"


def test_endnote_tagged_entries_are_read(read: Read) -> None:
    text = (
        "%0 Journal Article\n%T Alpha against beta\n%A Doe, Jane\n%A Roe, Richard\n%J Journal of Tests\n%D 2021\n%V 4\n%N 2\n"
        "%P 101-109\n%R 10.1000/xyz\n%M 31234567\n%~ PubMed\n%K pain\nspine\n%X We\ntested.\n\n%0 Book\n%T Second\n"
        "%0 Book\n%T Third"
    )
    first, second, third = read(text, "refs.enw")
    assert (first.title, first.authors, first.journal) == (
        "Alpha against beta",
        ("Doe, Jane", "Roe, Richard"),
        "Journal of Tests",
    )
    assert (first.year, first.volume, first.pages, first.doi) == ("2021", "4", "101-109", "10.1000/xyz")
    assert (first.pmid, first.keywords, first.abstract()[0].text) == (
        "31234567",
        ("pain", "spine"),
        "We tested.",
    )
    assert (second.title, third.title, third.types) == ("Second", "Third", ("Book",))


def test_bibtex_keeps_what_stands_after_a_percent_sign(read: Read) -> None:
    text = (
        '% a comment\n@string{j = {Journal of Tests}}\n@article{a, title={{A}lpha, 95% CI, of {\\"o}l \\& more}, author={M{\\"u}ller, Jane and Roe, Richard},\n'
        " journal=j, year=2021, volume={4}, pages={101--109}, doi={10.1000/xyz_1}, abstract={The rate was 50% (n = 20)\nthen.}, keywords={pain, spine}}\n"
        "@comment{x}\n@article{a, title={Same key}, title={Twice}, year={2020}}\n"
    )
    first, second = read(text, "refs.bib")
    assert (first.title, first.authors) == ("Alpha, 95% CI, of öl & more", ("Müller, Jane", "Roe, Richard"))
    assert (first.journal, first.year, first.pages, first.doi) == (
        "Journal of Tests",
        "2021",
        "101-109",
        "10.1000/xyz_1",
    )
    assert first.abstract()[0].text == "The rate was 50% (n = 20) then."
    assert second.title == "Same key"


def test_a_broken_bibtex_entry_is_told_and_the_next_is_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "refs.bib"
    path.write_text("@article{a, title={never closed, year=2020\n@article{b, title={After}, year={2021}}\n")
    records, rejected = readings_of(path)
    assert [r.title for r in records] == ["After"]
    assert [r.file for r in rejected] == [f"{path}#1"]
    assert "broken BibTeX entry" in rejected[0].reason
    assert capfd.readouterr() == ("", "")


SCOPUS = (
    "Authors,Author full names,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,DOI,Link,Abstract,"
    "Author Keywords,PubMed ID,Language of Original Document,Document Type,Source,EID\n"
    '"Doe, J.; Roe, R.","Doe, Jane (571); Roe, Richard (572)","Alpha, ""against"" beta",2021,Journal of Tests,4,2,,101,109,10.1000/xyz,'
    'https://www.scopus.com/x,"We\ntested, twice.",pain; spine,31234567,English,Article,Scopus,2-s2.0-85000000001\n'
)


def test_a_scopus_table_is_read_with_all_its_columns(read: Read) -> None:
    (record,) = read(SCOPUS, "scopus.csv", "utf-8-sig")
    assert record.record_id == "file:scopus-2-s2-0-85000000001"
    assert (record.title, record.authors) == ('Alpha, "against" beta', ("Doe, J.", "Roe, R."))
    assert (record.journal, record.year, record.volume, record.pages) == (
        "Journal of Tests",
        "2021",
        "4",
        "101-109",
    )
    assert (record.doi, record.pmid, record.language) == ("10.1000/xyz", "31234567", "eng")
    assert record.abstract()[0].text == "We tested, twice."
    assert record.keywords == ("pain", "spine")


@pytest.mark.parametrize(
    ("header", "row", "field", "value"),
    [
        ("Title;Author(s);Publication Year", "Alpha;Doe J, Roe R;2021", "authors", ("Doe J", "Roe R")),
        ("Title;Authors", "Alpha;Doe, Jane", "authors", ("Doe, Jane",)),
        ("Title;Authors", "Alpha;Jane Doe and Richard Roe", "authors", ("Jane Doe", "Richard Roe")),
        ("Title;Authors", "Alpha;['Doe, Jane', 'Roe, R']", "authors", ("Doe, Jane", "Roe, R")),
        ("Article Title;UT (Unique WOS ID)", "Alpha;WOS:1", "record_id", "file:t-wos-1"),
        ("Title;PMID", "Alpha;31234567.0", "pmid", "31234567"),
        ("Title;Clinical Trial Numbers", "Alpha;ClinicalTrials.gov (NCT01234567)", "nct", ("NCT01234567",)),
        ("TITLE;Publication Type", "Alpha;Conference Abstract", "kind", "abstract"),
        ("Primary Title;Beginning Page;Ending Page", "Alpha;1;9", "pages", "1-9"),
        ("Document Title;Language", "Alpha;French", "language", "fre"),
        ("Title;Link", "Alpha;https://doi.org/10.1000/xyz", "doi", "10.1000/xyz"),
    ],
)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_columns_are_known_by_several_names(
    read: Read, header: str, row: str, field: str, value: object, delimiter: str
) -> None:
    text = f"{header}\n{row}\n".replace(";", delimiter)
    (record,) = read(text, "t.csv")
    assert record.title == "Alpha"
    assert getattr(record, field) == value


def test_a_tab_divided_text_of_web_of_science_is_a_table(read: Read) -> None:
    text = "PT\tAU\tTI\tSO\tPY\tDI\tUT\nJ\tDoe, J; Roe, R\tAlpha\tTESTS\t2021\t10.1000/xyz\tWOS:0001\n"
    for encoding in ("utf-8-sig", "utf-16"):
        (record,) = read(text, "savedrecs.txt", encoding)
        assert (record.title, record.authors, record.year) == ("Alpha", ("Doe, J", "Roe, R"), "2021")
        assert record.types == ("Journal Article",)


def test_a_row_with_too_many_cells_and_an_open_quote_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Title,Year\nAlpha, beta and gamma,2020\nDelta,2021\n")
    records, rejected = readings_of(path)
    assert [r.title for r in records] == ["Delta"]
    assert "line 2" in rejected[0].reason
    assert "quotes" in rejected[0].reason
    path.write_text('Title,Year\n"Alpha,2020\nDelta,2021\nEpsilon,2022\n')
    records, rejected = readings_of(path)
    assert any("1 entries were found, but the file has the marks of 3" in r.reason for r in rejected)


def test_inspec_entries_are_read(read: Read) -> None:
    text = "Record - 1 INSPEC\nAN ~ 123\nTI ~ Alpha\nAU ~ Doe, J.; Roe, R.\nAB ~ We\ntested.\nSO ~ Tests. 2020; 4 (2): 1-9\nRT ~ Journal-Paper\n\nRecord - 2 INSPEC\nTI ~ Beta\n"
    first, second = read(text, "inspec.txt")
    assert (first.title, first.authors, first.pages, first.year) == (
        "Alpha",
        ("Doe, J.", "Roe, R."),
        "1-9",
        "2020",
    )
    assert second.title == "Beta"


def test_an_embase_table_with_a_field_on_each_line_is_read(read: Read) -> None:
    text = (
        '"TITLE","Alpha against beta"\n"AUTHOR NAMES","Doe J.","Roe R."\n"SOURCE","Tests (2021) 4:2 (101-109). Date"\n'
        '"PUBLICATION TYPE","Conference Abstract"\n"ABSTRACT","We\ntested."\n"MEDLINE PMID","31234567"\n"PUI","L601234567"\n\n'
        '"TITLE","Second"\n"PUI","L601234568"\n'
    )
    first, second = read(text, "embase.csv")
    assert (first.record_id, first.authors, first.kind) == (
        "file:embase-l601234567",
        ("Doe J.", "Roe R."),
        "abstract",
    )
    assert (first.journal, first.year, first.volume, first.pages) == ("Tests", "2021", "4", "101-109")
    assert (first.pmid, first.abstract()[0].text, second.title) == ("31234567", "We tested.", "Second")
