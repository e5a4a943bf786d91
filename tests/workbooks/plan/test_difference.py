"""Two budgets, and why they differ: exactly, by cause, in any direction, fast."""

import dataclasses
import datetime
import itertools

import numpy as np
import pytest

from tests.books import cached
from tests.engines import disagreements
from tests.workbooks.budgets import CORNERS, corner, write
from workbooks.plan.differing.causes import CAUSES, changes, mixed, trimmed
from workbooks.plan.differing.difference import VIEWS, difference
from workbooks.plan.plan import plan
from workbooks.scenario.changing import changed
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import Scenario
from workbooks.sheets.bridging.difference import difference_book
from workbooks.sheets.bridging.explained import explained

CENT = 0.0051
NOTES = {"title", "purpose", "owner", "currency", "as_of", "entries", "rows", "tolerance_cost"}
"""Fields of a scenario that change no cost, or stand for the whole."""


def test_every_input_has_one_cause():
    """What no cause answers for would be lost, what two answer for be counted twice."""
    named = [name for cause in CAUSES for name in cause.inputs]
    assert sorted(named) == sorted(INPUTS)
    settings = [name for cause in CAUSES for name in cause.settings]
    fields = {field.name for field in dataclasses.fields(Scenario)}
    assert sorted(settings) == sorted(fields - NOTES - {"origin"})


@pytest.mark.parametrize(
    ("view", "pair"),
    [*zip(VIEWS, [("rented", "bound"), ("never", "either"), ("bought", "leased")], strict=True)],
)
def test_causes_lead_from_one_budget_to_the_other(pair, view):
    """Every option that both have, to the cent, though next to nothing is the same in them."""
    one, other = map(corner, pair)
    found = difference(one, other, view=view)
    rate = found.rate
    for option in found.options:
        first = one.run()[f"{option}_{view}_cost"] * rate
        last = other.run()[f"{option}_{view}_cost"]
        steps = found.bridge(option)
        assert round(found.before[found.options.index(option)], 2) + sum(
            steps.values()
        ) == pytest.approx(round(last, 2), abs=1e-6)
        if rate == 1:
            assert found.before[found.options.index(option)] == pytest.approx(first, abs=CENT)
        assert all(round(step, 2) == step for step in steps.values())


def test_a_hybrid_that_buys_its_rest_elsewhere_is_costed_as_its_own_plan():
    """Lines of the one were kept for the other: what the platform bills was billed by the API."""
    prices = {"managed_input_price_per_mtok": 0.4, "managed_output_price_per_mtok": 1.2}
    rests = [{"hybrid_share": 0.4, "hybrid_rest_kind": kind} for kind in ("api", "managed")]
    one, other = (corner("rented", managed=prices, hybrid=rest) for rest in rests)
    found = difference(one, other)
    at = found.options.index("hybrid")
    ends = [each.run()["hybrid_cash_cost"] for each in (one, other)]
    assert [found.before[at], found.after[at]] == pytest.approx(ends, rel=1e-12)
    assert ends[1] < ends[0]


def test_there_and_back_is_nothing():
    """The way back takes what the way there added, cause by cause."""
    one, other = corner("bought"), corner("bought", workload={"growth_per_year": 0.2})
    other = plan(changed(other.scenario, {"staff_fte": 3.0, "spare_nodes": 2.0}))
    there, back = difference(one, other), difference(other, one)
    for option in there.options:
        forth = there.bridge(option)
        assert {name: -step for name, step in back.bridge(option).items()} == pytest.approx(forth)
        assert set(forth) == {"Volume", "People and tools", "Headroom and spares"}


def test_one_cause_is_the_whole_difference():
    """And what does not bear on an option adds nothing to it."""
    found = difference(corner("rented"), corner("rented", people={"staff_fte": 4.0}))
    own = found.bridge("own")
    assert list(own) == ["People and tools"]
    assert own["People and tools"] == pytest.approx(found.after[2] - found.before[2], abs=CENT)
    assert found.bridge("api") == {"People and tools": 0.0}
    assert difference(corner("never"), corner("never")).bridge("own") == {}


def test_two_causes_share_what_they_do_together():
    """Twice the tokens at half the price, by hand: the mean of going either way first."""
    one = corner("never", workload={"tokens_per_month": 1e9})
    both = plan(
        changed(
            one.scenario,
            {
                "tokens_per_month": 2e9,
                "api_input_price_per_mtok": 0.05,
                "api_output_price_per_mtok": 0.05,
            },
        )
    )
    steps = difference(one, both).bridge("api")
    # 12 months of 1,000 Mtok at 0.10 are 1,200; tokens first adds 1,200, last 600
    assert steps == pytest.approx({"Volume": 900.0, "Cloud API: model and terms": -900.0})


