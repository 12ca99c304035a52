"""Counts that stand before a group in a sentence, and zeros that are those of every group."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sonospine.extraction.arm_labels import normalised
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.assembly import extract_records
from sonospine.extraction.reading import Reading
from sonospine.extraction.text import read_text
from sonospine.extraction.times import find_times
from sonospine.model.record import Passage, Record
from sonospine.vocabulary import Vocabulary, load_vocabulary

TWO = DocumentArms((Arm("active group", n_randomised="60"), Arm("control group", n_randomised="60")))
Sentence = Callable[..., list[Reading]]


@pytest.fixture(scope="module")
def read_sentence(project: Path) -> Sentence:
    """What is read from one sentence of results, where there are an active and a control group of 60."""
    vocabulary: Vocabulary = load_vocabulary(project / "config" / "vocabulary")

    def reading(text: str, arms: DocumentArms = TWO) -> list[Reading]:
        passage = Passage("abstract/RESULTS", text, ("RESULTS",), "results")
        return read_text(Record("file:made", "file", title="", passages=(passage,)), arms, vocabulary)

    return reading


def told(found: list[Reading]) -> list[tuple[str, str, str]]:
    """Return outcome, arm and number of the counts."""
    return [(r.outcome, r.arm, r.value) for r in found if r.centre == "count"]


@pytest.mark.parametrize(
    ("sentence", "outcome", "numbers"),
    [
        (
            "Seven patients in the active arm and two in the control arm withdrew because of a rash.",
            "withdrew because of a rash",
            ("7", "2"),
        ),
        ("One year later, 15 patients in the active group compared to 18 patients in the control group had died.", "died", ("15", "18")),
        ("There were 27 new fractures in the active group and 16 in the control group (P = 0.03).", "new fractures", ("27", "16")),
        ("Walking did not differ, with 13 falls occurring in the active group and 19 in the control group.", "falls", ("13", "19")),
        ("Leaks were seen in five patients in the active group and no patient in the control group.", "Leaks", ("5", "0")),
        ("Twelve leaks (LK) were observed in active group and 31 in control group.", "leaks (LK)", ("12", "31")),
        ("Two (3.3%) patients in the active group and one (1.7%) in the control group had to stop.", "had to stop", ("2", "1")),
    ],
)  # fmt: skip
def test_counts_before_their_groups_say_whose_they_are_and_of_what(
    read_sentence: Sentence, sentence: str, outcome: str, numbers: tuple[str, str]
) -> None:
    first, second = numbers
    assert told(read_sentence(sentence)) == [
        (outcome, "active group", first),
        (outcome, "control group", second),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "There were 60 patients in the active group and 58 in the control group.",
        "In all 134 women took part (74 patients in the active group and 60 patients in the control group).",
        "The score fell by 3 points in the active group and 2 points in the control group.",
        "Sixty women were randomised to the active group and 58 women to the control group.",
        "Sores were found in 8.1% among the 52 women of the active group.",
        "Thirty patients (active group) received heat and 27 patients (control group) received cold.",
        "The device was used in 40 patients (active group), and a pad was used in 39 patients (control group).",
        "The cost was 24,567 euros in the active group and 14,171 euros in the control group.",
        "After 2 days in the active group and 3 days in the control group the course ended.",
        "The mean number of leaks was 3 leaks in the active group and 5 leaks in the control group.",
    ],
)
def test_sizes_amounts_and_averages_are_no_counts(read_sentence: Sentence, sentence: str) -> None:
    assert told(read_sentence(sentence)) == []


def test_numbers_that_share_a_list_of_groups_are_not_all_of_the_first(read_sentence: Sentence) -> None:
    found = read_sentence(
        "Leaks were seen in 12 patients (20%) and 24 patients (40%) in the active group and control group."
    )
    assert told(found) == [("Leaks", "active group", "12"), ("Leaks", "control group", "24")]


def test_words_between_a_count_and_its_group_do_not_give_it_to_the_next(read_sentence: Sentence) -> None:
    found = read_sentence(
        "Six patients (10%) developed sores in the active group and 12 patients (20%) in the control group."
    )
    assert told(found) == [("sores", "active group", "6"), ("sores", "control group", "12")]


def test_a_verb_alone_is_said_of_what_the_sentence_spoke_of(read_sentence: Sentence) -> None:
    found = read_sentence(
        "Of these, 31 people (active group) vs. 25 people (control group) improved their walking ability, "
        "and 21 (active group) vs. 29 (control group) worsened."
    )
    assert [outcome for outcome, _, _ in told(found)][2:] == ["walking ability, worsened"] * 2


def test_a_bare_count_counts_what_the_one_before_it_counted(read_sentence: Sentence) -> None:
    found = read_sentence(
        "There were 3 severe leaks: 2 in the active group (late tears) and 1 in the control group (swelling)."
    )
    assert told(found) == [("severe leaks", "active group", "2"), ("severe leaks", "control group", "1")]


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("All patients were able to finish the course without any side effects.", "side effects"),
        ("None of the patients had an infection.", "infection"),
        ("No patient in either group developed a haematoma.", "haematoma"),
        ("No patients discontinued due to swelling of the legs.", "discontinued due to swelling of the legs"),
    ],
)
def test_none_of_the_patients_is_nobody_of_any_group(
    read_sentence: Sentence, sentence: str, outcome: str
) -> None:
    assert told(read_sentence(sentence)) == [(outcome, a.label, "0") for a in TWO.arms]


def test_none_of_some_things_is_no_count_of_people(read_sentence: Sentence) -> None:
    assert told(read_sentence("Scores improved in none of the five domains of satisfaction.")) == []


def test_no_percent_among_counts_is_nobody_of_a_small_group(read_sentence: Sentence) -> None:
    sentence = "The incidence of twitching was 87% (52/60) and 0% in the active group and the control group, respectively."
    large = DocumentArms((Arm("active group", n_randomised="260"), Arm("control group", n_randomised="260")))
    assert [(r.value, r.total) for r in read_sentence(sentence) if r.centre == "count"][1:] == [("0", "60")]
    assert [r.value for r in read_sentence(sentence, large) if r.centre == "count"] == ["52"]


def test_a_zero_in_words_stands_at_its_place(project: Path) -> None:
    methods = (
        "Sixty patients were randomised: Group A (n = 30) received heat, Group B (n = 30) received cold."
    )
    passages = (
        Passage("abstract/METHODS", methods, ("METHODS",), "methods"),
        Passage(
            "abstract/RESULTS",
            "None of the patients had a burn. All patients finished without any pain.",
            ("RESULTS",),
            "results",
        ),
    )
    record = Record("file:made", "file", title="A trial", passages=passages)
    rows = extract_records([record], load_vocabulary(project / "config" / "vocabulary")).measurements
    assert [(r["value"], r["total"]) for r in rows if r["centre"] == "count"] == [("0", "30")] * 4


def test_weeks_of_gestation_are_no_weeks_from_the_start_of_treatment() -> None:
    assert [(t.text, t.weeks) for t in find_times("It was given at 34 weeks\u2019 gestation.")] == [
        ("34 weeks\u2019 gestation", None)
    ]


def test_a_final_follow_up_has_the_length_beside_it() -> None:
    (time,) = find_times("At the six-month final follow-up it was better.")
    assert time.weeks == pytest.approx(26.07)


def test_n_may_be_the_code_of_a_group() -> None:
    assert normalised("Group N") == "n"
    assert normalised("group (n = 30)") == ""


def test_what_something_is_related_to_belongs_to_its_name(read_sentence: Sentence) -> None:
    found = read_sentence(
        "Skin-related disorders occurred in 12 (20%) of the active group and 6 (10%) of the control group."
    )
    assert [outcome for outcome, _, _ in told(found)] == ["Skin-related disorders"] * 2


def test_a_share_of_things_is_named_by_what_they_were_and_did(read_sentence: Sentence) -> None:
    found = read_sentence(
        "In the control group, 82% (31/38) of water samples tested positive for K. mobile compared to 77% (30/39) "
        "of samples in the active group."
    )
    assert told(found) == [
        ("water samples tested positive for K. mobile", "control group", "31"),
        ("water samples tested positive for K. mobile", "active group", "30"),
    ]


def test_what_an_abbreviation_stands_for_is_told_where_it_names_a_count(
    read_sentence: Sentence,
) -> None:
    found = read_sentence(
        "Loose pins (LPs) were rare; 12 (20%) LPs were seen in the active group. "
        "LPs occurred in 6 (10%) of the control group."
    )
    assert told(found)[-1][0] == "LPs [Loose pins]"
