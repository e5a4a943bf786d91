"""Every range of a scenario drawn through the whole plan: what it may cost, and what decides it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.answers.risk import Bar, tornado
from costcore.language.draws import Draws, halton, spread
from costcore.language.quantities import QUANTITIES, unit_of
from costcore.language.timeline import figures, needed, read_by, values
from workbooks.plan import foreign
from workbooks.plan.foreign import drawn_rates, listed_code
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.currencies import rate_of
from workbooks.plan.plan import Plan
from workbooks.scenario.inputs import CASES, INPUTS
from workbooks.scenario.scenario import Entry

BLOCK = 8192
"""Draws at a time: what is looked back at then takes tens of megabytes, whatever is asked."""
LARGE = 100
"""From here on a range is said without decimals."""
GUESSED = re.compile(r"judgement|assumption|default|guess", re.IGNORECASE)
"""What the source of a figure says when nobody has given it."""
RANKS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
PRICED = ("api", "managed")
VIEWS = ("cash", "compared")
DRAWS = 2_000
"""Draws behind the odds of a plan; their error is below a point of a hundred."""
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
    compared: Mapping[str, Draws]
    """Present value as it is compared: with opportunity cost where the plan counts it."""
    saving: Draws
    """Present value saved by self-hosting against the cheapest token-billed option of a draw."""
    saved: Draws
    """Cash saved by self-hosting to date against the API, of shape (months, draws)."""
    bars: tuple[Bar, ...]
    guesses: tuple[str, ...]
    """Inputs that nobody has given and whose range holds another verdict."""

    @cached_property
    def left(self) -> tuple[str, ...]:
        """The options that fail no gate."""
        told = self.plan.run()
        return tuple(o for o in self.plan.options if not told[f"{o}_out_count"])

    @cached_property
    def wins(self) -> dict[str, float]:
        """Probability of each option to cost least of all that fail no gate."""
        return self.wins_among(self.left)

    def wins_among(self, left: Sequence[str]) -> dict[str, float]:
        """Probability of some options to cost least of them; 0 for the others."""
        best = _cheapest(self.compared, left) if left else np.zeros(1)
        shares = {option: float(np.mean(best == i)) for i, option in enumerate(left)}
        return {option: shares.get(option, 0.0) for option in self.plan.options}

    def beats(self, option: str, other: str) -> float:
        """Probability that an option costs less than another."""
        return float(np.mean(self.compared[option] < self.compared[other]))

    @cached_property
    def fan(self) -> Draws:
        """P10, P50 and P90 of the cash saved to date, of shape (3, months)."""
        return np.quantile(self.saved, list(RANKS.values()), axis=1)


def _cheapest(costs: Mapping[str, Draws], options: Sequence[str]) -> Draws:
    """Place of the cheapest option in each draw, from 0."""
    return np.asarray(np.argmin(np.stack([costs[option] for option in options]), axis=0))


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
    bars, moved = _bars(many, drivers)
    return Risk(
        plan,
        seed,
        draws,
        cash={option: total[f"{option}_cash_cost"] for option in plan.options},
        compared={option: total[f"{option}_compared_cost"] for option in plan.options},
        saving=total["saving_cost"],
        saved=total["saved"],
        bars=bars,
        guesses=tuple(_guesses(plan, drivers, moved)),
    )


class Many:
    """A plan for many sets of inputs at once."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._base = plan, plan.given("base")
        wanted = [f"{option}_{view}_cost" for option in plan.options for view in VIEWS]
        self._names = [*wanted, "saving_cost"]
        inputs = [*self._base, *(line.name for line in plan.drivers), "month", *plan.series]
        inputs += ["unfit_count"] if plan.sized else []  # gates read it, and draws no gate
        rows = [line.name for line in plan.monthly]
        singles = (*plan.totals, *plan.compared)
        self._totals, _ = needed(singles, [*inputs, *rows], self._names)
        read = read_by(self._totals, [*inputs, *rows]) & set(rows)
        monthly = sorted({*read, "api_cash_per_month", "own_cash_per_month"})
        self.lines, self._kept = needed(plan.monthly, inputs, monthly)

    @property
    def base(self) -> Mapping[str, Any]:
        """The inputs of the base case."""
        return self._base

    def outcomes(self, drawn: Mapping[str, Draws]) -> dict[str, Draws]:
        """Return the totals of each option, and the cash saved by month, for each draw."""
        months = self._plan.scenario.horizon_months
        known = foreign.drawn(self._plan, drawn)
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
            label = _in_currency(f"{TITLES[option]}: prices", next(iter(together.values())))
            yield Driver(label, together)
    for name, entry in ranges.items():
        yield Driver(_in_currency(INPUTS[name].label, entry), {name: entry})
    yield from rates_of(plan)


