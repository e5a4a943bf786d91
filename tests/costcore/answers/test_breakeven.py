"""The break-even against a walk along the staircase, and the laws it must obey."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from costcore.answers.breakeven import (
    breakeven_load,
    breakeven_price,
    breakeven_ranges,
    breakeven_tokens,
)
from costcore.answers.why import breakeven_why
from costcore.language.quantities import QUANTITIES
from costcore.nodes.hosting import selfhost_cost
from costcore.tokens.api import priced
from tests.costcore.answers import staircase

CASES = staircase.random_cases(np.random.default_rng(20250301), 24_000)
ONE_STEP = (20.0, 5_400.0, 388.8e6, 3_000.0)


@pytest.mark.parametrize("kind", ["first", "sustained"])
def test_closed_form_is_the_walk(kind):
    """24,000 random cases in one call give what walking the staircase gives."""
    walked = getattr(staircase, kind)(CASES)
    np.testing.assert_allclose(breakeven_tokens(*CASES.columns, kind=kind), walked, rtol=1e-9)
    assert 5_000 < np.isinf(walked).sum() < 15_000  # the cases try both answers


def test_price_only_is_the_walk_on_one_endless_node():
    """The figure articles print forgets the capacity and every node but one."""
    endless = staircase.Cases(
        CASES.price,
        CASES.node,
        np.full_like(CASES.capacity, np.inf),
        CASES.fixed,
        CASES.own,
        np.ones_like(CASES.least),
    )
    answer = breakeven_tokens(*CASES.columns, kind="price-only")
    np.testing.assert_allclose(answer, staircase.first(endless), rtol=1e-9)


def test_one_case_at_a_time_gives_the_same():
    """3,000 scalar calls equal the elements of the array call."""
    for kind in ("first", "sustained"):
        together = breakeven_tokens(*CASES.columns, kind=kind)[::16]
        alone = [breakeven_tokens(*row, kind=kind) for row in CASES.rows(16)]
        np.testing.assert_array_equal(alone, together)


def test_ranges_are_the_walk():
    """The rows from, to, nodes of all 24,000 cases are those of the walk."""
    found = [breakeven_ranges(*row) for row in CASES.rows()]
    walked = staircase.ranges(CASES)
    assert [len(rows) for rows in found] == [len(rows) for rows in walked]
    np.testing.assert_allclose(np.vstack(found), np.vstack(walked), rtol=1e-9)
    assert sum(len(rows) > 1 for rows in found) > 2_000  # the cases have gaps to find


def test_cheaper_exactly_inside_the_ranges():
    """At 2,000 volumes in each of 400 cases the lower bill is where the ranges say."""
    rng = np.random.default_rng(7)
    for price, node, capacity, fixed, own, least in CASES.rows(60):
        ranges = breakeven_ranges(price, node, capacity, fixed, own, least)
        reach = ranges[-1, 0] * 1.5 if len(ranges) else 1e3 * (capacity or 1.0)
        reach = reach or 1e6  # a free node wins from nothing
        volume = rng.uniform(0, reach, 2_000)
        with np.errstate(divide="ignore"):
            nodes = np.maximum(least, np.ceil(volume / capacity))
        own_bill, api_bill = fixed + nodes * node + own * volume / 1e6, price * volume / 1e6
        inside = ((ranges[:, 0] <= volume[:, None]) & (volume[:, None] <= ranges[:, 1])).any(axis=1)
        clear = np.abs(own_bill - api_bill) > 1e-9 * api_bill
        np.testing.assert_array_equal((own_bill < api_bill)[clear], inside[clear])
        assert clear.mean() > 0.99 or node == fixed == 0


# price, node cost, capacity, fixed cost -> price-only, first, sustained, ranges; all by hand in
# millions: a range opens at (F + n c) / p and closes at n K, the last one never
BY_HAND = [
    (
        (20, 5_400, 388.8e6, 3_000),
        (420, 690, 1_230),
        [(690, 777.6, 2), (960, 1_166.4, 3), (1_230, np.inf, 4)],
    ),
    (
        (10, 5_400, 777.6e6, 0),
        (540, 540, 1_620),
        [(540, 777.6, 1), (1_080, 1_555.2, 2), (1_620, np.inf, 3)],
    ),
    ((10, 5_400, 1_166.4e6, 6_667), (1_206.7, 1_746.7, 1_746.7), [(1_746.7, np.inf, 2)]),
]


@pytest.mark.parametrize(("arguments", "kinds", "ranges"), BY_HAND)
def test_by_hand(arguments, kinds, ranges):
    """Three staircases small enough to draw: two with gaps, one without."""
    found = [breakeven_tokens(*arguments, kind=k) for k in ("price-only", "first", "sustained")]
    np.testing.assert_allclose(found, np.multiply(kinds, 1e6), rtol=1e-12)
    rows = np.multiply(ranges, (1e6, 1e6, 1))
    np.testing.assert_allclose(breakeven_ranges(*arguments), rows, rtol=1e-12)


amounts = st.floats(0.01, 1e6)
cases = st.tuples(
    amounts, amounts, st.floats(1e6, 1e12), st.just(0.0) | amounts, amounts, st.integers(1, 9)
)
dearer = st.floats(1.0, 10.0)


@given(cases, st.sampled_from(["first", "sustained"]))
def test_bills_agree_at_the_break_even(case, kind):
    """At the volume found, the nodes it takes cost what the API charges."""
    volume = breakeven_tokens(*case, kind=kind)
    if np.isfinite(volume):
        price, *own = case
        assert selfhost_cost(volume, *own) == pytest.approx(priced(volume, price), rel=1e-9)
        assert breakeven_price(volume, *own) == pytest.approx(price, rel=1e-9)


@given(cases, dearer, st.sampled_from(["first", "sustained", "price-only"]))
def test_dearer_api_never_raises_it(case, factor, kind):
    """More margin per node takes fewer nodes, and a dearer token repays the same nodes sooner."""
    price, *own = case
    assert breakeven_tokens(price * factor, *own, kind=kind) <= breakeven_tokens(*case, kind=kind)


@given(cases, amounts, st.sampled_from(["first", "sustained", "price-only"]))
def test_more_fixed_cost_never_lowers_it(case, more, kind):
    """What is to be recovered only grows, and with it the nodes and the volume it takes."""
    price, node, capacity, fixed, *own = case
    raised = breakeven_tokens(price, node, capacity, fixed + more, *own, kind=kind)
    assert raised >= breakeven_tokens(*case, kind=kind)


@given(cases)
def test_ranges_ascend_without_overlap_between_first_and_sustained(case):
    """They begin at the first break-even, the last and open one at the sustained one."""
    first, sustained = (breakeven_tokens(*case, kind=k) for k in ("first", "sustained"))
    if np.isinf(sustained):
        assert len(breakeven_ranges(*case)) == 0
    elif sustained / case[2] < 1e5:  # else there are more rows than a test need look at
        rows = breakeven_ranges(*case)
        edges = rows[:, :2].ravel()
        assert np.all(np.diff(edges) >= -1e-9 * edges[:-1])
        assert np.all(np.diff(rows[:, 2]) == 1)
        assert rows[0, 0] == first
        assert rows[-1, 0] == sustained
        assert np.isinf(rows[-1, 1])


@given(cases)
def test_without_capacity_the_kinds_are_one(case):
    """A node that serves everything makes no steps; one such node is what articles assume."""
    price, node, _, fixed, own, _ = case
    kinds = [
        breakeven_tokens(price, node, np.inf, fixed, own, kind=k)
        for k in ("first", "sustained", "price-only")
    ]
    assert kinds[0] == kinds[1] == kinds[2]


@given(cases)
def test_load_is_the_volume_over_the_capacity(case):
    """Where one node pays before it is full, its load says so, and the other way round."""
    price, node, capacity, fixed, own, _ = case
    load = breakeven_load(price, node, capacity, fixed, own)
    alone = breakeven_tokens(price, node, capacity, fixed, own, kind="price-only")
    assert load * capacity == pytest.approx(alone, rel=1e-9)


def test_kind_is_checked():
    """A misspelt kind is an error that lists the three."""
    with pytest.raises(ValueError, match=r"'frist'.*first, sustained, price-only"):
        breakeven_tokens(20, 5_400, kind="frist")


def test_ranges_refuse_a_column_and_more_rows_than_a_sheet():
    """A table is for one row of inputs, and must fit below its cell."""
    with pytest.raises(ValueError, match="one row of inputs"):
        breakeven_ranges([20, 30], 5_400)
    with pytest.raises(ValueError, match="more than a sheet holds"):
        breakeven_ranges(1.0000001, 100, 100e6)
    assert np.isnan(breakeven_ranges(-1, 5_400)).tolist() == [[True, True, True]]


@pytest.mark.parametrize(
    ("arguments", "tokens", "reason"),
    [
        ((10, 5_400, 388.8e6), None, "Never: a full node costs 13.89 per million tokens and"),
        ((10, 5_400, 388.8e6), 1e9, "must serve 540 M tokens a month (205 a second), and it"),
        ((10, 3_888, 388.8e6), None, "Never: a full node costs 10.00 per million tokens and the"),
        ((10, 5_400, 388.8e6, 0, 12), None, "Never: a self-hosted token costs 12.00 per million"),
        ((10, 5_400, 0), None, "Never: a node serves no tokens."),
        ((10, 5_400), None, "Price-only: the two bills meet at 540 M tokens a month; without"),
        ((10, 5_400), 800e6, "Price-only, without a capacity: at 800 M tokens a month 1 node"),
        ((10, 5_400, 1_166.4e6, 6_667), None, "Self-hosting wins from 1,747 M tokens a month."),
        (ONE_STEP, None, "wins from 690 M tokens a month, with gaps until 1,230 M."),
        (ONE_STEP, 400e6, "Below the first break-even: at 400 M tokens a month 2 nodes cost 13,"),
        (ONE_STEP, 700e6, "Self-hosting wins: at 700 M tokens a month 2 nodes cost 13,800 and"),
        (ONE_STEP, 800e6, "Between two winning ranges: at 800 M tokens a month 3 nodes cost 19,"),
        (ONE_STEP, 2e9, "Self-hosting wins: at 2,000 M tokens a month 6 nodes cost 35,400 and the"),
        ((10, -5_400), None, "node_cost_per_month is -5400; it must be a number of at least 0."),
    ],
)
def test_reason(arguments, tokens, reason):
    """Each kind of answer has its sentence, with the numbers that decide it."""
    assert reason in breakeven_why(*arguments, tokens_per_month=tokens)


@given(cases, st.floats(0, 1e4))
def test_reason_agrees_with_the_bills(case, capacities):
    """The sentence says "wins" where the own bill is the lower one, and nowhere else."""
    price, *own = case
    volume = capacities * case[2]
    assume(own[0] * 1e6 >= price * QUANTITIES["tokens_per_month"].least)  # else noticed as swapped
    assume(volume == 0 or volume >= QUANTITIES["tokens_per_month"].least)
    own_bill, api_bill = selfhost_cost(volume, *own), priced(volume, price)
    if abs(own_bill - api_bill) > 1e-9 * api_bill:
        said = breakeven_why(*case, tokens_per_month=volume)
        assert said.startswith("Self-hosting wins") == (own_bill < api_bill)


def test_reason_at_the_edge_of_a_range_is_that_it_wins():
    """Where a range opens both bills agree; rounding does not turn that into a loss."""
    for row in CASES.rows(120):
        for start in breakeven_ranges(*row)[:, 0]:
            if np.isfinite(row[2]):
                assert "wins" in breakeven_why(*row, tokens_per_month=start)
                assert "Between" not in breakeven_why(*row, tokens_per_month=start)
