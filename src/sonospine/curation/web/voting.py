"""What the pages of decisions and judgements share: one's own votes, whose are shown, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation import lines
from sonospine.curation.kinds import VOTED, check_line, lines_of, target_of
from sonospine.curation.lines import Shown
from sonospine.curation.web.placing import checked
from sonospine.curation.web.saving import posted, refuse_adjudicators
from sonospine.curation.web.sessions import ADJUDICATOR
from sonospine.curation.web.signing_in import own_path
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, without_breaks
from sonospine.model.votes import Count, Target, count

if TYPE_CHECKING:
    from sonospine.curation.web.site import Site


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes on the targets of a kind: one's own, and all that the session may see.

    A curator sees the own ones only; an adjudicator sees everybody's and has none. ``lines`` are the own lines by id.
    """

    mine: Mapping[Target, Row]
    lines: Mapping[str, Row]
    seen: Mapping[Target, Sequence[Row]]
    counted: Count

    def of(self, target: Target) -> Row:
        """Return one's own vote on a target; a row of empty cells where there is none."""
        return self.mine.get(target, _NONE)

    def shown(self, form: Mapping[str, str], name: str) -> Row:
        """Return one's own vote as the page that a form comes from showed it: its input is ``name.saw``."""
        return self.lines.get(form.get(name + SAW, ""), _NONE)

    def saw(self, target: Target, form: Mapping[str, str] | None, name: str) -> str:
        """Return what a field carries as ``name.saw``: the id of one's own vote.

        Where a form was refused (``form``), a field that was not touched in it goes on saying what it showed, so that
        its value is not taken for a vote the next time.
        """
        shown = self.shown(form, name) if form is not None else _NONE
        untouched = form is not None and Given.of(form, name) == _stands(shown)
        return (shown if untouched else self.of(target))["action_id"]


class _Nothing(dict[str, str]):
    """A row whose every cell is empty."""

    def __missing__(self, key: str) -> str:
        return ""


_NONE: Row = _Nothing()
SAW = ".saw"


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says about one field: the value, why, and the words that support it with their place."""

    value: str
    reason: str = ""
    locator: str = ""
    quote: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str], name: str) -> Given:
        """Return what a form says; its inputs are ``name``, ``name.reason``, ``name.at`` and ``name.quote``."""
        value, reason, locator = (
            " ".join(form.get(name + part, "").split()) for part in ("", ".reason", ".at")
        )
        # A quote is looked for as it stands: only the line ends of a text box are taken out.
        return cls(
            value, reason, locator, without_breaks(form.get(name + ".quote", "").replace("\r", "")).strip()
        )


def ballot_of(site: Site, request: Request, kind: str) -> Ballot:
    """Return the votes of a kind as the session may see them.

    Raises
    ------
    InputError
        A line of the log is malformed.
    """
    session = site.session(request)
    everybody = session.role == ADJUDICATOR
    rows = lines_of(site.desk.logbook, kind, site.desk.tables.vocabulary)
    if not everybody:
        rows = [row for row in rows if row["curator"] == session.name]
    counted = count(rows, target_of)
    mine = {} if everybody else {
        target: poll.votes[session.name] for target, poll in counted.polls.items() if session.name in poll.votes
    }  # fmt: skip
    own = {} if everybody else {row["action_id"]: row for row in rows}
    seen = {
        target: [row for _, row in sorted(poll.votes.items())] + ([poll.verdict] if poll.verdict else [])
        for target, poll in counted.polls.items()
    }
    return Ballot(mine, own, seen, counted)


def vote_line(
    site: Site,
    request: Request,
    kind: str,
    target: Target,
    given: Given,
    ballot: Ballot,
    shown: Row,
    *,
    machine: str = "",
    record_id: str = "",
) -> Row | None:
    """Return the line of a vote; ``None`` where the form says what it showed.

    Parameters
    ----------
    target
        Type, id and field.
    ballot, shown
        One's own votes as they stand, and the one that the form showed (``Ballot.shown``).
    machine
        What the machine has there.
    record_id
        The record in which the quote is looked for.

    Raises
    ------
    InputError
        The value does not fit, the quote does not stand in the record, or one's vote changed since it was shown.
    """
    was, before = _stands(shown), ballot.of(target)
    if given == was:
        return None
    if shown["action_id"] != before["action_id"]:
        raise InputError(
            "you said otherwise in another window since this page showed it: look, and say it again",
            field=target[2],
            found=before["new_value"] or "taken back",
        )
    if not given.value and was.value:
        raise InputError(
            "what you said is taken back with the button below it", field=target[2], found=was.value
        )
    if not given.value:
        raise InputError("a reason or a quote without a judgement", field=target[2], found="")
    locator, quoted = given.locator, given.quote
    tables = site.desk.tables
    if (locator, quoted) == (was.locator, was.quote):
        record_id = before["record_id"] or record_id
        quoted = before["new_quote"]
    elif locator or quoted:
        found = checked(tables.parsed(record_id) if record_id else None, locator, quoted)
        locator, quoted = found.locator, found.quote
    sha256 = tables.record[record_id]["sha256"] if record_id in tables.record else ""
    about = Shown(target[0], target[1], {target[2]: machine}, "", record_id, "", "", sha256)
    made = lines.set_field(
        site.hand(request), about, target[2], given.value,
        new_locator=locator, new_quote=quoted, reason=given.reason,
    )  # fmt: skip
    check_line(kind, made, tables.vocabulary)
    return made


def _stands(vote: Row) -> Given:
    return Given(vote["new_value"], vote["reason"], vote["new_locator"], vote["new_quote"].strip())


def save_votes(site: Site, request: Request, kind: str, made: Sequence[Row | None], words: str) -> None:
    """Write the lines that are any, and have the next page say so.

    Raises
    ------
    InputError
        An adjudicator votes on nothing; or the lines could not be written.
    """
    refuse_adjudicators(site, request)
    rows = [row for row in made if row is not None]
    if rows:
        site.desk.save(kind, site.session(request).name, rows)
        site.tell(request, words)
    else:
        site.tell(request, "Nothing was changed, so nothing was saved.")


def routes(site: Site) -> Sequence[Route]:
    """Return where one's own votes are taken back."""

    def undo(request: Request, form: Mapping[str, str]) -> Response:
        kind, action_id = request.path_params["kind"], form.get("action", "")
        if kind not in VOTED:
            raise HTTPException(404, f"There is no kind {kind}.")
        name = site.session(request).name
        rows = lines_of(site.desk.logbook, kind, site.desk.tables.vocabulary)
        if not any(row["action_id"] == action_id and row["curator"] == name for row in rows):
            raise InputError("only a line of your own can be taken back", field="action_id", found=action_id)
        site.desk.save(kind, name, [lines.undo(site.hand(request), action_id, form.get("reason", ""))])
        site.tell(request, "Taken back.")
        return site.moved(request, own_path(form.get("back", "")) or "/")

    return [Route("/votes/{kind}/undo", posted(undo), methods=["POST"])]


def quoted_path(*parts: str) -> str:
    """Return a path of parts that may hold any character."""
    return "".join("/" + quote(part, safe="") for part in parts)


Answer = Callable[[Request, Mapping[str, str]], Response]
