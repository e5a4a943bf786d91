"""Every program goes to the solver through here, which counts how much work that is.

Work is counted, not timed, so that a search ends in the same place on every machine: a program is
taken to be worth the seconds that its size, and the steps it took, take on one core of 2.1 GHz.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.portfolio.portfolio import Array
from costcore.portfolio.search.hushed import hushed

MOST_WORK = 54.0
LATEST = 2.0
"""Seconds of a processor, over those of the work, after which even a slow machine stops."""
ASKED, ENTRY, STEP = 2e-3, 2e-6, 2e-8
"""Work of a linear program: of asking, of each entry, of each row in each step."""
BEGUN, ROOT, BRANCH, BRANCHED = 0.08, 3.4e-5, 4.6e-3, 1.5e-6
"""Work of one in whole numbers: of beginning, of each entry, each branch, each entry in one."""
MONTH_BEGUN, MONTH_STEP = 1e-2, 1e-4
"""Work of one in whole numbers that hardly branches: of beginning, and of each step."""
LARGE = 1e4
"""Entries above which the work of each grows with their number."""
SMALL = 20_000
"""Entries up to which the solver begins without presolving: that may lose the best where figures
are far apart, and saves time in larger programs only."""
LIMIT = 1
"""What the solver answers where a limit ended it."""

Row = tuple[NDArray[np.intp], Array]


class SpentError(Exception):
    """There is no work left."""


class UnsolvedError(ValueError):
    """The solver failed at a program that has a solution."""

    def __init__(self, message: str) -> None:
        super().__init__(
            "the best mix is not known: the solver failed at its figures, which may lie too far "
            f"apart ({message})"
        )


def row_matrix(rows: Sequence[Row], size: int) -> Any:
    """Return rows of columns and values as a sparse matrix."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # most questions need no solver

    row = np.repeat(np.arange(len(rows)), [columns.size for columns, _ in rows])
    columns, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    return csr_matrix((values, (row, columns)), shape=(len(rows), size))


@dataclass(frozen=True)
class Rules:
    """A program in whole numbers, or partly."""

    cost: Array
    matrix: Any
    lower: Sequence[float] | Array
    upper: Sequence[float] | Array
    whole: Array
    """1 where a variable is a whole number."""
    highest: Array
    lowest: Array | float = 0.0


@dataclass(frozen=True)
class Found:
    """What the solver found for it."""

    x: Array
    bound: float
    """No solution costs less."""


class Work:
    """What may still be done."""

    def __init__(self, work: float = MOST_WORK) -> None:
        self.more(work)

    def more(self, work: float) -> None:
        """Allow so much work from now on."""
        self.left, self.ends = work, time.process_time() + LATEST * work

    def _seconds(self, work: float) -> float:
        """Seconds on the clock that are left.

        Raises
        ------
        SpentError
            If there are none, or less than so much work.
        """
        seconds = self.ends - time.process_time()
        if self.left <= work or seconds <= 0:
            raise SpentError
        return seconds

    def is_enough(self, entries: int, times: int) -> bool:
        """Say whether it is enough to begin so many programs in whole numbers."""
        return self.left > times * (BEGUN + ROOT * _weighed(entries))

    def linear(self, cost: Array, **rules: Any) -> Any:
        """Solve a linear program; `success` says whether it was solved.

        Raises
        ------
        SpentError
            If a limit ends it first.
        """
        from scipy.optimize import linprog  # noqa: PLC0415  # as above

        matrix = rules["A_ub"]
        asked, step = ASKED + ENTRY * matrix.nnz, STEP * max(matrix.shape[0], 1)
        for presolve in (True, False):  # as in whole numbers
            seconds, steps = self._seconds(asked), min(int((self.left - asked) / step), 2**31 - 1)
            options = {"time_limit": seconds, "maxiter": max(1, steps), "presolve": presolve}
            found = linprog(cost, **rules, options=options)
            self.left -= asked + step * found.nit
            if found.status == LIMIT:
                raise SpentError
            if found.success:
                break
        return found

    def stepwise(self, rules: Rules, gap: float, branches: int) -> Found | None:
        """Solve a program in whole numbers whose steps, not branches, are what takes the work.

        Rows are equalities or have no lower limit. Nothing where a limit ends it first.

        Raises
        ------
        UnsolvedError
            If the solver finds no solution.
        """
        from scipy.optimize import linprog  # noqa: PLC0415  # as above

        same, upper, matrix = np.equal(rules.lower, rules.upper), rules.upper, rules.matrix
        begun, largest = MONTH_BEGUN + ENTRY * matrix.nnz, max(np.abs(rules.cost).max(), 1.0)
        lowest = np.broadcast_to(rules.lowest, rules.highest.shape)
        limits = {"A_ub": matrix[~same], "b_ub": np.asarray(upper)[~same]}
        equal = {"A_eq": matrix[same], "b_eq": np.asarray(upper)[same]}
        bounds = np.column_stack([lowest, rules.highest])
        for presolve in (True, False):  # as in whole numbers of all months
            options = {"time_limit": self._seconds(begun), "presolve": presolve}
            options |= {"mip_max_nodes": branches, "mip_rel_gap": gap}
            with hushed():
                found = linprog(
                    rules.cost / largest,
                    **limits,
                    **equal,
                    bounds=bounds,
                    integrality=rules.whole,
                    options=options,
                )
            self.left -= begun + MONTH_STEP * max(found.nit, 0)
            if found.x is not None:
                return _found(found, rules, largest, gap)
            if found.status == LIMIT:
                return None
        raise UnsolvedError(found.message)

    def whole(self, rules: Rules, gap: float, branches: float = np.inf) -> Found | None:
        """Solve a program in whole numbers; nothing where so many branches, or the work, end first.

        Raises
        ------
        UnsolvedError
            If the solver finds no solution.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  # as above

        entries = _weighed(rules.matrix.nnz)
        root, branch = BEGUN + ROOT * entries, BRANCH + BRANCHED * entries
        largest = max(np.abs(rules.cost).max(), 1.0)  # the solver is at ease with costs of about 1
        simple = rules.matrix.nnz > SMALL
        for presolve in (simple, not simple):  # where one way stumbles over small numbers
            seconds, most = self._seconds(root), (self.left - root) / branch
            options = {"time_limit": seconds, "node_limit": max(1, int(min(most, branches)))}
            with hushed():
                found = milp(
                    rules.cost / largest,
                    constraints=LinearConstraint(rules.matrix, rules.lower, rules.upper),
                    integrality=rules.whole,
                    bounds=Bounds(rules.lowest, rules.highest),
                    options={**options, "mip_rel_gap": gap, "presolve": presolve},
                )
            self.left -= root + branch * (found.mip_node_count or 0)
            if found.x is not None:
                return _found(found, rules, largest, gap)
            if found.status == LIMIT:
                return None
        raise UnsolvedError(found.message)


def _found(solved: Any, rules: Rules, largest: float, gap: float) -> Found:
    """Take what was found; the solver drops unseen what is within the gap, and calls it proven."""
    x = np.where(rules.whole > 0, np.round(solved.x), solved.x)
    if not rules.whole.any():
        return Found(x, float(solved.fun) * largest)
    bound = min(solved.mip_dual_bound, solved.fun - gap * abs(solved.fun))
    return Found(x, float(bound) * largest)


def _weighed(entries: int) -> float:
    return entries * max(1.0, entries / LARGE)
