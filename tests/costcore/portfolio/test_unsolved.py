"""Where the solver fails at a part of the search, a bound is weaker, or the answer is refused."""

import numpy as np
import pytest

from costcore.portfolio import mix
from costcore.portfolio.answers import runner_up
from costcore.portfolio.mix import cheapest_mix
from costcore.portfolio.search.work import Rules, UnsolvedError, Work, row_matrix
from tests.costcore.portfolio.drawn import drawn
from tests.costcore.portfolio.test_mix import TWO

NOWHERE = Rules(
    cost=np.ones(1),
    matrix=row_matrix([(np.zeros(1, dtype=int), np.ones(1))], 1),
    lower=np.full(1, 2.0),
    upper=np.full(1, 2.0),
    whole=np.ones(1),
    highest=np.ones(1),
)
"""A number that is 2 and at most 1."""


class Failing(Work):
    """Every program in whole numbers is given to the solver as one that it cannot solve."""

    def whole(self, rules, gap, branches=np.inf):
        """Parts of numbers are found as ever."""
        return super().whole(NOWHERE if rules.whole.any() else rules, gap, branches)

    def stepwise(self, rules, gap, branches):
        """As above."""
        return super().stepwise(NOWHERE, gap, branches)


@pytest.mark.parametrize("solve", [Work.whole, Work.stepwise])
def test_what_the_solver_says_is_refused_in_a_sentence(solve):
    """What failed, and why that may be."""
    with pytest.raises(UnsolvedError, match=r"the solver failed at its figures.*infeasible"):
        solve(Work(), NOWHERE, 0.0, 10)


@pytest.mark.parametrize("months", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_a_plan_is_found_whose_bound_is_weaker(monkeypatch, seed, months):
    """Months are priced all the same, and what is proven holds."""
    p = drawn(seed, months=months, most=2, bought=months > 1)
    best = cheapest_mix(p, gap=0.0)
    monkeypatch.setattr(mix, "Work", Failing)
    found = cheapest_mix(p, gap=1e-3)
    assert found.bound <= best.cost * (1 + 1e-9)
    assert found.cost >= best.cost * (1 - 1e-9)


def test_what_needs_the_best_plan_is_refused(monkeypatch):
    """Without it nothing is said of a runner-up: that none may serve would be wrong."""
    less = TWO.with_tokens(0.7)
    best = cheapest_mix(less, gap=0.0)
    monkeypatch.setattr(mix, "Work", Failing)
    with pytest.raises(UnsolvedError):
        cheapest_mix(less, gap=0.0)
    with pytest.raises(UnsolvedError):
        runner_up(less, best, 1)
