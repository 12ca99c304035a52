"""Sentences of articles that nobody tuned to: changes without "by", differences of changes, scales, falls in brackets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sonospine.extraction.arms import find_arms
from sonospine.extraction.proven_changes import with_proven_changes
from sonospine.extraction.reading import Reading
from sonospine.extraction.text import read_text
from sonospine.model.record import Figure, Record
from sonospine.vocabulary import Vocabulary

TWO_GROUPS = (
    "Sixty adults were randomly allocated to group A (hot pack, n = 30) or group B (cold pack, n = 30)."
)
Read = Callable[..., list[Reading]]


def test_more_in_one_group_than_in_the_other_makes_changes(read: Read) -> None:
    found = read(
        "From baseline to week 12 (primary endpoint), mean (SD) NRS scores increased significantly more in group A "
        "(1.92 [1.87]) than in group B (0.88 [1.79])."
    )
    assert [(r.value, r.change, r.weeks, r.arm) for r in found] == [
        ("1.92", True, 12.0, "Group A"),
        ("0.88", True, 12.0, "Group B"),
    ]


def test_a_verb_right_before_the_value_makes_a_change(read: Read) -> None:
    found = read(
        "VAS scores after 2 weeks were reduced 0.37 ± 0.21 points in group A and 0.86 ± 0.19 points in group B."
    )
    assert [(r.value, r.change) for r in found] == [("0.37", True), ("0.86", True)]


@pytest.mark.parametrize("verb", ["fell to", "was reduced to", "was"])
def test_a_score_that_was_reached_is_no_change(read: Read, verb: str) -> None:
    found = read(f"The VAS score {verb} 3.4 ± 1.2 in group A after 2 weeks.")
    assert [(r.value, r.change) for r in found] == [("3.4", False)]


def test_the_difference_between_groups_in_a_mean_change_is_nobodys_score(read: Read) -> None:
    found = read(
        "The difference between groups A and B in VAS was small; the difference between groups in the mean change of the VAS "
        "from baseline to week 12 was −0.98 (95% CI, −1.32 to −0.64)."
    )
    assert [r.centre for r in found] == ["difference"]


def test_the_ends_of_a_scale_are_no_scores(read: Read) -> None:
    found = read("VAS scores from 0 (none) to 10 (worst imaginable) were 3.4 ± 1.2 in group A at 2 weeks.")
    assert [r.value for r in found] == ["3.4"]


def test_a_fall_in_brackets_begins_at_baseline(read: Read) -> None:
    found = read("In group A the VAS score improved at 1 week (7.3 to 5.7, P < 0.01).")
    assert [(r.value, r.phase, r.weeks) for r in found] == [
        ("7.3", "baseline", 0.0),
        ("5.7", "follow_up", 1.0),
    ]


def test_people_of_each_group_in_a_bracket_are_no_scores(read: Read) -> None:
    found = read("The VAS score fell after robotic surgery (9 in group A; 7 in group B).")
    assert [r.value for r in found] == []


def test_the_caption_of_the_figure_that_a_sentence_cites_names_the_spread(
    record_of: Callable[..., Record], vocabulary: Vocabulary
) -> None:
    figure = Figure("figure/F1", "Figure 1", "Results are presented as mean ± standard error of the mean.")
    said = "VAS scores at 2 weeks were 3.4 ± 0.2 in group A and 4.4 ± 0.3 in group B (Figure 1)."
    record = record_of(said, TWO_GROUPS, figures=(figure,))
    found = read_text(record, find_arms(record, vocabulary), vocabulary)
    assert [(r.value, r.spread) for r in found] == [("3.4", "se"), ("4.4", "se")]
    other = record_of(said.replace("Figure 1", "Figure 2"), TWO_GROUPS, figures=(figure,))
    found = read_text(other, find_arms(other, vocabulary), vocabulary)
    assert [r.spread for r in found] == ["sd", "sd"]


def test_a_sentence_gives_changes_where_a_table_proves_it(vocabulary: Vocabulary) -> None:
    """Each arm's value is what lies between its baseline and its follow-up."""
    blank = Reading("table", "table/T1:r1c1:0-4", "", 0, "mean", "", "table", 0.9, outcome="NRS")
    table = [
        replace(blank, value=value, arm=arm, phase=phase, weeks=weeks)
        for arm, first, last in (("A", "4.64", "3.52"), ("B", "4.92", "2.44"))
        for value, phase, weeks in ((first, "baseline", 0.0), (last, "follow_up", 2.0))
    ]
    said = replace(blank, source="text", locator="body/s1p1:0-9", spread="sd", spread_value="0.7")
    sentence = [replace(said, value="1.12", arm="A"), replace(said, value="2.48", arm="B")]
    made = with_proven_changes([*table, *sentence], vocabulary)
    assert [(r.change, r.weeks) for r in made if r.source == "text"] == [(True, 2.0), (True, 2.0)]
    wrong = [replace(said, value="1.12", arm="A"), replace(said, value="2.10", arm="B")]
    made = with_proven_changes([*table, *wrong], vocabulary)
    assert not any(r.change for r in made)


def test_a_list_of_outcomes_is_dealt_out_once_a_group(read: Read) -> None:
    found = read(
        "At baseline, the mean VAS (SD), wound area, and ODI were 5.4 (1.5), 11.9 (1.7), 35.9 (9.2) in group A, respectively, "
        "and 5.9 (1.8), 11.7 (1.6), 36.1 (9.4) in group B, respectively."
    )
    assert [(r.outcome, r.value, r.arm) for r in found] == [
        ("VAS", "5.4", "Group A"),
        ("wound area", "11.9", "Group A"),
        ("ODI", "35.9", "Group A"),
        ("VAS", "5.9", "Group B"),
        ("wound area", "11.7", "Group B"),
        ("ODI", "36.1", "Group B"),
    ]
