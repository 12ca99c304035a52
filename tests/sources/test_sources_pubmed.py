from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.model.places import quote_at
from sonospine.model.record import Notice, Record
from sonospine.sources import records_of

SET = '<?xml version="1.0"?>\n<PubmedArticleSet>{}</PubmedArticleSet>'


def article(inner: str = "", *, citation: str = "", data: str = "", pmid: str = "12345") -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
        f"<Article><Journal><Title>Journal of Trials</Title><JournalIssue><Volume>7</Volume>"
        f"<PubDate><Year>2019</Year></PubDate></JournalIssue></Journal>"
        f"<ArticleTitle>Nerve block in adults.</ArticleTitle>{inner}<Language>eng</Language></Article>"
        f"{citation}</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>"
    )


@pytest.fixture
def read(tmp_path: Path):
    def _read(inner: str = "", **parts: str) -> Record:
        path = tmp_path / "one.xml"
        path.write_text(SET.format(article(inner, **parts)), encoding="utf-8")
        (record,) = records_of(path)
        return record

    return _read


def abstract(*parts: str) -> str:
    return "<Abstract>" + "".join(parts) + "</Abstract>"


def test_identifiers_and_position_are_read(read) -> None:
    ids = (
        '<ArticleIdList><ArticleId IdType="doi">10.1000/ABC.1</ArticleId><ArticleId IdType="pmc">PMC77</ArticleId>'
        "</ArticleIdList><ReferenceList><Reference><ArticleIdList>"
        '<ArticleId IdType="doi">10.1000/other</ArticleId></ArticleIdList></Reference></ReferenceList>'
    )
    record = read("<Pagination><MedlinePgn>101-9</MedlinePgn></Pagination>", data=ids)
    assert (record.record_id, record.pmid, record.doi, record.pmcid) == (
        "pubmed:12345",
        "12345",
        "10.1000/abc.1",
        "PMC77",
    )
    assert (record.journal, record.year, record.volume, record.pages, record.language) == (
        "Journal of Trials",
        "2019",
        "7",
        "101-9",
        "eng",
    )
    assert record.dois_cited == ("10.1000/other",)
    assert record.passages[0].locator == "title"
    assert record.title == "Nerve block in adults."


def test_abstract_labels_become_addresses_and_a_repeated_one_is_numbered(read) -> None:
    record = read(
        abstract(
            '<AbstractText Label="Methods">We did.</AbstractText>',
            '<AbstractText Label="RESULTS">Pain fell to 3.1 &#177; 1.2.</AbstractText>',
            '<AbstractText Label="RESULTS">More.</AbstractText>',
            "<AbstractText>Unlabelled.</AbstractText>",
        )
    )
    assert [(p.locator, p.role) for p in record.abstract()] == [
        ("abstract/METHODS", "methods"),
        ("abstract/RESULTS", "results"),
        ("abstract/RESULTS-2", "results"),
        ("abstract/p1", "abstract"),
    ]
    assert quote_at(record, "abstract/RESULTS:13-22") == "3.1 ± 1.2"


def test_printed_labels_divide_an_abstract_without_markup(read) -> None:
    record = read(
        abstract(
            "<AbstractText>BACKGROUND: Why. METHODS: How. RESULTS: It was 5.1. CONCLUSION: So.</AbstractText>"
        )
    )
    assert [p.locator for p in record.abstract()] == [
        "abstract/BACKGROUND",
        "abstract/METHODS",
        "abstract/RESULTS",
        "abstract/CONCLUSION",
    ]


def test_a_colon_in_a_sentence_divides_nothing(read) -> None:
    record = read(abstract("<AbstractText>Two arms: A and B. Results: none was better.</AbstractText>"))
    assert [p.locator for p in record.abstract()] == ["abstract/p1"]


