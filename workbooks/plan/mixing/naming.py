"""How lines of a portfolio are called: by position, so that twenty workloads and one are alike.

Workloads are ``w1``, token-billed engines ``b1``, pools ``p1`` and strategies ``s1``; each stands
before the name as options do.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from costcore.language.history import Standing
from costcore.language.timeline import Line
from costcore.language.trace import Cell, worksheet
from workbooks.plan.lines.vintages import BY_AGE
from workbooks.portfolio.terms import Agreement

OF_POOL = frozenset(
    {
        "acquisition_kind",
        "book_end_share",
        "depreciation_kind",
        "existing_age_months",
        "existing_nodes",
        "life_months",
        "market_36_share",
        "market_60_share",
        "unneeded_kind",
        *(line.name for line in BY_AGE),
    }
)
"""What the plan's lines of a pool read that is the pool's own, and the same in all strategies."""


@dataclass(frozen=True, slots=True)
class Names:
    """What workloads, token-billed engines and pools are called; their lines have numbers."""

    each_workload: tuple[str, ...]
    each_billed: tuple[str, ...]
    each_pool: tuple[str, ...]
    bought: frozenset[int] = frozenset()
    """Numbers of the pools whose nodes are bought."""
    staying: frozenset[int] = frozenset()
    """Numbers of the pools that pay for nodes they need no more: leased, or reserved in part."""
    forbidden: frozenset[tuple[int, str]] = frozenset()
    """Workloads and engines that a gate keeps apart."""
    private: bool = False
    """Whether an expected loss is counted."""
    taxed: bool = False
    """Whether tax is paid."""
    tiered: frozenset[int] = frozenset()
    """Numbers of the token-billed engines whose price falls with the tokens of a month."""
    mended: bool = False
    """Whether debugging or repair of any workload is paid at the rates of another currency."""
    contracts: tuple[Agreement, ...] = ()
    """On engines, in their words: their numbers are values."""
    paid_in: tuple[tuple[str, str], ...] = ()
    """What is paid in another currency, and which: an engine, its fee, people, a contract."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Those currencies."""
        return tuple(sorted({code for _, code in self.paid_in}))

    def pays(self, what: str, code: str) -> bool:
        """Say whether something is paid in a currency."""
        return (what, code) in self.paid_in

    @property
    def workloads(self) -> range:
        """Their numbers, from 1."""
        return range(1, len(self.each_workload) + 1)

    @property
    def billed(self) -> range:
        """Their numbers, from 1."""
        return range(1, len(self.each_billed) + 1)

    @property
    def pools(self) -> range:
        """Their numbers, from 1."""
        return range(1, len(self.each_pool) + 1)

    @property
    def engines(self) -> tuple[tuple[str, str], ...]:
        """Number and title of every engine: ``b1``, then ``p1``."""
        billed = ((f"b{b}", self.each_billed[b - 1]) for b in self.billed)
        return (*billed, *((f"p{p}", self.each_pool[p - 1]) for p in self.pools))

    def bound(self, engine: str, *kinds: str) -> bool:
        """Say whether there is a contract of some kinds on an engine, by its title."""
        return any(each.engine == engine and each.kind in kinds for each in self.contracts)

    def pairs(self, w: int) -> Iterator[tuple[str, str]]:
        """Yield the engines that may serve a workload."""
        for engine, title in self.engines:
            if (w, engine) not in self.forbidden:
                yield engine, title


def column(m: Any, names: Sequence[str]) -> Any:
    """Return neighbouring lines of one month, as a column of cells or of numbers."""
    values = [getattr(m, name) for name in names]
    if isinstance(values[0], Cell):
        return Cell(f"{values[0].text}:{values[-1].text}")
    try:
        return np.array(values, float)
    except ValueError:  # what is drawn beside what is not
        return np.stack(np.broadcast_arrays(*(np.asarray(value, float) for value in values)))


def block(m: Any, names: Sequence[Sequence[str]]) -> Any:
    """Return neighbouring columns of one month as one block: a list of names for each column."""
    columns = [column(m, each) for each in names]
    if isinstance(columns[0], Cell):
        return Cell(f"{columns[0].text.split(':')[0]}:{columns[-1].text.split(':')[1]}")
    return np.stack(np.broadcast_arrays(*alike(*columns)), axis=1)


def paired(rows: Any, *blocks: Any) -> Any:
    """Add up the products of blocks of one size, each row times its own figure.

    >>> float(paired(np.array([1.0, 10.0]), np.array([[1.0, 2.0], [3.0, 4.0]])))
    73.0
    >>> paired(Cell("E2:E5"), Cell("F2:H5"))
    =SUMPRODUCT(E2:E5 * F2:H5)
    """
    if any(isinstance(each, Cell) for each in blocks):
        return multiplied(reduce(operator.mul, blocks, rows))
    return multiplied(rows, np.sum(reduce(np.multiply, alike(*blocks)), axis=1))


def multiplied(*columns: Any) -> Any:
    """Add up the products of columns of one height.

    >>> float(multiplied(np.array([1.0, 2.0]), np.array([10.0, 0.5])))
    11.0
    >>> multiplied(Cell("E2:E5"), Cell("F2:F5"))
    =SUMPRODUCT(E2:E5, F2:F5)
    """
    return worksheet("SUMPRODUCT", _multiplied, *columns)


def _multiplied(*columns: Any) -> Any:
    return np.sum(reduce(np.multiply, alike(*columns)), axis=0)


def alike(*columns: Any) -> list[Any]:
    """Give columns of one height as many axes, for what is drawn of one and not of the other.

    >>> [each.shape for each in alike(np.ones(2), np.ones((2, 5)))]
    [(2, 1), (2, 5)]
    """
    if any(isinstance(each, Cell) for each in columns):
        return list(columns)
    deep = max(np.ndim(each) for each in columns)
    return [np.reshape(each, (*np.shape(each), *[1] * (deep - np.ndim(each)))) for each in columns]


def beside(rows: Any, drawn: Any) -> Any:
    """Give rows an axis of draws where what they meet has one, and they do not.

    >>> beside(np.ones(3), np.ones(5)).shape, beside(np.ones((3, 5)), np.ones(5)).shape
    ((3, 1), (3, 5))
    """
    if isinstance(rows, Cell) or np.ndim(rows) > np.ndim(drawn):
        return rows
    return rows[:, None]


class OfPool:
    """A month as the lines of one pool see it: what is the pool's own has its number before it."""

    def __init__(self, m: Any, pool: str) -> None:
        self._m, self._pool = m, pool

    def _own(self, name: str) -> str:
        return f"{self._pool}_{name}" if name in OF_POOL else name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._m, self._own(name))

    def last(self, name: str) -> Any:
        """Return a line one month earlier."""
        return self._m.last(self._own(name))

    def standing(self, name: str, by_age: str, left: Standing) -> Any:
        """Sum what is left of a line, each month's times the line `by_age` at its age."""
        return self._m.standing(name, self._own(by_age), left)


def of_pool(line: Line, pool: str, title: str) -> Line:
    """Return a line of the plan as one pool's."""
    name = f"{pool}_{line.name}" if line.name in OF_POOL else line.name
    label = f"{title}: {line.label.removeprefix(': ')}"
    return replace(
        line, name=name, label=label, rule=lambda m: line.rule(OfPool(m, pool)), heading=""
    )
