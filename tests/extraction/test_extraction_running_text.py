"""Running text that nobody tuned the reader to: minutes, minus signs, comparisons, denied differences, times that are none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sonospine.extraction.arms import find_arms
from sonospine.extraction.directions import contradicts
from sonospine.extraction.expressions import find_expressions
from sonospine.extraction.reading import Reading
from sonospine.extraction.text import read_text
from sonospine.extraction.verification import verified
from sonospine.model.record import Record
from sonospine.vocabulary import Vocabulary

METHODS = "Sixty adults were randomly allocated to group A (hot pack, n = 30) or group B (cold pack, n = 30)."
NAMED = "Sixty adults were randomly allocated to a heat group (n = 30) or a control group (n = 30)."
Read = Callable[..., list[Reading]]


@pytest.fixture
def read(record_of: Callable[..., Record], vocabulary: Vocabulary) -> Read:
    """Read the results of a made-up report; each row stands at its place."""

    def reader(results: str, methods: str = METHODS) -> list[Reading]:
        record = record_of(results, methods)
        found = read_text(record, find_arms(record, vocabulary), vocabulary)
        for reading in found:
            assert verified(record, reading, decimal_comma=False) is not None
        return found

    return reader


def brief(found: list[Reading]) -> list[tuple[str, str, str]]:
    """Return centre, value and arm of each row."""
    return [(r.centre, r.value, r.arm) for r in found]


def test_minutes_are_no_minimum(read: Read) -> None:
    """The second of two values in minutes is read, and the first gets no range of it."""
    found = read("Walking time was 51.2 ± 23.1 min versus 76.4 ± 11.3 min in groups A and B.")
    assert [(r.value, r.spread, r.spread_value, r.arm) for r in found] == [
        ("51.2", "sd", "23.1", "Group A"),
        ("76.4", "sd", "11.3", "Group B"),
    ]


def test_bounds_of_a_scale_are_no_kind_of_spread(read: Read) -> None:
    """A range in brackets that states the scale leaves the spread the SD that the sentence names."""
    found = read("The mean (SD) pain score (range, 0-10) was 1.7 (1.5) in group A and 2.6 (1.6) in group B.")
    assert [(r.value, r.spread, r.spread_value) for r in found] == [
        ("1.7", "sd", "1.5"),
        ("2.6", "sd", "1.6"),
    ]


def test_interquartile_range_is_not_a_range() -> None:
    """The second word of "interquartile range" does not change what the first names."""
    found = find_expressions("The median [interquartile range] pain score was 1 [0 to 2] with heat.")
    assert [(e.value, e.spread) for e in found] == [("1", "iqr")]


def test_a_mean_inside_a_bracket_has_its_own_spread() -> None:
    """The number before a bracket takes no spread of a value that stands in the bracket."""
    found = find_expressions("Depth was lower in group 2 (146 ± 28 in group 1 versus 159 ± 19 in group 2).")
    assert [(e.value, e.spread_value) for e in found] == [("146", "28"), ("159", "19")]


@pytest.mark.parametrize(
    "sentence",
    [
        "The difference in pain was – 0.44 (95 % CI: – 0.84 to – 0.03).",
        "The mean difference (95% CI) in pain was -0.44 (-0.84 to -0.03).",
        "The mean difference in pain was -0.44 points, 95% confidence interval -0.84 to -0.03.",
    ],
)
def test_a_difference_keeps_its_minus_and_its_interval(read: Read, sentence: str) -> None:
    """A space behind the minus, a level before the value and a unit behind it lose nothing."""
    found = read(sentence)
    assert [(r.centre, r.value, r.lower, r.upper) for r in found] == [
        ("difference", "-0.44", "-0.84", "-0.03")
    ]


def test_denied_differences_print_the_values_of_the_arms(read: Read) -> None:
    """ "No difference in volume (a in A and b in B)" has a mean for each arm and no difference."""
    found = read(
        "There was no significant difference in drained volume (268.2 ± 22.7 in group A and 228.6 ± 12.8 in group B)."
    )
    assert brief(found) == [("mean", "268.2", "Group A"), ("mean", "228.6", "Group B")]


def test_a_stated_difference_is_no_score() -> None:
    """A value with "lower than" behind it is nobody's score."""
    found = find_expressions("Pain with heat was 2.3 points (95% CI 1.1 to 3.5) lower than with cold.")
    assert [(e.centre, e.value) for e in found] == [("difference", "2.3")]


def test_the_group_held_against_comes_second_in_a_difference(read: Read) -> None:
    """ "Compared with B, A had ..." is A minus B."""
    found = read(
        "Compared with the control group, the heat group had less pain (mean difference -1.8 (95% CI -3.5 to -0.1)).",
        NAMED,
    )
    assert [(r.arm, r.comparator_arm) for r in found] == [("heat group", "control group")]


