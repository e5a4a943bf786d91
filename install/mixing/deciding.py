"""What `evenpoint decide` does where a scenario has several workloads or engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from install.mixing.risking import headline, print_conditions
from install.terminal.answers import print_json, print_table

if TYPE_CHECKING:
    from workbooks.plan.mixing.odds import PortfolioRisk
    from workbooks.portfolio.terms import Portfolio


def pooled_decide(portfolio: Portfolio, as_json: bool) -> None:
    """Print which strategy costs least of those that no gate forbids, and on which conditions."""
    from workbooks.plan.judgement.risk import DRAWS
    from workbooks.plan.mixing.finding import found
    from workbooks.plan.mixing.odds import portfolio_risk

    risk = portfolio_risk(portfolio, found(portfolio, None, 0), DRAWS)
    if as_json:
        print_json(_summary(risk))
        return
    print(f"{headline(risk)}.")
    print_conditions(risk)
    print_table({"Workload": False, "Goes to": False}, _routes(risk))
    if refused := risk.answer.refused:
        rows = ((*pair, reason) for pair, reason in refused.items())
        print_table({"Workload": False, "May not go to": False, "Because": False}, rows)
    for way in risk.answer.strategies:
        if way.out:
            print(f"{way.strategy.name} is out: {way.out}.")


def _routes(risk: PortfolioRisk) -> Iterator[tuple[str, str]]:
    for workload, shares in risk.chosen.routes.items():
        used = ((engine, share) for engine, share in shares.items() if share > 0)
        yield workload, ", ".join(f"{engine} {100 * share:.4g}%" for engine, share in used)


def _summary(risk: PortfolioRisk) -> dict[str, Any]:
    first, second = risk.two
    return {
        "scenario": risk.portfolio.frame.origin,
        "currency": risk.portfolio.frame.currency,
        "verdict": headline(risk),
        "choice": first,
        "runner_up": second if second != first else None,
        "conditions": risk.conditions,
        "routes": risk.chosen.routes,
        "present_cost": risk.base,
        "cheapest_of_all_share": risk.wins,
        "removed": {way.strategy.name: way.out for way in risk.answer.strategies if way.out},
        "refused": [
            {"workload": workload, "engine": engine, "reason": reason}
            for (workload, engine), reason in risk.answer.refused.items()
        ],
    }
