"""The configuration is checked to the letter, and a mistake is named with its line and the nearest valid word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sonospine.config.loading import check_ids, load_config
from sonospine.model.errors import InputError
from sonospine.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8")
IDS = load_vocabulary(ROOT / "config" / "vocabulary").ids()


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_the_shipped_configuration_is_valid_and_names_known_ids() -> None:
    config = load_config(ROOT / "config" / "config.yaml")
    check_ids(config, IDS, "config/config.yaml")
    assert config.sources.corpus is not None
    assert config.sources.corpus.demonstration
    assert config.sources.files == ()


def test_perioperative_pain_never_shares_a_pool_with_chronic_pain() -> None:
    pools = [analysis.conditions for analysis in load_config(ROOT / "config" / "config.yaml").analyses]
    assert ("perioperative",) in pools
    assert not [conditions for conditions in pools if "perioperative" in conditions and len(conditions) > 1]


def test_every_before_after_pool_says_that_it_is_uncontrolled() -> None:
    analyses = load_config(ROOT / "config" / "config.yaml").analyses
    listed = [a for a in analyses if a.contrast == "before_after"]
    assert len(listed) == 3
    assert all(
        a.note.startswith("Uncontrolled: includes natural course and regression to the mean") for a in listed
    )


def test_a_comparison_of_guidance_compares_the_same_procedure() -> None:
    analyses = load_config(ROOT / "config" / "config.yaml").analyses
    compared = [a for a in analyses if a.comparator is not None and a.comparator.guidance]
    assert len(compared) == 3
    assert all(a.same_procedure for a in compared)


@pytest.mark.parametrize(
    ("right", "wrong", "field", "near"),
    [
        ("estimator: REML", "estimatr: REML", "assumptions.estimatr", "estimator"),
        ("estimator: REML", "estimator: reml", "assumptions.estimator", "REML"),
        ("title: Ultrasound-guided", "titel: Ultrasound-guided", "titel", "title"),
        ("demonstration: true", "demonstraton: true", "sources.corpus.demonstraton", "demonstration"),
        ("upper: 6, target", "uper: 6, target", "windows[1].uper", "upper"),
        ("window: immediate", "window: imediate", "analyses[0].window", "immediate"),
        ("outcome: disability", "outcome: disabilty", "analyses[3].outcome", "disability"),
        ("measure: SMCR", "measure: SCMR", "analyses[3].measure", "SMCR"),
        ("designs: [rct]", "designs: [rtc]", "analyses[2].designs[0]", "rct"),
        (
            "condition:\n    include: [axial,",
            "condition:\n    include: [axail,",
            "eligibility.condition.include[0]",
            "axial",
        ),
        ("instruments: [odi, ndi]", "instruments: [odi, nid]", "outcomes[1].instruments[1]", "ndi"),
        ("role: [comparator]\n", "rôle: [comparator]\n", "analyses[6].comparator.rôle", "role"),
    ],
)
def test_a_typo_names_the_key_and_the_nearest_valid_one(
    tmp_path: Path, right: str, wrong: str, field: str, near: str
) -> None:
    text = TEXT.replace(right, wrong, 1)
    assert text != TEXT
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        check_ids(load_config(path), IDS, path)
    error = caught.value
    assert error.field == field
    assert f"did you mean {near}?" in error.reason
    assert error.file == str(path)
    assert error.allowed is not None
    last = wrong.strip("\n").rsplit("\n", 1)[-1]
    assert error.row == line_of(text, last)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("correlation: 0.5", "correlation: 1.5", ["assumptions.correlation", "less than 1"]),
        (
            "minimum: 0, maximum: 10",
            "minimum: 10, maximum: 0",
            ["outcomes[0].scale", "not above the minimum"],
        ),
        ("lower: 1, upper: 6", "lower: 6, upper: 1", ["windows[1]", "not above the lower edge"]),
        ("id: medium", "id: short", ["windows[2].id", "stands twice"]),
        (
            "measure: SMCR",
            "measure: MD",
            ["analyses[3].measure", "does not fit before_after", "MC, SMCC, SMCR"],
        ),
        ("      role: [comparator]\n", "", ["analyses[6].contrast", "comparator"]),
        ("level: 95", "level: [95", ["not valid YAML"]),
        ("level: 95", "level: 95\n  level: 90", ["stands twice", "level"]),
        ("    outcome: pain\n", "", ["analyses[0].outcome", "missing"]),
        ("value: 2.0", "value: -2.0", ["outcomes[0].minimal_important_difference.within_person.value"]),
    ],
)
def test_a_value_that_does_not_fit_is_named(tmp_path: Path, right: str, wrong: str, words: list[str]) -> None:
    text = TEXT.replace(right, wrong, 1)
    assert text != TEXT
    with pytest.raises(InputError) as caught:
        load_config(written(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


def test_a_missing_empty_or_foreign_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_config(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="a mapping is wanted"):
        load_config(written(tmp_path, ""))
    (tmp_path / "config.yaml").write_bytes(b"title: \xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        load_config(tmp_path / "config.yaml")


def test_every_difference_has_a_source_and_measured_ones_are_told_from_conventions() -> None:
    config = load_config(ROOT / "config" / "config.yaml")
    pain = config.outcome("pain").minimal_important_difference
    assert pain.within_person is not None
    assert pain.within_person.value == 2.0
    assert "Ostelo" in pain.within_person.source
    assert "Spine 2008" in pain.within_person.source
    assert pain.between_groups is not None
    assert pain.between_groups.value < pain.within_person.value
    assert "convention" in pain.between_groups.source


def test_windows_meet_without_a_gap_and_a_day_is_inside_its_window() -> None:
    config = load_config(ROOT / "config" / "config.yaml")
    chain = [config.window(name) for name in ("immediate", "short", "medium", "long")]
    assert [w.lower for w in chain] == [0, 1, 6, 30]
    assert [w.upper for w in chain] == [1, 6, 30, None]
    assert [w.target for w in chain] == [1, 4, 12, 52]
    assert [w.lower_closed for w in chain] == [True, False, False, False]
    day = config.window("hours_24")
    assert day.upper is not None
    assert day.lower < 24 / 168 < day.upper
    assert abs(day.target - 24 / 168) < 1e-9


def test_the_worked_example_of_the_readme_is_a_valid_configuration(tmp_path: Path) -> None:
    readme = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    searched, term, example = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    path = written(tmp_path, re.sub(r"(?ms)^sources:.*?(?=^\S)", searched, example))
    sources = load_config(path).sources
    assert [(file.database, file.kind) for file in sources.files][1:] == [
        ("Embase", "database"),
        ("WHO ICTRP", "register"),
    ]
    assert (sources.snapshot, sources.files[1].searched) == ("2026-11-20", "2026-11-18")
    path = written(tmp_path, example)
    config = load_config(path)
    check_ids(config, IDS, path)
    assert config.sources.corpus is None
    assert {a.measure for a in config.analyses} == {"MD", "SMCR"}
    folder = tmp_path / "vocabulary"
    folder.mkdir()
    for file in (ROOT / "config" / "vocabulary").glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    procedures = folder / "procedures.yaml"
    procedures.write_text(procedures.read_text(encoding="utf-8").rstrip() + "\n" + term, encoding="utf-8")
    assert load_vocabulary(folder).terms("procedures", "infrapatellar fat pad injections") == (
        "fat_pad_injection",
    )
