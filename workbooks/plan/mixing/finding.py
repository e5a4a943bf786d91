"""The cheapest mix of a portfolio, and in words what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from costcore.portfolio.mix import Mix, cheapest_mix
from costcore.portfolio.portfolio import Portfolio as Arrays
from costcore.portfolio.search.search import UnservedError
from workbooks.folder.place import without
from workbooks.plan.judgement.slips import slip
from workbooks.plan.mixing.arrays import arrays, searchable
from workbooks.plan.mixing.comparing import Compared, compared
from workbooks.plan.mixing.gates import check_served, refusals, unanswered
from workbooks.plan.mixing.routing.staying import reserves
from workbooks.plan.mixing.saying.changing import changes, sentences
from workbooks.plan.mixing.saying.staged import stages
from workbooks.plan.mixing.speeds import too_fast
from workbooks.plan.mixing.starting import Inputs, inputs
from workbooks.portfolio.terms import Portfolio

Told = Callable[[float, float], None]


@dataclass(frozen=True)
class Found:
    """A mix, what it saves, and what would change it."""

    mix: Mix | None
    """None where nobody looked for it."""
    billed_cost: float
    """Present value of the best plan without own nodes; inf where a workload has no other."""
    refused: Mapping[tuple[str, str], str]
    unanswered: tuple[str, ...]
    """What gates ask of engines that the mix uses, and nobody has said."""
    starting: Inputs
    """What the strategies start from."""
    strategies: tuple[Compared, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    unsearched: tuple[str, ...] = ()
    """Why no search can price it; empty where one can."""

    @property
    def first_month(self) -> int:
        """Month in which own nodes enter; 0 where they never do."""
        entry = self.mix.first_month if self.mix else np.inf
        return int(entry) if np.isfinite(entry) else 0


def found(portfolio: Portfolio, gap: float | None, month: int, told: Told | None = None) -> Found:
    """Find the mix, and for one month what would change it (0: not asked).

    Without a `gap` only the strategies are priced, which takes no search.

    Raises
    ------
    ValueError
        If no engine can serve a workload.
    """
    with without(portfolio.without):
        starting, refused = inputs(portfolio), refusals(portfolio)
        check_served(portfolio, refused)
        given = arrays(portfolio, starting)
        beside = tuple(compared(portfolio, given, refused, starting))
    staged = (stage.sentence(portfolio.frame.currency) for stage in stages(beside))
    few = (
        slip(starting[0][f"w{w}_tokens_per_month"], each.name)
        for w, each in enumerate(portfolio.workloads, start=1)
    )
    first = (*filter(None, few), *too_fast(portfolio.workloads, portfolio.pools), *staged)
    unsearched = _unsearched(portfolio)
    if gap is None or unsearched:
        first = (*first, *unsearched)
        none = Found(None, np.inf, refused, (), starting, beside, sentences=first)
        return replace(none, unsearched=unsearched)
    best = cheapest_mix(given, gap, told)
    bought = _without_nodes(given, gap)
    best, billed = cheaper(best, bought), bought.cost if bought else float("inf")
    open_gates = tuple(_open_gates(portfolio, best))
    answer = Found(best, billed, refused, open_gates, starting, beside)
    answers: Mapping[str, Any] = {}
    said = (*first, *_offers(portfolio))
    if month and not best.stopped:
        alone = given.month(month - 1)
        answers = changes(portfolio, alone)
        said = (*said, *sentences(portfolio, alone, answers, month))
    return replace(answer, answers=answers, sentences=(*said, *_conditions(open_gates)))


def _unsearched(portfolio: Portfolio) -> tuple[str, ...]:
    """Say what the search for the best mix cannot price as the plan does."""
    tiers = (engine.name for engine in portfolio.billed if engine.tier_tokens)
    parts = (pool.name for pool in portfolio.pools if reserves(pool.scenario))
    said = "No best mix: {} {}, and the search for it takes {}."
    bound = (each.contract for each in portfolio.contracts if not searchable(each))
    return (
        *(said.format(n, "has tiers", "one price for all tokens") for n in tiers),
        *(said.format(n, "reserves a part of its nodes", "nodes all of one kind") for n in parts),
        *(said.format(f"the contract {n!r}", UNSEARCHED, MONTHLY) for n in bound),
    )[:1]


UNSEARCHED = "has more terms than a minimum of each month that is owed to its end"
MONTHLY = "no others"


def _offers(portfolio: Portfolio) -> Iterator[str]:
    """Say which contracts are only offered: a mix is searched without them."""
    for each in portfolio.contracts:
        if not each.is_signed:
            yield f"{each.contract} is only offered, and the best mix is searched without it."


def _without_nodes(given: Arrays, gap: float) -> Mix | None:
    try:
        return cheapest_mix(replace(given, capacity=np.zeros_like(given.capacity)), gap)
    except UnservedError:
        return None


def cheaper(best: Mix, bought: Mix | None) -> Mix:
    """Return the mix without nodes where a search that ended early found none as cheap.

    What is proven of all plans is proven of this one.
    """
    if not bought or bought.cost >= best.cost:
        return best
    return replace(bought, bound=best.bound, stopped=best.stopped, spent=best.spent)


def _open_gates(portfolio: Portfolio, best: Mix) -> Iterator[str]:
    engines = (*portfolio.billed, *portfolio.pools)
    for w, workload in enumerate(portfolio.workloads):
        for e, engine in enumerate(engines):
            if best.mtok[:, w, e].any():
                for question in unanswered(workload, engine):
                    yield f"{question}, which {workload.name} asks"


def _conditions(open_gates: tuple[str, ...]) -> tuple[str, ...]:
    if not open_gates:
        return ()
    return (
        f"All this holds only if the gates hold that nobody has answered: {open_gates[0]}"
        + (f", and {len(open_gates) - 1} more." if len(open_gates) > 1 else "."),
    )
