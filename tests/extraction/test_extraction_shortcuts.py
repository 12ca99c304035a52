"""What the reader passes over for speed changes nothing: each shortcut gives what the plain way gives."""

from __future__ import annotations

import re
import warnings
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonospine.extraction import (
    arm_clusters,
    arm_mentions,
    arm_patterns,
    arm_sides,
    arm_sizes,
    courses,
    one_arm,
    people,
    statistic_words,
    text,
    text_statistics,
    times,
)
from sonospine.extraction.abbreviations import abbreviations_of, defined_in, tokens_of
from sonospine.extraction.alternatives import any_of, folded, holds
from sonospine.extraction.arm_labels import COUNT
from sonospine.extraction.arm_mentions import ArmFinder
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.expressions import has_digit
from sonospine.extraction.tokens import normal_number, tokenise
from sonospine.model.number_words import BELOW_HUNDRED
from sonospine.vocabulary import matching
from sonospine.vocabulary.matching import Matcher
from sonospine.vocabulary.terms import Term

PIECES = str.split(
    "( ) [ ] ; . , - ± group groups Group Gr gr. A arm arms heated control the of in and US ultrasound VAS visual analogue scale "
    "pain IL-6 interleukin 6 n = 20 (n=20) N=3) two twenty-six twenty first 3rd 12 0.5 weeks week h d mo months post-op "
    "After before baseline BL PACU end half an hour Immediately immediately follow-up discharge T1 versus vs study et al. shown mean means (SD) standard error power minİmal ſhown Kind ²"
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


@settings(max_examples=100, deadline=None)
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


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_named_groups_are_found_as_by_a_search_of_the_whole_text(text):
    assert spans(arm_patterns._named(text)) == spans(arm_patterns._NAMED.finditer(text))


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_sized_phrases_are_found_as_by_a_search_of_the_whole_text(text):
    assert spans(arm_patterns._with_n(text)) == spans(arm_patterns._SIZED.finditer(text))


@settings(max_examples=100, deadline=None)
@given(words=TEXTS)
def test_a_time_is_never_where_the_words_of_its_pattern_are_not(words):
    plain = folded(words)
    for kind, pattern in times._SIMPLE:
        if pattern.search(plain):
            assert any(word in plain for word in times._WORDS_OF[kind])
    if times._LENGTH.search(plain) or times._ORDINAL.search(plain):
        assert times._COUNTED.search(plain)
    if text._OF_OTHERS.search(words):
        assert any(word in plain for word in text._WORDS_OF_OTHERS)


@settings(max_examples=100, deadline=None)
@given(words=TEXTS)
def test_times_are_found_in_a_folded_text_as_without_case_in_the_text(words):
    for pattern in (times._LENGTH, times._ORDINAL, *(pattern for _, pattern in times._SIMPLE)):
        assert pattern.pattern == re.sub(
            r"(?<![\\?])[A-Z]", "", pattern.pattern
        )  # a capital would never be found
        assert spans(pattern.finditer(folded(words))) == spans(
            re.finditer(pattern.pattern, words, re.IGNORECASE)
        )


NAMES = ("Group A", "heated", "heated control", "US", "IL-6", "control group", "\u00b5-group")


@settings(max_examples=100, deadline=None)
@given(text=TEXTS, names=st.sets(st.sampled_from(NAMES), min_size=1))
def test_arms_are_found_by_name_as_by_one_expression_of_all_names(text, names):
    finder = ArmFinder(DocumentArms(tuple(Arm(name) for name in sorted(names))))
    assert [*finder._named(text)] == spans(finder._pattern.finditer(text) if finder._names else ())


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


# The tree of number words makes generating slow, and says nothing about the words of the guard.
EACH = re.compile(arm_sizes._EACH.pattern.replace(COUNT, r"\d+"), re.IGNORECASE)
GUARDED = {
    "title": (arm_sides._BETWEEN, lambda t: holds(folded(t), arm_sides._BETWEEN_WORDS)),
    "each": (EACH, lambda t: holds(folded(t), arm_sizes._EACH_WORDS)),
    "allocation": (arm_clusters._ALLOCATES, lambda t: holds(folded(t), arm_clusters._WORDS_OF_ALLOCATION)),
    "one arm": (one_arm._ONE_ARM, lambda t: holds(folded(t), one_arm._WORDS_OF_ONE_ARM)),
    "planned": (one_arm._ONE_ARM_PLANNED, lambda t: holds(folded(t), one_arm._WORDS_OF_PLANNED)),
    "patient": (one_arm._ONE_PATIENT, lambda t: holds(folded(t), one_arm._WORDS_OF_PATIENT)),
    "code in brackets": (arm_patterns._CODE_IN_BRACKET, arm_patterns._GROUP_CODE.search),
    "code behind": (arm_patterns._IN_GROUP, arm_patterns._GROUP_CODE.search),
    "group": (arm_mentions._GROUP_NAMED, arm_mentions._GROUP.search),
    "nobody": (people._NOBODY, people._NO.search),
    "there were none": (people._THERE_WERE_NONE, people._NO.search),
    "no person": (people._NO_PERSON, people._NO.search),
    "without any": (people._WITHOUT_ANY, lambda t: "without" in t),
    "women": (people._WOMEN, lambda t: holds(folded(t), people._WORDS_OF_WOMEN)),
    "people": (people._OF_PEOPLE, people._LISTS.search),
    "sum": (people._SPLIT, lambda t: "(" in t and has_digit(t)),
    "unit before": (times._LABELLED, lambda t: times._UNIT_FIRST.search(folded(t))),
    "course": (courses._PATTERNS[0], courses._LENGTH.search),
    "course of": (courses._PATTERNS[1], courses._LENGTH.search),
    "of course": (courses._PATTERNS[2], courses._LENGTH.search),
    "lasted": (courses._LASTED, courses._LENGTH.search),
}


@pytest.mark.parametrize("name", GUARDED)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_an_expression_matches_is_not_passed_over(name, data):
    pattern, may_match = GUARDED[name]
    assert may_match(data.draw(st.from_regex(pattern)))


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_groups_of_a_sentence_are_found_as_by_a_search_of_all_of_it(text):
    assert spans(arm_mentions._group_named(text)) == spans(arm_mentions._GROUP_NAMED.finditer(text))


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_coded_groups_and_named_spreads_are_found_as_with_the_look_back_in_front(text):
    for pattern, letter in (
        (arm_patterns._CODED, "[Gg]"),
        (text_statistics._SE_NAMED, "[Mm]"),
        (text_statistics._SD_NAMED, "[Mm]"),
    ):
        plain = pattern.pattern.replace(rf"{letter}(?<!\w.)", rf"\b{letter}")
        assert plain != pattern.pattern
        assert spans(pattern.finditer(text)) == spans(re.finditer(plain, text))


class Everything:
    def __contains__(self, word):
        return True


DECLARING = [*statistic_words._DECLARING, *(second for _, second in statistic_words._PAIRS), *BELOW_HUNDRED]


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(
        st.sampled_from([*DECLARING, "size", "mean", "error", "dev", "of", "from", "age", "("]), max_size=6
    ),
    capitals=st.booleans(),
)
def test_a_word_that_declares_nothing_by_the_list_declares_nothing(words, capitals):
    tokens = tokenise(" ".join(word.upper() if capitals else word for word in words))
    quick = [statistic_words.statistic_in(tokens, i) for i in range(len(tokens))]
    with patch.object(statistic_words, "_DECLARING", Everything()):
        assert quick == [statistic_words.statistic_in(tokens, i) for i in range(len(tokens))]


