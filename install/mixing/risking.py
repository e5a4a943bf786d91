"""What `evenpoint risk` does where a scenario has several workloads or engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from install.terminal.answers import money, print_json, print_table

if TYPE_CHECKING:
    from workbooks.plan.mixing.odds import PortfolioRisk
    from workbooks.portfolio.terms import Portfolio

BARS_SHOWN = 12


def pooled_risk(
    portfolio: Portfolio, draws: int, seed: int, together: tuple[float, float], as_json: bool
) -> None:
    """Print what the strategies may cost, how often each is the cheapest, and what decides."""
    from workbooks.plan.mixing.finding import found
    from workbooks.plan.mixing.odds import portfolio_risk

    answer = found(portfolio, None, 0)
    risk = portfolio_risk(portfolio, answer, draws, seed, *together)
    if as_json:
        print_json(_summary(risk, together))
    else:
        _print(risk, together)


def headline(risk: PortfolioRisk) -> str:
    """Return the cheapest strategy and how sure that is, in one sentence."""
    from workbooks.plan.judgement.headline import chance

    first, second = risk.two
    if first == second:
        return f"{first} {_alone(risk)}: {risk.portfolio.frame.currency} {risk.base[first]:,.0f}"
    currency, ahead = risk.portfolio.frame.currency, risk.base[second] - risk.base[first]
    close = ", which is too close to call" if risk.is_close else ""
    return (
        f"{first} costs least, {currency} {ahead:,.0f} less than {second}; it is the cheapest in "
        f"{chance(risk.wins[first])} of {risk.draws:,} draws{close}"
    )


def print_conditions(risk: PortfolioRisk) -> None:
    """Print the gates that nobody has answered, which the choice holds on."""
    for number, condition in enumerate(risk.conditions):
        only = "That holds only if the gates hold that nobody has answered:"
        print(f"{'   And' if number else only} {condition}.")


def _alone(risk: PortfolioRisk) -> str:
    """Say why nothing is cheaper or dearer."""
    if len(risk.base) == 1:
        return "is the only strategy that is possible"
    return "costs as much as every other strategy, in every draw"


def _summary(risk: PortfolioRisk, together: tuple[float, float]) -> dict[str, Any]:
    from workbooks.plan.judgement.risk import ranks

    return {
        "scenario": risk.portfolio.frame.origin,
        "currency": risk.portfolio.frame.currency,
        "months": risk.portfolio.frame.horizon_months,
        "draws": risk.draws,
        "seed": risk.seed,
        "volume_correlation": together[0],
        "price_correlation": together[1],
        "headline": headline(risk),
        "conditions": risk.conditions,
        "notes": risk.unmoved,
        "strategies": {
            name: {
                "wins_share": risk.wins[name],
                "present_cost": {"base": risk.base[name]} | ranks(drawn),
            }
            for name, drawn in risk.present.items()
        },
        "tornado": [
            {
                "driver": bar.name,
                "swing_cost": bar.swing,
                "at_low_cost": bar.at_low,
                "at_high_cost": bar.at_high,
            }
            for bar in risk.bars
        ],
    }


def _print(risk: PortfolioRisk, together: tuple[float, float]) -> None:
    from workbooks.plan.judgement.headline import chance

    answer = _summary(risk, together)
    print(f"{answer['headline']} (seed {risk.seed}).")
    print_conditions(risk)
    for sentence in risk.unmoved:
        print(f"{sentence}.")
    print(f"Volumes move together at {together[0]:g} and prices at {together[1]:g}, of 0 to 1.")
    rows = (
        (name, *map(money, each["present_cost"].values()), chance(each["wins_share"]))
        for name, each in answer["strategies"].items()
    )
    columns = ("Base", "P10", "P50", "P90", "Cheapest of all")
    print_table({"Present value": False, **dict.fromkeys(columns, True)}, rows)
    first, second = risk.two
    if first == second:
        return
    bars = ((bar.name, money(bar.least), money(bar.most)) for bar in risk.bars[:BARS_SHOWN])
    title = f"{first} is cheaper than {second} by"
    print_table({title: False, "From": True, "To": True}, bars)
