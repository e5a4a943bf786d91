"""A plan of many draws is the plan of each draw, and its probabilities are repeatable."""

import numpy as np
import pytest

from costcore.language.draws import halton
from tests.workbooks.budgets import RENTED, corner
from workbooks.plan import foreign
from workbooks.plan.judgement import risk as module
from workbooks.plan.judgement.funding import funding
from workbooks.plan.judgement.risk import Many, drivers_of, ranks, risk
from workbooks.plan.plan import plan
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.reading import load, parse, ready
from workbooks.scenario.scenario import ScenarioError

OPTIONS = ("api", "managed", "own", "hybrid")


@pytest.fixture(scope="module")
def mid_size():
    """The plan with the most ranges."""
    return plan(load(ready()["mid-size"]))


@pytest.mark.parametrize("name", ["rented", "bought"])
def test_many_draws_are_many_plans(name):
    """Each of some draws at once gives the totals that the whole plan gives for it alone."""
    ranges = {
        "workload": {"tokens_per_month": {"low": 1e9, "base": 3e9, "high": 8e9}},
        "nodes": {"life_months": {"low": 12, "base": 24, "high": 60}},
        "people": {"wage_growth_per_year": {"low": 0.0, "base": 0.1, "high": 0.4}},
    }
    ours = corner(name, **ranges)
    drivers = tuple(module.drivers_of(ours))
    drawn = module.draw(drivers, np.arange(6), seed=1)
    together = Many(ours).outcomes(drawn)
    for i in range(6):
        entries = {
            section: {n: float(drawn[n][i]) for n in inputs} for section, inputs in ranges.items()
        }
        others = {
            n: float(x[i]) for n, x in drawn.items() if not any(n in e for e in entries.values())
        }
        alone = corner(name, **entries)
        given = foreign.drawn(corner(name, **entries), others)
        object.__setattr__(alone, "given", lambda case="base", given=given: given)
        told = alone.run()
        for option in ours.options:
            for view in ("cash", "compared"):
                line = f"{option}_{view}_cost"
                assert together[line][i] == pytest.approx(told[line], rel=1e-9)
        assert together["saving_cost"][i] == pytest.approx(told["saving_cost"], rel=1e-9)
        saved = told["api_cash_cost"] - told["own_cash_cost"]
        assert together["saved"][-1, i] == pytest.approx(saved, rel=1e-9, abs=1e-6)


def test_same_seed_same_bytes_in_any_block(mid_size, monkeypatch):
    """How the draws are cut into blocks does not show, to the last bit."""
    once = risk(mid_size, 500, seed=3)
    monkeypatch.setattr(module, "BLOCK", 128)
    again = risk(mid_size, 500, seed=3)
    for option in OPTIONS:
        assert once.compared[option].tobytes() == again.compared[option].tobytes()
    assert once.saved.tobytes() == again.saved.tobytes()
    assert once.bars == again.bars
    assert once.saving.tobytes() != risk(mid_size, 500, seed=4).saving.tobytes()


def test_no_range_no_risk():
    """A plan without a range has one outcome, its own, and nothing to blame."""
    content = {"horizon_months": 12, "workload": {"tokens_per_month": 1e9}}
    content["api"] = {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 8.0}
    content["nodes"] = {"node_tokens_per_second": 2_000.0, "rent_per_gpu_hour": 2.0}
    parsed = parse(content, "certain.toml")
    flat = {
        name: type(entry)(entry.base, entry.base, entry.base)
        for name, entry in parsed.entries.items()
    }
    certain = plan(type(parsed)(**{**vars(parsed), "entries": flat}))
    found = risk(certain, 100)
    assert found.bars == ()
    told = certain.run()
    assert ranks(found.compared["own"]) == dict.fromkeys(
        ("p10", "p50", "p90"), pytest.approx(told["own_present_cost"])
    )


