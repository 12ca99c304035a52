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

    A curator sees the own ones only; an adjudicator sees everybody's and has none.
    """

    mine: Mapping[Target, Row]
    seen: Mapping[Target, Sequence[Row]]
    counted: Count

    def of(self, target: Target) -> Row:
        """Return one's own vote on a target; a row of empty cells where there is none."""
        return self.mine.get(target, _NONE)


class _Nothing(dict[str, str]):
    """A row whose every cell is empty."""

    def __missing__(self, key: str) -> str:
        return ""


_NONE: Row = _Nothing()


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
    seen = {
        target: [row for _, row in sorted(poll.votes.items())] + ([poll.verdict] if poll.verdict else [])
        for target, poll in counted.polls.items()
    }
    return Ballot(mine, seen, counted)


def vote_line(
    site: Site,
    request: Request,
    kind: str,
    target: Target,
    given: Given,
    before: Row,
    *,
    machine: str = "",
    record_id: str = "",
) -> Row | None:
    """Return the line of a vote; ``None`` where it says what one's own vote before said.

    Parameters
    ----------
    target
        Type, id and field.
    before
        One's own vote that stands (``Ballot.of``).
    machine
        What the machine has there.
    record_id
        The record in which the quote is looked for.

    Raises
    ------
    InputError
        The value does not fit, or the quote does not stand in the record.
    """
    was = Given(before["new_value"], before["reason"], before["new_locator"], before["new_quote"].strip())
    if given == was or not given.value:
        if not given.value and (given.reason or given.quote or given.locator) and given != was:
            raise InputError("a reason or a quote without a judgement", field=target[2], found="")
        return None
    locator, quoted = given.locator, given.quote
    tables = site.desk.tables
    if (locator, quoted) == (was.locator, was.quote):
        record_id = before["record_id"] or record_id
        quoted = before["new_quote"]
    elif locator or quoted:
        found = checked(tables.parsed(record_id) if record_id else None, locator, quoted)
        locator, quoted = found.locator, found.quote
    sha256 = tables.record[record_id]["sha256"] if record_id in tables.record else ""
    shown = Shown(target[0], target[1], {target[2]: machine}, "", record_id, "", "", sha256)
    made = lines.set_field(
        site.hand(request), shown, target[2], given.value,
        new_locator=locator, new_quote=quoted, reason=given.reason,
    )  # fmt: skip
    check_line(kind, made, tables.vocabulary)
    return made


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
