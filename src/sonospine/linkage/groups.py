"""Groups that grow by joining, but never across a pair that people set apart."""

from __future__ import annotations

from collections.abc import Iterable


class Groups:
    """A union-find over names with pairs that must stay apart.

    The root of a group is its smallest name, so that the outcome depends on the order of the joins only where
    a pair kept apart makes one of them fail.

    Parameters
    ----------
    names
        Everything that can be grouped.
    apart
        Pairs of names that must never end in one group.
    """

    def __init__(self, names: Iterable[str], apart: Iterable[tuple[str, str]] = ()) -> None:
        self._parent = {name: name for name in names}
        self._apart = [pair for pair in apart if pair[0] in self._parent and pair[1] in self._parent]

    def root(self, name: str) -> str:
        """Return the smallest name of the group."""
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def join(self, a: str, b: str) -> bool:
        """Join two groups; return ``False``, and leave them, where a pair kept apart would meet."""
        low, high = sorted((self.root(a), self.root(b)))
        if low == high:
            return True
        if any({self.root(x), self.root(y)} == {low, high} for x, y in self._apart):
            return False
        self._parent[high] = low
        return True

    def members(self) -> dict[str, list[str]]:
        """Return the members of each group, sorted, by its root."""
        groups: dict[str, list[str]] = {}
        for name in sorted(self._parent):
            groups.setdefault(self.root(name), []).append(name)
        return groups
