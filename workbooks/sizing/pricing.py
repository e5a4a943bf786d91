"""The price of an API that hardware is compared with, at a demand's mix and hours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from costcore.tokens.api import blended_price
from costcore.tokens.hours import DAYS_PER_WEEK, hours_factor, peak_token_share
from workbooks import tables
from workbooks.rows import PEAK_HOURS
from workbooks.sizing.demand import Demand
from workbooks.sizing.shapes import clock, hourly


def api_price(demand: Demand, api_model: str) -> Demand:
    """Return the demand with the price of an API at its mix of input and output.

    Raises
    ------
    LookupError
        If the price table has no such model.
    """
    listed = tables.price_on(api_model)
    if listed.currency != "USD":
        raise LookupError(f"{api_model} is priced in {listed.currency}, the rents are in USD.")
    output_share = demand.output_tokens / (demand.input_tokens + demand.output_tokens)
    prices = (listed.input_price_per_mtok, listed.output_price_per_mtok)
    price = float(blended_price(*prices, output_share)) * over_the_day(listed, demand.load)
    return replace(demand, api_price_per_mtok=price)


def over_the_day(listed: tables.TokenPrice, load: str) -> float:
    """Return what a load pays of a price that is lower outside the provider's peak hours.

    >>> over_the_day(tables.price_on("openai/gpt-6.1-sol"), "flat")
    1.0
    >>> round(over_the_day(tables.price_on("deepseek/deepseek-v4-pro"), "flat"), 3)
    0.604
    """
    if listed.off_peak_price_share is None:
        return 1.0
    factors = hourly(load)
    spans = [getattr(listed, name) for name in PEAK_HOURS]
    first, last, second, final = (np.nan if hour is None else hour for hour in spans)
    windows, days = (first, last, second, final), listed.peak_days_count or DAYS_PER_WEEK
    share = peak_token_share(factors, *clock(load, factors.size), windows, days)
    return float(hours_factor(share, listed.off_peak_price_share))
