"""What a row, a conflict, a failed check or an unread figure could turn out to be, and what a study would then give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sonospine.curation.influence import Doubt, Scenario
from sonospine.curation.material import Asked, Material
from sonospine.effects.computing import CONFLICT_KINDS
from sonospine.effects.inputs import RULED_OUT
from sonospine.effects.selection import belongs, in_window, sides
from sonospine.evidence.described import values_of
from sonospine.evidence.environment import visible
from sonospine.model.numbers import number, truth
from sonospine.model.states import by_person
from sonospine.model.table_io import Row
from sonospine.model.times import readable_time
from sonospine.robustness.resampling import Outcomes, altered, outcomes

MAY_BE_SE = "sd_may_be_se"
AMBIGUOUS = "ambiguous_place"
FIGURE_HOLDS_RESULT = 0.5
"""How likely a figure that names an outcome is taken to hold the result that an analysis lacks: a convention."""
LOST_WORDS = "if it is wrong in a way that nothing tells, and the study drops out"


def flags_of(row: Row) -> list[str]:
    """Return the warnings of a row."""
    return [flag for flag in row["flags"].split(";") if flag]


def failed_check(row: Row) -> bool:
    """Tell whether a check rules the row out or suspects its spread."""
    return any(flag.startswith(RULED_OUT) or flag == MAY_BE_SE for flag in flags_of(row))


def without_flags(row: Row, *unwanted: str) -> Row:
    """Return a row without some warnings."""
    return {**row, "flags": ";".join(flag for flag in flags_of(row) if flag not in unwanted)}


def in_doubt(
    asked: Asked, row: Row, alternatives: Sequence[Row], *, proposed: Iterable[tuple[str, str]] = ()
) -> Doubt:
    """Return what a row could turn out to be.

    Parameters
    ----------
    asked
        Its study.
    row
        A row of ``reconciled``.
    alternatives
        Its rows of ``alternatives``.
    proposed
        Field and value that people wrote for it and that do not hold (they disagree, or their line is stale): each
        is as likely as the value that stands.
    """
    if not asked.included:
        return Doubt(asked.study_id)  # whatever its rows are, they enter no pool
    siblings = asked.of_record[row["record_id"]]
    found: list[Scenario] = []
    told = [
        (field, value, made)
        for field, value in proposed
        if row.get(field) != value and (made := altered(row, field, value, siblings)) is not None
    ]
    left = 1.0 / (1 + len(told))
    for field, value, made in told:
        found += _scenario(asked, row, made, left, in_words(row, field, value))
    turned = outcomes(row, alternatives, siblings)
    if turned is not None:
        found += _turned(asked, row, turned, left)
    return Doubt(asked.study_id, tuple(found))


def _turned(asked: Asked, row: Row, turned: Outcomes, left: float) -> list[Scenario]:
    found: list[Scenario] = []
    for made, share in zip(turned.rows[1:], turned.shares[1:], strict=True):
        field = next((name for name in TOLD if made[name] != row[name]), "")
        words = in_words(row, field, made[field]) if field else "if it is otherwise"
        found += _scenario(asked, row, made, left * share, words)
    fed = asked.feeds.get(row["measurement_id"], set())
    lost = left * max(0.0, 1.0 - sum(turned.shares))
    if fed and lost > 0:
        found.append(Scenario(lost, LOST_WORDS, dict.fromkeys(sorted(fed), ())))
    return found


TOLD = ("arm", "comparator_arm", "weeks", "spread", "n", "value", "spread_value", "outcome", "instrument")
"""Fields in which an alternative can differ, as they are told; one that is not among them is told as otherwise."""


def _scenario(asked: Asked, row: Row, made: Row, share: float, words: str) -> list[Scenario]:
    """Return what the study gives to the pools that the row feeds, and to those it would bring the study into."""
    analyses = asked.feeds.get(row["measurement_id"], set()) | _entered(asked, row, made)
    if not analyses or share <= 0:
        return []
    changed = {row["measurement_id"]: made}
    return [Scenario(share, words, asked.pieces(changed, (), sorted(analyses)))]


def _entered(asked: Asked, row: Row, made: Row) -> set[str]:
    """Return the analyses without an effect of the study that a row may enter when it is otherwise.

    It stands behind a candidate that was refused, or only its new time, arm or outcome makes it fit.
    """
    found = set(asked.could_feed.get(row["measurement_id"], ()))
    moved = any(made[name] != row[name] for name in _MOVES)
    if not moved or not truth(row["preferred"]):
        return found
    config = asked.review.config
    for analysis in map(config.analysis, asked.lacking):
        window = config.window(analysis.window) if analysis.window is not None else None
        outcome = config.outcome(analysis.outcome)
        baseline = analysis.contrast == "before_after" and made["phase"] == "baseline"
        if belongs(made, outcome) and (baseline or in_window(made, window)):
            found.add(analysis.id)
    return found


_MOVES = ("weeks", "phase", "arm", "comparator_arm", "construct", "instrument")


def in_words(row: Row, field: str, value: str) -> str:
    """Say what it would mean that a field of a row is otherwise: ``if 0.45 is an SE``."""
    shown = visible(value)
    if field == "spread":
        names = {"sd": "an SD", "se": "an SE", "ci": "a confidence interval", "iqr": "an interquartile range"}
        return f"if {row['spread_value'] or 'the spread'} is {names.get(value, shown or 'something else')}"
    if field == "weeks" and number(value) is not None:
        return f"if it belongs to {readable_time(float(value))}"
    if field in ("arm", "comparator_arm"):
        return f"if it {'is of' if field == 'arm' else 'is set against'} {shown or 'another arm'}"
    name = field.replace("_", " ")
    return f"if {name} is {shown}" if value else f"if {name} is not known"


def in_conflict(
    asked: Asked, conflicts: Sequence[Row], alternatives: Mapping[str, Sequence[Row]]
) -> Doubt | None:
    """Return what is open where places disagree about one result; ``None`` where the conflicts are settled.

    Each place holds with a probability in proportion to its confidence. The chosen row's own doubts stay, as likely as
    it is that its place holds. Where none was chosen because the reader cannot tell them apart, nothing stands now.

    Parameters
    ----------
    asked
        The study.
    conflicts
        Its conflicts about one result.
    alternatives
        Rows of ``alternatives`` by measurement.
    """
    rows = asked.review.by_id
    listed = {name for one in conflicts for name in one["measurement_ids"].split(";")}
    places = [rows[name] for name in sorted(listed) if name in rows]
    standing = [
        r
        for r in places
        if r["state"] != "rejected" and not any(f.startswith(RULED_OUT) for f in flags_of(r))
    ]
    chosen = next((rows[c["chosen"]] for c in conflicts if c["chosen"] in rows), None)
    if any(by_person(row["state"]) for row in ([chosen] if chosen is not None else places)):
        return None
    others = [r for r in standing if r is not chosen and (chosen is None or AMBIGUOUS not in flags_of(r))]
    if not others:
        return None
    shares = _shares([*others, chosen] if chosen is not None else others)
    found: list[Scenario] = []
    for row in others:
        ids = {r["measurement_id"] for r in places}
        fed = {name for one in ids for name in asked.feeds.get(one, ())}
        could = {name for one in ids for name in asked.could_feed.get(one, ())}
        changed = {
            r["measurement_id"]: without_flags({**r, "preferred": "true" if r is row else "false"}, AMBIGUOUS)
            for r in places
        }
        share = shares[row["measurement_id"]]
        words = f"if {values_of(row)} holds ({row['source']})"
        found.append(Scenario(share, words, asked.pieces(changed, (), sorted(fed | could))))
    if chosen is not None:
        name = chosen["measurement_id"]
        own = in_doubt(asked, chosen, alternatives.get(name, ()))
        found += [Scenario(s.probability * shares[name], s.words, s.pieces) for s in own.scenarios]
    return Doubt(asked.study_id, tuple(found))


def is_between_places(conflict: Row) -> bool:
    """Tell whether a conflict is about one result that several places print differently."""
    return conflict["kind"] in CONFLICT_KINDS and bool(conflict["result_id"])


def _shares(rows: Sequence[Row]) -> dict[str, float]:
    sure = {row["measurement_id"]: max(0.01, number(row["confidence"]) or 0.0) for row in rows}
    total = sum(sure.values())
    return {name: value / total for name, value in sure.items()}


def in_check(asked: Asked, row: Row, alternatives: Sequence[Row]) -> Doubt:
    """Return what is open about a row that a check doubts.

    An SD that may be an SE is one or the other with the same probability; the study's other rows in that doubt turn
    out likewise. Of a row whose values are impossible nothing else is known: its study would enter with its people.
    """
    name = row["measurement_id"]
    could = asked.could_feed.get(name, set())
    if not truth(row["preferred"]) or not could:
        return in_doubt(asked, row, alternatives)
    if any(flag.startswith(RULED_OUT) for flag in flags_of(row)):
        people = people_of(asked)
        words = "if the right values are found"
        return Doubt(asked.study_id, (), dict.fromkeys(sorted(could), people), 1.0, words)
    suspected = [r for r in asked.review.measurements if MAY_BE_SE in flags_of(r)]
    found = []
    for spread in ("sd", "se"):
        changed = {r["measurement_id"]: {**without_flags(r, MAY_BE_SE), "spread": spread} for r in suspected}
        words = in_words(row, "spread", spread)
        found.append(Scenario(0.5, words, asked.pieces(changed, (), sorted(could))))
    return Doubt(asked.study_id, tuple(found))


def in_figure(asked: Asked, material: Material, caption: str) -> Doubt:
    """Return what a figure that nobody could read may bring: the study, in analyses that lack a value of it.

    Only analyses count whose conditions, designs and arms fit the study and whose outcome the caption names. A study
    that is not included brings nothing.
    """
    named, config = material.constructs_named(caption), asked.review.config
    fitting = []
    for analysis in map(config.analysis, asked.lacking):
        outcome = config.outcome(analysis.outcome)
        first, second = sides(analysis, asked.review.arms, asked.review.studies[0])
        arms = bool(first) and (analysis.comparator is None or bool(second))
        if arms and named & set(outcome.constructs):
            fitting.append(analysis.id)
    words = "if the figure shows it"
    return Doubt(
        asked.study_id,
        (),
        dict.fromkeys(fitting, people_of(asked)),
        FIGURE_HOLDS_RESULT if fitting else 1.0,
        words,
    )


def people_of(asked: Asked) -> int:
    """Return the people of a study: randomised, else those of its arms; 0 where unknown."""
    told = asked.review.studies[0]["n_randomised"] if asked.review.studies else ""
    if told:
        return int(told)
    sizes = [arm["n_analysed"] or arm["n_randomised"] for arm in asked.review.arms]
    return sum(int(size) for size in sizes if size)
