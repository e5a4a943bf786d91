"""Another option or strategy was run in some months: each month is held against its own budget.

By hand, of three months: `old` costs 100 a month and 40 once in January; `new` costs 60
a month, 500 once in December, and 30 once in February.
"""

import math
from datetime import date
from functools import cache

import pytest

from tests.engines import disagreements
from tests.workbooks.budgets import write
from workbooks.plan.monthend.actuals import months_of
from workbooks.plan.monthend.bills import Bill
from workbooks.plan.monthend.closing import close
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.monthend.rebased import rebased
from workbooks.plan.monthend.signed.changed import changed, ran
from workbooks.plan.monthend.signed.rows import Budgeted, Signed
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.monthend.actuals import actuals

DEC, JAN, FEB = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)
BUDGET = {
    "old": {"power": [100.0] * 3, "purchases": [0, 40.0, 0]},
    "new": {"rent": [60.0] * 3, "purchases": [500.0, 0, 30.0]},
}


@cache
def signed(option):
    """The budget of one of them."""
    ours = plan(load(ready()["mid-size"]))
    rows = [
        Budgeted(month, LINES[part], math.nan, 0.0, cost)
        for part, costs in BUDGET[option].items()
        for month, cost in zip(months_of(ours), costs, strict=False)
        if cost
    ]
    return Signed(ours, option, tuple(rows))


def bill(month, part, cost, option=""):
    """What was paid on one cost line."""
    return Bill(month, LINES[part], 0.0, 0.0, 0.0, 0.0, cost, option=option)


def shut(*bills, method="run-rate"):
    """The month-end of some bills, which say what was run."""
    told = ran(bills, lambda _: "old")
    return close(changed(told, signed), bills, method)


def test_each_month_is_held_against_what_was_run_and_the_pace_is_that_of_now():
    """December cost 150 of the old 100, January 66 of the new 60: February is 60 at 1.1, and 30.

    The 500 of December come with the new one, in January, and are late: 150 + 66 + 66 + 30 + 500.
    The budget is 100 + 60 + 500 + 60 + 30, without the 40 that the old one has in January.
    """
    made = shut(bill(DEC, "power", 150.0), bill(JAN, "rent", 66.0, "new"))
    told = made.run()
    assert told["run_rate_factor"] == pytest.approx(1.1)
    assert told["budget_total_cost"] == pytest.approx(750)
    assert told["outlook_per_month"][:3].tolist() == pytest.approx([150, 66, 66 + 30 + 500])
    assert told["master_check"] == 0
    year = rebased(made, told)
    assert "1.1: billed over budgeted of the closed month run as new" in year.method
    assert year.cost == pytest.approx(812)
    first, second, *_ = made.notes
    assert first.startswith("2026-12 was run as old, and is held against its budget")
    assert "500.00 that new has in 2026-12 counts in 2027-01" in second


def test_what_was_run_before_does_not_change_the_months_to_come():
    """Whatever December cost, February is forecast the same."""
    later = [
        shut(
            bill(DEC, "power", cost), bill(JAN, "rent", 66.0, "new"), bill(JAN, "purchases", 480.0)
        ).run()["outlook_per_month"][2]
        for cost in (1.0, 100.0, 900.0)
    ]
    assert later == pytest.approx([66 + 30] * 3)


def test_back_again():
    """Old, new, old: the old one's 40 of January come in February, when it is run again.

    Neither they nor the 500 of January have a bill: both are late, in March.
    """
    bills = [
        bill(DEC, "power", 100.0),
        bill(JAN, "rent", 60.0, "new"),
        bill(FEB, "power", 90.0, "OLD"),
    ]
    names = {"old": "old", "new": "new", "OLD": "old"}
    told = ran(bills, lambda _: "old")
    made = close(changed(told, lambda option: signed(names[option])), bills, "plan")
    run = made.run()
    assert run["budget_total_cost"] == pytest.approx(100 + 60 + 500 + 100 + 40)
    assert run["outlook_total_cost"] == pytest.approx(250 + 540)


def test_one_option_alone_is_the_budget_as_it_was_signed():
    """Nothing is marked, and nothing is said."""
    made = shut(bill(DEC, "power", 150.0))
    assert made.signed == signed("old")
    assert made.run()["run_rate_factor"] == pytest.approx(1.5)


@pytest.mark.usefixtures("soffice")
def test_three_engines_say_it(tmp_path):
    """The workbook of the month computes the pace of what is run now."""
    made = shut(bill(DEC, "power", 150.0), bill(JAN, "rent", 66.0, "new"))
    assert disagreements([write(tmp_path, "run", actuals(made))], fewest=300) == []
