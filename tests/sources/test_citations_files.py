"""Files of citations as wholes: what they are told to be, packed and encoded files, ids, counts, any order, any cut."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.record import Record
from sonospine.sources import Unreadable, parse_record, read_entries, readings_of
from sonospine.sources.citations.citation import Citation, Entry, citation_in, content_of
from sonospine.sources.citations.files import citations_in
from sonospine.sources.citations.recognise import FORMS, citation_form
from sonospine.sources.decoding import decode
from sonospine.sources.detection import detect
from sonospine.sources.importing import import_sources
from sonospine.sources.listing import SourcePath
from sonospine.sources.raw import RawRecord, Rejected, raw_from_json

PUBMED = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article><ArticleTitle>Packed</ArticleTitle>"
    "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


def ris(title: str, **fields: str) -> str:
    lines = [f"{tag}  - {value}" for tag, value in fields.items()]
    return "\n".join(["TY  - JOUR", f"TI  - {title}", *lines, "ER  - ", ""])


def raws(path: Path) -> list[RawRecord]:
    return [entry for entry in read_entries(path) if isinstance(entry, RawRecord)]


def test_the_corpus_and_prose_stay_documents(project: Path) -> None:
    documents = [p for p in (project / "config" / "corpus").rglob("*") if p.suffix in (".md", ".txt")]
    assert documents
    for path in documents:
        assert detect(path.read_bytes()[:65536], path.suffix) in ("markdown", "text"), path


def test_the_five_documents_stay_text(real_seeds: Path) -> None:
    paths = sorted(real_seeds.glob("*.txt"))
    assert len(paths) == 5
    assert {detect(path.read_bytes()[:65536], ".txt") for path in paths} == {"text"}


@pytest.mark.parametrize(
    "text",
    [
        "A title of five words\n\nAbstract\n\nT2 - weighted images were made. PMID: 123.\n",
        "A paper on exports\n\nMethods\n\nRIS files begin with TY - JOUR and end with ER.\n",
        "Title\n  of a poem\nAuthor\n  unknown\n\nThe words go on and on in this poem without end.\n",
        "PMID- 123 is how MEDLINE begins.\n\nThis text explains it at length, as prose does.\n",
        "Name\tAge\tPain\tTime\nAnna\t3\t4\t5\nA table in a text is no table of citations at all.\n",
        "@ the clinic {a note}: patients were seen by the team on Monday and again on Friday.\n",
        "10% of the patients had less pain.\n%5 is not a tag. More words follow to make a text.\n",
    ],
)
def test_prose_that_speaks_of_tags_is_prose(text: str) -> None:
    assert citation_form(text, ".txt") == ""
    assert detect(text.encode(), ".txt") == "text"


def test_a_packed_file_is_read_as_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(PUBMED.encode()))
    (tmp_path / "b.ris.gz").write_bytes(gzip.compress(ris("Packed", AN="9").encode()))
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(ris("Packed", AN="9").encode()))
    found = [raws(path)[0].record_id for path in sorted(tmp_path.iterdir())]
    assert found == ["pubmed:7", "file:b-9", "file:c-9"]


def test_a_damaged_or_doubly_packed_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ris.gz"
    whole = gzip.compress(ris("Packed " * 5000, AN="9").encode())
    for content, reason in (
        (whole[:-20], "damaged or breaks off"),
        (whole[:30] + b"\x00" * 20 + whole[50:], "damaged or breaks off"),
        (gzip.compress(whole), "gzip archive within a gzip archive"),
        (gzip.compress(b""), "empty"),
    ):
        path.write_bytes(content)
        (rejected,) = read_entries(path)
        assert isinstance(rejected, Rejected)
        assert reason in rejected.reason


def test_a_packed_file_that_holds_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sonospine.sources.packed.MOST_UNPACKED", 200_000)
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(PUBMED.encode() + b" " * 1_000_000))
    entries = list(read_entries(path))
    assert isinstance(entries[-1], Rejected)
    assert "in a packed file: divide it" in entries[-1].reason


def test_an_xlsx_and_an_endnote_library_say_what_to_do(tmp_path: Path) -> None:
    for name, advice in (("a.xlsx", "save it as CSV"), ("b.enlx", "export it from EndNote")):
        (tmp_path / name).write_bytes(b"PK\x03\x04rest of it")
        (rejected,) = read_entries(tmp_path / name)
        assert isinstance(rejected, Rejected)
        assert advice in rejected.reason


WORDS = "Größe, naïve Gómez"


@pytest.mark.parametrize(
    ("encoding", "flags"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", ()),
        ("utf-16-le", ()),
        ("utf-16-be", ()),
        ("utf-32", ()),
        ("cp1252", ("decoded_as_cp1252",)),
        ("latin-1", ("decoded_as_cp1252",)),
        ("mac-roman", ("decoded_as_mac_roman",)),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_told(
    tmp_path: Path, encoding: str, flags: tuple[str, ...], end: str
) -> None:
    path = tmp_path / "refs.ris"
    path.write_bytes((ris(WORDS, AN="9") * 2).replace("\n", end).encode(encoding))
    first, second = raws(path)
    assert (first.flags, second.flags) == (flags, flags)
    assert parse_record(first).title == WORDS


def test_a_file_put_together_from_two_encodings_loses_neither(tmp_path: Path) -> None:
    path = tmp_path / "refs.ris"
    path.write_bytes(ris(WORDS, AN="1").encode() * 3 + ris("Café", AN="2").encode("cp1252"))
    read = raws(path)
    assert [parse_record(raw).title for raw in read] == [WORDS, WORDS, WORDS, "Café"]
    assert read[0].flags == ("decoded_partly_as_cp1252",)


def test_mojibake_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "refs.ris"
    path.write_text(ris("GrÃ¶ÃŸe", AN="1"), encoding="utf-8")
    assert parse_record(raws(path)[0]).title == "GrÃ¶ÃŸe"


def test_ids_do_not_change_when_a_file_is_exported_in_another_order(tmp_path: Path) -> None:
    entries = [
        ris("One", AN="11", PY="2020"),
        ris("Two", DO="10.1000/a.1"),
        ris("Three", PY="2020", AU="Doe, J"),
        ris("Four", AN="12"),
        ris("Another four", AN="12"),
        ris("Five", U1="31234567[pmid]"),
    ]
    seen = []
    for order in (entries, entries[::-1], entries[3:] + entries[:3]):
        path = tmp_path / "refs.ris"
        path.write_text("\n".join(order))
        seen.append({parse_record(raw).title: raw.record_id for raw in raws(path)})
    assert seen[0] == seen[1] == seen[2]
    assert len(set(seen[0].values())) == 6
    assert seen[0]["One"] == "file:refs-11"
    assert seen[0]["Four"].startswith("file:refs-12-")


def test_the_original_text_of_an_entry_is_kept_beside_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "refs.ris"
    path.write_text(ris("One", AN="11", XX="unknown") + "\n" + ris("Two", AN="12"))
    first, second = (json.loads(raw.content) for raw in raws(path))
    assert first["original"] == ris("One", AN="11", XX="unknown").rstrip("\n")
    assert second["original"].startswith("TY  - JOUR\nTI  - Two")
    assert first["form"] == "RIS"
    assert all(raw.format == "citation" for raw in raws(path))


def test_an_entry_without_title_and_number_is_rejected_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "refs.ris"
    path.write_text(ris("One") + ris("") + ris("", DO="10.1000/x"))
    records, rejected = readings_of(path)
    assert [r.title for r in records] == ["One", ""]
    assert [(r.file, r.reason) for r in rejected] == [
        (f"{path}#2", "an entry without a title and without a DOI, PubMed or PMC number")
    ]


def test_a_difference_between_entries_and_their_marks_names_both_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sonospine.sources.citations import files

    read, count = files._READERS["ris"]
    monkeypatch.setitem(files._READERS, "ris", (lambda text: iter(list(read(text))[:-1]), count))
    found = []
    with pytest.raises(Unreadable, match="1 entries were found, but the file has the marks of 2"):
        found.extend(citations_in(ris("One") + ris("Two"), "ris"))
    assert len(found) == 1


texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
phrases = st.lists(texts, min_size=1, max_size=6).map(" ".join).filter(lambda t: any(c.isalnum() for c in t))
plain_phrases = phrases.filter(lambda t: not set("<&") & set(t))
names = st.lists(plain_phrases.filter(lambda t: ";" not in t and "|" not in t), max_size=3, unique=True)
citations = st.builds(
    Citation,
    title=plain_phrases.map(lambda t: f"A {t}"),
    abstract=plain_phrases.map(lambda t: (("", f"We {t}"),)),
    authors=names.map(lambda found: tuple(f"X{name}" for name in found)),
    year=st.integers(1900, 2026).map(str),
    journal=plain_phrases.map(lambda t: f"J {t}"),
    doi=st.from_regex(r"10\.[1-9]\d{3}/[a-z0-9]{1,12}", fullmatch=True),
)


def as_ris(c: Citation) -> str:
    people = "".join(f"AU  - {name}\n" for name in c.authors)
    return f"TY  - JOUR\nTI  - {c.title}\n{people}JF  - {c.journal}\nPY  - {c.year}\nDO  - {c.doi}\nAB  - {c.abstract[0][1]}\nER  - \n\n"


def as_medline(c: Citation) -> str:
    people = "".join(f"FAU - {name}\n" for name in c.authors)
    wrapped = c.abstract[0][1].replace(" ", "\n      ")
    return f"PMID- 1\nTI  - {c.title}\n{people}JT  - {c.journal}\nDP  - {c.year}\nLID - {c.doi} [doi]\nAB  - {wrapped}\n\n"


def as_table(found: list[Citation], delimiter: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(["Title", "Authors", "Journal", "Year", "DOI", "Abstract"])
    for c in found:
        people = ";".join(c.authors) + (";" if c.authors else "")
        writer.writerow([c.title, people, c.journal, c.year, c.doi, c.abstract[0][1]])
    return stream.getvalue()


WRITERS: dict[str, tuple[str, Callable[[list[Citation]], str]]] = {
    "ris": ("ris", lambda found: "".join(map(as_ris, found))),
    "medline": ("medline", lambda found: "".join(map(as_medline, found))),
    "comma": ("columns", lambda found: as_table(found, ",")),
    "semicolon": ("columns", lambda found: as_table(found, ";")),
    "tab": ("columns", lambda found: as_table(found, "\t")),
}


@pytest.mark.parametrize("writer", sorted(WRITERS))
@given(
    found=st.lists(citations, min_size=1, max_size=4),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read_back(writer: str, found: list[Citation], end: str, encoding: str) -> None:
    form, write = WRITERS[writer]
    text, flags = decode(write(found).replace("\r\n", "\n").replace("\n", end).encode(encoding))
    assert flags == ()
    read = [
        citation_in(entry.content) for entry in citations_in(text, form) if not isinstance(entry, Unreadable)
    ]
    fields = ("title", "abstract", "authors", "year", "journal", "doi")
    assert [{f: getattr(c, f) for f in fields} for c in read] == [
        {f: getattr(c, f) for f in fields} for c in found
    ]


@given(citations)
@settings(max_examples=50, deadline=None)
def test_a_citation_survives_its_json(citation: Citation) -> None:
    assert citation_in(content_of(Entry(citation, "original"), "RIS")) == citation


@given(form=st.sampled_from(FORMS), text=st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_crashes_any_reader(form: str, text: str) -> None:
    with contextlib.suppress(Unreadable):
        for entry in citations_in(text, form):
            assert isinstance(entry, Unreadable) or citation_in(entry.content)


@pytest.mark.parametrize(
    ("form", "before", "unit"),
    [
        ("medline", "PMID- 1\nTI  - x\nAID - ", "a"),
        ("ovid", "<1>\nTitle\n  x\nAuthor\n  ", "1"),
        ("ovid", "<1>\nTitle\n  x\nSource\n  ", "a. 1"),
        ("inspec", "Record - 1 INSPEC\nTI ~ x\n", "\n"),
        ("columns", "Title,Keywords\nx,", "a, "),
    ],
)
def test_a_hostile_value_does_not_hold_the_reader_up(form: str, before: str, unit: str) -> None:
    started = time.process_time()
    assert list(citations_in(before + unit * 40_000 + "!\n", form))
    assert time.process_time() - started < 5  # quadratic patterns took half a minute


def test_files_cut_anywhere_give_entries_and_reasons(real_data: Path, tmp_path: Path) -> None:
    chance = random.Random(20261120)
    paths = [
        p
        for p in sorted((real_data / "citation-files").rglob("*"))
        if p.is_file() and p.stat().st_size < 30_000
    ]
    assert len(paths) > 100
    for path in paths:
        content = path.read_bytes()
        for _ in range(3):
            start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
            broken = content[:start] + content[end:] if chance.random() < 0.5 else content[start:end]
            cut = tmp_path / f"cut{path.suffix}"
            cut.write_bytes(broken)
            records, rejected = readings_of(cut)
            assert records or rejected
            assert all(isinstance(record, Record) for record in records)
            assert all(entry.reason for entry in rejected)


def test_an_import_passes_over_what_comes_twice_and_keeps_what_differs(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.ris").write_text(
        ris("One", AN="11")
        + ris("One", AN="11")
        + ris("Other", AN="11")
        + ris("One", AN="11", PY="2020")
        + ris("")
    )
    (folder / "b.nbib").write_text("PMID- 11\nTI  - One\n")
    done = import_sources([SourcePath(folder, "sources.files[0]", "exports")], tmp_path / "out")
    lines = [
        line
        for shard in sorted((tmp_path / "out").glob("*.jsonl"))
        for line in shard.read_text().splitlines()
    ]
    found = sorted((raw_from_json(line) for line in lines), key=lambda raw: raw.record_id)
    read = sorted(
        (raw.record_id.split("-")[0], parse_record(raw).title, parse_record(raw).year) for raw in found
    )
    assert read == [
        ("file:a", "One", ""),
        ("file:a", "One", "2020"),
        ("file:a", "Other", ""),
        ("file:b", "One", ""),
    ]
    assert (done.records, done.rejected) == (4, 1)
    assert len({raw.record_id for raw in found}) == 4