WORDINGS = (
    "pain",
    "pain on motion",
    "PQ-36 role physical",
    "tumour realisation",
    "an\u00e6mia-score",
    "\u2265 50 % less",
)
MATCHED = st.lists(
    st.sampled_from(
        [
            *" ".join(WORDINGS).split(),
            "PAINS",
            "motions",
            "PQ36",
            "tumors",
            "realization",
            "anemia",
            "score",
            "-",
            ",",
            "\u017f",
            "K",
        ]
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(text=MATCHED, loose=st.booleans())
def test_wordings_are_found_as_without_looking_for_their_later_words(text, loose):
    terms = [Term(f"t{i}", word, synonyms=(word,)) for i, word in enumerate(WORDINGS)]
    quick = Matcher("kind", terms, loose=loose).find(text)
    with patch.object(matching._Wording, "may_stand", lambda *_: True):
        assert quick == Matcher("kind", terms, loose=loose).find(text)


@settings(max_examples=100, deadline=None)
@given(text=MATCHED)
def test_a_text_that_names_a_term_is_never_told_that_it_cannot(text):
    matcher = Matcher("kind", [Term(f"t{i}", word, synonyms=(word,)) for i, word in enumerate(WORDINGS)])
    assert all(matcher.may_find({mention.term}, text) for mention in matcher.find(text))
    # A long s is an s to a pattern and not to the search for words: such a text is always searched.
    assert matcher.may_find({"t2"}, text.replace("physical", "")) == ("\u017f" in text)
