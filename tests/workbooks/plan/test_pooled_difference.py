"""Why two portfolios differ: every step is planned, and all add up to the cent."""

import copy
import itertools
import random

import numpy as np
import pytest

from install.command import main
from tests.books import cached
from tests.engines import disagreements
from tests.workbooks.budgets import write
from tests.workbooks.portfolio.files import CHAT, CONTENT, NIGHT
from workbooks import tables
from workbooks.plan.mixing.bridging.difference import pooled_difference
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.bridging.difference import difference_book
from workbooks.sheets.bridging.explained import pooled_explained

OWN = "Both on own cards"


def portfolio(*changes):
    content = copy.deepcopy(CONTENT)
    content["strategy"].append({"name": OWN, "routes": {CHAT: "Own cards", NIGHT: "Own cards"}})
    for change in changes:
        change(content)
    return parse_portfolio(content, "ours.toml")


def more_tokens(content):
    content["workload"][0]["tokens_per_month"] = 21.9e9


def dearer_nodes(content):
    content["engine"][1]["rent_per_gpu_hour"] = 3.0


def bought_nodes(content):
    content["engine"][1].update(acquisition_kind="buy", capex_per_gpu=30_000)


def slower_nodes(content):
    content["engine"][1]["node_tokens_per_second"] = 5_000


def office_hours(content):
    content["load_shape"] = "office-hours"


def dearer_tokens(content):
    content["engine"][0].update(input_price_per_mtok=0.5, fee_per_month=100)


def third_workload(content):
    content["workload"].append({"name": "Search", "tokens_per_month": 1e9})
    for strategy in content["strategy"]:
        strategy["routes"]["Search"] = "API"


def other_routes(content):
    content["strategy"][1]["routes"] |= {CHAT: {"Own cards": 0.5, "API": 0.5}, NIGHT: "API"}


def one_node(content):
    content["strategy"][1].update(nodes={"Own cards": 1}, overflow={"Own cards": "API"})


def more_people(content):
    content["people"] = {"staff_fte": 3}


def tax_paid(content):
    content["finance"] = {"tax_rate_share": 0.27, "fiscal_start_count": 4}


CHANGES = (
    tax_paid,
    *(more_tokens, dearer_nodes, bought_nodes, slower_nodes, office_hours, dearer_tokens),
    *(third_workload, other_routes, one_node, more_people),
)


def totals(ours, view="cash"):
    return {each.strategy.name: each.total(view) for each in found(ours, None, 0).strategies}


def test_volume_and_rent_explain_each_its_part():
    """Planned four times by hand: each cause is the mean of what it adds first and last."""
    costs = {
        (v, r): totals(portfolio(*(c for c, on in ((more_tokens, v), (dearer_nodes, r)) if on)))[
            OWN
        ]
        for v, r in itertools.product((False, True), repeat=2)
    }
    answer = pooled_difference(portfolio(), portfolio(more_tokens, dearer_nodes))
    volume = (costs[1, 0] - costs[0, 0] + costs[1, 1] - costs[0, 1]) / 2
    rent = (costs[0, 1] - costs[0, 0] + costs[1, 1] - costs[1, 0]) / 2
    assert answer.bridge(OWN) == {
        "Volume": pytest.approx(volume, abs=0.01),
        "Nodes: choice, prices and terms": pytest.approx(rent, abs=0.01),
    }
    assert volume > 0 < rent


@pytest.mark.parametrize(("seed", "view"), [(0, "cash"), (3, "expense"), (7, "present")])
def test_any_two_portfolios_are_explained_to_the_cent(seed, view):
    """Both ends are what each plan comes to on its own, whatever one of them lacks."""
    draw = random.Random(seed)
    pair = [portfolio(*draw.sample(CHANGES, draw.randrange(1, 5))) for _ in range(2)]
    own = [totals(each, view) for each in pair]
    answer = pooled_difference(*pair, view)
    for at, name in enumerate(answer.strategies):
        ends = [each[name] for each in own]
        assert [answer.before[at], answer.after[at]] == pytest.approx(ends, rel=1e-12)
        steps = round(sum(answer.bridge(name).values()), 2)
        assert steps == pytest.approx(round(ends[1], 2) - round(ends[0], 2), abs=0.001)


def test_tax_of_another_kind_is_explained():
    """What only one of them says in words, such as how nodes are written off for tax."""

    def of_kind(kind):
        def finance(content):
            content["finance"] = {"tax_rate_share": 0.27, "tax_depreciation_kind": kind}

        return finance

    pair = [portfolio(bought_nodes, of_kind(kind)) for kind in ("book", "macrs")]
    answer = pooled_difference(*pair, "present")
    ends = [totals(each, "present")[OWN] for each in pair]
    assert answer.bridge(OWN) == {"Tax": pytest.approx(ends[1] - ends[0], abs=0.01)}
    assert ends[0] != ends[1]


