"""The counts of the flow diagram add up, whatever was decided."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import DECISIONS, PRISMA, RECORDS, REJECTED, REPORTS, SEARCHES
from sonospine.screening import prisma_counts
from sonospine.screening.identified import ANOTHER, REPEATED, UNTOLD
from sonospine.screening.verdicts import VERDICTS

REASONS = ("condition", "design", "guidance")


def tables(
    reports: list[tuple[int, int, str, str, str]], rejected: int
) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Make tables: for each report its study, how many records, a source, a decision and a reason."""
    records, report_rows, decisions = [], [], []
    for number, (study, members, source, verdict, reason) in enumerate(reports):
        best = f"{source}:{number}-0"
        row = {"report_id": f"r{number}", "study_id": f"s{study}"}
        report_rows.append(REPORTS.row(**row, kind="article", best_record_id=best))
        passed = verdict != "exclude_at_record"
        for member in range(members):
            name = f"{source}:{number}-{member}"
            blank = {"title": "", "status": "current", "full_text": "false", "sha256": "0"}
            records.append(RECORDS.row(**row, **blank, record_id=name, source=source))
            decisions.append(_decision(name, "record", "include" if passed else "exclude", reason))
        if passed:
            decisions.append(_decision(best, "report", verdict, reason))
    refused = [REJECTED.row(file=f"f{n}", reason="no XML") for n in range(rejected)]
    return records, report_rows, decisions, refused


def _decision(record_id: str, stage: str, decision: str, reason: str) -> Row:
    return DECISIONS.row(record_id=record_id, stage=stage, decision=decision, reason=reason, by="rule")


def boxes(rows: list[Row]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["box"]] += int(row["count"])
    return counts


_reports = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(1, 3),
        st.sampled_from(["pubmed", "pmc", "ctgov", "file"]),
        st.sampled_from([*VERDICTS, "exclude", "exclude_at_record"]),
        st.sampled_from(REASONS),
    ),
    max_size=12,
)


@settings(deadline=None)  # the first example imports pandera
@given(_reports, st.integers(0, 3))
def test_every_box_is_the_sum_of_those_it_divides_into(
    reports: list[tuple[int, int, str, str, str]], rejected: int
) -> None:
    rows = prisma_counts(*tables(reports, rejected))
    check_rows(rows, PRISMA, "prisma.tsv")
    box = boxes(rows)
    identified = box["identified_databases"] + box["identified_registers"] + box["identified_other"]
    assert identified == box["duplicates_removed"] + box["removed_other"] + box["screened"]
    assert box["screened"] == box["excluded_records"] + box["sought"]
    assert box["sought"] == box["not_retrieved"] + box["assessed"]
    included_in_full = next(
        int(r["count"]) for r in rows if (r["box"], r["reason"]) == ("reports_included", "assessed in full")
    )
    ends = box["excluded_reports"] + box["reports_ongoing"] + box["reports_awaiting"] + included_in_full
    assert box["assessed"] == ends
    assert box["reports_included"] == included_in_full + box["not_retrieved"]
    studies = {study for study, *_ in reports}
    ends = (
        box["studies_included"] + box["studies_ongoing"] + box["studies_awaiting"] + box["studies_excluded"]
    )
    assert len(studies) == ends
    assert box["studies_included"] <= box["reports_included"]


def test_a_study_is_included_once_however_many_reports_it_has() -> None:
    reports = [
        (0, 1, "pubmed", "include", ""),
        (0, 2, "ctgov", "ongoing", ""),
        (1, 1, "file", "awaiting", ""),
    ]
    box = boxes(prisma_counts(*tables(reports, 0)))
    assert (box["studies_included"], box["studies_ongoing"], box["studies_awaiting"]) == (1, 0, 1)
    assert box["duplicates_removed"] == 1


def test_files_that_could_not_be_read_are_counted_in_and_out() -> None:
    box = boxes(prisma_counts(*tables([(0, 1, "pubmed", "include", "")], 2)))
    assert (box["identified_other"], box["removed_other"], box["screened"]) == (3, 2, 1)


KIND_OF = {
    "pubmed": "database",
    "trials": "register",
    "pmc": "full_text",
    "corpus": "corpus",
    "file:a": "other",
}


def search_row(name: str, kept: int, repeated: int = 0, rejected: int = 0, **values: str) -> Row:
    row = {"search": name, "kind": KIND_OF[name], "superseded": "7", "entries": "0"}
    counts = {"kept": str(kept), "repeated": str(repeated), "rejected": str(rejected)}
    return SEARCHES.row(**{**row, **counts, **values})


