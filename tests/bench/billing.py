"""A million usage rows priced: model, uncached input, cached and output tokens.

The peer is `genai_prices.calc_price`, called row by row with the provider named, on 2,000 rows
and scaled; its answers on them are asserted equal within 1e-9. "By name" finds each model name
of a pandas column in the price table first; "by code" is what a categorical column holds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from genai_prices import Usage, calc_price

from costcore.tokens.billing import usage_cost
from tests.bench.measure import Row, best, faster

ROWS, SAMPLE = 1_000_000, 2_000
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
PROVIDERS = {
    "gpt-4o": "openai",
    "gpt-4o-mini": "openai",
    "gpt-5": "openai",
    "claude-haiku-4-5": "anthropic",
    "claude-3-5-haiku-latest": "anthropic",
}


def rows() -> Iterator[Row]:
    """With and without the look-up of the names."""
    draws = np.random.default_rng(1)
    codes = draws.integers(0, len(PROVIDERS), ROWS)
    tokens = [draws.integers(0, most, ROWS) for most in (20_000, 20_000, 4_000)]
    models = pd.Index(list(PROVIDERS))
    names = pd.Series(models[codes])
    prices = np.array([listed_prices(model) for model in models])
    sample = list(zip(names[:SAMPLE], *(t[:SAMPLE].tolist() for t in tokens), strict=True))
    expected = [request_cost(*row) for row in sample]
    np.testing.assert_allclose(usage_cost(codes, *tokens, prices)[:SAMPLE], expected, rtol=1e-9)
    by_name, by_code, peer = best(
        lambda: usage_cost(models.get_indexer(names), *tokens, prices),
        lambda: usage_cost(codes, *tokens, prices),
        lambda: [request_cost(*row) for row in sample],
    )
    scaled = peer * ROWS / SAMPLE
    yield Row("1 M usage rows, by name", by_name, "genai-prices (scaled)", scaled, faster(1_000))
    yield Row("1 M usage rows, by code", by_code, "genai-prices (scaled)", scaled, faster(1_000))


def listed_prices(model: str) -> tuple[float, ...]:
    """Prices per million tokens of a model without tiers: input, cached, output."""
    listed = calc_price(Usage(), model, genai_request_timestamp=WHEN).model_price
    return tuple(map(float, (listed.input_mtok, listed.cache_read_mtok, listed.output_mtok)))


def request_cost(model: str, fresh: int, cached: int, output: int) -> float:
    """The peer's price of one request; it counts cached tokens inside the input."""
    usage = Usage(input_tokens=fresh + cached, cache_read_tokens=cached, output_tokens=output)
    priced = calc_price(usage, model, provider_id=PROVIDERS[model], genai_request_timestamp=WHEN)
    return float(priced.total_price)
