"""A budget was signed anew: closed months stay against the one they were closed against.

By hand: of the first budget a month costs 100, of the second 60; what comes once as each test says.
"""

import math
from dataclasses import replace
from datetime import date

import pytest

from tests.engines import disagreements
from tests.workbooks.budgets import write
from workbooks.plan.monthend.actuals import month_end, months_of
from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.closing import close
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.monthend.rebased import rebased
from workbooks.plan.monthend.signed.anew import Earlier, held
from workbooks.plan.monthend.signed.rows import Budgeted, Signed
from workbooks.plan.plan import plan
from workbooks.rows import ExchangeRate
from workbooks.scenario.reading import load, ready
from workbooks.scenario.scenario import OwnRows
from workbooks.sheets.monthend.actuals import actuals

DEC, JAN = date(2026, 12, 1), date(2027, 1, 1)
FIRST, SECOND = "anna signed on 2026-11-28", "bert signed on 2027-01-10"


def signed(power, *once):
    """A budget of so much a month, and of what comes once in the first ones."""
    ours = plan(load(ready()["mid-size"]))
    costs = {"power": [power] * 3, "purchases": once}
    return Signed(
        ours,
        "own",
        tuple(
            Budgeted(month, LINES[part], math.nan, 0.0, cost)
            for part, each in costs.items()
            for month, cost in zip(months_of(ours), each, strict=False)
            if cost
        ),
    )


def bill(month, part, cost, **more):
    """What was paid on one cost line."""
    return Bill(month, LINES[part], 0.0, 0.0, 0.0, 0.0, cost, **more)


def shut(first, second, *bills, until=None):
    """The month-end of bills, of which December was closed against the first budget."""
    before = Earlier(first, (month_end(DEC),), FIRST)
    return close(held(second, SECOND, [before]), bills, closed=until)


def test_each_month_is_held_against_its_own_and_the_pace_is_that_of_the_second():
    """December cost 150 of 100, January 66 of 60: February is 60 at 1.1; budget 100 + 60 + 60."""
    made = shut(signed(100.0), signed(60.0), bill(DEC, "power", 150.0), bill(JAN, "power", 66.0))
    told = made.run()
    assert told["outlook_per_month"][:3].tolist() == pytest.approx([150, 66, 66])
    assert told["budget_per_month"][:3].tolist() == pytest.approx([100, 60, 60])
    assert told["master_check"] == 0
    year = rebased(made, told)
    assert (year.budget_cost, year.earlier_cost) == (pytest.approx(220), pytest.approx(100))
    assert year.method.endswith("of the closed month held against the budget signed last")
    (note,) = made.notes
    assert note.startswith(f"2026-12: held against the budget that {FIRST}")
    assert note.endswith(f"of the one that {SECOND}")


@pytest.mark.parametrize(
    ("second", "late", "why"),
    [
        ((500.0,), 500, "it is late by both"),
        ((0, 0, 500.0), 0, "the second has it in February"),
        ((), 0, "the second goes without it"),
    ],
)
def test_what_comes_once_and_has_no_bill_is_late_once(second, late, why):
    """500 were budgeted in December; the forecast has them once, or not at all."""
    bills = bill(DEC, "power", 100.0), bill(JAN, "power", 60.0)
    told = shut(signed(100.0, 500.0), signed(60.0, *second), *bills).run()
    assert told["outlook_per_month"][2] == pytest.approx(60 + late + sum(second[2:])), why
    assert told["budget_per_month"][0] == 600


def test_what_only_the_second_has_in_a_month_closed_before_it_is_told():
    """Nodes that were to be bought in December, by a budget that was signed in January."""
    made = shut(signed(100.0), signed(60.0, 500.0), bill(DEC, "power", 100.0))
    assert made.notes[1] == (
        f"{LINES['purchases']}: 500.00 that the budget signed last has in 2026-12, closed before "
        "it, is in no forecast"
    )
    assert "as budgeted, for no closed month is held against" in rebased(made, made.run()).method


def test_a_bill_in_another_currency_is_planned_at_the_rate_of_its_own_budget():
    """100 EUR at 1.10 of the first, whose rate is its own, and not at 1.20 of the second."""
    first, second = (
        replace(each, plan=replace(each.plan, scenario=rated(each.plan.scenario, rate)))
        for each, rate in ((signed(100.0), 1.10), (signed(60.0), 1.20))
    )
    bills = [bill(month, "power", 100.0, currency="EUR", rate=1.3) for month in (DEC, JAN)]
    made = shut(first, second, *bills)
    assert made.rates == ((1.10, 1.3), (1.20, 1.3))


def rated(scenario, rate):
    """The scenario with a rate of its own."""
    text = {"from_currency": "EUR", "to_currency": "USD", "source": "ours", "source_url": ""}
    row = ExchangeRate(date=scenario.as_of, rate=rate, **text)
    return replace(scenario, rows=OwnRows(rates=(row,)))


@pytest.mark.usefixtures("soffice")
def test_three_engines_say_it(tmp_path):
    """What the first budget had in December is settled, for the second has it in February."""
    bills = bill(DEC, "power", 150.0), bill(JAN, "power", 66.0)
    made = shut(signed(100.0, 500.0), signed(60.0, 0, 0, 500.0), *bills)
    assert disagreements([write(tmp_path, "run", actuals(made))], fewest=300) == []
