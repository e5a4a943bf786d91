"""Conditions and refusals of a strategy: of all engines that may come to serve a workload."""

from types import SimpleNamespace

import numpy as np
import pytest

from workbooks.plan.mixing.finding import found
from workbooks.plan.mixing.gates import open_gates
from workbooks.plan.mixing.saying.sentences import RIVALS
from workbooks.portfolio.reading import load, parse_portfolio, ready

CHAT, NIGHT = "Chat", "Night"
NODES = {"kind": "nodes", "hardware": "H100 SXM", "node_tokens_per_second": 9_000.0}
TOKENS = {"kind": "api", "input_price_per_mtok": 1.0, "output_price_per_mtok": 1.0}
FULL = {"overflow": {"Cards": "Spare API"}, "nodes": {"Cards": 1}}
LATER = {"from": "Old API", "first_month": 4}
WAYS = {
    "where it goes": ({}, ["Cards"]),
    "and what takes the overflow": (FULL, ["Spare API", "Cards"]),
    "an overflow of a pool that is built for its peak takes nothing": (
        {"overflow": FULL["overflow"]},
        ["Cards"],
    ),
    "and where it is until it moves": ({"moves": {CHAT: LATER}}, ["Old API", "Cards"]),
    "who moves in the first month is nowhere else": (
        {"moves": {CHAT: {**LATER, "first_month": 1}}},
        ["Cards"],
    ),
    "but while both run": (
        {"moves": {CHAT: {**LATER, "first_month": 1, "dual_run_months": 2}}},
        ["Old API", "Cards"],
    ),
    "all of it": ({**FULL, "moves": {CHAT: LATER}}, ["Old API", "Spare API", "Cards"]),
}
"""A strategy beside its routes, and the engines that the gate of Chat is asked of."""


def portfolio(more, **gates):
    """Chat goes to cards, and asks which engines may be tuned; Night asks nothing."""
    names = ("Night API", "Old API", "Spare API")
    engines = [{"name": name, **TOKENS} for name in names] + [{"name": "Cards", **NODES}]
    engines = [{**each, **gates.get(each["name"].split()[0], {})} for each in engines]
    chat = {"name": CHAT, "tokens_per_month": 1e9, "needs_fine_tuning": True}
    way = {"name": "Way", "routes": {CHAT: "Cards", NIGHT: "Night API"}, **more}
    content = {
        "horizon_months": 12,
        "workload": [chat, {"name": NIGHT, "tokens_per_month": 1e9}],
        "engine": engines,
        "strategy": [way],
    }
    return parse_portfolio(content, "gates.toml")


@pytest.mark.parametrize(("more", "asked"), WAYS.values(), ids=WAYS)
def test_conditions_are_asked_of_every_engine_that_may_serve(more, asked):
    ours = portfolio(more)
    said = [*open_gates(ours, ours.strategies[0])]
    assert said == [f"whether {e} allows the fine-tuning, which Chat asks" for e in asked]


@pytest.mark.parametrize(("engine", "role"), [("Spare", ", the overflow"), ("Old", "")])
def test_an_engine_that_may_come_to_serve_and_may_not_puts_the_strategy_out(engine, role):
    """By its name and role, though no route names it."""
    barred = {engine: {"allows_fine_tuning": False}}
    ours = portfolio({**FULL, "moves": {CHAT: LATER}}, **barred)
    (out,) = (way.out for way in found(ours, None, 0).strategies if way.strategy.name == "Way")
    assert out.startswith(f"Chat to {engine} API{role}: ")


@pytest.mark.parametrize(("share", "text"), [(0.996, "99.6"), (0.5, "50.0"), (0.9996, "over 99.9")])
def test_a_chance_below_all_is_not_called_all(share, text):
    rules = {line.name: line.rule for line in RIVALS}
    m = SimpleNamespace(now_sure_share=np.float64(share), odds_hold_count=1, least_sure_share=1.0)
    for name in ("chance_share", "chance_number_text", "chance_text"):
        setattr(m, name, rules[name](m))
    assert str(rules["unsure_text"](m)) == f" and the cheapest in {text} % of the draws"


def test_what_a_gate_keeps_from_every_api_is_not_called_all_on_the_api():
    """Of the eight workloads of the company, two may not leave the network: they run on nodes."""
    company = load(ready()["company"])
    first = found(company, None, 0).strategies[0].strategy
    pools = {pool.name for pool in company.pools}
    on_nodes = [name for name, shares in first.routes.items() if pools & shares.keys()]
    assert on_nodes == ["Document extraction", "Search in our documents"]
    assert first.name == "The API where allowed"
