from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.model.places import quote_at
from sonospine.model.record import Notice, Record, from_json, to_json
from sonospine.sources import records_of

HEAD = (
    '<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML" '
    'article-type="{kind}" xml:lang="en"><front><article-meta>{meta}<title-group><article-title>A trial of a block'
    "</article-title></title-group></article-meta></front><body>{body}</body><back>{back}</back>{after}</article>"
)


@pytest.fixture
def read(tmp_path: Path):
    def _read(
        body: str = "",
        *,
        meta: str = "",
        back: str = "",
        after: str = "",
        kind: str = "research-article",
        before: str = '<?xml version="1.0" encoding="UTF-8"?>',
    ) -> Record:
        path = tmp_path / "paper.nxml"
        text = before + HEAD.format(kind=kind, meta=meta, body=body, back=back, after=after)
        path.write_text(text, encoding="utf-8")
        (record,) = records_of(path)
        assert from_json(to_json(record)) == record
        return record

    return _read


def grid(record: Record, table: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row] for row in record.tables[table].rows]


def wrap(table: str, *, rest: str = "", identifier: str = ' id="T1"') -> str:
    return (
        f"<table-wrap{identifier}><label>Table 1</label><caption><title>Pain</title><p>mean</p></caption>"
        f"<table>{table}</table>{rest}</table-wrap>"
    )


def test_ids_are_normalised(read) -> None:
    meta = (
        '<article-id pub-id-type="pmc">123</article-id><article-id pub-id-type="pmid">45</article-id>'
        '<article-id pub-id-type="doi">10.1/x</article-id><article-id pub-id-type="doi">10.1000/X</article-id>'
    )
    record = read(meta=meta)
    assert (record.record_id, record.pmcid, record.pmid, record.source) == (
        "pmc:PMC123",
        "PMC123",
        "45",
        "pmc",
    )
    modern = read(meta='<article-id pub-id-type="pmcid">PMC9.1</article-id>')
    assert modern.record_id == "pmc:PMC9"


def test_an_article_without_a_pmc_id_is_named_after_its_file(read) -> None:
    record = read()
    assert (record.record_id, record.source, record.language) == ("file:paper", "file", "eng")


def test_sections_are_counted_in_document_order(read) -> None:
    record = read(
        "<p>Before.</p><sec><title>Methods</title><p>One.</p><sec><title>Statistics</title><p>Two.</p></sec></sec>"
        "<sec><title>Results</title><p>Three.</p><p>Four.</p></sec>"
    )
    assert [(p.locator, p.role, p.headings) for p in record.body()] == [
        ("body/s1p1", "other", ()),
        ("body/s2p1", "methods", ("Methods",)),
        ("body/s3p1", "methods", ("Methods", "Statistics")),
        ("body/s4p1", "results", ("Results",)),
        ("body/s4p2", "results", ("Results",)),
    ]
    assert record.full_text


def test_the_type_of_a_section_tells_its_role_where_the_title_does_not(read) -> None:
    record = read('<sec sec-type="intro"><title>Fascia and pain</title><p>x</p></sec>')
    assert record.body()[0].role == "introduction"


def test_an_abstract_with_bold_labels_is_divided(read) -> None:
    record = read(
        meta="<abstract><p><bold>Methods:</bold> We did.</p><p><bold>Results</bold> It fell to 3.</p></abstract>"
        "<abstract abstract-type='graphical'><p>picture</p></abstract>"
    )
    assert [(p.locator, p.text) for p in record.abstract()] == [
        ("abstract/METHODS", "We did."),
        ("abstract/RESULTS", "It fell to 3."),
    ]
    assert "back/abstract1p1" in [p.locator for p in record.passages]


