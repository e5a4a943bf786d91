"""The strategies of a portfolio side by side: those made for the user, and the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costcore.language.timeline import values
from costcore.portfolio.portfolio import Portfolio as Arrays
from workbooks.plan.mixing.charging import charges, rates
from workbooks.plan.mixing.gates import serving
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.starting import Inputs, inputs, names
from workbooks.plan.mixing.strategies import Strategic, shared_lines
from workbooks.portfolio.terms import API, Engine, Move, Portfolio, Strategy

FIRST, FIRST_ALLOWED = "All on the API", "The API where allowed"
CHEAPEST = "Cheapest token price allowed"
OWN = "Own nodes where allowed"
VIEWS = ("cash", "expense", "present")


@dataclass(frozen=True)
class Compared:
    """A strategy, what it costs by month, or why it cannot be."""

    strategy: Strategy
    lines: Strategic
    told: Mapping[str, Any]
    out: str = ""
    """Why it is out: it routes a workload to an engine that a gate forbids to it."""

    def total(self, view: str) -> float:
        """Cash, expense or present value of all months; inf where it is out."""
        if self.out:
            return float("inf")
        return float(self.told[self.lines.name(f"{view}_per_month")].sum())

    @property
    def present_cost(self) -> float:
        """Present value of all months; inf where it is out."""
        return self.total("present")

    @property
    def outcome_cost(self) -> float:
        """Cost of a successful outcome: present value, debugging and repair; inf without any."""
        if self.out:
            return float("inf")
        done = self.told[self.lines.name("success_count")].sum()
        mended = self.told[self.lines.name("mending_per_month")].sum()
        return float((self.present_cost + mended) / done) if done > 0 else float("inf")


def ready_made(portfolio: Portfolio, given: Arrays) -> Iterator[Strategy]:
    """Yield what everybody wants to see: the API, the cheapest by the token, and own nodes.

    Each workload takes the first API that its gates leave, or the engine of the kind that is
    cheapest for it over the plan; one that has none of it takes the cheapest of the other.
    """
    weights = given.tokens[..., None]
    bills = (np.where(weights > 0, given.prices, 0.0) * weights).sum(axis=0)
    bills = np.where(np.isinf(given.prices).all(axis=0), np.inf, bills)
    billed, pools = (portfolio.billed, bills), (portfolio.pools, _node_costs(given))
    is_api = np.array([engine.kind == API for engine in portfolio.billed], dtype=bool)
    first = np.where(np.isfinite(bills) & is_api, np.arange(is_api.size), np.inf)
    seen: list[list[str]] = []
    for title, wanted, *others in (
        (FIRST, (portfolio.billed, first), billed, pools),
        (CHEAPEST, billed, pools),
        (OWN, pools, billed),
    ):
        if np.isfinite(wanted[1]).any():
            chosen = [_cheapest((wanted, *others), w) for w in range(given.workloads)]
            if chosen not in seen:
                seen.append(chosen)
                mixed = title == FIRST and not _is_billed(portfolio, chosen)
                yield _alone(FIRST_ALLOWED if mixed else title, portfolio, chosen)


Kind = tuple[tuple[Engine, ...], Any]


def _cheapest(kinds: tuple[Kind, ...], workload: int) -> str:
    """Return the cheapest engine of the kind that is wanted, or else of the next."""
    for engines, costs in kinds:
        if engines and np.isfinite(costs[workload]).any():
            return engines[int(np.argmin(costs[workload]))].name
    raise ValueError(f"no engine can serve workload {workload + 1}")


def _node_costs(given: Arrays) -> Any:
    """Cost of the nodes that a workload fills on a pool, w x p; inf where it cannot."""
    capital = np.nan_to_num(given.purchases).mean(axis=0) / given.months
    node = given.node_costs.mean(axis=0) + capital
    able = given.capacity > 0
    return np.where(able, node / np.where(able, given.capacity, 1.0), np.inf)


def _is_billed(portfolio: Portfolio, chosen: Sequence[str]) -> bool:
    """Say whether nothing of what was chosen runs on nodes."""
    return {*chosen} <= {engine.name for engine in portfolio.billed}


def _alone(title: str, portfolio: Portfolio, engines: list[str]) -> Strategy:
    pairs = zip(portfolio.workloads, engines, strict=True)
    return Strategy(title, {workload.name: {engine: 1.0} for workload, engine in pairs})


def compared(
    portfolio: Portfolio,
    given: Arrays,
    refused: Mapping[tuple[str, str], str],
    starting: Inputs | None = None,
) -> list[Compared]:
    """Price the ready-made strategies and the user's own, month by month; each stands once."""
    own = [does(each) for each in portfolio.strategies]
    ready = (each for each in ready_made(portfolio, given) if does(each) not in own)
    twins = (twin for each in portfolio.strategies for twin in beside(each))
    strategies = [*ready, *portfolio.strategies]
    strategies += [each for each in twins if does(each) not in map(does, strategies)]
    series, fixed = starting or inputs(portfolio)
    called, found = names(portfolio), []
    for number, strategy in enumerate(strategies, start=1):
        lines = strategic(number, strategy, called)
        out = next(_refused(strategy, refused), "")
        known = {**fixed, **routes(strategy, lines)}
        told = values(every_line(lines), known, given.months, series=series) if not out else {}
        found.append(Compared(strategy, lines, told, out))
    return found


