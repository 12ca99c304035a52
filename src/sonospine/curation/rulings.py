"""What an adjudicator can decide about a disagreement, and the lines that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sonospine.corrections.actions import REJECT, SETTABLE
from sonospine.curation.comparison import KEPT, Disagreement, Said
from sonospine.curation.kinds import CORRECTIONS, check_line
from sonospine.curation.lines import Hand, adjudicate
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.votes import THIRD_PERSON

if TYPE_CHECKING:
    from sonospine.vocabulary import Vocabulary

MACHINE, OTHER, OUT = "machine", "other", "out"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to decide: its name in a form, whose it is in words, and the value."""

    name: str
    whose: str
    value: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What an adjudicator chose; ``value``, ``locator`` and ``quote`` count where it is ``other``."""

    choice: str
    reason: str
    value: str = ""
    locator: str = ""
    quote: str = ""


def choices_of(disagreement: Disagreement) -> list[Choice]:
    """Return the ways to decide: what each curator says, the machine's, and (but for whole rows) another value.

    Whoever says the same shares one choice.
    """
    found = [
        Choice(f"curator:{one.curator}", one.curator, one.value)
        for one in disagreement.said
        if disagreement.field != REJECT or one.value in (KEPT, REJECT)
    ]
    if disagreement.field == REJECT:
        if not any(one.value == REJECT for one in found):
            found.append(Choice(OUT, "nobody says so: the row is left out", REJECT))
        return found
    if disagreement.machine is not None:
        found.append(Choice(MACHINE, "the machine", disagreement.machine))
    together: dict[str, Choice] = {}
    for one in found:
        held = together.get(one.value)
        together[one.value] = replace(held, whose=f"{held.whose}; {one.whose}") if held else one
    return [*together.values(), Choice(OTHER, "another value", "")]


def ruling_lines(
    hand: Hand, disagreement: Disagreement, decision: Decision, vocabulary: Vocabulary
) -> list[Row]:
    """Return the lines by which an adjudicator decides.

    Raises
    ------
    InputError
        The adjudicator voted on that thing, no reason is given, there is no such choice, or the value does not fit.
    """
    if hand.curator in disagreement.voters:
        raise InputError(
            THIRD_PERSON, field="curator", found=hand.curator,
            allowed=f"anybody but {', '.join(disagreement.voters)}",
        )  # fmt: skip
    if not decision.reason.strip():
        raise InputError("a decision needs its reason", field="reason", found="", allowed="a few words")
    names = [choice.name for choice in choices_of(disagreement)]
    if disagreement.field != REJECT:
        names += [f"curator:{one.curator}" for one in disagreement.said]
        names += [MACHINE] if disagreement.machine is not None else []
    if decision.choice not in names:
        raise InputError(
            "no such choice", field="choice", found=decision.choice, allowed=", ".join(dict.fromkeys(names))
        )
    if disagreement.kind != CORRECTIONS:
        return [_on_vote(hand, disagreement, decision, vocabulary)]
    if disagreement.field == REJECT:
        return _on_row(hand, disagreement, decision)
    return _on_field(hand, disagreement, decision)


def _on_row(hand: Hand, disagreement: Disagreement, decision: Decision) -> list[Row]:
    chosen = _said(disagreement, decision.choice)
    if chosen is not None and chosen.value == KEPT:
        return [_line(hand, disagreement, decision, line) for line in chosen.lines]
    referred = chosen.line if chosen is not None else disagreement.said[0].line
    return [_line(hand, disagreement, decision, referred, field=REJECT)]


def _on_field(hand: Hand, disagreement: Disagreement, decision: Decision) -> list[Row]:
    field, machine = disagreement.field, disagreement.machine or ""
    chosen = _said(disagreement, decision.choice)
    if decision.choice == OTHER:
        column = SETTABLE[disagreement.target_type][0].column(field)
        value = decision.value.strip()
        if not value or not column.permits(value):
            raise InputError(
                f"the value does not fit {field}", field=field, found=value, allowed=column.allowance()
            )
        return [
            _line(
                hand, disagreement, decision, disagreement.said[0].line, field=field, new_value=value,
                new_locator=decision.locator.strip(), new_quote=decision.quote,
            )
        ]  # fmt: skip
    if chosen is not None and _sets(chosen.line, field):
        line = chosen.line
        return [
            _line(
                hand, disagreement, decision, line, field=field, new_value=chosen.value,
                new_locator=line["new_locator"], new_quote=line["new_quote"],
            )
        ]  # fmt: skip
    referred = next((o.line for o in disagreement.said if not _sets(o.line, field)), None)
    if referred is not None:
        return [_line(hand, disagreement, decision, referred, field=field)]
    if machine:
        return [
            _line(hand, disagreement, decision, disagreement.said[0].line, field=field, new_value=machine)
        ]
    # All set it and the machine reads nothing: a decision on a decision, with the field and no value, is the machine's.
    first = _line(hand, disagreement, decision, disagreement.said[0].line, field=field)
    return [first, _line(hand, disagreement, decision, first, field=field)]


def _on_vote(hand: Hand, disagreement: Disagreement, decision: Decision, vocabulary: Vocabulary) -> Row:
    chosen = _said(disagreement, decision.choice)
    value = disagreement.machine or "" if decision.choice == MACHINE else decision.value.strip()
    referred = disagreement.said[0].line
    place = {"new_locator": decision.locator.strip(), "new_quote": decision.quote}
    if chosen is not None:
        referred, value = chosen.line, chosen.value
        place = {name: referred[name] for name in place}
    made = _line(hand, disagreement, decision, referred, field=disagreement.field, new_value=value, **place)
    check_line(disagreement.kind, {**made, "action": "set"}, vocabulary)
    return made


def _line(
    hand: Hand,
    disagreement: Disagreement,
    decision: Decision,
    referred: Row,
    *,
    field: str = "",
    new_value: str = "",
    new_locator: str = "",
    new_quote: str = "",
) -> Row:
    return adjudicate(
        hand, referred["action_id"], field=field, new_value=new_value, new_locator=new_locator,
        new_quote=new_quote, reason=decision.reason, target_type=disagreement.target_type,
        target_id=disagreement.target_id,
    )  # fmt: skip


def _sets(line: Row, field: str) -> bool:
    return line["action"] == "set" and line["field"] == field


def _said(disagreement: Disagreement, choice: str) -> Said | None:
    named: Sequence[Said] = [s for s in disagreement.said if f"curator:{s.curator}" == choice]
    return named[0] if named else None
