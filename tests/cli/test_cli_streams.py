"""Pipes, interruption, terminals, logs and progress: how the command behaves among other programs."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import PROGRAM, environment

ESCAPE = "\x1b["


def in_terminal(folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    """Run the command with a terminal for output and errors; return its status and all that it showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *arguments], cwd=folder, env={**environment(**env), "TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    ) as running:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how Linux tells that the other end is closed
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    return running.returncode, shown.decode()


def test_a_reader_that_goes_away_ends_the_command_quietly(review: Path) -> None:
    (review / "long.md").write_text((review / "paper.md").read_text() * 40)
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} read {'paper.md ' * 30} | head -1; echo ${{PIPESTATUS[0]}}"],
        cwd=review, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "141"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full")
def test_an_output_that_is_full_is_one_line(review: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} pool effects.tsv > /dev/full"],
        cwd=review, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "No space left on device\n")


def _listen_to_interruptions() -> None:
    """Undo what a shell without job control does to the processes it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interruption_is_quiet_and_leaves_nothing_half_written(review: Path) -> None:
    (review / "many").mkdir()
    (review / "many/a.md").write_text((review / "paper.md").read_text())
    os.mkfifo(review / "many/b.md")  # nobody writes to it, so the import waits and cannot end by itself
    config = review / "config/config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r"(?m)^  corpus:\n(    .*\n)+(  files:.*\n)?", "  files: [many]\n", text))
    with subprocess.Popen(
        [PROGRAM, "import", "--config", "config/config.yaml", "--out", "made"],
        cwd=review, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_listen_to_interruptions,
    ) as running:  # fmt: skip
        until = time.monotonic() + 30
        while not list(review.glob(".made.*")) and time.monotonic() < until:
            time.sleep(0.005)
        running.send_signal(signal.SIGINT)
        try:
            out, err = running.communicate(timeout=30)
        finally:
            running.kill()
    assert (running.returncode, out, err) == (130, "", "")
    assert [p.name for p in review.iterdir() if "made" in p.name] == []


def test_colours_are_for_terminals_and_can_be_turned_off(sonospine, review: Path) -> None:
    assert ESCAPE not in sonospine("read", "paper.md", "--quotes").out
    status, shown = in_terminal(review, "read", "paper.md")
    assert status == 0
    assert f"{ESCAPE}1;36m" in shown
    _, plain = in_terminal(review, "read", "paper.md", NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", plain)


def test_progress_is_shown_in_a_terminal_only(sonospine, review: Path) -> None:
    said = sonospine("extract", "paper.md", "-o", "m.tsv")
    assert said.err == "4 measurements of 1 records written to m.tsv\n"
    _, shown = in_terminal(review, "extract", "paper.md", "-o", "m.tsv")
    assert "1/1" in shown
    assert "4 measurements of 1 records" in shown


def test_verbose_tells_on_standard_error_what_is_read_and_written(program, review: Path) -> None:
    wanted = ("pool", "effects.tsv", "-o", "pooled.tsv")
    for arguments in (("--verbose", *wanted), (*wanted, "--verbose")):
        said = program(*arguments)
        assert said.out == ""
        assert "INFO: reading effects.tsv" in said.err
        assert "INFO: wrote pooled.tsv" in said.err
    assert "INFO" not in program(*wanted).err


def test_a_terminal_without_these_signs_gets_others(program, review: Path) -> None:
    said = program("read", "paper.md", PYTHONIOENCODING="ascii")
    assert (said.status, said.err) == (0, "")
    assert "? 1.5 SD" in said.out


def test_a_paper_does_not_steer_the_terminal(sonospine, review: Path) -> None:
    text = (review / "paper.md").read_text().replace("Heat against", "Heat \x1b[31m\x07against")
    (review / "paper.md").write_text(text)
    assert not set(sonospine("read", "paper.md").out) & {"\x1b", "\x07"}
