"""What an option with own nodes buys from the API: all while both run, then the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.tokens.api import priced
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.contracts import Deals


def bought(option: Option, share: Rule, rest: Rule, deals: Deals) -> Iterator[Line]:
    """Yield the bill of the API; with contracts, the tokens and the minimums behind it."""
    label = "API bill, for the rest and while both run"
    if not deals.contracts:
        yield option.flow(
            "api_per_month",
            label,
            lambda m: np.where(m.month <= m.dual_run_months, m.api_cash_per_month, rest(m)),
        )
        return

    def tokens(m: Any) -> Any:
        left = m.volume_tokens_per_month * (1 - share(m))
        return np.where(m.month <= m.dual_run_months, m.volume_tokens_per_month, left)

    def usage(m: Any) -> Any:
        billed = option.get(m, "api_tokens_per_month") - deals.served(m, "dedicated")
        return priced(billed, m.api_price_now_per_mtok)

    def bill(m: Any) -> Any:
        after = m.api_fee_per_month if option.name == "hybrid" else 0.0
        fee = np.where(m.month <= m.dual_run_months, m.api_fee_per_month, after)
        return option.get(m, "api_usage_per_month") + fee

    yield option.flow("api_tokens_per_month", "tokens bought from the API", tokens)
    yield from deals.capacity(lambda m: option.get(m, "api_tokens_per_month"), "dedicated")
    yield option.flow("api_usage_per_month", "those billed by the token", usage)
    yield option.flow("api_per_month", label, bill)
    yield from deals.spend({"api": lambda m: option.get(m, "api_usage_per_month")})
    if deals.all:
        yield from deals.totals()