@pytest.mark.parametrize(
    ("case", "tokens", "rent"), [("downside", 15e9, 2.9), ("upside", 45e9, 1.5)]
)
def test_a_case_is_explained_as_if_its_ends_were_the_base(case, tokens, rent):
    """Downside: fewest tokens, dearest nodes. The rent of the file is a range; volume moved too."""

    def ranged(content):
        content["workload"][0]["tokens_per_month"] = {"low": 15e9, "base": 30e9, "high": 45e9}
        content["engine"][1]["rent_per_gpu_hour"] = {"low": 1.5, "base": 2.0, "high": 2.9}

    def at_the_end(content):
        content["workload"][0]["tokens_per_month"] = tokens
        content["engine"][1]["rent_per_gpu_hour"] = rent

    found = pooled_difference(portfolio(), portfolio(ranged), "cash", case)
    by_hand = pooled_difference(portfolio(), portfolio(at_the_end), "cash", case)
    assert found.bridge(OWN) == by_hand.bridge(OWN)
    assert found.bridge(OWN) != pooled_difference(portfolio(), portfolio(ranged)).bridge(OWN)
    assert {each.name: each.after for each in found.changes} == {
        "tokens_per_month": tokens,
        "rent_per_gpu_hour": rent,
    }
    back = pooled_difference(portfolio(ranged), portfolio(), "cash", case).bridge(OWN)
    assert {cause: -step for cause, step in back.items()} == pytest.approx(by_hand.bridge(OWN))


def test_a_price_of_the_table_has_its_range_in_a_case():
    """The node's rent is left to the table: its dearest one counts in the downside."""

    def listed(content):
        content["engine"][1].pop("rent_per_gpu_hour")
        content["engine"][1]["hardware"] = "H100 SXM"

    row = next(r for r in tables.accelerators() if r.hardware == "H100 SXM")

    def typed(content):
        listed(content)
        content["engine"][1]["rent_per_gpu_hour"] = row.rent_high_per_gpu_hour

    found, by_hand = (
        pooled_difference(portfolio(each), portfolio(each, more_tokens), "cash", "downside")
        for each in (listed, typed)
    )
    at = found.strategies.index(OWN)
    assert found.before[at] == pytest.approx(by_hand.before[at], rel=1e-12)
    base = pooled_difference(portfolio(typed), portfolio(typed, more_tokens))
    assert found.before[at] > base.before[at]  # people and peaks are at their ends too
    assert row.rent_high_per_gpu_hour > row.rent_base_per_gpu_hour


def test_what_changes_nothing_adds_nothing():
    """The same file twice has no cause."""
    answer = pooled_difference(portfolio(), portfolio())
    assert answer.causes == ()
    assert answer.changes == []
    assert np.array_equal(answer.before, answer.after)


def test_an_amount_is_said_in_its_own_currency():
    """What was in the plan's currency and is now in pounds has not become another number."""

    def in_pounds(content):
        content["people"] = {"salary_per_year": {"base": 90_000, "currency": "GBP"}}

    (changed,) = pooled_difference(portfolio(), portfolio(in_pounds)).changes
    assert (changed.name, changed.after) == ("salary_per_year", "GBP 90,000")


def test_portfolios_that_cannot_be_compared_are_refused():
    """Other lengths and currencies are no cause."""
    longer = portfolio(lambda content: content.update(horizon_months=24))
    with pytest.raises(ScenarioError, match=r"months: 12 and .* give both the same horizon_months"):
        pooled_difference(portfolio(), longer)
    with pytest.raises(ScenarioError, match="no possible strategy of one name"):
        pooled_difference(*(load(ready()[n]) for n in ("company", "article-3-engines")))


def test_a_portfolio_and_a_plan_of_one_workload_are_not_alike(capsys):
    """Nothing is compared."""
    assert main(["diff", "company", "mid-size"]) == 2
    said = "mid-size plans one workload and company several; compare alike with alike."
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("soffice")
def test_three_engines_draw_the_same_waterfall(tmp_path):
    """A sheet a strategy, whatever its name; both files have one name, and no check fails."""
    found = pooled_difference(portfolio(), portfolio(more_tokens, dearer_nodes, more_people))
    path = write(tmp_path, "difference", difference_book(pooled_explained(found)))
    assert disagreements([path], fewest=50) == []
    cover = cached(path)["Cover"]
    row = next(int(cell[1:]) for cell, held in cover.items() if str(held).startswith("Steps th"))
    assert cover[f"B{row}"] == 0
    for column, name in zip("BCDEFGH", found.strategies, strict=False):
        at = found.strategies.index(name)
        assert cover[f"{column}4"] == name
        assert cover[f"{column}{row + 1}"] == pytest.approx(found.after[at], abs=0.005)
