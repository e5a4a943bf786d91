"""The strategies of a portfolio side by side: those made for the user, and the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import values
from costcore.portfolio.portfolio import Portfolio as Arrays
from workbooks.plan.mixing.charging import charges
from workbooks.plan.mixing.strategies import Names, Strategic
from workbooks.portfolio.terms import Engine, Portfolio, Strategy

CHEAPEST = "Cheapest by the token where it may"
OWN = "Own nodes where they may"


@dataclass(frozen=True)
class Compared:
    """A strategy, what it costs by month, or why it cannot be."""

    strategy: Strategy
    lines: Strategic
    told: Mapping[str, Any]
    out: str = ""
    """Why it is out: it routes a workload to an engine that a gate forbids to it."""

    @property
    def present_cost(self) -> float:
        """Present value of all months; inf where it is out."""
        if self.out:
            return float("inf")
        return float(self.told[self.lines.name("present_per_month")].sum())


def ready_made(portfolio: Portfolio, given: Arrays) -> Iterator[Strategy]:
    """Yield what everybody wants to see: the cheapest token-billed engines, and own nodes.

    Each workload takes the engine that is cheapest for it over the plan, of those its gates leave;
    one that has none of the wanted kind takes the cheapest of the other.
    """
    weights = given.tokens[..., None]
    bills = (np.where(weights > 0, given.prices, 0.0) * weights).sum(axis=0)
    bills = np.where(np.isinf(given.prices).all(axis=0), np.inf, bills)
    nodes = _node_costs(given)
    for title, wanted, other in ((CHEAPEST, 0, 1), (OWN, 1, 0)):
        kinds = ((portfolio.billed, bills), (portfolio.pools, nodes))
        if not kinds[wanted][0]:
            continue
        chosen = [_cheapest(kinds[wanted], kinds[other], w) for w in range(given.workloads)]
        yield _alone(title, portfolio, chosen)


Kind = tuple[tuple[Engine, ...], Any]


def _cheapest(wanted: Kind, other: Kind, workload: int) -> str:
    """Return the cheapest engine of the kind that is wanted, or else of the other."""
    for engines, costs in (wanted, other):
        if engines and np.isfinite(costs[workload]).any():
            return engines[int(np.argmin(costs[workload]))].name
    raise ValueError(f"no engine can serve workload {workload + 1}")


def _node_costs(given: Arrays) -> Any:
    """Cost of the nodes that a workload fills on a pool, w x p; inf where it cannot."""
    capital = np.nan_to_num(given.purchases).mean(axis=0) / given.months
    node = given.node_costs.mean(axis=0) + capital
    able = given.capacity > 0
    return np.where(able, node / np.where(able, given.capacity, 1.0), np.inf)


def _alone(title: str, portfolio: Portfolio, engines: list[str]) -> Strategy:
    pairs = zip(portfolio.workloads, engines, strict=True)
    return Strategy(title, {workload.name: {engine: 1.0} for workload, engine in pairs})


def compared(
    portfolio: Portfolio, given: Arrays, refused: Mapping[tuple[str, str], str]
) -> list[Compared]:
    """Price the ready-made strategies and the user's own, month by month."""
    strategies = [*ready_made(portfolio, given), *portfolio.strategies]
    series, fixed = inputs(portfolio, given)
    found = []
    for number, strategy in enumerate(strategies, start=1):
        lines = Strategic(number, strategy.name, names(portfolio))
        known = {**fixed, **routes(portfolio, strategy, lines)}
        out = next(_refused(strategy, refused), "")
        rules = (*lines.lines(), *charges(lines))
        told = values(rules, known, given.months, series=series) if not out else {}
        found.append(Compared(strategy, lines, told, out))
    return found


def _refused(strategy: Strategy, refused: Mapping[tuple[str, str], str]) -> Iterator[str]:
    if strategy.nodes:
        yield "a pool smaller than its peak is priced by the best mix only"
    for workload, shares in strategy.routes.items():
        for engine, share in shares.items():
            if share > 0 and (workload, engine) in refused:
                yield f"{workload} to {engine}: {refused[workload, engine]}"


def names(portfolio: Portfolio) -> Names:
    """Return what everything is called."""
    parts = (portfolio.workloads, portfolio.billed, portfolio.pools)
    return Names(*(tuple(each.name for each in part) for part in parts))


def routes(portfolio: Portfolio, strategy: Strategy, lines: Strategic) -> dict[str, float]:
    """Return the share of each workload that each engine takes, by the names of the lines."""
    kinds = (("b", portfolio.billed), ("p", portfolio.pools))
    return {
        lines.name(f"w{w}_{kind}{e}_share"): strategy.routes[workload.name].get(engine.name, 0.0)
        for w, workload in enumerate(portfolio.workloads, start=1)
        for kind, engines in kinds
        for e, engine in enumerate(engines, start=1)
    }


def inputs(portfolio: Portfolio, given: Arrays) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the lines start from: values by month, and those that stay."""
    series: dict[str, Any] = {"people_per_month": given.people}
    fixed: dict[str, Any] = {
        "hours_per_month": given.hours_per_month,
        "dual_run_months": float(portfolio.frame.entries["dual_run_months"].base),
        "fixed_factors": np.where(given.movable[:, None], 0.0, given.shapes).T,
    }
    for w in range(given.workloads):
        series[f"w{w + 1}_tokens_per_month"] = given.tokens[:, w]
        for b in range(given.billed):
            price = given.prices[:, w, b]
            series[f"w{w + 1}_b{b + 1}_price_per_mtok"] = np.where(np.isinf(price), 0.0, price)
        for p in range(given.pools):
            fixed[f"w{w + 1}_p{p + 1}_capacity_tokens_per_hour"] = given.capacity[w, p]
        for e in range(given.billed + given.pools):
            kind = f"b{e + 1}" if e < given.billed else f"p{e - given.billed + 1}"
            fixed[f"w{w + 1}_{kind}_moving_cost"] = given.moving[w, e]
    for b in range(given.billed):
        minimum = given.minimums[:, b]
        series[f"b{b + 1}_minimum_per_month"] = minimum
        series[f"b{b + 1}_owed_per_month"] = np.where(given.signed[b], minimum, 0.0)
        series[f"b{b + 1}_fee_per_month"] = given.fees[:, b]
    for p in range(given.pools):
        series[f"p{p + 1}_running_per_month"] = given.node_costs[:, p]
        series[f"p{p + 1}_capital_cost"] = np.nan_to_num(given.purchases[:, p])
        series[f"p{p + 1}_own_price_per_mtok"] = given.own_prices[:, p]
        fixed[f"p{p + 1}_min_nodes"] = given.least[p]
        fixed[f"p{p + 1}_spare_nodes"] = given.spares[p]
        fixed[f"p{p + 1}_existing_nodes"] = given.owned[p]
    return series, fixed
