"""What a token costs from an API or a managed platform, in the reporting currency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line, Rule
from costcore.language.trace import given
from costcore.tokens.api import (
    batch_part,
    batched_price,
    priced,
    surcharge,
    uncached_write_share,
)
from workbooks.plan.lines.option import Option

COMPONENTS = (
    ("known_cached_per_mtok", "cached input, if listed", "cached", "input"),
    ("long_input_per_mtok", "long-context input price", "long_input", "input"),
    ("long_output_per_mtok", "long-context output price", "long_output", "output"),
    ("second_long_input_per_mtok", "past the second size, input", "second_long_input", "input"),
    ("second_long_output_per_mtok", "past the second size, output", "second_long_output", "output"),
    ("write_per_mtok", "cache write price", "write", "input"),
    ("write_1h_per_mtok", "price of a cache write for an hour", "write_1h", "input"),
)
"""Prices that are listed beside a plain one: name, label, column, and the plain one that does."""


class Prices(Option):
    """The prices of one option's model: found, typed over, and mixed."""

    def _listed(self, m: Any, component: str) -> Any:
        return m.prices.at(f"{component}_reporting_per_mtok", self.get(m, "row_count"))

    def _price(self, component: str) -> Rule:
        typed = f"{component}_price_per_mtok"
        return lambda m: given(self.get(m, typed), self._listed(m, component))

    def _kept(self, plain: str) -> Rule:
        """What is paid for a plain token over what is listed; 1 where nothing is to divide by."""

        def rule(m: Any) -> Any:
            base = self.get(m, f"{plain}_base_per_mtok")
            return np.where(base > 0, self.get(m, f"{plain}_per_mtok") / base, 1)

        return rule

    def _base(self, plain: str) -> Rule:
        return lambda m: np.where(self.get(m, "row_count") > 0, self._listed(m, plain), 0)

    def _known(self, component: str, plain: str) -> Rule:
        """The table's price, in the ratio in which its plain one is typed over.

        Where no model is named it is the plain price.
        """

        def rule(m: Any) -> Any:
            kept = self._listed(m, component) * self.get(m, f"{plain}_kept_factor")
            return np.where(self.get(m, "row_count") > 0, kept, self.get(m, f"{plain}_per_mtok"))

        return rule

    def _cached(self, m: Any) -> Any:
        return given(self.get(m, "cached_price_per_mtok"), self.get(m, "known_cached_per_mtok"))

    def _written(self, m: Any) -> Any:
        plain, hour = self.get(m, "write_per_mtok"), self.get(m, "write_1h_per_mtok")
        return plain + surcharge(plain, hour, m.cache_write_1h_share)

    def _beyond(self, part: str) -> Rule:
        """Price of a token in a long prompt, when some are beyond the second size."""

        def rule(m: Any) -> Any:
            first, second = (self.get(m, f"{n}long_{part}_per_mtok") for n in ("", "second_"))
            return first + surcharge(first, second, m.second_long_context_share)

        return rule

    def _cached_part(self, m: Any) -> Any:
        share = m.cached_share * (1 - m.output_share)
        return self.get(m, "cached_per_mtok") * share

    def _batch_part(self, m: Any) -> Any:
        whole, cached = self.get(m, "blend_per_mtok"), self.get(m, "cached_part_per_mtok")
        return batch_part(whole, cached, self.get(m, "batch_cached_factor"))

    def _batch_cached(self, m: Any) -> Any:
        listed = m.prices.at("batch_cached_factor", self.get(m, "row_count"))
        return np.where(self.get(m, "row_count") > 0, listed, 1)

    def _request_fee(self, m: Any) -> Any:
        fee = m.prices.at("reporting_per_request", self.get(m, "row_count"))
        each = fee / (m.input_tokens + m.output_tokens) * TOKENS_PER_MTOK
        return np.where(self.get(m, "row_count") > 0, each, 0)

    def _adds(self, plain: str, other: str, share: str) -> Rule:
        """What it adds to a plain price that a share of its tokens has another one."""

        def rule(m: Any) -> Any:
            price, another = (self.get(m, f"{each}_per_mtok") for each in (plain, other))
            return surcharge(price, another, getattr(m, share))

        return rule

    def _sum(self, *parts: str) -> Rule:
        return lambda m: sum(self.get(m, f"{part}_per_mtok") for part in parts)

    def _mixes(self) -> Iterator[Line]:
        """Yield the price of an average token: each kind of token adds what it costs more."""
        adds = {
            "beyond_input": ("long context adds to input", "input", "long_context_share"),
            "written": ("writing a cache adds to it", "input", "uncached_write_share"),
            "beyond_output": ("long context adds to output", "output", "long_context_share"),
        }
        for other, (label, plain, share) in adds.items():
            name = other.replace("beyond", "long")
            yield self.line(f"{name}_adds_per_mtok", label, self._adds(plain, other, share))
        uncached, output = (
            ("input", "long_input_adds", "written_adds"),
            ("output", "long_output_adds"),
        )
        yield self.line("mixed_input_per_mtok", "input, uncached", self._sum(*uncached))
        cached = self._adds("mixed_input", "cached", "cached_share")
        yield self.line("cached_adds_per_mtok", "what is cached adds to it", cached)
        whole = self._sum("mixed_input", "cached_adds")
        yield self.line("whole_input_per_mtok", "an average token of input", whole)
        yield self.line("mixed_output_per_mtok", "an average token of output", self._sum(*output))
        more = self._adds("whole_input", "mixed_output", "output_share")
        yield self.line("output_adds_per_mtok", "output adds to input", more)
        blend = self._sum("whole_input", "output_adds")
        yield self.line("blend_per_mtok", "price of an average token", blend)
        yield self.line("cached_part_per_mtok", "of it for cached tokens", self._cached_part)
        yield self.line("batch_part_per_mtok", "of it with a batch discount", self._batch_part)

    def lines(self) -> tuple[Line, ...]:
        """Return the lines from the model's name to the price of an average token."""

        def row(m: Any) -> Any:
            return m.prices.row(self.get(m, "model"))

        return (
            self.line("row_count", "row of the price table", row, heading=f"{self.title}: prices"),
            self.line("input_per_mtok", "input price", self._price("input")),
            self.line("output_per_mtok", "output price", self._price("output")),
            *(line for part in ("input", "output") for line in self._listing(part)),
            *(self._component(*each) for each in COMPONENTS),
            self.line("cached_per_mtok", "cached input price", self._cached),
            self.line("written_per_mtok", "price of a written token", self._written),
            self.line("beyond_input_per_mtok", "long input, both sizes", self._beyond("input")),
            self.line("beyond_output_per_mtok", "long output, both sizes", self._beyond("output")),
            self.line(
                "batch_cached_factor", "batch discount on cached tokens, of it", self._batch_cached
            ),
            *self._mixes(),
            self.line(
                "request_fee_per_mtok", "fees of requests, for a million tokens", self._request_fee
            ),
        )

    def _listing(self, part: str) -> tuple[Line, Line]:
        base, over = f"{part}, as listed; 0 where no model is named", f"{part} price over it"
        return (
            self.line(f"{part}_base_per_mtok", base, self._base(part)),
            self.line(f"{part}_kept_factor", over, self._kept(part)),
        )

    def _component(self, name: str, label: str, component: str, plain: str) -> Line:
        return self.line(name, label, self._known(component, plain))


