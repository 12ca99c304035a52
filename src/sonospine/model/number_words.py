"""English words for whole numbers: one list for every reader of them."""

from __future__ import annotations

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_HYPHENS = "-\u2010\u2011"
SINGLE = {word: number for number, word in enumerate(_ONES)} | {
    word: 20 + 10 * number for number, word in enumerate(_TENS)
}
"""Single words: zero to nineteen, and the tens."""
BELOW_HUNDRED = SINGLE | {
    f"{ten}{hyphen}{one}": SINGLE[ten] + SINGLE[one]
    for ten in _TENS
    for one in _ONES[1:10]
    for hyphen in _HYPHENS
}
"""Single words, and tens and ones joined by one of three hyphens (``twenty-six``)."""
