"""How a mix is shown: in words and tables, or as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from install.terminal.answers import UNKNOWN, print_json, print_table
from install.terminal.sources import of_portfolio

if TYPE_CHECKING:
    from costcore.portfolio.mix import Mix
    from workbooks.plan.mixing.finding import Found
    from workbooks.portfolio.terms import Portfolio


def headline(portfolio: Portfolio, answer: Found, best: Mix) -> str:
    """Return the cost of the mix and what is proven of it, in one sentence."""
    currency, months = portfolio.frame.currency, portfolio.frame.horizon_months
    stopped = "Stopped early: the best" if best.stopped else "The best"
    gap = math.ceil(best.gap * 1e4) / 1e4  # rounded down, it would be a bound that may not hold
    proven = f"no plan can be more than {gap:.2%} cheaper" if best.gap > 1e-9 else "proven"
    saved = answer.billed_cost - best.cost
    against = f"{currency} {max(saved, 0.0):,.0f} less than without own nodes"
    if not answer.first_month:
        against = "without own nodes"
    elif saved == float("inf"):
        against = "and without own nodes not every workload could be served"
    return (
        f"{stopped} mix costs {currency} {best.cost:,.0f} in present value over {months} months "
        f"({proven}), {against}."
    )


def print_answer(portfolio: Portfolio, answer: Found) -> None:
    """Print the mix, the strategies beside it and what would change it."""
    from workbooks.plan.judgement.endings import endings

    if best := answer.mix:
        print(headline(portfolio, answer, best))
        _print_mix(portfolio, best)
    print_table(
        {"Strategy": False, "Present value": True, "Out, because": False},
        [*([("Best mix", f"{best.cost:,.0f}", "")] if best else []), *_strategies(answer)],
    )
    if "volume" in portfolio.content:
        shares = (
            (w.name, w.scenario.entries["tokens_per_month"].source) for w in portfolio.workloads
        )
        print_table({"Workload": False, "Share of the volume": False}, [*shares])
    if best:
        entry = answer.first_month
        print(f"Own nodes enter in month {entry}." if entry else "Own nodes are in no month of it.")
    for sentence in (*answer.sentences, *endings(portfolio)):
        print(sentence)


def _print_mix(portfolio: Portfolio, best: Mix) -> None:
    if best.gap > 0.001:
        ended = "The search ended at its limit, a minute of work: more" if best.spent else "More"
        print(f"{ended} than 0.1 % is unproven, and another plan may be better by as much.")
    rows = list(_routes(portfolio, best, 0, portfolio.frame.horizon_months - 1))
    print_table({"Workload": False, "Engine": False, "Month 1": True, "Last month": True}, rows)
    if pools := list(_pools(portfolio, best)):
        print_table({"Pool": False, "Nodes by month": False, "Bought": True}, pools)


def _strategies(answer: Found) -> Iterator[tuple[str, str, str]]:
    for each in sorted(answer.strategies, key=lambda each: each.present_cost):
        cost = UNKNOWN if each.out else f"{each.present_cost:,.0f}"
        yield each.strategy.name, cost, each.out


def _routes(
    portfolio: Portfolio, best: Mix, first: int, last: int
) -> Iterator[tuple[str, str, str, str]]:
    engines = (*portfolio.billed, *portfolio.pools)
    for w, workload in enumerate(portfolio.workloads):
        for e, engine in enumerate(engines):
            shares = best.shares[first, w, e], best.shares[last, w, e]
            if max(shares) > 1e-6:
                yield workload.name, engine.name, f"{shares[0]:.1%}", f"{shares[1]:.1%}"


def _pools(portfolio: Portfolio, best: Mix) -> Iterator[tuple[str, str, str]]:
    for p, pool in enumerate(portfolio.pools):
        nodes = best.nodes[:, p]
        if nodes.any():
            yield pool.name, _runs(nodes), f"{best.bought[:, p].sum():.0f}"


def _runs(nodes: Any) -> str:
    """Return the nodes of all months, each run of equal ones once."""
    told, start = [], 0
    for month in range(1, len(nodes) + 1):
        if month == len(nodes) or nodes[month] != nodes[start]:
            span = f"{start + 1}" if month == start + 1 else f"{start + 1}-{month}"
            told.append(f"{nodes[start]:.0f} in {span}")
            start = month
    return ", ".join(told)


def print_as_json(portfolio: Portfolio, answer: Found) -> None:
    """Print all of it as JSON."""
    from workbooks.plan.judgement.endings import endings
    from workbooks.plan.mixing.saying.staged import stages

    print_json(
        {
            "scenario": portfolio.frame.origin,
            "currency": portfolio.frame.currency,
            **_mixed(answer, answer.mix),
            "workloads": [each.name for each in portfolio.workloads],
            "engines": [each.name for each in (*portfolio.billed, *portfolio.pools)],
            "pools": [each.name for each in portfolio.pools],
            "strategies": _priced(answer),
            "staged": [asdict(each) for each in stages(answer.strategies)],
            "refused": _refused(answer),
            "unanswered": answer.unanswered,
            "answers": answer.answers,
            "sentences": answer.sentences,
            "price_endings": endings(portfolio),
            "as_of": portfolio.frame.as_of,
            "sources": of_portfolio(portfolio),
        }
    )


def _mixed(answer: Found, best: Mix | None) -> dict[str, Any]:
    if best is None:
        return {}
    return {
        "present_cost": best.cost,
        "least_possible_cost": best.bound,
        "gap": best.gap,
        "stopped": best.stopped,
        "ended_at_limit": best.spent,
        "present_cost_without_own_nodes": answer.billed_cost,
        "own_nodes_from_month": answer.first_month or None,
        "shares": best.shares,
        "nodes": best.nodes,
        "bought_nodes": best.bought,
    }


def _priced(answer: Found) -> list[dict[str, Any]]:
    return [
        {
            "name": each.strategy.name,
            "present_cost": each.present_cost,
            "out": each.out or None,
            "routes": each.strategy.routes,
            "moves": {name: asdict(move) for name, move in each.strategy.moves.items()},
        }
        for each in answer.strategies
    ]


def _refused(answer: Found) -> list[dict[str, str]]:
    return [
        {"workload": workload, "engine": engine, "reason": reason}
        for (workload, engine), reason in answer.refused.items()
    ]
