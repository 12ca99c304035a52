"""Queries: words that the stand-in understands are evaluated, all others together are the one base query.

PubMed joins from left to right without precedence, and so does this. Runs of words that are not understood are
opaque: however they are joined among themselves, they are the base query and find the hits of the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

_Id = TypeVar("_Id", int, str)
Leaf = Callable[[str], "set[_Id] | None"]
_TOKEN = re.compile(r'\(|\)|\bAND\b|\bOR\b|\bNOT\b|"[^"]*"|\[[^\]]*\]|[^\s()"\[\]]+')


class QueryError(ValueError):
    """A query whose brackets do not match, or which is empty."""


def evaluate(
    query: str, known: list[re.Pattern[str]], leaf: Leaf[_Id], base: set[_Id], all_ids: set[_Id]
) -> set[_Id]:
    """Return the ids that a query finds.

    Parameters
    ----------
    query
        As sent.
    known
        What is understood: each pattern is cut out of the query as one leaf.
    leaf
        Gives what a leaf finds.
    base
        What the base query finds.
    all_ids
        Every id: what a NOT at the beginning is taken from.
    """
    tokens = list(_tokens(query, known))
    position = 0

    def chain(depth: int) -> set[_Id] | None:
        """Return what a chain finds; nothing (None) where it is opaque."""
        nonlocal position
        found: set[_Id] | None = None
        started, operator, negated = False, "AND", False
        while position < len(tokens):
            token = tokens[position]
            if token == ")":
                if depth == 0:
                    raise QueryError("a bracket too many")
                break
            position += 1
            if token in ("AND", "OR"):
                operator = token
                continue
            if token == "NOT":
                negated = True
                continue
            if token == "(":
                part = chain(depth + 1)
                if position >= len(tokens):
                    raise QueryError("a bracket is not closed")
                position += 1
            else:
                part = leaf(token)
            if not started:
                found = (all_ids - (base if part is None else part)) if negated else part
                started = True
            elif found is not None or part is not None:
                left = base if found is None else found
                right = base if part is None else part
                found = left - right if negated else left & right if operator == "AND" else left | right
            operator, negated = "AND", False
        return found

    if not tokens:
        raise QueryError("an empty query")
    result = chain(0)
    return base if result is None else result


def _tokens(query: str, known: list[re.Pattern[str]]) -> Iterator[str]:
    position = 0
    while position < len(query):
        if query[position].isspace():
            position += 1
            continue
        found = next((m for p in known if (m := p.match(query, position))), None) or _TOKEN.match(
            query, position
        )
        if found is None:
            position += 1
            continue
        yield found.group()
        position = found.end()
