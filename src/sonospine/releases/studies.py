"""Which studies came, went or changed between two editions."""

from __future__ import annotations

from collections.abc import Iterator

from sonospine.model.table_io import Row, in_order
from sonospine.model.tables import CHANGED_STUDIES
from sonospine.releases.comparing import Comparison, curators


def changed_studies(both: Comparison) -> list[Row]:
    """Return rows of ``changed_studies``: of every study that is in in one of the editions, what happened to it."""
    now = {both.study_now.get(study, study) for study in both.old.included}
    rows = [row for study in sorted(now | both.new.included) for row in _changes_of(both, study)]
    return in_order(CHANGED_STUDIES, rows)


def _changes_of(both: Comparison, study: str) -> Iterator[Row]:
    was_in = any(old in both.old.included for old in both.studies_before.get(study, [])) or (
        study in both.old.included
    )
    is_in = study in both.new.included
    label = both.new.label(study) if study in both.new.studies else both.old.label(study)

    def row(change: str, detail: str, by: str = "", actions: str = "") -> Row:
        return CHANGED_STUDIES.row(
            study_id=study, label=label, change=change, detail=detail, by=by, action_ids=actions
        )

    rulings = [line for _, line in both.lines_about(both.targets_of_study(study))]
    persons = (curators(rulings), ";".join(line["action_id"] for line in rulings))
    records = both.records_of(study)
    fresh = both.fresh_records(study)
    turned = both.turned_out(records)
    if is_in and not was_in:
        if not both.was_known(study):
            yield row("added", f"new: {', '.join(fresh)}", *persons)
        else:
            before = "; ".join(both.old.why_out(old) for old in both.studies_before.get(study, []))
            yield row("added", f"was out before: {before or 'no reason stood there'}", *persons)
    if was_in and not is_in:
        gone = "none of its records is there any more"
        why = both.new.why_out(study) or "no reason is given" if study in both.new.studies else gone
        yield row("dropped", why, *persons)
    if turned:
        yield row("retracted", "; ".join(turned))
    revised = both.revised_records(records)
    if (fresh and both.was_known(study)) or revised:
        parts = [f"new record {name}" for name in fresh] if both.was_known(study) else []
        yield row("revised", "; ".join([*parts, *(f"{name} has another text or status" for name in revised)]))
    numbers = [
        (how, line)
        for how, line in both.lines_about(both.targets_of_rows(both.measurements_of_study(study)))
        if line["action"] != "confirm"
    ]
    rows = [line for _, line in numbers] + (rulings if was_in and is_in else [])
    if rows:
        taken_back = sum(how != "" for how, _ in numbers)
        what = f"{len(rows)} {'line' if len(rows) == 1 else 'lines'} of curators"
        yield row(
            "corrected",
            f"{what}, {taken_back} of them taken back" if taken_back else what,
            curators(rows),
            ";".join(dict.fromkeys(line["action_id"] for line in rows)),
        )
    if both.was_known(study) and both.is_relinked(study):
        yield row("relinked", "its records are joined otherwise than before")