@pytest.mark.parametrize(
    "sentence",
    [
        "After a first fall (p = 0.01 vs. baseline), pain was 3.5 ± 0.6 in group A and 3.1 ± 0.4 in group B.",
        "Pain changed relative to baseline and was 3.5 ± 0.6 in group A and 3.1 ± 0.4 in group B.",
        "The initial significant decrease of pain left 3.5 ± 0.6 in group A and 3.1 ± 0.4 in group B.",
    ],
)
def test_a_baseline_held_against_is_no_time_of_values(read: Read, sentence: str) -> None:
    """What is compared with baseline was not measured then."""
    assert [(r.value, r.phase) for r in read(sentence)] == [("3.5", ""), ("3.1", "")]


def test_change_from_baseline_is_a_change_and_not_at_baseline(read: Read) -> None:
    """ "Change from baseline, a" has a change and no time."""
    found = read(
        "Mean change from baseline, -2.3 ± 0.2 in group A and -2.0 ± 0.3 in group B, favoured pain in A."
    )
    assert [(r.change, r.phase) for r in found] in ([], [(True, ""), (True, "")])
    found = read(
        "For pain, the mean change from baseline, -2.3 ± 0.2 in group A and -2.0 ± 0.3 in group B, was large."
    )
    assert [(r.change, r.phase) for r in found] == [(True, ""), (True, "")]


def test_lengths_that_were_measured_are_no_times(read: Read) -> None:
    """A stay of 8.6 days is no time at which the events behind it were counted."""
    found = read("With a stay of 8.6 days, pain was 3.5 ± 0.6 in group A and 3.1 ± 0.4 in group B.")
    assert [r.weeks for r in found] == [None, None]


def test_before_and_after_are_not_carried_to_two_arms(read: Read) -> None:
    """The times of "from a to b" are not those of the two arms of the next sentence."""
    found = read(
        "Pain in group A fell from 7.2 ± 1.1 to 3.1 ± 0.9 at 8 weeks. Disability was higher in group A (50 ± 19) than in group B (26 ± 6)."
    )
    assert [(r.value, r.arm, r.weeks) for r in found[2:]] == [("50", "Group A", 8.0), ("26", "Group B", 8.0)]


def test_several_times_end_what_one_sentence_said_before(read: Read) -> None:
    """A sentence with two times leaves none to the sentence behind it."""
    found = read(
        "Baseline pain was alike. Pain fell after 2 weeks and at 6 weeks. Disability was 35 ± 6 in group A and 31 ± 4 in group B."
    )
    assert [r.phase for r in found] == ["", ""]


def test_a_dash_serves_as_to(read: Read) -> None:
    """ "From a–b at 4 weeks" is baseline and four weeks, also behind "baseline value of"."""
    found = read("In group A, pain decreased from baseline value of 6.6 ± 1.5–2.0 ± 0.9 at 4 weeks.")
    assert [(r.value, r.weeks) for r in found] == [("6.6", 0.0), ("2.0", 4.0)]


def test_numbers_of_groups_are_no_group(read: Read) -> None:
    """ "Among three groups" is not group III; "Gr II" is group II."""
    found = read(
        "Pain did not differ among three groups (mean pain in Gr I was 8.3 ± 0.4, Gr II 8.5 ± 0.7 and in Gr III 8.6 ± 0.8).",
        "Ninety adults were allocated to group I (hot pack, n = 30), group II (cold pack, n = 30) or group III (no pack, n = 30).",
    )
    assert [r.arm for r in found] == ["Group I", "Group II", "Group III"]


def test_the_unit_of_a_value_is_no_name(read: Read) -> None:
    """ "60.0 ± 7.1 mg control group" is the control group's."""
    found = read("Pain drug use was 60.0 ± 7.1 mg control group, 31.8 ± 3.7 mg heat group.", NAMED)
    assert brief(found) == [("mean", "60.0", "control group"), ("mean", "31.8", "heat group")]


def test_a_group_that_is_no_arm_keeps_its_values(read: Read) -> None:
    """A group that is none of the arms neither lends its values to the arm beside it nor names an outcome."""
    found = read(
        "Pain was 3.1 ± 0.4 in the heat group, 4.2 ± 0.6 in the tepid group, and 5.2 ± 0.6 in the control group.",
        NAMED,
    )
    assert brief(found) == [
        ("mean", "3.1", "heat group"),
        ("mean", "4.2", ""),
        ("mean", "5.2", "control group"),
    ]
    assert {r.outcome for r in found} == {"Pain"}


def test_what_a_value_is_compared_with_is_not_whose_it_is(read: Read) -> None:
    """The group behind "compared with" at the end is not that of the last value."""
    found = read(
        "After training, group A had a rise of inclination by 16.4%, of pain relief by 29.2%, and of motion by 22.5% compared with group B."
    )
    assert {r.arm for r in found} <= {"Group A", ""}
    assert found


def test_a_clause_has_its_own_group(read: Read) -> None:
    """A group before a semicolon does not take the value of the group behind the value."""
    found = read("Walking was easier for group B; pain was 24 ± 10 in group A.")
    assert brief(found) == [("mean", "24", "Group A")]