def beside(strategy: Strategy) -> Iterator[Strategy]:
    """Yield what a strategy that takes time is held against: all at once, and not at all."""
    before = {name: each.before for name, each in strategy.moves.items() if each.takes_time}
    if not before:
        return
    yield replace(strategy, name=f"{strategy.name}: all at once", moves={})
    routes = {**strategy.routes, **before}
    used = {engine for shares in routes.values() for engine, share in shares.items() if share > 0}
    nodes = {pool: count for pool, count in strategy.nodes.items() if pool in used}
    name = f"{strategy.name}: not at all"
    none = frozenset[str]()  # who does not move signs no offer
    yield replace(strategy, name=name, routes=routes, nodes=nodes, moves={}, signs=none)


def does(strategy: Strategy) -> tuple[object, ...]:
    """Return all that decides what a strategy costs: two that do the same are one."""
    return strategy.routes, strategy.overflow, strategy.nodes, strategy.moves, strategy.signs


def strategic(number: int, strategy: Strategy, called: Names) -> Strategic:
    """Return the lines of a strategy."""
    overflow = {
        called.each_pool.index(pool) + 1: called.each_billed.index(strategy.overflow[pool]) + 1
        for pool in strategy.nodes
    }
    staged = bool(strategy.moves)
    return Strategic(number, strategy.name, called, overflow, staged, strategy.signs)


def every_line(lines: Strategic) -> tuple[Any, ...]:
    """Return all lines of a strategy, with those that all strategies read."""
    charged = (charge.line for charge in charges(lines))
    pools = (*lines.staged_lines(), *lines.pool_lines(), *lines.lines(), *rates(lines))
    return (*shared_lines(lines.names), *pools, *charged)


def _refused(strategy: Strategy, refused: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for workload, engine, role in serving(strategy):
        if reason := refused.get((workload, engine)):
            yield f"{workload} to {engine}{role}: {reason}"


def routes(strategy: Strategy, lines: Strategic) -> dict[str, float]:
    """Return the share of each workload that each engine takes, by the names of the lines."""
    found: dict[str, float] = {}
    for w, workload in enumerate(lines.names.each_workload, start=1):
        shares = strategy.routes[workload]
        if lines.staged:
            found |= dict(_move(shares, strategy.moves[workload], w, lines))
            continue
        for engine, title in lines.names.engines:
            found[lines.name(f"w{w}_{engine}_share")] = shares.get(title, 0.0)
        pooled = (shares.get(title, 0.0) for title in lines.names.each_pool)
        found[lines.name(f"w{w}_pooled_share")] = sum(pooled)
    for pool in lines.pools:
        if pool.overflow:
            found[pool.name("typed_nodes")] = strategy.nodes[pool.title]
    return found


def _move(
    shares: Mapping[str, float], move: Move, w: int, lines: Strategic
) -> Iterator[tuple[str, float]]:
    """Yield where a workload goes and where it comes from, by engine, and when."""
    for engine, title in lines.names.engines:
        yield lines.name(f"w{w}_{engine}_goal_share"), shares.get(title, 0.0)
        yield lines.name(f"w{w}_{engine}_before_share"), move.before.get(title, 0.0)
    yield lines.name(f"w{w}_first_months"), float(move.first_month)
    yield lines.name(f"w{w}_ramp_months"), float(move.ramp_months)
    yield lines.name(f"w{w}_dual_months"), float(move.dual_run_months)
