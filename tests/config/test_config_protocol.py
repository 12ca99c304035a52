"""The frozen protocol: what is stored, and which later changes are deviations from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sonospine.config.loading import load_config
from sonospine.config.protocol import changed_settings, deviations, frozen_row, read_protocol, settled
from sonospine.config.settings import Config
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, write_table
from sonospine.model.tables import PROTOCOL

PROJECT = Path(__file__).resolve().parents[2]
WORDS = {"conditions.yaml": "a" * 64, "designs.yaml": "b" * 64}
WHOLE = yaml.safe_load((PROJECT / "config/config.yaml").read_text(encoding="utf-8"))


def configuration(change: Any = None) -> Config:
    data = yaml.safe_load(yaml.safe_dump(WHOLE))
    if change is not None:
        change(data)
    return Config.model_validate(data)


def frozen(config: Config, earlier: list[Row], date: str = "2026-01-10", **more: str) -> Row:
    return frozen_row(config, WORDS, earlier, date=date, version="1", **more)


def estimator(name: str) -> Any:
    return lambda data: data.setdefault("assumptions", {}).update(estimator=name)


def test_an_unchanged_configuration_deviates_in_nothing() -> None:
    config = load_config(PROJECT / "config/config.yaml")
    assert deviations(config, WORDS, [frozen(config, [])]) == []


def test_a_changed_setting_is_named_by_its_path_with_both_values() -> None:
    protocol = [frozen(configuration(), [])]
    first = WHOLE["analyses"][0]["id"]
    changed = configuration(
        lambda d: (d["analyses"][0].update(title="Another"), d["windows"][0].update(target=0.5))
    )
    rows = deviations(changed, WORDS | {"designs.yaml": "c" * 64}, protocol)
    window = WHOLE["windows"][0]["id"]
    assert [row["path"] for row in rows] == [
        f"analyses[{first}].title",
        "vocabulary/designs.yaml",
        f"windows[{window}].target",
    ]
    assert (rows[0]["frozen"], rows[0]["now"]) == (WHOLE["analyses"][0]["title"], "Another")
    assert (rows[0]["since"], rows[0]["after"], rows[0]["reason"]) == ("", "2026-01-10", "")


def test_the_order_of_the_analyses_and_the_name_of_the_snapshot_are_no_deviations() -> None:
    protocol = [frozen(configuration(), [])]

    def change(data: Any) -> None:
        data["analyses"].reverse()
        data["sources"]["snapshot"] = "2027-01"
        data["registration"] = "CRD1"

    assert deviations(configuration(change), WORDS, protocol) == []


def test_an_analysis_that_came_later_is_a_deviation_with_an_empty_frozen_value() -> None:
    def fewer(data: Any) -> None:
        del data["analyses"][0]

    rows = deviations(configuration(), WORDS, [frozen(configuration(fewer), [])])
    assert rows
    assert {row["frozen"] for row in rows} == {""}
    assert all(row["path"].startswith(f"analyses[{WHOLE['analyses'][0]['id']}].") for row in rows)


def test_an_amendment_dates_and_explains_the_deviation_it_brought() -> None:
    protocol = [frozen(configuration(), [])]
    protocol.append(frozen(configuration(estimator("PM")), protocol, "2026-03-01", reason="tau² by PM"))
    protocol.append(
        frozen(
            configuration(estimator("PM")), protocol, "2026-04-01", reason="registered", registration="CRD7"
        )
    )
    (row,) = deviations(configuration(estimator("PM")), WORDS, protocol)
    assert (row["path"], row["frozen"], row["now"]) == ("assumptions.estimator", "REML", "PM")
    assert (row["since"], row["after"], row["reason"]) == ("2026-03-01", "2026-01-10", "tau² by PM")
    (later,) = deviations(configuration(estimator("DL")), WORDS, protocol)
    assert (later["since"], later["after"], later["frozen"]) == ("", "2026-04-01", "REML")


@pytest.mark.parametrize(
    ("change", "date", "reason", "message"),
    [
        (estimator("PM"), "2026-02-01", "", "needs a reason"),
        (estimator("PM"), "2026-01-09", "why", "before the last freeze"),
        (None, "2026-02-01", "why", "nothing to amend"),
    ],
)
def test_a_freeze_that_says_nothing_new_or_no_reason_is_refused(
    change: Any, date: str, reason: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        frozen(configuration(change), [frozen(configuration(), [])], date, reason=reason)


def test_the_first_freeze_takes_no_reason() -> None:
    with pytest.raises(InputError, match="no protocol to amend"):
        frozen(configuration(), [], reason="why")


def test_a_frozen_configuration_that_was_edited_is_found(tmp_path: Path) -> None:
    path = tmp_path / "protocol.tsv"
    write_table(path, PROTOCOL, [frozen(configuration(), [])])
    assert len(read_protocol(path)) == 1
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'(""estimator"":"")REML', r"\1DL", text), encoding="utf-8")
    with pytest.raises(InputError, match="line 2, configuration: what was frozen has been changed"):
        read_protocol(path)
    assert read_protocol(tmp_path / "none.tsv") == []


def test_settings_that_differ_between_two_configurations_are_listed() -> None:
    old, new = settled(configuration()), settled(configuration(estimator("PM")))
    assert changed_settings(old, new) == {"assumptions.estimator": ("REML", "PM")}
    assert changed_settings(old, old) == {}
