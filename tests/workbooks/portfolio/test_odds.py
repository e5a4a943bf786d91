"""Risk of a portfolio: its draws are its plans, and what moves together moves P90."""

from dataclasses import replace

import numpy as np
import pytest

from tests.workbooks.portfolio.files import CHAT, NIGHT, changed
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.portfolio.reading import parse_portfolio

RANGE = {"low": 5e9, "base": 7.3e9, "high": 12e9}


def ranged(content):
    for workload in content["workload"]:
        workload["tokens_per_month"] = RANGE
    content["engine"][0]["input_price_per_mtok"] = {"low": 0.1, "base": 0.2, "high": 0.4}
    content["engine"][1]["rent_per_gpu_hour"] = {"low": 1.5, "base": 2.0, "high": 3.0}
    content["engine"][2]["acquisition_kind"] = "buy"
    content["strategy"].append(
        {
            "name": "One node",
            "routes": {CHAT: "Own cards", NIGHT: "Other cards"},
            "nodes": {"Own cards": 1},
            "overflow": {"Own cards": "API"},
        }
    )


@pytest.fixture(scope="module")
def ours():
    portfolio = parse_portfolio(changed(ranged), "test.toml")
    return portfolio, found(portfolio, None, 0)


def test_at_the_base_all_draws_are_the_plan(ours):
    """Without a range there is nothing to draw, and every draw costs what the plan does."""
    portfolio, _ = ours

    def certain(scenario):
        entries = {
            name: replace(entry, low=entry.base, high=entry.base)
            for name, entry in scenario.entries.items()
        }
        return replace(scenario, entries=entries)

    same = replace(
        portfolio,
        frame=certain(portfolio.frame),
        workloads=tuple(replace(w, scenario=certain(w.scenario)) for w in portfolio.workloads),
    )
    risk = portfolio_risk(same, found(same, None, 0), 100)
    for name, cost in risk.base.items():
        assert risk.present[name].min() <= cost * (1 + 1e-9)
    assert not any(CHAT in bar.name for bar in risk.bars)


def test_a_draw_is_a_plan_with_its_inputs(ours):
    """The end of a bar is what the plan says with that one input at the end of its range."""
    portfolio, answer = ours
    risk = portfolio_risk(portfolio, answer, 200)
    bar = next(bar for bar in risk.bars if bar.name == f"{CHAT}: Tokens in the first month")
    first, second = risk.two

    def high(content):
        ranged(content)
        content["workload"][0]["tokens_per_month"] = RANGE["high"]

    again = found(parse_portfolio(changed(high), "test.toml"), None, 0)
    costs = {way.strategy.name: way.present_cost for way in again.strategies}
    assert bar.at_high == pytest.approx(costs[second] - costs[first], rel=1e-9)


def test_volumes_that_move_together_make_the_dear_plans_dearer(ours):
    """Two volumes as one spread more than two apart; the middle stays where it is."""
    portfolio, answer = ours
    apart, as_one = (
        portfolio_risk(portfolio, answer, 4_000, 1, together).present["All API"]
        for together in (0.0, 1.0)
    )
    assert np.quantile(as_one, 0.9) > np.quantile(apart, 0.9) * 1.01
    assert np.mean(as_one) == pytest.approx(np.mean(apart), rel=0.02)


def test_the_same_seed_gives_the_same_answer(ours):
    """And another one another."""
    portfolio, answer = ours
    one, same, other = (portfolio_risk(portfolio, answer, 100, seed).present for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["All API"], other["All API"])


def term_ranges(content):
    content["engine"][0]["fee_per_month"] = {"low": 0.0, "base": 0.0, "high": 9_000.0}
    ranges = {"low": 0.0, "base": 0.0, "high": 0.5}
    content["engine"][1] |= {"reserved_share": ranges, "reserved_discount_share": 0.3}
    for workload in content["workload"]:
        workload["growth_per_year"] = -0.6
    content["strategy"].append({"name": "Own", "routes": {CHAT: "Own cards", NIGHT: "API"}})
    content["people"] = {
        "staff_fte": 0,
        "wage_growth_per_year": 0,
        "mlops_per_month": 0,
        "incidents_per_year": 0,
    }


@pytest.mark.parametrize(
    ("bar", "engine", "name", "high"),
    [
        ("API: platform fee", 0, "fee_per_month", 9_000.0),
        ("Own cards: Reserved, of what you rent", 1, "reserved_share", 0.5),
    ],
)
def test_what_is_nothing_in_the_base_case_is_drawn_as_the_plan_has_it(bar, engine, name, high):
    """Draws as many as months were read as months, and what was reserved did not stay."""
    portfolio = parse_portfolio(changed(term_ranges), "test.toml")
    risk = portfolio_risk(portfolio, found(portfolio, None, 0), 21)
    seen = next(each for each in risk.bars if each.name == bar)

    def typed(content):
        term_ranges(content)
        content["engine"][engine][name] = high

    again = found(parse_portfolio(changed(typed), "test.toml"), None, 0)
    costs = {way.strategy.name: way.present_cost for way in again.strategies}
    first, second = risk.two
    assert seen.at_high == pytest.approx(costs[second] - costs[first], rel=1e-9)


def test_as_many_draws_as_months_are_draws():
    """By hand: a fee that is drawn 12 times over 12 months adds each draw in every month."""

    def fee(content):
        content["engine"][0]["fee_per_month"] = {"low": 1_000.0, "base": 1_000.0, "high": 9_000.0}
        content["finance"] = {"discount_rate": 0}

    portfolio = parse_portfolio(changed(fee), "test.toml")
    answer = found(portfolio, None, 0)
    few, many = (portfolio_risk(portfolio, answer, n).present["All API"] for n in (12, 13))
    assert few == pytest.approx(many[:12], rel=1e-12)
    assert np.ptp(few) > 12 * 1_000
