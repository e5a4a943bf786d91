"""Month-ends of several workloads on several engines: told apart, put together, never guessed."""

import copy
import math
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from tests.engines import disagreements
from tests.workbooks.budgets import write
from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.routing.by_month import by_month
from workbooks.plan.mixing.starting import inputs
from workbooks.plan.monthend.actuals import month_end
from workbooks.plan.monthend.bills import ActualsError, Bill
from workbooks.plan.monthend.closing import close
from workbooks.plan.monthend.lines import LINES
from workbooks.plan.monthend.signed.pooled import pooled
from workbooks.plan.monthend.signed.rows import FEES
from workbooks.plan.monthend.variance import PARTS
from workbooks.plan.workloads.rules import Rule
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.portfolio.terms import Mixed
from workbooks.sheets.monthend.actuals import actuals

DECEMBER = date(2026, 12, 1)
API = "API"
CONTENT = {
    "title": "Two workloads",
    "currency": "USD",
    "as_of": date(2026, 11, 27),
    "start_month": DECEMBER,
    "horizon_months": 12,
    "workload": [
        # 4 a million: 0.75 of 2 and 0.25 of 10
        {"name": "Chat", "tokens_per_month": 1e9, "output_share": 0.25},
        {"name": "Batch", "tokens_per_month": 3e9, "output_share": 0.0},  # 2 a million
    ],
    "engine": [
        {
            "name": API,
            "kind": "api",
            "model": "openai/gpt-5.4",
            "input_price_per_mtok": 2.0,
            "output_price_per_mtok": 10.0,
            "fee_per_month": 100.0,
        },
        {"name": "Hosted", "kind": "managed", "model": "together/openai/gpt-oss-120b"},
        *(
            {
                "name": f"{card} pool",
                "kind": "nodes",
                "hardware": card,
                "node_tokens_per_second": 2_000,
                "rent_per_gpu_hour": rent,
            }
            for card, rent in (("H100 SXM", 2.0), ("H200 SXM", 3.0))
        ),
    ],
    "strategy": [
        {"name": "Half", "routes": {"Chat": API, "Batch": {API: 0.5, "H100 SXM pool": 0.5}}},
        {
            "name": "Both pools",
            "routes": {"Chat": "H200 SXM pool", "Batch": "H100 SXM pool"},
            "overflow": {"H100 SXM pool": API},
            "nodes": {"H100 SXM pool": 1},
        },
    ],
}


@cache
def ours():
    """Two workloads, an API and two pools."""
    return parse_portfolio(copy.deepcopy(CONTENT), "ours.toml")


@cache
def signed(strategy):
    """The budget of one of its strategies."""
    return pooled(ours(), strategy)


def bill(model, mtok, cost, **more):
    """What December's bill says of one model: its tokens are of no known kind."""
    return Bill(DECEMBER, model, 0.0, 0.0, 0.0, mtok * 1e6, cost, **more)


def steps(told, by, key, names):
    """The bridge of one engine or workload."""
    at = names.index(key)
    return {part: told[f"{by}_{part}"][at] for part in ("planned_cost", *PARTS, "paid_cost")}


@pytest.mark.parametrize("name", ["article-3-engines", "ours"])
def test_the_rows_are_what_the_strategy_pays(name):
    """Each month to the cent, and each row's kinds of token at their prices are its cost."""
    portfolio = ours() if name == "ours" else load(ready()[name])
    for way in found(portfolio, None, 0).strategies[-1:]:
        budget, paid = pooled(portfolio, way.strategy.name), way.lines
        told = [way.told.get(paid.name(f"{part}_per_month"), 0.0)
                for part in ("running", "purchases", "disposals")]  # fmt: skip
        rows = [
            sum(row.cost for row in budget.rows if row.month == month_end(day))
            for day in portfolio.frame.months
        ]
        assert rows == pytest.approx(told[0] + told[1] - told[2], abs=1e-6)
        for row in budget.rows:
            prices = row.input_per_mtok, row.cached_per_mtok, row.output_per_mtok
            if row.tokens:
                assert np.dot(row.kinds, prices) / 1e6 == pytest.approx(row.cost)


def shrinking(**nodes):
    """With a tenth of the tokens after a year, pools of another kind, and no hosted model."""
    content = copy.deepcopy(CONTENT)
    del content["engine"][1]
    for each in content["workload"]:
        each.update(tokens_per_month=4e10, growth_per_year=-0.9)
    for each in content["engine"][1:]:
        each.update(nodes)
    return parse_portfolio(content, "shrinking.toml")


@cache
def mixed(name):
    """A portfolio with its best mix as its workbook has it, and what the search says of it."""
    own = {"ours": ours, "leased": lambda: shrinking(**LEASE), "rented": lambda: shrinking(**RENT)}
    portfolio = own[name]() if name in own else load(ready()[name])
    mix = found(portfolio, 1e-3, 0).mix
    engines = [each.name for each in (*portfolio.billed, *portfolio.pools)]
    shares = {
        (workload.name, engine): tuple(mix.shares[:, w, e])
        for w, workload in enumerate(portfolio.workloads)
        for e, engine in enumerate(engines)
    }
    nodes = {pool.name: tuple(mix.nodes[:, p]) for p, pool in enumerate(portfolio.pools)}
    return replace(portfolio, mix=Mixed(shares, nodes)), mix


