"""A strategy that takes time, against the same all at once and not at all: when it is proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from costcore.portfolio.portfolio import Array
from workbooks.plan.mixing.comparing import Compared, beside, does


@dataclass(frozen=True)
class Stage:
    """What a staged strategy costs and saves, at present value, and from when it has paid."""

    title: str
    cost: float
    at_once_cost: float
    not_at_all_cost: float
    proven_month: float
    """From it on the cash to date stays below that of not moving at all; inf: never."""

    @property
    def saving(self) -> float:
        """Saved against not moving at all."""
        return self.not_at_all_cost - self.cost

    def sentence(self, currency: str) -> str:
        """Say it in words."""
        word = "less" if self.saving >= 0 else "more"
        month = self.proven_month
        proven = f"is proven in month {month:.0f}" if np.isfinite(month) else "is never proven"
        return (
            f"{self.title} costs {currency} {self.cost:,.0f}, {abs(self.saving):,.0f} {word} than "
            f"not at all, and {proven}; all at once costs {self.at_once_cost:,.0f}."
        )


def stages(ways: Sequence[Compared]) -> Iterator[Stage]:
    """Yield each strategy that takes time and no gate forbids; a twin that is out costs inf."""
    for way in ways:
        twins = [_priced(does(twin), ways) for twin in beside(way.strategy)]
        if twins and not way.out:
            at_once, none = twins
            proven = 1.0 if none.out else _proven(_to_date(way) - _to_date(none))
            costs = at_once.present_cost, none.present_cost
            yield Stage(way.strategy.name, way.present_cost, *costs, proven)


def _priced(what: tuple[object, ...], ways: Sequence[Compared]) -> Compared:
    return next(way for way in ways if does(way.strategy) == what)


def _to_date(way: Compared) -> Array:
    """Cash paid to date; what nodes would sell for at the end is not paid."""
    rest = way.told.get(way.lines.name("resale_per_month"), 0.0)
    return np.asarray(np.cumsum(way.told[way.lines.name("cash_per_month")] + rest))


def _proven(behind: Array) -> float:
    """Month after the last in which more was paid to date than without it.

    >>> _proven(np.array([5.0, 2.0, -1.0])), _proven(np.array([-5.0, 2.0]))
    (3.0, inf)

    Months before it moves are alike and prove nothing:

    >>> _proven(np.array([0.0, 0.0, -1.0]))
    3.0
    """
    after = float(np.flatnonzero(behind >= 0)[-1] + 2) if (behind >= 0).any() else 1.0
    return after if after <= behind.size else np.inf
