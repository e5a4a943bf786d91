"""The numbers of a portfolio's first page, on what conditions they hold, and whose they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from costcore.language.timeline import Line, figures, values
from workbooks.plan.judgement.risk import ranks
from workbooks.plan.lines.lookup import number
from workbooks.plan.mixing.comparing import Compared
from workbooks.plan.mixing.finding import Found
from workbooks.plan.mixing.gates import open_gates
from workbooks.plan.mixing.odds import PortfolioRisk
from workbooks.plan.mixing.saying.sentences import ALONE, FRONT, ODDS, RANKED, RIVALS, to_date
from workbooks.plan.mixing.speeds import too_fast
from workbooks.plan.plan import plan
from workbooks.portfolio.terms import Engine, Portfolio
from workbooks.rows import ExchangeRate
from workbooks.scenario.own_rows import ends

NO_CONDITION = "No gate of its workloads is left without an answer."
MOST_TOLD = 3


def lines(ways: Sequence[Compared]) -> tuple[Line, ...]:
    """Return the figures and sentences of the first page, in order."""
    return (*RANKED, *ODDS, *(RIVALS if len(ways) > 1 else ALONE), *FRONT)


def _basis(portfolio: Portfolio) -> str:
    """Return what a present value holds that is in no cash, or lacks."""
    tax = "after tax" if portfolio.is_taxed else "before tax"
    return f"{tax}, with the loss expected from breaches" if portfolio.privacy else tax


def numbers(
    portfolio: Portfolio, ways: Sequence[Compared], answer: Found, drawn: PortfolioRisk | None
) -> dict[str, Any]:
    """Compute what the first page says."""
    frame, mix = portfolio.frame, answer.mix
    costs = np.array([way.present_cost for way in ways])
    titles = np.array([way.strategy.name for way in ways])
    known: dict[str, Any] = {
        "currency": frame.currency,
        "basis_text": _basis(portfolio),
        "horizon_months": float(frame.horizon_months),
        **{name: float(frame.entries[name].base) for name in ("tie_share", "least_sure_share")},
        "tolerance_cost": frame.tolerance_cost,
        "as_of_day": number(frame.as_of),
        "strategy_titles": titles,
        "strategy_costs": costs,
        "strategy_conditions": np.array(conditions(portfolio, ways)),
        "mix_cost": mix.cost if mix else 0.0,
        "mix_gap_share": mix.gap if mix else 0.0,
        "moved_count": 0.0,
        "cumulative_tokens": ways[0].told["cumulative_tokens"],
        "draws_count": float(drawn.draws) if drawn else 0.0,
        **_drawn(titles, drawn),
    }
    known |= figures(RANKED, known)
    others = np.arange(1.0, len(ways) + 1) != known["cheapest_count"]
    known["other_costs"] = np.where(others, costs, np.inf)
    known |= _paid(ways, frame.horizon_months, known["cheapest_count"])
    doubted = len(tuple(too_fast(portfolio.workloads, portfolio.pools)))  # no other check fails yet
    return known | figures(lines(ways)[len(RANKED) :], known) | {"master_check": float(doubted)}


def _drawn(titles: Any, drawn: PortfolioRisk | None) -> dict[str, Any]:
    if drawn is None:
        return {f"strategy_{each}": np.full(len(titles), np.nan) for each in DRAWN}
    ranked = [ranks(drawn.present[title]) for title in titles]
    found = ([drawn.wins[t] for t in titles], *([r[k] for r in ranked] for k in ("p10", "p90")))
    return {f"strategy_{each}": np.array(x) for each, x in zip(DRAWN, found, strict=True)}


DRAWN = ("wins_shares", "p10_costs", "p90_costs")


def _paid(ways: Sequence[Compared], months: int, cheapest: Any) -> Mapping[str, Any]:
    """Add up the cash that each strategy has paid to date."""
    read = ("_cash_per_month", "_resale_per_month")
    flows = {n: x for way in ways for n, x in way.told.items() if n.endswith(read)}
    paid = to_date([way.lines for way in ways])
    return values(paid, {"cheapest_count": cheapest}, months, series=flows)


def conditions(portfolio: Portfolio, ways: Sequence[Compared]) -> list[str]:
    """Return for each strategy what its gates ask and nobody has answered."""
    return [_condition(list(open_gates(portfolio, way.strategy))) for way in ways]


def _condition(asked: Sequence[str]) -> str:
    if not asked:
        return NO_CONDITION
    more = f"; and {len(asked) - MOST_TOLD} more" if len(asked) > MOST_TOLD else ""
    first = "; ".join(asked[:MOST_TOLD])
    return f"Holds only if gates hold that nobody has answered: {first}{more}."


def out(answer: Found) -> list[str]:
    """Return the strategies that a gate rules out, with its reason."""
    return [f"{each.strategy.name} is out: {each.out}." for each in answer.strategies if each.out]


class Origin(NamedTuple):
    """Whose a figure is, and of which day; None where nobody has said."""

    what: str
    source: str
    day: datetime.date | None


def origins(portfolio: Portfolio) -> Iterator[Origin]:
    """Yield where the prices of each engine come from, and the rates that convert them."""
    for engine in portfolio.engines:
        yield _of_pool(engine) if engine.is_pool else _of_prices(engine)
    rates: dict[str, ExchangeRate] = {}
    for scenario in portfolio.scenarios:
        ours = plan(scenario)
        known = {row.from_currency: row for row in ours.tables.rates}
        rates |= {code: known[code] for code in ours.currencies.codes}
    yield from (_of_rate(rates[code], portfolio.frame.currency) for code in sorted(rates))


def _of_rate(row: ExchangeRate, currency: str) -> Origin:
    low, high = ends(row)
    span = f" ({low:g} to {high:g})" if low < high else ""
    return Origin(
        f"{currency} for one {row.from_currency}: {row.rate:g}{span}", row.source, row.date
    )


def _of_prices(engine: Engine) -> Origin:
    entries = engine.scenario.entries
    typed = entries[f"{engine.inputs}_input_price_per_mtok"]
    if typed.base is not None:
        return Origin(engine.name, typed.source or TYPED, _day(typed.as_of))
    named = entries[f"{engine.inputs}_model"].base
    rows = (row for row in plan(engine.scenario).tables.prices if row.model == named)
    row = next(rows, None)
    return Origin(engine.name, *((row.source, _day(row.as_of)) if row else ("", None)))


def _of_pool(engine: Engine) -> Origin:
    entries = engine.scenario.entries
    bought = entries["acquisition_kind"].base == "buy"
    typed = entries["capex_per_gpu" if bought else "rent_per_gpu_hour"]
    if typed.base is not None:
        return Origin(engine.name, typed.source or TYPED, _day(typed.as_of))
    named, part = entries["hardware"].base, "buy" if bought else "rent"
    for row in plan(engine.scenario).tables.accelerators:
        if row.hardware == named:
            day = _day(getattr(row, f"{part}_as_of"))
            return Origin(engine.name, getattr(row, f"{part}_source"), day)
    return Origin(engine.name, "", None)


TYPED = "your own figure, in Scenario"


def _day(held: Any) -> datetime.date | None:
    if isinstance(held, datetime.date):
        return held
    try:
        return datetime.date.fromisoformat(str(held))
    except ValueError:
        return None
