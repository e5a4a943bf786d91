"""A strategy that takes time, against the same all at once and not at all: when it is proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from costcore.language.timeline import Line, values
from workbooks.plan.mixing.comparing import Compared, beside, does
from workbooks.plan.mixing.saying.sentences import behind, paid_to_date, proven


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
            month = 1.0 if none.out else _proven(way, none)
            costs = at_once.present_cost, none.present_cost
            yield Stage(way.strategy.name, way.present_cost, *costs, month)


def _priced(what: tuple[object, ...], ways: Sequence[Compared]) -> Compared:
    return next(way for way in ways if does(way.strategy) == what)


def _proven(way: Compared, none: Compared) -> float:
    """Return the month from which a strategy has cost less to date than its twin."""
    read = ("_cash_per_month", "_resale_per_month")
    flows = {n: x for each in (way, none) for n, x in each.told.items() if n.endswith(read)}
    lines = [paid_to_date(each.lines) for each in (way, none)]
    own, other = (attrgetter(line.name) for line in lines)
    still = Line("behind_months", "", lambda m: behind(m, own(m), other(m)))
    months = len(flows[way.lines.name("cash_per_month")])
    told = values((*lines, still), {}, months, series=flows)
    return float(proven(told["behind_months"], months))
