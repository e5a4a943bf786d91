"""Sums and counts of the rows that meet criteria: SUMIF, SUMIFS and COUNTIFS, or as numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from costcore.language.trace import Cell, excel, worksheet

LONGEST_CRITERION = 255
"""Characters; above that Excel's SUMIFS and MATCH give #VALUE! (Microsoft, SUMIFS and MATCH)."""


def sum_if(column: Any, criterion: Any, summed: Any) -> Any:
    """Sum what stands beside the cells of a column that meet a criterion; a blank counts as 0.

    >>> float(sum_if([1, 1, 2], 1, [10.0, np.nan, 30.0]))
    10.0
    >>> sum_if(Cell("A1:A9"), Cell("C1"), Cell("B1:B9"))
    =SUMIF(A1:A9, C1, B1:B9)
    """
    return worksheet("SUMIF", lambda c, k, s: _summed(s, c, k), column, criterion, summed)


def sum_ifs(summed: Any, *pairs: Any) -> Any:
    """Sum a column where each of some columns meets the criterion after it."""
    return worksheet("SUMIFS", _summed, summed, *pairs)


def count_ifs(*pairs: Any) -> Any:
    """Count the rows in which each column meets the criterion after it."""
    return worksheet("COUNTIFS", lambda *given: np.float64(np.sum(_met(given))), *pairs)


def bound(sign: str, test: Callable[[Any, Any], Any], value: Any) -> Any:
    """Return a criterion other than equality, as SUMIFS writes it or as a test.

    >>> until = bound("<=", np.less_equal, 2)
    >>> float(sum_ifs([10.0, 20.0, 30.0], [1, 2, 3], until))
    30.0
    """
    if isinstance(value, Cell):
        return Cell(f'"{sign}" & {excel(value)}')
    return lambda column: test(column, value)


def _met(pairs: tuple[Any, ...]) -> Any:
    met: Any = True
    for column, criterion in zip(pairs[::2], pairs[1::2], strict=True):
        met = met & (criterion(column) if callable(criterion) else np.asarray(column) == criterion)
    return met


def _summed(summed: Any, *pairs: Any) -> Any:
    return np.nansum(np.where(_met(pairs), np.asarray(summed, float), 0.0), axis=0)
