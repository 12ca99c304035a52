"""brat: what is written comes back; what an annotator changed becomes lines of the log; mistakes are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.exchange import brat
from sonospine.exchange.brat import Annotations, Attribute, Note, Relation, TextBound, ann_text, read_ann
from sonospine.exchange.spans import LABELS, Span
from sonospine.model.errors import InputError
from sonospine.model.files import read_text
from sonospine.model.places import quote_at
from sonospine.model.record import Record

TEXT = "\U0001f600 Pain was 5.2 ± 0.4 and 3.1 ± 0.6 (n = 26)."


@st.composite
def annotations(draw: st.DrawFn) -> Annotations:
    spans = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        cuts = sorted(
            draw(st.sets(st.integers(0, len(TEXT)), min_size=2, max_size=6).filter(lambda s: len(s) % 2 == 0))
        )
        fragments = tuple(zip(cuts[::2], cuts[1::2], strict=True))
        told = " ".join(TEXT[a:b] for a, b in fragments)
        spans.append(TextBound(f"T{number}", Span(draw(st.sampled_from(LABELS)), fragments), told, number))
    names = st.sampled_from([s.name for s in spans])
    word = st.from_regex(r"\A[a-z_]{1,8}\Z")
    line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=10)
    value = st.from_regex(r"\A[a-z0-9_]{0,8}\Z")
    return Annotations(
        tuple(spans),
        tuple(Relation(f"R{i}", draw(word), draw(names), draw(names)) for i in range(draw(st.integers(0, 3)))),
        tuple(Attribute(f"A{i}", draw(word), draw(names), draw(value)) for i in range(draw(st.integers(0, 3)))),
        tuple(Note(f"#{i}", draw(word), draw(names), draw(line)) for i in range(draw(st.integers(0, 3)))),
        tuple(f"E{i}\tevent:T1 Arg:T2" for i in range(draw(st.integers(0, 2)))),
    )  # fmt: skip


@given(annotations())
def test_annotations_come_back_from_their_file(written: Annotations) -> None:
    assert read_ann(ann_text(written), TEXT) == written
    assert read_ann(ann_text(written).replace("\n", "\r\n"), TEXT) == written


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("T1\tmean 11 14\t5.3", r"T1: another text stands at the offsets; found '5.3'; allowed: '5.2'"),
        ("T1\tmean 11 999\t5.2", "T1: the offsets are not in the text; found '11 999'; allowed: ascending, up to"),
        ("T1\tmean 14 11\t5.2", "the offsets are not in the text"),
        ("T1\tmean 11 14;12 15\t5.2 .2 ", "the offsets are not in the text"),
        ("T1\tmean eleven 14\t5.2", "the annotation is malformed; found 'mean eleven 14'; allowed: label start end"),
        ("Q1\tmean 11 14\t5.2", "not an annotation"),
        ("no tab", "not an annotation"),
        ("R1\tbelongs_to T1 T2", "the annotation is malformed"),
        ("#1\tarm\tA", "the annotation is malformed"),
    ],
)  # fmt: skip
def test_a_malformed_line_is_named(line: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_ann(f"T9\tmean 11 14\t5.2\n{line}\n", TEXT, "a.ann")
    assert error.value.line().startswith("a.ann, line 2")
    assert said in error.value.line()


def test_a_name_cannot_stand_twice() -> None:
    with pytest.raises(InputError, match="line 2: the name stands twice; found 'T1'"):
        read_ann("T1\tmean 11 14\t5.2\nT1\tsd 17 20\t0.4\n", TEXT)


def test_real_files_parse_and_come_back(real_data: Path) -> None:
    paths = sorted((real_data / "pico-brat").glob("*.ann"))
    assert len(paths) == 496
    for path in paths:
        text, content = read_text(path.with_suffix(".txt")), read_text(path)
        read = read_ann(content, text, path)
        assert read.spans
        assert read_ann(ann_text(read), text).spans == tuple(
            TextBound(s.name, s.span, s.text, number) for number, s in enumerate(read.spans, start=1)
        )


def test_the_configuration_names_every_label_relation_and_attribute() -> None:
    told = brat.configuration().splitlines()
    assert told[0] == "[entities]"
    assert set(LABELS) < set(told)
    assert any(line.startswith("belongs_to\tArg1:sd|") for line in told)
    assert any(
        line.startswith("phase\t") and line.endswith("Value:baseline|procedure|follow_up") for line in told
    )


def _folder(reviewed: Any) -> Path:
    return reviewed.export("brat")


def _file(folder: Path, key: str) -> Path:
    (path,) = [p for p in folder.glob("*.ann") if f"\t{key}\n" in p.read_text(encoding="utf-8")]
    return path


def _galiano(reviewed: Any) -> str:
    (effect,) = [row for row in reviewed.effects() if row["label"].startswith("Galiano")]
    return effect["measurement_ids"].split(";")[0]


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (text.count(old), old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def _value(path: Path, key: str) -> brat.TextBound:
    read = read_ann(path.read_text(encoding="utf-8"), path.with_suffix(".txt").read_text(encoding="utf-8"))
    name = next(n.target for n in read.notes if n.text == key)
    return next(s for s in read.spans if s.name == name)


def _record(reviewed: Any, record_id: str) -> Record:
    from sonospine.cli.replaying import read_in

    return read_in(reviewed.root).records_named({record_id})[record_id]


def test_an_export_that_nobody_touched_says_nothing(reviewed: Any) -> None:
    said = reviewed.take("brat", _folder(reviewed))
    assert (said.status, said.out) == (0, "")
    assert said.err == "0 changes, 0 lines: nothing written\n"
    assert reviewed.lines() == []


def test_a_changed_label_sets_what_the_number_is(reviewed: Any) -> None:
    folder, key = _folder(reviewed), _galiano(reviewed)
    path = _file(folder, key)
    value = _value(path, key)
    end = value.span.bounds[1]
    _edit(path, f"sd {end + 3} {end + 6}\t6.6", f"se {end + 3} {end + 6}\t6.6")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"#99\tAnnotatorNotes {value.name}\tfootnote says SEM\n")
    said = reviewed.take("brat", folder)
    assert said.status == 0, said.err
    (line,) = reviewed.lines()
    told = {
        name: line[name]
        for name in ("action", "target_id", "field", "old_value", "new_value", "reason", "curator")
    }
    assert told == {"action": "set", "target_id": key, "field": "spread", "old_value": "sd", "new_value": "se",
                    "reason": "footnote says SEM", "curator": "ada"}  # fmt: skip
    again = reviewed.take("brat", path)
    assert "said already" in again.out
    assert len(reviewed.lines()) == 1
    row = reviewed.corrected()[key]
    assert (row["spread"], row["spread_value"], row["state"]) == ("se", "6.6", "corrected")


def test_a_moved_value_is_read_anew_with_its_place(reviewed: Any) -> None:
    folder, key = _folder(reviewed), _galiano(reviewed)
    path = _file(folder, key)
    value = _value(path, key)
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    start = text.index("22.3", value.span.bounds[0])
    _edit(path, f"{value.name}\tmean {value.span.bounds[0]} {value.span.bounds[1]}\t14.3",
          f"{value.name}\tmean {start} {start + 4}\t22.3")  # fmt: skip
    said = reviewed.take("brat", folder, "--dry-run")
    assert said.status == 0
    assert f"{key} value '14.3' -> '22.3'" in said.out
    assert reviewed.lines() == []
    assert reviewed.take("brat", folder).status == 0
    (line,) = reviewed.lines()
    record = _record(reviewed, line["record_id"])
    assert (line["field"], line["new_value"], line["new_quote"]) == ("value", "22.3", "22.3")
    assert quote_at(record, line["new_locator"]) == "22.3"
    assert reviewed.corrected()[key]["value"] == "22.3"


def test_a_new_value_with_its_spread_is_added_as_a_row(reviewed: Any) -> None:
    from sonospine.corrections import read_actions

    folder, key = _folder(reviewed), _galiano(reviewed)
    path = _file(folder, key)
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    start = text.index("20")
    path.write_text(
        path.read_text(encoding="utf-8")
        + f"T91\tcount {start} {start + 2}\t20\nT92\ttotal {start} {start + 2}\t20\n"
        + "R91\tbelongs_to Arg1:T92 Arg2:T91\n#91\tarm T91\tCT group\n#92\toutcome T91\tSuccess\nA91\tphase T91 procedure\n",
        encoding="utf-8",
    )  # fmt: skip
    said = reviewed.take("brat", folder)
    assert said.status == 0, said.err
    assert "a new row of file:" in said.out
    told = {line["field"]: line["new_value"] for line in reviewed.lines()}
    assert told["value"] == told["total"] == told["quote"] == "20"
    assert (told["centre"], told["arm"], told["outcome"], told["phase"]) == (
        "count",
        "CT group",
        "Success",
        "procedure",
    )
    actions = read_actions(reviewed.root / "extracted/curation/corrections")
    assert {a.action for a in actions} == {"add"}
    assert reviewed.run("curate", "check").status == 0
    (added,) = [row for row in reviewed.corrected().values() if row["state"] == "added"]
    assert (added["value"], added["total"], added["arm"]) == ("20", "20", "CT group")
    again = reviewed.take("brat", path)
    assert "said already" in again.out


def test_what_is_no_longer_marked_is_told_and_rejected_only_where_asked(reviewed: Any) -> None:
    folder, key = _folder(reviewed), _galiano(reviewed)
    path = _file(folder, key)
    read = read_ann(path.read_text(encoding="utf-8"), path.with_suffix(".txt").read_text(encoding="utf-8"))
    value = next(note.target for note in read.notes if note.text == key)
    gone = {value, *(r.first for r in read.relations if r.second == value)}
    left = Annotations(
        tuple(s for s in read.spans if s.name not in gone),
        tuple(r for r in read.relations if r.second != value),
        tuple(a for a in read.attributes if a.target != value),
        tuple(n for n in read.notes if n.target != value),
    )
    path.write_text(ann_text(left), encoding="utf-8")
    said = reviewed.take("brat", path)
    assert said.status == 0, said.err
    assert f"{key} is not marked; it stays as it is" in said.err
    assert reviewed.lines() == []
    assert reviewed.take("brat", path, "--reject-missing").status == 0
    assert [(r["action"], r["target_id"]) for r in reviewed.lines()] == [("reject", key)]


def test_rows_that_were_not_exported_are_not_missing(reviewed: Any) -> None:
    key = _galiano(reviewed)
    folder = reviewed.export("brat", "--analysis", "procedure_time")
    path = _file(folder, key)
    exported = (folder / "exported.txt").read_text(encoding="utf-8")
    record_id = reviewed.rows()[key]["record_id"]
    of_record = {k for k, row in reviewed.rows().items() if row["record_id"] == record_id}
    assert sum(k in exported for k in of_record) < len(of_record)
    said = reviewed.take("brat", path, "--reject-missing")
    assert (said.status, said.err) == (0, "0 changes, 0 lines: nothing written\n")
    (folder / "exported.txt").unlink()
    assert reviewed.take("brat", path).status == 0
    said = reviewed.take("brat", path, "--reject-missing")
    assert said.status == 1
    assert "which rows were exported is not known" in said.err


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("T91\tsd {s} {e}\t20\n", "sd: the span belongs to no value; found 'T91'"),
        ("T91\tmean {w} {x}\tProcedure\n", "mean: the span is not a number; found 'Procedure'; allowed: one number"),
        ("T91\tmean {s} {e}\t20\n#91\tmeasurement_id T91\tm0\n", "measurement_id: no row of this record has this id"),
        ("T91\tmean {s} {e}\t20\n#91\tweeks T91\tsoon\n", "weeks: the value does not fit weeks; found 'soon'"),
        ("T91\tmean {s} {e}\t21\n", "T91: another text stands at the offsets; found '21'; allowed: '20'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_nothing_is_imported(reviewed: Any, added: str, said: str) -> None:
    folder, key = _folder(reviewed), _galiano(reviewed)
    path = _file(folder, key)
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    s, w = text.index("20"), text.index("Procedure")
    value = _value(path, key)
    end = value.span.bounds[1]
    _edit(path, f"sd {end + 3} {end + 6}\t6.6", f"se {end + 3} {end + 6}\t6.6")  # a change that would fit
    path.write_text(
        path.read_text(encoding="utf-8") + added.format(s=s, e=s + 2, w=w, x=w + 9), encoding="utf-8"
    )
    done = reviewed.take("brat", folder)
    assert (done.status, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert said in line, line
    assert line.startswith(f"{path}, line ")
    assert reviewed.lines() == []


def test_a_text_that_changed_since_is_refused(reviewed: Any) -> None:
    folder = _folder(reviewed)
    path = _file(folder, _galiano(reviewed)).with_suffix(".txt")
    path.write_text(path.read_text(encoding="utf-8").replace("14.3", "14.4", 1), encoding="utf-8")
    said = reviewed.take("brat", folder)
    assert said.status == 1
    assert "the text is not that of the record" in said.err
    assert reviewed.lines() == []


def test_a_file_of_no_record_is_refused(reviewed: Any) -> None:
    (reviewed.root / "x").mkdir()
    (reviewed.root / "x" / "other.ann").write_text("", encoding="utf-8")
    assert "no record goes by this name; found 'other'" in reviewed.take("brat", reviewed.root / "x").err
    (reviewed.root / "y").mkdir()
    assert "no .ann file is in the folder" in reviewed.take("brat", reviewed.root / "y").err
    assert "no such file" in reviewed.take("brat", reviewed.root / "z").err
