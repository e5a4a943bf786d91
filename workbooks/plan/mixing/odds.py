"""Every range of a portfolio drawn through all strategies: what they may cost, and what decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from costcore.answers.risk import Bar, tornado
from costcore.language.draws import Draws, halton, spread
from costcore.language.timeline import needed, values
from costcore.portfolio.pools import busiest_hours
from workbooks.folder.place import without
from workbooks.plan.judgement.risk import ranges_of, rates_of, steps, whole
from workbooks.plan.mixing.comparing import Compared, every_line, routes
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.gates import open_gates
from workbooks.plan.mixing.starting import FRAME, Plans, inputs
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import API, MANAGED, NODES, Engine, Portfolio, Strategy
from workbooks.scenario.inputs import INPUTS, SECTIONS
from workbooks.scenario.scenario import Entry, Scenario

BLOCK = 2_500
"""Draws at a time, so that the lines of a block take some hundred megabytes."""
VOLUME, PRICE, ALONE = "volume", "price", ""
VOLUMES = ("tokens_per_month", "growth_per_year")
CURRENCY = "currency_shift_share"
EDGE = 1e-12
Input = tuple[tuple[str, str], str]
"""Whose an input is, and its name."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One or more inputs that move together, each in its range, and with whom they are drawn."""

    label: str
    ranges: Mapping[Input, Entry]
    kind: str = ALONE


@dataclass(frozen=True)
class PortfolioRisk:
    """What the strategies of a portfolio cost over many draws."""

    portfolio: Portfolio
    answer: Found
    seed: int
    draws: int
    present: Mapping[str, Draws]
    """Present value of each strategy that no gate forbids."""
    bars: tuple[Bar, ...]
    """What each driver does to the difference between the two cheapest strategies."""

    @cached_property
    def base(self) -> dict[str, float]:
        """Present value of each strategy in the base case."""
        return {
            way.strategy.name: way.present_cost for way in self.answer.strategies if not way.out
        }

    @property
    def two(self) -> tuple[str, str]:
        """The strategy that costs least in the base case, and the next that is another plan."""
        first, *rest = sorted(self.base, key=lambda name: self.base[name])
        same = self.present[first]
        others = (name for name in rest if not np.array_equal(self.present[name], same))
        return first, next(others, first)

    @property
    def chosen(self) -> Strategy:
        """The strategy that costs least in the base case."""
        named = {way.strategy.name: way.strategy for way in self.answer.strategies}
        return named[self.two[0]]

    @property
    def conditions(self) -> tuple[str, ...]:
        """What the choice holds on: the gates of its pairs that nobody has answered."""
        return tuple(dict.fromkeys(open_gates(self.portfolio, self.chosen)))

    @property
    def unmoved(self) -> tuple[str, ...]:
        """What a range does not move, in a sentence each: dual running that moves say."""
        entry = self.portfolio.frame.entries["dual_run_months"]
        ways = [way.strategy for way in self.answer.strategies if way.strategy.moves]
        named = [each.name for each in ways if not any(_runs_twice(each))]
        if entry.low == entry.high or not named:
            return ()
        said = "their moves say" if len(named) > 1 else "its moves say"
        return (
            f"The range of dual_run_months, {entry.low:g} to {entry.high:g}, moves nothing in "
            f"{', '.join(named)}: {said} how long both run",
        )

    @property
    def is_close(self) -> bool:
        """Whether the two differ by little, or the first is the cheapest in too few draws."""
        entries, (first, second) = self.portfolio.frame.entries, self.two
        tie, least = (float(entries[name].base) for name in ("tie_share", "least_sure_share"))
        apart = self.base[second] - self.base[first]
        return apart <= tie * self.base[second] or self.wins[first] < least

    @cached_property
    def wins(self) -> dict[str, float]:
        """Share of the draws in which each strategy costs least."""
        best = np.argmin(np.stack(list(self.present.values())), axis=0)
        return {name: float(np.mean(best == i)) for i, name in enumerate(self.present)}


