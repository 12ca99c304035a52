"""Exports from elsewhere: how many entries each file holds was counted from its tags, not by the reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sonospine.model.record import Record
from sonospine.sources import readings_of

NO_TITLE = "an entry without a title and without a DOI, PubMed or PMC number"
# Records, entries without title and number, and why a file as a whole is not read.
FILES: dict[str, tuple[int, int, str]] = {
    "asreview-demo/_baseline.ris": (100, 0, ""),
    "asreview-demo/baseline_empty_values.ris": (2, 2, ""),
    "asreview-demo/baseline_reference_types.ris": (0, 61, ""),
    "asreview-demo/baseline_tag-notes.ris": (1, 11, ""),
    "asreview-demo/baseline_tag-notes_labels.ris": (32, 0, ""),
    "asreview-demo/baseline_tag-notes_zotero.ris": (4, 0, ""),
    "asreview-demo/baseline_tag_and_field_definitions.ris": (1, 1, ""),
    "asreview-demo/baseline_tag_and_field_definitions_lists.ris": (0, 1, ""),
    "asreview-demo/baseline_zotero.ris": (100, 0, ""),
    "asreview-demo/duplicate_records.csv": (10, 4, ""),
    "asreview-demo/embase.csv": (6, 0, ""),
    "asreview-demo/embase.ris": (6, 0, ""),
    "asreview-demo/embase_newpage.csv": (6, 0, ""),
    "asreview-demo/faulty_year.ris": (1, 0, ""),
    "asreview-demo/generic.csv": (2, 0, ""),
    "asreview-demo/generic.vec": (0, 0, "not a format that is read yet: .vec"),
    "asreview-demo/generic_bad_record_id.csv": (6, 0, ""),
    "asreview-demo/generic_column_names_with_spaces.csv": (2, 0, ""),
    "asreview-demo/generic_labels.csv": (6, 0, ""),
    "asreview-demo/generic_labels_no_abs.csv": (6, 0, ""),
    "asreview-demo/generic_labels_no_title.csv": (
        0,
        0,
        "a table without a column of titles, DOIs or PubMed numbers that could be recognised",
    ),
    "asreview-demo/generic_partial_labels.csv": (6, 0, ""),
    "asreview-demo/generic_semicolon.csv": (2, 0, ""),
    "asreview-demo/generic_tab.csv": (2, 0, ""),
    "asreview-demo/generic_tab.tab": (2, 0, ""),
    "asreview-demo/generic_tab.tsv": (2, 0, ""),
    "asreview-demo/missing_values.csv": (2, 2, ""),
    "asreview-demo/ovid_psycinfo.ris": (6, 0, ""),
    "asreview-demo/ovid_zotero.ris": (6, 0, ""),
    "asreview-demo/proquest.ris": (6, 0, ""),
    "asreview-demo/pubmed_endnote.txt": (6, 0, ""),
    "asreview-demo/pubmed_zotero.ris": (6, 0, ""),
    "asreview-demo/record_id.csv": (10, 0, ""),
    "asreview-demo/ris_issue_1099.txt": (7, 0, ""),
    "asreview-demo/ris_issue_992.txt": (19, 0, ""),
    "asreview-demo/scopus.ris": (6, 0, ""),
    "asreview-demo/web_of_science.txt": (10, 0, ""),
    "colrev/2_loader__data__bib_data.bib": (6, 0, ""),
    "colrev/2_loader__data__csv_data.csv": (2, 0, ""),
    "colrev/2_loader__data__enl_data.enl": (3, 0, ""),
    "colrev/2_loader__data__enl_data_expected.bib": (3, 0, ""),
    "colrev/2_loader__data__md_data.md": (1, 0, ""),
    "colrev/2_loader__data__nbib_data.nbib": (1, 0, ""),
    "colrev/2_loader__data__ris_data.ris": (2, 0, ""),
    "colrev/2_loader__data__xlsx_data.xlsx": (0, 0, "an Excel workbook (xlsx): save it as CSV (UTF-8)"),
    "colrev/data__dedupe__records.bib": (21, 0, ""),
    "colrev/data__dedupe__records_expected.bib": (19, 0, ""),
    "colrev/data__search_files__crossref_feed.bib": (3, 0, ""),
    "colrev/data__search_files__pubmed-chatbot-expected.bib": (6, 0, ""),
    "colrev/data__search_files__pubmed-chatbot.csv": (6, 0, ""),
    "colrev/data__search_files__test_records.bib": (1, 0, ""),
    "jabref/Endnote.book.example.enw": (1, 0, ""),
    "jabref/Endnote.entries.enw": (1, 12, ""),
    "jabref/Endnote.pattern.A.enw": (0, 1, ""),
    "jabref/Endnote.pattern.E.enw": (0, 1, ""),
    "jabref/EndnoteXmlImporterTestArticle.xml": (1, 0, ""),
    "jabref/EndnoteXmlImporterTestArticle2.xml": (2, 0, ""),
    "jabref/EndnoteXmlImporterTestLabelAndMultiTitle.xml": (3, 0, ""),
    "jabref/EndnoteXmlImporterTestReport.xml": (1, 0, ""),
    "jabref/EndnoteXmlImporterTest_EmptyKeywordStyle.xml": (1, 0, ""),
    "jabref/EndnoteXmlImporterTest_WithoutUrlStyle.xml": (1, 0, ""),
    "jabref/EndnoteXmlImporterTest_WithoutUrlStyle2.xml": (2, 0, ""),
    "jabref/IEEEImport1.txt": (1, 0, ""),
    "jabref/InspecImportTest.txt": (0, 1, ""),
    "jabref/InspecImportTest2.txt": (1, 0, ""),
    "jabref/InspecImportTestFalse.txt": (0, 0, "too little text to be a record"),
    "jabref/IsiImporterTest1.isi": (1, 0, ""),
    "jabref/IsiImporterTest2.isi": (3, 0, ""),
    "jabref/IsiImporterTestEmpty.isi": (0, 0, "no record in it"),
    "jabref/IsiImporterTestInspec.isi": (2, 0, ""),
    "jabref/IsiImporterTestMedline.isi": (2, 0, ""),
    "jabref/IsiImporterTestWOS.isi": (2, 0, ""),
    "jabref/MedlinePlainImporterStringOutOfBounds.txt": (2, 0, ""),
    "jabref/MedlinePlainImporterTestCompleteEntry.txt": (1, 0, ""),
    "jabref/MedlinePlainImporterTestDOI.txt": (1, 0, ""),
    "jabref/MedlinePlainImporterTestInproceeding.txt": (1, 0, ""),
    "jabref/MedlinePlainImporterTestInvalidFormat.xml": (
        0,
        0,
        "the ending says XML, but there is no XML in it",
    ),
    "jabref/MedlinePlainImporterTestMultiAbstract.txt": (1, 0, ""),
    "jabref/MedlinePlainImporterTestMultiTitle.txt": (1, 0, ""),
    "jabref/MedlinePlainImporterTestMultipleEntries.txt": (7, 0, ""),
    "jabref/NbibImporterTest.nbib": (1, 0, ""),
    "jabref/OvidImporterTest1.txt": (3, 2, ""),
    "jabref/OvidImporterTest2Invalid.txt": (2, 0, ""),
    "jabref/OvidImporterTest3.txt": (1, 0, ""),
    "jabref/OvidImporterTest4.txt": (1, 0, ""),
    "jabref/OvidImporterTest5.txt": (1, 0, ""),
    "jabref/OvidImporterTest6.txt": (1, 0, ""),
    "jabref/OvidImporterTest7.txt": (1, 0, ""),
    "jabref/RisImporterCorrupted.ris": (1, 0, ""),
    "jabref/RisImporterTest1.ris": (2, 1, ""),
    "jabref/RisImporterTest3.ris": (1, 0, ""),
    "jabref/RisImporterTest4a.ris": (1, 0, ""),
    "jabref/RisImporterTest4b.ris": (1, 0, ""),
    "jabref/RisImporterTest4c.ris": (1, 0, ""),
    "jabref/RisImporterTest5a.ris": (1, 0, ""),
    "jabref/RisImporterTest5b.ris": (1, 0, ""),
    "jabref/RisImporterTest6.ris": (1, 0, ""),
    "jabref/RisImporterTest7.ris": (1, 0, ""),
    "jabref/RisImporterTest8_date.ris": (1, 0, ""),
    "jabref/RisImporterTest9.ris": (1, 0, ""),
    "jabref/RisImporterTestDOI.ris": (1, 0, ""),
    "jabref/RisImporterTestDate1.1.ris": (1, 0, ""),
    "jabref/RisImporterTestDate1.2.ris": (1, 0, ""),
    "jabref/RisImporterTestDoiAndJournalTitle.ris": (1, 0, ""),
    "jabref/RisImporterTestScience.ris": (1, 0, ""),
    "jabref/RisImporterTestScopus.ris": (1, 0, ""),
    "jabref/RisImporterTestWithEmptyER.ris": (1, 0, ""),
    "reflib/Dump-Converted test.xml": (25, 0, ""),
    "reflib/SpiderCite demo.xml": (10, 0, ""),
    "reflib/blue-light.enlx": (0, 0, "an EndNote library (enlx): export it from EndNote as RIS or XML"),
    "reflib/blue-light.json": (
        0,
        0,
        "JSON, but not a study, list of studies or search page of ClinicalTrials.gov v2",
    ),
    "reflib/blue-light.nbib": (80, 0, ""),
    "reflib/blue-light.ris": (102, 0, ""),
    "reflib/blue-light.xml": (102, 0, ""),
    "reflib/multipart.xml": (1, 0, ""),
    "rispy/example_basic.ris": (1, 0, ""),
    "rispy/example_bom.ris": (1, 0, ""),
    "rispy/example_custom_list_tags.ris": (0, 1, ""),
    "rispy/example_empty_tag.ris": (1, 0, ""),
    "rispy/example_extraneous_data.ris": (2, 0, ""),
    "rispy/example_full.ris": (2, 0, ""),
    "rispy/example_full_without_whitespace.ris": (2, 0, ""),
    "rispy/example_full_write.ris": (2, 0, ""),
    "rispy/example_multi_unknown_tags.ris": (1, 0, ""),
    "rispy/example_multiline.ris": (0, 3, ""),
    "rispy/example_single_unknown_tag.ris": (1, 0, ""),
    "rispy/example_starting_newlines.ris": (1, 0, ""),
    "rispy/example_urls.ris": (4, 0, ""),
    "rispy/example_utf_chars.ris": (1, 0, ""),
    "rispy/example_wos.ris": (2, 0, ""),
    "robotreviewer/pubmed_test_1000.medline.txt": (1000, 0, ""),
}


@pytest.fixture(scope="module")
def files(real_data: Path) -> Path:
    """The folder of exports."""
    return real_data / "citation-files"


def only(path: Path, title: str) -> Record:
    """Return the one record of a file whose title begins so."""
    (record,) = {r.record_id: r for r in readings_of(path)[0] if r.title.startswith(title)}.values()
    return record


def test_every_file_of_the_folder_is_in_the_table(files: Path) -> None:
    assert {path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file()} == set(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_entry_is_read_or_rejected_with_its_reason(files: Path, name: str) -> None:
    records, without_title, reason = FILES[name]
    read, rejected = readings_of(files / name)
    assert len(read) == records
    assert [r.reason for r in rejected if "#" in r.file] == [NO_TITLE] * without_title
    assert [r.reason for r in rejected if "#" not in r.file] == ([reason] if reason else [])
    for record in read if not name.endswith(".md") else ():
        assert record.title or record.doi or record.pmid or record.pmcid
        assert record.source == "file"
        assert not record.full_text
        assert all(p.text == " ".join(p.text.split()) for p in record.passages)


def test_a_list_of_references_in_prose_stays_a_document(files: Path) -> None:
    (record,) = readings_of(files / "colrev" / "2_loader__data__md_data.md")[0]
    assert record.body()


FIELDS = {
    "asreview-demo/embase.ris": {
        "title": "Duplication cysts: Diagnosis, management, and the role of endoscopic ultrasound",
        "authors": ("Liu R.", "Adler D.G."),
        "journal": "Endoscopic Ultrasound",
        "year": "2014",
        "volume": "3",
        "pages": "152-160",
        "doi": "10.4103/2303-9027.138783",
        "language": "eng",
        "types": ("Article", "Journal Article"),
        "abstract": "Gastrointestinal tract duplication cysts are rare",
        "record_id": "file:embase-l373791783",
    },
    "asreview-demo/embase.csv": {
        "title": "Duplication cysts: Diagnosis, management, and the role of endoscopic ultrasound",
        "authors": ("Liu R.", "Adler D.G."),
        "journal": "Endoscopic Ultrasound",
        "year": "2014",
        "volume": "3",
        "pages": "152-160",
        "abstract": "Gastrointestinal tract duplication cysts are rare",
    },
    "asreview-demo/scopus.ris": {
        "title": "Stress and the brain-gut axis in functional",
        "authors": ("Labanski, A.", "Langhorst, J.", "Engler, H.", "Elsenbruch, S."),
        "journal": "Psychoneuroendocrinology",
        "year": "2020",
        "volume": "111",
        "pages": "104501",
        "doi": "10.1016/j.psyneuen.2019.104501",
        "types": ("Review", "Journal Article"),
        "abstract": "The broad role of stress in the brain-gut axis",
    },
    "asreview-demo/ovid_psycinfo.ris": {
        "title": "The influence of self-criticism on depression symptoms",
        "year": "2019",
        "pages": "",
        "doi": "10.1002/cpp.2398",
        "record_id": "file:ovid-psycinfo-2019-65183-001",
        "abstract": "Considering that self-criticism is an important process",
    },
    "asreview-demo/proquest.ris": {
        "title": "Predictors of posttraumatic stress symptom trajectories",
        "year": "2019",
        "doi": "10.1002/jts.22387",
        "abstract": "People respond differently to potentially traumatic events.",
    },
    "asreview-demo/web_of_science.txt": {
        "title": "Holding Yourself Captive: Perceptions of Custody",
        "authors": ("Alceste, F", "Luke, TJ", "Kassin, SM"),
        "year": "2018",
        "pages": "387-397",
        "doi": "10.1016/j.jarmac.2018.03.001",
        "record_id": "file:web-of-science-wos-000444108200009",
        "abstract": "Police custody activates important legal safeguards.",
    },
    "asreview-demo/pubmed_endnote.txt": {
        "title": "Boswellia serrata: an overall assessment",
        "year": "2011",
        "pages": "349-69",
        "pmid": "21553931",
        "types": ("Journal Article", "Review"),
        "abstract": "Non-steroidal anti-inflammatory drug (NSAID) intake",
    },
    "asreview-demo/baseline_zotero.ris": {
        "title": "An open source machine learning framework for efficient",
        "journal": "Nature Machine Intelligence",
        "year": "2021",
        "volume": "3",
        "pages": "125-133",
        "doi": "10.1038/s42256-020-00287-7",
        "abstract": "To help researchers conduct a systematic review",
    },
    "rispy/example_wos.ris": {
        "title": "Interactions stabilizing the structure of the core light-harvesting complex (LHl) of photosynthetic",
        "authors": ("Parkes-Loach, PS", "Majeed, AP", "Law, CJ", "Loach, PA"),
        "journal": "BIOCHEMISTRY",
        "year": "2004",
        "volume": "43",
        "pages": "7003-7016",
        "doi": "10.1021/bi049798f",
        "pmid": "15170338",
    },
    "rispy/example_utf_chars.ris": {
        "title": "Состояние рецепторного аппарата",
        "journal": "Gynecology, Obstetrics and Perinatology",
        "year": "2009",
        "volume": "8",
    },
    "jabref/RisImporterTestDOI.ris": {
        "pmid": "26957754",
        "pmcid": "PMC4756000",
        "pages": "186-189",
        "year": "2016",
    },
    "jabref/RisImporterTest6.ris": {"pmid": "23690738", "pmcid": "PMC3654245", "year": "2013"},
    "jabref/OvidImporterTest3.txt": {
        "title": "Effects of computer-aided clinical decision support systems in improving antibiotic prescribing by primary"
        " care providers: a systematic review.",
        "authors": ("Holstiege, Jakob", "Mathes, Tim", "Pieper, Dawid"),
        "journal": "Journal of the American Medical Informatics Association",
        "types": ("Review",),
        "doi": "10.1136/amiajnl-2014-002886",
        "language": "eng",
        "abstract": "Lorem ipsum abstract",
    },
    "jabref/OvidImporterTest5.txt": {
        "authors": ("Bunkers, Sandra Schmidt",),
        "journal": "Nursing Science Quarterly",
        "volume": "28",
        "pages": "103-106",
        "year": "2015",
    },
    "jabref/IsiImporterTestWOS.isi": {
        "title": "Optical and photoelectric spectroscopy of photorefractive Sn2P2S6 crystals",
        "authors": ("Gamernyk, RV", "Gnatenko, YP", "Bukivskij, PM", "Skubenko, PA", "Slivka, VY"),
        "year": "2006",
        "volume": "18",
        "pages": "5323-5331",
        "abstract": "Lorem ipsum abstract",
    },
    "jabref/IsiImporterTestMedline.isi": {
        "title": "Estrogen therapy selectively enhances",
        "pmid": "16735938",
        "pages": "411-22",
    },
    "jabref/EndnoteXmlImporterTestArticle.xml": {
        "title": "Trends in the lifetime risk of developing cancer",
        "authors": ("Ahmad, AS", "Ormiston-Smith, N", "Sasieni, PD"),
        "year": "2015",
        "volume": "112",
        "pages": "943-7",
        "doi": "10.1038/bjc.2014.606",
        "pmid": "25647015",
    },
    "jabref/Endnote.book.example.enw": {
        "title": "Git : dezentrale Versionsverwaltung im Team",
        "authors": ("Preißel, René", "Stachmann, Bjørn"),
        "year": "2016",
        "types": ("Book",),
    },
    "jabref/InspecImportTest2.txt": {
        "title": "The SIS project : software reuse",
        "authors": ("Prechelt, Lutz",),
        "abstract": "Abstrakt",
    },
    "colrev/2_loader__data__enl_data.enl": {
        "title": "How Trust Leads to Commitment on Microsourcing Platforms",
        "journal": "Management Information Systems Quarterly",
        "year": "2021",
        "volume": "45",
        "pages": "1309-1348",
    },
    "colrev/data__search_files__pubmed-chatbot.csv": {
        "title": "Chatbot-Delivered Psychotherapy for Adults",
        "authors": ("Lim SM", "Shiau CWC", "Cheng LJ", "Lau Y."),
        "year": "2022",
        "volume": "53",
        "pages": "334-347",
        "pmid": "35227408",
    },
    "colrev/2_loader__data__nbib_data.nbib": {
        "title": "Paper title",
        "doi": "10.1000/123456789",
        "language": "eng",
        "record_id": "file:2-loader-data-nbib-data-ej1131633",
    },
    "reflib/blue-light.nbib": {
        "title": "Formulation of Herbal Gel of Antirrhinum majus Extract",
        "year": "2018",
        "pages": "53",
        "doi": "10.4103/abr.abr_99_17",
        "pmid": "29657938",
        "pmcid": "PMC5887696",
        "abstract": "Antirrhinum majus contains aurone",
    },
}


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_fields_stand_as_the_file_has_them(files: Path, name: str) -> None:
    expected = dict(FIELDS[name])
    beginning = str(expected.pop("title", ""))
    record = only(files / name, beginning)
    abstract = str(expected.pop("abstract", ""))
    assert (record.abstract()[0].text if abstract else "").startswith(abstract)
    assert {field: getattr(record, field) for field in expected} == expected


def test_three_formats_of_one_library_give_the_same_records(files: Path) -> None:
    ris, xml, nbib = (
        {r.pmid or r.doi or r.title: r for r in readings_of(files / "reflib" / f"blue-light.{ending}")[0]}
        for ending in ("ris", "xml", "nbib")
    )
    assert set(ris) == set(xml)
    for key, record in ris.items():
        other = xml[key]
        assert (record.title, record.year, record.doi, record.volume, record.pages) == (
            other.title,
            other.year,
            other.doi,
            other.volume,
            other.pages,
        )
        assert [p.text for p in record.abstract()] == [p.text for p in other.abstract()]
        assert record.authors == other.authors
    shared = set(ris) & set(nbib)
    assert len(shared) >= 75
    for key in shared:
        assert ris[key].year == nbib[key].year
        assert bool(ris[key].abstract()) == bool(nbib[key].abstract())


def test_what_another_program_read_of_the_same_files_is_read_here_too(files: Path) -> None:
    folder = files / "colrev"
    for raw, expected in (
        ("2_loader__data__enl_data.enl", "2_loader__data__enl_data_expected.bib"),
        ("data__search_files__pubmed-chatbot.csv", "data__search_files__pubmed-chatbot-expected.bib"),
    ):
        read = sorted(readings_of(folder / raw)[0], key=lambda r: r.title)
        other = sorted(readings_of(folder / expected)[0], key=lambda r: r.title)
        assert [(r.title, r.year, r.doi, r.pmid) for r in read] == [
            (r.title, r.year, r.doi, r.pmid) for r in other
        ]
        assert [len(r.authors) for r in read] == [len(r.authors) for r in other]
        assert [[p.text for p in r.abstract()] for r in read] == [
            [p.text for p in r.abstract()] for r in other
        ]


def filled(chunk: str, tags: str) -> bool:
    return bool(re.search(rf"(?m)^(?:{tags}) {{0,2}}- *\S", chunk))


@pytest.mark.parametrize(
    "name", sorted(name for name in FILES if name.endswith(".ris") and "wos" not in name)
)
def test_of_every_ris_file_every_filled_field_is_read(files: Path, name: str) -> None:
    text = (files / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\ufeff", "")
    chunks = [chunk for chunk in re.split(r"(?m)^ER +-.*$", text) if filled(chunk, "TI|T1|DO|ST|UR")]
    records = readings_of(files / name)[0]
    if len(chunks) != len(records):
        pytest.skip("entries without ER: counted by the table above")
    assert sum(filled(c, "TI|T1|ST") for c in chunks) == sum(bool(r.title) for r in records)
    assert sum(filled(c, "AU|A1") for c in chunks) == sum(bool(r.authors) for r in records)
    assert sum(filled(c, "AB|N2") for c in chunks) == sum(bool(r.abstract()) for r in records)
    assert sum(filled(c, "DO") and "10." in c for c in chunks) <= sum(bool(r.doi) for r in records)
    years = [c for c in chunks if re.search(r"(?m)^(?:PY|Y1|DA) +- *.*(?:19|20)\d\d", c)]
    assert len(years) == sum(bool(r.year) for r in records)


def test_of_a_thousand_medline_entries_every_filled_field_is_read(files: Path) -> None:
    path = files / "robotreviewer" / "pubmed_test_1000.medline.txt"
    chunks = re.split(r"(?m)^(?=PMID- )", path.read_text("utf-8"))[1:]
    records = readings_of(path)[0]
    assert len(records) == len(chunks) == 1000
    for chunk, record in zip(chunks, records, strict=True):
        assert record.pmid == chunk[6:].split("\n")[0].strip()
        assert bool(record.title) == filled(chunk, "TI")
        assert bool(record.abstract()) == filled(chunk, "AB")
        assert bool(record.authors) == filled(chunk, "FAU|AU|CN")
        assert bool(record.doi) == ("[doi]" in chunk)
        assert bool(record.pages) == filled(chunk, "PG")
        assert len(record.authors) == len(set(re.findall(r"(?m)^(?:FAU|CN ) - (.*)$", chunk))) or not filled(
            chunk, "FAU"
        )
        assert record.year in chunk
        assert record.year
