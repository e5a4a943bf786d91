"""Prices that fall with the tokens of a month, against a bill counted token by token."""

import math

import numpy as np
import pytest

from costcore.tokens.tiers import tiered_cost

TIERS, OFF = [1e9, 3e9, 6e9], [0.1, 0.25, 0.4]


def counted(tokens, price, kind):
    """The bill of each million tokens on its own, at the discount of where it lies."""
    places = np.arange(0.5, tokens / 1e6)  # the middle of each million
    passed = [0.0, *OFF]
    lying = places * 1e6 if kind == "marginal" else np.full(places.size, tokens)
    each = np.array([passed[int(np.searchsorted(TIERS, place))] for place in lying])
    return price * np.sum(1 - each)


@pytest.mark.parametrize("kind", ["marginal", "whole"])
@pytest.mark.parametrize("tokens", [5e8, 1e9, 1.5e9, 3e9, 4e9, 6e9, 8e9])
def test_a_bill_is_what_its_tokens_cost_one_by_one(tokens, kind):
    """Below, at and above each tier; a tier begins above its tokens."""
    found = tiered_cost(tokens, 2.0, TIERS, OFF, kind)
    assert found == pytest.approx(counted(tokens, 2.0, kind), rel=1e-12)


@pytest.mark.parametrize(
    ("tiers", "off"),
    [([3e9, 1e9], [0.1, 0.2]), ([1e9, 3e9], [0.2, 0.1]), ([1e9], [1.5]), ([1e9], [-0.1])],
)
def test_tiers_that_cannot_be_meant_are_unknown(tiers, off):
    """They rise, and discounts never fall; each is a share."""
    assert math.isnan(tiered_cost(4e9, 1.0, tiers, off))


def test_tiers_need_a_discount_each_and_a_known_kind():
    """The error counts both, or names the two kinds."""
    with pytest.raises(ValueError, match="2 tiers but 1 discounts"):
        tiered_cost(4e9, 1.0, [1e9, 2e9], [0.1])
    with pytest.raises(ValueError, match="marginal, whole"):
        tiered_cost(4e9, 1.0, [1e9], [0.1], "graduated")
