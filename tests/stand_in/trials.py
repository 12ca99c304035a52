"""ClinicalTrials.gov API v2 over a library: pages of studies by token, and single studies."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import threading
from typing import Any

from stand_in.answers import Answer, Asked
from stand_in.factory import Library
from stand_in.queries import QueryError, evaluate
from stand_in.registrations import Trial

LARGEST = 1_000
_ALLOWED = frozenset(
    [
        "format", "markupFormat", "query.cond", "query.term", "query.locn", "query.titles", "query.intr",
        "query.outc", "query.spons", "query.lead", "query.id", "query.patient", "filter.overallStatus",
        "filter.geo", "filter.ids", "filter.advanced", "filter.synonyms", "postFilter.overallStatus", "aggFilters",
        "geoDecay", "fields", "sort", "countTotal", "pageSize", "pageToken",
    ]
)  # fmt: skip
_RANGE = re.compile(
    r"AREA\[(LastUpdatePostDate|StudyFirstPostDate)\]\s*RANGE\[\s*(MIN|[\d-]+)\s*,\s*(MAX|[\d-]+)\s*\]"
)
_IDS = re.compile(r"AREA\[NCTId\]\s*(\(?\s*NCT\d{8}(?:\s+OR\s+NCT\d{8})*\s*\)?)")
_OTHER_AREA = re.compile(r"AREA\[\w+\]\s*(?:RANGE\[[^\]]*\]|EXACT\s*)?")


class Trials:
    """The service; thread-safe."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._tokens: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        with self._lock:
            if asked.kind == "study":
                return self._study(asked.path.rsplit("/", 1)[-1])
            if asked.kind == "version":
                return _json({"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"})
            if asked.kind != "studies":
                return _refused("no such place", 404)
            return self._studies(asked)

    def _study(self, nct: str) -> Answer:
        trial = self.library.trials.get(nct)
        if not re.fullmatch(r"NCT\d{8}", nct):
            return _refused(f"'{nct}' is not an NCT number")
        if trial is None or trial.deleted:
            return _refused(f"NCT number {nct} not found", 404)
        return _json(trial.study(), records=1)

    def _studies(self, asked: Asked) -> Answer:
        if unknown := sorted(set(asked.fields) - _ALLOWED):
            return _refused(f"unknown parameter(s): {', '.join(unknown)}")
        try:
            size = int(asked.first("pageSize", "10"))
            found = self._find(asked)
        except ValueError as error:
            return _refused(str(error))
        if not 0 <= size <= LARGEST:
            return _refused(f"`pageSize` is from 0 to {LARGEST}")
        # Everything but the page and the count must be as on the first page.
        search = "&".join(
            f"{k}={v}" for k, v in sorted(asked.fields.items()) if k not in ("pageToken", "countTotal")
        )
        start = 0
        if token := asked.first("pageToken"):
            known, start = self._tokens.get(token, ("", 0))
            if known != search:
                return _refused("the page token does not belong to this search")
        page = found[start : start + size]
        wanted = {
            name.strip().split(".")[-1] for name in re.split(r"[,|]", asked.first("fields")) if name.strip()
        }
        body: dict[str, Any] = {}
        if asked.first("countTotal") == "true" and not asked.first("pageToken"):
            body["totalCount"] = len(found)
        body["studies"] = [_fields(trial, wanted) for trial in page]
        if start + size < len(found):
            token = hashlib.sha256(f"{search}|{start + size}".encode()).hexdigest()[:24]
            self._tokens[token] = (search, start + size)
            body["nextPageToken"] = token
        return _json(body, records=len(page))

    def _find(self, asked: Asked) -> list[Trial]:
        trials = {t.nct: t for t in self.library.trials.values() if not t.deleted}
        found = set(trials)
        if any(name.startswith("query.") for name in asked.fields):
            found = {nct for nct, t in trials.items() if t.hit}
        if only := asked.first("filter.ids"):
            found &= set(re.split(r"[|,]", only))
        if advanced := asked.first("filter.advanced"):
            found &= _advanced(advanced, trials)
        field, _, direction = (asked.first("sort") or "LastUpdatePostDate:desc").partition(":")
        backward = direction == "desc"
        keys = {
            "LastUpdatePostDate": lambda t: (t.updated, t.nct),
            "StudyFirstPostDate": lambda t: (t.first_posted, t.nct),
            "NCTId": lambda t: t.nct,
        }
        if field.removeprefix("@") not in (*keys, "relevance"):
            raise QueryError(f"`sort` has an unknown field {field}")
        return sorted((trials[nct] for nct in found), key=keys.get(field, lambda t: t.nct), reverse=backward)


def _advanced(text: str, trials: dict[str, Trial]) -> set[str]:
    def leaf(part: str) -> set[str] | None:
        if found := _RANGE.fullmatch(part):
            low = datetime.date.min if found[2] == "MIN" else datetime.date.fromisoformat(found[2])
            high = datetime.date.max if found[3] == "MAX" else datetime.date.fromisoformat(found[3])
            name = "updated" if found[1] == "LastUpdatePostDate" else "first_posted"
            return {nct for nct, t in trials.items() if low <= getattr(t, name) <= high}
        if found := _IDS.fullmatch(part):
            return set(re.findall(r"NCT\d{8}", found[1])) & set(trials)
        return None

    hits = {nct for nct, t in trials.items() if t.hit}
    return evaluate(text, [_RANGE, _IDS, _OTHER_AREA], leaf, hits, set(trials))


def _fields(trial: Trial, wanted: set[str]) -> dict[str, Any]:
    study = trial.study()
    if not wanted:
        return study
    kept: dict[str, Any] = {}
    if wanted & {"NCTId", "nctId"}:
        kept["protocolSection"] = {"identificationModule": {"nctId": trial.nct}}
    if wanted & {"LastUpdatePostDate", "lastUpdatePostDateStruct"}:
        status = study["protocolSection"]["statusModule"].get("lastUpdatePostDateStruct", {})
        section = kept.setdefault("protocolSection", {})
        section["statusModule"] = {"lastUpdatePostDateStruct": status}
    for name in ("protocolSection", "resultsSection", "derivedSection", "documentSection", "hasResults"):
        if name in wanted and name in study:
            kept[name] = study[name]
    return kept


def _json(body: Any, records: int = 0) -> Answer:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(content, content_type="application/json", records=records)


def _refused(reason: str, status: int = 400) -> Answer:
    return Answer(reason.encode(), status, "text/plain;charset=utf-8")
