"""What the reader passes over for speed changes nothing: each shortcut gives what the plain way gives."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.extraction import arm_patterns, text, times
from sonospine.extraction.abbreviations import abbreviations_of, defined_in, tokens_of
from sonospine.extraction.alternatives import any_of, folded
from sonospine.extraction.expressions import has_digit
from sonospine.extraction.tokens import normal_number

PIECES = str.split(
    "( ) [ ] ; . , - ± group groups Group A arm arms heated control the of in and US ultrasound VAS visual analogue scale "
    "pain IL-6 interleukin 6 n = 20 (n=20) N=3) two twenty-six twenty first 3rd 12 0.5 weeks week h d mo months post-op "
    "after before baseline immediately follow-up discharge T1 versus vs study et al. shown power minİmal ſhown Kind ²"
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=24).map(" ".join) | st.lists(
    st.sampled_from([*PIECES, " ", "  "]), max_size=24
).map("".join)


def spans(found):
    return [m.span() for m in found]


@pytest.fixture(scope="module")
def detector():
    import spacy
    from scispacy.abbreviation import AbbreviationDetector
    from spacy.util import compile_infix_regex

    from sonospine.extraction.abbreviations import _INFIXES

    assert AbbreviationDetector
    nlp = spacy.blank("en")
    nlp.tokenizer.infix_finditer = compile_infix_regex([*nlp.Defaults.infixes, *_INFIXES]).finditer
    nlp.add_pipe("abbreviation_detector", config={"make_serializable": True})
    return nlp


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_tokens_and_abbreviations_are_those_of_spacy_and_scispacy(detector, text):
    text = re.sub("[=;]", ",", text)  # parts of smileys, which spaCy also looks for across spaces
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doc = detector(text)
    assert tokens_of(text) == [(token.text, bool(token.whitespace_)) for token in doc]
    assert defined_in(text) == sorted({(a["short_text"], a["long_text"]) for a in doc._.abbreviations})


def test_a_bracket_that_cannot_define_anything_is_passed_over_and_others_are_not():
    assert abbreviations_of(["Pain was 3 (2 to 4) on the visual analogue scale (VAS)."]) == {
        "VAS": "visual analogue scale"
    }
    assert abbreviations_of(["Nothing (12) here (p < 0.05)."]) == {}


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_named_groups_are_found_as_by_a_search_of_the_whole_text(text):
    assert spans(arm_patterns._named(text)) == spans(arm_patterns._NAMED.finditer(text))


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_sized_phrases_are_found_as_by_a_search_of_the_whole_text(text):
    assert spans(arm_patterns._with_n(text)) == spans(arm_patterns._SIZED.finditer(text))


@settings(max_examples=300, deadline=None)
@given(words=TEXTS)
def test_a_time_is_never_where_the_words_of_its_pattern_are_not(words):
    plain = folded(words)
    for kind, pattern in times._SIMPLE:
        if pattern.search(words):
            assert any(word in plain for word in times._WORDS_OF[kind])
    if times._LENGTH.search(words) or times._ORDINAL.search(words):
        assert times._COUNTED.search(plain)
    if text._OF_OTHERS.search(words):
        assert any(word in plain for word in text._WORDS_OF_OTHERS)


@given(text=st.text(alphabet="Tt1V₂ a_(,", max_size=12))
def test_codes_of_times_are_found_as_with_the_look_back_in_front(text):
    plain = re.compile(r"(?<!\w)[TtVv][\u2080-\u2089\d]{1,2}(?!\w)")
    assert spans(times.CODE.finditer(text)) == spans(plain.finditer(text))


@given(
    words=st.sets(st.text(alphabet="abc-. ", min_size=1, max_size=5), min_size=1, max_size=8),
    text=st.text(alphabet="aAbBc-. ", max_size=30),
)
def test_words_written_as_a_tree_match_as_a_list_from_the_longest(words, text):
    listed = "|".join(map(re.escape, sorted(words, key=lambda w: (-len(w), w))))
    for flags in (0, re.IGNORECASE):
        tree = re.compile(rf"(?:{any_of(words)})", flags)
        assert spans(tree.finditer(text)) == spans(re.finditer(rf"(?:{listed})", text, flags))


@given(
    word=st.text(alphabet="isk", min_size=1, max_size=4),
    text=st.text(alphabet="iIsSkKıİſ\u212a.", max_size=12),
)
def test_a_folded_text_holds_every_word_that_an_expression_without_case_finds(word, text):
    if re.search(word, text, re.IGNORECASE):
        assert word in folded(text)


@given(text=st.text(max_size=8))
def test_a_digit_of_any_script_is_seen(text):
    assert has_digit(text) == any(c.isdigit() for c in text)


@given(whole=st.integers(0, 9999), decimals=st.integers(0, 999), zeros=st.integers(0, 3))
def test_a_plain_decimal_is_normal_as_it_stands(whole, decimals, zeros):
    printed = f"{'0' * zeros}{whole}.{decimals}"
    assert normal_number(printed) == printed == normal_number(f"+{printed}")