def test_inline_markup_is_flattened(read) -> None:
    record = read(
        abstract(
            "<AbstractText>Dose 5&#x2009;mg/m<sup>2</sup>, 10<sup>6</sup> cells, H<sub>2</sub>O,\n"
            " <i>P</i> &lt; .05, as before<sup>12,13</sup>; &amp;lt; 3.</AbstractText>"
        )
    )
    assert record.abstract()[0].text == "Dose 5 mg/m2, 10^6 cells, H2O, P < .05, as before; < 3."


def test_mathml_is_kept_once(read) -> None:
    math = (
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mn>4.2</mml:mn><mml:mo>±</mml:mo>'
        "<mml:mn>1.1</mml:mn></mml:math>"
    )
    record = read(abstract(f"<AbstractText>It was {math} points.</AbstractText>"))
    assert record.abstract()[0].text == "It was 4.2±1.1 points."


def test_a_vernacular_title_stands_in_for_a_missing_one(read) -> None:
    record = read("<VernacularTitle>Bloqueo guiado.</VernacularTitle>")
    assert record.title == "Nerve block in adults."
    assert ("back/vernacular_title", "Bloqueo guiado.") in [(p.locator, p.text) for p in record.passages]


def test_an_english_other_abstract_counts_where_there_is_no_abstract(read) -> None:
    other = '<OtherAbstract Type="Publisher" Language="{}"><AbstractText>Pain fell.</AbstractText></OtherAbstract>'
    assert [p.locator for p in read(citation=other.format("eng")).abstract()] == ["abstract/p1"]
    spanish = read(citation=other.format("spa"))
    assert spanish.abstract() == ()
    assert "back/abstract1p1" in [p.locator for p in spanish.passages]


def test_databank_registrations_are_own_and_others_in_the_abstract_cited(read) -> None:
    bank = (
        "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
        "<AccessionNumber>NCT01234567</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
    )
    record = read(abstract("<AbstractText>Unlike the trial NCT07654321 of others.</AbstractText>") + bank)
    assert record.nct == ("NCT01234567",)
    assert record.nct_cited == ("NCT07654321",)


def test_a_registration_in_the_abstract_of_a_trial_is_own_and_of_a_review_cited(read) -> None:
    text = abstract("<AbstractText>ClinicalTrials.gov identifier: NCT01234567.</AbstractText>")
    assert read(text).nct == ("NCT01234567",)
    review = "<PublicationTypeList><PublicationType>Systematic Review</PublicationType></PublicationTypeList>"
    assert read(text + review).nct == ()
    assert read(text + review).nct_cited == ("NCT01234567",)


def types(*names: str) -> str:
    return (
        "<PublicationTypeList>"
        + "".join(f"<PublicationType>{n}</PublicationType>" for n in names)
        + "</PublicationTypeList>"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Journal Article", "article"),
        ("Retraction of Publication", "notice"),
        ("Retraction Notice", "notice"),
        ("Expression of Concern", "notice"),
        ("Published Erratum", "erratum"),
        ("Clinical Trial Protocol", "protocol"),
        ("News", "news"),
    ],
)
def test_publication_types_tell_the_kind(read, name: str, kind: str) -> None:
    assert read(types(name)).kind == kind


@pytest.mark.parametrize(
    ("reference", "status", "relation"),
    [
        ("RetractionIn", "retracted", "retracted_by"),
        ("ExpressionOfConcernIn", "concern", "concern_in"),
        ("CorrectedandRepublishedIn", "revised", "republished_as"),
        ("ErratumIn", "current", "corrected_by"),
        ("RetractionOf", "current", "retraction_of"),
    ],
)
def test_comments_and_corrections_tell_the_status(read, reference: str, status: str, relation: str) -> None:
    link = (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="{reference}"><RefSource>J 2020</RefSource>'
        '<PMID Version="1">999</PMID></CommentsCorrections></CommentsCorrectionsList>'
    )
    record = read(citation=link)
    assert record.status == status
    assert record.notices == (Notice(relation, "pmid:999"),)


