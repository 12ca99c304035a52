"""``sonospine curate check`` names the lines of judgements that are wrong or do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.cli import curate_check
from sonospine.curation import lines
from sonospine.curation.logbook import Logbook
from sonospine.model.errors import InputError


def judged(
    root: Path, kind: str, target: tuple[str, str], field: str, value: str, curator: str = "ada"
) -> str:
    made = lines.line(lines.hand_of(curator), "set", target_type=target[0], target_id=target[1], field=field,
                      new_value=value, reason="as I see it")  # fmt: skip
    Logbook(root / "extracted" / "curation").append(kind, curator, [made])
    return made["action_id"]


def test_lines_of_judgements_are_counted_and_those_without_effect_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(tmp_path, "risk_of_bias", ("study", "s1"), "tool", "RoB 2")
    judged(tmp_path, "risk_of_bias", ("study", "s1"), "D7", "low")
    first = judged(tmp_path, "grade", ("analysis", "pain"), "certainty", "low")
    own = lines.adjudicate(
        lines.hand_of("ada"), first, new_value="high", reason="after all", target_type="analysis"
    )
    Logbook(tmp_path / "extracted" / "curation").append("grade", "ada", [own])
    curate_check.run(root=tmp_path)
    told = capsys.readouterr().out
    assert "risk_of_bias: 2 lines of ada\n  s1: RoB 2 has no D7\n" in told
    assert f"grade: 2 lines of ada\n  line {own['action_id']}: an adjudicator is a third person" in told


@pytest.mark.parametrize(
    ("kind", "target", "field", "value"),
    [
        ("risk_of_bias", ("study", "s1"), "D1", "fine"),
        ("grade", ("analysis", "pain"), "certainty", "middling"),
    ],
)
def test_a_malformed_judgement_is_named(
    tmp_path: Path, kind: str, target: tuple[str, str], field: str, value: str
) -> None:
    judged(tmp_path, kind, target, field, value)
    with pytest.raises(InputError, match=f"line 2, new_value: the line is malformed; found '{value}'"):
        curate_check.run(root=tmp_path)
