"""Pages of a search of ClinicalTrials.gov: all of them, by their tokens, with the total checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sonospine.sources.ctgov import entry_id
from sonospine.sources.fetching.answers import Faulty, FetchError, Refused, checked_json
from sonospine.sources.fetching.polite import Polite
from sonospine.sources.fetching.progress import Progress
from sonospine.sources.raw import Unreadable
from sonospine.sources.snapshots.workspace import Workspace

SERVICE = "ClinicalTrials.gov"
Fields = Sequence[tuple[str, str]]
_HTTP_BAD_REQUEST = 400
# So many answers must list the same studies before a page that should hold more is believed.
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Pages:
    """All pages of a search: the total that the service reports, and the numbers of studies in each file."""

    total: int
    files: dict[str, tuple[str, ...]]

    def ids(self) -> tuple[str, ...]:
        """Return the number of each study once, in the order of the pages."""
        return tuple(dict.fromkeys(nct for ids in self.files.values() for nct in ids))


@dataclass(frozen=True, slots=True)
class _Page:
    ids: tuple[str, ...]
    token: str
    total: int | None


@dataclass(frozen=True, slots=True)
class _PageCheck:
    """The check of a page: it raises Faulty for one that lacks studies, unless the same ones come again and again.

    ``expected`` is how many studies a page has that is not the last; ``remaining`` how many the last must have (none:
    as many as it reports itself).
    """

    expected: int
    remaining: int | None
    short: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, content: bytes) -> _Page:
        page = _read(content)
        if self.remaining is None and page.total is None:
            raise Faulty("a first page without the total")
        left = page.total if self.remaining is None else self.remaining
        wanted = self.expected if page.token else left
        if len(page.ids) != wanted:
            self.short.append(page.ids)
            if self.short.count(page.ids) < _PATIENCE:
                raise Faulty(f"a page of {len(page.ids)} studies in place of {wanted}")
        return page


class _TokenRefused(Exception):  # noqa: N818 - inside this module only
    pass


def fetch_pages(
    client: Polite,
    workspace: Workspace,
    fields: Fields,
    *,
    prefix: str,
    size: int,
    what: str,
    warn: Callable[[str], None],
    progress: Progress,
) -> Pages:
    """Fetch all pages of a search; those that are kept already are not asked for again.

    Each page is kept as it came, as ``<prefix>0001.json.gz`` and so on; the token of the next one stands in it.

    Parameters
    ----------
    client, workspace
        Who is asked, and where the pages are kept.
    fields
        Names and values of the search.
    prefix
        Beginning of the files' names.
    size
        Studies a page.
    what
        What is asked for, in words.
    warn
        Takes what a reader of the manifest should know.
    progress
        Told how many studies have come.

    Raises
    ------
    FetchError
        No good answer came; or the service no longer takes the token of a page, or the pages do not hold as many
        different studies as it reports, and asking for all of them anew did not help.
    """
    for last in (False, True):
        try:
            pages = _all_pages(client, workspace, fields, prefix, size, what, progress)
        except _TokenRefused as refusal:
            reason = str(refusal)
            if not last:
                warn(f"{what}: {reason}; all pages were asked for anew")
        else:
            if len(pages.ids()) == pages.total:
                return pages
            reason = f"{pages.total} studies are reported, {len(pages.ids())} different ones came"
        _drop(workspace, prefix)
    raise FetchError(f"{what}: {reason}, also after all pages were asked for anew")


def _all_pages(
    client: Polite,
    workspace: Workspace,
    fields: Fields,
    prefix: str,
    size: int,
    what: str,
    progress: Progress,
) -> Pages:
    files: dict[str, tuple[str, ...]] = {}
    total = 0
    token = ""
    came = 0
    while True:
        number = len(files) + 1
        name = f"{prefix}{number:04d}.json.gz"
        if workspace.holds(name):
            page = _read(workspace.read(name))
        else:
            remaining = total - came if files else None
            content, page = _ask(
                client, fields, size, token, _PageCheck(size, remaining), f"{what}, page {number}"
            )
            workspace.keep(name, content)
        if page.total is not None and not files:
            total = page.total
        files[name] = page.ids
        came += len(page.ids)
        progress(came, total)
        token = page.token
        if not token:
            return Pages(total, files)


def _ask(
    client: Polite, fields: Fields, size: int, token: str, check: _PageCheck, what: str
) -> tuple[bytes, _Page]:
    paging = [("pageSize", str(size)), ("pageToken", token) if token else ("countTotal", "true")]
    try:
        return client.ask("studies", [*fields, *paging], check, what=what, post=False)
    except Refused as refusal:
        if token and refusal.status == _HTTP_BAD_REQUEST:
            raise _TokenRefused("the service no longer takes the token of a page") from None
        raise


def _read(content: bytes) -> _Page:
    data = checked_json(content)
    studies, token, total = data.get("studies"), data.get("nextPageToken") or "", data.get("totalCount")
    if not isinstance(studies, list) or not isinstance(token, str):
        raise Faulty("JSON of another kind: no page of studies")
    if not (total is None or (isinstance(total, int) and total >= 0)):
        raise Faulty("a page whose total is no number")
    return _Page(tuple(nct_of(study) for study in studies), token, total)


def nct_of(study: Any) -> str:
    """Return the number of a study of an answer.

    Raises
    ------
    Faulty
        It is no study, or one without its number.
    """
    try:
        return entry_id(study).removeprefix("ctgov:")
    except Unreadable as fault:
        raise Faulty(fault.reason) from None


def _drop(workspace: Workspace, prefix: str) -> None:
    # From the last page on, so that a run that is stopped here leaves no later page without the ones before it.
    for name in reversed(workspace.names()):
        if name.startswith(prefix) and name[len(prefix) :].removesuffix(".json.gz").isdigit():
            workspace.drop(name)
