"""Arms are found with label, definition and size, and labels are matched to them."""

from __future__ import annotations

import pytest

from sonospine.extraction.abbreviations import abbreviations_of
from sonospine.extraction.arm_rows import arm_rows
from sonospine.extraction.arms import ALL, DocumentArms, find_arms
from sonospine.extraction.language import sentences
from sonospine.extraction.one_arm import is_one_patient
from sonospine.model.places import quote_at
from sonospine.model.record import Cell, Record, Table


def labels(arms: DocumentArms) -> list[str]:
    return [a.label for a in arms.arms]


def sizes(arms: DocumentArms) -> list[str]:
    return [a.n_randomised for a in arms.arms]


def test_coded_groups_have_the_definition_that_follows_them(record_of, vocabulary):
    methods = (
        "Sixty patients were randomised. Group A (n = 31) received 10 ml of saline while Group B (n = 29) received "
        "ropivacaine 0.2%."
    )
    arms = find_arms(record_of(methods=methods), vocabulary)
    assert labels(arms) == ["Group A", "Group B"]
    assert sizes(arms) == ["31", "29"]
    assert "saline" in arms.arms[0].definition
    assert "ropivacaine" in arms.arms[1].definition


def test_a_definition_may_stand_before_the_code(record_of, vocabulary):
    methods = "Patients were assigned to an ultrasound-guided block (Group 1, n = 27) or a blind block (Group 2, n = 30)."
    arms = find_arms(record_of(methods=methods), vocabulary)
    assert labels(arms) == ["Group 1", "Group 2"]
    assert [a.definition for a in arms.arms] == ["ultrasound-guided block", "blind block"]


def test_named_groups_carry_their_abbreviation_as_an_alias(record_of, vocabulary):
    methods = "Patients were randomised to the ultrasound group (US group, n = 30) or to the fluoroscopy group (FL group, n = 32)."
    arms = find_arms(
        record_of(results="The US group had less pain than the FL group.", methods=methods), vocabulary
    )
    assert len(arms.arms) == 2
    assert arms.match("US group") is arms.match("ultrasound group") is arms.arms[0]
    assert arms.match("FL (n = 32)") is arms.arms[1]
    assert sizes(arms) == ["30", "32"]


def test_phrases_with_their_n_are_arms_where_nothing_calls_them_groups(record_of, vocabulary):
    methods = "Patients were randomly allocated to 10 mg/day (n = 35), 5 mg/day (n = 30), or no medication (n = 32)."
    arms = find_arms(record_of(methods=methods), vocabulary)
    assert labels(arms) == ["10 mg/day", "5 mg/day", "no medication"]
    assert sizes(arms) == ["35", "30", "32"]


def test_sizes_may_stand_in_words_and_apart_from_the_label(record_of, vocabulary):
    methods = "Fourteen patients had NP and eighteen had TFESI."
    results = "In the NP group pain fell. In the TFESI group it did not. The NP group and the TFESI group were alike."
    arms = find_arms(record_of(results, methods), vocabulary)
    assert dict(zip(labels(arms), sizes(arms), strict=True)) == {"NP group": "14", "TFESI group": "18"}


def test_one_size_may_hold_for_each_group(record_of, vocabulary):
    methods = "Patients were randomised to group A and group B, 60 in each group. Group A received steroid; Group B received saline."
    assert sizes(find_arms(record_of(methods=methods), vocabulary)) == ["60", "60"]


def test_roman_numbers_and_digits_name_the_same_group(record_of, vocabulary):
    methods = "Group I (n = 20) received heat. Group II (n = 22) received cold."
    arms = find_arms(record_of(methods=methods), vocabulary)
    assert arms.match("Group 2") is arms.match("group II") is arms.arms[1]


def test_a_size_beside_a_group_is_no_code_of_a_group(record_of, vocabulary):
    methods = "Randomised trial: ultrasound group 60, DSA group 62."
    arms = find_arms(record_of(methods=methods), vocabulary)
    assert dict(zip(labels(arms), sizes(arms), strict=True)) == {"ultrasound group": "60", "DSA group": "62"}


def test_people_with_an_event_are_no_size_of_their_group(record_of, vocabulary):
    methods = "Group A received steroid. Group B received saline."
    results = "Nausea was seen in Group A (5 patients) and Group B (7 patients)."
    assert sizes(find_arms(record_of(results, methods), vocabulary)) == ["", ""]


def test_headers_of_tables_name_arms_that_the_text_knows(record_of, vocabulary):
    cells = tuple(
        Cell(t, True, 0, i) for i, t in enumerate(["", "Lavender (n = 22)", "Control (n = 21)", "p"])
    )
    table = Table("table/T1", rows=(cells,), header_rows=1)
    methods = "Patients were randomised to lavender or control."
    arms = find_arms(record_of(methods=methods, tables=(table,)), vocabulary)
    assert arms.match("Lavender").n_randomised == "22"
    assert arms.match("Control").n_randomised == "21"