def searched(
    reports: list[tuple[int, list[str], str]], counts: dict[str, tuple[int, int, int]]
) -> tuple[list[Row], list[Row], list[Row], list[Row], list[Row]]:
    """Make tables: for each report its study, the search of each record and the decision; for each search how many
    entries were passed over, not read at import and not read by the parser."""
    records, report_rows, decisions = [], [], []
    for number, (study, members, verdict) in enumerate(reports):
        row = {"report_id": f"r{number}", "study_id": f"s{study}"}
        names = [f"{search}:{number}-{i}" for i, search in enumerate(members)]
        report_rows.append(REPORTS.row(**row, kind="article", best_record_id=names[0]))
        passed = verdict != "exclude_at_record"
        for name, search in zip(names, members, strict=True):
            blank = {"source": "pubmed", "status": "current", "full_text": "false", "sha256": "0"}
            records.append(RECORDS.row(**row, **blank, record_id=name, search=search))
            decisions.append(_decision(name, "record", "include" if passed else "exclude", "why"))
        if passed:
            decisions.append(_decision(names[0], "report", verdict, "why"))
    present = Counter(row["search"] for row in records)
    searches = [
        search_row(name, present[name] + parser, repeated, refused)
        for name, (repeated, refused, parser) in counts.items()
    ]
    refused = sum(refused + parser for _, refused, parser in counts.values())
    rejected = [REJECTED.row(file=f"f{i}", reason="cut off") for i in range(refused)]
    return records, report_rows, decisions, rejected, searches


_counts = st.fixed_dictionaries(
    {name: st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)) for name in KIND_OF}
)
_found = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.lists(st.sampled_from([*KIND_OF, "unheard-of"]), min_size=1, max_size=4),
        st.sampled_from([*VERDICTS, "exclude", "exclude_at_record"]),
    ),
    max_size=10,
)


@settings(deadline=None)  # the first example imports pandera
@given(_found, _counts)
def test_the_searches_add_up_to_what_was_screened(
    reports: list[tuple[int, list[str], str]], counts: dict[str, tuple[int, int, int]]
) -> None:
    made = searched(reports, counts)
    rows = prisma_counts(*made)
    check_rows(rows, PRISMA, "prisma.tsv")
    box = boxes(rows)
    identified = box["identified_databases"] + box["identified_registers"] + box["identified_other"]
    assert identified == box["duplicates_removed"] + box["removed_other"] + box["screened"]
    assert box["screened"] == len(reports)
    own = [search for _, members, _ in reports for search in members]
    for name, place in (("pubmed", "identified_databases"), ("trials", "identified_registers")):
        assert box[place] == own.count(name) + sum(counts[name])
    alone = sum(set(members) == {"pmc"} for _, members, _ in reports)
    entered = [n for n in own if n != "pmc"]
    elsewhere = sum(sum(numbers) for name, numbers in counts.items() if name != "pmc")
    assert identified == len(entered) + alone + elsewhere, (
        "full texts of what was found are not identified again"
    )
    assert box["removed_other"] == sum(sum(numbers[1:]) for n, numbers in counts.items() if n != "pmc")


def lines(rows: list[Row], box: str) -> dict[str, int]:
    return {row["reason"]: int(row["count"]) for row in rows if row["box"] == box}


def test_each_search_has_its_line_and_a_box_without_a_search_is_zero() -> None:
    counts = {"pubmed": (2, 1, 0), "pmc": (5, 1, 0), "corpus": (0, 0, 0)}
    reports = [(0, ["pubmed", "pmc"], "include"), (1, ["pubmed", "corpus"], "exclude")]
    records, report_rows, decisions, rejected, searches = searched(reports, counts)
    searches = [row | {"database": "PubMed" if row["search"] == "pubmed" else ""} for row in searches]
    rows = prisma_counts(records, report_rows, decisions, rejected, searches)
    assert lines(rows, "identified_databases") == {"PubMed": 5}
    assert lines(rows, "identified_registers") == {"": 0}
    assert lines(rows, "identified_other") == {"corpus": 1}
    assert lines(rows, "duplicates_removed") == {ANOTHER: 1, REPEATED: 2}


def test_two_searches_of_one_database_keep_their_own_lines() -> None:
    records, report_rows, decisions, rejected, searches = searched(
        [], {"pubmed": (0, 1, 0), "trials": (0, 2, 0)}
    )
    searches = [row | {"database": "Embase", "kind": "database"} for row in searches]
    rows = prisma_counts(records, report_rows, decisions, rejected, searches)
    check_rows(rows, PRISMA, "prisma.tsv")
    assert lines(rows, "identified_databases") == {"Embase (pubmed)": 1, "Embase (trials)": 2}


def test_a_record_whose_search_nobody_knows_is_not_lost() -> None:
    rows = prisma_counts(*searched([(0, ["unheard-of"], "include")], {}))
    assert lines(rows, "identified_other") == {UNTOLD: 1}