def portfolio_risk(
    portfolio: Portfolio,
    answer: Found,
    draws: int,
    seed: int = 1,
    volume_correlation: float = 0.0,
    price_correlation: float = 0.0,
) -> PortfolioRisk:
    """Draw every range of all workloads, engines and people, and price all strategies.

    Parameters
    ----------
    volume_correlation, price_correlation
        How far volumes, and prices, move together: 0 not at all, 1 as one.
    """
    together = {VOLUME: volume_correlation, PRICE: price_correlation}
    with without(portfolio.without):
        drivers = tuple(drivers_of(portfolio))
    many = _Many(portfolio, answer)
    blocks = [
        many.costs(_draw(drivers, np.arange(start, min(start + BLOCK, draws)), seed, together))
        for start in range(0, draws, BLOCK)
    ]
    present = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    risk = PortfolioRisk(portfolio, answer, seed, draws, present, ())
    return PortfolioRisk(portfolio, answer, seed, draws, present, _bars(many, drivers, risk.two))


class _Many:
    """All strategies for many sets of inputs at once."""

    def __init__(self, portfolio: Portfolio, answer: Found) -> None:
        self._portfolio, self._plans = portfolio, Plans()
        self._ways = [way for way in answer.strategies if not way.out]
        series, fixed = answer.starting
        known = [*series, *fixed, "month"]
        self._lines = [self._behind(way, known) for way in self._ways]

    @staticmethod
    def _behind(way: Compared, known: list[str]) -> Any:
        wanted = way.lines.name("present_per_month")
        shares = routes(way.strategy, way.lines)
        return (way, shares, wanted, *needed(every_line(way.lines), [*known, *shares], [wanted]))

    def costs(self, drawn: Mapping[Input, Draws]) -> dict[str, Draws]:
        """Return the present value of each strategy for each draw."""
        placed: dict[tuple[str, str], dict[str, Any]] = {}
        for (place, name), each in drawn.items():
            placed.setdefault(place, {})[name] = each
        series, fixed = inputs(self._portfolio, placed, self._plans)
        size = np.shape(next(iter(drawn.values()), np.zeros(1)))
        months, found = self._portfolio.frame.horizon_months, {}
        if not any(way.lines.overflow for way in self._ways):  # then only the peak is asked for
            fixed["fixed_factors"] = busiest_hours(fixed["fixed_factors"])
        for way, base, wanted, lines, kept in self._lines:
            shares = base | dict.fromkeys(dual_months(way), fixed["dual_run_months"])
            told = values(lines, {**fixed, **shares}, months, series=series, keep=kept | {wanted})
            found[way.strategy.name] = np.broadcast_to(told[wanted].sum(axis=0), size)
        return found


def _runs_twice(strategy: Strategy) -> Iterator[bool]:
    """Say of each move whether something is billed twice for as long as people's section says."""
    for name, move in strategy.moves.items():
        shares = strategy.routes[name]
        yield move.as_people and any(x > shares.get(e, 0.0) for e, x in move.before.items())


def dual_months(way: Compared) -> Iterator[str]:
    """Yield the lines of moves that run twice for as long as the people's section says."""
    for w, name in enumerate(way.lines.names.each_workload, start=1):
        if (move := way.strategy.moves.get(name)) and move.as_people:
            yield way.lines.name(f"w{w}_dual_months")


def drivers_of(portfolio: Portfolio) -> Iterator[Driver]:
    """Find what has a range: of each workload, of each engine, and of the people they share."""
    for workload in portfolio.workloads:
        place = "workload", workload.name
        for name, entry in _ranges(workload.scenario, "workload"):
            kind = VOLUME if name in VOLUMES else ALONE
            label = f"{workload.name}: {INPUTS[name].label}"
            yield Driver(label, {(place, name): entry}, kind)
    shifts: dict[Input, Entry] = {}
    for engine in portfolio.engines:
        yield from _of_engine(engine)
    for place, scenario in _places(portfolio).items():
        for name, entry in _ranges(scenario, "finance"):
            if name == CURRENCY:
                shifts[place, name] = entry
    if shifts:
        yield Driver(INPUTS[CURRENCY].label, shifts, PRICE)
    for name, entry in _ranges(portfolio.frame, "people"):
        yield Driver(INPUTS[name].label, {(FRAME, name): entry})
    yield from _rates(portfolio)


