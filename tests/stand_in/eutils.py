"""E-utilities over a library: esearch, efetch, epost and elink for the databases pubmed and pmc."""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Iterable
from xml.sax.saxutils import escape

from stand_in.answers import Answer, Asked
from stand_in.articles import Article
from stand_in.factory import Library
from stand_in.full_texts import full_text
from stand_in.queries import QueryError, evaluate

LIMIT = 9_999
"""Records of PubMed that one search can give, by its ids or through its history."""
_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_DATE = r"\d{1,4}(?:/\d{1,2}(?:/\d{1,2})?)?"
_DATE_FIELDS = {
    "edat": "edat", "date - entry": "edat", "entry date": "edat",
    "pdat": "pdat", "dp": "pdat", "date - publication": "pdat", "publication date": "pdat",
    "crdt": "edat", "date - create": "edat",
    "mdat": "mdat", "lr": "mdat", "date - modification": "mdat",
}  # fmt: skip
_FIELD = "|".join(re.escape(name) for name in _DATE_FIELDS)
_RANGE = re.compile(
    rf'"?({_DATE})"?\s*(?:\[({_FIELD})\])?\s*:\s*"?({_DATE})"?\s*\[({_FIELD})\]', re.IGNORECASE
)
_ONE_DAY = re.compile(rf'"?({_DATE})"?\s*\[({_FIELD})\]', re.IGNORECASE)
_UIDS = re.compile(r'"?(\d+)"?\s*(?:\[(?:uid|pmid)\])?\s*:\s*"?(\d+)"?\s*\[(?:uid|pmid)\]', re.IGNORECASE)
_UID = re.compile(r'"?(?:PMC)?(\d+(?:\s*,\s*\d+)*)"?\s*\[(?:uid|pmid|pmcid)\]', re.IGNORECASE)
_OPEN = re.compile(r'"?open access"?\s*\[(?:filter|sb)\]', re.IGNORECASE)
_KNOWN = [_UIDS, _UID, _RANGE, _ONE_DAY, _OPEN]
_UNKNOWN_PHRASE = re.compile(r"\bunheardof\w*", re.IGNORECASE)
"""A word that the stand-in warns about, as PubMed warns about a phrase that it does not know."""