def test_probabilities_and_percentiles_are_in_order(mid_size):
    """Some option always wins, P10 is below P90, and the fan ends at the cash saved."""
    found = risk(mid_size, 1_000)
    assert sum(found.wins.values()) == pytest.approx(1)
    for option in OPTIONS:
        quantiles = ranks(found.compared[option])
        assert quantiles["p10"] < quantiles["p50"] < quantiles["p90"]
    assert found.fan.shape == (3, 36)
    saved = found.cash["api"] - found.cash["own"]
    np.testing.assert_allclose(found.saved[-1], saved, rtol=1e-9, atol=1e-6)
    rival = np.minimum(found.compared["api"], found.compared["managed"])
    np.testing.assert_allclose(found.saving, rival - found.compared["own"])
    least = np.argmin([found.compared[option] for option in OPTIONS], axis=0)
    assert found.wins == {o: np.mean(least == i) for i, o in enumerate(OPTIONS)}
    assert found.beats("managed", "api") == np.mean(
        found.compared["managed"] < found.compared["api"]
    )


def test_bars_are_sorted_and_hold_the_base(mid_size):
    """Each bar has the base inside, the widest comes first, and what does nothing is left out."""
    told = mid_size.run()
    saving = min(told["api_compared_cost"], told["managed_compared_cost"])
    saving -= told["own_compared_cost"]
    bars = risk(mid_size, 100).bars
    assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)
    assert all(bar.least <= saving + 1e-6 and saving - 1e-6 <= bar.most for bar in bars)
    assert bars[-1].swing > 0
    assert "Purchase (your quote)" not in {bar.name for bar in bars}  # the scenario rents


def test_a_staircase_turns_a_bar():
    """With whole nodes the best volume lies inside its range: a full node, just before the next."""
    content = {
        **RENTED,
        "horizon_months": 12,
        "workload": {"tokens_per_month": {"low": 1e8, "base": 2.6e9, "high": 5e9}},
        "api": {"api_input_price_per_mtok": 4.0, "api_output_price_per_mtok": 4.0},
        "nodes": {"node_tokens_per_second": 1_000.0, "rent_per_gpu_hour": 12.0, "spare_nodes": 0},
        "people": {"staff_fte": 0, "mlops_per_month": 0},
    }
    bars = {bar.name: bar for bar in risk(plan(parse(content, "steps.toml")), 100).bars}
    assert bars["Tokens in the first month"].turns


def test_hardware_prices_without_a_quote_have_the_range_of_the_table(mid_size):
    """Nobody typed a rent, so the low, base and high of the hardware table are drawn."""
    ranges = dict(module.ranges_of(mid_size))
    listed = next(r for r in mid_size.tables.accelerators if r.hardware == "H200 SXM")
    rent = ranges["rent_per_gpu_hour"]
    assert (rent.low, rent.base, rent.high) == (
        listed.rent_low_per_gpu_hour,
        listed.rent_base_per_gpu_hour,
        listed.rent_high_per_gpu_hour,
    )


def test_prices_of_one_provider_move_together():
    """A list price falls for input and output at once."""
    ours = plan(load(ready()["article-3"]))
    drivers = tuple(module.drivers_of(ours))
    drawn = module.draw(drivers, np.arange(50), seed=1)
    np.testing.assert_array_equal(
        drawn["api_input_price_per_mtok"], drawn["api_output_price_per_mtok"]
    )
    assert len(drivers) < len(drawn)


def test_a_range_may_have_another_shape():
    """A lognormal takes low and high as P10 and P90, so draws lie beyond them."""
    wide = {"low": 1e9, "base": 3e9, "high": 9e9}
    for shape, beyond in (("lognormal", 0.1), ("uniform", 0.0)):
        ours = corner("rented", workload={"tokens_per_month": wide | {"shape": shape}})
        drawn = module.draw(tuple(module.drivers_of(ours)), np.arange(2_000), seed=1)
        assert np.mean(drawn["tokens_per_month"] > 9e9) == pytest.approx(beyond, abs=0.01)


def test_an_unknown_shape_is_refused():
    """The message names the input, the word and what it may be."""
    with pytest.raises(
        ScenarioError, match="shape of tokens_per_month is 'normal'; it must be one"
    ):
        corner("rented", workload={"tokens_per_month": {"base": 1e9, "shape": "normal"}})