def _places(portfolio: Portfolio) -> dict[tuple[str, str], Scenario]:
    """Return what may pay in another currency: each engine, and people and contracts together."""
    engines = {("engine", engine.name): engine.scenario for engine in portfolio.engines}
    return {**engines, FRAME: portfolio.frame}


def _rates(portfolio: Portfolio) -> Iterator[Driver]:
    """Find exchange rates with a range: each moves all that is converted at it."""
    every: dict[str, dict[Input, Entry]] = {}
    for place, scenario in _places(portfolio).items():
        for driver in rates_of(plan(scenario)):
            for code, entry in driver.ranges.items():
                every.setdefault(driver.label, {})[place, code] = entry
    yield from (Driver(label, ranges, PRICE) for label, ranges in every.items())


def _of_engine(engine: Engine) -> Iterator[Driver]:
    place, section = ("engine", engine.name), NODES if engine.is_pool else engine.inputs
    ranges = dict(_ranges(engine.scenario, section))
    prices = [f"{section}_{part}_price_per_mtok" for part in ("input", "output", "cached")]
    together = {(place, name): ranges.pop(name) for name in prices if name in ranges}
    if together and section in (API, MANAGED):
        yield Driver(f"{engine.name}: prices", together, PRICE)
    for name, entry in ranges.items():
        money = any(word in name for word in ("price", "rent", "lease", "capex"))
        label = INPUTS[name].label.removeprefix("API ").removeprefix("Managed ")
        yield Driver(f"{engine.name}: {label}", {(place, name): entry}, PRICE if money else ALONE)


def _ranges(scenario: Scenario, section: str) -> Iterator[tuple[str, Entry]]:
    names = {each.name for each in SECTIONS[section]}
    return ((name, entry) for name, entry in ranges_of(plan(scenario)) if name in names)


def _draw(
    drivers: tuple[Driver, ...], numbers: Any, seed: int, together: Mapping[str, float]
) -> dict[Input, Draws]:
    """Draw each driver; volumes share one part of their chance, prices another."""
    points = halton(numbers, len(drivers) + 2, seed)
    common = dict(zip((VOLUME, PRICE), points[:2], strict=True))
    found = {}
    for driver, own in zip(drivers, points[2:], strict=True):
        shares = _linked(own, common[driver.kind], together[driver.kind]) if driver.kind else own
        for (place, name), entry in driver.ranges.items():
            drawn = spread(shares, entry.low, entry.base, entry.high, entry.shape)
            found[place, name] = whole(name, drawn)
    return found


def _linked(own: Draws, common: Draws, correlation: float) -> Draws:
    """Return shares of which any two have this correlation, as normal numbers.

    >>> own, common = np.array([0.2, 0.6]), np.array([0.9, 0.9])
    >>> _linked(own, common, 0.0).round(9).tolist(), _linked(own, common, 1.0).round(9).tolist()
    ([0.2, 0.6], [0.9, 0.9])
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415  # only those who draw wait for it

    alone, shared = (ndtri(np.clip(each, EDGE, 1 - EDGE)) for each in (own, common))
    return np.asarray(ndtr(correlation**0.5 * shared + (1 - correlation) ** 0.5 * alone))


def _bars(many: _Many, drivers: tuple[Driver, ...], two: tuple[str, str]) -> tuple[Bar, ...]:
    """Move one driver at a time through its range; what changes nothing is left out."""
    keys = {key: str(i) for i, key in enumerate(k for d in drivers for k in d.ranges)}
    back = {text: key for key, text in keys.items()}
    moves = {
        driver.label: {keys[k]: steps(k[1], entry) for k, entry in driver.ranges.items()}
        for driver in drivers
    }
    base = {keys[k]: entry.base for d in drivers for k, entry in d.ranges.items()}

    def ahead(moved: Mapping[str, Draws]) -> Draws:
        costs = many.costs({back[text]: each for text, each in moved.items()})
        return costs[two[1]] - costs[two[0]]

    return tuple(bar for bar in tornado(ahead, base, moves) if bar.swing > 0) if drivers else ()