@pytest.mark.parametrize("title", ["A prospective single-arm pilot study", "A case series of blocks"])
def test_a_study_without_comparison_has_one_arm(record_of, vocabulary, title):
    arms = find_arms(record_of(methods="Twenty-six patients were included.", title=title), vocabulary)
    assert arms.one_arm
    assert arms.arms == ()
    assert arms.n_total == "26"


def test_a_trial_whose_arms_are_not_found_is_no_one_arm_study(record_of, vocabulary):
    assert not find_arms(record_of(methods="A randomised controlled trial was done."), vocabulary).one_arm


def test_a_label_that_could_mean_two_arms_means_none(record_of, vocabulary):
    methods = "Group A (n = 20) received low dose saline. Group B (n = 20) received high dose saline."
    arms = find_arms(record_of(methods=methods), vocabulary)
    assert arms.match("saline") is None
    assert arms.match("high dose").label == "Group B"


def test_every_arm_and_size_stands_where_it_says(record_of, vocabulary):
    methods = "Group A (n = 31) received heat while Group B (n = 29) received cold."
    record = record_of(methods=methods)
    for arm in find_arms(record, vocabulary).arms:
        assert quote_at(record, arm.locator) == arm.label
        assert quote_at(record, arm.n_locator) == arm.n_randomised


def test_registered_arm_groups_are_the_arms_of_a_registration(vocabulary):
    groups = [
        {
            "label": "Active",
            "type": "EXPERIMENTAL",
            "description": "the block",
            "interventionNames": ["Drug: X"],
        },
        {"label": "Sham", "type": "SHAM_COMPARATOR", "description": "no block"},
    ]
    registry = {"protocolSection": {"armsInterventionsModule": {"armGroups": groups}}}
    arms = find_arms(Record("ctgov:NCT1", "ctgov", kind="registration", registry=registry), vocabulary)
    assert [(a.label, a.role) for a in arms.arms] == [("Active", "intervention"), ("Sham", "comparator")]


def test_guidance_of_a_one_arm_study_comes_from_its_title(record_of, vocabulary):
    record = record_of(
        methods="Twenty patients were treated.", title="Ultrasound-guided block: a single-arm study"
    )
    (row,) = arm_rows(record, find_arms(record, vocabulary), [], vocabulary)
    assert (row["label"], row["role"], row["guidance"]) == (ALL, "single", "ultrasound")


def test_a_case_report_is_of_one_patient(record_of):
    assert is_one_patient(record_of(methods="Something.", title="A block: a case report"))
    assert not is_one_patient(
        record_of(methods="Sixty patients were randomised to two groups.", title="A trial")
    )


def test_sentences_do_not_end_at_abbreviations_and_split_numbers():
    text = "Pain fell (p < 0. 05; Fig. 2 and Table 1). It was 3.2 vs. 4.1 at 1 wk. The end."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Pain fell (p < 0. 05; Fig. 2 and Table 1).",
        "It was 3.2 vs. 4.1 at 1 wk.",
        "The end.",
    ]


def test_abbreviations_are_those_that_the_text_defines():
    assert abbreviations_of(["The visual analog scale (VAS) was used."]) == {"VAS": "visual analog scale"}


@pytest.mark.parametrize(
    "results",
    [
        "The VAS fell from 6.4±0.2 to 2.3±0.2 in group S and from 6.5±0.2 to 3.8±0.3 in group B at 4 weeks.",
        "Pain was 6.7±1.9 in group S and 4.7±2.7 in group B. The VAS was 3 in both groups.",
        "Pain was 4.7 (2) in group S and 3.9 - 7 in group B; it was 4,7 in each group.",
        "Time was 7.6 in group S group 7.6±2.1, in the S group 5.2.",
    ],
)
def test_the_digits_of_a_value_are_no_size_of_an_arm(record_of, vocabulary, results):
    methods = "Guided block (group S) was compared with blind block (group B)."
    arms = find_arms(record_of(results, methods), vocabulary)
    assert labels(arms) == ["Group S", "Group B"]
    assert sizes(arms) == ["", ""]


def test_people_in_results_are_a_size_only_where_they_are_those_analysed(record_of, vocabulary):
    methods = "Patients had warm water (group S) or cold water (group B)."
    events = "Nausea was seen in 4 patients in group S and in 6 patients in group B."
    assert sizes(find_arms(record_of(events, methods), vocabulary)) == ["", ""]
    analysed = "Of 60 patients randomised, 31 patients were assigned to group S and 29 patients were assigned to group B."
    assert sizes(find_arms(record_of(analysed, methods), vocabulary)) == ["31", "29"]