def _in_currency(label: str, entry: Entry) -> str:
    """Return how a range is called; its currency, if it is not the plan's, is part of that."""
    return f"{label}, {entry.currency}" if entry.currency else label


def rates_of(plan: Plan) -> Iterator[Driver]:
    """Give each exchange rate that has a range, under the code of its currency."""
    for code, entry in drawn_rates(plan.tables, plan.currencies.codes).items():
        yield Driver(f"Exchange rate, {plan.scenario.currency} for one {code}", {code: entry})


def ranges_of(plan: Plan) -> Iterator[tuple[str, Entry]]:
    """Give each range of an input that is drawn, its amounts in their own currency.

    A hardware price that is not typed has the table's.
    """
    listed = {case: figures(plan.drivers, plan.given(case)) for case in CASES}
    rates = plan.given()["rates"]
    for name, entry in plan.scenario.entries.items():
        cases, code = [entry.low, entry.base, entry.high], entry.currency
        if cases == [None] * 3 and f"listed_{name}" in listed["base"]:
            code = listed_code(name, plan.scenario, plan.tables)
            rate = rate_of(code, rates)
            cases = [float(listed[case][f"listed_{name}"] / rate) for case in CASES]
        if INPUTS[name].hurts and None not in cases and min(cases) < max(cases):
            other = "" if code == plan.scenario.currency else code
            ends = min(cases), cases[1], max(cases)
            yield name, Entry(*ends, shape=entry.shape, currency=other)


def draw(drivers: tuple[Driver, ...], numbers: Any, seed: int) -> dict[str, Draws]:
    """Draw each driver; its inputs share their place in the ranges."""
    if not drivers:
        return {"draw_count": numbers.astype(float)}
    points = halton(numbers, len(drivers), seed)
    return {
        name: whole(name, spread(shares, entry.low, entry.base, entry.high, entry.shape))
        for driver, shares in zip(drivers, points, strict=True)
        for name, entry in driver.ranges.items()
    }


def whole(name: str, numbers: Draws) -> Draws:
    """Round what only comes whole: nodes, and months of a life."""
    if name not in QUANTITIES:  # an exchange rate
        return numbers
    is_whole = QUANTITIES[name].whole or unit_of(name) == unit_of("months")
    return np.round(numbers) if is_whole else numbers


def _bars(many: Many, drivers: tuple[Driver, ...]) -> tuple[tuple[Bar, ...], dict[str, Draws]]:
    """Move one driver at a time through its range; what changes nothing is left out.

    Return what the options then cost, too, one driver after the other.
    """
    if not drivers:
        return (), {}
    moves = {
        driver.label: {name: steps(name, entry) for name, entry in driver.ranges.items()}
        for driver in drivers
    }
    base = {name: entry.base for driver in drivers for name, entry in driver.ranges.items()}
    moved: dict[str, Draws] = {}

    def saving(inputs: Mapping[str, Draws]) -> Draws:
        moved.update(many.outcomes(inputs))
        return moved["saving_cost"]

    return tuple(bar for bar in tornado(saving, base, moves) if bar.swing > 0), moved


def _guesses(plan: Plan, drivers: tuple[Driver, ...], moved: Mapping[str, Draws]) -> Iterator[str]:
    """Find what nobody has given and what another verdict lies in the range of."""
    told = plan.run()
    left = [option for option in plan.options if not told[f"{option}_out_count"]]
    if not left or not drivers:
        return
    costs = {option: moved[f"{option}_compared_cost"] for option in left}
    now = _cheapest({o: np.array([told[f"{o}_compared_cost"]]) for o in left}, left)[0]
    turns = (_cheapest(costs, left) != now).reshape(len(drivers), -1).any(axis=1)
    for driver, turn in zip(drivers, turns, strict=True):
        (name, entry), *_ = driver.ranges.items()
        if turn and GUESSED.search(plan.scenario.entries.get(name, entry).source):
            yield f"{driver.label} ({_shown(entry.low)} to {_shown(entry.high)})"


def _shown(end: float) -> str:
    """Return an end of a range as a sentence has it: 4475.47 is 4,475, but 0.535 stays."""
    return f"{end:,.0f}" if abs(end) >= LARGE else f"{end:.3g}"


def steps(name: str, entry: Entry) -> Draws:
    """Return the points of a range that a tornado looks at, from low over base to high."""
    sides = [
        np.linspace(*ends, BAR_STEPS + 1)
        for ends in ((entry.low, entry.base), (entry.base, entry.high))
    ]
    return whole(name, np.concatenate([sides[0], sides[1][1:]]))
