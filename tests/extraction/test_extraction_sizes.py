"""How many people each arm had: sizes that stand in sentences, brackets and designs, in articles nobody tuned to."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms, find_arms
from sonospine.model.record import Passage, Record
from sonospine.vocabulary import Vocabulary


def arms_of(vocabulary: Vocabulary, methods: str, results: str = "", title: str = "A trial") -> DocumentArms:
    passages = [
        Passage("title", title, (), "title"),
        Passage("abstract/METHODS", methods, ("METHODS",), "methods"),
    ]
    if results:
        passages.append(Passage("abstract/RESULTS", results, ("RESULTS",), "results"))
    return find_arms(Record("file:made", "file", title=title, passages=tuple(passages)), vocabulary)


def sizes(arms: DocumentArms) -> dict[str, str]:
    return {arm.label: arm.n_randomised for arm in arms.arms}


@pytest.mark.parametrize(
    "how",
    [
        "with 15 cases in each",
        "of 15 patients each",
        "with 15 patients per group",
        "(15 patients for each group)",
    ],
)
def test_the_size_of_each_group_is_not_taken_for_everybody(vocabulary: Vocabulary, how: str) -> None:
    found = arms_of(
        vocabulary,
        f"Women were randomized to three groups {how}: Group A, heat; Group B, cold; Group C, no treatment.",
    )
    assert sizes(found) == {"Group A": "15", "Group B": "15", "Group C": "15"}
    assert found.n_total != "15"


def test_the_first_of_two_equal_groups_is_not_taken_for_everybody(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Seventeen participants were allocated to the heat group and 17 participants were allocated to the cold group.",
        "Pain was lower in the heat group than in the cold group.",
    )
    assert sizes(found) == {"heat group": "17", "cold group": "17"}
    assert found.n_total == ""


def test_those_who_are_missing_from_everybody_are_not_everybody(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Heat was studied in a pain clinic.",
        "All but two of 47 randomized patients were followed up.",
    )
    assert found.n_total == "47"


def test_the_size_that_a_plan_asks_for_is_no_size(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Group A had heat and Group B had cold. A sample of 64 patients per group was estimated to be enough.",
    )
    assert sizes(found) == {"Group A": "", "Group B": ""}


@pytest.mark.parametrize(
    ("printed", "known"), [("H.A. Group", "HA group"), ("Group BK 1", "Group BK1"), ("BK-1", "Group BK1")]
)
def test_points_and_spaces_inside_a_code_do_not_matter(printed: str, known: str) -> None:
    arm = DocumentArms((Arm(known), Arm("control group"))).match(printed)
    assert arm is not None and arm.label == known
