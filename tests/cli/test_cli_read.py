"""``sonospine read`` in a terminal: groups, order, alignment, quotes, widths, and what could not be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.cli.reading_lines import cut, grid_of, row_lines, wrapped
from sonospine.cli.reading_order import outcomes_of
from sonospine.model.record import Passage, Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MACHINE_ARMS, MEASUREMENTS
from sonospine.vocabulary import Vocabulary, load_vocabulary

RECORD = Record(
    "r", "file", passages=(Passage("abstract/RESULTS", "x" * 300), Passage("body/s1p1", "y" * 300))
)
ARMS = [MACHINE_ARMS.row(record_id="r", label=label) for label in ("Injection", "Control")]


@pytest.fixture(scope="module")
def vocabulary(project: Path) -> Vocabulary:
    return load_vocabulary(project / "config/vocabulary")


def measured(start: int = 0, **values: str) -> Row:
    known = {
        "measurement_id": f"m{start}", "record_id": "r", "locator": f"abstract/RESULTS:{start}-{start + 3}",
        "outcome": "VAS", "instrument": "vas", "construct": "pain", "arm": "Injection", "centre": "mean", "value": "2.5",
        "spread": "sd", "spread_value": "1.1", "confidence": "0.9", "change": "false", "phase": "follow_up", "weeks": "4",
        "time": "4 weeks",
    }  # fmt: skip
    return MEASUREMENTS.row(**{**known, **values})


def shown(rows: list[Row], vocabulary: Vocabulary, width: int = 100) -> list[str]:
    outcomes = outcomes_of(RECORD, ARMS, rows, vocabulary)
    grid = grid_of(outcomes, width)
    return [
        line.plain for outcome in outcomes for row in outcome.rows for line in row_lines(row, outcome, grid)
    ]


def test_one_instrument_is_one_group_under_its_name_however_the_paper_words_it(vocabulary) -> None:
    rows = [
        measured(0, outcome="VAS"),
        measured(5, outcome="Pain score (0-10)", arm="Control"),
        measured(10, outcome="sum", instrument="", construct=""),
        measured(15, outcome="VAS", subscale="rest"),
    ]
    outcomes = outcomes_of(RECORD, ARMS, rows, vocabulary)
    assert [(o.name, len(o.rows)) for o in outcomes] == [("Visual analogue scale", 3), ("“sum”", 1)]
    assert outcomes[0].about.startswith("pain")
    assert "not in the vocabulary" in outcomes[1].about
    assert sum("rest" in line for line in shown(rows, vocabulary)) == 1


def test_times_go_from_baseline_on_and_arms_in_the_order_of_the_paper(vocabulary) -> None:
    base = {"phase": "baseline", "weeks": "0", "time": "baseline"}
    rows = [
        measured(40, time="12 weeks", weeks="12"),
        measured(30, arm="Control"),
        measured(20),
        measured(35, arm="Injection", comparator_arm="Control", centre="difference"),
        measured(10, arm="Control", **base),
        measured(50, **base),
        measured(60, time="10 min", weeks="0.001"),
    ]
    (outcome,) = outcomes_of(RECORD, ARMS, rows, vocabulary)
    assert [(r["time"], r["arm"], r["comparator_arm"]) for r in outcome.rows] == [
        ("baseline", "Injection", ""), ("baseline", "Control", ""), ("10 min", "Injection", ""),
        ("4 weeks", "Injection", ""), ("4 weeks", "Control", ""), ("4 weeks", "Injection", "Control"),
        ("12 weeks", "Injection", ""),
    ]  # fmt: skip


def test_characteristics_come_after_outcomes(vocabulary) -> None:
    rows = [measured(0, outcome="Age", instrument="age", construct="characteristic"), measured(5)]
    assert [o.name for o in outcomes_of(RECORD, ARMS, rows, vocabulary)] == ["Visual analogue scale", "Age"]


def test_numbers_stand_under_their_point(vocabulary) -> None:
    rows = [
        measured(0, value="24.91", spread_value="12.5"),
        measured(5, value="8", spread_value="0.85"),
        measured(10, value="-1.5", spread_value="3"),
    ]
    lines = shown(rows, vocabulary)
    ends = {line.index(number) + len(number) for line, number in zip(lines, ("24", "8", "-1"), strict=True)}
    assert len(ends) == 1
    spreads = {line.index("± ") for line in lines}
    assert len(spreads) == 1
    assert "± 12.5  SD" in lines[0]
    assert "±  0.85 SD" in lines[1]


def test_a_count_says_what_was_counted(vocabulary) -> None:
    rows = [
        measured(0, outcome="relief", instrument="responder", construct="responder", centre="percent", value="54.8"),
        measured(5, outcome="relief", instrument="responder", construct="responder", centre="percent", value="20"),
        measured(9, outcome="excellent", instrument="responder", construct="responder", centre="count", value="3",
                 total="9"),
    ]  # fmt: skip
    text = "\n".join(shown(rows, vocabulary))
    assert "54.8%" in text
    assert "3/9" in text
    assert "“excellent”" in text
    assert "“relief”" not in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(vocabulary, width: int) -> None:
    long = "registry/outcomeMeasures/0/classes/0/categories/0/measurements/1/value"
    rows = [
        measured(0, arm="Arm III - the first and the second drug", locator=long, time="one week after injection"),
        measured(5, arm="Arm II - the second drug", centre="median", lower="1", upper="10.5", spread="iqr", spread_value=""),
        measured(9, outcome="注射后疼痛评分", instrument="", construct="", centre="percent", arm="观察组"),
    ]  # fmt: skip
    from rich.cells import cell_len

    assert max(cell_len(line) for line in shown(rows, vocabulary, width)) <= max(width, 78)
    assert all(line == line.rstrip() for line in shown(rows, vocabulary, width))


def test_texts_are_broken_between_words_and_cut_with_an_ellipsis() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("one two three four", 8, most=2) == ["one two", "three f…"]
    assert wrapped("疼痛评分疼痛", 8) == ["疼痛评分", "疼痛"]
    assert wrapped("", 8) == []
    assert cut("注射后疼痛", 5) == "注射…"


def test_a_paper_is_printed_with_its_arms_results_and_a_legend(sonospine, review: Path) -> None:
    said = sonospine("read", "paper.md", COLUMNS="80")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert max(map(len, lines)) == 80
    assert lines[1:3] == ["Heat against cold: a randomised trial", "2020 · file:paper"]
    assert "Visual analogue scale  pain · 0 to 10 points" in lines
    head = next(i for i, line in enumerate(lines) if line.startswith("Visual analogue"))
    assert [line.split()[2:6] for line in lines[head + 1 : head + 5]] == [
        ["baseline", "6.2", "±", "1.5"], ["baseline", "6.1", "±", "1.4"],
        ["4", "weeks", "2.3", "±"], ["4", "weeks", "3.4", "±"],
    ]  # fmt: skip
    assert "sure: " in said.out
    assert "abstract/" in said.out


def test_quotes_show_sentence_or_cell_with_its_headings(sonospine, review: Path) -> None:
    (review / "table.md").write_text(
        "---\ntitle: A trial\n---\n\n# A trial\n\n## Results\n\n"
        "| Outcome | Heat (n = 30) | Cold (n = 31) |\n|---|---|---|\n| VAS at 4 weeks, mean ± SD | 2.3 ± 1.1 | 3.4 ± 1.2 |\n"
    )
    out = " ".join(sonospine("read", "--quotes", "paper.md", "table.md").out.split())
    assert "and »2.3 ± 1.1« in group A" in out
    assert "VAS at 4 weeks, mean ± SD | Heat (n = 30) | »2.3 ± 1.1«" in out
    assert "paper.md ───" in out
    assert "table.md ───" in out


def test_what_could_not_be_read_is_said(sonospine, review: Path) -> None:
    (review / "bare.md").write_text(
        "---\ntitle: Nothing here\n---\n\n# Nothing here\n\n## Abstract\n\nNo number.\n"
    )
    said = sonospine("read", "bare.md")
    assert "No result could be read: the file has only the title and the abstract." in said.out
    assert "sure:" not in said.out
    (review / "figure.xml").write_text(
        "<article><front><article-meta><title-group><article-title>A trial</article-title></title-group></article-meta>"
        "</front><body><sec><title>Results</title><p>See the figure.</p><fig id='F1'><label>Figure 1</label><caption>"
        "<p>Mean VAS pain over time in both groups</p></caption></fig></sec></body></article>"
    )
    out = sonospine("read", "figure.xml").out
    assert "Not read, because the results stand only in a picture:" in out
    assert "figure/F1" in out
    assert "Mean VAS pain over time" in out
