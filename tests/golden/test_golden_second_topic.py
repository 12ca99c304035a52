"""A second topic by configuration alone: injections into the knee, and arthroscopy, from real articles.

The configuration, its conditions, procedures and one instrument stand in the folder ``knee`` beside this file. The
expected figures were read in the articles: PMC2249589 Table 3 (intention to treat, 28 and 28 people), PMC3544341
(results, "mean ± SEM"), PMC4805636 Table 2, PMC3477095 Table 3.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sonospine.config.loading import load_config

KNEE = Path(__file__).parent / "knee"
ARTICLES = {
    "PMC2249589": "include",
    "PMC3477095": "include",
    "PMC3544341": "include",
    "PMC4805636": "include",
    "PMC2526991": "eligibility.procedure",
    "PMC3276929": "eligibility.procedure",
    "PMC4570668": "eligibility.procedure",
    "PMC3403627": "eligibility.condition",
    "PMC4748830": "eligibility.condition",
    "PMC5985578": "eligibility.condition",
}


@pytest.fixture(scope="module")
def knee(real_data, run_review, project, tmp_path_factory):
    """The knee review over ten articles, none of them locked."""
    folder = tmp_path_factory.mktemp("knee") / "vocabulary"
    shutil.copytree(project / "config/vocabulary", folder)
    for name in ("conditions.yaml", "procedures.yaml"):
        shutil.copy(KNEE / "vocabulary" / name, folder / name)
    instruments = (folder / "instruments.yaml").read_text(encoding="utf-8")
    added = (KNEE / "vocabulary/instruments_added.yaml").read_text(encoding="utf-8")
    (folder / "instruments.yaml").write_text(
        instruments.replace("\nterms:\n", f"\nterms:\n{added}", 1), encoding="utf-8"
    )
    config = load_config(KNEE / "config.yaml").model_copy(update={"vocabulary": str(folder)})
    locked = (real_data / "gold/locked.txt").read_text(encoding="utf-8").split()
    assert not [name for name in ARTICLES if name in locked]
    return run_review([real_data / "jats-pain" / f"{name}.nxml" for name in ARTICLES], config)


def _rows(knee, name, **wanted):
    return knee.rows(knee.study_of(name), **wanted)


@pytest.mark.parametrize(("name", "expected"), ARTICLES.items())
def test_an_article_is_included_or_excluded_by_the_criterion_of_the_second_topic(knee, name, expected):
    decisions = [d for d in knee.decisions if name in d["record_id"]]
    if expected == "include":
        assert [(d["stage"], d["decision"]) for d in decisions] == [
            ("record", "include"), ("report", "include"),
        ]  # fmt: skip
    else:
        assert [(d["decision"], d["criterion"]) for d in decisions] == [("exclude", expected)]
        assert decisions[0]["evidence"]


def test_nothing_of_the_first_topic_is_found_in_the_second(knee):
    procedures = {p for s in knee.studies for p in s["procedure"].split(";")}
    assert procedures <= {
        "hyaluronate_injection", "other_injection", "arthroscopy", "exercise", "acupressure", "laser", "herbal",
    }  # fmt: skip
    assert {s["condition"] for s in knee.studies} == {
        "knee_osteoarthritis", "patellofemoral", "perioperative",
    }  # fmt: skip


def test_people_who_were_not_included_are_not_the_size_of_the_trial(knee):
    # "Sixty patients were not included in the study ... Sixty-two patients signed the informed consent."
    assert knee.study("PMC3544341")["n_randomised"] in ("", "62")
    assert knee.study("PMC2249589")["n_randomised"] == "56"


@pytest.mark.parametrize(
    ("arm", "phase", "mean", "sd"),
    [
        ("arthroscopy group", "baseline", "69.0", "10.7"),
        ("arthroscopy group", "follow_up", "81.9", "14.1"),
        ("control group", "baseline", "71.1", "13.0"),
        ("control group", "follow_up", "82.5", "15.3"),
    ],
)
def test_the_scores_of_the_trial_of_arthroscopy_are_read_from_its_table(knee, arm, phase, mean, sd):
    rows = _rows(knee, "PMC2249589", instrument="kujala", arm=arm, phase=phase, value=mean)
    assert [(r["spread"], r["spread_value"], r["n"], r["scale_max"]) for r in rows] == [
        ("sd", sd, "28", "100")
    ]
    assert {r["weeks"] for r in rows} == {"0" if phase == "baseline" else "39.105"}  # 9 months


@pytest.mark.parametrize(
    ("mean", "se", "weeks"), [("46.8", "2.09", "13.035"), ("31.3", "2.4", "26.07"), ("26.8", "1.2", "26.07")]
)
def test_the_standard_errors_that_the_methods_announce_are_read_as_such(knee, mean, se, weeks):
    rows = _rows(knee, "PMC3544341", instrument="vas", value=mean)
    assert [(r["spread"], r["spread_value"], r["weeks"]) for r in rows] == [("se", se, weeks)]


def test_the_function_after_arthroscopy_is_one_study_and_not_pooled(knee):
    between, within = knee.pool("function_arthroscopy"), knee.pool("function_before_after")
    # 81.9 - 82.5 with 14.1²/28 + 15.3²/28; and 81.9 - 69.0, the improvement that the abstract prints.
    assert (between["k"], between["n"], between["flags"]) == ("1", "56", "not_pooled")
    assert float(between["estimate"]) == pytest.approx(-0.6, abs=1e-9)
    assert float(between["se"]) == pytest.approx((14.1**2 / 28 + 15.3**2 / 28) ** 0.5, rel=1e-9)
    assert (within["k"], within["n"], within["flags"]) == ("1", "28", "not_pooled")
    assert float(within["estimate"]) == pytest.approx(12.9, abs=1e-9)
    assert not between["pi_lower"]
    assert not within["pi_lower"]


# Three months after hyaluronate, in mm of 100; three arms of one trial combined.
PAIN = {
    "PMC3477095": 35.2 - 71.3,
    "PMC3544341": (20 * 46.8 + 21 * 48.86 + 21 * 47.5 - 20 * 67.5 - 21 * 71.9 - 21 * 76.9) / 62,
    "PMC4805636": 20.4 - 52.1,
}


def test_no_other_pain_score_is_pooled_than_those_of_the_articles(knee):
    included = knee.included("pain_before_after")
    assert knee.pool("pain_before_after")["k"] == str(len(included))
    for name, yi in PAIN.items():
        of_study = [e for e in included if e["study_id"] == knee.study_of(name)]
        assert all(float(e["yi"]) == pytest.approx(yi, abs=1e-6) for e in of_study)
    assert {e["study_id"] for e in included} <= {knee.study_of(name) for name in PAIN}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("PMC3477095", marks=pytest.mark.xfail(strict=True, reason="baseline printed under each visit, once of other people")),
        "PMC3544341",
        pytest.param("PMC4805636", marks=pytest.mark.xfail(strict=True, reason="items of the subscale taken for the subscale")),
    ],
)  # fmt: skip
def test_the_pain_three_months_after_hyaluronate_is_pooled(knee, name):
    included = [e for e in knee.included("pain_before_after") if e["study_id"] == knee.study_of(name)]
    assert len(included) == 1
    assert float(included[0]["yi"]) == pytest.approx(PAIN[name], abs=1e-6)


def test_no_procedure_or_condition_of_the_second_topic_stands_in_the_source(project):
    words = re.compile(r"hyalur|arthroscop|patellofemor|gonarthr|osteoarthr|kujala|acupress", re.IGNORECASE)
    found = [
        p.relative_to(project).as_posix()
        for p in sorted((project / "src").rglob("*.py"))
        if words.search(p.read_text(encoding="utf-8"))
    ]
    assert not found