def test_footnote_marks_do_not_glue_to_numbers_and_exponents_stay(read) -> None:
    record = read(
        wrap(
            "<thead><tr><th>Pain<sup>a</sup></th><th>kg/m<sup>2</sup></th></tr></thead><tbody>"
            "<tr><td>4.1 &#177; 0.5<sup>b</sup></td><td>5.27<sup>2</sup></td></tr>"
            '<tr><td>3.0<sup>&#8224;</sup></td><td>2.2<xref ref-type="table-fn">c</xref></td></tr>'
            "<tr><td>10<sup>6</sup></td><td>1<sup>st</sup></td></tr>"
            "<tr><td>ms<sup>2</sup> at 4<sup>week</sup></td><td>min<sup>-1</sup></td></tr></tbody>"
        )
    )
    assert grid(record) == [
        ["Pain", "kg/m2"],
        ["4.1 ± 0.5", "5.27"],
        ["3.0", "2.2"],
        ["10^6", "1st"],
        ["ms2 at 4 week", "min-1"],
    ]


def test_raised_citations_do_not_glue_to_numbers_in_the_text(read) -> None:
    body = (
        "<sec><title>Results</title><p>Pain fell to 3.2<sup><xref ref-type='bibr'>12</xref></sup> and 2.1"
        "<xref ref-type='bibr'>13</xref> [<xref ref-type='bibr'>14</xref>] in 62<sup>15</sup> patients.</p></sec>"
    )
    assert read(body).body()[0].text == "Pain fell to 3.2 and 2.1 [14] in 62 patients."


def test_spans_are_expanded_to_a_rectangle_and_tell_where_they_began(read) -> None:
    record = read(
        wrap(
            '<thead><tr><th rowspan="2">Arm</th><th colspan="2">Pain</th></tr><tr><th>Before</th><th>After</th></tr>'
            "</thead><tbody><tr><td>US</td><td>6</td><td>3</td></tr><tr><td>FL</td><td>5</td></tr></tbody>"
        )
    )
    table = record.tables[0]
    assert grid(record) == [
        ["Arm", "Pain", "Pain"],
        ["Arm", "Before", "After"],
        ["US", "6", "3"],
        ["FL", "5", ""],
    ]
    assert table.header_rows == 2
    assert (table.rows[1][0].row, table.rows[0][2].column) == (0, 1)
    assert table.rows[1][2].header
    assert not table.rows[2][0].header
    assert (table.label, table.caption) == ("Table 1", "Pain mean")
    assert quote_at(record, "table/T1:r2c2:0-1") == "3"


def test_a_row_span_ends_with_its_group(read) -> None:
    record = read(
        wrap(
            '<thead><tr><th rowspan="9">A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody>'
        )
    )
    assert grid(record) == [["A", "B"], ["1", "2"]]


@pytest.mark.parametrize("span", ["1000000000", "99999999999999999999", "-3", "x", "0"])
def test_absurd_spans_are_harmless(read, span: str) -> None:
    record = read(
        wrap(
            f'<tbody><tr><td colspan="{span}" rowspan="{span}">a</td></tr><tr><td>1</td><td>2</td></tr></tbody>'
        )
    )
    rows = record.tables[0].rows
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == 2
    assert len(rows[0]) <= 4


def test_many_large_spans_do_not_multiply(read) -> None:
    record = read(wrap("<tbody>" + '<tr><td colspan="100" rowspan="99999">a</td></tr>' * 3000 + "</tbody>"))
    assert len(record.tables[0].rows) == 3000
    assert sum(map(len, record.tables[0].rows)) <= 200_000


def test_footnotes_come_from_the_foot_and_from_last_rows_over_the_whole_width(read) -> None:
    record = read(
        wrap(
            "<thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>x</td><td>1</td></tr>"
            '<tr><td colspan="2">Values are mean &#177; SE.</td></tr></tbody>',
            rest="<table-wrap-foot><fn><label>a</label><p>Not significant.</p></fn>"
            "<p><sup>b</sup>p &lt; 0.05</p></table-wrap-foot>",
        )
    )
    table = record.tables[0]
    assert table.footnotes == ("a Not significant.", "b p < 0.05", "Values are mean ± SE.")
    assert grid(record) == [["A", "B"], ["x", "1"]]
    assert quote_at(record, "table/T1:foot2:2-10") == "p < 0.05"