LEASE = {"acquisition_kind": "lease", "lease_per_gpu_month": 900.0}
RENT = {"rent_per_gpu_hour": 900 / 730}


@pytest.mark.parametrize(
    "name",
    ["article-3-engines", pytest.param("company", marks=pytest.mark.slow), "ours", "leased"],
)
def test_the_best_mix_as_a_plan_costs_what_the_search_found(name):
    """Its routes and nodes by month, priced by the lines of every strategy."""
    portfolio, mix = mixed(name)
    way = by_month(portfolio, portfolio.mix, inputs(portfolio))
    assert way.present_cost == pytest.approx(mix.cost, rel=1e-9)
    told = [way.told.get(way.lines.name(f"{part}_per_month"), 0.0)
            for part in ("running", "purchases", "disposals")]  # fmt: skip
    budget = pooled(portfolio, "best MIX").rows
    rows = [
        sum(row.cost for row in budget if row.month == month_end(day))
        for day in portfolio.frame.months
    ]
    assert rows == pytest.approx(told[0] + told[1] - told[2], abs=1e-6)


@pytest.mark.slow
def test_a_lease_that_outlasts_its_need_is_weighed_before_it_is_taken():
    """What is leased for month 1 is paid for until the plan ends, so fewer nodes are."""
    for_rent, leased = mixed("rented")[1], mixed("leased")[1]
    assert leased.nodes[0].sum() < for_rent.nodes[0].sum()
    assert leased.cost > for_rent.cost


def test_no_best_mix_of_what_the_search_cannot_price():
    """A part of the nodes that is reserved stays, and the rest follows the months."""
    answer = found(shrinking(reserved_share=0.6, reserved_discount_share=0.3), 1e-3, 0)
    assert answer.mix is None
    assert answer.sentences[-1] == (
        "No best mix: H100 SXM pool reserves a part of its nodes, and the search for it takes "
        "nodes all of one kind."
    )


def test_a_best_mix_that_does_not_stand_or_does_not_hold_is_no_plan():
    """Each with the way out; a month without a route would lose its tokens."""
    with pytest.raises(ActualsError, match="has no sheet Best mix; evenpoint mix"):
        pooled(ours(), "Best mix")
    portfolio, _ = mixed("ours")
    with pytest.raises(ActualsError, match="was found on other inputs; evenpoint update"):
        pooled(replace(portfolio, mix=replace(portfolio.mix, holds=False)), "Best mix")
    shares = {pair: each for pair, each in portfolio.mix.shares.items() if pair[0] != "Batch"}
    with pytest.raises(ActualsError, match="Batch has tokens in month 1 and no route"):
        pooled(replace(portfolio, mix=replace(portfolio.mix, shares=shares)), "Best mix")


@pytest.mark.parametrize("strategy", ["Half", "Both pools"])
@pytest.mark.parametrize("is_told", [True, False])
def test_a_bill_that_is_the_budget_leaves_nothing_to_explain(strategy, is_told):
    """With engines and workloads told, and with neither."""
    budget = signed(strategy)
    bills = [
        Bill(row.month, row.model, *row.kinds, 0.0, row.cost, row.requests)
        for row in budget.rows
        if row.model != FEES
    ]
    rows = [row for row in budget.rows if row.model != FEES]
    if is_told:
        bills = [
            replace(b, engine=r.engine, workload=r.workload)
            for b, r in zip(bills, rows, strict=True)
        ]
    fees = (
        [bill("monthly fee", 0, 100.0, engine=API)]
        if any(row.model == FEES for row in budget.rows)
        else []
    )
    every = [replace(b, month=m) for b in fees for m in {row.month for row in rows}]
    told = close(budget, [*bills, *every]).run()
    assert told["master_check"] == 0
    assert told["bar_cost"][1:-1] == pytest.approx(np.zeros(len(PARTS)), abs=1e-6)


def test_price_volume_and_mix_of_a_workload_by_hand():
    """Budget: 1,000 Mtok at 4, 1,500 at 2, so 2.8; billed: 7,000 for 1,500, 3,000 for 1,000."""
    bills = [
        bill("gpt-5.4-2026-03-05", 1_500, 7_000.0, workload="chat"),
        bill(API, 1_000, 3_000.0, workload="Batch"),
    ]
    shut = close(signed("Half"), bills)
    told = shut.run()
    chat = steps(told, "workload", "Chat", shut.groups("workload_text"))
    assert chat["planned_cost"] == pytest.approx(4_000)
    assert chat["volume_cost"] == pytest.approx(500 * 2.8)
    assert chat["models_cost"] == pytest.approx(500 * (4 - 2.8))
    assert chat["price_cost"] == pytest.approx(7_000 - 1_500 * 4)
    batch = steps(told, "workload", "Batch", shut.groups("workload_text"))
    assert batch["volume_cost"] == pytest.approx(-500 * 2.8)
    assert batch["price_cost"] == pytest.approx(3_000 - 1_000 * 2)
    api = steps(told, "engine", API, shut.groups("engine_text"))
    assert api["planned_cost"] == pytest.approx(7_000 + 100)  # the fee is the engine's
    for by in ("engine", "workload"):
        whole = sum(told[f"{by}_{part}"].sum() for part in ("planned_cost", *PARTS))
        assert whole == pytest.approx(10_000)


