from __future__ import annotations

import os
from pathlib import Path

import pytest

from sonospine.cli.import_records import run as run_import
from sonospine.cli.parse import run as run_parse
from sonospine.model.buckets import bucket_of
from sonospine.model.errors import InputError
from sonospine.model.identifiers import ncts_in, normal_pmcid
from sonospine.model.record import read_records
from sonospine.model.table_io import read_table
from sonospine.model.tables import REJECTED
from sonospine.sources.importing import import_sources
from sonospine.sources.listing import SourcePath
from sonospine.sources.raw import raw_from_json

TEXT = "A title of five words here\n\nResults\n\nPain fell in the patients of number {}.\n"
PUBMED = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>{}</ArticleTitle>"
    "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


def sources(folder: Path, demonstration: bool = False) -> list[SourcePath]:
    return [SourcePath(folder, "sources.files[0]", folder.name, demonstration)]


def ids(out: Path) -> list[str]:
    return [
        raw_from_json(line).record_id
        for shard in sorted(out.glob("*.jsonl"))
        for line in shard.read_text("utf-8").splitlines()
    ]


def rejected(path: Path) -> dict[str, str]:
    return {row["file"]: row["reason"] for row in read_table(path, REJECTED)}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    return folder


def test_names_make_ids_and_housekeeping_files_are_no_records(tmp_path: Path, corpus: Path) -> None:
    (corpus / "sub" / "Lv 2025.txt").write_text(TEXT.format(1))
    for name in ("README.md", "UPSTREAM_README.md", "PROVENANCE.tsv", "LICENSE", ".hidden.txt"):
        (corpus / name).write_text(TEXT.format(2))
    import_sources(sources(corpus, demonstration=True), tmp_path / "out")
    assert ids(tmp_path / "out") == ["demo:file:sub-lv-2025"]
    assert rejected(tmp_path / "out" / "rejected.tsv") == {}
    (line,) = (tmp_path / "out" / "0.jsonl").read_text().splitlines()
    assert raw_from_json(line).file == "corpus/sub/Lv 2025.txt"


def test_every_unreadable_file_has_one_reason_and_the_rest_goes_on(tmp_path: Path, corpus: Path) -> None:
    (corpus / "a.txt").write_text(TEXT.format(1))
    contents = {
        "archive.zip": b"PK\x03\x04rest",
        "book.pdf": b"%PDF-1.7",
        "cut.xml": PUBMED.format(7, "x").encode()[:-30],
        "empty.xml": b"",
        "error.json": b'{"error": "not found"}',
        "packed.gz": b"\x1f\x8b\x08\x00",
        "page.xml": b"<!DOCTYPE html><html><body>502</body></html>",
        "paper.docx": b"PK\x03\x04rest",
        "picture.png": b"\x89PNG\r\n",
        "refs.ris": b"nothing of a reference\n",
        "search.xml": b"<?xml version='1.0'?><eSearchResult><Count>1</Count></eSearchResult>",
        "sheet.csv": b"a,b\n1,2\n",
        "strange.bin": bytes(range(256)),
    }
    for name, content in contents.items():
        (corpus / name).write_bytes(content)
    done = import_sources(sources(corpus), tmp_path / "out")
    reasons = rejected(tmp_path / "out" / "rejected.tsv")
    assert sorted(reasons) == [f"corpus/{name}" for name in sorted(contents)]
    assert all(reasons.values())
    assert (done.records, done.rejected) == (1, len(contents))
    assert "esearch" in reasons["corpus/search.xml"]
    assert reasons["corpus/cut.xml"].startswith("truncated XML")
    assert reasons["corpus/sheet.csv"].startswith("a table without a column of titles")


def test_entries_before_a_break_are_kept_and_the_break_is_told(tmp_path: Path, corpus: Path) -> None:
    whole = PUBMED.format(7, "x").replace("</PubmedArticleSet>", "")
    (corpus / "cut.xml").write_text(whole + "<PubmedArticle><MedlineCitation>")
    import_sources(sources(corpus), tmp_path / "out")
    assert ids(tmp_path / "out") == ["pubmed:7"]
    assert (
        "the 1 complete entries before that are kept"
        in rejected(tmp_path / "out" / "rejected.tsv")["corpus/cut.xml"]
    )


def test_the_same_record_twice_is_one_and_another_of_its_id_is_rejected(tmp_path: Path, corpus: Path) -> None:
    (corpus / "a.xml").write_text(PUBMED.format(7, "x"))
    (corpus / "b.xml").write_text(PUBMED.format(7, "x"))
    (corpus / "c.xml").write_text(PUBMED.format(7, "changed"))
    import_sources(sources(corpus), tmp_path / "out")
    assert ids(tmp_path / "out") == ["pubmed:7"]
    assert rejected(tmp_path / "out" / "rejected.tsv") == {
        "corpus/c.xml#1": "pubmed:7 stands in corpus/a.xml already, with other content"
    }