def test_a_last_row_that_is_a_heading_over_the_width_is_no_footnote(read) -> None:
    record = read(
        wrap(
            "<tbody><tr><td>x</td><td>1</td></tr><tr><td>y</td><td>2</td></tr>"
            '<tr><td colspan="2">Follow-up</td></tr></tbody>'
        )
    )
    assert record.tables[0].footnotes == ()
    assert len(record.tables[0].rows) == 3


def test_a_table_that_is_only_a_picture_says_so(read) -> None:
    picture = '<table-wrap id="T1"><label>Table 1</label><graphic xlink:href="t1.jpg"/></table-wrap>'
    both = (
        '<table-wrap id="T2"><alternatives><graphic xlink:href="t2.jpg"/><table><tr><td>x</td><td>1</td></tr>'
        "</table></alternatives></table-wrap>"
    )
    record = read(picture + both)
    assert [(t.locator, t.image, len(t.rows)) for t in record.tables] == [
        ("table/T1", True, 0),
        ("table/T2", False, 1),
    ]


def test_tables_outside_the_body_are_found_and_repeated_ids_told_apart(read) -> None:
    table = wrap("<tr><td>x</td><td>1</td></tr>")
    record = read(
        table,
        back=f"<app-group><app><title>Appendix</title>{table}</app></app-group>",
        after="<floats-group>" + wrap("<tr><td>y</td><td>2</td></tr>", identifier="") + "</floats-group>",
    )
    assert [t.locator for t in record.tables] == ["table/T1", "table/T1-2", "table/3"]


def test_a_table_without_a_head_gets_one_where_its_first_row_reads_like_it(read) -> None:
    rows = "<tr><td>Group</td><td>Before</td></tr><tr><td>A</td><td>5.1</td></tr>"
    assert read(wrap(rows)).tables[0].header_rows == 1
    values = "<tr><td>A</td><td>5.1</td></tr><tr><td>B</td><td>4.0</td></tr>"
    assert read(wrap(values)).tables[0].header_rows == 0


def test_tables_and_figures_inside_a_paragraph_leave_no_text_in_it(read) -> None:
    body = (
        '<p>See below.<fig id="F1"><label>Figure 1</label><caption><p>Flow of 62 patients.</p></caption></fig>'
        + wrap("<tr><td>x</td><td>9</td></tr>")
        + " Then on.</p>"
    )
    record = read(body)
    assert record.body()[0].text == "See below. Then on."
    assert [(f.locator, f.label, f.caption) for f in record.figures] == [
        ("figure/F1", "Figure 1", "Flow of 62 patients.")
    ]


def test_named_entities_are_read_with_and_without_a_document_type(read) -> None:
    doctype = (
        '<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "http://127.0.0.1:9/jats.dtd">'
    )
    body = "<p>5.1 &plusmn; 1.2 &ge; &unknown; &amp;plusmn; &minus;3</p>"
    for before in ("", doctype):
        assert read(body, before=before).body()[0].text == "5.1 ± 1.2 ≥ &unknown; ± −3"


def test_entities_of_the_document_itself_are_never_expanded(read) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    before = (
        f'<?xml version="1.0"?><!DOCTYPE article [<!ENTITY l0 "ha">{laughs}'
        '<!ENTITY file SYSTEM "file:///etc/hostname">]>'
    )
    assert read("<p>&l11; &file;</p>", before=before).body()[0].text == "&l11; &file;"


def test_formulas_are_kept_once(read) -> None:
    body = (
        "<p>It was <inline-formula><alternatives><tex-math>\\documentclass{x}\\begin{document}$$4.2 \\pm 1.1$$"
        "\\end{document}</tex-math><mml:math><mml:mn>4.2</mml:mn><mml:mo>±</mml:mo><mml:mn>1.1</mml:mn></mml:math>"
        "</alternatives></inline-formula> and <inline-formula><tex-math>$3.0 \\pm \\text{0.2}$</tex-math>"
        "</inline-formula>.</p>"
    )
    assert read(body).body()[0].text == "It was 4.2±1.1 and 3.0 ± 0.2."