def _batched(m: Any) -> Any:
    parts = m.api_blend_per_mtok, m.api_batch_part_per_mtok
    return batched_price(*parts, m.batch_share, m.batch_discount_share)


def _managed_batched(m: Any) -> Any:
    parts = m.managed_blend_per_mtok, m.managed_batch_part_per_mtok
    return batched_price(*parts, m.batch_share, m.managed_batch_discount_share)


def _paid(m: Any) -> Any:
    return (m.api_batched_per_mtok + m.api_request_fee_per_mtok) * (1 - m.api_discount_share)


def _listed_bill(m: Any) -> Any:
    tokens = given(m.last_bill_tokens_per_month, m.tokens_per_month)
    return priced(tokens, m.api_listed_per_mtok)


def _gap(m: Any) -> Any:
    """What was billed over what the prices say of the same tokens; 1 without a bill."""
    known = np.isfinite(m.last_bill_per_month) & (m.api_listed_bill_per_month > 0)
    return np.where(known, m.api_billed_per_month / m.api_listed_bill_per_month, 1)


def _managed_paid(m: Any) -> Any:
    price = m.managed_batched_per_mtok + m.managed_request_fee_per_mtok
    return price * (1 - m.managed_discount_share)


API = (
    Line(
        "uncached_write_share",
        "Written to a cache, of the input that is not read from one",
        lambda m: uncached_write_share(m.cache_write_share, m.cached_share),
    ),
    *Prices("api").lines(),
    Line("api_batched_per_mtok", "Cloud API: price with batch jobs", _batched),
    Line("api_listed_per_mtok", "Cloud API: price after discounts", _paid),
    Line("api_listed_bill_per_month", "Cloud API: what that says of the last bill", _listed_bill),
    Line(
        "api_billed_per_month",
        "Cloud API: last bill, less the fee",
        lambda m: np.where(
            np.isnan(m.last_bill_per_month), np.nan, m.last_bill_per_month - m.api_fee_per_month
        ),
    ),
    Line("api_gap_factor", "Cloud API: last bill over it", _gap),
    Line(
        "api_price_per_mtok",
        "Cloud API: price you pay",
        lambda m: m.api_listed_per_mtok * m.api_gap_factor,
    ),
)
MANAGED = (
    *Prices("managed").lines(),
    Line("managed_batched_per_mtok", "Managed platform: price with batch jobs", _managed_batched),
    Line(
        "managed_price_per_mtok",
        "Managed platform: price you pay, after discounts",
        _managed_paid,
    ),
)