def test_documents_of_one_name_stay_apart(tmp_path: Path, corpus: Path) -> None:
    (corpus / "a.txt").write_text(TEXT.format(1))
    (corpus / "a.md").write_text(TEXT.format(2))
    import_sources(sources(corpus), tmp_path / "out")
    first, second = sorted(ids(tmp_path / "out"))
    assert first == "file:a"
    assert second.startswith("file:a-")


def test_records_are_bucketed_by_the_hash_of_their_id_and_sorted(tmp_path: Path, corpus: Path) -> None:
    for number in range(60):
        (corpus / f"{number}.xml").write_text(PUBMED.format(number + 1, "x"))
    import_sources(sources(corpus), tmp_path / "out")
    shards = sorted((tmp_path / "out").glob("*.jsonl"))
    assert [s.name for s in shards] == ["0.jsonl", "1.jsonl", "2.jsonl", "3.jsonl"]
    for shard in shards:
        found = [raw_from_json(line).record_id for line in shard.read_text().splitlines()]
        assert found == sorted(found)
        assert all(bucket_of(record_id, 4) == int(shard.stem) for record_id in found)


def test_an_empty_corpus_makes_one_empty_shard(tmp_path: Path, corpus: Path) -> None:
    import_sources(sources(corpus), tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "0.jsonl",
        "changes.tsv",
        "rejected.tsv",
        "searches.tsv",
    ]
    assert (tmp_path / "out" / "0.jsonl").read_bytes() == b""


def test_the_folder_is_replaced_as_a_whole_and_twice_the_same(tmp_path: Path, corpus: Path) -> None:
    (corpus / "a.txt").write_text(TEXT.format(1))
    out = tmp_path / "out"
    import_sources(sources(corpus), out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    (out / "99.jsonl").write_text("stale")
    (tmp_path / ".out.killed.part").mkdir()
    import_sources(sources(corpus), out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["corpus", "out"]


def config(project: Path, folder: Path, sources_text: str) -> Path:
    text = (project / "config" / "config.yaml").read_text("utf-8").split("\n")
    start = next(i for i, line in enumerate(text) if line.startswith("sources:"))
    end = next(i for i in range(start + 1, len(text)) if text[i][:1] not in (" ", "#", ""))
    path = folder / "config" / "config.yaml"
    path.parent.mkdir()
    path.write_text("\n".join([*text[:start], sources_text, *text[end:]]), encoding="utf-8")
    return path


def test_a_missing_path_names_the_key_of_the_configuration(project: Path, tmp_path: Path) -> None:
    path = config(project, tmp_path, "sources:\n  files: [nowhere]")
    with pytest.raises(InputError, match=r"sources\.files\[0\].*nowhere"):
        run_import(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_import_and_parse_go_from_the_configuration_to_records(project: Path, tmp_path: Path) -> None:
    path = config(
        project, tmp_path, "sources:\n  corpus: {path: mine, demonstration: true}\n  files: [more/b.txt]"
    )
    for name, number in (("mine/a.txt", 1), ("more/b.txt", 2), ("mine/bad.txt", 3)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT.format(number) if number < 3 else "tiny")
    run_import(path, tmp_path / "results" / "import")
    run_parse(tmp_path / "results" / "import" / "0.jsonl", tmp_path / "results" / "records")
    records = read_records(tmp_path / "results" / "records" / "0.jsonl")
    assert [r.record_id for r in records] == ["demo:file:a", "file:b"]
    assert records[0].demonstration
    reasons = rejected(tmp_path / "results" / "records" / "rejected" / "0.tsv")
    assert reasons == {"mine/bad.txt": "too little text to be a record"}


def test_a_shard_that_was_changed_by_hand_is_refused(tmp_path: Path, corpus: Path) -> None:
    (corpus / "a.txt").write_text(TEXT.format(1))
    import_sources(sources(corpus), tmp_path / "out")
    shard = tmp_path / "out" / "0.jsonl"
    shard.write_text(shard.read_text().replace("number 1", "number 2"))
    with pytest.raises(InputError, match="line 1: the content does not fit its hash"):
        run_parse(shard, tmp_path / "records")
    with pytest.raises(InputError, match="no such shard"):
        run_parse(tmp_path / "out" / "7.jsonl", tmp_path / "records")


def test_file_names_that_are_not_utf_8_are_read_and_shown_with_a_replacement(
    tmp_path: Path, corpus: Path
) -> None:
    for number, name in enumerate((b"\xff.txt", b"\xfe.txt")):
        try:
            Path(os.fsdecode(bytes(corpus) + b"/" + name)).write_text(TEXT.format(number))
        except OSError:
            pytest.skip("this file system takes only names of UTF-8")
    import_sources(sources(corpus), tmp_path / "out")
    records = [
        raw_from_json(line) for p in (tmp_path / "out").glob("*.jsonl") for line in p.read_text().splitlines()
    ]
    assert [r.file for r in records] == ["corpus/\ufffd.txt"] * 2
    assert len({r.record_id for r in records}) == 2


def test_only_ascii_digits_make_an_identifier() -> None:
    assert ncts_in("NCT１２３４５６７８ and nct 12345678") == ("NCT12345678",)
    assert normal_pmcid("PMC１２") == ""