@pytest.mark.slow
def test_from_both_ends_is_every_order(monkeypatch):
    """Seven causes of a real plan: 58 plans say what 128 say."""
    one = corner("bought")
    typed = {
        "growth_per_year": 0.3,
        "cached_share": 0.2,
        "peak_factor": 2.2,
        "api_price_change_per_year": -0.3,
        "spare_nodes": 2.0,
        "capex_per_gpu": 30_000.0,
        "staff_fte": 2.0,
    }
    other = plan(changed(one.scenario, typed))
    few = difference(one, other, view="present")
    assert len(few.priced) == 7
    exact = _by_every_order(one, other)
    for option, costs in exact.items():
        ours = list(few.bridge(option).values())
        assert ours == pytest.approx(costs, abs=0.005 * abs(sum(costs)) + 0.02)


def _by_every_order(one, other):
    """The Shapley value over all subsets, as plain as it is written down."""
    from math import factorial

    from workbooks.plan.differing.difference import Totals

    first, last = trimmed(one, other)
    causes = [c for c in CAUSES if any(changes(c, first, last, "base"))]
    totals = Totals("base", "present", ("api", "own"))
    count = len(causes)
    cost = {
        group: totals.of(mixed(first, last, [causes[at] for at in group]))
        for size in range(count + 1)
        for group in itertools.combinations(range(count), size)
    }
    found = np.zeros((count, 2))
    for group, before in cost.items():
        weight = factorial(len(group)) * factorial(max(count - len(group) - 1, 0))
        for at in set(range(count)) - set(group):
            found[at] += weight / factorial(count) * (cost[tuple(sorted({*group, at}))] - before)
    return {"api": found[:, 0].tolist(), "own": found[:, 1].tolist()}


def test_a_purchase_without_a_price_is_one_cause_with_its_price():
    """A card that only has a rent and another that is bought at a quote: nothing is nan."""
    one = corner("leased", nodes={"hardware": "", "power_kw_per_gpu": 1.0, "existing_nodes": 0})
    other = corner("bought")
    found = difference(one, other)
    assert np.isfinite(found.found).all()
    assert found.bridge("own")


def test_what_a_second_source_says_is_no_cause():
    """No number depends on it; the price of the row itself is one."""
    one = corner("rented")
    model = one.scenario.entries["api_model"].base

    def priced(**cells):
        rows = one.tables.prices
        rows = [dataclasses.replace(row, **cells) if row.model == model else row for row in rows]
        return dataclasses.replace(one, tables=dataclasses.replace(one.tables, prices=rows))

    second = {"second_input_price_per_mtok": 7.0, "second_output_price_per_mtok": 8.0}
    assert difference(one, priced(**second)).changed == {}
    [told] = difference(one, priced(**second, input_price_per_mtok=9.0)).changed.values()
    assert [each.name for each in told] == [f"{model}: input_price_per_mtok"]


def test_another_day_is_a_cause_of_prices_and_rates():
    """A year of list prices lies between the two; inputs are the same."""
    old = plan(changed(corner("rented").scenario, {"as_of": datetime.date(2026, 5, 4)}))
    found = difference(old, corner("rented"))
    assert {cause.title for cause in found.changed} <= {
        "Token prices and their steps",
        "Exchange rates",
        "Hardware table",
    }
    assert "Exchange rates" in {cause.title for cause in found.changed}


@pytest.mark.parametrize("pair", [("rented", "bound"), ("bought", "leased")])
def test_three_engines_draw_the_same_waterfall(pair, tmp_path, soffice):
    """Numpy, LibreOffice and IronCalc agree in each cell of the workbook, and no check fails."""
    found = explained(difference(*map(corner, pair)))
    path = write(tmp_path, "difference", difference_book(found))
    assert disagreements([path], fewest=50) == []
    assert difference_book(found) == path.read_bytes()
    row = next(
        int(c[1:]) for c, v in cached(path)["Cover"].items() if str(v).startswith("Steps th")
    )
    assert cached(path)["Cover"][f"B{row}"] == 0


def test_all_corners_can_be_compared():
    """Whatever two plans: something is said, or refused in a sentence."""
    for one, other in itertools.combinations(CORNERS, 2):
        first, last = trimmed(*map(corner, (one, other)))
        assert any(any(changes(c, first, last, "base")) for c in CAUSES)
