"""Two portfolios under one set of names: what one of them lacks is taken as in the other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbooks.plan.mixing.bridging.owing import contracts_of
from workbooks.plan.mixing.bridging.rates import crossed
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.starting import Inputs, inputs, names
from workbooks.portfolio.terms import Move, Portfolio, Strategy

VOLUME, CAME, PRICES = "Volume", "Workloads that came or went", "Token prices and mix of tokens"
FEES, NODES = "Fees and commitments", "Nodes: choice, prices and terms"
SERVED = "What a node serves"
TAX = "Tax"
SPARES, LOAD, PEOPLE = "Fewest nodes and spares", "Load over the week", "People and tools"
MOVING, CAPITAL, ROUTES = "Moving", "Cost of capital", "Routes"
LOSSES, RATES, CONTRACTS = "Expected loss from breaches", "Exchange rates", "Contracts"
CAUSES = (
    *(VOLUME, CAME, PRICES, RATES, FEES, CONTRACTS, NODES, SERVED, SPARES, LOAD, PEOPLE),
    *(MOVING, LOSSES, CAPITAL, TAX, ROUTES),
)
RULES = (
    (r"w\d+_tokens_per_month", VOLUME),
    (r"w\d+_b\d+_price_per_mtok|b\d+_(?:tier_tokens|(?:above|whole)_shares)", PRICES),
    (r"b\d+_(?:minimum|owed|fee)_per_month", FEES),
    (r"contract\d+_\w+", CONTRACTS),
    (r"w\d+_p\d+_capacity_tokens_per_hour|hours_per_month", SERVED),
    (r"p\d+_(?:min|spare)_nodes", SPARES),
    (r"p\d+_\w+", NODES),
    (r"fixed_factors|load_hours|w\d+_shape_factor|w\d+_fixed_share", LOAD),
    (r"people_per_month", PEOPLE),
    (r"w\d+_[bp]\d+_moving_cost|dual_run_months", MOVING),
    (r"w\d+_[bp]\d+_breach_per_month", LOSSES),
    (r"discount_rate|payment_timing_share", CAPITAL),
    (r"tax_\w+|fiscal_start_count", TAX),
)
"""Which cause a value belongs to; the first that fits counts. Others change no cost."""
NUMBER = re.compile(r"(?:^|(?<=_))([wbp]|contract)(\d+)(?=_)")
NOTHING = re.compile(
    r"b\d+_(?:minimum|owed|fee)_per_month|tax_rate_share"
    r"|contract\d+_(?:minimum_per_month|term_months)"
)
"""What is nothing where a portfolio does not have it."""
OF_WORKLOAD = re.compile(r"w(\d+)_(?:tokens_per_month|[bp]\d+_(?:moving_cost|breach_per_month))")
"""What a workload costs that is there at all."""
OFFERED = re.compile(r"w\d+_(?:b\d+_price_per_mtok|p\d+_capacity_tokens_per_hour)")
TIER = re.compile(r"b\d+_(?:tier_tokens|(?:above|whole)_shares)")
SHARES = ("above_shares", "whole_shares")
ALIKE = 1e-12
Values = dict[str, Any]
Pair = tuple[Values, Values]
Valued = tuple[Pair, Pair]
"""Values by month of both portfolios, and values that stay."""


@dataclass(frozen=True)
class Sides:
    """Both portfolios under the same names."""

    names: Names
    months: int
    strategies: tuple[str, ...]
    """Those that both have, and that no gate forbids in either."""
    routed: tuple[Mapping[str, Strategy], Mapping[str, Strategy]]
    values: tuple[Valued, Valued]
    """What lines start from, by month and what stays: at the rates of one, and of the other."""
    came: frozenset[int]
    """Numbers of the workloads that only one of them has."""

    def cause(self, name: str) -> str:
        """Return the cause that a value belongs to; empty if no cost follows from it."""
        rule = next((cause for pattern, cause in RULES if re.fullmatch(pattern, name)), "")
        own = OF_WORKLOAD.fullmatch(name)
        return CAME if own and int(own[1]) in self.came else rule

    @property
    def changed(self) -> tuple[str, ...]:
        """Causes of which anything is not the same."""
        every = [each for valued in self.values for each in valued]
        moved = {
            self.cause(name)
            for one, other in every
            for name in one
            if not _same(one[name], other[name])
        }
        at_rates = (
            (one, other)
            for here, there in zip(*self.values, strict=True)
            for one, other in zip(here, there, strict=True)
        )
        if any(not _same(one[name], other[name]) for one, other in at_rates for name in one):
            moved.add(RATES)
        one, other = ({n: s[n] for n in self.strategies} for s in self.routed)
        moved |= {ROUTES} if one != other else set()
        return tuple(cause for cause in CAUSES if cause in moved)

    def mixed(self, single: Mapping[str, bool], swapped: Mapping[str, Any]) -> Pair:
        """Return the values with some causes as in the other, many sets of them at once."""
        series, fixed = (
            {name: self._value(name, *each, single, swapped) for name in each[0][0]}
            for each in zip(*self.values, strict=True)
        )
        return series, fixed

    def _value(
        self,
        name: str,
        here: Pair,
        there: Pair,
        single: Mapping[str, bool],
        swapped: Mapping[str, Any],
    ) -> Any:
        """Return a value, with the sets along its last axis where it is not the same in all."""
        cause = self.cause(name)

        def at(one: Any, other: Any) -> tuple[Any, bool]:
            if single.get(cause):
                return other, False
            if cause in swapped and not _same(one, other):
                return np.where(swapped[cause], *(_wide(x) for x in (other, one))), True
            return one, False

        pairs = [(one[name], other[name]) for one, other in (here, there)]
        (now, is_wide), (then, then_wide) = (at(*pair) for pair in pairs)
        if RATES not in swapped or all(itertools.starmap(_same, zip(*pairs, strict=True))):
            return now
        now, then = (x if wide else _wide(x) for x, wide in ((now, is_wide), (then, then_wide)))
        return np.where(swapped[RATES], then, now)


def _wide(value: Any) -> Any:
    return np.asarray(value, None if isinstance(value, str) else float)[..., None]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    one, other = np.asarray(one, float), np.asarray(other, float)
    return one.shape == other.shape and np.allclose(one, other, rtol=ALIKE, atol=0, equal_nan=True)


def meet(one: Portfolio, other: Portfolio, first: Found, last: Found) -> Sides:
    """Put both under one set of names.

    A workload that one does not have sends no tokens there. An engine that it does not have, or
    does not offer to a workload, costs what it costs in the other, and is sent nothing.
    """
    pair, found = (one, other), (first, last)
    every = [
        _joined(*(getattr(names(each), kind) for each in pair))
        for kind in ("each_workload", "each_billed", "each_pool")
    ]
    own = [names(each) for each in pair]
    other_there, one_there = crossed(one, other)
    there = last.starting if other_there is other else inputs(other_there)
    here = first.starting if one_there is one else inputs(one_there)
    valued = (
        _valued(pair, (first.starting, there), every),
        _valued(pair, (here, last.starting), every),
    )
    called = _called(own, every, *valued[0])
    listed = [{w.strategy.name: w.strategy for w in f.strategies if not w.out} for f in found]
    shared = tuple(name for name in listed[0] if name in listed[1])
    owed = [{each.contract for each in names.contracts} for names in own]
    whole = tuple(
        {n: _whole(s, listed[1 - at].get(n), every[0], owed[at]) for n, s in listed[at].items()}
        for at in (0, 1)
    )
    known = [set(names(p).each_workload) for p in pair]
    came = frozenset(w for w, n in enumerate(every[0], start=1) if n in known[0] ^ known[1])
    return Sides(called, one.frame.horizon_months, shared, (whole[0], whole[1]), valued, came)


def _called(
    own: Sequence[Names], every: Sequence[tuple[str, ...]], series: Pair, fixed: Pair
) -> Names:
    """Return what everything of both is called, and which kinds of it there are in either."""
    tiered = (b for b in range(1, len(every[1]) + 1) if f"b{b}_tier_tokens" in fixed[0])
    return Names(
        *(every[0], every[1], every[2]),
        bought=_pools(every[2], series, "node_now_capex"),
        staying=_pools(every[2], fixed, "stays_share"),
        tiered=frozenset(tiered),
        private=any(each.private for each in own),
        mended=any(each.mended for each in own),
        contracts=contracts_of(own),
        taxed=any(each.taxed for each in own),
    )


def _valued(
    pair: tuple[Portfolio, Portfolio],
    starting: tuple[Inputs, Inputs],
    every: Sequence[Sequence[str]],
) -> Valued:
    """Return what both start from at the same exchange rates, with what either of them lacks."""
    own = [names(each) for each in pair]
    owed = [each.contract for each in contracts_of(own)]
    placed = [_placed(n, [*every, owed], told) for n, told in zip(own, starting, strict=True)]
    series, fixed = ((a[i], b[i]) for i in (0, 1) for a, b in [placed])
    for at in (0, 1):
        _fill(series[at], series[1 - at], fixed[at], fixed[1 - at])
        _tiers(fixed[at], fixed[1 - at])
    _loads(fixed, starting, [each.each_workload for each in own], every[0])
    return series, fixed


def _tiers(own: Values, other: Values) -> None:
    """Give an engine as many tiers as it has in the other; those that it lacks take nothing off."""
    for name in [name for name in other if name.endswith("_tier_tokens")]:
        parts = [name.replace("tier_tokens", part) for part in ("tier_tokens", *SHARES)]
        more = max(other[name].size - np.size(own.get(name, ())), 0)
        for part in parts:
            own[part] = np.concatenate([own.get(part, np.zeros(0)), np.zeros(more)])


def _joined(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _placed(own: Names, every: Sequence[Sequence[str]], starting: Inputs) -> Pair:
    """Return the values with the numbers that workloads and engines have among all."""
    theirs = {"w": own.each_workload, "b": own.each_billed, "p": own.each_pool}
    theirs["contract"] = tuple(each.contract for each in own.contracts)
    among = dict(zip(theirs, every, strict=True))

    def moved(match: re.Match[str]) -> str:
        kind, number = match[1], int(match[2])
        return f"{kind}{among[kind].index(theirs[kind][number - 1]) + 1}"

    series, fixed = ({NUMBER.sub(moved, n): v for n, v in part.items()} for part in starting)
    return series, fixed


def _pools(pools: Sequence[str], known: Sequence[Values], line: str) -> frozenset[int]:
    """Return the numbers of the pools that have a line in either portfolio."""
    numbers = range(1, len(pools) + 1)
    return frozenset(p for p in numbers if any(f"p{p}_{line}" in each for each in known))


def _fill(series: Values, others: Values, fixed: Values, fixed_others: Values) -> None:
    """Add what a portfolio lacks: no tokens and no fees, and else what the other has."""
    pools = {name.partition("_")[0] for name in series if name.endswith("_running_per_month")}
    workloads = {name.partition("_")[0] for name in series if name.endswith("_tokens_per_month")}
    for own, other in ((series, others), (fixed, fixed_others)):
        for name, value in other.items():
            none = OF_WORKLOAD.fullmatch(name) and name.partition("_")[0] not in workloads
            nothing = none or NOTHING.fullmatch(name)
            if name not in own and not TIER.fullmatch(name):
                rented = RENTED if name.partition("_")[0] in pools else {}
                known = next((x for end, x in rented.items() if name.endswith(end)), value)
                own[name] = np.zeros_like(value) if nothing else known
            elif OFFERED.fullmatch(name) and not np.any(own[name]):
                own[name] = value


RENTED = {"_acquisition_kind": "rent", "_existing_nodes": 0.0, "_stays_share": 0.0}
"""Of a pool that is bought, or leased, in the other portfolio alone."""


def _loads(
    fixed: Pair,
    starting: tuple[Inputs, Inputs],
    own: Sequence[Sequence[str]],
    every: Sequence[str],
) -> None:
    """Put the loads of all workloads side by side."""
    columns = (fixed_of["fixed_factors"].T for _, fixed_of in starting)
    tables = [dict(zip(n, c, strict=True)) for n, c in zip(own, columns, strict=True)]
    for at in (0, 1):
        each = {**tables[1 - at], **tables[at]}
        fixed[at]["fixed_factors"] = np.stack([each[name] for name in every], axis=1)


def _whole(
    strategy: Strategy, other: Strategy | None, every: Sequence[str], owed: set[str]
) -> Strategy:
    """Return a strategy with the other's routes and offers where it knows nothing of them."""
    routes = {**(other.routes if other else {}), **strategy.routes}
    known = {name: routes.get(name, {}) for name in every}
    moves = {name: strategy.moves.get(name, Move({})) for name in every} if strategy.moves else {}
    signs = strategy.signs | ((other.signs if other else strategy.signs) - owed)
    return Strategy(strategy.name, known, strategy.overflow, strategy.nodes, moves, signs)
