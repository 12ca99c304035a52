"""``sonospine evaluate`` reads the annotated articles, runs the scorers and rewrites its section of the page."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sonospine.cli.main import main
from sonospine.evaluation.articles import listed_articles, read_articles
from sonospine.evaluation.generated_section import replace_section, with_section
from sonospine.evaluation.scorers import find_scorers
from sonospine.evaluation.version import code_version
from sonospine.model.errors import InputError
from sonospine.vocabulary import Vocabulary, load_vocabulary

ARTICLE = """<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="pmc">{number}</article-id>
<title-group><article-title>A randomised trial</article-title></title-group></article-meta></front><body>
<sec><title>Results</title><p>Pain at 4 weeks.</p>
<table-wrap id="T1"><label>Table 1</label><caption><p>Pain (VAS 0-10), mean ± SD</p></caption><table>
<thead><tr><th>Outcome</th><th>Group A (n = 20)</th><th>Group B (n = 22)</th></tr></thead>
<tbody><tr><td>VAS at 4 weeks</td><td>2.4 ± 0.5</td><td>3.1 ± 0.6</td></tr></tbody></table></table-wrap>
</sec></body></article>
"""
LEVEL = {"precision": 0.5, "recall": 0.25, "f1": 0.3333}
PART = {
    "gold_rows": 4,
    "predicted_rows": 2,
    **dict.fromkeys(("value", "kind", "time", "outcome", "arm", "tuple"), LEVEL),
}
GOLD = {
    **PART, "articles": 2, "confident": {"precision": 1.0, "coverage": 0.125}, "tuple_f1_interval": [0.1, 0.6],
    "count": PART, "difference": PART,
}  # fmt: skip
SHARE = {"share": 0.4, "interval": [0.2, 0.6], "questions": 5, "articles": 1}
SCORER = """import json, shutil, sys
arguments = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(json.dumps(arguments) + chr(10))
shutil.copy(arguments[1], {log!r} + "." + arguments[1].replace("/", "_")[-20:])
print({answer!r})
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A collection of four articles, of which one is locked, and one with questions, with scorers beside it."""
    folder = tmp_path / "shared" / "data"
    for name in ("gold", "jats-pain", "ico/articles"):
        (folder / name).mkdir(parents=True)
    (folder / "gold" / "dev.jsonl").write_text("{}\n")
    (folder / "gold" / "open.txt").write_text("PMC2\nPMC1\n")
    (folder / "gold" / "locked.txt").write_text("PMC3\n")
    (folder / "ico" / "ico_dev.json").write_text("[]")
    for number in (1, 2, 3, 4):
        (folder / "jats-pain" / f"PMC{number}.nxml").write_text(ARTICLE.format(number=number))
    (folder / "ico" / "articles" / "PMC9.nxml").write_text(ARTICLE.format(number=9))
    bench = folder.parent / "bench"
    bench.mkdir()
    answers = {
        "score_measurements.py": GOLD,
        "score_ico.py": {"present": SHARE, "four": SHARE, "invented": SHARE},
    }
    for name, answer in answers.items():
        source = SCORER.format(log=str(tmp_path / "calls"), answer=json.dumps(answer))
        (bench / name).write_text(source)
    return folder


@pytest.fixture(scope="module")
def words(project: Path) -> Vocabulary:
    return load_vocabulary(project / "config" / "vocabulary")


@pytest.fixture(autouse=True)
def vocabulary_loaded_once(words: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading takes most of the time of these tests, and is tested elsewhere."""
    monkeypatch.setattr("sonospine.vocabulary.load_vocabulary", lambda _: words)


