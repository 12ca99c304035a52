"""The append-only writer: whole lines or none, whatever happens to the disk, the lock or the file."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_log import ADDED, RECORD, Writer, shown

from sonospine.corrections import read_actions
from sonospine.curation import lines, logbook
from sonospine.curation.logbook import Logbook, curator_name
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, table_text
from sonospine.model.tables import CURATION

HEADER = table_text(CURATION.names, [])


@pytest.fixture
def ann() -> Writer:
    return Writer("ann")


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return Logbook(tmp_path)


def some(writer: Writer, count: int = 1) -> list[Row]:
    return [lines.set_field(writer.hand, shown(), "n", str(number)) for number in range(count)]


def test_the_first_line_makes_the_file_with_its_header(book: Logbook, ann: Writer) -> None:
    (line,) = some(ann)
    book.append("corrections", "ann", [line])
    assert (book.folder / "corrections/ann.tsv").read_text(encoding="utf-8") == table_text(
        CURATION.names, [line]
    )
    assert book.rows("corrections") == [line]
    assert sorted(p.name for p in (book.folder / "corrections").iterdir()) == [".lock", "ann.tsv"]


def test_later_lines_only_add_to_what_stands_there(book: Logbook, ann: Writer) -> None:
    before = b""
    for line in some(ann, 5):
        book.append("corrections", "ann", [line])
        now = (book.folder / "corrections/ann.tsv").read_bytes()
        assert now.startswith(before)
        assert now.removeprefix(before).count(b"\n") == (1 if before else 2)
        before = now


def test_texts_of_any_kind_come_back_as_they_were_written(book: Logbook, ann: Writer) -> None:
    texts = [
        'the "first" arm',
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "\u202eabc",
        "−2 ± 1",
        "'",
        '"',
        '""',
        "-",
    ]
    made = [lines.set_field(ann.hand, shown(), "arm", text, reason=text) for text in texts]
    book.append("corrections", "ann", made)
    assert [(row["new_value"], row["reason"]) for row in book.rows("corrections")] == [(t, t) for t in texts]
    assert [action.new_value for action in read_actions(book.folder / "corrections")] == texts


def test_half_a_character_is_refused_before_anything_is_written(book: Logbook, ann: Writer) -> None:
    line = lines.comment(ann.hand, None, "half \ud83d")
    with pytest.raises(InputError, match="half a character"):
        book.append("corrections", "ann", [line])
    assert not (book.folder / "corrections").exists()


def test_no_lines_write_nothing(book: Logbook) -> None:
    book.append("corrections", "ann", [])
    assert book.rows("corrections") == []
    assert not (book.folder / "corrections/ann.tsv").exists()


@pytest.mark.parametrize(
    "name", ["", ".ann", "../ann", "ann/bob", "Ann B", "ann\n.", "ä", "a" * 41, "-a", "_"]
)
def test_a_name_that_could_lead_elsewhere_is_no_curator(book: Logbook, name: str) -> None:
    with pytest.raises(InputError) as fault:
        book.path("corrections", name)
    assert fault.value.field == "curator"


def test_a_name_is_taken_without_the_spaces_around_it() -> None:
    assert curator_name(" ada.b-2_x ") == "ada.b-2_x"


def test_a_line_of_somebody_else_and_an_unknown_kind_are_mistakes_of_the_program(
    book: Logbook, ann: Writer
) -> None:
    with pytest.raises(ValueError, match="somebody else"):
        book.append("corrections", "bob", some(ann))
    with pytest.raises(ValueError, match="no kind"):
        book.append("corrected", "ann", some(ann))


def test_who_knows_the_file_sees_whether_somebody_else_wrote(book: Logbook, ann: Writer) -> None:
    first = book.append("corrections", "ann", some(ann))
    assert first.before is None
    assert book.fingerprint("corrections") == {"ann.tsv": first.after}
    second = book.append("corrections", "ann", some(ann))
    assert second.before == first.after
    with (book.folder / "corrections/ann.tsv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert book.append("corrections", "ann", some(ann)).before != second.after
    marks = book.fingerprint("corrections")
    book.append("corrections", "bob", some(Writer("bob")))
    assert book.fingerprint("corrections") != marks
    assert book.fingerprint("links") == {}


def test_a_line_is_written_below_one_that_a_person_left_without_a_line_end(
    book: Logbook, ann: Writer
) -> None:
    one, two = some(ann, 2)
    path = book.folder / "corrections/ann.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(table_text(CURATION.names, [one]).rstrip("\n"), encoding="utf-8")
    book.append("corrections", "ann", [two])
    assert book.rows("corrections") == [one, two]
    assert book.torn() == []


@pytest.mark.parametrize(
    "begun",
    [
        "",
        "\ufeff",
        HEADER,
        HEADER.rstrip("\n"),
        "\ufeff" + HEADER,
        HEADER.replace("\n", "\r\n"),
        HEADER + "\n\n",
    ],
)
def test_a_file_that_was_only_begun_is_gone_on_with(book: Logbook, ann: Writer, begun: str) -> None:
    path = book.folder / "corrections/ann.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(begun, encoding="utf-8", newline="")
    assert book.rows("corrections") == []
    made = some(ann)
    book.append("corrections", "ann", made)
    assert book.rows("corrections") == made


def test_no_line_is_written_below_another_header(book: Logbook, ann: Writer) -> None:
    path = book.folder / "corrections/ann.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("action_id\tcurator\n", encoding="utf-8")
    with pytest.raises(InputError, match="not the header of a log") as fault:
        book.append("corrections", "ann", some(ann))
    assert fault.value.row == 1
    assert path.read_text(encoding="utf-8") == "action_id\tcurator\n"


def test_a_torn_line_is_kept_aside_and_said(
    book: Logbook, ann: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = some(ann, 2)
    book.append("corrections", "ann", [one])
    path = book.folder / "corrections/ann.tsv"
    with path.open("a", encoding="utf-8") as file:
        file.write("ann-9\t\t2026-03-01T12:00:00Z\tann\tset\tmeas")
    with pytest.raises(InputError, match="cut off"):
        book.rows("corrections")
    book.append("corrections", "ann", [two])
    assert book.rows("corrections") == [one, two]
    (kept,) = book.torn()
    assert kept.parent == book.folder / "corrections/.torn"
    assert kept.read_text(encoding="utf-8") == "ann-9\t\t2026-03-01T12:00:00Z\tann\tset\tmeas"
    assert "cut off" in caplog.text
    assert str(kept) in caplog.text


def test_two_torn_lines_are_both_kept(book: Logbook, ann: Writer) -> None:
    for torn in ("ann-8\tx", "ann-9\ty"):
        book.append("corrections", "ann", some(ann))
        with (book.folder / "corrections/ann.tsv").open("a", encoding="utf-8") as file:
            file.write(torn)
        book.set_torn_aside()
    assert sorted(p.read_text(encoding="utf-8") for p in book.torn()) == ["ann-8\tx", "ann-9\ty"]


def test_a_file_that_an_editor_is_still_saving_is_not_cut(book: Logbook, ann: Writer) -> None:
    one, two, three = some(ann, 3)
    book.append("corrections", "ann", [one])
    path = book.folder / "corrections/ann.tsv"
    whole = table_text(CURATION.names, [two]).removeprefix(HEADER)
    with path.open("a", encoding="utf-8") as file:
        file.write(whole[:60])
        file.flush()
        writer = threading.Thread(target=book.append, args=("corrections", "ann", [three]))
        writer.start()
        time.sleep(0.1)
        file.write(whole[60:])
    writer.join()
    assert book.rows("corrections") == [one, two, three]
    assert book.torn() == []


class Disk:
    """A disk that is full after some bytes."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.write = os.write

    def __call__(self, fd: int, content: bytes) -> int:
        if not self.free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = self.write(fd, content[: self.free])
        self.free -= done
        return done


