"""ClinicalTrials.gov API v2 JSON: one study, a list of studies, or a page of a search."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sonospine.model.identifiers import ncts_in, normal_doi
from sonospine.model.record import Notice, Passage, Record
from sonospine.sources.decoding import clean, collapse, unescape
from sonospine.sources.headings import abstract_passages
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import RawRecord, Unreadable

_KEPT = ("protocolSection", "resultsSection", "derivedSection", "hasResults")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|=^])")
_REFERENCES = {"RESULT": "reported_in", "DERIVED": "secondary_report_in"}


def studies_in(text: str) -> Iterator[Any]:
    """Yield the studies of a JSON document: one study, a list, or the ``studies`` of a search page.

    Raises
    ------
    Unreadable
        It is not JSON, or JSON of another kind.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(text.rstrip()) - 1
        raise Unreadable(
            f"{'truncated' if at_end else 'malformed'} JSON ({error.msg}, line {error.lineno})"
        ) from None
    except RecursionError:
        raise Unreadable("malformed JSON (nested too deep)") from None
    except ValueError as error:
        raise Unreadable(f"malformed JSON ({error})") from None
    if isinstance(data, dict) and "protocolSection" in data:
        yield data
        return
    studies = data.get("studies") if isinstance(data, dict) else data
    if not isinstance(studies, list) or (studies and not any(_is_study(study) for study in studies)):
        raise Unreadable("JSON, but not a study, list of studies or search page of ClinicalTrials.gov v2")
    if not studies:
        raise Unreadable("no study in it")
    yield from studies


def _is_study(data: object) -> bool:
    return isinstance(data, dict) and isinstance(data.get("protocolSection"), dict)


def entry_id(study: object) -> str:
    """Return ``ctgov:<NCT>`` of a study.

    Raises
    ------
    Unreadable
        It is no study, or its number is missing (a search that left the field out).
    """
    number = _text(_at(study, "protocolSection", "identificationModule", "nctId"))
    if not re.fullmatch(r"NCT[0-9]{8}", number):
        raise Unreadable("a study without its NCT number (was the field left out of the search?)")
    return f"ctgov:{number}"


def canonical(study: object) -> str:
    """Return a study as JSON on one line, keys in the order of the source."""
    try:
        return clean(json.dumps(study, ensure_ascii=False, separators=(",", ":")))
    except RecursionError:
        raise Unreadable("malformed JSON (nested too deep)") from None


def parse_ctgov(raw: RawRecord) -> Record:
    """Read one registration. ``registry`` holds the registry's JSON as it came (texts not unescaped).

    Raises
    ------
    Unreadable
        The JSON is malformed or is no study.
    """
    study = next(studies_in(raw.content))
    protocol = _at(study, "protocolSection")
    names = _at(protocol, "identificationModule")
    status = _at(protocol, "statusModule")
    number = entry_id(study).removeprefix("ctgov:")
    brief, official = _prose(_at(names, "briefTitle")), _prose(_at(names, "officialTitle"))
    title = official or brief
    aliases = [_text(alias) for alias in _list(_at(names, "nctIdAliases"))]
    own = unique((number, *ncts_in(" ".join(aliases))))
    cited = ncts_in(json.dumps(_at(protocol), ensure_ascii=False))
    registry = {key: study[key] for key in _KEPT if key in study}
    measures = _at(study, "resultsSection", "outcomeMeasuresModule", "outcomeMeasures")
    if isinstance(measures, list):
        registry["outcomeMeasures"] = measures
    started = [
        _text(_at(status, "startDateStruct", "date")),
        _text(_at(status, "studyFirstSubmitDate")),
        _text(_at(status, "studyFirstPostDateStruct", "date")),
    ]
    abstract = abstract_passages(
        [("BRIEF SUMMARY", _prose(_at(protocol, "descriptionModule", "briefSummary")))]
    )
    return Record(
        record_id=raw.record_id,
        source="ctgov",
        title=title,
        kind="registration",
        authors=_people(protocol),
        journal="ClinicalTrials.gov",
        year=next((year for date in started if (year := year_in(date))), ""),
        nct=own,
        nct_cited=tuple(nct for nct in cited if nct not in own),
        dois_cited=unique(normal_doi(_text(_at(ref, "citation"))) for ref in _references(protocol)),
        language="eng",
        types=_types(protocol),
        keywords=_keywords(protocol),
        status="withdrawn" if _text(_at(status, "overallStatus")) == "WITHDRAWN" else "current",
        notices=tuple(_notices(protocol)),
        licence="public domain",
        url=f"https://clinicaltrials.gov/study/{number}",
        file=raw.file,
        sha256=raw.sha256,
        passages=(
            *((Passage("title", title, (), "title"),) if title else ()),
            *abstract,
            *_body(protocol),
            *((Passage("back/brief_title", brief, ("Brief title",)),) if official and brief else ()),
        ),
        registry=registry,
    )


