"""Draws are even and repeatable, ranges have the quantiles that books give, and bars see inside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.risk import tco_range, tornado, win_probability
from costcore.language.draws import SHAPES, halton, spread

SHARES = np.linspace(0.001, 0.999, 999)


def test_same_seed_same_bytes():
    """A report can be made again, to the last bit; another seed gives another."""
    once, again = (halton(np.arange(5_000), 30, seed=7).tobytes() for _ in range(2))
    assert once == again
    assert once != halton(np.arange(5_000), 30, seed=8).tobytes()


def test_draws_in_blocks_are_the_draws():
    """Point n does not depend on which other points are asked for."""
    together = halton(np.arange(3_000), 12, seed=1)
    blocks = [halton(np.arange(start, start + 500), 12, seed=1) for start in range(0, 3_000, 500)]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), together)


def test_draws_stay_inside():
    """No point is at 0 or 1, where a lognormal would be infinite."""
    points = halton(np.arange(20_000), 40, seed=3)
    assert points.min() > 0
    assert points.max() < 1


def test_draws_are_far_more_even_than_chance():
    """The mean of a bill of twenty uncertain parts is known five times better than by chance."""

    def error(points):
        bills = [(1 + 7 * p[0]) * (1 + p[1]) + p[2:].sum(axis=0) for p in points]
        expected = 4.5 * 1.5 + 18 / 2
        return np.sqrt(np.mean([(bill.mean() - expected) ** 2 for bill in bills]))

    ours = error([halton(np.arange(4_096), 20, seed) for seed in range(10)])
    chance = error([np.random.default_rng(s).random((20, 4_096)) for s in range(40)])
    assert ours * 5 < chance


@pytest.mark.parametrize(
    ("base", "quantile"),
    [
        (0.0, lambda u: 1 - (1 - u) ** (1 / 5)),  # beta(1, 5)
        (1.0, lambda u: u ** (1 / 5)),  # beta(5, 1)
    ],
)
def test_pert_at_an_end_has_the_closed_form(base, quantile):
    """With the base at an end, the beta distribution has a quantile one can write down."""
    found = spread(SHARES, 0.0, base, 1.0)
    np.testing.assert_allclose(found, quantile(SHARES), atol=1e-6)


def test_pert_in_the_middle_has_the_closed_form():
    """With the base in the middle it is beta(3, 3), whose distribution is a polynomial."""
    x = spread(SHARES, 0.0, 0.5, 1.0)
    np.testing.assert_allclose(x**3 * (10 - 15 * x + 6 * x**2), SHARES, atol=1e-6)


def test_triangular_has_the_textbook_distribution():
    """(x - a)^2 / ((b - a)(c - a)) on the left, and its mirror image on the right."""
    low, base, high = 2.0, 3.0, 7.0
    x = spread(SHARES, low, base, high, "triangular")
    left = (x - low) ** 2 / ((high - low) * (base - low))
    right = 1 - (high - x) ** 2 / ((high - low) * (high - base))
    np.testing.assert_allclose(np.where(x < base, left, right), SHARES, atol=1e-12)


def test_lognormal_takes_low_and_high_as_p10_and_p90():
    """A tenth of the draws lies below the low, a tenth above the high."""
    x = spread(halton(np.arange(4_096), 1, seed=1)[0], 10.0, 30.0, 90.0, "lognormal")
    assert np.mean(x < 10) == pytest.approx(0.1, abs=0.001)
    assert np.mean(x > 90) == pytest.approx(0.1, abs=0.001)
    assert np.median(x) == pytest.approx(30, rel=0.01)  # the geometric mean


@given(
    st.sampled_from(["pert", "triangular", "uniform", "fixed"]),
    st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted),
)
def test_a_bounded_range_is_not_left(shape, ends):
    """Draws stay between low and high and rise with their share, however narrow the range."""
    low, base, high = ends
    found = spread(SHARES, low, base, high, shape)
    dust = 1e-9 * max(abs(low), abs(high))
    assert found.min() >= low - dust
    assert found.max() <= high + dust
    assert np.diff(found).min() >= -dust


def test_a_wrong_range_is_refused():
    """The message names the numbers and the rule."""
    with pytest.raises(ValueError, match="low is 3, base 2 and high 4"):
        spread(SHARES, 3, 2, 4)
    with pytest.raises(ValueError, match="shape is 'normal'; it must be one of pert"):
        spread(SHARES, 1, 2, 3, "normal")
    with pytest.raises(ValueError, match="its P10 is 0"):
        spread(SHARES, 0, 2, 3, "lognormal")
    assert set(SHAPES) == {"pert", "triangular", "uniform", "lognormal", "fixed"}


def test_a_bar_shows_the_worst_inside_its_range():
    """A second node in the middle of the range makes the middle worse than both ends."""
    tokens = np.linspace(300.0, 700.0, 41)  # at 10 each, a node for 3,000 serves 388

    def saving(m):
        return 10 * m["tokens"] - 3_000 * np.ceil(m["tokens"] / 388)

    (bar,) = tornado(saving, {"tokens": 500.0}, {"tokens": {"tokens": tokens}})
    assert bar.turns
    assert (bar.at_low, bar.at_high) == (0.0, 1_000.0)
    assert (bar.least, bar.least_input) == (-2_100.0, 390.0)  # 3,900 against two nodes
    assert (bar.most, bar.most_input) == (1_000.0, 700.0)  # the 800 of a full node is less


def test_bars_are_sorted_and_hold_the_others_at_base():
    """The widest bar comes first; inputs that move together are one bar."""
    moves = {
        "small": {"a": np.array([0.0, 1.0])},
        "large": {"b": np.array([0.0, 5.0]), "c": np.array([0.0, 5.0])},
    }
    bars = tornado(lambda m: m["a"] + m["b"] * m["c"], {"a": 2.0, "b": 1.0, "c": 1.0}, moves)
    assert [(bar.name, bar.least, bar.most) for bar in bars] == [
        ("large", 2.0, 27.0),
        ("small", 1.0, 2.0),
    ]


def test_range_of_a_cost_lies_between_its_ends():
    """P10, P50 and P90 of a sum of a certain and a PERT part are those of the PERT."""
    found = [tco_range((1e5, 2e5, 3e5), 0.0, percentile=p) for p in (0.1, 0.5, 0.9)]
    x = (np.array(found) - 1e5) / 2e5
    np.testing.assert_allclose(x**3 * (10 - 15 * x + 6 * x**2), (0.1, 0.5, 0.9), atol=1e-3)


def test_probability_is_that_of_the_price():
    """A node for 5,400 wins against 1 B tokens where the price is above 5.40."""
    found = win_probability(1e9, (2.0, 6.0, 10.0), 5_400.0)
    x = (5.4 - 2) / 8
    assert found == pytest.approx(1 - x**3 * (10 - 15 * x + 6 * x**2), abs=1e-3)


def test_a_tie_is_not_a_win():
    """Where both cost the same nothing is gained by moving."""
    assert win_probability(540e6, 10, 5_400) == 0.0
    assert win_probability(540e6, 10.01, 5_400) == 1.0


@pytest.mark.parametrize(
    "wrong",
    [{"capex": -1.0}, {"capex": np.nan}, {"percentile": 90.0}, {"seed": 1.5}, {"years": 0.0}],
)
def test_out_of_bounds_is_nan(wrong):
    """What cannot be is not answered with a number."""
    assert np.isnan(tco_range(**{"capex": 1.0, "opex_per_month": 1.0} | wrong))


def test_a_range_takes_one_number_or_three():
    """Two cells could mean low and high, or base and high; nothing is guessed."""
    with pytest.raises(ValueError, match="capex has 2 numbers; it takes one, or low, base, high"):
        tco_range([1, 2], 3)
    with pytest.raises(ValueError, match="they must not fall"):
        win_probability([3, 2, 1], 1, 1)
    with pytest.raises(TypeError, match="capex is '5,400'"):
        tco_range("5,400", 3)
