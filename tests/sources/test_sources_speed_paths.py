"""The short ways that make reading fast give what the general ways give."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from sonospine.model.identifiers import NCT, ncts_in, normal_doi
from sonospine.model.record import Record, to_json
from sonospine.sources import RawRecord, Rejected, parse_record, read_entries, readings_of
from sonospine.sources.decoding import collapse
from sonospine.sources.flatten import text_of
from sonospine.sources.headings import split_labelled
from sonospine.sources.xml_stream import judged_entries

ENTRY = (
    "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>{inner}"
    "</Article></MedlineCitation></PubmedArticle>"
)
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
PIECES = st.sampled_from(
    [
        "a",
        "5.1",
        " ",
        "  ",
        "\t",
        "\n",
        "\u2009",
        "\u00a0",
        "\x85",
        "\u2028",
        *INVISIBLE,
        "é",
        "±",
        "&",
        "&amp;",
        "&lt;",
        "&#177;",
        "\u05d0",
        "\U0001f600",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def plain_collapse(text: str) -> str:
    """Collapse white space without looking first whether there is anything to do."""
    shown = "".join(
        "" if char in INVISIBLE else " " if char < " " and char not in "\t\n\r\x1c\x1d\x1e\x1f" else char
        for char in text
    )
    return " ".join(shown.split())


@given(TEXTS | st.text(max_size=40))
@example("a\x00b")
@example(" a")
@example("a ")
def test_clean_text_is_left_as_general_collapsing_leaves_it(text: str) -> None:
    assert collapse(text) == plain_collapse(text)


TAGS = st.sampled_from(["i", "b", "sup", "sub", "p", "xref", "fn", "AbstractText", "DispFormula", "List"])
TREES = st.recursive(
    st.builds(lambda tag, text, tail: (tag, text, tail, []), TAGS, TEXTS, TEXTS),
    lambda inner: st.builds(
        lambda tag, text, tail, children: (tag, text, tail, children),
        TAGS,
        TEXTS,
        TEXTS,
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


def built(tree: tuple) -> etree._Element:
    tag, text, tail, children = tree
    element = etree.Element(tag)
    element.text, element.tail = text, tail
    element.extend([built(child) for child in children])
    return element


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_text_is_the_same_whether_or_not_an_element_has_children(tree: tuple) -> None:
    element = built(tree)
    before = text_of(element)
    # An empty element adds nothing, and takes every element off the short way for those without children.
    for inner in list(element.iter()):
        etree.SubElement(inner, "i")
    assert text_of(element) == before


LABELLED = st.lists(
    st.sampled_from(
        ["Methods", "RESULTS", "Results", ":", "：", "[", "]", "【", "】", " ", ". ", "We did", "A", "5"]
    ),
    max_size=25,
).map("".join)


class ManySigns(str):
    """A text that claims to hold many of every sign, so that it is searched for labels whatever it holds."""

    __slots__ = ()

    def count(self, *_: object) -> int:
        return 99


@given(LABELLED)
@example("Methods: a. RESULTS: b")
@example("[Methods] a [RESULTS] b")
def test_a_text_with_too_few_signs_has_no_labels(text: str) -> None:
    assert split_labelled(text) == split_labelled(ManySigns(text))


@given(st.lists(st.sampled_from(["10.12/", "abc", "ABC", "(1)", ")", ".", ";", " ", "doi:", "\u212a", "é"])))
def test_a_plain_doi_is_normalised_as_any_other(parts: list[str]) -> None:
    doi = "".join(["10.1000/", *parts])
    assert normal_doi(doi) == normal_doi(f"see {doi}")  # the word before it takes it off the short way


@given(
    st.lists(st.sampled_from(["NCT", "nct", "Nct", "nCt", " ", "01234567", "0123456", "x", "é"])).map("".join)
)
def test_registrations_are_found_in_any_case(text: str) -> None:
    assert ncts_in(text) == tuple(dict.fromkeys(f"NCT{found[1]}" for found in NCT.finditer(text)))


def both_ways(path: Path) -> list[tuple[list[Record], list[str]]]:
    """Read a file at once, and by way of its raw records."""
    records, rejected = readings_of(path)
    by_entries: tuple[list[Record], list[str]] = ([], [])
    for entry in read_entries(path):
        try:
            if isinstance(entry, Rejected):
                by_entries[1].append(entry.reason)
            else:
                by_entries[0].append(parse_record(entry))
        except Exception as fault:
            by_entries[1].append(fault.reason)  # type: ignore[attr-defined]  # every fault of a source has a reason
    return [(records, [entry.reason for entry in rejected]), by_entries]


MATH = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mn>4</mml:mn></mml:math>'
DEEP = "<i>" * 300 + "x" + "</i>" * 300


@pytest.mark.parametrize(
    "content",
    [
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title=f'A {MATH} b', inner='')}</PubmedArticleSet>",
        f'<PubmedArticleSet xmlns="urn:x">{ENTRY.format(pmid=1, title="A", inner="")}</PubmedArticleSet>',
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title='<q:i>A</q:i>', inner='')}</PubmedArticleSet>",
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title='<xml:i>A</xml:i>', inner='<xml:Language>eng</xml:Language>')}"
        "</PubmedArticleSet>",
        "<!DOCTYPE PubmedArticleSet [<!ATTLIST Author ValidYN CDATA 'N'>]><PubmedArticleSet>"
        + ENTRY.format(pmid=1, title="A", inner="<AuthorList><Author><LastName>B</LastName></Author></AuthorList>")
        + "</PubmedArticleSet>",
        "<!DOCTYPE PubmedArticleSet SYSTEM 'a>b' [<!ENTITY x 'y'>]><PubmedArticleSet>"
        + ENTRY.format(pmid=1, title="A &x; &plusmn; b", inner="")
        + "</PubmedArticleSet>",
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title='A<!-- c -->b<?p q?><![CDATA[ &lt; <i>]]>', inner='')}"
        "</PubmedArticleSet>",
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title=ENTRY.format(pmid=2, title='in', inner=''), inner='')}"
        "</PubmedArticleSet>",
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title='A', inner='')}{ENTRY.format(pmid=2, title='B', inner='')}",
        f"<PubmedArticleSet><PubmedArticle/>{ENTRY.format(pmid=2, title='B', inner='')}</PubmedArticleSet>",
    ],
    ids=[
        "a namespace within", "a namespace around", "a prefix without a namespace", "the prefix xml",
        "declared attributes", "declared entities", "comments and CDATA", "an entry in an entry", "broken off",
        "an empty entry",
    ],
)  # fmt: skip
def test_a_file_read_at_once_gives_what_its_raw_records_give(tmp_path: Path, content: str) -> None:
    path = tmp_path / "set.xml"
    path.write_text(content, encoding="utf-8")
    at_once, by_entries = both_ways(path)
    assert at_once == by_entries
    assert at_once[0] or at_once[1]


def test_an_entry_nested_too_deep_is_rejected_in_a_huge_file_as_in_a_short_one(tmp_path: Path) -> None:
    text = "long " * 20_000
    entries = "".join(ENTRY.format(pmid=n, title=text, inner="") for n in range(1, 102))
    path = tmp_path / "huge.xml"
    path.write_text(
        f"<PubmedArticleSet>{entries}{ENTRY.format(pmid=500, title=DEEP, inner='')}</PubmedArticleSet>"
    )
    at_once, by_entries = both_ways(path)
    assert at_once == by_entries
    assert (len(at_once[0]), len(at_once[1])) == (101, 1)


def test_usual_entries_are_not_parsed_twice(tmp_path: Path) -> None:
    usual = (
        b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "https://example.org/pubmed.dtd">\n'
        b"<PubmedArticleSet>"
        + ENTRY.format(pmid=1, title="A", inner="").encode()
        + ENTRY.format(pmid=2, title=MATH, inner="").encode()
        + ENTRY.format(pmid=3, title="C", inner="").encode()
        + b"</PubmedArticleSet>"
    )
    assert [sound for _, sound in judged_entries([usual], ("PubmedArticle",), huge=False)] == [
        True,
        False,
        True,
    ]


def test_a_long_prolog_takes_no_long_time() -> None:
    for prolog in (b" " * 65_536, b"<!DOCTYPE " + b"x" * 65_536, b'<!DOCTYPE "' + b'" "' * 20_000):
        with pytest.raises(Exception, match="XML"):
            list(judged_entries([prolog], ("PubmedArticle",), huge=False))


def test_real_records_read_at_once_are_those_of_their_raw_records(real_data: Path) -> None:
    for path in sorted((real_data / "pubmed-xml").rglob("*.xml")):
        at_once, by_entries = both_ways(path)
        assert at_once == by_entries, path.name


def test_json_of_a_record_is_that_of_its_fields(real_data: Path) -> None:
    for path in sorted((real_data / "pubmed-xml" / "biopython-entrez").glob("*.xml")):
        for record in readings_of(path)[0]:
            fields = dataclasses.asdict(record)
            assert to_json(record) == json.dumps(
                fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")
            )


def test_the_hash_is_that_of_the_raw_content(tmp_path: Path) -> None:
    path = tmp_path / "set.xml"
    path.write_text(
        f"<PubmedArticleSet>{ENTRY.format(pmid=1, title='é &#x2009; &lt; ±', inner='')}</PubmedArticleSet>",
        "utf-8",
    )
    ((record,), _) = readings_of(path)
    (raw,) = read_entries(path)
    assert isinstance(raw, RawRecord)
    assert record.sha256 == raw.sha256 == hashlib.sha256(raw.content.encode("utf-8")).hexdigest()