def test_whole_things_stay_whole(mid_size):
    """Months of dual running and of a life, and nodes, are drawn as whole numbers."""
    drawn = module.draw(tuple(module.drivers_of(mid_size)), np.arange(200), seed=1)
    for name in ("dual_run_months", "life_months"):
        assert len(set(drawn[name])) > 1
        np.testing.assert_array_equal(drawn[name], np.round(drawn[name]))


def test_the_draws_are_those_of_the_core(mid_size):
    """The driver at place k takes dimension k of the shared sequence."""
    drivers = tuple(module.drivers_of(mid_size))
    drawn = module.draw(drivers, np.arange(64), seed=9)
    places = halton(np.arange(64), len(drivers), seed=9)
    order = [next(iter(driver.ranges)) for driver in drivers].index("growth_per_year")
    assert np.argmax(drawn["growth_per_year"]) == np.argmax(places[order])


def test_the_budget_is_the_plan_and_its_contingency(mid_size):
    """P50 is budgeted and P80 is funded: their parts add up."""
    drawn = risk(mid_size, 400)
    told = funding(float(mid_size.run()["own_cash_cost"]), drawn.cash["own"])
    assert told["base_cost"] + told["contingency_cost"] == pytest.approx(told["budget_p50_cost"])
    ready = told["budget_p50_cost"] + told["reserve_cost"]
    assert ready == pytest.approx(told["funding_p80_cost"])
    assert np.mean(drawn.cash["own"] <= told["funding_p80_cost"]) == pytest.approx(0.8, abs=0.005)
    assert told["contingency_cost"] > 0  # the plan of a mid-size company is an optimistic one


def test_what_to_budget_and_to_have_ready_is_that_of_other_draws(mid_size):
    """Pseudo-random beta draws of every range, by no code of ours: P50 and P80 of what is paid.

    The plan itself is an optimistic one: as the audit of it found, about one draw in three or
    fewer costs less; what lifts it to every second draw is a line of its own.
    """
    ours = mid_size
    rng, size = np.random.default_rng(20261127), 6_000

    def beta(entry):
        rise = 4 * (entry.base - entry.low) / (entry.high - entry.low)
        share = rng.beta(1 + rise, 5 - rise, size)
        return entry.low + (entry.high - entry.low) * share

    drawn = {}
    for driver in drivers_of(ours):
        state = rng.bit_generator.state
        for name, entry in driver.ranges.items():
            rng.bit_generator.state = state  # prices of a provider move together
            drawn[name] = beta(entry)
    drawn["dual_run_months"] = np.round(drawn["dual_run_months"])
    costs = Many(ours).outcomes(drawn)["own_cash_cost"]
    base = float(ours.run()["own_cash_cost"])
    told = funding(base, risk(ours, 4_000).cash["own"])
    assert told["budget_p50_cost"] == pytest.approx(np.quantile(costs, 0.5), rel=0.01)
    assert told["funding_p80_cost"] == pytest.approx(np.quantile(costs, 0.8), rel=0.01)
    assert 0.15 < np.mean(costs < base) < 0.40
    assert told["contingency_cost"] > 0.05 * base


def test_two_inputs_of_the_same_kind_have_a_bar_each():
    """The API's discount and the platform's were one driver by name: risk broke, or lost a bar."""
    shares = {"low": 0.0, "base": 0.1, "high": 0.3}
    prices = {"managed_input_price_per_mtok": 0.5, "managed_output_price_per_mtok": 1.5}
    ours = corner(
        "rented",
        api={**RENTED["api"], "api_discount_share": shares},
        managed={**prices, "managed_discount_share": shares},
    )
    names = [bar.name for bar in risk(ours, 10).bars]
    assert {"Committed-spend discount", "Managed committed-spend discount"} <= {*names}
    labels = [INPUTS[name].label for name in INPUTS]
    assert len(labels) == len(set(labels))