def test_a_retracted_publication_is_retracted_and_a_cited_paper_is_no_notice(read) -> None:
    cites = (
        '<CommentsCorrectionsList><CommentsCorrections RefType="Cites"><PMID>1</PMID></CommentsCorrections>'
        "</CommentsCorrectionsList>"
    )
    record = read(types("Journal Article", "Retracted Publication"), citation=cites)
    assert record.status == "retracted"
    assert record.notices == ()


def test_authors_are_given_names_first_and_groups_count(read) -> None:
    people = (
        "<AuthorList><Author><LastName>Lv</LastName><ForeName>Yingying</ForeName></Author>"
        "<Author><LastName>Doe</LastName><Initials>J</Initials></Author>"
        "<Author><CollectiveName>Block Group</CollectiveName></Author>"
        '<Author ValidYN="N"><LastName>Ghost</LastName></Author></AuthorList>'
    )
    assert read(people).authors == ("Yingying Lv", "J Doe", "Block Group")


def test_a_book_is_an_article_of_type_book(tmp_path: Path) -> None:
    path = tmp_path / "book.xml"
    path.write_text(
        SET.format(
            "<PubmedBookArticle><BookDocument><PMID>20301577</PMID><Book><BookTitle>Reviews</BookTitle><PubDate>"
            "<Year>1993</Year></PubDate></Book><ArticleTitle>A chapter</ArticleTitle><Language>eng</Language>"
            "<PublicationType>Review</PublicationType><Abstract><AbstractText>Text.</AbstractText></Abstract>"
            "</BookDocument></PubmedBookArticle>"
        )
    )
    (record,) = records_of(path)
    assert (record.record_id, record.kind, record.types) == ("pubmed:20301577", "article", ("Book", "Review"))
    assert (record.title, record.year, record.journal) == ("A chapter", "1993", "Reviews")


def test_a_medline_date_gives_its_first_year(tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    text = SET.format(article()).replace("<Year>2019</Year>", "<MedlineDate>1998 Dec-1999 Jan</MedlineDate>")
    path.write_text(text)
    assert records_of(path)[0].year == "1998"


def test_a_record_without_a_pubmed_id_gets_an_id_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "My Set.xml"
    path.write_text(SET.format(article(pmid="") + article(pmid="")))
    assert [r.record_id for r in records_of(path)] == ["file:my-set", "file:my-set-2"]


def test_the_registration_of_a_databank_of_another_registry_is_none(read) -> None:
    bank = (
        "<DataBankList><DataBank><DataBankName>ISRCTN</DataBankName><AccessionNumberList>"
        "<AccessionNumber>ISRCTN12345678</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
    )
    assert read(bank).nct == ()


def test_doi_of_references_are_read_whatever_their_case_and_surroundings(read) -> None:
    dois = ("10.1000/ABC(1)", "doi:10.1000/x.", " 10.1000/y ", "no number", "10.1000/ABC(1)", "10.1000/z)")
    references = "".join(
        f'<Reference><ArticleIdList><ArticleId IdType="pubmed">9</ArticleId><ArticleId IdType="doi">{doi}</ArticleId>'
        "</ArticleIdList></Reference>"
        for doi in dois
    )
    record = read(data=f"<ReferenceList>{references}</ReferenceList>")
    assert record.dois_cited == ("10.1000/abc(1)", "10.1000/x", "10.1000/y", "10.1000/z")


def test_an_author_is_read_whatever_stands_around_the_names(read) -> None:
    people = (
        "<AuthorList><Author><Initials>A</Initials><ForeName/><LastName>Lee &amp;amp; Co</LastName></Author>"
        "<Author><AffiliationInfo><Affiliation>X</Affiliation></AffiliationInfo><LastName>Roe</LastName>"
        "<ForeName> Bo  C </ForeName></Author><Author><LastName/><CollectiveName>Group</CollectiveName></Author>"
        '</AuthorList><AuthorList Type="editors"><Author><LastName>Ed</LastName></Author></AuthorList>'
    )
    assert read(people).authors == ("A Lee & Co", "Bo C Roe", "Group")
