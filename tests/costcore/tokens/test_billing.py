"""A usage log costs what pricing it request by request says."""

from datetime import UTC, datetime

import numpy as np
import pytest
from genai_prices import Usage, calc_price
from hypothesis import given
from hypothesis import strategies as st

from costcore.tokens.billing import usage_cost

GPT_4O, GEMINI_PRO, NO_CACHE_PRICE = [2.5, 1.25, 10], [1.25, 0.125, 10], [2, np.nan, 6]
PRICES = [GPT_4O, GEMINI_PRO, NO_CACHE_PRICE]
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
tokens = st.integers(0, 100_000)  # below the 200,000 from which Gemini charges more


@given(tokens, tokens, tokens)
def test_equals_pricing_one_request_at_a_time(fresh, cached, output):
    """genai-prices, which counts cached tokens inside the input, bills the same amounts."""
    usage = Usage(input_tokens=fresh + cached, cache_read_tokens=cached, output_tokens=output)
    expected = [
        float(calc_price(usage, model, genai_request_timestamp=WHEN).total_price)
        for model in ("gpt-4o", "gemini-2.5-pro")
    ]
    answer = usage_cost([0, 1], [fresh] * 2, [cached] * 2, [output] * 2, PRICES)
    np.testing.assert_allclose(answer, expected, rtol=1e-9)


def test_every_row_is_billed_at_the_price_of_its_own_model():
    """By hand: 1 M of each kind costs 2.50 + 1.25 + 10, and 1.25 + 0.125 + 10."""
    answer = usage_cost([1, 0, 1], [1e6] * 3, [1e6] * 3, [1e6] * 3, PRICES)
    assert answer.tolist() == [11.375, 13.75, 11.375]


def test_many_requests_are_not_one_long_context():
    """500 M in and 100 M out of short requests cost 500 x 1.25 + 100 x 10 in a month."""
    requests = 10_000
    answer = usage_cost(
        np.full(requests, 1), np.full(requests, 50_000), 0, np.full(requests, 10_000), PRICES
    )
    assert answer.sum() == pytest.approx(1_625, rel=1e-12)


def test_unknown_model_has_no_cost_whatever_the_number_of_models():
    """Negative codes mark names that are not in the table, not its last rows."""
    for prices in (PRICES, PRICES[:1], np.empty((0, 3))):
        assert np.isnan(usage_cost([-1, -2], [1, 1], [0, 0], [1, 1], prices)).all()


def test_missing_price_matters_only_where_it_is_used():
    """By hand: 1 M in and 1 M out at 2 and 6; with one cached token nobody knows."""
    answer = usage_cost([2, 2], [1e6, 1e6], [0, 1], [1e6, 1e6], PRICES)
    np.testing.assert_equal(answer, [8.0, np.nan])


@pytest.mark.parametrize("spoiled", [-1, np.nan])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_impossible_count_spoils_its_own_row_only(column, spoiled):
    """A negative or unknown count gives nan; the row beside it keeps its cost."""
    counts = np.full((3, 2), 1e6)
    counts[column, 0] = spoiled
    np.testing.assert_equal(usage_cost([0, 0], *counts, PRICES), [np.nan, 13.75])


def test_empty_log_costs_nothing():
    """No rows in, no rows out."""
    assert usage_cost(np.empty(0, int), [], [], [], PRICES).tolist() == []


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"model_index": [3]}, IndexError, "out of bounds"),
        ({"input_tokens": ["12"]}, TypeError, "input_tokens is"),
        ({"output_tokens": [1, 2, 3], "input_tokens": [1, 2]}, ValueError, "broadcast"),
        ({"prices_per_mtok": [2.5, 1.25, 10]}, ValueError, "each model needs three"),
    ],
)
def test_malformed_log_is_refused(changed, error, said):
    """Rather than a wrong bill: a model past the table, text, uneven columns, flat prices."""
    good = {
        "model_index": [0],
        "input_tokens": [1],
        "cached_tokens": [1],
        "output_tokens": [1],
        "prices_per_mtok": PRICES,
    }
    with pytest.raises(error, match=said):
        usage_cost(**good | changed)