def _at(data: object, *keys: str) -> Any:
    """Return what stands below keys, or ``None`` where a level is missing or of another kind."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def _list(data: object) -> list[Any]:
    return data if isinstance(data, list) else []


def _text(data: object) -> str:
    return str(data).strip() if isinstance(data, str | int | float) else ""


def _prose(data: object) -> str:
    """Return a text of the registry without its Markdown escapes, on one line."""
    return collapse(unescape(_ESCAPED.sub(r"\1", _text(data))))


def _paragraphs(data: object) -> list[str]:
    return [text for part in re.split(r"\n\s*\n", _text(data)) if (text := _prose(part))]


def _people(protocol: object) -> tuple[str, ...]:
    module = _at(protocol, "sponsorCollaboratorsModule")
    people = [_at(module, "responsibleParty", "investigatorFullName")]
    people += [
        _at(person, "name") for person in _list(_at(protocol, "contactsLocationsModule", "overallOfficials"))
    ]
    return unique(_without_degrees(_prose(name)) for name in people)


def _without_degrees(name: str) -> str:
    return name.split(",")[0].strip()


def _types(protocol: object) -> tuple[str, ...]:
    design = _at(protocol, "designModule")
    info = _at(design, "designInfo")
    found = [_at(design, "studyType"), *_list(_at(design, "phases")), _at(info, "allocation")]
    found += [_at(info, "interventionModel"), _at(info, "observationalModel"), _at(info, "timePerspective")]
    return unique(text for item in found if (text := _text(item)) != "NA")


def _keywords(protocol: object) -> tuple[str, ...]:
    module = _at(protocol, "conditionsModule")
    return unique(_prose(word) for key in ("conditions", "keywords") for word in _list(_at(module, key)))


def _references(protocol: object) -> list[Any]:
    return _list(_at(protocol, "referencesModule", "references"))


def _notices(protocol: object) -> Iterator[Notice]:
    for reference in _references(protocol):
        relation = _REFERENCES.get(_text(_at(reference, "type")))
        pmid = normal_pmid(_text(_at(reference, "pmid")))
        doi = normal_doi(_text(_at(reference, "citation")))
        if relation and (pmid or doi):
            yield Notice(relation, f"pmid:{pmid}" if pmid else f"doi:{doi}")


def _body(protocol: object) -> Iterator[Passage]:
    """Yield the rest of the registration, a section for each module that says something."""
    arms = _at(protocol, "armsInterventionsModule")
    outcomes = _at(protocol, "outcomesModule")
    sections: list[tuple[str, str, list[str]]] = [
        (
            "Detailed description",
            "other",
            _paragraphs(_at(protocol, "descriptionModule", "detailedDescription")),
        ),
        ("Conditions", "methods", [", ".join(_keywords(protocol))]),
        ("Arms", "methods", [_arm(arm) for arm in _list(_at(arms, "armGroups"))]),
        ("Interventions", "methods", [_intervention(item) for item in _list(_at(arms, "interventions"))]),
        ("Primary outcomes", "methods", [_outcome(o) for o in _list(_at(outcomes, "primaryOutcomes"))]),
        ("Secondary outcomes", "methods", [_outcome(o) for o in _list(_at(outcomes, "secondaryOutcomes"))]),
        ("Other outcomes", "methods", [_outcome(o) for o in _list(_at(outcomes, "otherOutcomes"))]),
        (
            "Eligibility criteria",
            "methods",
            _paragraphs(_at(protocol, "eligibilityModule", "eligibilityCriteria")),
        ),
        ("Why stopped", "other", [_prose(_at(protocol, "statusModule", "whyStopped"))]),
    ]
    filled = [(heading, role, [text for text in texts if text]) for heading, role, texts in sections]
    for section, (heading, role, texts) in enumerate((part for part in filled if part[2]), start=1):
        for paragraph, text in enumerate(texts, start=1):
            yield Passage(f"body/s{section}p{paragraph}", text, (heading,), role)


def _joined(head: str, kind: str, rest: str) -> str:
    first = f"{head} ({kind})" if head and kind else head or kind
    return f"{first}: {rest}" if first and rest else first or rest


def _arm(arm: object) -> str:
    kind = _text(_at(arm, "type")).replace("_", " ").lower()
    return _joined(_prose(_at(arm, "label")), kind, _prose(_at(arm, "description")))


def _intervention(item: object) -> str:
    kind = _text(_at(item, "type")).replace("_", " ").lower()
    return _joined(_prose(_at(item, "name")), kind, _prose(_at(item, "description")))


def _outcome(outcome: object) -> str:
    return _joined(
        _prose(_at(outcome, "measure")),
        _prose(_at(outcome, "timeFrame")),
        _prose(_at(outcome, "description")),
    )
