"""``sonospine pool`` with the other pools: options, and what the configuration assumes for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from sonospine.cli.main import main
from sonospine.config.loading import load_config
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, read_table, write_table
from sonospine.model.tables import EFFECTS, POOLED

ROOT = Path(__file__).parents[2]
TABLE = "study\tyi\tvi\tmeasure\nA\t-1\t0.04\t{0}\nB\t-2\t0.09\t{0}\nC\t-0.4\t0.16\t{0}\n"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["sonospine", "pool", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def pooled(monkeypatch: pytest.MonkeyPatch, folder: Path, measure: str, *options: object) -> dict[str, Row]:
    path = folder / "effects.tsv"
    path.write_text(TABLE.format(measure), encoding="utf-8")
    assert run(monkeypatch, path, *options, "-o", folder / "pooled.tsv") == 0
    return {row["variant"]: row for row in read_table(folder / "pooled.tsv", POOLED)}


def test_a_plain_file_has_the_primary_pool_alone_unless_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(pooled(monkeypatch, tmp_path, "SMD")) == {"primary"}
    full = pooled(monkeypatch, tmp_path, "SMD", "--all-variants")
    assert set(full) == {"primary", "wald", "hksj", "common", "bayes"}
    assert full["bayes"]["estimator"] == "half-normal(0.5)"


def test_points_need_a_stated_prior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "bayes" not in pooled(monkeypatch, tmp_path, "MD", "--all-variants")
    assert pooled(monkeypatch, tmp_path, "MD", "--prior-scale", "1")["bayes"]["estimator"] == "half-normal(1)"


@pytest.mark.parametrize("estimator", ["CE", "DL", "HE", "ML", "REML", "PM"])
def test_every_estimator_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, estimator: str
) -> None:
    row = pooled(monkeypatch, tmp_path, "MD", "--estimator", estimator, "--ci", "wald", "--level", "90")[
        "primary"
    ]
    assert (row["estimator"], row["ci_method"]) == (estimator, "wald")


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_prior_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    path = tmp_path / "effects.tsv"
    path.write_text(TABLE.format("MD"), encoding="utf-8")
    assert run(monkeypatch, path, "--prior-scale", value) != 0
    assert "not above 0" in capsys.readouterr().err


def configured(folder: Path, assumptions: dict[str, object]) -> Path:
    content = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    content["assumptions"] = {**content.get("assumptions", {}), **assumptions}
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def effect(analysis: str, outcome: str, measure: str, at: int) -> Row:
    return EFFECTS.row(
        effect_id=f"{analysis}{at}", analysis=analysis, variant="primary", included="true", study_id=f"s{at}",
        label=f"S{at}", outcome=outcome, measure=measure, yi=str(-1 - at / 3), vi="0.1", ci_lower="-2",
        ci_upper="0", derivation="[]", verified="false", direction="lower",
    )  # fmt: skip


def test_the_configuration_states_priors_and_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pain is on 0 to 10 (prior 1 point), disability standardised (0.5); procedure time has neither."""
    kinds = {"pain_before_after_short": "MC", "disability_before_after": "SMCR", "procedure_time": "MD"}
    review = load_config(ROOT / "config" / "config.yaml")
    outcomes = {name: review.analysis(name).outcome for name in kinds}
    rows = [effect(name, outcomes[name], kind, at) for name, kind in kinds.items() for at in range(4)]
    write_table(tmp_path / "effects.tsv", EFFECTS, rows)
    stated = [
        {"outcome": outcomes["disability_before_after"], "smd_points_sd": 8, "source": "a trial of 2020"}
    ]
    config = configured(tmp_path, {"by_outcome": stated})
    assert run(monkeypatch, tmp_path / "effects.tsv", "--config", config, "-o", tmp_path / "out") == 0
    found = {
        (row["analysis"], row["variant"]): row for row in read_table(tmp_path / "out" / "pooled.tsv", POOLED)
    }
    assert found["pain_before_after_short", "bayes"]["estimator"] == "half-normal(1)"
    assert found["disability_before_after", "bayes"]["estimator"] == "half-normal(0.5)"
    assert ("procedure_time", "bayes") not in found
    assert found["disability_before_after", "in_points"]["flags"] == "times_sd:8"
    assert found["pain_before_after_short", "primary"]["p_mean_beyond_mid"] != ""


def test_an_assumption_on_an_unknown_outcome_is_named(tmp_path: Path) -> None:
    config = configured(
        tmp_path, {"by_outcome": [{"outcome": "pian", "bayes_prior_scale": 1, "source": "none at all"}]}
    )
    with pytest.raises(InputError, match="no such outcome"):
        load_config(config)
