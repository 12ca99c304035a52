"""Each format and dialect of citations, in entries of our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sonospine.model.record import Record
from sonospine.sources import readings_of

Read = Callable[..., list[Record]]
RIS = (
    "TY  - JOUR\nT1  - Alpha against beta\nA1  - Doe, Jane\nA1  - Roe, Richard\nJF  - Journal of Tests\nPY  - 2021/05/01\n"
    "VL  - 4\nIS  - 2\nSP  - 101\nEP  - 109\nDO  - 10.1000/XYZ.008\nLA  - German\nKW  - pain\nKW  - spine\n"
    "N2  - AIM: To test. METHODS: We tested. RESULTS: It worked.\nER  - \n"
)


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


def test_a_ris_entry_is_read_with_all_its_fields(read: Read) -> None:
    (record,) = read(RIS)
    assert record.record_id == "file:refs-10-1000-xyz-008"
    assert record.title == "Alpha against beta"
    assert record.authors == ("Doe, Jane", "Roe, Richard")
    assert (record.journal, record.year, record.volume, record.pages) == (
        "Journal of Tests",
        "2021",
        "4",
        "101-109",
    )
    assert (record.doi, record.language, record.keywords) == ("10.1000/xyz.008", "ger", ("pain", "spine"))
    assert [p.locator for p in record.passages] == [
        "title",
        "abstract/AIM",
        "abstract/METHODS",
        "abstract/RESULTS",
    ]
    assert record.abstract()[2].role == "results"
    assert record.types == ("Journal Article",)
    assert (record.kind, record.status, record.full_text) == ("article", "current", False)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("  - ", " - "),
        lambda t: t.replace("  - ", "-").replace("ER-", "ER-"),
        lambda t: t.replace("  - ", "\t- "),
        lambda t: t.replace("  - ", "  -"),
        lambda t: t.replace("ER  - \n", "ER  -"),
        lambda t: t.replace("ER  - \n", ""),
        lambda t: "\n\n1.\n" + t,
        lambda t: "Record #1 of 1\nProvider: X\n" + t,
        lambda t: t.replace("\n", "\n\n"),
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\n", "\r"),
        lambda t: "\ufeff" + t,
        lambda t: t.replace("beta\n", "\nbeta\n"),
        lambda t: t.replace("VL  -", "ZZ  - nothing\nZZ  - known\nVL  -"),
        lambda t: t.replace("DO  - ", "DO  - https://doi.org/"),
        lambda t: t.replace("DO  - ", "M3  - doi: "),
        lambda t: t.replace("A1", "AU").replace("T1", "TI").replace("N2", "AB").replace("JF", "T2"),
        lambda t: t.replace("PY  - 2021/05/01", "Y1  - 2021//"),
        lambda t: t.replace("KW  - pain\nKW  - spine", "KW  - pain\nspine"),
        lambda t: t.replace("ER  - \n", "ER  - \nNL  - Jrnl Tests\n\nLink to the full text: http://x.y\n\n"),
    ],
)
def test_dialects_of_ris_give_the_same_record(read: Read, change: Callable[[str], str]) -> None:
    (record,), (expected,) = read(change(RIS)), read(RIS)
    for field in (
        "record_id",
        "title",
        "authors",
        "year",
        "volume",
        "pages",
        "doi",
        "language",
        "keywords",
        "passages",
    ):
        assert getattr(record, field) == getattr(expected, field), field


def test_a_missing_end_does_not_swallow_the_next_entry(read: Read) -> None:
    second = RIS.replace("Alpha", "Gamma").replace("XYZ", "ABC")
    assert [r.title for r in read(RIS.replace("ER  - \n", "") + second)] == [
        "Alpha against beta",
        "Gamma against beta",
    ]


def test_wrapped_text_that_begins_like_a_tag_is_text(read: Read) -> None:
    (record,) = read(
        RIS.replace("We tested.", "We tested\nT2-weighted images\nOR - the odds - of\nER then more.")
    )
    assert record.abstract()[1].text == "We tested T2-weighted images OR - the odds - of ER then more."


def test_embase_scopus_and_pubmed_numbers_are_told_apart(read: Read) -> None:
    embase = RIS.replace(
        "DO  -", "U2  - L123456789\nDB  - Embase\nC5  - 31234567\nM3  - Conference Abstract\nDO  -"
    )
    (record,) = read(embase)
    assert (record.record_id, record.pmid, record.kind) == ("file:refs-l123456789", "31234567", "abstract")
    (record,) = read(RIS.replace("DO  -", "DB  - Scopus\nC2  - 31234567\nDO  -"))
    assert record.pmid == "31234567"
    (record,) = read(RIS.replace("DO  -", "AN  - 31234567\nDP  - NLM\nC2  - PMC7654321\nDO  -"))
    assert (record.pmid, record.pmcid) == ("31234567", "PMC7654321")
    (record,) = read(RIS.replace("DO  -", "AN  - 2003456789\nDB  - Embase\nDO  -"))
    assert (record.record_id, record.pmid) == ("file:refs-2003456789", "")


def test_notes_are_no_abstract_and_a_doi_within_them_is_not_the_entrys(read: Read) -> None:
    text = RIS.replace("DO  - 10.1000/XYZ.008\n", "").replace(
        "N2  -", "N1  - References: A. B. doi 10.1000/OTHER. N2\nXX  -"
    )
    (record,) = read(text)
    assert record.abstract() == ()
    assert record.doi == ""
    assert all("References" not in p.text for p in record.passages)


@pytest.mark.parametrize(
    ("title", "kind", "status"),
    [
        ("RETRACTED: Alpha against beta", "article", "retracted"),
        ("Alpha against beta (Retracted article. See vol. 5, pg. 2, 2022)", "article", "retracted"),
        ("Erratum: Alpha against beta", "erratum", "current"),
        ("Retraction notice to: Alpha", "notice", "current"),
        ("Alpha against beta: study protocol", "protocol", "current"),
        ("WITHDRAWN: Alpha against beta", "article", "withdrawn"),
    ],
)
def test_titles_tell_kind_and_status(read: Read, title: str, kind: str, status: str) -> None:
    (record,) = read(RIS.replace("Alpha against beta", title))
    assert (record.kind, record.status) == (kind, status)


@pytest.mark.parametrize(
    ("types", "kind", "status"),
    [
        ("M3  - Article; Retracted Publication", "article", "retracted"),
        ("M3  - Retracted", "article", "retracted"),
        ("M3  - Conference Abstract", "abstract", "current"),
        ("M3  - Erratum", "erratum", "current"),
        ("M3  - Trial registry record", "registration", "current"),
        ("N1  - Doe, Jane\nJournal Article\nRetracted Publication\nUnited States", "article", "retracted"),
    ],
)
def test_types_tell_kind_and_status(read: Read, types: str, kind: str, status: str) -> None:
    (record,) = read(RIS.replace("LA  -", f"{types}\nLA  -"))
    assert (record.kind, record.status) == (kind, status)


def test_types_of_reference_are_told_in_words(read: Read) -> None:
    kinds = {
        code: read(RIS.replace("JOUR", code))[0].kind for code in ("ABST", "CONF", "NEWS", "CHAP", "GEN")
    }
    assert kinds == {
        "ABST": "abstract",
        "CONF": "article",
        "NEWS": "news",
        "CHAP": "article",
        "GEN": "article",
    }
    assert read(RIS.replace("JOUR", "GEN"))[0].types == ()


def test_registration_numbers_are_own_or_cited_as_for_pubmed(read: Read) -> None:
    (record,) = read(RIS.replace("It worked.", "It worked. NCT01234567."))
    assert (record.nct, record.nct_cited) == (("NCT01234567",), ())
    review = RIS.replace("It worked.", "It worked. NCT01234567.").replace("LA  -", "M3  - Review\nLA  -")
    assert (read(review)[0].nct, read(review)[0].nct_cited) == ((), ("NCT01234567",))
    assert read(RIS.replace("LA  -", "CN  - NCT07654321\nLA  -"))[0].nct == ("NCT07654321",)


MEDLINE = (
    "\nPMID- 31234567\nOWN - NLM\nSTAT- MEDLINE\nDP  - 2021 May\nTI  - Alpha against\n      beta.\nPG  - 101-9\n"
    "LID - 10.1000/xyz [doi]\nLID - S0000-0000(21)00001-1 [pii]\n"
    "AB  - BACKGROUND: We ask. METHODS: We\n      tested. RESULTS: T2 - fine.\nCI  - Copyright 2021.\n"
    "FAU - Doe, Jane\nAU  - Doe J\nAD  - Somewhere\n      far.\nCN  - ALPHA Group\nFAU - Roe, Richard\nAU  - Roe R\n"
    "LA  - ger\nSI  - ClinicalTrials.gov/NCT01234567\nPT  - Journal Article\nPT  - Randomized Controlled Trial\n"
    "TT  - Alpha gegen Beta.\nJT  - Journal of tests\nTA  - J Tests\nVI  - 4\nIP  - 2\nPMC - PMC7654321\n"
    "OT  - pain\nMH  - Back Pain/*therapy\nRIN - J Tests. 2022;5(1):1. PMID: 32345678\nSO  - J Tests. 2021 May;4(2):101-9.\n"
)


def test_a_medline_entry_is_read_with_all_its_fields(read: Read) -> None:
    (record,) = read(MEDLINE, "refs.nbib")
    assert record.record_id == "file:refs-31234567"
    assert (record.title, record.authors) == (
        "Alpha against beta.",
        ("Doe, Jane", "ALPHA Group", "Roe, Richard"),
    )
    assert (record.journal, record.year, record.volume, record.pages) == (
        "Journal of tests",
        "2021",
        "4",
        "101-9",
    )
    assert (record.doi, record.pmid, record.pmcid) == ("10.1000/xyz", "31234567", "PMC7654321")
    assert (record.nct, record.language, record.keywords) == (("NCT01234567",), "ger", ("pain", "Back Pain"))
    assert record.status == "retracted"
    assert [(n.relation, n.target) for n in record.notices] == [("retracted_by", "pmid:32345678")]
    assert [p.locator for p in record.passages] == [
        "title",
        "abstract/BACKGROUND",
        "abstract/METHODS",
        "abstract/RESULTS",
        "back/vernacular_title",
    ]


def test_medline_entries_are_divided_with_and_without_blank_lines(read: Read) -> None:
    second = MEDLINE.replace("31234567", "39999999").lstrip("\n")
    for between in ("", "\n", "\n\n\n"):
        assert [r.pmid for r in read(MEDLINE + between + second, "refs.txt")] == ["31234567", "39999999"]
    tight = MEDLINE.replace("- ", "-").replace("PMID-", "PMID- ")
    assert read(tight, "refs.nbib")[0].title == "Alpha against beta."


ISI = (
    "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Doe, J\n   Roe, R\nAF Doe, Jane\n   Roe, Richard\n"
    "TI Alpha against\n   beta\nSO JOURNAL OF TESTS\nLA English\nDT Article; Retracted Publication\nDE pain; low\n   back\n"
    "AB We tested.\nC1 [Doe] X.\nPY 2021\nVL 4\nIS 2\nBP 101\nEP 109\nDI 10.1000/xyz\nUT WOS:000123456700001\nPM 31234567\nER\n\nEF"
)


def test_a_web_of_science_entry_is_read_with_all_its_fields(read: Read) -> None:
    (record,) = read(ISI, "savedrecs.txt")
    assert record.record_id == "file:savedrecs-wos-000123456700001"
    assert (record.title, record.authors) == ("Alpha against beta", ("Doe, Jane", "Roe, Richard"))
    assert (record.journal, record.year, record.volume, record.pages) == (
        "JOURNAL OF TESTS",
        "2021",
        "4",
        "101-109",
    )
    assert (record.doi, record.pmid, record.keywords) == ("10.1000/xyz", "31234567", ("pain", "low back"))
    assert (record.status, record.language) == ("retracted", "eng")
    entries = "\n".join(ISI.split("\n")[2:-2])
    two = f"FN X\nVR 1.0\n{entries.removesuffix('ER')}{entries.replace('Alpha', 'Gamma')}\nEF"
    assert [r.title for r in read(two, "two.ciw")] == ["Alpha against beta", "Gamma against beta"]


def test_an_ovid_entry_with_field_names_is_read(read: Read) -> None:
    text = (
        "<1>\nAccession Number\n  2003456789\nAuthor\n  Doe J.;  Roe R. MD *;  Poe, Edgar PhD 1\nTitle\n"
        "  Alpha against beta.[Article]\nSource\n  Journal of Tests. 45 (3) (pp 123-130), 2019. Date of Publication: March 2019.\n"
        "Abstract\n  Aim: To test.\n  Methods: We tested.\n  Results: It worked.\n\n  (C) 2019 Publisher\nLanguage\n  English.\n"
        "Publication Type\n  Conference Abstract\nClinical Trial Number\n  NCT01234567.\nDOI Number\n  http://dx.doi.org/10.1000/xyz\n"
        "\n<2>\nUnique Identifier\n  31234567\nDatabase\n  Ovid MEDLINE(R)\nTitle\n  Second.\n"
    )
    first, second = read(text, "ovid.txt")
    assert first.record_id == "file:ovid-2003456789"
    assert (first.title, first.kind) == ("Alpha against beta.", "abstract")
    assert first.authors == ("Doe J", "Roe R", "Poe, Edgar")
    assert (first.journal, first.year, first.volume, first.pages) == (
        "Journal of Tests",
        "2019",
        "45",
        "123-130",
    )
    assert (first.doi, first.nct, first.language) == ("10.1000/xyz", ("NCT01234567",), "eng")
    assert [p.locator for p in first.abstract()] == ["abstract/AIM", "abstract/METHODS", "abstract/RESULTS"]
    assert (second.pmid, second.title) == ("31234567", "Second.")


def test_an_ovid_entry_with_tags_is_read(read: Read) -> None:
    text = "<1>\nVN  - Ovid Technologies\nDB  - Ovid MEDLINE(R)\nUI  - 31234567\nTI  - Alpha\n  against beta\nAU  - Doe J\nAU  - Roe R\nSO  - Tests. 12(3):45-50, 2019 Mar.\nAB  - We tested.\n"
    (record,) = read(text, "ovid.txt")
    assert (record.pmid, record.title, record.authors) == (
        "31234567",
        "Alpha against beta",
        ("Doe J", "Roe R"),
    )
    assert (record.journal, record.volume, record.pages, record.year) == ("Tests", "12", "45-50", "2019")
    assert record.abstract()[0].text == "We tested."


def test_an_ovid_export_for_citavi_is_read(read: Read) -> None:
    text = "<1. >\nVN  - Ovid Technologies\nDB  - BIOSIS Previews\nAN  - PREV200400000000\nAU  - Doe, Jane [Reprint Author]\nTI  - Alpha\nYR  - 2004\n\n<2. >\nVN  - Ovid Technologies\nAN  - 2\nTI  - Beta\n"
    first, second = read(text, "biosis.ovd")
    assert (first.record_id, first.authors, first.year) == (
        "file:biosis-prev200400000000",
        ("Doe, Jane",),
        "2004",
    )
    assert second.title == "Beta"


def test_a_cochrane_entry_names_its_registrations_and_pubmed_number(read: Read) -> None:
    central = "AN  - CN-01234567\nC3  - PubMed 31234567\nC7  - NCT01234567\nN1  - ISRCTN12345678\nDO  -"
    (record,) = read(RIS.replace("DO  -", central).replace("SP  - 101\nEP  - 109\n", ""))
    assert (record.record_id, record.pmid, record.pages) == ("file:refs-cn-01234567", "31234567", "")
    assert record.nct == ("NCT01234567",)


def test_the_full_name_of_a_journal_is_taken_wherever_it_stands(read: Read) -> None:
    for full, short in (("T2", "JF"), ("JF", "T2"), ("JF", "JO")):
        text = RIS.replace("JF  - Journal of Tests", f"{short}  - J Tests\n{full}  - Journal of Tests")
        assert read(text)[0].journal == "Journal of Tests"
