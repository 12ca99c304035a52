"""Number words: every number below a hundred, and none twice."""

from __future__ import annotations

from sonospine.model.number_words import BELOW_HUNDRED, SINGLE


def test_every_number_below_a_hundred_has_a_word() -> None:
    assert set(BELOW_HUNDRED.values()) == set(range(100))
    assert BELOW_HUNDRED["zero"] == 0
    assert BELOW_HUNDRED["nineteen"] == 19
    assert BELOW_HUNDRED["twenty-six"] == BELOW_HUNDRED["twenty\u2011six"] == 26
    assert BELOW_HUNDRED["ninety-nine"] == 99


def test_single_words_are_those_without_a_hyphen() -> None:
    assert {word for word in BELOW_HUNDRED if word.isalpha()} == set(SINGLE)
    assert sorted(SINGLE.values()) == [*range(20), *range(20, 100, 10)]
