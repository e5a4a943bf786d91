"""A contract that begins within the plan steps its price there, and the list returns at its end."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from workbooks import tables
from workbooks.folder import place
from workbooks.folder.receipts import Line
from workbooks.plan.dated import price_steps, with_steps
from workbooks.plan.differing.difference import difference
from workbooks.plan.plan import Plan, plan
from workbooks.scenario.reading import load, ready

SOL = "openai/gpt-6.1-sol"


@pytest.fixture(scope="module")
def ours() -> Plan:
    """The mid-size company: 36 months from December 2026, on the list of that model."""
    return plan(replace(load(ready()["mid-size"]), start_month=date(2026, 12, 1)))


def contract(share: float, begins: date | None, ends: date | None, currency: str = "USD") -> Line:
    """Return a contract at a share of the list, as a receipt has it."""
    row = tables.price_on(SOL)
    prices = {name: value * share for name, value in asdict(row).items() if _is_price(name, value)}
    term = {"valid_from": begins, "valid_to": ends, "origin": "contract"}
    term["currency"] = currency
    return {"table": "price", **asdict(row), **prices, **term}


def _is_price(name: str, value: object) -> bool:
    return name.endswith("price_per_mtok") and isinstance(value, float)


def test_a_later_contract_is_a_step_and_its_end_another(ours: Plan) -> None:
    """15 % below list from June 2027 to May 2028: months 7 to 18 of the plan."""
    assert price_steps(ours, "api") == ()
    with place.supposing([contract(0.85, date(2027, 6, 1), date(2028, 6, 1))]):
        assert price_steps(ours, "api") == pytest.approx([1.0] * 6 + [0.85] * 12)
        assert price_steps(ours, "managed") == ()
        stepped = with_steps(ours).run("base")
    plain = ours.run("base")["api_price_now_per_mtok"]
    assert stepped["api_price_now_per_mtok"][5:7] == pytest.approx(plain[5:7] * [1, 0.85])
    assert stepped["api_price_now_per_mtok"][18] == pytest.approx(plain[18])


def test_a_contract_counts_for_its_days(ours: Plan) -> None:
    """From 16 June on it holds for 15 of the 30 days; one without an end holds to the last."""
    with place.supposing([contract(0.8, date(2027, 6, 16), None)]):
        assert price_steps(ours, "api") == pytest.approx([1.0] * 6 + [0.9] + [0.8] * 29)


def test_steps_that_somebody_typed_stay(ours: Plan) -> None:
    """And so does a price of one's own, which no row of the table moves."""
    typed = replace(ours, scenario=replace(ours.scenario, api_steps=(1.0, 0.5)))
    with place.supposing([contract(0.85, date(2027, 6, 1), None)]):
        assert with_steps(typed).scenario.api_steps == (1.0, 0.5)
        own = ours.scenario.entries["api_input_price_per_mtok"]
        entries = {**ours.scenario.entries, "api_input_price_per_mtok": replace(own, base=1.0)}
        priced = replace(ours, scenario=replace(ours.scenario, entries=entries))
        assert price_steps(priced, "api") == ()


def at(ours: Plan, euro: float) -> Plan:
    """Return the plan on the prices of its day, at a rate of the euro, with the steps of both."""
    prices = [row for row in tables.token_prices() if row.holds_on(ours.scenario.as_of)]
    rows = [
        replace(row, rate=euro) if row.from_currency == "EUR" else row for row in ours.tables.rates
    ]
    return with_steps(replace(ours, tables=replace(ours.tables, prices=prices, rates=rows)))


def test_a_rate_that_moves_is_no_change_of_a_price_in_euros(ours: Plan) -> None:
    """A price in euros for 12 months, and 5 % more for the euro: 5 % more of those months' dollars.

    Nobody agreed on another price, so all of it is the exchange rate's. With the list 10 % lower
    from the first day on, the months in euros stay what they are, and 10 % of the others' dollars
    are the list's.
    """
    euros = contract(0.5, date(2027, 6, 1), date(2028, 6, 1), "EUR")
    fallen = {**contract(0.9, date(2026, 11, 1), None), "origin": "list"}
    with place.supposing([euros]):
        then, now, known = at(ours, 1.10), at(ours, 1.10 * 1.05), tables.token_prices()
        with place.supposing([fallen]):
            lower, both = at(ours, 1.10 * 1.05), tables.token_prices()
    moved = difference(then, now, known=(known, known)).bridge("api")
    months = then.run("base")["api_cash_per_month"]
    agreed, listed = months[6:18].sum(), months[:6].sum() + months[18:].sum()
    assert moved == {"Exchange rates": pytest.approx(0.05 * agreed, abs=0.01)} | {
        "Token prices and their steps": 0
    }
    assert difference(then, lower, known=(known, both)).bridge("api") == {
        "Exchange rates": pytest.approx(0.05 * agreed, abs=0.01),
        "Token prices and their steps": pytest.approx(-0.1 * listed, abs=0.01),
    }
