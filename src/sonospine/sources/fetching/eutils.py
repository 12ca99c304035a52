"""E-utilities of NCBI: searches with the history server, fetches by history or by id, links to PMC."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sonospine.sources.fetching.answers import Faulty, FetchError, SessionExpired, checked_xml

if TYPE_CHECKING:
    from lxml import etree

    from sonospine.sources.fetching.credentials import Credentials
    from sonospine.sources.fetching.polite import Polite

MOST_IDS = 9_999
"""Ids that a search of PubMed lists at most; it refuses to begin later than that, too."""
_TRIES_AFRESH = 4
T = TypeVar("T")

_WEBENV = re.compile(rb"<WebEnv>[^<]*</WebEnv>")
_ERROR = re.compile(rb"<ERROR>(.*?)</ERROR>", re.DOTALL)
_EMPTY_HISTORY = re.compile(r"empty history", re.IGNORECASE)
_OF_THE_QUERY = re.compile(
    r"empty term|nothing to ?do|cannot be larger|out of acceptable range"
    r"|(?:invalid|unknown|unsupported|wrong|missing) (?:db|database|param|term|query|field|id|uid|value)",
    re.IGNORECASE,
)
_NO_RECORDS = re.compile(r"\bid list is empty|no correct ids", re.IGNORECASE)
# Said of each search with more hits than can be listed; those are divided, so nobody is left wanting.
_CLIPPED = re.compile(r"restrictions achieved", re.IGNORECASE)
_WARNINGS = {
    "PhraseNotFound": "phrase not found: ",
    "FieldNotFound": "field not found: ",
    "QuotedPhraseNotFound": "quoted phrase not found: ",
    "PhraseIgnored": "phrase ignored: ",
    "OutputMessage": "",
}


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The answer to a search.

    ``count`` is the number of all hits, ``ids`` those listed (at most as many as were asked for), in the order of
    the history server, ``translation`` what the service made of the query, ``warnings`` what it said of it
    (phrases that were not found). ``content`` is the answer as it came, but for the emptied ``WebEnv``: that handle
    expires, and two equal searches would differ by it.
    """

    count: int
    ids: tuple[str, ...]
    webenv: str
    query_key: str
    translation: str
    warnings: tuple[str, ...]
    content: bytes


class EUtils:
    """E-utilities behind a polite client. Each request is a POST: neither key nor query stands in an address.

    Parameters
    ----------
    polite
        Client of the service's base address.
    credentials
        What NCBI asks to be told with each request: tool, email and, where there is one, the key.
    """

    def __init__(self, polite: Polite, credentials: Credentials) -> None:
        self._polite = polite
        self._credentials = credentials

    def search(self, db: str, term: str, *, retmax: int = MOST_IDS) -> SearchAnswer:
        """Search a database and leave the hits on the history server.

        Parameters
        ----------
        db
            ``pubmed`` or ``pmc``.
        term
            The query, sent as it stands.
        retmax
            How many ids are listed at most, 0 to 9,999 (0: only the count is asked for).

        Returns
        -------
        SearchAnswer
            With ``min(count, retmax)`` different ids.

        Raises
        ------
        FetchError
            No good answer came, or the query is refused.
        """
        if not 0 <= retmax <= MOST_IDS:
            raise ValueError(f"retmax is {retmax}, not from 0 to {MOST_IDS}")
        fields = [
            ("db", db),
            ("term", term),
            ("usehistory", "y"),
            ("retmax", str(retmax)),
            ("retmode", "xml"),
        ]
        _, answer = self._ask_afresh(
            "esearch", fields, lambda content: _searched(content, retmax), f"search of {db}"
        )
        return answer

    def fetch_history(
        self, db: str, webenv: str, query_key: str, start: int, count: int, check: Callable[[bytes], T]
    ) -> tuple[bytes, T]:
        """Fetch records of a search by its place on the history server.

        Parameters
        ----------
        db, webenv, query_key
            The search.
        start, count
            Which of its hits, counted from 0, and how many.
        check
            Reads the answer; it raises Faulty where the answer is no good.

        Returns
        -------
        tuple
            The answer as it came, and what ``check`` made of it.

        Raises
        ------
        SessionExpired
            The history server no longer knows the search.
        FetchError
            No good answer came.
        """
        fields = [
            ("db", db),
            ("WebEnv", webenv),
            ("query_key", query_key),
            ("retstart", str(start)),
            ("retmax", str(count)),
            *_form(db),
        ]
        return self._ask(
            "efetch", fields, check, f"records {start + 1} to {start + count} of a search of {db}"
        )

    def fetch_ids(self, db: str, ids: Sequence[str], check: Callable[[bytes], T]) -> tuple[bytes, T]:
        """Fetch records by id (``PMC`` before the number may be there or not).

        Returns
        -------
        tuple
            The answer as it came, and what ``check`` made of it. Ids that the database does not hold are simply not
            among the records.

        Raises
        ------
        FetchError
            No good answer came.
        """
        listed = ",".join(number.removeprefix("PMC") for number in ids)
        what = f"{len(ids)} records of {db} from id {ids[0]} on" if ids else f"records of {db}"
        return self._ask_afresh("efetch", [("db", db), ("id", listed), *_form(db)], check, what)

    def link(self, pmids: Sequence[str]) -> tuple[bytes, dict[str, tuple[str, ...]]]:
        """Ask which PubMed records have an article in PMC.

        Parameters
        ----------
        pmids
            Different PubMed ids. Each is a field of its own, which keeps the links of each apart.

        Returns
        -------
        tuple
            The answer as it came; and for each of the PubMed ids its PMC ids (``PMC1234567``), which is none where
            PMC does not hold the article.

        Raises
        ------
        FetchError
            No good answer came, or not one for each id.
        """
        fields = [
            ("dbfrom", "pubmed"),
            ("db", "pmc"),
            ("linkname", "pubmed_pmc"),
            ("cmd", "neighbor"),
            ("retmode", "xml"),
            *(("id", pmid) for pmid in pmids),
        ]
        what = f"links to PMC of {len(pmids)} PubMed records"
        return self._ask_afresh("elink", fields, lambda content: _linked(content, pmids), what)

    def _ask(
        self, service: str, fields: Sequence[tuple[str, str]], check: Callable[[bytes], T], what: str
    ) -> tuple[bytes, T]:
        known = [("tool", self._credentials.tool), ("email", self._credentials.email)]
        if self._credentials.api_key:
            known.append(("api_key", self._credentials.api_key.reveal()))

        def checked(content: bytes) -> T:
            _refuse_errors(content)
            return check(content)

        return self._polite.ask(f"{service}.fcgi", [*fields, *known], checked, what=what, post=True)

    def _ask_afresh(
        self, service: str, fields: Sequence[tuple[str, str]], check: Callable[[bytes], T], what: str
    ) -> tuple[bytes, T]:
        """Ask for what does not rest on the history server; an answer that speaks of it is a passing fault."""
        reason = ""
        for _ in range(_TRIES_AFRESH):
            try:
                return self._ask(service, fields, check, what)
            except SessionExpired as fault:
                reason = fault.reason
        raise FetchError(f"{what}: {reason} ({_TRIES_AFRESH} tries)")


