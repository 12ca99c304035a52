"""Which pairs of titles are compared: those that share a key, so that not every pair has to be.

A key that many records share would bring most pairs back; its block is then cut by second keys, of which any two
records that could be joined share at least one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from sonospine.linkage.likeness import Titled

LARGE_BLOCK = 60
"""Records that may share a key without being told apart by a second one."""
RAREST = 4
"""Words of a title, the rarest of the corpus, whose pairs are keys: two of them may be misprinted in a copy."""
_FIRST_AUTHORS = 3

Key = tuple[str, ...]


def candidates(known: Sequence[Titled]) -> Iterator[tuple[Titled, Titled]]:
    """Yield each pair of titles that share a key, once, in order of their ids.

    Keys are the pairs of the rarest words of a title, its first and its last words, and volume and first page.
    """
    listed = sorted(known, key=lambda t: t.record.record_id)
    use = Counter(word for one in listed for word in set(one.words))
    blocks: dict[Key, list[int]] = defaultdict(list)
    for place, one in enumerate(listed):
        for key in _keys(one, use):
            blocks[key].append(place)
    found: set[tuple[int, int]] = set()
    for block in blocks.values():
        for part in _parts(block, listed):
            found.update(combinations(part, 2))
    for a, b in sorted(found):
        yield listed[a], listed[b]


def _keys(one: Titled, use: Counter[str]) -> set[Key]:
    rarest = sorted(set(one.words), key=lambda word: (use[word], word))[:RAREST]
    keys: set[Key] = {("rare", *sorted(pair)) for pair in combinations(rarest, 2)}
    keys.add(("rare", *rarest) if len(rarest) < 2 else ("first", *one.words[:3]))
    keys.add(("last", *one.words[-3:]))
    if one.pages.known:
        keys.add(("place", one.volume, str(one.pages.first)))
        if one.pages.last:
            keys.add(("range", str(one.pages.first), str(one.pages.last)))
    return keys


def _parts(block: list[int], listed: Sequence[Titled]) -> Iterable[list[int]]:
    """Cut a block that is too large: by its titles, authors and places, of which records of one report share one."""
    if len(block) <= LARGE_BLOCK:
        return [block]
    parts: dict[Key, list[int]] = defaultdict(list)
    for place in block:
        for key in _second_keys(listed[place]):
            parts[key].append(place)
    return parts.values()


def _second_keys(one: Titled) -> set[Key]:
    # Two years each, so that neighbours share one; what may lie further apart (a notice, a protocol) has the title.
    years = ("",) if one.year is None else (str(one.year), str(one.year + 1))
    words = {word for name in one.names[:_FIRST_AUTHORS] for word in name.words}
    keys: set[Key] = {("author", word, year) for word in words for year in years}
    keys.add(("title", one.text))
    if one.pages.known:
        keys.add(("place", one.volume, str(one.pages.first)))
    return keys
