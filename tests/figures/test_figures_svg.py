"""The SVG: links, ids of its own, no styles, names for screen readers, escaped texts."""

from __future__ import annotations

from lxml import etree

from sonospine.figures.forest import forest_of
from sonospine.figures.rendering import rendered
from sonospine.figures.setting import Setting
from sonospine.figures.svg import HREF, SVG, inline, relinked
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS
from sonospine.synthesis.pooling import Choice, pool

HOSTILE = '"><script>alert(1)</script>'


def drawn(analysis: str = "pain", title: str = "Pain", base: str = "") -> bytes:
    rows: list[Row] = [
        EFFECTS.row(
            effect_id=f"e{i}", analysis=analysis, variant="primary", included="true", study_id=f"s{i}",
            label=HOSTILE if i == 1 else f"Lee {i}", outcome="pain", measure="MD", derivation="[]", verified="false",
            yi=f"{i}", vi="0.25", ci_lower=f"{i - 1}", ci_upper=f"{i + 1}", m1i="3", sd1i="1", n1i="20",
            m2i="2", sd2i="1", n2i="20",
        )
        for i in range(3)
    ]  # fmt: skip
    pools = pool(rows, Choice(), None, [analysis])
    setting = Setting(analysis, title, "", "MD", "Mean difference")
    return rendered(forest_of(setting, rows, pools.pooled, pools.weights), "svg", base=base)


def anchors(content: bytes) -> list[str]:
    return [a.get(HREF, "") for a in etree.fromstring(content).iter(f"{{{SVG}}}a")]


def test_each_row_is_one_link_to_the_effect_on_its_study_page() -> None:
    found = anchors(drawn(base="../report/"))
    assert sorted(found) == [f"../report/studies/s{i}.html#e{i}" for i in range(3)]


def test_another_home_changes_the_links_and_nothing_else() -> None:
    content = drawn(base="../report/")
    assert relinked(content, "../report/", "") == relinked(drawn(), "", "")
    assert set(anchors(relinked(content, "../report/", "../"))) == {
        f"../studies/s{i}.html#e{i}" for i in range(3)
    }


def test_no_style_stands_in_the_figure() -> None:
    root = etree.fromstring(drawn())
    assert not list(root.iter(f"{{{SVG}}}style"))
    assert not [e for e in root.iter(f"{{{SVG}}}*") if e.get("style")]
    assert [e for e in root.iter(f"{{{SVG}}}path") if e.get("fill")], "the colours became attributes"


def test_two_figures_in_one_page_share_no_id_and_every_reference_holds() -> None:
    one, two = etree.fromstring(drawn("pain")), etree.fromstring(drawn("disability"))
    ids = [[e.get("id") for e in root.iter() if e.get("id")] for root in (one, two)]
    assert not set(ids[0]) & set(ids[1])
    assert len(ids[0]) == len(set(ids[0]))
    uses = [e.get(HREF, "") for e in one.iter(f"{{{SVG}}}use")]
    assert uses
    assert {use[1:] for use in uses} <= set(ids[0])


def test_the_figure_has_a_title_a_description_and_named_links() -> None:
    root = etree.fromstring(drawn(title="Pain & function"))
    assert root.findtext(f"{{{SVG}}}title") == "Pain & function"
    assert "Lee 0: 0.00 [−1.00, 1.00]." in (root.findtext(f"{{{SVG}}}desc") or "")
    names = [a.get("aria-label", "") for a in root.iter(f"{{{SVG}}}a")]
    assert names[1] == "Lee 0: 0.00 [−1.00, 1.00]; show where it was read"


def test_hostile_text_stays_text() -> None:
    markup = inline(drawn(title=HOSTILE))
    assert "<script" not in markup
    assert "&lt;script&gt;" in markup


def test_an_inlined_figure_has_no_declaration_and_no_fixed_size() -> None:
    markup = inline(drawn())
    assert markup.startswith("<svg")
    root = etree.fromstring(markup)
    assert root.get("width") is None
    assert root.get("viewBox")


def test_any_name_of_an_analysis_gives_ids_that_references_find() -> None:
    root = etree.fromstring(drawn("my file (1) \\g<9>"))
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    named = [e.get(n, "") for e in root.iter() for n in ("clip-path", "fill") if "url(" in e.get(n, "")]
    named += [e.get(HREF, "") for e in root.iter(f"{{{SVG}}}use")]
    assert named
    assert {name.removeprefix("url(").rstrip(")").removeprefix("#") for name in named} <= ids


def test_signs_that_no_xml_can_hold_are_left_out_of_titles() -> None:
    assert b"Pain" in drawn(title="Pain\ufffe\uffff\x00")
