"""The loss that is expected from breaches: off unless it is given, by strategy, and in the mix."""

import pytest

from tests.workbooks.portfolio.files import CHAT, NIGHT, changed
from workbooks.plan.mixing.bridging.difference import pooled_difference
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import parse_portfolio
from workbooks.scenario.scenario import ScenarioError

LOSS = {
    "breach_loss_cost": 50e6,
    "breach_share_per_year": 0.02,
    "own_breach_share_per_year": 0.002,
}
OWN = {"routes": {CHAT: "Own cards", NIGHT: "Own cards"}}


def private(content):
    """Two workloads with two fifths and a tenth of the records, the second from month 3."""
    content["privacy"] = LOSS
    content["finance"] = {"discount_rate": 0.0}
    for workload, share in zip(content["workload"], (0.4, 0.1), strict=True):
        workload["records_share"] = share
    content["workload"][1]["first_month"] = 3
    full = {"nodes": {"Own cards": 1}, "overflow": {"Own cards": "API"}}
    content["strategy"] += [{"name": "Own", **OWN}, {"name": "Full", **OWN, **full}]


@pytest.fixture(scope="module")
def ways():
    answer = found(parse_portfolio(changed(private), "test.toml"), 0.0, 0)
    return answer, {each.strategy.name: each for each in answer.strategies}


def lost(way):
    return way.told[way.lines.name("loss_per_month")]


def test_it_is_share_times_loss_times_records(ways):
    """By hand: 0.02 x 50 M x 0.4 / 12 = 33,333, with a tenth more from month 3; a tenth inside."""
    _, named = ways
    assert lost(named["All API"])[:3] == pytest.approx([33_333.33, 33_333.33, 41_666.67])
    assert lost(named["Own"])[:3] == pytest.approx([3_333.333, 3_333.333, 4_166.667])


def test_what_overflows_leaves_the_network(ways):
    """One node is the spare one: nothing is served on it, and every record leaves."""
    _, named = ways
    assert lost(named["Full"]) == pytest.approx(lost(named["All API"]))


def test_it_is_in_the_present_value_and_in_no_cash(ways):
    """Nothing is discounted here, so the two differ by the loss alone."""
    _, named = ways
    for name in ("All API", "Own", "Full"):
        way = named[name]
        assert way.present_cost == pytest.approx(way.total("cash") + lost(way).sum())


def test_the_search_counts_it(ways):
    """Own nodes cost five times the tokens, and lose a tenth: they are the best mix."""
    answer, named = ways
    assert answer.mix.cost == pytest.approx(named["Own"].present_cost, rel=1e-9)
    assert answer.mix.gap == pytest.approx(0, abs=1e-9)
    assert answer.billed_cost == pytest.approx(named["All API"].present_cost, rel=1e-9)


def test_no_minimum_takes_it_in():
    """By hand: 20,000 are owed each month for tokens of 1,460 and then 2,920, and the rest is lost.

    A breach at a tenth of the cost: 3,333.33 of the one workload, 833.33 of the other from month 3.
    """

    def owed(content):
        private(content)
        content["privacy"] = {**LOSS, "breach_loss_cost": 5e6}
        terms = {"engine": "API", "term_months": 12, "minimum_per_month": 20_000.0}
        content["contract"] = [{"name": "Promised", "first_month": 1, **terms}]

    answer = found(parse_portfolio(changed(owed), "test.toml"), 0.0, 0)
    named = {each.strategy.name: each for each in answer.strategies}
    assert answer.mix.cost == pytest.approx(12 * 20_000 + 12 * 3_333.3333 + 10 * 833.3333)
    assert answer.mix.cost == pytest.approx(named["All API"].present_cost, rel=1e-9)


def test_it_is_deducted_where_tax_is_paid():
    """By hand: after a tax of a quarter three quarters of it remain, in the search too."""

    def taxed(content):
        private(content)
        content["finance"] |= {"tax_rate_share": 0.25}

    answer = found(parse_portfolio(changed(taxed), "test.toml"), 0.0, 0)
    ways = {each.strategy.name: each for each in answer.strategies}
    for name in ("All API", "Own", "Full"):
        due = ways[name].total("cash") + lost(ways[name]).sum()
        assert ways[name].present_cost == pytest.approx(0.75 * due)
    assert answer.mix.cost == pytest.approx(ways["Own"].present_cost, rel=1e-9)


def test_a_dearer_breach_is_a_cause_of_its_own():
    """Half as likely again: half of what was expected before, and no cause beside it."""

    def likelier(content):
        private(content)
        content["privacy"] = {**LOSS, "breach_share_per_year": 0.03}

    pair = (parse_portfolio(changed(each), "test.toml") for each in (private, likelier))
    bridge = pooled_difference(*pair, "present").bridge("All API")
    expected = 50e6 * 0.01 * (0.4 + 0.1 * 10 / 12)
    assert bridge == {"Expected loss from breaches": pytest.approx(expected, abs=0.01)}


def test_without_it_nothing_is_counted():
    """No line of a strategy tells of it."""
    (way, *_) = found(parse_portfolio(changed(lambda _: None), "test.toml"), None, 0).strategies
    assert not any("loss" in name for name in way.told)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c["privacy"].pop("breach_loss_cost"), "has no breach_loss_cost; it takes"),
        (lambda c: c["workload"][1].pop("records_share"), "'Night batch': records_share is miss"),
        (lambda c: c["workload"][1].update(records_share=0.7), "adds to 1.1; at most 1"),
        (lambda c: c.pop("privacy"), "records_share is given; it counts only with a section"),
    ],
)
def test_half_an_answer_is_refused(change, sentence):
    """A loss that nobody has said would count as none."""

    def broken(content):
        private(content)
        content["privacy"] = dict(LOSS)
        change(content)

    with pytest.raises(ScenarioError, match=sentence):
        parse_portfolio(changed(broken), "test.toml")
