"""Each cell of a sensitivity table is what a plan with those inputs saves."""

from dataclasses import replace

import pytest

from tests.workbooks.budgets import corner
from tests.workbooks.verdicts.plans import asked, question
from workbooks.plan.results import sensitivity

CELLS = [(0, 0), (2, 5), (6, 2), (5, 6)]


@pytest.mark.parametrize("seed", range(8))
def test_a_cell_is_the_plan_with_those_inputs(seed):
    """Volume times row and rival's price times column; speed times row and staff times column."""
    q = replace(question(seed), kind="rent", failed=())
    told = asked(q).run()
    rival = "managed_price" if told["rival_count"] == 2 else "api_price"
    for row, column in CELLS:
        volume, price = sensitivity.VOLUMES[row], sensitivity.PRICES[column]
        moved = replace(q, tokens=q.tokens * volume, **{rival: getattr(q, rival) * price})
        again = asked(moved).run()
        other = "managed" if rival == "managed_price" else "api"
        saved = again[f"{other}_compared_cost"] - again["own_compared_cost"]
        assert told[f"saved_price_{column + 1}_cost"][row] == pytest.approx(saved, rel=1e-9)
        speed, people = sensitivity.SPEEDS[row], sensitivity.PEOPLE[column]
        again = asked(replace(q, speed=q.speed * speed, staff=q.staff * people)).run()
        assert told[f"saved_people_{column + 1}_cost"][row] == pytest.approx(
            again["saving_cost"], rel=1e-9
        )


@pytest.mark.parametrize("seed", range(8))
def test_the_cell_where_nothing_moves_is_the_plan(seed):
    """Whatever the nodes are: rented, leased or bought."""
    plan = asked(question(seed))
    told = plan.run()
    volumes, speeds = (table.steps for table in plan.moved)
    found = told[f"saved_price_{sensitivity.PRICES.index(1.0) + 1}_cost"][volumes.index(1.0)]
    assert found == pytest.approx(told["saving_cost"], rel=1e-9, abs=1e-6)
    found = told[f"saved_people_{sensitivity.PEOPLE.index(1.0) + 1}_cost"][speeds.index(1.0)]
    assert found == pytest.approx(told["saving_cost"], rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_that_buys_nodes_shows_what_is_exact_for_it(seed):
    """More nodes would be bought at another time, so only price and staff are moved."""
    q = replace(question(seed), kind="buy", node=90_000.0, failed=())
    plan = asked(q)
    told, column = plan.run(), 5
    assert [table.steps for table in plan.moved] == [(1.0,), (1.0,)]
    rival = "managed_price" if told["rival_count"] == 2 else "api_price"
    other = rival.removesuffix("_price")
    again = asked(replace(q, **{rival: getattr(q, rival) * sensitivity.PRICES[column]})).run()
    saved = again[f"{other}_compared_cost"] - again["own_compared_cost"]
    assert told[f"saved_price_{column + 1}_cost"] == pytest.approx([saved], rel=1e-9)
    again = asked(replace(q, staff=q.staff * sensitivity.PEOPLE[column])).run()
    assert told[f"saved_people_{column + 1}_cost"] == pytest.approx([again["saving_cost"]], 1e-9)


def test_a_plan_with_contracts_moves_no_price():
    """A minimum is settled over months: a price is another plan."""
    titles = [table.title for table in corner("bound").moved]
    assert titles == ["Measured speed of a node, down, against staff, across"]
