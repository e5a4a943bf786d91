"""Token prices that fall with the tokens that an engine bills in a month."""

import copy

import numpy as np
import pytest

from costcore.tokens.tiers import tiered_cost
from install.command import main
from tests.workbooks.portfolio.books import held_to_three_engines
from tests.workbooks.portfolio.files import CHAT, CONTENT, NIGHT
from workbooks.plan.mixing.bridging.difference import pooled_difference
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.odds import portfolio_risk
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.writing import written
from workbooks.scenario.scenario import ScenarioError

TIERS, OFF = [5e9, 12e9], [0.1, 0.3]
FULL = "One node"


def content(kind="marginal", tiers=TIERS, off=OFF):
    ours = copy.deepcopy(CONTENT)
    ours["load_shape"] = "office-hours"
    ours["workload"][0]["growth_per_year"] = 0.5
    ours["engine"][0] |= {"fee_per_month": 70.0, "commit_per_month": 100.0}
    if tiers:
        told = {"tier_tokens": tiers, "tier_discount_shares": off, "tier_kind": kind}
        ours["engine"][0] |= told
    full = {"nodes": {"Own cards": 1}, "overflow": {"Own cards": "API"}}
    routes = {CHAT: {"Own cards": 0.8, "API": 0.2}, NIGHT: {"API": 0.5, "Other cards": 0.5}}
    ours["strategy"].append({"name": FULL, "routes": routes, **full})
    return ours


def portfolio(*given, **more):
    return parse_portfolio(content(*given, **more), "book.xlsx")


def way(ours, name):
    return next(each for each in found(ours, None, 0).strategies if each.strategy.name == name)


def line(told, name):
    return np.asarray(told.told[told.lines.name(name)])


@pytest.mark.parametrize("kind", ["marginal", "whole"])
@pytest.mark.parametrize("name", ["All API", FULL])
def test_a_bill_is_what_the_worksheet_function_says(kind, name):
    """TIERED_COST of the tokens billed, of all workloads together, overflow included."""
    told = way(portfolio(kind), name)
    tokens = line(told, "b1_billed_tokens")
    by_hand = [tiered_cost(each, 0.2, TIERS, OFF, kind) for each in tokens]
    np.testing.assert_allclose(line(told, "b1_usage_per_month"), by_hand, rtol=1e-12)
    np.testing.assert_allclose(line(told, "b1_bill_per_month"), np.maximum(by_hand, 100) + 70)


def test_what_adding_up_leaves_of_a_token_passes_no_tier():
    """By hand: 12,000 M are not above 12,000 M, so a tenth is off all: 12,000 M x 0.20 x 0.9."""
    ours = content("whole")
    for each, tokens in zip(ours["workload"], (7_000_000_000.000002, 5e9), strict=True):
        each["tokens_per_month"] = tokens
    told = way(parse_portfolio(ours, "book.xlsx"), "All API")
    assert line(told, "b1_billed_tokens")[0] > 12e9
    assert line(told, "b1_usage_per_month")[0] == pytest.approx(2_160)


def test_the_first_month_by_hand():
    """14,600 M at 0.20: 5,000 in full, 7,000 at a tenth off, 2,600 at 30 % off: 2,624."""
    assert line(way(portfolio(), "All API"), "b1_usage_per_month")[0] == pytest.approx(2_624)


@pytest.mark.parametrize("kind", ["marginal", "whole"])
def test_three_engines_agree(kind, tmp_path):
    """Every formula shows what numpy computes, and who pays what adds up to the bill."""
    ours = portfolio(kind)
    held_to_three_engines(ours, tmp_path)
    assert 'tier_kind = "' in written(ours.content)


def test_a_difference_counts_tiers_as_prices():
    """To the cent what the bills of all months say, from none to two and from two to one."""
    plain, two, one = portfolio(tiers=[]), portfolio(), portfolio(tiers=TIERS[:1], off=OFF[:1])
    for before, after in ((plain, two), (two, one)):
        bills = [line(way(each, "All API"), "b1_bill_per_month").sum() for each in (before, after)]
        (told,) = pooled_difference(before, after).bridge("All API").items()
        assert told == (
            "Token prices and mix of tokens",
            pytest.approx(bills[1] - bills[0], abs=0.01),
        )


def test_draws_of_a_volume_are_billed_by_their_own_tiers():
    """At the end of its range the volume costs what the plan says of that volume."""
    ranged = content()
    ranged["workload"][0]["tokens_per_month"] = {"low": 7.3e9, "base": 7.3e9, "high": 14e9}
    ours = parse_portfolio(ranged, "ours.toml")
    risk = portfolio_risk(ours, found(ours, None, 0), 16)
    high = content()
    high["workload"][0]["tokens_per_month"] = 14e9
    costs = [
        {each.strategy.name: each.present_cost for each in found(told, None, 0).strategies}
        for told in (parse_portfolio(high, "high.toml"),)
    ]
    first, second = risk.two
    bar = next(bar for bar in risk.bars if bar.name.startswith(CHAT))
    assert bar.at_high == pytest.approx(costs[0][second] - costs[0][first], rel=1e-9)


def test_the_search_for_a_mix_refuses_tiers(tmp_path, capsys):
    """With the engine and the reason; a budget says it, and prices the strategies all the same."""
    answer = found(portfolio(), 0.01, 0)
    assert answer.mix is None
    assert "No best mix: API has tiers" in answer.sentences[-1]
    file = tmp_path / "ours.toml"
    file.write_text(written(content()))
    assert main(["mix", str(file)]) != 0
    assert "No best mix: API has tiers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("engine", "change", "said"),
    [
        (
            0,
            {"tier_tokens": [2e9, 1e9]},
            "engine 'API': tier_tokens is [2000000000.0, 1000000000.0]",
        ),
        (
            0,
            {"tier_discount_shares": [0.3, 0.1]},
            "have each a discount from 0 to 1 that never falls",
        ),
        (0, {"tier_discount_shares": [0.3]}, "tokens must rise"),
        (
            0,
            {"tier_kind": "graduated"},
            "engine 'API': tier_kind is 'graduated'; it must be marginal",
        ),
        (1, {"tier_tokens": [1e9]}, "engine 'Own cards': nodes are not billed by the token"),
    ],
)
def test_tiers_that_cannot_be_meant_are_refused(engine, change, said):
    """With the engine, what stands there, and the rule."""
    ours = content()
    ours["engine"][engine] |= change
    with pytest.raises(ScenarioError) as error:
        parse_portfolio(ours, "ours.toml")
    assert said in str(error.value)
