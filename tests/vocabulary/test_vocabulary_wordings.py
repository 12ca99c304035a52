"""Common spellings of pain and disability instruments are known, and the pain part of a score is no disability."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary(Path(__file__).resolve().parents[2] / "config" / "vocabulary")


@pytest.mark.parametrize(
    ("label", "instrument"),
    [
        ("RMDQ disability score", "rmdq"),
        ("NDI disability score", "ndi"),
        ("Functional disability (RMDQ)", "rmdq"),
        ("Functional status (RMDQ)", "rmdq"),
    ],
)
def test_a_named_instrument_says_more_than_disability(label: str, instrument: str) -> None:
    reading = VOCABULARY.instrument(label)
    assert reading is not None
    assert reading.instrument == instrument


@pytest.mark.parametrize(
    ("label", "instrument", "construct"),
    [
        ("Western Ontario and McMaster Universities Arthritis Index (WOMAC) pain", "womac_pain", "pain"),
        ("Shoulder Pain and Disability Index (SPADI) pain", "spadi_pain", "pain"),
        ("Harris Hip Score (HHS) pain", "pain_part", "pain"),
        ("FIQ pain", "fiq_pain", "pain"),
        ("KSS pain", "pain_part", "pain"),
    ],
)
def test_the_pain_part_of_a_score_is_pain(label: str, instrument: str, construct: str) -> None:
    reading = VOCABULARY.instrument(label)
    assert reading is not None
    assert (reading.instrument, reading.construct) == (instrument, construct)


@pytest.mark.parametrize(
    ("label", "instrument", "construct", "direction"),
    [
        ("PI-NRS", "nrs", "pain", "lower"),
        ("11-point Likert pain scale", "nrs", "pain", "lower"),
        ("Visual pain scale", "vas", "pain", "lower"),
        ("verbal response scale", "vrs", "pain", "lower"),
        ("Average daily pain", "pain", "pain", "lower"),
        ("Pain while walking", "pain", "pain", "lower"),
        ("Incisional pain at 24 h", "pain", "pain", "lower"),
        ("Throat pain", "pain", "pain", "lower"),
        ("Pain in PACU", "pain", "pain", "lower"),
        ("BPI, average", "bpi_severity", "pain", "lower"),
        ("FLACC score", "flacc", "pain", "lower"),
        ("CHEOPS", "cheops", "pain", "lower"),
        ("Neck Bournemouth Questionnaire", "bournemouth", "disability", "lower"),
        ("Neck pain disability index", "ndi", "disability", "lower"),
        ("Pain-related disability", "disability", "disability", "lower"),
        ("Simple Shoulder Test", "shoulder_scores", "disability", "higher"),
        ("PROMIS physical function", "promis_function", "disability", "higher"),
        ("WOMAC PF", "womac_function", "disability", "lower"),
    ],
)
def test_a_spelling_names_what_it_measures(
    label: str, instrument: str, construct: str, direction: str
) -> None:
    reading = VOCABULARY.instrument(label)
    assert reading is not None
    assert (reading.instrument, reading.construct, reading.direction) == (instrument, construct, direction)


@pytest.mark.parametrize("label", ["Pain threshold", "Neuropathic Pain Symptom Inventory", "NPSI"])
def test_what_is_no_pain_score_is_not_taken_for_one(label: str) -> None:
    reading = VOCABULARY.instrument(label)
    assert reading is None or reading.construct != "pain"


def test_where_pain_was_moves_it_to_movement() -> None:
    reading = VOCABULARY.instrument("Pain on exertion (VAS)")
    assert reading is not None
    assert reading.subscale == "movement"
