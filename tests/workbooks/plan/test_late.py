"""What comes once and was budgeted, and has no bill: late, and forecast; all of it by hand.

Power is budgeted at 1,000 in each of 36 months, moving at 25,000 in December 2026, and purchases at
400,000 in February and 300,000 in May 2027: 761,000.
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
from workbooks.plan.monthend.signed.rows import Budgeted, Signed
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.monthend.actuals import actuals

DEC, JAN, FEB, MAR = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)
ONCE = {("migration", 0, ""): 25_000, ("purchases", 2, ""): 400_000, ("purchases", 5, ""): 300_000}
POOLS = {("purchases", 1, "A"): 100_000, ("purchases", 2, "B"): 200_000}


@cache
def signed(*once):
    """What was signed: power in each month, and what comes once in some."""
    ours = plan(load(ready()["mid-size"]))
    months = months_of(ours)
    rows = [(month, "power", 1_000.0, "") for month in months]
    rows += [(months[t], part, float(cost), pool) for (part, t, pool), cost in once]
    budget = (Budgeted(m, LINES[p], math.nan, 0.0, cost, engine=e) for m, p, cost, e in rows)
    return Signed(ours, "own", tuple(budget))


def bill(month, part, cost, pool=""):
    """An invoice of one cost line."""
    return Bill(month, LINES[part], 0.0, 0.0, 0.0, 0.0, cost, engine=pool)


def power(*months, cost=1_000.0):
    """Power of some months."""
    return [bill(month, "power", cost) for month in months]


MOVED = bill(JAN, "migration", 31_000.0)
CLOSES = {  # bills, method, the whole plan, the next month, what is said
    "moving is late": (power(DEC), "plan", 761_000, 26_000, ["25,000.00 budgeted in 2026-12 has"]),
    "moving was late, and purchases are": (
        [*power(DEC, JAN, FEB), MOVED],
        "plan",
        36_000 + 31_000 + 700_000,
        401_000,
        ["400,000.00 budgeted in 2027-02 has no bill, so it is forecast in 2027-03"],
    ),
    "power is dearer, and what comes once is not": (
        [*power(DEC, JAN, FEB, cost=1_100.0), MOVED],
        "run-rate",
        36 * 1_100 + 31_000 + 700_000,
        401_100,
        ["400,000.00 budgeted in 2027-02 has no bill"],
    ),
    "purchases came a month late and lower": (
        [*power(DEC, JAN, FEB, MAR), MOVED, bill(MAR, "purchases", 395_000.0)],
        "plan",
        36_000 + 31_000 + 395_000 + 300_000,
        1_000,
        ["395,000.00 of 400,000.00 budgeted until 2027-03 was billed, and the other 5,000.00 is"],
    ),
    "purchases come no more": (
        [*power(DEC, JAN, FEB), MOVED, bill(FEB, "purchases", 0.0)],
        "plan",
        36_000 + 31_000 + 300_000,
        1_000,
        ["0.00 of 400,000.00 budgeted until 2027-02 was billed, and the other 400,000.00 is in"],
    ),
}


@pytest.mark.parametrize("name", CLOSES)
def test_what_has_no_bill_is_late_until_it_is_billed_or_said_to_come_no_more(name):
    """The plan adds up either way, and each of its amounts is said."""
    bills, method, whole, following, words = CLOSES[name]
    shut = close(signed(*ONCE.items()), bills, method)
    told = shut.run()
    assert told["outlook_total_cost"] == pytest.approx(whole)
    after = shut.months.index(shut.closed) + 1
    assert told["outlook_per_month"][after] == pytest.approx(following)
    assert told["master_check"] == 0
    said = list(shut.late(told))
    assert len(said) == len(words)
    assert all(word in sentence for word, sentence in zip(words, said, strict=True))
    year = rebased(shut, told)
    assert year.cost == pytest.approx(told["outlook_per_month"][:12].sum())
    assert year.open_once_cost == pytest.approx(year.open_cost - sum(running(shut, told)))


def running(shut, told):
    """Power of the open months of the year."""
    factor = told["run_rate_factor"] if shut.method == "run-rate" else 1
    return [1_000 * factor for month in shut.months[:12] if month > shut.closed]


def test_what_is_late_at_the_end_of_the_plan_is_in_no_month_and_said():
    """Nothing comes after the last month: 725,000 are not billed, and 36,000 are."""
    ours = signed(*ONCE.items())
    shut = close(ours, power(*ours.plan.scenario.months), "plan")
    told = shut.run()
    assert told["outlook_total_cost"] == pytest.approx(36_000)
    said = list(shut.late(told))
    assert [each.partition(" budgeted")[0].rpartition(" ")[2] for each in said] == [
        "25,000.00",
        "400,000.00",
        "300,000.00",
    ]
    assert all("has no bill, and the plan ends before it" in each for each in said)


@pytest.mark.parametrize(("pool", "late"), [("A", 200_000), ("B", 100_000), ("", 0)])
def test_a_purchase_settles_that_of_its_own_pool(pool, late):
    """Where it does not say whose it is, both pools are one, and nothing is forecast twice."""
    bills = [*power(DEC, JAN, FEB), bill(FEB, "purchases", 300_000.0, pool)]
    told = close(signed(*POOLS.items()), bills, "plan").run()
    assert told["outlook_total_cost"] == pytest.approx(36_000 + 300_000 + late)


@pytest.mark.usefixtures("soffice")
def test_three_engines_say_what_is_late(tmp_path):
    """The workbook of the month computes it too."""
    bills, method, *_ = CLOSES["power is dearer, and what comes once is not"]
    path = write(tmp_path, "late", actuals(close(signed(*ONCE.items()), bills, method)))
    assert disagreements([path], fewest=1000) == []