def test_own_registrations_are_told_from_cited_ones(read) -> None:
    record = read(
        "<sec><title>Methods</title><p>The trial was registered at ClinicalTrials.gov (NCT01111111).</p></sec>"
        "<sec><title>Discussion</title><p>The registered trial NCT02222222 will tell.</p></sec>",
        back="<ref-list><ref><mixed-citation>ClinicalTrials.gov NCT03333333. "
        '<pub-id pub-id-type="doi">10.1000/CITED</pub-id></mixed-citation></ref></ref-list>',
    )
    assert record.nct == ("NCT01111111",)
    assert set(record.nct_cited) == {"NCT02222222", "NCT03333333"}
    assert record.dois_cited == ("10.1000/cited",)


def test_a_retraction_notice_names_what_it_retracts(read) -> None:
    link = '<related-article related-article-type="retracted-article" ext-link-type="pubmed" xlink:href="21804710"/>'
    record = read(kind="retraction", meta=link)
    assert record.kind == "notice"
    assert record.notices == (Notice("retraction_of", "pmid:21804710"),)


@pytest.mark.parametrize(
    ("kind", "wanted"), [("correction", "erratum"), ("protocol", "protocol"), ("news", "news")]
)
def test_article_types_tell_the_kind(read, kind: str, wanted: str) -> None:
    assert read(kind=kind).kind == wanted


def test_licence_year_people_and_keywords_are_read(read) -> None:
    meta = (
        '<contrib-group><contrib contrib-type="author"><name><surname>Lv</surname><given-names>Yingying'
        '</given-names></name></contrib><contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib>'
        '</contrib-group><pub-date pub-type="epub"><year>2018</year></pub-date><pub-date pub-type="ppub">'
        "<year>2019</year></pub-date><permissions><license xlink:href='https://creativecommons.org/licenses/by/4.0/'>"
        "<license-p>Open.</license-p></license></permissions><kwd-group><kwd>block</kwd></kwd-group>"
    )
    record = read(meta=meta)
    assert (record.authors, record.year, record.keywords) == (("Yingying Lv",), "2019", ("block",))
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_peer_review_in_sub_articles_is_not_the_article(read) -> None:
    sub = (
        "<sub-article><body><p>Reviewer.</p>"
        + wrap("<tr><td>x</td><td>1</td></tr>")
        + "</body></sub-article>"
    )
    record = read("<p>Mine.</p>", after=sub)
    assert [p.text for p in record.body()] == ["Mine."]
    assert record.tables == ()


def test_a_set_of_articles_gives_a_record_each(tmp_path: Path) -> None:
    one = HEAD.format(
        kind="research-article",
        meta='<article-id pub-id-type="pmc">{}</article-id>',
        body="<p>x</p>",
        back="",
        after="",
    )
    path = tmp_path / "set.xml"
    path.write_text(f"<pmc-articleset>{one.replace('{}', '1')}{one.replace('{}', '2')}</pmc-articleset>")
    assert [r.record_id for r in records_of(path)] == ["pmc:PMC1", "pmc:PMC2"]


def test_an_english_translated_title_is_the_title_and_the_other_is_kept_as_vernacular(tmp_path) -> None:
    path = tmp_path / "zh.xml"
    path.write_text(
        '<article xml:lang="zh"><front><article-meta><title-group><article-title>超声</article-title>'
        '<trans-title-group xml:lang="en"><trans-title>Ultrasound</trans-title></trans-title-group>'
        "</title-group></article-meta></front></article>",
        encoding="utf-8",
    )
    (record,) = records_of(path)
    assert record.title == "Ultrasound"
    assert ("back/vernacular_title", "超声") in [(p.locator, p.text) for p in record.passages]