def test_a_list_of_small_letter_groups_defines_them(record_of, vocabulary):
    methods = (
        "A trial with 120 patients: group U, warm water guided by music with drugs (n = 40); group X, the same under "
        "bright light (n = 40); group N, drugs without water (n = 40)."
    )
    results = (
        "Effect was seen in 22 of 40 patients of group U, in 10 of 40 of group X and in 9 of 40 of group N."
    )
    arms = find_arms(record_of(results, methods), vocabulary)
    assert labels(arms) == ["Group U", "Group X", "Group N"]
    assert [a.definition.split()[0] for a in arms.arms] == ["warm", "the", "drugs"]


def test_two_ways_that_the_title_compares_are_arms_where_results_call_them_groups(record_of, vocabulary):
    results = "The time was 4.0±1.8 min in the ultrasound group, in the CT group 7.6±2.1."
    arms = find_arms(
        record_of(
            results, "Forty patients were treated.", title="Injection: ultrasound against CT in a trial"
        ),
        vocabulary,
    )
    assert labels(arms) == ["ultrasound group", "CT group"]
    assert sizes(arms) == ["", ""]


def test_two_ways_of_guiding_one_procedure_are_arms(record_of, vocabulary):
    methods = "Forty patients were randomly assigned to US-guided or CT-guided injection."
    results = "The time was 4.0±1.8 minutes in the US group, in the CT group 7.6±2.1."
    arms = find_arms(record_of(results, methods, title="A randomised trial"), vocabulary)
    assert len(arms.arms) == 2
    assert arms.match("US") is arms.arms[0]
    assert arms.match("CT group") is arms.arms[1]


def test_a_header_with_a_bracket_defines_a_coded_group(record_of, vocabulary):
    header = tuple(Cell(t, header=True, row=0, column=i) for i, t in enumerate(("Time", "Group S (ultrasound)", "Group B (blind)")))  # fmt: skip
    table = Table("table/T1", "Table 1", "VAS", (header,), header_rows=1)
    record = record_of("Group S had less pain than group B.", "Two groups were compared.", tables=(table,))
    arms = find_arms(record, vocabulary)
    assert {a.label: a.definition for a in arms.arms} == {"Group S": "ultrasound", "Group B": "blind"}


def test_an_arm_has_its_own_guidance_and_never_one_of_several_of_the_study(record_of, vocabulary):
    methods = (
        "Ultrasound-guided block (group S) was compared with blind block (group B) and with group C (n = 20)."
    )
    record = record_of("Pain was less in group S.", methods, title="Block with ultrasound or fluoroscopy")
    rows = arm_rows(record, find_arms(record, vocabulary), [], vocabulary)
    assert {r["label"]: r["guidance"] for r in rows} == {
        "Group S": "ultrasound",
        "Group B": "landmark",
        "Group C": "",
    }


def test_a_study_with_one_arm_has_the_guidance_of_title_abstract_and_methods(record_of, vocabulary):
    methods = "Patients had an injection under ultrasound guidance; the spread was checked by fluoroscopy."
    record = record_of("Pain fell.", methods, title="Ultrasound-guided injection: a single-arm study")
    (row,) = arm_rows(record, find_arms(record, vocabulary), [], vocabulary)
    assert row["guidance"] == "ultrasound;hybrid"


def test_two_kinds_of_imaging_in_one_arm_are_also_the_combined_kind(record_of, vocabulary):
    methods = (
        "Patients had an injection guided by ultrasound. Then a fluoroscopic view was taken for each of them."
    )
    record = record_of("Pain fell.", methods, title="Injection for pain: a single-arm study")
    (row,) = arm_rows(record, find_arms(record, vocabulary), [], vocabulary)
    assert row["guidance"] == "ultrasound;hybrid"


def test_a_control_group_has_no_guidance_of_the_study(record_of, vocabulary):
    methods = "Patients were randomised to the ESP group (n = 20) or the control group (n = 20)."
    record = record_of("Pain fell.", methods, title="Ultrasound-guided erector spinae plane (ESP) block")
    rows = arm_rows(record, find_arms(record, vocabulary), [], vocabulary)
    assert {r["label"]: r["guidance"] for r in rows} == {"ESP group": "ultrasound", "control group": ""}


@pytest.mark.parametrize(
    ("title", "methods"),
    [
        ("Injection under ultrasound or fluoroscopy", "A retrospective study of 162 patients."),
        (
            "Injection for back pain",
            "A randomised trial. The skin was marked in one arm; the other had none.",
        ),
        ("Injection for back pain", "Retrospective comparison of warm with cold injection in 110 patients."),
    ],
)
def test_a_comparison_is_no_one_arm_study(record_of, vocabulary, title, methods):
    assert not find_arms(record_of("Pain fell to 3.1.", methods, title=title), vocabulary).one_arm


def test_no_arm_of_a_trial_has_one_patient(record_of, vocabulary):
    methods = "Patients were randomised to group S or group B. The flow is shown in Figure 1 to the group S (n = 1) panel."
    assert "1" not in sizes(find_arms(record_of(methods=methods), vocabulary))