class EUtils:
    """The service; thread-safe.

    Parameters
    ----------
    library
        What it searches.
    history_life
        How many requests of the service a history lives; 0: for ever.
    """

    def __init__(self, library: Library, history_life: int = 0) -> None:
        self.library = library
        self.history_life = history_life
        self._histories: dict[str, tuple[int, list[tuple[str, list[int]]]]] = {}
        self._asked = 0
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """Answer a request that has passed the checks of key, rate, tool and email."""
        with self._lock:
            self._asked += 1
            method = {
                "esearch": self._esearch, "efetch": self._efetch, "epost": self._epost, "elink": self._elink,
            }.get(asked.kind)  # fmt: skip
            if method is None:
                return Answer(b"<html><body>404 Not Found</body></html>", 404, "text/html")
            if asked.first("db") not in ("pubmed", "pmc"):
                return _error("eSearchResult", f"Invalid db name specified: {asked.first('db')}", 400)
            return method(asked)

    def forget_histories(self) -> None:
        """Let all histories expire."""
        with self._lock:
            self._histories.clear()

    # The library as one database.

    def _entries(self, db: str) -> dict[int, Article]:
        kept = [a for a in self.library.articles.values() if not a.deleted]
        return {a.pmid: a for a in kept} if db == "pubmed" else {a.pmcid: a for a in kept if a.pmcid}

    def _find(self, db: str, asked: Asked) -> list[int]:
        entries = self._entries(db)

        def leaf(text: str) -> set[int] | None:
            if found := _UIDS.fullmatch(text):
                low, high = int(found[1]), int(found[2])
                return {uid for uid in entries if low <= uid <= high}
            if found := _UID.fullmatch(text):
                return {int(uid) for uid in found[1].split(",")} & set(entries)
            if found := _RANGE.fullmatch(text):
                return _between(entries, found[1], found[3], found[4])
            if found := _ONE_DAY.fullmatch(text):
                return _between(entries, found[1], found[1], found[2])
            if _OPEN.fullmatch(text):
                return {uid for uid, a in entries.items() if a.open_access}
            return None

        base = {uid for uid, a in entries.items() if a.hit}
        found = evaluate(asked.first("term"), _KNOWN, leaf, base, set(entries))
        low, high = asked.first("mindate"), asked.first("maxdate")
        if low or high:
            field = asked.first("datetype", "pdat")
            found = found & _between(entries, low or "1", high or "3000", field)
        return sorted(found, reverse=True)

    # The four services.

    def _esearch(self, asked: Asked) -> Answer:
        db, term = asked.first("db"), asked.first("term").strip()
        start, wanted = int(asked.first("retstart", "0")), int(asked.first("retmax", "20"))
        if not term:
            return _error("eSearchResult", "Empty term and query_key - nothing todo")
        try:
            uids = self._find(db, asked)
        except QueryError as error:
            return _error("eSearchResult", f"Search Backend failed: {error}")
        if db == "pubmed" and start + wanted > LIMIT:
            return _error(
                "eSearchResult",
                f"Search Backend failed: 'retstart' + 'retmax' is over {LIMIT}; PubMed gives only the first records",
            )
        shown = uids[start : start + wanted]
        history = ""
        if asked.first("usehistory") == "y":
            env, key = self._remember(asked.first("WebEnv"), db, uids)
            history = f"<QueryKey>{key}</QueryKey><WebEnv>{env}</WebEnv>"
        listed = "".join(f"<Id>{uid}</Id>\n" for uid in shown)
        warnings = "".join(
            f"<PhraseNotFound>{escape(w)}</PhraseNotFound>" for w in _UNKNOWN_PHRASE.findall(term)
        )
        warnings = f"<ErrorList>{warnings}</ErrorList>" if warnings else ""
        if not uids:
            warnings += "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
        body = (
            f'{_HEAD}<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
            f"<eSearchResult><Count>{len(uids)}</Count><RetMax>{len(shown)}</RetMax><RetStart>{start}</RetStart>"
            f"{history}<IdList>\n{listed}</IdList><TranslationSet/><QueryTranslation>{escape(term)}"
            f"</QueryTranslation>{warnings}</eSearchResult>\n"
        )
        return Answer(body.encode(), records=len(shown))

    def _efetch(self, asked: Asked) -> Answer:
        db = asked.first("db")
        if asked.first("retmode", "xml") != "xml":
            return _error("eFetchResult", "only XML is made here", 400)
        entries = self._entries(db)
        if env := asked.first("WebEnv"):
            uids = self._recall(env, asked.first("query_key"), db)
            start, wanted = int(asked.first("retstart", "0")), int(asked.first("retmax", "20"))
            if uids is None:
                # The real service answers with 400 or, on other days, with 200; both are seen here.
                status = 400 if sum(env.encode()) % 2 else 200
                return _error("eFetchResult", f"Unable to obtain query #{asked.first('query_key')}", status)
            if db == "pubmed" and start + wanted > LIMIT and start >= LIMIT:
                return _error(
                    "eFetchResult", f"Search Backend failed: 'retstart' cannot be over {LIMIT - 1}", 400
                )
            if start and start >= len(uids):
                return _error(
                    "eFetchResult", f"Cannot retrieve history data: OUT OF RANGE. retstart={start}", 400
                )
            uids = uids[start : start + wanted]
            if db == "pubmed":
                uids = uids[: max(0, LIMIT - start)]
        else:
            uids = _ids(asked)
            if not uids:
                return _error("eFetchResult", "ID list is empty! Possibly it has no correct IDs.", 400)
        found = [entries[uid] for uid in uids if uid in entries]
        return _pmc_set(found) if db == "pmc" else _pubmed_set(found)

    def _epost(self, asked: Asked) -> Answer:
        uids = _ids(asked)
        if not uids:
            return _error("ePostResult", "Empty ID list; Nothing to store", 400)
        env, key = self._remember(asked.first("WebEnv"), asked.first("db"), uids)
        body = (
            f'{_HEAD}<!DOCTYPE ePostResult PUBLIC "-//NLM//DTD epost 20090526//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20090526/epost.dtd"><ePostResult>\n'
            f"\t<QueryKey>{key}</QueryKey>\n\t<WebEnv>{env}</WebEnv>\n</ePostResult>\n"
        )
        return Answer(body.encode(), records=len(uids))

    def _elink(self, asked: Asked) -> Answer:
        if (asked.first("dbfrom"), asked.first("db")) != ("pubmed", "pmc"):
            return _error("eLinkResult", "only links from pubmed to pmc are kept here", 400)
        entries = self._entries("pubmed")
        sets = []
        count = 0
        for given in asked.fields.get("id", ()):
            uids = [int(uid) for uid in given.split(",") if uid.strip().isdigit()]
            targets = [entries[uid].pmcid for uid in uids if uid in entries and entries[uid].pmcid]
            count += len(uids)
            listed = "".join(f"<Id>{uid}</Id>" for uid in uids)
            links = "".join(f"<Link><Id>{target}</Id></Link>" for target in targets)
            named = (
                f"<LinkSetDb><DbTo>pmc</DbTo><LinkName>pubmed_pmc</LinkName>{links}</LinkSetDb>"
                if links
                else ""
            )
            sets.append(f"<LinkSet><DbFrom>pubmed</DbFrom><IdList>{listed}</IdList>{named}</LinkSet>\n")
        body = (
            f'{_HEAD}<!DOCTYPE eLinkResult PUBLIC "-//NLM//DTD elink 20101123//EN" '
            f'"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20101123/elink.dtd">\n<eLinkResult>\n{"".join(sets)}'
            "</eLinkResult>\n"
        )
        return Answer(body.encode(), records=count)

    # Histories.

    def _remember(self, env: str, db: str, uids: list[int]) -> tuple[str, int]:
        if env not in self._histories:
            env = f"MCID_{self._asked:06x}{id(self) & 0xFFFFFF:06x}{len(self._histories):04x}"
        _, queries = self._histories.get(env, (0, []))
        queries.append((db, uids))
        self._histories[env] = (self._asked, queries)
        return env, len(queries)

    def _recall(self, env: str, key: str, db: str) -> list[int] | None:
        born, queries = self._histories.get(env, (0, []))
        if not key.isdigit() or not 1 <= int(key) <= len(queries) or queries[int(key) - 1][0] != db:
            return None
        if self.history_life and self._asked - born > self.history_life:
            return None
        return queries[int(key) - 1][1]


