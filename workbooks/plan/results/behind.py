"""What stands behind the verdict: every line that is compared, run with numbers in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.language.timeline import Line, figures, values
from workbooks.plan.lines.breakeven import by_month, filling, in_volume, staircase
from workbooks.plan.lines.owing.deals import Deals
from workbooks.plan.lines.vintages import Holdings
from workbooks.plan.results import comparison, rival, sensitivity
from workbooks.plan.results.verdict.gates import gates
from workbooks.plan.results.verdict.ranking import LEAST, others, standing, turned
from workbooks.scenario.contracts import NODES
from workbooks.scenario.scenario import Contract


@dataclass(frozen=True)
class Behind:
    """The comparison of some options, whose nodes a plan owns or not."""

    options: tuple[str, ...]
    holdings: Holdings
    contracts: tuple[Contract, ...] = ()
    moved: tuple[sensitivity.Table, ...] = sensitivity.TABLES
    sized: bool = False
    rest: str = "api"
    """What a hybrid buys its rest from."""

    @cached_property
    def compared(self) -> tuple[Line, ...]:
        """What the strategies are compared by, and the rival of self-hosting."""
        failed, _ = gates(self.options, self.sized, self.rest)
        return (*failed, *comparison.figures(self.options, self.holdings), filling.EACH_SECOND)

    @cached_property
    def months(self) -> tuple[Line, ...]:
        """What each strategy costs in a month, and the break-even of the month."""
        flows = comparison.by_month(self.options, self.holdings)
        terms = rival.terms(self.options, self.contracts)
        bound = Deals("own", self.contracts).of(*NODES)
        due = f"own_{'even' if self.contracts else 'due'}_per_month"
        month = by_month.by_month(self.holdings, bound, due)
        return (*flows, *terms, *month, *filling.BY_MONTH)

    @property
    def figures(self) -> tuple[Line, ...]:
        """What is read off the months: in time, and in volume."""
        return (*comparison.TIME, *in_volume.FIGURES)

    def found(
        self, known: Mapping[str, Any], read: Mapping[str, Any], months: int
    ) -> dict[str, Any]:
        """Compute the comparison by month and in volume; `read` are the lines of the plan."""
        found = dict(known)
        found |= figures(self.compared, found)
        found |= values(self.months, found, months, series=read)
        found |= figures(self.figures, found)
        found |= values(staircase.POINTS, found, in_volume.POINTS_SHOWN, period="point")
        found |= values(staircase.BANDS, found, staircase.BANDS_SHOWN, period="band")
        found |= {name: found[row] for name, row in sensitivity.ROWS.items()}
        found |= sensitivity.FACTORS | figures(sensitivity.FIGURES, found)
        for table in self.moved:
            steps = {table.factor: table.steps}
            found |= values(table.lines, found, len(table.steps), period="step", series=steps)
        return found

    def ranked(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Compute which strategy is cheapest and which comes next."""
        found = dict(known)
        for row, lines in (("standing_costs", standing), ("turned_costs", turned)):
            found |= (costs := figures(lines(self.options), found))
            found[row] = np.array([*costs.values()])
        found |= figures(LEAST, found)
        found |= (costs := figures(others(self.options), found))
        found["other_costs"] = np.array([*costs.values()])
        return found
