"""Every range of a scenario drawn through the whole plan: what it may cost, and what decides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.answers.risk import Bar, tornado
from costcore.language.draws import Draws, halton, spread
from costcore.language.quantities import QUANTITIES, unit_of
from costcore.language.timeline import figures, needed, values
from workbooks.plan.lines.option import TITLES
from workbooks.plan.plan import Plan
from workbooks.scenario.inputs import CASES, INPUTS
from workbooks.scenario.scenario import Entry

BLOCK = 8192
"""Draws at a time: what is looked back at then takes tens of megabytes, whatever is asked."""
RANKS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
PRICED = ("api", "managed")
BAR_STEPS = 10
"""Points of a tornado bar on each side of the base."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One or more inputs that move together, each in its range."""

    label: str
    ranges: Mapping[str, Entry]


@dataclass(frozen=True)
class Risk:
    """A plan's answers over many draws; arrays have one element for each draw."""

    plan: Plan
    seed: int
    draws: int
    cash: Mapping[str, Draws]
    present: Mapping[str, Draws]
    saved: Draws
    """Cash saved by self-hosting to date, of shape (months, draws)."""
    bars: tuple[Bar, ...]

    @property
    def saving(self) -> Draws:
        """Present value saved by self-hosting."""
        return self.present["api"] - self.present["own"]

    @property
    def win_share(self) -> float:
        """Probability that self-hosting costs less than the API."""
        return float(np.mean(self.saving > 0))

    @cached_property
    def wins(self) -> dict[str, float]:
        """Probability of each option to cost least; the first of several counts."""
        best = np.argmin(np.stack([self.present[option] for option in self.plan.options]), axis=0)
        return {option: float(np.mean(best == i)) for i, option in enumerate(self.plan.options)}

    @cached_property
    def fan(self) -> Draws:
        """P10, P50 and P90 of the cash saved to date, of shape (3, months)."""
        return np.quantile(self.saved, list(RANKS.values()), axis=1)


def ranks(outcomes: Draws) -> dict[str, float]:
    """Return P10, P50 and P90.

    >>> ranks(np.arange(101.0))
    {'p10': 10.0, 'p50': 50.0, 'p90': 90.0}
    """
    found = np.quantile(outcomes, list(RANKS.values()))
    return dict(zip(RANKS, found.tolist(), strict=True))


def risk(plan: Plan, draws: int = 10_000, seed: int = 1) -> Risk:
    """Draw every range of the scenario and compute the plan for all draws.

    Ranges vary independently, but the prices of one provider move together. A range is
    drawn by the `shape` of its entry. Text, such as the hardware, stays as in the base case.
    """
    drivers, many = tuple(drivers_of(plan)), Many(plan)
    blocks = [
        many.outcomes(draw(drivers, np.arange(start, min(start + BLOCK, draws)), seed))
        for start in range(0, draws, BLOCK)
    ]
    total = {name: np.concatenate([block[name] for block in blocks], axis=-1) for name in blocks[0]}
    return Risk(
        plan,
        seed,
        draws,
        cash={option: total[f"{option}_cash_cost"] for option in plan.options},
        present={option: total[f"{option}_present_cost"] for option in plan.options},
        saved=total["saved"],
        bars=_bars(many, drivers),
    )


class Many:
    """A plan for many sets of inputs at once."""

    def __init__(self, plan: Plan) -> None:
        views = [(option, view) for option in plan.options for view in ("cash", "present")]
        self._plan, self._base = plan, plan.given("base")
        self._names = [f"{option}_{view}_cost" for option, view in views]
        self._totals = [line for line in plan.totals if line.name in self._names]
        inputs = [*self._base, *(line.name for line in plan.drivers), "month", *plan.series]
        monthly = [f"{option}_{view}_per_month" for option, view in views]
        self.lines, self._kept = needed(plan.monthly, inputs, monthly)

    @property
    def base(self) -> Mapping[str, Any]:
        """The inputs of the base case."""
        return self._base

    def outcomes(self, drawn: Mapping[str, Draws]) -> dict[str, Draws]:
        """Return the totals of each option, and the cash saved by month, for each draw."""
        months = self._plan.scenario.horizon_months
        known = {**self._base, **drawn}
        known |= figures(self._plan.drivers, known)
        known |= values(self.lines, known, months, series=self._plan.series, keep=self._kept)
        known |= figures(self._totals, known)
        api, own = (known[f"{option}_cash_per_month"] for option in ("api", "own"))
        saved = np.cumsum(api.reshape(months, -1) - own.reshape(months, -1), axis=0)
        size = np.shape(next(iter(drawn.values()), np.zeros(1)))
        found = {name: np.broadcast_to(known[name], size) for name in self._names}
        return found | {"saved": np.broadcast_to(saved, (months, *size))}


def drivers_of(plan: Plan) -> Iterator[Driver]:
    """Find what has a range; the prices of a provider are one driver."""
    ranges = dict(ranges_of(plan))
    for option in PRICED:
        prices = [f"{option}_{part}_price_per_mtok" for part in ("input", "output", "cached")]
        if together := {name: ranges.pop(name) for name in prices if name in ranges}:
            yield Driver(f"{TITLES[option]}: prices", together)
    for name, entry in ranges.items():
        yield Driver(INPUTS[name].label, {name: entry})


def ranges_of(plan: Plan) -> Iterator[tuple[str, Entry]]:
    """Give each range in rising order; a hardware price that is not typed has the table's."""
    listed = {case: figures(plan.drivers, plan.given(case)) for case in CASES}
    for name, entry in plan.scenario.entries.items():
        cases = [entry.low, entry.base, entry.high]
        if cases == [None] * 3 and f"listed_{name}" in listed["base"]:
            cases = [float(listed[case][f"listed_{name}"]) for case in CASES]
        if INPUTS[name].is_number and None not in cases and min(cases) < max(cases):
            yield name, Entry(min(cases), cases[1], max(cases), shape=entry.shape)


def draw(drivers: tuple[Driver, ...], numbers: Any, seed: int) -> dict[str, Draws]:
    """Draw each driver; its inputs share their place in the ranges."""
    if not drivers:
        return {"draw_count": numbers.astype(float)}
    points = halton(numbers, len(drivers), seed)
    return {
        name: _whole(name, spread(shares, entry.low, entry.base, entry.high, entry.shape))
        for driver, shares in zip(drivers, points, strict=True)
        for name, entry in driver.ranges.items()
    }


def _whole(name: str, numbers: Draws) -> Draws:
    """Round what only comes whole: nodes, and months of a life."""
    is_whole = QUANTITIES[name].whole or unit_of(name) == unit_of("months")
    return np.round(numbers) if is_whole else numbers


def _bars(many: Many, drivers: tuple[Driver, ...]) -> tuple[Bar, ...]:
    """Move one driver at a time through its range; what changes nothing is left out."""
    if not drivers:
        return ()
    moves = {
        driver.label: {name: _steps(name, entry) for name, entry in driver.ranges.items()}
        for driver in drivers
    }
    base = {name: entry.base for driver in drivers for name, entry in driver.ranges.items()}

    def saving(inputs: Mapping[str, Draws]) -> Draws:
        found = many.outcomes(inputs)
        return found["api_present_cost"] - found["own_present_cost"]

    return tuple(bar for bar in tornado(saving, base, moves) if bar.swing > 0)


def _steps(name: str, entry: Entry) -> Draws:
    sides = [
        np.linspace(*ends, BAR_STEPS + 1)
        for ends in ((entry.low, entry.base), (entry.base, entry.high))
    ]
    return _whole(name, np.concatenate([sides[0], sides[1][1:]]))
