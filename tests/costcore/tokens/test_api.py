"""What tokens cost: blends by token count, growth paths, caching and routing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.tokens.api import (
    blended_price,
    cache_breakeven_share,
    grown,
    mixed_input_price,
    priced,
    routed_price,
    stepped,
    uncached_write_share,
)

share = st.floats(0, 1)
price = st.floats(0, 1e4)


@given(price, price, share, share, price, share, share)
def test_blend_is_the_bill_of_a_million_tokens(inp, out, output, cached, read, batch, discount):
    """Count each sort of token in a million, at its own price, and add up."""
    kinds = [(out, output), (inp, (1 - output) * (1 - cached)), (read, (1 - output) * cached)]
    assert sum(count for _, count in kinds) == pytest.approx(1)
    bill = sum(p * count * (1 - batch) + p * count * batch * (1 - discount) for p, count in kinds)
    found = blended_price(inp, out, output, cached, read, batch, discount)
    assert found == pytest.approx(bill, rel=1e-9, abs=1e-12)


@given(price, price, share, share)
def test_unpriced_cache_saves_nothing(inp, out, output, cached):
    """Without a cached price, cached input costs what input costs."""
    assert blended_price(inp, out, output, cached) == pytest.approx(
        blended_price(inp, out, output), rel=1e-12
    )


def test_blend_by_hand():
    """Prices of 2.50 and 10, 3 to 1, half the input cached at 1.25, all in batch."""
    assert blended_price(2.5, 10, 0.25, 0.5, 1.25) == pytest.approx(3.90625)
    assert blended_price(2.5, 10, 0.25, 0.5, 1.25, 1.0, 0.5) == pytest.approx(1.953125)
    assert math.isnan(blended_price(2.5, 10, 1.01))


def test_priced_is_per_million():
    """A price per token or per thousand is never meant: 2 M tokens at 3 are 6."""
    assert priced(2e6, 3.0) == 6.0
    assert priced(1e-3, 1e6) == 1e-3


@pytest.mark.parametrize("change", [-0.6, 0.0, 0.21])
def test_growth_month_by_month_and_once_a_year(change):
    """The first month is today; a year later both paths have moved by the yearly change."""
    months = np.arange(1.0, 38)
    monthly = (1 + change) ** (1 / 12)
    path = 100 * np.cumprod(np.r_[1, np.full(36, monthly)])
    np.testing.assert_allclose(grown(100.0, change, months), path)
    steps = 100 * np.repeat([1, 1 + change, (1 + change) ** 2, (1 + change) ** 3], [12, 12, 12, 1])
    np.testing.assert_allclose(stepped(100.0, change, months), steps)


def cached_bill(write, read, hit):
    """Bill of a token's worth of input: hits are read from the cache, misses written to it."""
    return hit * read + (1 - hit) * write


@pytest.mark.parametrize(("write", "read"), [(1.25, 0.1), (2.0, 0.1), (1.25, 0.5), (1.0, 0.25)])
def test_caching_pays_above_its_hit_share(write, read):
    """At the share found, caching costs what not caching costs; above it less, below it more."""
    share = cache_breakeven_share(1.0, write, read)
    assert cached_bill(write, read, share) == pytest.approx(1)
    assert cached_bill(write, read, share + 0.01) < 1
    assert share == 0 or cached_bill(write, read, share - 0.01) > 1


def test_cache_that_never_pays():
    """A read as dear as a write never pays; one dearer than no cache would need over 100 % hits."""
    assert cache_breakeven_share(1.0, 1.25, 1.25) == math.inf
    found = cache_breakeven_share(1.0, [1.25, 1.25], [0.1, 1.1])
    assert found.round(3).tolist() == [0.217, math.inf]


@given(st.lists(st.tuples(st.integers(1, 1000), price), min_size=1, max_size=6))
def test_routed_price_is_the_bill_over_the_tokens(engines):
    """Send whole tokens to each engine, add up the bills, divide by all tokens."""
    tokens, prices = np.array(engines, dtype=float).T
    bill = sum(t * p for t, p in zip(tokens, prices, strict=True))
    assert routed_price(tokens / tokens.sum(), prices) == pytest.approx(bill / tokens.sum())


@pytest.mark.parametrize(
    ("shares", "prices"),
    [([0.5, 0.6], [1, 1]), ([1.5, -0.5], [1, 1]), ([0.5, 0.5], [1, -1]), ([0.5, 0.5], [1, np.nan])],
)
def test_routing_that_does_not_add_up_is_unknown(shares, prices):
    """Shares must sum to one and nothing may be negative; unknown stays unknown."""
    assert math.isnan(routed_price(shares, prices))


def test_routing_needs_a_price_for_each_share():
    """Three shares and two prices are an error that counts both."""
    with pytest.raises(ValueError, match="3 shares but 2 prices"):
        routed_price([0.2, 0.3, 0.5], [1, 2])
    with pytest.raises(TypeError, match="prices_per_mtok"):
        routed_price([1.0], ["1"])


def test_written_and_cached_tokens_are_parts_of_all_input():
    """Meters count read, written and plain input apart: 0.2 x 2 + 0.6 x 0.1 + 0.2 x 2.5 = 0.96.

    A cache that serves all input leaves nothing to write.
    """
    rest = mixed_input_price(2.0, 2.0, 2.5, 0.0, uncached_write_share(0.2, 0.6))
    assert blended_price(rest, 9.0, 0.0, 0.6, 0.1) == pytest.approx(0.96)
    assert mixed_input_price(2.0, 2.0, 2.5, 0.0, uncached_write_share(0.4, 0.6)) == 2.5
    assert mixed_input_price(2.0, 2.0, 2.5, 0.0, uncached_write_share(0.0, 1.0)) == 2.0
