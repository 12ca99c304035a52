"""What stands in tables beside results of participants: test statistics, models, correlations, marks of significance."""

from __future__ import annotations

import re

from sonospine.model.record import Table

_TEST_VALUE = re.compile(
    r"^\W*(?:[tTUFZzWHQr]|[xX\u03c7]\s?[2\u00b2]?|[cC]hi(?:[-\s]?squared?)?)\s*(?:\([\d.,\s]+\)\s*)?=\s*[-\u2010-\u2015\u2212]?\s*[\d.]"
)
_MODEL_HEAD = re.compile(
    r"\bestimates?\s+of\s+(?:the\s+)?(?:\u03b2|beta|coefficient)|^\W*(?:\u03b2|beta)\W*(?:coefficients?|values?)?\W*$|\bWald\b|\b(?:regression|standardi[sz]ed|model)\s+coefficients?\b|^\W*(?:adjusted\s+)?R\s?[2\u00b2]\W*$",
    re.IGNORECASE,
)
_CORRELATIONS = re.compile(
    r"^\W*(?:\w+\W+){0,4}?(?:inter-?)?correlations?\s+(?:coefficients?|between|among|matrix|of)\b",
    re.IGNORECASE,
)


_OF_KINDS = re.compile(r"^\s*\d+(?:\s*[:\u2236]\s*\d+)+|^\s*\d+(?:\s*/\s*\d+){2,}")
_REGRESSION = re.compile(r"\bregressions?\b|\bpredict(?:ors?|ive|ion)\b|\brisk\s+fact\w+", re.IGNORECASE)


def is_list_of_kinds(text: str) -> bool:
    """Tell whether a cell counts several kinds in one: ``84:73`` men and women, ``105/43/9``."""
    return bool(_OF_KINDS.match(text))


def is_regression(table: Table) -> bool:
    """Tell whether a table is one of a regression, whose rows are predictors and not outcomes, by its caption."""
    return bool(_REGRESSION.search(table.caption))


def is_test_value(text: str) -> bool:
    """Tell whether a cell names the test whose statistic it holds: ``U = 1739.5``, ``t = \u22121.4``."""
    return bool(_TEST_VALUE.match(text))


def is_model_head(text: str) -> bool:
    """Tell whether a column holds what a model estimates: coefficients, Wald statistics, explained variance."""
    return bool(_MODEL_HEAD.search(text))


def holds_correlations(table: Table) -> bool:
    """Tell whether a table is one of correlations between measures, by its caption."""
    return bool(_CORRELATIONS.match(table.caption))
