"""Results posted in a registration: one reading a measurement, and the differences of its analyses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sonospine.extraction.reading import Reading
from sonospine.extraction.times import TimeMention, find_times
from sonospine.model.record import Record

RULE = "registry"
CONFIDENCE = 0.97

_CENTRES = {
    "MEAN": "mean",
    "LEAST_SQUARES_MEAN": "ls_mean",
    "MEDIAN": "median",
    "GEOMETRIC_MEAN": "geometric_mean",
    "GEOMETRIC_LEAST_SQUARES_MEAN": "geometric_mean",
    "COUNT_OF_PARTICIPANTS": "count",
    "COUNT_OF_UNITS": "count",
}
_SPREADS = (
    ("standard deviation", "sd"),
    ("standard error", "se"),
    ("confidence interval", "ci"),
    ("inter-quartile", "iqr"),
    ("interquartile", "iqr"),
    ("full range", "range"),
)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_LEVEL = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_PERCENT = re.compile(r"percent|proportion of|%", re.IGNORECASE)
_COUNTED = re.compile(r"^(?:number of )?(?:participants|patients|subjects|people)$", re.IGNORECASE)
_CHANGE = re.compile(r"\bchange\b.{0,60}\bfrom\b|\bchange from baseline\b|\bmean change\b", re.IGNORECASE)
_MEASURES = (
    (re.compile(r"\bhazard", re.IGNORECASE), "ratio", "HR"),
    (re.compile(r"\bodds", re.IGNORECASE), "ratio", "OR"),
    (re.compile(r"\brisk ratio|\brelative risk", re.IGNORECASE), "ratio", "RR"),
    (
        re.compile(
            r"\brisk difference|percent\w* difference|difference in (?:percent|proportion)", re.IGNORECASE
        ),
        "difference",
        "RD",
    ),
    (re.compile(r"\bdifference", re.IGNORECASE), "difference", "MD"),
)
_DOTTED = re.compile(r"[.,;]+$")


def read_registry(record: Record) -> list[Reading]:
    """Read the posted outcome measures of a registration.

    Measurements whose value is "NA", or not a number, are passed over. Every number is addressed by its JSON
    pointer below ``registry/``. Weeks come from the class or category title where it names a time, else from
    the measure's time frame, and are left unknown where the time frame names several.
    """
    measures = record.registry.get("outcomeMeasures", [])
    return [
        reading for i, m in enumerate(measures) for reading in _measure(m, f"registry/outcomeMeasures/{i}")
    ]


def unposted(record: Record) -> list[tuple[str, str]]:
    """List measurements posted without a number: pointer, and the measure with the reason given ("NA: ...")."""
    found = []
    for i, measure in enumerate(record.registry.get("outcomeMeasures", [])):
        for pointer, _, _, posted in _posted(measure, f"registry/outcomeMeasures/{i}"):
            if not _NUMBER.fullmatch(str(posted.get("value", ""))):
                reason = " ".join(str(posted.get("comment", "")).split())
                title = f"{measure.get('title', '')}: {posted.get('value', 'no value')}"
                found.append((f"{pointer}/value", f"{title} ({reason})" if reason else title))
    return found


def _posted(
    measure: Mapping[str, Any], base: str
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    for c, klass in enumerate(measure.get("classes", [])):
        for k, category in enumerate(klass.get("categories", [])):
            for j, posted in enumerate(category.get("measurements", [])):
                yield f"{base}/classes/{c}/categories/{k}/measurements/{j}", klass, category, posted


def _measure(measure: Mapping[str, Any], base: str) -> Iterator[Reading]:
    groups = {str(g.get("id")): g for g in measure.get("groups", [])}
    unit = str(measure.get("unitOfMeasure", ""))
    centre, spread, level = _statistic(measure, unit)
    title = " ".join(str(measure.get("title", "")).split())
    frame = " ".join(str(measure.get("timeFrame", "")).split())
    for pointer, klass, category, posted in _posted(measure, base):
        value = str(posted.get("value", ""))
        if not _NUMBER.fullmatch(value):
            continue
        parts = [str(p.get("title", "")).strip() for p in (klass, category)]
        time, mention, labels = _time(parts, frame)
        group = groups.get(str(posted.get("groupId")), {})
        n, n_pointer = _denominator(measure, klass, base, pointer, str(posted.get("groupId")))
        numbers = {k: str(posted.get(k, "")) for k in ("spread", "lowerLimit", "upperLimit")}
        single = numbers["spread"] if spread in {"sd", "se"} and _NUMBER.fullmatch(numbers["spread"]) else ""
        bounds = [numbers[k] if _NUMBER.fullmatch(numbers[k]) else "" for k in ("lowerLimit", "upperLimit")]
        if spread not in {"ci", "iqr", "range"}:
            bounds = ["", ""]
        has_spread = bool(single or any(bounds))
        yield Reading(
            source="registry",
            locator=f"{pointer}/value",
            quote=value,
            first_number=0,
            centre=centre,
            value=value,
            rule=RULE,
            confidence=CONFIDENCE,
            outcome="; ".join([title, *labels]),
            unit=unit,
            context=" ".join(str(measure.get("description", "")).split()),
            arm=str(group.get("title", "")).strip(),
            arm_definition=" ".join(str(group.get("description", "")).split()),
            n=n if centre != "count" else "",
            n_locator=n_pointer if centre != "count" and n else "",
            time=time,
            weeks=mention.weeks if mention else None,
            phase=mention.phase if mention else "",
            time_from=mention.time_from if mention else "",
            change=bool(_CHANGE.search(title)) and not (mention and mention.phase == "baseline"),
            spread=spread if has_spread else "none",
            spread_value=single,
            spread_locator=f"{pointer}/spread" if single else f"{pointer}/lowerLimit" if any(bounds) else "",
            lower=bounds[0],
            upper=bounds[1],
            level=level if has_spread and spread == "ci" else "",
            total=n if centre == "count" else "",
            total_locator=n_pointer if centre == "count" and n else "",
            evidence=("arm, statistic and n as posted",),
        )
    yield from _analyses(measure, groups, base, title, unit, frame)


def _statistic(measure: Mapping[str, Any], unit: str) -> tuple[str, str, str]:
    kind, dispersion = (
        str(measure.get("paramType", "")).upper(),
        str(measure.get("dispersionType", "")).lower(),
    )
    centre = _CENTRES.get(kind, "")
    if not centre:
        centre = "percent" if _PERCENT.search(unit) else "count" if _COUNTED.match(unit.strip()) else "none"
    spread = next((s for words, s in _SPREADS if words in dispersion), "none")
    level = _LEVEL.search(dispersion)
    return centre, spread, level[1] if level else ""


def _time(parts: list[str], frame: str) -> tuple[str, TimeMention | None, list[str]]:
    """Take the time from a class or category title that is one, else from the time frame with a single time."""
    labels, time, mention = [], "", None
    for part in parts:
        found = find_times(part) if part else []
        if found and mention is None:
            mention, time = found[-1], part
            if len(part) > found[-1].end - found[-1].start + 25:
                labels.append(part)
        elif part:
            labels.append(part)
    if mention is None:
        found = find_times(frame)
        later = [m for m in found if m.phase != "baseline"]
        time = frame
        if len(found) == 1 or len(later) == 1:
            mention = later[-1] if later else found[0]
    return _DOTTED.sub("", time), mention, labels


def _denominator(
    measure: Mapping[str, Any], klass: Mapping[str, Any], base: str, pointer: str, group: str
) -> tuple[str, str]:
    in_class = pointer.partition("/categories/")[0]
    for holder, place in ((klass, in_class), (measure, base)):
        for d, denominator in enumerate(holder.get("denoms", [])):
            if str(denominator.get("units", "Participants")).lower() != "participants":
                continue
            for c, count in enumerate(denominator.get("counts", [])):
                if str(count.get("groupId")) == group and str(count.get("value", "")).isdigit():
                    return str(count["value"]), f"{place}/denoms/{d}/counts/{c}/value"
    return "", ""


def _analyses(
    measure: Mapping[str, Any],
    groups: Mapping[str, Mapping[str, Any]],
    base: str,
    title: str,
    unit: str,
    frame: str,
) -> Iterator[Reading]:
    for a, analysis in enumerate(measure.get("analyses", [])):
        value, kind = str(analysis.get("paramValue", "")), str(analysis.get("paramType", ""))
        meaning = next(((c, m) for pattern, c, m in _MEASURES if pattern.search(kind)), None)
        compared = [groups.get(str(g), {}) for g in analysis.get("groupIds", [])]
        if not _NUMBER.fullmatch(value) or meaning is None or len(compared) != 2:
            continue
        pointer = f"{base}/analyses/{a}"
        lower, upper = (str(analysis.get(k, "")) for k in ("ciLowerLimit", "ciUpperLimit"))
        bounded = bool(_NUMBER.fullmatch(lower) and _NUMBER.fullmatch(upper))
        deviation = str(analysis.get("dispersionValue", ""))
        single = (
            "se"
            if "ERROR" in str(analysis.get("dispersionType", "")).upper() and _NUMBER.fullmatch(deviation)
            else ""
        )
        words = " ".join(str(analysis.get(k, "")) for k in ("groupDescription", "estimateComment"))
        time, mention, _ = _time([words if len(find_times(words)) == 1 else ""], frame)
        first, second = (" ".join(str(g.get("title", "")).split()) for g in compared)
        yield Reading(
            source="registry",
            locator=f"{pointer}/paramValue",
            quote=value,
            first_number=0,
            centre=meaning[0],
            value=value,
            rule=RULE,
            confidence=0.8,
            outcome=title,
            unit=unit,
            context=" ".join(words.split()),
            arm=first,
            arm_definition=" ".join(str(compared[0].get("description", "")).split()),
            comparator_arm=second,
            time=frame if mention is None else time[:120],
            weeks=mention.weeks if mention else None,
            phase=mention.phase if mention else "",
            time_from=mention.time_from if mention else "",
            change=bool(_CHANGE.search(title)),
            spread="ci" if bounded else single or "none",
            spread_value="" if bounded else deviation if single else "",
            spread_locator=f"{pointer}/ciLowerLimit"
            if bounded
            else f"{pointer}/dispersionValue"
            if single
            else "",
            lower=lower if bounded else "",
            upper=upper if bounded else "",
            level=str(analysis.get("ciPctValue", "")) if bounded else "",
            measure=meaning[1],
            adjusted=bool(
                re.search(
                    r"\bLS\b|least squares|ANCOVA|adjusted",
                    f"{kind} {analysis.get('statisticalMethod', '')}",
                    re.IGNORECASE,
                )
            ),
            p_value=str(analysis.get("pValue", "")).replace(" ", ""),
            flags=("direction_as_listed",),
            evidence=("the groups in the order of the analysis",),
        )
