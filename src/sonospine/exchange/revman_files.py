"""Reading RevMan's files: data rows of RevMan Web, the analyses of RevMan 5 (CSV and .rm5) and of RevMan 3 (.MTV)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import etree

from sonospine.exchange.revman import CONTINUOUS, DICHOTOMOUS, GENERIC, DataRow
from sonospine.model.errors import InputError
from sonospine.model.schema import PATTERNS
from sonospine.model.sheets import unguarded

_ALLOWED = "data rows of RevMan Web (CSV or its zip), analyses of RevMan 5 (CSV, .rm5) or RevMan 3 (.MTV)"
_LARGEST = 1 << 28
_WEB = {
    "Analysis name": "analysis", "Analysis number": "number", "Subgroup": "subgroup", "Study": "study",
    "Study year": "year", "GIV Mean": "giv_mean", "GIV SE": "giv_se", "Experimental mean": "mean_1",
    "Experimental SD": "sd_1", "Experimental cases": "events_1", "Experimental N": "n_1", "Control mean": "mean_2",
    "Control SD": "sd_2", "Control cases": "events_2", "Control N": "n_2", "Footnotes": "footnote",
}  # fmt: skip
_FIVE = {
    "Name": "study", "Events 1": "events_1", "Mean 1": "mean_1", "SD 1": "sd_1", "Total 1": "n_1",
    "Events 2": "events_2", "Mean 2": "mean_2", "SD 2": "sd_2", "Total 2": "n_2", "Effect Estimate": "giv_mean",
    "SE": "giv_se", "Year of study": "year",
}  # fmt: skip
_NUMBERS = ("giv_mean", "giv_se", "mean_1", "sd_1", "events_1", "n_1", "mean_2", "sd_2", "events_2", "n_2")
_XML = {
    "MEAN_1": "mean_1", "SD_1": "sd_1", "EVENTS_1": "events_1", "TOTAL_1": "n_1", "MEAN_2": "mean_2",
    "SD_2": "sd_2", "EVENTS_2": "events_2", "TOTAL_2": "n_2",
}  # fmt: skip
_DATA = {"DICH_DATA": DICHOTOMOUS, "CONT_DATA": CONTINUOUS, "IV_DATA": GENERIC}
_TYPES = {"DIC": DICHOTOMOUS, "CON": CONTINUOUS, "IV": GENERIC}
_OLD_TYPES = {"D": DICHOTOMOUS, "C": CONTINUOUS, "I": GENERIC}
_USED = {
    CONTINUOUS: ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),
    DICHOTOMOUS: ("events_1", "n_1", "events_2", "n_2"),
    GENERIC: ("giv_mean", "giv_se", "n_1", "n_2"),
}
_OLD_NUMBERS = (
    "events_1",
    "n_1",
    "mean_1",
    "sd_1",
    "events_2",
    "n_2",
    "mean_2",
    "sd_2",
    "giv_mean",
    "giv_se",
)
_OLD_ROW = re.compile(
    r"0 (?P<number>\d+ \d+) \d+ (?P<study>.+?)\s+(?P<year>\d{4})?((?:\s+-?[0-9.]+){10})\s+\d+ (?P<type>\w)\s*"
)
_OLD_HEAD = re.compile(
    r"2 (?P<type>\w) (?P<number>\d+ \d+) \w \d+ \d+ \d+ \d+ \w \d+ (?P<name>.+?)(?:\s{3}.*)?"
)


def read_data_rows(path: Path | str) -> list[DataRow]:
    """Read the data rows of any file of RevMan that has them.

    Raises
    ------
    InputError
        The file is missing, is of no kind of RevMan's, or a figure in it is not a number (its line is named).
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content, path)
    if content.lstrip()[:5] == b"<?xml":
        return _of_xml(content, path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if text.startswith("METAVIEW:"):
        return _of_metaview(text, path)
    return _of_csv(text, path)


def _zipped(content: bytes, path: Path | str, depth: int = 2) -> list[DataRow]:
    """Read the first file of data rows in a download of RevMan Web, which may lie in a zip within the zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                inner = member.filename.lower().endswith(".zip") and depth > 0
                if not (inner or member.filename.endswith("data-rows.csv")) or member.file_size > _LARGEST:
                    continue
                data = archive.read(member)
                name = f"{path}/{member.filename}"
                rows = _zipped(data, name, depth - 1) if inner else _of_csv(data.decode("utf-8-sig"), name)
                if rows:
                    return rows
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"cannot be read: {error}", file=path, allowed=_ALLOWED) from None
    if depth < 2:
        return []
    raise InputError("the zip has no data rows", file=path, allowed="a file that ends in data-rows.csv")


def _of_csv(text: str, path: Path | str) -> list[DataRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        listed = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise InputError(f"not a table: {error}", file=path, row=reader.line_num) from None
    header = [name.strip() for name in listed[0][1]] if listed else []
    if {"Study", "Analysis name"} <= set(header):
        return [_web(line, _named(header, cells, _WEB), path) for line, cells in listed[1:]]
    if {"Comparison Number", "Name", "Total 1"} <= set(header):
        return _five(header, listed[1:], path)
    raise InputError("no data rows of RevMan", file=path, row=1, found=",".join(header), allowed=_ALLOWED)


def _named(header: Sequence[str], cells: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    told = dict(zip(header, cells, strict=False))
    return {ours: told.get(theirs, "").strip() for theirs, ours in names.items()}


def _web(line: int, told: dict[str, str], path: Path | str) -> DataRow:
    _check(told, line, path)
    kind = _kind_of(told)
    about = {name: unguarded(text) for name, text in told.items() if name not in _NUMBERS}
    return DataRow(
        about["analysis"], about["study"], kind, _figures(kind, told), about["year"], about["subgroup"],
        about["number"], about["footnote"], line,
    )  # fmt: skip


def _figures(kind: str, told: Mapping[str, str]) -> dict[str, str]:
    """Return the figures that a kind of row uses; the others are zeros that mean nothing."""
    return {name: told[name] for name in _USED[kind] if told.get(name)}


def _kind_of(told: Mapping[str, str]) -> str:
    """Tell what a row is: RevMan fills what it does not use with zeros."""
    if _nonzero(told["giv_se"]):
        return GENERIC
    return CONTINUOUS if any(_nonzero(told[n]) for n in ("mean_1", "sd_1", "mean_2", "sd_2")) else DICHOTOMOUS


def _nonzero(text: str) -> bool:
    return text != "" and float(text) != 0


def _check(told: Mapping[str, str], line: int, path: Path | str) -> None:
    wanted = PATTERNS["number"]
    for name in _NUMBERS:
        text = told.get(name, "")
        if text and wanted is not None and not wanted.fullmatch(text):
            raise InputError(
                "not a number", file=path, row=line, field=name, found=text, allowed="a number, or empty"
            )
    if not told["study"]:
        raise InputError("the row names no study", file=path, row=line, field="Study", allowed="a name")


def _five(
    header: Sequence[str], listed: Sequence[tuple[int, Sequence[str]]], path: Path | str
) -> list[DataRow]:
    """Read RevMan 5's CSV: rows of comparisons, outcomes and subgroups stand above those of their studies."""
    rows: list[DataRow] = []
    analysis, subgroup, kind = "", "", ""
    for line, cells in listed:
        told = dict(zip(header, cells, strict=False))
        name = told["Name"].strip()
        if told.get("Data Type", "").strip():
            kind = _TYPES.get(told["Data Type"].strip(), GENERIC)
            analysis, subgroup = name, ""
        elif (
            told.get("Subgroup Number", "0") not in ("", "0")
            and not told.get("User defined order", "").strip()
        ):
            subgroup = name
        elif told.get("Total 1", "").strip() or told.get("SE", "").strip():
            figures = _named(header, cells, _FIVE)
            _check(figures, line, path)
            number = f"{told['Comparison Number']}.{told.get('Outcome Number', '')}"
            rows.append(
                DataRow(
                    analysis,
                    name,
                    kind,
                    _figures(kind, figures),
                    figures["year"],
                    subgroup,
                    number,
                    line=line,
                )
            )
    return rows


def _of_xml(content: bytes, path: Path | str) -> list[DataRow]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root: etree._Element = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"not XML: {' '.join(str(error).split())}", file=path, allowed=_ALLOWED) from None
    if root.tag != "COCHRANE_REVIEW":
        raise InputError("no review of RevMan", file=path, found=root.tag, allowed=_ALLOWED)
    studies = {s.get("ID"): s for s in root.iter("STUDY")}
    rows: list[DataRow] = []
    for data in root.iter(*_DATA):
        kind = _DATA[str(data.tag)]
        study = studies.get(data.get("STUDY_ID"))
        above = list(data.iterancestors())
        outcome = next((e for e in above if str(e.tag).endswith("_OUTCOME")), None)
        subgroup = next((e for e in above if str(e.tag).endswith("_SUBGROUP")), None)
        figures = {ours: data.get(theirs, "") for theirs, ours in _XML.items()}
        if kind == GENERIC:
            figures |= {
                "giv_mean": data.get("ESTIMATE", data.get("EFFECT_SIZE", "")),
                "giv_se": data.get("SE", ""),
            }
        name = study.get("NAME", "") if study is not None else data.get("STUDY_ID", "")
        line = int(data.sourceline or 0)
        _check({**figures, "study": name}, line, path)
        year = study.get("YEAR", "") if study is not None else ""
        number = outcome.get("ID", "") if outcome is not None else ""
        rows.append(
            DataRow(
                _name(outcome), name, kind, _figures(kind, figures), year, _name(subgroup), number, line=line
            )
        )
    return rows


def _name(element: etree._Element | None) -> str:
    return (element.findtext("NAME") or "").strip() if element is not None else ""


def _of_metaview(text: str, path: Path | str) -> list[DataRow]:
    rows: list[DataRow] = []
    heads: dict[str, tuple[str, str]] = {}
    for line, content in enumerate(text.splitlines(), start=1):
        head = _OLD_HEAD.fullmatch(content.rstrip())
        if head:
            heads[head["number"]] = head["name"], _OLD_TYPES.get(head["type"], GENERIC)
        if not content.startswith("0 "):
            continue
        found = _OLD_ROW.fullmatch(content)
        if found is None or found["type"] not in _OLD_TYPES:
            raise InputError(
                "the data row cannot be read", file=path, row=line, found=content, allowed=_ALLOWED
            )
        number = found["number"]
        name, kind = heads.get(number, ("", _OLD_TYPES[found["type"]]))
        figures = dict(zip(_OLD_NUMBERS, found[4].split(), strict=True))
        rows.append(
            DataRow(
                name,
                found["study"],
                kind,
                _figures(kind, figures),
                found["year"] or "",
                number=number,
                line=line,
            )
        )
    return rows
