"""How many people each arm had: sizes that stand in sentences, brackets and designs, in articles nobody tuned to."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms, find_arms
from sonospine.extraction.assembly import extract_records
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.vocabulary import Vocabulary


def arms_of(vocabulary: Vocabulary, methods: str, results: str = "", title: str = "A trial") -> DocumentArms:
    passages = [
        Passage("title", title, (), "title"),
        Passage("abstract/METHODS", methods, ("METHODS",), "methods"),
    ]
    if results:
        passages.append(Passage("abstract/RESULTS", results, ("RESULTS",), "results"))
    return find_arms(Record("file:made", "file", title=title, passages=tuple(passages)), vocabulary)


def sizes(arms: DocumentArms) -> dict[str, str]:
    return {arm.label: arm.n_randomised for arm in arms.arms}


@pytest.mark.parametrize(
    "how",
    [
        "with 15 cases in each",
        "of 15 patients each",
        "with 15 patients per group",
        "(15 patients for each group)",
    ],
)
def test_the_size_of_each_group_is_not_taken_for_everybody(vocabulary: Vocabulary, how: str) -> None:
    found = arms_of(
        vocabulary,
        f"Women were randomized to three groups {how}: Group A, heat; Group B, cold; Group C, no treatment.",
    )
    assert sizes(found) == {"Group A": "15", "Group B": "15", "Group C": "15"}
    assert found.n_total != "15"


def test_the_first_of_two_equal_groups_is_not_taken_for_everybody(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Seventeen participants were allocated to the heat group and 17 participants were allocated to the cold group.",
        "Pain was lower in the heat group than in the cold group.",
    )
    assert sizes(found) == {"heat group": "17", "cold group": "17"}
    assert found.n_total == ""


def test_those_who_are_missing_from_everybody_are_not_everybody(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Heat was studied in a pain clinic.",
        "All but two of 47 randomized patients were followed up.",
    )
    assert found.n_total == "47"


def test_the_size_that_a_plan_asks_for_is_no_size(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Group A had heat and Group B had cold. A sample of 64 patients per group was estimated to be enough.",
    )
    assert sizes(found) == {"Group A": "", "Group B": ""}


@pytest.mark.parametrize(
    ("printed", "known"), [("H.A. Group", "HA group"), ("Group BK 1", "Group BK1"), ("BK-1", "Group BK1")]
)
def test_points_and_spaces_inside_a_code_do_not_matter(printed: str, known: str) -> None:
    arm = DocumentArms((Arm(known), Arm("control group"))).match(printed)
    assert arm is not None
    assert arm.label == known


@pytest.mark.parametrize("verb", ["included", "comprised", "consisted of", "contained"])
def test_a_group_that_includes_so_many_people_has_that_size(vocabulary: Vocabulary, verb: str) -> None:
    found = arms_of(
        vocabulary,
        f"Group I {verb} 61 patients who were treated with heat, and group II {verb} 58 patients who were treated with cold.",
    )
    assert sizes(found) == {"Group I": "61", "Group II": "58"}
    found = arms_of(
        vocabulary,
        f"The heat group {verb} 61 patients. The cold group {verb} 58 patients.",
        "Pain was lower in the heat group than in the cold group.",
    )
    assert sizes(found) == {"heat group": "61", "cold group": "58"}


def test_the_short_form_beside_a_size_names_the_group(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Women were randomized to 10 weeks of slow heat therapy (SHT, n = 18), fast cold therapy (FCT, n = 16), or a group "
        "without any therapy (REF, n = 8). Group SHT and group FCT met weekly, and group REF did not.",
    )
    assert {found.match(name).n_randomised for name in ("SHT",)} == {"18"}  # type: ignore[union-attr]
    assert {found.match(name).n_randomised for name in ("FCT",)} == {"16"}  # type: ignore[union-attr]
    assert {found.match(name).n_randomised for name in ("REF",)} == {"8"}  # type: ignore[union-attr]


def test_two_phrases_whose_brackets_name_the_same_group_are_one_arm(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Forty-two patients were randomized for general anesthesia (control group n=22) or 400 mg of heat followed by general "
        "anesthesia (heat group n=20).",
        "The patients in the control group had general anesthesia alone. Pain was lower in the heat group.",
    )
    assert len(found.arms) == 2
    assert [found.match(name).n_randomised for name in ("Control", "Heat group")] == ["22", "20"]  # type: ignore[union-attr]


def test_shares_behind_the_sizes_of_allocated_people_do_not_hide_them(vocabulary: Vocabulary) -> None:
    found = arms_of(
        vocabulary,
        "Group 1 had heat, group 2 had cold and group 3 had nothing. Twenty (32.8%) patients were randomly assigned into group 1, "
        "21 (34.4%) patients into group 2 and 19 (32.8%) patients into group 3.",
    )
    assert sizes(found) == {"Group 1": "20", "Group 2": "21", "Group 3": "19"}


def test_a_code_with_a_space_is_the_same_group_in_text_and_table(vocabulary: Vocabulary) -> None:
    rows = [["", "Group B (n = 20)", "Group BK 1 (n = 21)"], ["VAS", "6.5 ± 0.7", "1.3 ± 0.5"]]
    grid = tuple(tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    methods = "Patients were randomized to group B, heat; and group BK1, cold."
    record = Record(
        "file:made",
        "file",
        title="A trial",
        passages=(Passage("abstract/METHODS", methods, ("METHODS",), "methods"),),
        tables=(Table("table/T1", "Table 1", "", grid, (), False, 1),),
    )
    arm = find_arms(record, vocabulary).match("BK1 group")
    assert arm is not None
    assert arm.n_randomised == "21"


@pytest.mark.parametrize(
    ("printed", "known"),
    [("AE Group", "aerobic exercise group"), ("DN", "dry needling"), ("DNT group", "dry needling")],
)
def test_initials_in_a_table_name_the_only_group_that_has_them(printed: str, known: str) -> None:
    arms = DocumentArms((Arm("aerobic exercise group"), Arm("dry needling"), Arm("control group")))
    arm = arms.match(printed)
    assert (arm.label if arm is not None else "") == (known if printed != "DNT group" else "")


def test_initials_of_two_groups_name_neither() -> None:
    arms = DocumentArms((Arm("aerobic exercise group"), Arm("active education group")))
    assert arms.match("AE group") is None


def table_rows(
    vocabulary: Vocabulary, methods: str, rows: list[list[str]], results: str = ""
) -> list[dict[str, str]]:
    grid = tuple(tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    passages = [Passage("abstract/METHODS", methods, ("METHODS",), "methods")]
    if results:
        passages.append(Passage("abstract/RESULTS", results, ("RESULTS",), "results"))
    table = Table("table/T1", "Table 1", "Pain after treatment", grid, (), False, 1)
    record = Record("file:made", "file", title="A trial", passages=tuple(passages), tables=(table,))
    return [row for row in extract_records([record], vocabulary).measurements if row["source"] == "table"]


@pytest.mark.parametrize(
    "cell", ["n = 19: 4.09 (2.32)", "n = 19*: 4.09 (2.32)", "4.09 (2.32), n = 19", "(n=19) 4.09 (2.32)"]
)
def test_a_size_beside_the_value_is_that_of_the_value(vocabulary: Vocabulary, cell: str) -> None:
    found = table_rows(
        vocabulary,
        "Patients were randomized to group A (n = 25) or group B (n = 20).",
        [["Mean (SD)", "Group A", "Group B"], ["VAS pain at 4 weeks", cell, "n = 14: 3.41 (2.79)"]],
    )
    assert {row["value"]: row["n"] for row in found} == {"4.09": "19", "3.41": "14"}


def test_the_groups_of_a_table_have_the_sizes_that_a_sentence_tells(vocabulary: Vocabulary) -> None:
    found = table_rows(
        vocabulary,
        "120 eligible subjects were randomized to three kinds of tea.",
        [
            ["Mean (SD)", "Rooibos group", "Mallow group", "Placebo group"],
            ["VAS pain at 4 weeks", "4.0 (2.3)", "3.4 (2.7)", "5.1 (2.2)"],
        ],
        "Thirty-eight subjects in the Rooibos group, 39 in the Mallow group, and 37 in the placebo group completed the last visit, "
        "and their data were used for the final analysis.",
    )
    assert {row["value"]: row["n"] for row in found} == {"4.0": "38", "3.4": "39", "5.1": "37"}


def test_a_sentence_that_leaves_a_group_of_the_table_out_sizes_none(vocabulary: Vocabulary) -> None:
    found = table_rows(
        vocabulary,
        "120 eligible subjects were randomized to three kinds of tea.",
        [
            ["Mean (SD)", "Rooibos group", "Mallow group", "Placebo group"],
            ["VAS pain at 4 weeks", "4.0 (2.3)", "3.4 (2.7)", "5.1 (2.2)"],
        ],
        "Thirty-eight subjects in the Rooibos group and 39 in the Mallow group were analysed.",
    )
    assert {row["n"] for row in found} == {""}


def test_the_size_that_one_table_prints_for_a_group_serves_a_table_without_sizes(
    vocabulary: Vocabulary,
) -> None:
    tables = []
    for name, head in (
        ("T1", ["", "Heat group (n = 12)", "Cold group (n = 11)"]),
        ("T2", ["", "Heat group", "Cold group"]),
    ):
        rows = [head, ["VAS pain at 4 weeks, mean (SD)", "41.2 (11.0)", "52.6 (12.1)"]]
        grid = tuple(
            tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows)
        )
        tables.append(Table(f"table/{name}", name, "Pain", grid, (), False, 1))
    passage = Passage("abstract/METHODS", "Women were randomized to two groups.", ("METHODS",), "methods")
    record = Record("file:made", "file", title="A trial", passages=(passage,), tables=tuple(tables))
    found = extract_records([record], vocabulary).measurements
    assert [row["n"] for row in found if row["locator"].startswith("table/T2")] in (
        ["12", "11"],
        ["11", "12"],
    )