@pytest.mark.parametrize(
    ("before", "first", "second", "wrong"),
    [
        ("Walking was longer in group A (", "61", "87", True),
        ("Pain was lower in group A (", "4.1", "5.5", False),
        ("Pain was lower in group A (", "5.5", "4.1", True),
        ("The reduction was greater in group A (", "3", "5", False),
        ("Pain was not higher in group A (", "3", "5", False),
        ("Pain was higher; relief in group A was (", "3", "5", False),
    ],
)
def test_words_of_more_and_less_can_contradict_two_values(
    before: str, first: str, second: str, wrong: bool
) -> None:
    """Changes, negations and other clauses say nothing about which value is whose."""
    assert contradicts(before, first, second) is wrong


def test_two_values_that_contradict_their_sentence_have_no_arm(read: Read) -> None:
    """Longer in A with the smaller value first: nobody knows whose it is."""
    found = read("Walking time was longer in group A (61.3 ± 5.1 vs. 87.8 ± 9.0).")
    assert brief(found) == [("mean", "61.3", ""), ("mean", "87.8", "")]


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("Disability showed a marked improvement of 24% from a mean (SD) of 28.2 (13.1) to 16.9 (11.6) in group A.", "Disability"),
        ("The time to first rescue dose was significantly longer in group A (500 ± 19) than in group B (260 ± 65).", "time to first rescue dose"),
        ("Stiffness scores reported as median [quartiles] were 13 [12, 14] in group A and 15 [13, 16] in group B.", "Stiffness scores"),
        ("Neck stiffness (0-40, lower score indicates less trouble) was 13 ± 2 in group A and 15 ± 3 in group B.", "Neck stiffness"),
    ],
)  # fmt: skip
def test_an_outcome_is_what_was_measured(read: Read, sentence: str, outcome: str) -> None:
    """Neither the change, nor a comparative, nor the statistic, nor the anchor of the scale names the outcome."""
    assert {r.outcome for r in read(sentence) if r.centre != "percent"} == {outcome}


def test_changes_listed_in_brackets_are_all_changes(read: Read) -> None:
    """ "An improvement in A (1.5 ± 1.2), B (...) and C (...)": each is a change."""
    found = read(
        "Group A had a mean improvement in pain (1.5 ± 1.2 mm; 2.2%), disability (1.4 ± 1.1 mm; 1.9%), and stiffness (0.4 ± 1.7 mm; 0.6%)."
    )
    assert [r.change for r in found if r.centre == "mean"] == [True, True, True]


def test_parts_of_a_duration_and_measures_of_fit_are_no_values(read: Read) -> None:
    """Neither "1 h 18 min" nor "R2 = 0.8" has a value of its own."""
    assert find_expressions("The delay was 1 h 18 min ± 28 min.")
    assert (
        read(
            "The delay of pain was 1 h 18 min ± 28 min in group A. Pain fell in group A (p < 0.001, R2 = 0.8)."
        )
        == []
    )


@pytest.mark.parametrize(
    "allocation",
    [
        "Forty adults were randomised (22 hot pack, 18 placebo).",
        "Forty adults were randomised (hot pack, n = 22; placebo, n = 18).",
        "Forty adults were randomly assigned (hot pack 22, placebo 18).",
    ],
)
def test_groups_listed_with_sizes_are_the_arms(
    record_of: Callable[..., Record], vocabulary: Vocabulary, allocation: str
) -> None:
    """A list in a bracket behind words of allocation names groups, where the sizes come to everybody."""
    arms = find_arms(record_of(allocation, "We compared a hot pack with placebo."), vocabulary)
    assert {(a.label, a.n_randomised) for a in arms.arms} == {("hot pack", "22"), ("placebo", "18")}


def test_sexes_and_events_are_no_groups(record_of: Callable[..., Record], vocabulary: Vocabulary) -> None:
    """People divided by sex, and numbers that do not come to everybody, are no arms."""
    for sentence in (
        "Forty adults were randomised (22 men, 18 women).",
        "Forty adults were randomised (12 nausea, 3 rash).",
    ):
        assert find_arms(record_of(sentence, ""), vocabulary).arms == ()


def test_everybody_is_no_arm(record_of: Callable[..., Record], vocabulary: Vocabulary) -> None:
    """A phrase whose n is the sum of the others names those who took part."""
    methods = (
        "Eligible runners (n = 98) were randomised to receive a hot pack (n = 50) or a cold pack (n = 48)."
    )
    arms = find_arms(record_of("", methods), vocabulary)
    assert {a.n_randomised for a in arms.arms} == {"50", "48"}


def test_sizes_that_a_sentence_sends_to_each_group(
    record_of: Callable[..., Record], vocabulary: Vocabulary
) -> None:
    """ "48 to the heat group and 53 to the control group" are their sizes, also outside the methods."""
    results = "Of 101 adults randomised, 48 were assigned to the heat group and 53 to the control group."
    arms = find_arms(record_of(results, "A heat group and a control group were compared."), vocabulary)
    assert {a.label: a.n_randomised for a in arms.arms} == {"heat group": "48", "control group": "53"}


def test_a_study_with_controls_has_no_single_arm(
    record_of: Callable[..., Record], vocabulary: Vocabulary
) -> None:
    """Matched controls are a second group, whatever else the design is called."""
    record = record_of("", "", title="A prospective matched-pair controlled study")
    assert not find_arms(record, vocabulary).one_arm
