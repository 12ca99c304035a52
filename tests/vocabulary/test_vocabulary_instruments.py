"""A label is read as one instrument on one scale, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.vocabulary import Vocabulary, load_vocabulary

VOCABULARY = load_vocabulary(Path(__file__).resolve().parents[2] / "config" / "vocabulary")


@pytest.fixture
def vocabulary() -> Vocabulary:
    return VOCABULARY


@pytest.mark.parametrize(
    ("label", "instrument", "construct", "scale"),
    [
        ("VAS", "vas", "pain", (0, 10)),
        ("VAS (cm)", "vas", "pain", (0, 10)),
        ("VAS (mm)", "vas", "pain", (0, 100)),
        ("VAS 0–100", "vas", "pain", (0, 100)),
        ("100-mm visual analog scale", "vas", "pain", (0, 100)),
        ("Visual analogue scale score for back pain", "vas", "pain", (0, 10)),
        ("11-point NRS", "nrs", "pain", (0, 10)),
        ("Numeric pain rating scale", "nrs", "pain", (0, 10)),
        ("VNS", "vns", "pain", (0, 10)),
        ("ODI", "odi", "disability", (0, 100)),
        ("Oswestry Disability Index (%)", "odi", "disability", (0, 100)),
        ("ODI (/50)", "odi", "disability", (0, 50)),
        ("RMDQ", "rmdq", "disability", (0, 24)),
        ("Roland–Morris disability questionnaire", "rmdq", "disability", (0, 24)),
        ("NDI (0-50)", "ndi", "disability", (0, 50)),
        ("NDI, %", "ndi", "disability", (0, 100)),
        ("NDI", "ndi", "disability", (None, None)),
        ("NPDS", "npad", "disability", (0, 100)),
        ("Quebec Back Pain Disability Scale", "quebec", "disability", (0, 100)),
        ("SF-36, bodily pain", "sf36_bp", "pain", (0, 100)),
        ("WOMAC pain", "womac_pain", "pain", (None, None)),
        ("WOMAC physical function (0-68)", "womac_function", "disability", (0, 68)),
        ("KOOS pain", "koos_pain", "pain", (0, 100)),
        ("KOOS sport/rec", "koos_function", "disability", (0, 100)),
        (
            "BASFI [bath ankylosing spondylitis functional index] (0–10 cm VAS)",
            "basfi",
            "disability",
            (0, 10),
        ),
        ("HAQ-S (0–3)", "haq", "disability", (0, 3)),
        ("FIQ", "fiq", "disability", (None, None)),
        ("SF36- functional capacity", "sf36_pf", "disability", (0, 100)),
        ("SF-36 [short form 36] items, Physical functioning", "sf36_pf", "disability", (0, 100)),
        ("Functional ability (FFbH-R)", "ffbh", "disability", (0, 100)),
        ("SPADI [shoulder pain and disability index] pain", "spadi_pain", "pain", (0, 100)),
        ("SPADI [shoulder pain and disability index] total", "spadi", "disability", (0, 100)),
        ("AUSCAN [Australian/Canadian Osteoarthritis Hand Index] pain", "auscan_pain", "pain", (None, None)),
        ("Pain, Mild pain", "pain", "pain", (None, None)),
        ("Pain (motion) in mm", "pain", "pain", (None, None)),
        ("Pain at rest (NRS [numerical rating scale])", "nrs", "pain", (0, 10)),
        ("back pain (VAS-BP)", "vas", "pain", (0, 10)),
        ("VAS_NOW pain", "vas", "pain", (0, 10)),
        ("BPI interference", "bpi_interference", "pain_interference", (0, 10)),
        ("pain score", "pain", "pain", (None, None)),
        ("Pain intensity (0-10)", "pain", "pain", (0, 10)),
        ("PGIC", "pgic", "global_change", (None, None)),
        ("≥50% reduction in VAS", "responder", "responder", (None, None)),
        ("at least 30 % improvement of the ODI", "responder", "responder", (None, None)),
        ("Adverse events", "adverse_event", "adverse_event", (None, None)),
        ("First-pass success", "first_pass", "placement", (None, None)),
        ("First-puncture success, joints", "first_pass", "placement", (None, None)),
        ("the first puncture succeeded", "first_pass", "placement", (None, None)),
        ("Success rate at the first attempt", "first_pass", "placement", (None, None)),
        ("Accuracy of needle placement", "accuracy", "placement", (None, None)),
        ("Needle passes", "attempts", "attempts", (None, None)),
        ("Opioid consumption", "opioid", "opioid", (None, None)),
        ("Time to first rescue analgesia", "time_to_analgesia", "time_to_analgesia", (None, None)),
        ("Range of motion", "range_of_motion", "range_of_motion", (None, None)),
        ("Duration of pain", "disease_duration", "characteristic", (None, None)),
        ("Operative time", "surgical_time", "characteristic", (None, None)),
        ("Age", "age", "characteristic", (None, None)),
    ],
)
def test_a_label_names_its_instrument_and_scale(
    vocabulary: Vocabulary,
    label: str,
    instrument: str,
    construct: str,
    scale: tuple[float | None, float | None],
) -> None:
    reading = vocabulary.instrument(label)
    assert reading is not None
    assert (reading.instrument, reading.construct) == (instrument, construct)
    assert (reading.scale_min, reading.scale_max) == scale


@pytest.mark.parametrize(
    ("label", "construct"),
    [
        ("Satisfaction (VAS)", "satisfaction"),
        ("VAS for itch", "itch"),
        ("Appetite VAS", "appetite"),
        ("Anxiety on a VAS", "anxiety"),
        ("VAS satisfaction with pain relief", "satisfaction"),
        ("EQ-VAS", "quality_of_life"),
        ("VAS during the procedure", "procedural_pain"),
    ],
)
def test_a_generic_scale_measures_what_stands_beside_it(
    vocabulary: Vocabulary, label: str, construct: str
) -> None:
    reading = vocabulary.instrument(label)
    assert reading is not None
    assert reading.construct == construct


@pytest.mark.parametrize(
    "label", ["VAS/ODI", "ODI and NDI", "VAS for pain and anxiety", "Group", "", "Visit", "p value"]
)
def test_an_unclear_label_is_not_guessed(vocabulary: Vocabulary, label: str) -> None:
    assert vocabulary.instrument(label) is None


@pytest.mark.parametrize(
    "label",
    [
        "Drug Liking VAS",
        "Take Drug Again VAS, E max",
        "Bad effects VAS",
        "Dry mouth evaluation (VAS)",
        "VASES",
        "number of neck pain days",
        "Neck pain present",
        "Pressure pain threshold, VAS",
    ],
)
def test_a_scale_of_something_unknown_is_not_pain(vocabulary: Vocabulary, label: str) -> None:
    reading = vocabulary.instrument(label, context="Results in both groups\nVAS: visual analogue scale")
    assert reading is None or reading.construct != "pain"


@pytest.mark.parametrize(
    ("label", "heading", "instrument", "construct"),
    [
        ("at rest", "VAS for pain after the operation", "vas", "pain"),
        ("score at 10 (min)", "Course of the numerical rating scale", "nrs", "pain"),
        ("Differences (treatment effects)", "Change of the ODI", "odi", "disability"),
        ("Physical functioning", "SF-36 in both groups", "sf36_pf", "disability"),
        ("Pain", "WOMAC subscales", "womac_pain", "pain"),
    ],
)
def test_a_heading_names_what_a_label_leaves_open(
    vocabulary: Vocabulary, label: str, heading: str, instrument: str, construct: str
) -> None:
    reading = vocabulary.instrument(label, context=f"{heading}\nValues are means")
    assert reading is not None
    assert (reading.instrument, reading.construct) == (instrument, construct)


def test_a_questionnaire_is_not_taken_for_the_scale_of_its_heading(vocabulary: Vocabulary) -> None:
    reading = vocabulary.instrument("AUSCAN pain", context="VAS for pain and AUSCAN\nValues are means")
    assert reading is not None
    assert reading.instrument == "auscan_pain"


def test_a_time_under_a_heading_is_the_time_it_names(vocabulary: Vocabulary) -> None:
    reading = vocabulary.instrument("Time, min", context="Time to final needle placement and radiation\n")
    assert reading is not None
    assert (reading.instrument, reading.unit) == ("procedure_time", "min")


def test_a_table_that_names_nothing_is_of_the_one_questionnaire_of_the_others(vocabulary: Vocabulary) -> None:
    others = "Score decrease of the RMDQ ; Numbers needed to treat by the RMDQ"
    reading = vocabulary.instrument(
        "5 point reduction, Improved", context=f"Numbers of improved patients\n\n{others}"
    )
    assert reading is not None
    assert reading.instrument == "rmdq"
    unlike = vocabulary.instrument("Improved", context=f"Costs of improved patients\n\n{others}")
    assert unlike is None or unlike.instrument != "rmdq"


@pytest.mark.parametrize(
    ("label", "heading"),
    [
        ("at rest", "VAS and ODI of both groups"),
        ("Blood loss", "VAS of both groups"),
        ("Vitality index of the day", "VAS of both groups"),
    ],
)
def test_a_heading_names_nothing_for_another_measurement(
    vocabulary: Vocabulary, label: str, heading: str
) -> None:
    reading = vocabulary.instrument(label, context=f"{heading}\nValues are means")
    assert reading is None or reading.construct == "characteristic"


def test_a_context_tells_what_a_bare_scale_measured(vocabulary: Vocabulary) -> None:
    satisfied = vocabulary.instrument("VAS", context="Patient satisfaction (VAS) was high in both groups.")
    assert satisfied is not None
    assert satisfied.construct == "satisfaction"
    listed = vocabulary.instrument("VAS", context="Pain (VAS), satisfaction and nausea were recorded.")
    assert listed is not None
    assert listed.construct == "pain"


def test_a_context_names_the_instrument_of_a_pain_score(vocabulary: Vocabulary) -> None:
    reading = vocabulary.instrument(
        "Pain score",
        context="Pain was rated on a numerical rating scale (NRS, 0 to 10); the ODI was recorded.",
    )
    assert reading is not None
    assert (reading.instrument, reading.scale_max) == ("nrs", 10)
    unclear = vocabulary.instrument("Pain score", context="Pain was rated on the VAS and on the NRS.")
    assert unclear is not None
    assert (unclear.instrument, unclear.scale_max) == ("pain", None)


def test_a_score_of_fifty_is_the_raw_index(vocabulary: Vocabulary) -> None:
    raw = vocabulary.instrument("ODI", context="The ODI fell from 17/50 to 10/50.", value=17)
    assert raw is not None
    assert raw.scale_max == 50
    patients = vocabulary.instrument("ODI", context="The ODI was completed by 48/50 patients.", value=34)
    assert patients is not None
    assert patients.scale_max == 100


@pytest.mark.parametrize(
    ("label", "value", "highest"),
    [
        ("VAS", 54.2, 100),
        ("VAS", 5.4, 10),
        ("NDI", 62, 100),
        ("NDI", 24.9, None),
        ("ODI", 71.12, 100),
        ("VAS", -32, 100),
    ],
)
def test_a_value_rules_out_a_scale_that_it_exceeds(
    vocabulary: Vocabulary, label: str, value: float, highest: float | None
) -> None:
    reading = vocabulary.instrument(label, value=value)
    assert reading is not None
    assert reading.scale_max == highest


def test_a_value_beyond_every_scale_is_not_of_this_instrument(vocabulary: Vocabulary) -> None:
    assert vocabulary.instrument("VAS", value=150) is None
    assert vocabulary.instrument("RMDQ", value=40) is None


def test_a_percentage_of_a_scale_is_not_a_value_on_it(vocabulary: Vocabulary) -> None:
    reading = vocabulary.instrument("VAS", unit="%", value=62)
    assert reading is not None
    assert (reading.scale_min, reading.scale_max, reading.unit) == (None, None, "%")


@pytest.mark.parametrize(
    ("label", "unit", "context", "expected"),
    [
        ("Procedure time (min)", "", "", "min"),
        ("Puncture time", "s", "", "s"),
        ("Needling time, sec", "", "", "s"),
        ("Procedure time", "", "The procedure took 14.3 minutes", "min"),
        ("Procedure time", "", "", ""),
        ("BMI, kg/m²", "", "", "kg/m2"),
        ("Flexion (°)", "", "", "deg"),
    ],
)
def test_a_unit_is_read_or_left_empty(
    vocabulary: Vocabulary, label: str, unit: str, context: str, expected: str
) -> None:
    reading = vocabulary.instrument(label, unit=unit, context=context)
    assert reading is not None
    assert reading.unit == expected


@pytest.mark.parametrize(
    ("label", "subscale"),
    [
        ("Pain at rest", "rest"),
        ("NRS on movement", "movement"),
        ("VAS leg pain", "leg"),
        ("Worst back pain NRS", "worst;back"),
        ("Average pain VAS", "average"),
        ("average visual analog scale", ""),
        ("WOMAC stiffness", "stiffness"),
        ("Lateral flexion", "lateral_flexion"),
        ("VAS", ""),
    ],
)
def test_the_part_that_was_measured_is_the_subscale(
    vocabulary: Vocabulary, label: str, subscale: str
) -> None:
    reading = vocabulary.instrument(label)
    assert reading is not None
    assert reading.subscale == subscale


def test_the_direction_is_that_of_what_was_measured(vocabulary: Vocabulary) -> None:
    directions = {
        label: reading.direction
        for label in (
            "VAS pain",
            "VAS satisfaction",
            "ODI",
            "KOOS",
            "procedure time",
            "first-pass success",
            "age",
        )
        if (reading := vocabulary.instrument(label))
    }
    assert directions == {
        "VAS pain": "lower",
        "VAS satisfaction": "higher",
        "ODI": "lower",
        "KOOS": "higher",
        "procedure time": "lower",
        "first-pass success": "higher",
        "age": "",
    }


@pytest.mark.parametrize(
    ("sentence", "construct"),
    [
        ("For abdominal bloating, the median VAS fell from 70 to 31.", "bloating"),
        ("With regard to thirst, VAS was 3.1 and 4.2.", "thirst"),
        ("The satisfaction of the nurses, which was measured using a VAS, was 88 and 69.", "satisfaction"),
        ("Dryness of the eyes was rated every evening on a 100-mm VAS and was 41 and 55.", "dryness"),
        ("In terms of satisfaction, patients were alike; VAS was 3.1 and 4.2.", "pain"),
        ("For patients with nausea, the VAS was 3.1 and 4.2.", "pain"),
        ("Satisfaction was 7 of 10, and the VAS was 3.1 and 4.2.", "pain"),
        ("Satisfaction, pain and sleep were good; pain was measured on a VAS: 3.1 and 4.2.", "pain"),
        ("There was no difference in nausea, VAS was 3.1 and 4.2.", "pain"),
        ("VAS was 3.1 and 4.2.", "pain"),
    ],
)
def test_what_a_sentence_ties_to_a_scale_wins_over_what_it_mostly_measures(vocabulary, sentence, construct):
    found = vocabulary.instrument("VAS", context=sentence)
    assert (found.instrument, found.construct) == ("vas", construct)


@pytest.mark.parametrize(
    "label", ["VASC score", "VASc", "CHA2DS2‐VASC score", "CHA2DS2-VASc", "CHA2DS2VASc score of 2"]
)
def test_a_score_whose_name_begins_like_a_scale_is_not_that_scale(vocabulary, label):
    assert vocabulary.instrument(label) is None
    assert vocabulary.instrument("VAS1").instrument == "vas"


def test_a_construct_that_no_word_names_is_marked_as_assumed(vocabulary):
    assert vocabulary.instrument("VAS", context="VAS was 3.1 and 4.2.").assumed
    assert not vocabulary.instrument("VAS", context="Pain on the VAS was 3.1.").assumed
    assert not vocabulary.instrument("VAS for pain").assumed
    assert not vocabulary.instrument("VAS for sleep").assumed
    assert not vocabulary.instrument("ODI").assumed