def test_a_bill_that_names_no_workload_is_held_against_all_of_its_engine():
    """2,500 Mtok at 2.8 were budgeted; nobody is guessed, and it says so."""
    shut = close(signed("Half"), [bill(API, 2_500, 10_000.0)])
    told = shut.run()
    api = steps(told, "engine", API, shut.groups("engine_text"))
    assert api["volume_cost"] == pytest.approx(0)
    assert api["price_cost"] == pytest.approx(10_000 - 2_500 * 2.8)
    assert told["bar_cost"][7] == told["bar_cost"][8] == 0  # neither new nor retired
    (note,) = (each for each in shut.notes if "workload" in each)
    assert note.startswith("API: a bill of 2026-12 does not say of which of its workloads it is")


def test_rules_say_whose_usage_it_is():
    """The rule of the company, for a table that has models alone."""
    rules = (Rule("Chat", {"model": "gpt-5.4"}),)
    shut = close(
        pooled(ours(), "Half", rules),
        [bill("openai/gpt-5.4", 1_000, 4_000.0), bill(API, 1_500, 3_000.0, workload="Batch")],
    )
    assert "API: Chat" in shut.models
    assert shut.run()["bar_cost"][6] == pytest.approx(0)  # as budgeted


def test_an_invoice_belongs_to_the_pool_that_it_names():
    """By its column, its accelerator or its being the only one; else pools are one row."""
    rent = LINES["rent"]
    both = signed("Both pools")
    told = close(both, [bill(rent, 0, 1_500.0, item="8x H200, reserved"),
                        bill(rent, 0, 1_400.0, engine="h100 sxm pool")])  # fmt: skip
    assert {f"H200 SXM pool: {rent}", f"H100 SXM pool: {rent}"} <= set(told.models)
    assert [each.engine for each in told.bills] == ["H100 SXM pool", "H200 SXM pool"]
    (alone,) = close(signed("Half"), [bill(rent, 0, 1_500.0, item="server")]).bills
    assert alone.engine == "H100 SXM pool"
    open_one = close(both, [bill(rent, 0, 2_900.0, item="servers")])
    assert rent in open_one.models
    assert any("of which of its pools" in note for note in open_one.notes)


@pytest.mark.parametrize(
    ("strategy", "bills", "words"),
    [
        (
            "",
            [bill(API, 1, 1.0)],
            "ours.toml has 5 strategies; say --option .*'Half', 'Both pools'",
        ),
        ("Third", [bill(API, 1, 1.0)], "no strategy 'Third'; it has"),
        (
            "Half",
            [bill("x", 1, 1.0, engine="APY")],
            "engine is 'APY'; it must be one of API, Hosted",
        ),
        ("Half", [bill(API, 0, 9_000.0)], "API in 2026-12 has a cost of 9,000.00 but no tokens"),
        (
            "Half",
            [bill(LINES["rent"], 0, 1.0, engine="B200")],
            "must be one of H100 SXM pool, H200 SXM pool",
        ),
    ],
)
def test_what_is_not_known_is_asked(strategy, bills, words):
    """With what there is."""
    with pytest.raises(ActualsError, match=words):
        close(signed(strategy), bills)


def test_two_engines_with_one_model_are_asked_apart():
    """A model that both serve, where neither workload says which one billed."""
    content = copy.deepcopy(CONTENT)
    content["engine"].append({**content["engine"][0], "name": "Reseller"})
    content["strategy"] = [{"name": "Split", "routes": {"Chat": API, "Batch": "Reseller"}}]
    split = pooled(parse_portfolio(content, "ours.toml"), "Split")
    with pytest.raises(ActualsError, match="is served by API, Reseller; add a column engine"):
        close(split, [bill("openai/gpt-5.4", 1, 1.0)])
    told = close(split, [bill("openai/gpt-5.4", 1, 1.0, workload="Batch")])
    assert [each.engine for each in told.bills] == ["Reseller"]
    assert math.isnan(told.bills[0].requests)


@pytest.mark.usefixtures("soffice")
def test_three_engines_say_one_number(tmp_path):
    """Numpy's value, LibreOffice's and IronCalc's agree in the workbook of a month-end."""
    bills = [
        bill(API, 1_500, 7_000.0, workload="Chat"),
        bill(API, 1_000, 3_000.0, workload="Batch"),
        bill(API, 10, 3.0, workload="<Marketing*"),
        bill(LINES["rent"], 0, 1_500.0, item="8x H100"),
    ]
    path = write(tmp_path, "several", actuals(close(signed("Half"), bills)))
    assert disagreements([path], fewest=1000) == []
