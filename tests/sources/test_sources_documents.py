from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.model.places import quote_at
from sonospine.model.record import Record
from sonospine.sources import Unreadable, records_of


@pytest.fixture
def read(tmp_path: Path):
    def _read(text: str, name: str = "note.md") -> Record:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        (record,) = records_of(path)
        return record

    return _read


FRONT = """---
title: "A block for back pain"
doi: https://doi.org/10.1000/ABC.7
url: https://example.org/a
year: 2021
authors: [Ann Lee, "Bo Chan"]
journal: Journal of Blocks
language: en
pmid: 4711
nct: NCT01234567
types:
  - Journal Article
---

# A block for back pain

## Abstract

Background: Why.

Results: Pain fell from 6.1 ± 1.0 to 3.2 ± 0.9.

## Methods

Patients were treated.

## Results

| Arm | Before | After |
|-----|-------:|------:|
| US  | 6.1 ± 1.0 | 3.2 ± 0.9 |
| FL  | 6.0 ± 1.1 | 3.4 \\| 3 |

* p < 0.05

## References

1. Somebody. 10.1000/cited
"""


def test_front_matter_fills_the_record(read) -> None:
    record = read(FRONT)
    assert (record.title, record.doi, record.url, record.year) == (
        "A block for back pain",
        "10.1000/abc.7",
        "https://example.org/a",
        "2021",
    )
    assert (record.authors, record.journal, record.language, record.pmid, record.nct, record.types) == (
        ("Ann Lee", "Bo Chan"),
        "Journal of Blocks",
        "eng",
        "4711",
        ("NCT01234567",),
        ("Journal Article",),
    )
    assert (record.record_id, record.kind, record.full_text) == ("file:note", "article", True)
    assert record.dois_cited == ("10.1000/cited",)


def test_headings_give_addresses_and_roles(read) -> None:
    record = read(FRONT)
    assert [(p.locator, p.role) for p in record.passages] == [
        ("title", "title"),
        ("abstract/BACKGROUND", "introduction"),
        ("abstract/RESULTS", "results"),
        ("body/s1p1", "methods"),
        ("back/s1p1", "other"),
    ]
    assert quote_at(record, "abstract/RESULTS:15-24") == "6.1 ± 1.0"


def test_pipe_tables_have_a_head_cells_and_footnotes(read) -> None:
    (table,) = read(FRONT).tables
    assert [[c.text for c in row] for row in table.rows] == [
        ["Arm", "Before", "After"],
        ["US", "6.1 ± 1.0", "3.2 ± 0.9"],
        ["FL", "6.0 ± 1.1", "3.4 | 3"],
    ]
    assert (table.locator, table.header_rows, table.footnotes) == ("table/1", 1, ("* p < 0.05",))