def _ids(asked: Asked) -> list[int]:
    found = ",".join(asked.fields.get("id", ())).replace("PMC", "").split(",")
    return list(dict.fromkeys(int(uid) for uid in found if uid.strip().isdigit()))


def _pubmed_set(found: Iterable[Article]) -> Answer:
    parts = [article.xml() for article in found]
    head = (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_260101.dtd">\n<PubmedArticleSet>\n'
    )
    return Answer(head.encode() + b"\n".join(parts) + b"</PubmedArticleSet>", records=len(parts))


def _pmc_set(found: Iterable[Article]) -> Answer:
    parts = [full_text(article) for article in found]
    head = (
        '<?xml version="1.0" ?>\n<!DOCTYPE pmc-articleset PUBLIC "-//NLM//DTD ARTICLE SET 2.0//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pmc/articleset/nlm-articleset-2.0.dtd">\n<pmc-articleset>'
    )
    return Answer(head.encode() + b"".join(parts) + b"</pmc-articleset>", records=len(parts))


def _error(root: str, text: str, status: int = 200) -> Answer:
    return Answer(f"{_HEAD}<{root}><ERROR>{escape(text)}</ERROR></{root}>\n".encode(), status)


def _between(entries: dict[int, Article], low: str, high: str, field: str) -> set[int]:
    first, last = _first_day(low), _last_day(high)
    name = _DATE_FIELDS[field.lower()]
    return {
        uid for uid, a in entries.items() if (day := getattr(a, name)) is not None and first <= day <= last
    }


def _first_day(text: str) -> datetime.date:
    parts = [*map(int, text.split("/")), 1, 1][:3]
    return datetime.date(max(1, parts[0]), *parts[1:])


def _last_day(text: str) -> datetime.date:
    given = [*map(int, text.split("/"))]
    if len(given) == 3:
        return datetime.date(*given)
    if len(given) == 1:
        return datetime.date(given[0], 12, 31)
    following = datetime.date(given[0] + given[1] // 12, given[1] % 12 + 1, 1)
    return following - datetime.timedelta(days=1)
