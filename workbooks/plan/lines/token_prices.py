"""What a token costs from an API or a managed platform, in the reporting currency."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.language.trace import given
from costcore.tokens.api import blended_price, mixed_input_price, priced
from costcore.tokens.hours import hours_factor, peak_token_share
from workbooks.plan.lines.option import Option


def exchange_rate(column: str, currency: str) -> Line:
    """Exchange rate of a row's currency; a row without a price has neither."""

    def rule(m: Any) -> Any:
        code = getattr(m, currency)
        return np.where(code == "", np.nan, m.rates.at("rate", m.rates.row(code)))

    return Line(column, column, rule)


def _converted(component: str, listed: str, otherwise: str) -> Line:
    """Give a token price in the reporting currency."""
    name = f"{component}_reporting_per_mtok"

    def rule(m: Any) -> Any:
        price = given(getattr(m, listed), getattr(m, otherwise))
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


COLUMNS = (
    exchange_rate("exchange_rate", "currency"),
    Line("peak_token_share", "peak_token_share", _peak_share),
    Line(
        "hours_factor",
        "hours_factor",
        lambda m: hours_factor(m.peak_token_share, given(m.off_peak_price_share, 1.0)),
    ),
    _converted("input", "input_price_per_mtok", "input_price_per_mtok"),
    _converted("cached", "cached_price_per_mtok", "input_price_per_mtok"),
    _converted("output", "output_price_per_mtok", "output_price_per_mtok"),
    _converted("write", "cache_write_price_per_mtok", "input_price_per_mtok"),
    _converted("long_input", "long_context_input_price_per_mtok", "input_price_per_mtok"),
    _converted("long_output", "long_context_output_price_per_mtok", "output_price_per_mtok"),
)
"""Calculated columns of the price table; what is not listed costs what its plain token costs.

A price that is lower outside peak hours is averaged over the hours of the load.
"""


class Prices(Option):
    """The prices of one option's model: found, typed over, and mixed."""

    def _listed(self, m: Any, component: str) -> Any:
        return m.prices.at(f"{component}_reporting_per_mtok", self.get(m, "row_count"))

    def _price(self, component: str) -> Rule:
        typed = f"{component}_price_per_mtok"
        return lambda m: given(self.get(m, typed), self._listed(m, component))

    def _known(self, component: str, plain: str) -> Rule:
        """The table's price, in its ratio to the plain one; that one where no model is named.

        Who types an input price 15 % below the list pays 15 % less for cached input, too.
        """

        def rule(m: Any) -> Any:
            price, listed = self.get(m, f"{plain}_per_mtok"), self._listed(m, plain)
            share = price / np.where(listed > 0, listed, 1)
            known = (self.get(m, "row_count") > 0) & (listed > 0)
            return np.where(known, self._listed(m, component) * share, price)

        return rule

    def _cached(self, m: Any) -> Any:
        known = self._known("cached", "input")(m)
        return given(self.get(m, "cached_price_per_mtok"), known)

    def _mixed_input(self, m: Any) -> Any:
        return mixed_input_price(
            self.get(m, "input_per_mtok"),
            self.get(m, "long_input_per_mtok"),
            self.get(m, "write_per_mtok"),
            m.long_context_share,
            m.cache_write_share,
            m.cached_share,
        )

    def _mixed_output(self, m: Any) -> Any:
        plain, long = self.get(m, "output_per_mtok"), self.get(m, "long_output_per_mtok")
        return plain + m.long_context_share * (long - plain)

    def _blend(self, m: Any) -> Any:
        uncached, output = self.get(m, "mixed_input_per_mtok"), self.get(m, "mixed_output_per_mtok")
        cached = self.get(m, "cached_per_mtok")
        return blended_price(uncached, output, m.output_share, m.cached_share, cached)

    def lines(self) -> tuple[Line, ...]:
        """Return the lines from the model's name to the price of an average token."""

        def row(m: Any) -> Any:
            return m.prices.row(self.get(m, "model"))

        return (
            self.line("row_count", "row of the price table", row, heading=f"{self.title}: prices"),
            self.line("input_per_mtok", "input price", self._price("input")),
            self.line("cached_per_mtok", "cached input price", self._cached),
            self.line("output_per_mtok", "output price", self._price("output")),
            self.line(
                "long_input_per_mtok",
                "long-context input price",
                self._known("long_input", "input"),
            ),
            self.line(
                "long_output_per_mtok",
                "long-context output price",
                self._known("long_output", "output"),
            ),
            self.line("write_per_mtok", "cache write price", self._known("write", "input")),
            self.line(
                "mixed_input_per_mtok", "input, with its long and written", self._mixed_input
            ),
            self.line("mixed_output_per_mtok", "output, with its long", self._mixed_output),
            self.line("blend_per_mtok", "price of an average token", self._blend),
        )


def _paid(m: Any) -> Any:
    batched = m.api_blend_per_mtok * (1 - m.batch_share * m.batch_discount_share)
    return batched * (1 - m.api_discount_share)


def _listed_bill(m: Any) -> Any:
    tokens = given(m.last_bill_tokens_per_month, m.tokens_per_month)
    return priced(tokens, m.api_listed_per_mtok)


def _gap(m: Any) -> Any:
    """What was billed over what the prices say of the same tokens; 1 without a bill."""
    known = np.isfinite(m.last_bill_per_month) & (m.api_listed_bill_per_month > 0)
    billed = m.last_bill_per_month - m.api_fee_per_month
    return np.where(known, billed / m.api_listed_bill_per_month, 1)


def _managed_paid(m: Any) -> Any:
    batched = m.managed_blend_per_mtok * (1 - m.batch_share * m.managed_batch_discount_share)
    return batched * (1 - m.managed_discount_share)


API = (
    *Prices("api").lines(),
    Line("api_listed_per_mtok", "Cloud API: price after discounts", _paid),
    Line("api_listed_bill_per_month", "Cloud API: what that says of the last bill", _listed_bill),
    Line("api_gap_factor", "Cloud API: last bill over it", _gap),
    Line(
        "api_price_per_mtok",
        "Cloud API: price you pay",
        lambda m: m.api_listed_per_mtok * m.api_gap_factor,
    ),
)
MANAGED = (
    *Prices("managed").lines(),
    Line(
        "managed_price_per_mtok",
        "Managed platform: price you pay, after discounts",
        _managed_paid,
    ),
)
