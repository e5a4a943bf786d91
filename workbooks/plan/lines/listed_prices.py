"""Calculated columns of the price table: each price in the reporting currency, or its stand-in."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import given
from costcore.tokens.api import off_share, over
from costcore.tokens.hours import hours_factor, peak_token_share


def exchange_rate(column: str, currency: str) -> Line:
    """Exchange rate of a row's currency; a row without a price has neither."""

    def rule(m: Any) -> Any:
        code = getattr(m, currency)
        return np.where(code == "", np.nan, m.rates.at("rate", m.rates.row(code)))

    return Line(column, column, rule)


def _converted(component: str, *listed: str) -> Line:
    """Give a token price in the reporting currency: the first of some columns that has one."""
    name = f"{component}_reporting_per_mtok"

    def rule(m: Any) -> Any:
        *better, price = (getattr(m, column) for column in listed)
        for each in reversed(better):
            price = given(each, price)
        return price * m.exchange_rate * m.hours_factor

    return Line(name, name, rule)


def _peak_share(m: Any) -> Any:
    windows = (
        m.peak_start_hour,
        m.peak_end_hour,
        m.second_peak_start_hour,
        m.second_peak_end_hour,
    )
    share = peak_token_share(m.load_factor, m.load_hour, m.load_day, windows, m.peak_days_count)
    return np.where(np.isfinite(m.off_peak_price_share), share, 1.0)


def _batch_off(m: Any) -> Any:
    price = m.input_price_per_mtok
    return off_share(given(m.batch_input_price_per_mtok, price), price)


def _batch_cached_off(m: Any) -> Any:
    """Discount of cached tokens in batch jobs; that of the others where it is not listed."""
    listed = m.batch_cached_price_per_mtok
    off = off_share(given(listed, 0), m.cached_or_input_per_mtok)
    return np.where(np.isfinite(listed), off, m.batch_off_share)


COLUMNS = (
    exchange_rate("exchange_rate", "currency"),
    Line("peak_token_share", "peak_token_share", _peak_share),
    Line(
        "hours_factor",
        "hours_factor",
        lambda m: hours_factor(m.peak_token_share, given(m.off_peak_price_share, 1.0)),
    ),
    _converted("input", "input_price_per_mtok"),
    _converted("cached", "cached_price_per_mtok", "input_price_per_mtok"),
    _converted("output", "output_price_per_mtok"),
    _converted("write", "cache_write_price_per_mtok", "input_price_per_mtok"),
    _converted(
        "write_1h",
        *("cache_write_1h_price_per_mtok", "cache_write_price_per_mtok", "input_price_per_mtok"),
    ),
    _converted("long_input", "long_context_input_price_per_mtok", "input_price_per_mtok"),
    _converted("long_output", "long_context_output_price_per_mtok", "output_price_per_mtok"),
    *(
        _converted(
            f"second_long_{part}",
            *(f"second_long_context_{part}_price_per_mtok", f"long_context_{part}_price_per_mtok"),
            f"{part}_price_per_mtok",
        )
        for part in ("input", "output")
    ),
    Line("batch_off_share", "batch_off_share", _batch_off),
    Line(
        "cached_or_input_per_mtok",
        "cached_or_input_per_mtok",
        lambda m: given(m.cached_price_per_mtok, m.input_price_per_mtok),
    ),
    Line("batch_cached_off_share", "batch_cached_off_share", _batch_cached_off),
    Line(
        "batch_cached_factor",
        "batch_cached_factor",
        lambda m: over(m.batch_cached_off_share, m.batch_off_share),
    ),
    Line(
        "reporting_per_request",
        "reporting_per_request",
        lambda m: given(m.price_per_request, 0) * m.exchange_rate,
    ),
)
"""Calculated columns of the price table; what is not listed costs what its plain token costs.

A price that is lower outside peak hours is averaged over the hours of the load.
"""