@pytest.mark.parametrize("free", [0, 1, 100, 1000])
def test_a_full_disk_is_one_clear_error_and_the_file_is_as_it_was(
    book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    book.append("corrections", "ann", some(ann))
    path = book.folder / "corrections/ann.tsv"
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(logbook.os, "write", Disk(free))
        with pytest.raises(InputError, match="nothing was written: No space left on device") as fault:
            book.append("corrections", "ann", lines.add(ann.hand, ADDED, record=RECORD))
    assert fault.value.file == str(path)
    assert path.read_bytes() == before
    book.append("corrections", "ann", some(ann))
    assert len(book.rows("corrections")) == 2


def test_a_full_disk_leaves_no_new_file(book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(logbook.os, "write", Disk(100))
        with pytest.raises(InputError, match="No space left"):
            book.append("corrections", "ann", some(ann))
    assert [p.name for p in (book.folder / "corrections").iterdir()] == [".lock"]


def test_a_disk_that_is_found_full_when_the_lines_are_kept_is_the_same_error(
    book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.append("corrections", "ann", some(ann))
    before = (book.folder / "corrections/ann.tsv").read_bytes()

    def full(fd: int) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with monkeypatch.context() as patch:
        patch.setattr(logbook.os, "fsync", full)
        with pytest.raises(InputError, match="Disk quota exceeded"):
            book.append("corrections", "ann", some(ann))
    assert (book.folder / "corrections/ann.tsv").read_bytes() == before


LIMITED = """
import resource, sys
from pathlib import Path
from sonospine.curation import lines
from sonospine.curation.logbook import Logbook
from sonospine.model.errors import InputError
book, hand = Logbook(Path(sys.argv[1])), lines.hand_of("ann")
book.append("corrections", "ann", [lines.comment(hand, None, "first")])
size = book.path("corrections", "ann").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))
try:
    book.append("corrections", "ann", [lines.comment(hand, None, "x" * 1000)])
except InputError as error:
    print(error)
print(size, book.path("corrections", "ann").stat().st_size)
"""


def test_a_file_that_may_grow_no_further_keeps_its_length(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said[0].endswith("ann.tsv: nothing was written: File too large")
    before, after = said[1].split()
    assert before == after
    assert len(Logbook(tmp_path).rows("corrections")) == 1


def test_lines_go_into_the_file_that_git_put_in_the_place_of_the_old_one(
    book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = some(ann, 3)
    book.append("corrections", "ann", [one])
    path = book.folder / "corrections/ann.tsv"
    keep, swaps = os.fsync, [None]

    def swap(fd: int) -> None:
        keep(fd)
        if swaps:
            swaps.pop()
            other = path.with_suffix(".other")
            other.write_text(table_text(CURATION.names, [one, two]), encoding="utf-8")
            other.replace(path)

    monkeypatch.setattr(logbook.os, "fsync", swap)
    book.append("corrections", "ann", [three])
    assert book.rows("corrections") == [one, two, three]


def test_a_file_that_another_program_makes_first_is_added_to(
    book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = some(ann, 2)
    path = book.folder / "corrections/ann.tsv"
    link = os.link

    def late(source: Path, target: Path) -> None:
        if not path.exists():
            path.write_text(table_text(CURATION.names, [one]), encoding="utf-8")
        link(source, target)

    monkeypatch.setattr(logbook.os, "link", late)
    book.append("corrections", "ann", [two])
    assert book.rows("corrections") == [one, two]
    assert not list(path.parent.glob("*.part"))


def test_a_file_system_without_links_serves_too(
    book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(logbook.os, "link", refuse)
    made = some(ann, 2)
    book.append("corrections", "ann", made[:1])
    book.append("corrections", "ann", made[1:])
    assert book.rows("corrections") == made
    assert not list((book.folder / "corrections").glob(".*.part"))


def test_who_waits_too_long_for_the_lock_is_told(
    book: Logbook, ann: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "_PATIENCE", 0.05)
    book.append("corrections", "ann", some(ann))
    with book.reading("corrections"), pytest.raises(InputError, match="another program is writing"):
        book.append("corrections", "ann", some(ann))
    book.append("corrections", "ann", some(ann))
    assert len(book.rows("corrections")) == 2


def test_threads_with_a_logbook_each_lose_nothing(tmp_path: Path) -> None:
    writers = [Writer("ann", page=f"-{page}") for page in "abcd"]

    def write(writer: Writer) -> None:
        own = Logbook(tmp_path)
        for _ in range(25):
            own.append("corrections", "ann", some(writer))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = Logbook(tmp_path).rows("corrections")
    for writer in writers:
        mine = [row["action_id"] for row in rows if row["action_id"].startswith(f"ann{writer.page}-")]
        assert mine == [f"ann{writer.page}-{number}" for number in range(1, 26)]


def test_a_folder_where_a_file_should_be_is_named(book: Logbook, ann: Writer) -> None:
    book.folder.joinpath("corrections").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="nothing was written"):
        book.append("corrections", "ann", some(ann))


def test_two_branches_of_git_merge_into_the_lines_of_both(book: Logbook, ann: Writer, project: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *who, *arguments], cwd=book.folder, check=True, capture_output=True)

    log = book.folder / "extracted/curation"
    log.mkdir(parents=True)
    (book.folder / ".gitattributes").write_bytes((project / ".gitattributes").read_bytes())
    (book.folder / ".gitignore").write_bytes((project / ".gitignore").read_bytes())
    one, two, three, four = some(ann, 4)
    own = Logbook(log)
    git("init")
    git("add", ".")
    git("commit", "-m", "base")
    git("checkout", "-b", "other")
    own.append("corrections", "ann", [one, two])
    git("add", ".")
    git("commit", "-m", "two")
    git("checkout", "main")
    own.append("corrections", "ann", [three])
    git("add", ".")
    git("commit", "-m", "one")
    git("merge", "other", "-m", "both")
    assert sorted(row["action_id"] for row in own.rows("corrections")) == [f"ann-{n}" for n in (1, 2, 3)]
    own.append("corrections", "ann", [four])
    assert len(own.rows("corrections")) == 4
    listed = subprocess.run(
        ["git", "ls-files"], cwd=book.folder, check=True, capture_output=True, text=True
    ).stdout
    assert ".lock" not in listed