def test_a_doi_that_a_page_of_news_states_is_that_of_the_study(read) -> None:
    record = read(
        "---\ntitle: Fascia news\ndoi: 10.1000/x\ntypes: [News]\n---\n# Other heading\n\nText of the page."
    )
    assert (record.kind, record.doi, record.dois_cited) == ("news", "", ("10.1000/x",))
    assert "Other heading" in [p.text for p in record.passages]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: [a\n---\nhello", "not YAML"),
        ("---\n- a: 1\n---\nhello", "keys with values"),
        ("short", "too little text"),
    ],
)
def test_a_document_that_cannot_be_read_has_one_reason(read, text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(text)


def test_aliases_in_the_front_matter_do_not_multiply(read) -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    record = read(
        f"---\ntitle: T\n{laughs}authors: *a11\n---\nSome text of the document is here, enough of it."
    )
    assert record.authors == ()


PLAIN = """ORIGINAL RESEARCH

A fascia injection for chronic back pain: a pilot study

Ann Lee¹, Bo Chan¹,² and Cy van der Berg^{2*}

Abstract

Background Few studies exist.

Results Pain fell from 5.27 \\pm 0.45 to 2.42 ± 0.50.

Keywords fascia, injection

© The Author(s) 2023. Open access.

Background

Back pain is common and this paragraph is long enough to be one of an article that has long lines, as those that are copied from a page have, because each paragraph stands on a line of its own however long it is, and so the reader can tell a paragraph from a wrapped line by the length of the longest line alone.

Methods

Patients were asked at one and twelve weeks. The scores were compared with those a

Page 4 of 7

week earlier in every one of the patients.

Procedure

The needle was guided by ultrasound into the middle layer of the fascia of the patient.

 Table 2
 Scores at baseline

 and after injection

\tBaseline\t1 week\t12 weeks
NRS\t5.27 ± 0.45\t2.42 \\pm 0.50\t2.31±0.47
ODI\t71.12±2.50\t/\t34.81±4.92

Table 2 shows the scores of the patients.

Fig. 1 The needle in the fascia.

Results

Pain fell in all the patients and the function was better than before the injection.

References

1. Doe J. 10.1000/cited. NCT01234567.
"""


def test_title_authors_and_year_are_found_in_plain_text(read) -> None:
    record = read(PLAIN, "seed.txt")
    assert record.title == "A fascia injection for chronic back pain: a pilot study"
    assert record.authors == ("Ann Lee", "Bo Chan", "Cy van der Berg")
    assert (record.year, record.keywords, record.language) == ("2023", ("fascia", "injection"), "eng")
    assert (record.kind, record.full_text, record.doi) == ("article", True, "")
    assert (record.nct, record.nct_cited, record.dois_cited) == ((), ("NCT01234567",), ("10.1000/cited",))


def test_labels_without_colon_divide_the_abstract_and_a_heading_of_the_same_name_ends_it(read) -> None:
    record = read(PLAIN, "seed.txt")
    assert [(p.locator, p.text) for p in record.abstract()] == [
        ("abstract/BACKGROUND", "Few studies exist."),
        ("abstract/RESULTS", "Pain fell from 5.27 ± 0.45 to 2.42 ± 0.50."),
    ]
    assert [(p.locator, p.headings) for p in record.body()] == [
        ("body/s1p1", ("Background",)),
        ("body/s2p1", ("Methods",)),
        ("body/s3p1", ("Methods", "Procedure")),
        ("body/s3p2", ("Methods", "Procedure")),
        ("body/s4p1", ("Results",)),
    ]


def test_page_furniture_goes_and_a_divided_sentence_is_joined(read) -> None:
    texts = {p.locator: p.text for p in read(PLAIN, "seed.txt").passages}
    assert texts["body/s2p1"].endswith("with those a week earlier in every one of the patients.")
    assert not any("Page 4" in text for text in texts.values())


def test_a_caption_over_several_lines_belongs_to_the_tabbed_table_below(read) -> None:
    record = read(PLAIN, "seed.txt")
    (table,) = record.tables
    assert (table.label, table.caption) == ("Table 2", "Scores at baseline and after injection")
    assert [[c.text for c in row] for row in table.rows] == [
        ["", "Baseline", "1 week", "12 weeks"],
        ["NRS", "5.27 ± 0.45", "2.42 ± 0.50", "2.31±0.47"],
        ["ODI", "71.12±2.50", "/", "34.81±4.92"],
    ]
    assert (table.header_rows, table.rows[0][1].header, table.rows[1][0].header) == (1, True, False)
    assert quote_at(record, "table/1:r1c2:0-11") == "2.42 ± 0.50"
    assert [f.caption for f in record.figures] == ["The needle in the fascia."]


def test_a_sentence_that_begins_with_table_is_no_caption(read) -> None:
    text = "A title of five words here\n\nTable 1 lists the patients.\n\nTable 1 Patients\n\nName\tn\nA\t5\n"
    record = read(text, "a.txt")
    assert [(t.label, t.caption) for t in record.tables] == [("Table 1", "Patients")]
    assert "Table 1 lists the patients." in [p.text for p in record.passages]


def test_wrapped_lines_are_joined_to_paragraphs(read) -> None:
    text = "A title of five words here\n\nResults\n\nPain fell from 5.1\nto 3.2 after the\nultra-\nsound block.\n\nEnd it.\n"
    assert [p.text for p in read(text, "a.txt").body()] == [
        "Pain fell from 5.1 to 3.2 after the ultra-sound block.",
        "End it.",
    ]


def test_the_first_lines_are_not_guessed_to_be_a_title(read) -> None:
    record = read(
        "This is a sentence about a patient with pain. It goes on and it ends with a stop.\n\nMore of it.",
        "a.txt",
    )
    assert (record.title, record.authors) == ("", ())


def test_a_news_page_is_news_and_cites_the_study_it_tells_of(read) -> None:
    menu = "".join(f"- Topic {letter}\n" for letter in "ABCDEFGHIJ")
    text = (
        menu
        + "Guided injections help patients after surgery: Study\n\nIn a recent study of 26 patients pain fell.\n"
        "Key Points\n- Pain fell in the patients who were injected under ultrasound in the recent study.\n"
        "Reference –\nLee A et al. (2025). https://doi.org/10.1000/study.\n"
    )
    record = read(text, "news.txt")
    assert record.title == "Guided injections help patients after surgery: Study"
    assert (record.kind, record.doi, record.dois_cited) == ("news", "", ("10.1000/study",))
    assert not any("Topic" in p.text for p in record.passages)


def test_a_registration_named_in_news_is_cited(read) -> None:
    text = (
        "Two treatments for back pain are compared in a trial\n\nA trial is currently recruiting patients.\n\n"
        "Publication Date: May 1, 2024\n\nhttps://clinicaltrials.gov/study/NCT07241559?term=x\n"
    )
    record = read(text, "news.txt")
    assert (record.kind, record.nct, record.nct_cited, record.year) == ("news", (), ("NCT07241559",), "2024")


def test_labelled_paragraphs_before_the_first_heading_are_the_abstract(read) -> None:
    text = (
        "# **A GUIDED INJECTION, A CASE REPORT**\n\nAnn Lee, MD<sup>1</sup>, and Bo Chan, BSc Kin<sup>1,2</sup>\n\n"
        "- Background:** Pain is common.\n- Conclusions:** It helped.\n- Key words:** spine, needle\n\n"
        "## **BACKGROUND**\n\nText.\n\n### **METHODS**\n\nThe patient scored 17/50.\n\n## DISCUSSION\n\nWe saw.\n"
    )
    record = read(text, "case.txt")
    assert record.authors == ("Ann Lee", "Bo Chan")
    assert record.types == ("Case Reports",)
    assert [p.locator for p in record.abstract()] == ["abstract/BACKGROUND", "abstract/CONCLUSIONS"]
    assert record.keywords == ("spine", "needle")
    assert [p.headings for p in record.body()] == [("BACKGROUND",), ("METHODS",), ("DISCUSSION",)]
