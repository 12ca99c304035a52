"""A mistake in a vocabulary is named with its file and line; a good one needs no code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sonospine.model.errors import InputError
from sonospine.vocabulary import KINDS, load_vocabulary

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "vocabulary"

GOOD = """\
terms:
  - id: one
    label: One
    synonyms: [first wording, second wording]
  - id: two
    label: Two
    synonyms:
      - third wording
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "vocabulary"))


@pytest.mark.parametrize(
    ("changed", "line", "words"),
    [
        (GOOD.replace("    label: Two", "    lable: Two"), 6, ["lable", "did you mean label?"]),
        (GOOD.replace("second wording", "''"), 4, ["empty"]),
        (GOOD.replace("third wording", "''"), 8, ["empty"]),
        (GOOD.replace("id: two", "id: one"), 5, ["the id stands twice", "one"]),
        (GOOD.replace("third", "first"), 8, ["stands twice", "already means one", "first wording"]),
        (GOOD.replace("third wording", "First-Wording"), 8, ["stands twice"]),
        (GOOD.replace("second wording", "no"), 4, ["quotes"]),
        (GOOD.replace("id: two", "id: Two words"), 5, ["id", "small letters"]),
        (GOOD.replace("    label: Two\n", ""), 5, ["label"]),
        (GOOD.replace("    label: Two", "    label: Two\n    label: Three"), 7, ["stands twice", "label"]),
        (GOOD.replace("[first wording, second wording]", "first wording"), 4, ["list"]),
        (GOOD + "extra: 1\n", 9, ["extra"]),
        (GOOD.replace("second wording]", "second wording"), 5, ["YAML"]),
        (GOOD.replace("    label: One", "    label: One\n    priority: high"), 4, ["whole number"]),
        ("terms: []\n", 1, ["list of terms"]),
        ("", None, ["mapping"]),
        ("- one\n", 1, ["mapping"]),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    folder: Path, changed: str, line: int | None, words: list[str]
) -> None:
    (folder / "procedures.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_vocabulary(folder)
    assert str(caught.value.file).endswith("procedures.yaml")
    assert caught.value.row == line
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{id: x, label: X}", ["needs a construct"]),
        ("{id: x, label: X, construct: pain, direction: down}", ["direction", "down"]),
        ("{id: x, label: X, construct: pain, scales: [{minimum: 10, maximum: 0}]}", ["not below"]),
        ("{id: x, label: X, construct: pain, scales: [{maximum: '10'}]}", ["number"]),
        ("{id: x, label: X, construct: pain, scales: [{minimun: 0}]}", ["did you mean minimum?"]),
        ("{id: x, label: X, construct: pain, assumed: pain}", ["generic"]),
        ("{id: x, label: X, construct: pain, units: [min]}", ["mapping"]),
        ("{id: x, label: X, generic: 'yes'}", ["true or false"]),
    ],
)
def test_a_mistake_in_an_instrument_is_named_with_its_line(
    folder: Path, entry: str, words: list[str]
) -> None:
    path = folder / "instruments.yaml"
    path.write_text(f"terms:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_vocabulary(folder)
    assert caught.value.row == 2
    assert str(path) in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "designs.yaml").unlink()
    with pytest.raises(InputError, match=r"designs\.yaml: no such file"):
        load_vocabulary(folder)


def test_a_new_term_needs_no_code(folder: Path) -> None:
    path = folder / "procedures.yaml"
    added = "  - id: new_block\n    label: New block\n    synonyms: [brand-new nerve block, BNNB]\n"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n" + added, encoding="utf-8")
    assert load_vocabulary(folder).terms("procedures", "Brand new nerve blocks (BNNB)") == ("new_block",)


@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_file_says_at_its_head_how_to_edit_it(kind: str) -> None:
    head = (SHIPPED / f"{kind}.yaml").read_text(encoding="utf-8").split("terms:\n")[0]
    for word in ("synonyms", "always", "alone", "never", "not_after", "priority"):
        assert f"#   {word}" in head


def test_the_names_that_other_rooms_rely_on_are_there() -> None:
    vocabulary = load_vocabulary(SHIPPED)
    assert set(vocabulary.guidance) == {
        "ultrasound",
        "fluoroscopy",
        "ct",
        "mri",
        "landmark",
        "hybrid",
        "none",
    }
    assert set(vocabulary.conditions) == {
        *(
            "axial",
            "radicular",
            "facet",
            "sacroiliac",
            "post_surgical",
            "perioperative",
            "headache",
            "limb",
            "other",
        )
    }
    assert set(vocabulary.designs) == {
        *("rct", "nonrandomised", "prospective_single_arm", "retrospective", "case_series", "case_report"),
        *("protocol", "review", "meta_analysis"),
    }
    assert {t.id for t in vocabulary.guidance.values() if t.family == "imaging"} == {
        "ultrasound",
        "fluoroscopy",
        "ct",
        "mri",
    }
    assert [t.id for t in vocabulary.guidance.values() if t.family == "combined"] == ["hybrid"]
    constructs = set(vocabulary.ids()["constructs"])
    assert constructs >= {
        *(
            "pain",
            "disability",
            "range_of_motion",
            "procedure_time",
            "placement",
            "responder",
            "adverse_event",
        ),
        *("opioid", "satisfaction", "quality_of_life", "radiation", "characteristic"),
    }
    assert {i.id for i in vocabulary.instruments.values() if i.whole_numbers} >= {"nrs", "rmdq"}
