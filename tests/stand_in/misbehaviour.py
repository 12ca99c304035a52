"""The ways in which a live service goes wrong, drawn from a seed; the same request succeeds after a few tries."""

from __future__ import annotations

import dataclasses
import email.utils
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Sequence

from stand_in.answers import Answer, Asked

FAULTS = (
    "429",
    "429_retry_after",
    "429_retry_date",
    "500",
    "502",
    "503",
    "timeout",
    "cut_before",
    "cut_in_body",
    "short_body",
    "truncated",
    "html",
    "json_error",
    "expired_history",
    "fewer_records",
    "empty",
)
"""Every way: what ``Misbehaviour`` may be told to do."""
ON_THE_WIRE = ("timeout", "cut_before", "cut_in_body", "short_body")
"""Those that the server must do itself, because they are no answers."""

_PAGE = b"""<!DOCTYPE html>
<html><head><title>NCBI - WWW Error Blocked Diagnostic</title></head>
<body><h1>Your access is temporarily blocked</h1><p>Please come back later.</p></body></html>
"""


class Misbehaviour:
    """Decides which requests go wrong, and how.

    Parameters
    ----------
    kinds
        Names out of ``FAULTS``; one is drawn each time.
    share
        Share of the answers that are faulty.
    seed
        The same requests meet the same faults, in whatever order they come.
    in_a_row
        After so many faults in a row the same request succeeds; 0: it never does.
    services
        Which services misbehave.
    only
        Which kinds of request misbehave (``efetch``, ``studies`` ...); empty: all.
    """

    def __init__(
        self,
        kinds: Sequence[str] = FAULTS,
        share: float = 0.2,
        *,
        seed: int = 1,
        in_a_row: int = 3,
        services: Sequence[str] = ("eutils", "trials"),
        only: Sequence[str] = (),
    ) -> None:
        if unknown := set(kinds) - set(FAULTS):
            raise ValueError(f"unknown: {sorted(unknown)}; allowed: {FAULTS}")
        self.kinds = tuple(kinds)
        self.share = share
        self.seed = seed
        self.in_a_row = in_a_row
        self.services = tuple(services)
        self.only = tuple(only)
        self._tries: Counter[str] = Counter()
        self._row: Counter[str] = Counter()
        self._lock = threading.Lock()

    def fault(self, asked: Asked) -> str:
        """Return the fault that a request meets; empty: it is answered well."""
        if asked.service not in self.services or (self.only and asked.kind not in self.only):
            return ""
        # A new history or a new place in it is the same request.
        named = sorted((k, v) for k, v in asked.fields.items() if k not in ("WebEnv", "query_key"))
        request = f"{asked.path}|{named}"
        with self._lock:
            self._tries[request] += 1
            rng = random.Random(f"{self.seed}|{request}|{self._tries[request]}")
            faulty = rng.random() < self.share and not 0 < self.in_a_row <= self._row[request]
            kinds = [kind for kind in self.kinds if _applies(kind, asked)]
            if not faulty or not kinds:
                self._row[request] = 0
                return ""
            self._row[request] += 1
            return rng.choice(kinds)


def _applies(kind: str, asked: Asked) -> bool:
    if kind == "expired_history":
        return asked.kind == "efetch" and bool(asked.first("WebEnv"))
    if kind == "fewer_records":
        return asked.kind in ("efetch", "studies", "elink") or (
            asked.kind == "esearch" and asked.first("retmax") != "0"
        )
    return True


def spoilt(answer: Answer, kind: str, asked: Asked, key: str) -> Answer:
    """Return the faulty answer in place of a good one; error bodies echo the key, as NCBI's do.

    ``answer`` comes back as it is where there is nothing to spoil (no record to leave out).
    """
    if kind.startswith("429"):
        headers = {"429": {}, "429_retry_after": {"Retry-After": "1"}}.get(kind)
        if headers is None:
            headers = {"Retry-After": email.utils.formatdate(time.time() + 1, usegmt=True)}
        return too_many(key, headers)
    if kind in ("500", "502", "503"):
        text = f"<html><body><h1>{kind}</h1>{asked.path}?api_key={key}</body></html>"
        return Answer(text.encode(), int(kind), "text/html")
    if kind == "html":
        return Answer(_PAGE + f"<!-- api_key={key} -->".encode(), 200, "text/html")
    if kind == "json_error":
        text = {"error": "error forwarding request", "api-key": key, "type": "ip", "status": "ok"}
        return Answer(json.dumps(text).encode(), 200, "application/json")
    if kind == "expired_history":
        text = "<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"
        return Answer(text.encode(), 400 if len(asked.first("WebEnv")) % 2 else 200)
    if kind == "truncated":
        # Cut anywhere in the second half: most often inside a record.
        return dataclasses.replace(answer, body=answer.body[: len(answer.body) * 5 // 8])
    if kind == "fewer_records":
        return _fewer(answer, asked)
    return dataclasses.replace(answer, body=b"") if kind == "empty" else answer


def too_many(key: str, headers: dict[str, str]) -> Answer:
    """Return what NCBI says when requests come too fast: it repeats the key."""
    text = {"error": "API rate limit exceeded", "api-key": key or "127.0.0.1", "count": "11", "limit": "10"}
    return Answer(json.dumps(text).encode(), 429, "application/json", headers)


_ENTRIES = re.compile(
    rb"<PubmedArticle>.*?</PubmedArticle>|<PubmedBookArticle>.*?</PubmedBookArticle>|<article .*?</article>"
    rb"|<LinkSet>.*?</LinkSet>|<Id>\d+</Id>\n",
    re.DOTALL,
)


def _fewer(answer: Answer, asked: Asked) -> Answer:
    """Leave out the last fifth of the entries, at least one, without a word."""
    if asked.service == "trials":
        body = json.loads(answer.body)
        studies = body.get("studies", [])
        if not studies:
            return answer
        body["studies"] = studies[: len(studies) - max(1, len(studies) // 5)]
        shorter = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return dataclasses.replace(answer, body=shorter)
    found = list(_ENTRIES.finditer(answer.body))
    if not found:
        return answer
    gone = found[len(found) - max(1, len(found) // 5) :]
    left = answer.body[: gone[0].start()] + answer.body[gone[-1].end() :]
    return dataclasses.replace(answer, body=left)
