"""A contract that begins within the plan steps its price there, and the list returns at its end."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from workbooks import tables
from workbooks.folder import place
from workbooks.folder.receipts import Line
from workbooks.plan.dated import price_steps, with_steps
from workbooks.plan.plan import Plan, plan
from workbooks.scenario.reading import load, ready

SOL = "openai/gpt-6.1-sol"


@pytest.fixture(scope="module")
def ours() -> Plan:
    """The mid-size company: 36 months from December 2026, on the list of that model."""
    return plan(replace(load(ready()["mid-size"]), start_month=date(2026, 12, 1)))


def contract(share: float, begins: date | None, ends: date | None) -> Line:
    """Return a contract at a share of the list, as a receipt has it."""
    row = tables.price_on(SOL)
    prices = {name: value * share for name, value in asdict(row).items() if _is_price(name, value)}
    term = {"valid_from": begins, "valid_to": ends, "origin": "contract"}
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