def evaluate(monkeypatch: pytest.MonkeyPatch, project: Path, data: Path, *options: object) -> int:
    arguments = ["--data", data, "--vocabulary", project / "config" / "vocabulary", *options]
    monkeypatch.setattr(sys, "argv", ["sonospine", "evaluate", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def calls(tmp_path: Path) -> list[list[str]]:
    return [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]


def test_the_section_of_the_page_is_replaced_and_the_rest_is_left(
    data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Ours\n\nbefore\n\n<!-- evaluate:begin -->\nold\n<!-- evaluate:end -->\n\nafter\n")
    assert evaluate(monkeypatch, project, data, "--out", page) == 0
    text = page.read_text()
    assert text.startswith("# Ours\n\nbefore\n\n<!-- evaluate:begin -->\nWritten by `sonospine evaluate` (")
    assert text.endswith("<!-- evaluate:end -->\n\nafter\n")
    assert "old" not in text
    assert "| ... and n: everything | 0.500 | 0.250 | 0.333 |" in text
    assert "F1 of everything: 0.100 to 0.600." in text
    assert "| both means and SDs, right pair chosen | 5 | 0.400 (0.200 to 0.600) | 0.544 |" in text
    assert "on 1 other articles" in text


def test_two_runs_write_the_same_bytes(
    data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "benchmarks.md"
    assert evaluate(monkeypatch, project, data, "--out", page) == 0
    first = page.read_bytes()
    assert evaluate(monkeypatch, project, data, "--out", page) == 0
    assert page.read_bytes() == first


def test_locked_articles_are_neither_read_nor_scored_unless_asked_for(
    data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "benchmarks.md"
    (data / "jats-pain" / "PMC3.nxml").unlink()
    assert evaluate(monkeypatch, project, data, "--out", page) == 0
    assert [Path(c[3]).name for c in calls(tmp_path) if len(c) > 3] == ["open.txt"]
    assert "not read in this run" in page.read_text()


def test_locked_articles_are_scored_apart_and_without_misses(
    data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "benchmarks.md"
    assert evaluate(monkeypatch, project, data, "--out", page, "--locked") == 0
    made = calls(tmp_path)
    assert [Path(c[3]).name for c in made if "--articles" in c] == ["open.txt", "locked.txt"]
    assert not any("--misses" in c for c in made)
    assert "not read in this run" not in page.read_text()
    assert "`sonospine evaluate --locked`" in page.read_text()
    tables = [path for path in tmp_path.glob("calls.*") if "locked" in path.name]
    with tables[0].open(encoding="utf-8", newline="") as stream:
        records = {row["record_id"] for row in csv.DictReader(stream, delimiter="\t")}
    assert records == {"pmc:PMC3"}


def test_an_unreadable_article_is_named_and_the_rest_is_scored(
    data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "jats-pain" / "PMC2.nxml").write_text("")
    page = tmp_path / "benchmarks.md"
    assert evaluate(monkeypatch, project, data, "--out", page) == 0
    assert "count as misses: PMC2.nxml: " in page.read_text()


@pytest.mark.parametrize(
    "missing", ["data/gold/dev.jsonl", "data/gold/open.txt", "data/ico/articles", "bench/score_ico.py"]
)
def test_what_is_not_here_is_named_in_one_line(
    missing: str, data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    path = data.parent / missing
    path.rename(path.with_suffix(".away"))
    page = tmp_path / "benchmarks.md"
    assert evaluate(monkeypatch, project, data, "--out", page) == 1
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert printed.startswith(str(path))
    assert "not here" in printed
    assert not page.exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import sys; sys.exit('no such column')", "the scorer failed; found 'no such column'"),
        ("print('all well')", "the scorer printed no JSON; found 'all well"),
        ("print('[1]')", "the scorer printed no figures; found '[1]"),
    ],
)
def test_a_scorer_that_fails_is_one_line(
    source: str, message: str, data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    (data.parent / "bench" / "score_ico.py").write_text(source)
    page = tmp_path / "benchmarks.md"
    assert evaluate(monkeypatch, project, data, "--out", page) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1
    assert not page.exists()


def test_the_reader_finds_the_two_arms_of_a_plain_table(data: Path, words: Vocabulary) -> None:
    measured = read_articles([data / "jats-pain" / "PMC1.nxml"], words)
    assert (measured.articles, measured.unreadable) == (1, ())
    assert {(row["value"], row["spread_value"]) for row in measured.rows} == {("2.4", "0.5"), ("3.1", "0.6")}


def test_a_listing_names_the_article_that_is_not_here(data: Path) -> None:
    (data / "gold" / "open.txt").write_text("PMC1 PMC77")
    with pytest.raises(InputError, match=r"lists an article that is not here; found 'PMC77.nxml'"):
        listed_articles(data / "gold" / "open.txt", data / "jats-pain")
    (data / "gold" / "open.txt").write_text("\n")
    with pytest.raises(InputError, match="lists no article"):
        listed_articles(data / "gold" / "open.txt", data / "jats-pain")


def test_a_page_without_the_section_gets_it_at_its_end() -> None:
    assert with_section("# Page\n", "x", "a\n") == "# Page\n\n<!-- x:begin -->\na\n<!-- x:end -->\n"


@pytest.mark.parametrize(
    "page",
    [
        "<!-- x:begin -->\n", "<!-- x:end -->\n<!-- x:begin -->\n",
        "<!-- x:begin -->\n<!-- x:end -->\n<!-- x:begin -->\n<!-- x:end -->\n",
    ],
)  # fmt: skip
def test_a_page_whose_markers_are_broken_is_not_touched(page: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(page)
    with pytest.raises(InputError, match="must stand once each"):
        replace_section(path, "x", "new")
    assert path.read_text() == page


def test_the_version_tells_a_commit_from_changes_on_it(tmp_path: Path) -> None:
    assert code_version(tmp_path) == "a copy without a commit"
    who = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True, env=os.environ | who
        )

    git("init", "-q")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("1\n")
    git("add", ".")
    git("commit", "-q", "-m", "x")
    clean = code_version(tmp_path)
    (tmp_path / "notes.md").write_text("not measured\n")
    assert code_version(tmp_path) == clean
    assert clean.startswith("commit ")
    (tmp_path / "src" / "a.py").write_text("2\n")
    assert code_version(tmp_path) == clean.replace("commit", "uncommitted changes on")


def test_the_real_scorers_take_what_we_write(
    scorers: Path, data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The programs themselves, on annotations made up here for the made-up articles."""
    rows = [
        {
            "pmcid": "PMC1", "outcome": "VAS", "construct": "pain", "arm": arm, "arm_n": n, "timepoint": "4 weeks",
            "weeks": 4, "change": False, "statistic": "mean_sd", "mean": mean, "sd": sd, "location": "table:1",
        }
        for arm, n, mean, sd in (("Group A", 20, 2.4, 0.5), ("Group B", 22, 3.1, 0.6))
    ]  # fmt: skip
    (data / "gold" / "dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (data / "gold" / "open.txt").write_text("PMC1\n")
    numbers = {
        "intervention_mean": 2.4, "intervention_standard_deviation": 0.5, "intervention_group_size": 20,
        "comparator_mean": 3.1, "comparator_standard_deviation": 0.6, "comparator_group_size": 22,
    }  # fmt: skip
    question = {
        "pmcid": 9,
        "outcome": "VAS",
        "intervention": "Group A",
        "comparator": "Group B",
        "outcome_type": "continuous",
    }
    (data / "ico" / "ico_dev.json").write_text(json.dumps([question | numbers]))
    page = tmp_path / "benchmarks.md"
    assert find_scorers(scorers).measurements.is_file()
    assert evaluate(monkeypatch, project, data, "--out", page, "--scorers", scorers) == 0
    assert "| centre and spread numbers | 1.000 | 1.000 | 1.000 |" in page.read_text()
    assert "| both means and SDs are among the rows | 1 | 1.000 (1.000 to 1.000) |  |" in page.read_text()


def test_questions_on_treatment_are_asked_again_of_the_rows_after_baseline(
    scorers: Path, data: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article that prints the outcome at baseline alone has no answer for a question on treatment."""
    article = ARTICLE.format(number=9).replace("VAS at 4 weeks", "VAS at baseline")
    (data / "ico" / "articles" / "PMC9.nxml").write_text(article)
    unknown = dict.fromkeys(
        ("intervention_mean", "intervention_standard_deviation", "comparator_mean", "comparator_standard_deviation"),
        "",
    )  # fmt: skip
    question = {"pmcid": 9, "intervention": "Group A", "comparator": "Group B", "outcome_type": "continuous"}
    asked = [question | unknown | {"outcome": name} for name in ("VAS", "VAS, baseline value")]
    (data / "ico" / "ico_dev.json").write_text(json.dumps(asked))
    (data / "gold" / "dev.jsonl").write_text("")
    page = tmp_path / "benchmarks.md"
    assert evaluate(monkeypatch, project, data, "--out", page, "--scorers", scorers) == 0
    every, later = page.read_text().split("The questions that do not name the baseline")
    label = "| answered although the article has no answer (lower is better) | "
    assert f"{label}2 | 1.000 " in every
    assert f"{label}1 | 0.000 " in later


def test_questions_that_are_no_list_are_one_line(
    data: Path,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (data / "ico" / "ico_dev.json").write_text('{"a": 1}')
    assert evaluate(monkeypatch, project, data, "--out", tmp_path / "benchmarks.md") == 1
    assert "ico_dev.json: no list of questions" in capsys.readouterr().err
