"""Labels, years, numbers of participants: what a study's row says."""

from __future__ import annotations

import pytest

from sonospine.model.record import Passage, Record
from sonospine.screening.labels import family_name, labels, year_of
from sonospine.screening.participants import participants, whole_number
from sonospine.screening.pieces import ABSTRACT, Piece, pieces, sentences
from sonospine.screening.study import Report, Study


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("Yingying Lv", "Lv"),
        ("Lv Y", "Lv"),
        ("Lv, Yingying", "Lv"),
        ("Lv", "Lv"),
        ("Jan van der Berg", "van der Berg"),
        ("J.-P. Dupont", "Dupont"),
        ("Smith JA", "Smith"),
        ("Jose Uriel Perez MD", "Perez"),
    ],
)
def test_the_family_name_is_found_in_either_order(author: str, family: str) -> None:
    assert family_name(author) == family


def _study(study_id: str, kind: str = "article", **values: object) -> Study:
    record = Record(f"file:{study_id}", "file", kind=kind, **values)  # type: ignore[arg-type]
    return Study(study_id, (Report("r" + study_id, kind, (record,)),), ())


def test_labels_are_unique_by_letters_in_order_of_the_record_ids() -> None:
    studies = [_study(s, authors=("Ann Lv",), year="2025") for s in ("c", "a", "b")]
    found = labels(studies, {s.study_id: year_of(s) for s in studies}, {})
    assert found == {"a": "Lv 2025a", "b": "Lv 2025b", "c": "Lv 2025c"}


def test_a_study_without_authors_is_called_by_its_title_cut_at_a_word() -> None:
    study = _study("a", title="Needles in the spine of people who have had pain for years", year="2020")
    assert labels([study], {"a": "2020"}, {}) == {"a": "Needles in the spine of people who … 2020"}


def test_studies_without_year_or_author_are_told_apart_by_letters_in_brackets() -> None:
    studies = [_study(s, title="Needles in the spine") for s in ("a", "b")]
    found = labels(studies, {"a": "", "b": ""}, {})
    assert found == {"a": "Needles in the spine (a)", "b": "Needles in the spine (b)"}


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ({"title": "超声引导与盲法腰椎小关节阻滞", "language": "zh"}, "Study of facet joint injection 2014"),
        (
            {"title": "CT-gesteuerte periradikuläre Therapie", "language": "de"},
            "Study of facet joint injection 2014",
        ),
        ({"title": "Naïve needles", "language": "en"}, "Naïve needles 2014"),
        ({"title": "Needles and blocks", "language": "zh"}, "Needles and blocks 2014"),
        ({"title": "Needles", "authors": ("王伟",)}, "Needles 2014"),
        ({"title": "超声", "authors": ("Wei Wang",)}, "Wang 2014"),
        ({"title": "Needles", "authors": ("Núñez-Cortés R",)}, "Núñez-Cortés 2014"),
    ],
)
def test_a_title_in_another_language_gives_way_to_the_procedure(
    values: dict[str, object], label: str
) -> None:
    found = labels([_study("a", **values)], {"a": "2014"}, {"a": "Facet joint injection"})
    assert found == {"a": label}


def test_a_title_in_another_language_stays_where_no_procedure_is_known() -> None:
    assert labels([_study("b", title="超声引导与盲法")], {"b": ""}, {}) == {"b": "超声引导与盲法"}


def test_a_procedure_that_starts_with_an_abbreviation_keeps_it() -> None:
    study = _study("b", title="超声引导与盲法")
    assert labels([study], {"b": ""}, {"b": "PRP injection"}) == {"b": "Study of PRP injection"}


def test_the_year_is_that_of_the_earliest_article_not_of_the_registration() -> None:
    one, other = (
        Record(f"file:{y}", "file", kind=k, year=y)
        for y, k in (("2019", "registration"), ("2023", "article"))
    )
    reports = tuple(Report(r.year, r.kind, (r,)) for r in (one, other))
    assert year_of(Study("s", reports, ())) == "2023"


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Twenty-six patients were randomised to two groups.", "26"),
        ("A total of 60 patients with chronic pain were randomly assigned to A or B.", "60"),
        ("We randomised 1,204 adults.", "1204"),
        ("One hundred and twenty participants were randomized.", "120"),
        ("Forty women were enrolled.", "40"),
        ("Patients aged 60 years were randomised.", ""),
        ("In all 30 patients were randomised. Later 45 patients were randomised.", ""),
        ("Of 90 screened, 80 patients were excluded.", ""),
        ("Thirty patients were randomised to A and 30 to B.", ""),
        ("A previous study randomised 90 patients.", ""),
        ("After a pilot with 10 volunteers, 40 patients with pain were randomised.", "40"),
        ("80 patients were enrolled. Sixty patients were randomised.", "60"),
    ],
)
def test_the_number_randomised_is_read_only_where_it_is_plain(text: str, n: str) -> None:
    record = Record("file:1", "file", passages=(Passage("abstract/p1", text, (), "abstract"),))
    assert participants(pieces(record, full=False)) == n


@pytest.mark.parametrize(
    ("text", "value"),
    [("26", 26), ("1,204", 1204), ("ninety-nine", 99), ("two hundred", 200), ("many", None)],
)
def test_whole_numbers_are_read_in_digits_and_words(text: str, value: int | None) -> None:
    assert whole_number(text) == value


def test_sentences_end_at_stops_not_at_abbreviations_or_decimals() -> None:
    text = "Pain was 2.5 vs. 3.1 (Fig. 2). No harm was seen! 结果很好。End"
    assert [text[a:b].strip() for a, b in sentences(text)] == [
        "Pain was 2.5 vs. 3.1 (Fig. 2).",
        "No harm was seen!",
        "结果很好。",
        "End",
    ]


def test_a_piece_knows_its_place_in_the_passage() -> None:
    text = "First sentence. The second one counts."
    record = Record("file:1", "file", passages=(Passage("abstract/p1", text, (), "abstract"),))
    piece = next(p for p in pieces(record, full=False) if "second" in p.text)
    start = piece.text.index("second")
    place = piece.locator(start, start + 6)
    assert place == f"abstract/p1:{text.index('second')}-{text.index('second') + 6}"
    assert piece == Piece("file:1", ABSTRACT, "abstract/p1", piece.start, piece.text)