def _refuse_errors(content: bytes) -> None:
    """Tell apart the errors that ``checked_xml`` takes for passing ones.

    Raises
    ------
    SessionExpired
        The history server holds nothing for the search.
    Faulty
        The query is at fault, so another try cannot help.
    """
    reason = error_in(content)
    if _EMPTY_HISTORY.search(reason):
        raise SessionExpired(reason)
    if _OF_THE_QUERY.search(reason):
        raise Faulty(f"the service refuses the query: {reason}", again=False)


def without_records(reason: str) -> bool:
    """Tell whether the reason of an error is that none of the ids of a fetch is known."""
    return _NO_RECORDS.search(reason) is not None


def error_in(content: bytes) -> str:
    """Return the reason of the error that an answer tells; empty where it tells none."""
    found = _ERROR.search(content)
    return " ".join(found[1].decode("utf-8", "replace").split()) if found else ""


def _form(db: str) -> list[tuple[str, str]]:
    return [("retmode", "xml")] if db == "pmc" else [("rettype", "xml"), ("retmode", "xml")]


def _searched(content: bytes, retmax: int) -> SearchAnswer:
    root = checked_xml(content, "eSearchResult")
    count = (root.findtext("Count") or "").strip()
    if not re.fullmatch(r"[0-9]+", count):
        raise Faulty("a search without a count")
    ids = tuple((node.text or "").strip() for node in root.iterfind("IdList/Id"))
    if len(set(ids)) != len(ids):
        raise Faulty("a search that lists an id twice")
    if len(ids) != min(int(count), retmax):
        raise Faulty(
            f"a search of {count} hits that lists {len(ids)} ids in place of {min(int(count), retmax)}"
        )
    webenv, query_key = root.findtext("WebEnv") or "", root.findtext("QueryKey") or ""
    if ids and not (webenv and query_key):
        raise Faulty("a search without its place on the history server")
    return SearchAnswer(
        count=int(count),
        ids=ids,
        webenv=webenv,
        query_key=query_key,
        translation=" ".join((root.findtext("QueryTranslation") or "").split()),
        warnings=tuple(dict.fromkeys(_warnings(root))),
        content=_WEBENV.sub(b"<WebEnv></WebEnv>", content),
    )


def _warnings(root: etree._Element) -> Iterator[str]:
    for group in ("ErrorList", "WarningList"):
        for node in root.iterfind(f"{group}/*"):
            text = " ".join("".join(node.itertext()).split())
            if text and not _CLIPPED.search(text):
                yield _WARNINGS.get(str(node.tag), f"{node.tag!s}: ") + text


def _linked(content: bytes, pmids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    root = checked_xml(content, "eLinkResult")
    found: dict[str, tuple[str, ...]] = {}
    for link_set in root.iterfind("LinkSet"):
        asked = [(node.text or "").strip() for node in link_set.iterfind("IdList/Id")]
        if len(asked) != 1 or asked[0] in found:
            raise Faulty("links that do not tell which record each belongs to")
        found[asked[0]] = tuple(
            f"PMC{(node.text or '').strip().removeprefix('PMC')}"
            for links in link_set.iterfind("LinkSetDb")
            if links.findtext("LinkName") == "pubmed_pmc"
            for node in links.iterfind("Link/Id")
        )
    if set(found) != set(pmids):
        missing = next((pmid for pmid in pmids if pmid not in found), "")
        raise Faulty(f"links of {len(found)} records in place of {len(pmids)}; missing: {missing or 'none'}")
    return {pmid: found[pmid] for pmid in pmids}
