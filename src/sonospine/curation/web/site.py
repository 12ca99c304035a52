"""What every page shares: the person, the view, the queue, the templates, and how an answer is made."""

from __future__ import annotations

import contextlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sonospine.curation.desk import EVERYBODY, Desk
from sonospine.curation.lines import Hand, hand_of
from sonospine.curation.web.pool_line import PoolLine, shift_lines
from sonospine.curation.web.queues import Queues
from sonospine.curation.web.sessions import ADJUDICATOR, Session, Sessions
from sonospine.evidence.described import subject_of, time_of, values_of
from sonospine.evidence.environment import environment_for
from sonospine.evidence.flags import flags_in_words
from sonospine.figures.wording import in_words, list_in_words, sentence
from sonospine.model.demonstration import BANNER, is_demonstration
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.written_order import UNTIMED, moment

if TYPE_CHECKING:
    from sonospine.curation.desk import Saved
    from sonospine.curation.queue import Entry, Queue
    from sonospine.curation.tables import Tables
    from sonospine.curation.view import View

SAID = "said"
"""Part of an address that names what a post did."""
MOST_NOTICES = 20
NAVIGATION = (
    ("/", "Queue"),
    ("/stale", "Asked again"),
    ("/history", "What I did"),
    ("/screening", "Screening"),
    ("/risk-of-bias", "Risk of bias"),
    ("/grade", "GRADE"),
    ("/disagreements", "Disagreements"),
    ("/keys", "Keys"),
)


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the environment of the pages: everything escaped, hidden characters made visible."""
    return environment_for(PackageLoader("sonospine.curation"))


ANSWERED = 0.3
"""Seconds after which an action and the page it leads to have been answered: what can wait begins then."""


@dataclass(slots=True)
class Memory:
    """What the server remembers of a session until it ends: what was saved, and the way through the queue.

    What was saved is kept until the page that the post led to asks for it: other windows have another name for theirs.
    """

    notices: dict[str, Notice] = field(default_factory=dict)
    walks: dict[str, Sequence[Entry]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """What an action did: words, the actions that undo takes back, and the analyses that moved."""

    words: str
    action_ids: tuple[str, ...] = ()
    saved: Saved | None = None


@dataclass
class Site:
    """The pages' common ground.

    Attributes
    ----------
    desk
        Tables, log and views; another one once the tables were read again.
    sessions
        Who is at the pages.
    suggested
        The name that stands in the sign-in form.
    reread
        Reads the tables of the review again.
    navigation
        The pages that the head of every page leads to.
    """

    desk: Desk
    sessions: Sessions
    suggested: str = ""
    reread: Callable[[], Tables] | None = None
    navigation: list[tuple[str, str]] = field(default_factory=lambda: list(NAVIGATION))
    _memories: dict[str, Memory] = field(default_factory=dict)
    _renewing: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.queues = Queues(self.desk.tables)

    def prepare(self) -> None:
        """Work out once what the first page would otherwise wait for."""
        for viewer in dict.fromkeys((EVERYBODY, self.suggested)):  # nobody suggested is everybody's name
            self.queues.of(self.desk.view(viewer))
        for name in templates().list_templates():
            templates().get_template(name)

    def look_ahead(self, viewer: str) -> None:
        """Work the queue of a viewer out once the answer is sent, so that the page that shows it next need not wait."""
        desk, queues = self.desk, self.queues
        timer = Timer(ANSWERED, lambda: queues.of(desk.view(viewer)))
        timer.daemon = True
        timer.start()

    @property
    def outdated(self) -> bool:
        """Whether the review was run again since the pages read its tables."""
        return self.reread is not None and self.desk.tables.outdated

    def renew(self) -> None:
        """Read the tables of the review again, where they changed; until that is done the pages show the former ones.

        Raises
        ------
        InputError
            They are not whole (a run is under way), or a line does not fit them: the former ones stay.
        """
        with self._renewing:
            if self.reread is None or not self.outdated:
                return
            desk = Desk(self.reread(), self.desk.logbook)
            queues = Queues(desk.tables)
            queues.of(desk.view(EVERYBODY))
            self.desk, self.queues = desk, queues
            for name in [n for n, made in vars(type(self)).items() if isinstance(made, cached_property)]:
                vars(self).pop(name, None)
            for memory in list(self._memories.values()):
                memory.walks.clear()

    def session(self, request: Request) -> Session:
        """Return the session of a request; the gate lets none through that has not signed in."""
        session = self.sessions.of(request.cookies)
        if session is None or not session.name:
            raise HTTPException(403, "nobody has signed in")
        return session

    def viewer(self, request: Request) -> str:
        """Return whose lines count on the pages of this session: one's own, or everybody's for an adjudicator."""
        session = self.session(request)
        return EVERYBODY if session.role == ADJUDICATOR else session.name

    def hand(self, request: Request, after: Iterable[Row] = ()) -> Hand:
        """Return who writes the lines of this session; they are no older than the lines that they decide on."""
        moments = (moment(row["time"]) for row in after)
        return hand_of(self.session(request).name, max(filter(None, moments), default=UNTIMED))

    def memory(self, request: Request) -> Memory:
        """Return what is remembered of this session."""
        return self._memories.setdefault(self.session(request).id, Memory())

    def forget(self, request: Request) -> None:
        """Forget what is remembered of this session."""
        self._memories.pop(self.session(request).id, None)

    def view(self, request: Request) -> View:
        """Take in what was appended since, and return the view of the session.

        Where a line that another program wrote is malformed, the pages go on with what was read before; the fault
        stands at the top of the page.
        """
        with contextlib.suppress(InputError):
            self.desk.refresh()
        if self.desk.fault is not None:
            request.state.fault = self.desk.fault.line()
        return self.desk.view(self.viewer(request))

    def queue(self, request: Request) -> Queue:
        """Return the queue over the session's view."""
        return self.queues.of(self.view(request))

    def save(self, request: Request, kind: str, lines: list[Row], words: str) -> Saved:
        """Append lines and remember what they did for the next page of the session."""
        saved = self.desk.save(kind, self.session(request).name, lines)
        ids = tuple(line["action_id"] for line in lines if line["action"] != "undo")
        self.note(request, Notice(words, ids, saved))
        self.look_ahead(self.viewer(request))
        return saved

    def note(self, request: Request, notice: Notice) -> None:
        """Have the page that this post leads to (``moved``), and no other window, say what was done."""
        notices = self.memory(request).notices
        request.state.said = secrets.token_hex(4)
        notices[request.state.said] = notice
        while len(notices) > MOST_NOTICES:
            del notices[next(iter(notices))]

    def tell(self, request: Request, words: str) -> None:
        """Have the page that this post leads to say something."""
        self.note(request, Notice(words))

    def told(self, request: Request) -> Notice | None:
        """Return, once, what the post that led to this page did."""
        return self.memory(request).notices.pop(request.query_params.get(SAID, ""), None)

    def moves(self, notice: Notice | None) -> list[PoolLine]:
        """Return the pools that an action moved, to draw."""
        saved = notice.saved if notice is not None else None
        return shift_lines(self.desk.tables.config, saved.shifts) if saved is not None else []

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page: the values given, and what every page needs (who, token, faults, words)."""
        session = self.sessions.of(request.cookies)
        shared = {
            "config": self.desk.tables.config,
            "session": session,
            "token": self.sessions.token(session) if session else "",
            "fault": getattr(request.state, "fault", ""),
            "outdated": bool(session and session.name) and self.outdated,
            "banner": BANNER if self.demonstration else "",
            "navigation": self.navigation if session and session.name else [],
            "here": request.url.path,
            "subject": subject_of,
            "values": values_of,
            "time": time_of,
            "warnings": flags_in_words,
            "words": list_in_words,
            "word": in_words,
            "sentence": sentence,
            "address": address,
        }
        response = HTMLResponse(templates().get_template(template).render(**{**shared, **values}), status)
        if request.method == "GET" and _from_elsewhere(request):
            # What was posted led to another page: the address bar follows.
            query = {name: value for name, value in request.query_params.items() if name != SAID}
            response.headers["HX-Push-Url"] = address(request.url.path, query)
        return response

    def records_of(self, study_id: str) -> list[str]:
        """Return the ids of a study's records; none for a study that does not exist."""
        return [row["record_id"] for row in self.desk.tables.records_of.get(study_id, ())]

    def study_label(self, study_id: str) -> str:
        """Return the label of a study, its id where it has none."""
        return self._labels.get(study_id) or study_id

    def title_of(self, analysis_id: str) -> str:
        """Return the title of an analysis of the configuration."""
        return self._titles.get(analysis_id, analysis_id)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {row["study_id"]: row["label"] for row in self.desk.tables.studies}

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {analysis.id: analysis.title for analysis in self.desk.tables.config.analyses}

    @cached_property
    def studies_with_numbers(self) -> dict[str, str]:
        """Labels of the studies in which the machine read anything, by id."""
        tables = self.desk.tables
        study_of = {row["record_id"]: row["study_id"] for row in tables.records}
        ids = {study_of.get(row["record_id"], "") for row in (*tables.measurements, *tables.unread)} - {""}
        return {study_id: self.study_label(study_id) for study_id in ids}

    @cached_property
    def instruments(self) -> list[str]:
        """Instruments that the machine named, sorted."""
        return sorted({row["instrument"] for row in self.desk.tables.measurements} - {""})

    @cached_property
    def alternatives(self) -> dict[str, list[Row]]:
        """What else each row could be, by its id."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.desk.tables.alternatives:
            found[row["measurement_id"]].append(row)
        return dict(found)

    @cached_property
    def demonstration(self) -> bool:
        """Whether any record is a condensed one."""
        return is_demonstration(row["record_id"] for row in self.desk.tables.records)

    def moved(self, request: Request, where: str) -> Response:
        """Answer a post: the browser is to get that page, which tells what the post did."""
        said = getattr(request.state, "said", "")
        path, mark, fragment = where.partition("#")
        if said:
            path += ("&" if "?" in path else "?") + urlencode({SAID: said})
        return RedirectResponse(path + mark + fragment, 303)


def address(path: str, query: Mapping[str, str] | None = None, **more: str) -> str:
    """Return a path with the parts of a query that are not empty."""
    parts = {name: value for name, value in {**(query or {}), **more}.items() if value}
    return f"{path}?{urlencode(parts)}" if parts else path


def _from_elsewhere(request: Request) -> bool:
    """Tell whether the script asks for this page from another one."""
    asking = request.headers.get("hx-current-url", "")
    return bool(asking) and urlsplit(asking).path != request.url.path
