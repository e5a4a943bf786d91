"""What an option with own nodes buys: its rest, and while both run from the API what nodes take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.tokens.api import priced
from workbooks.plan.lines.option import Option
from workbooks.plan.lines.owing.currencies import amount_of
from workbooks.plan.lines.owing.deals import Deals

API = "API bill, for the rest and while both run"
ALONE = "API bill, while both run"
PLATFORM = "managed platform, for the rest"


def bought(
    option: Option, share: Rule, rest: Rule, deals: Deals, others: Sequence[str]
) -> Iterator[Line]:
    """Yield the bills for tokens; with contracts, the tokens and the minimums behind them.

    `rest` is the bill for what own nodes leave, of a plan without contracts; the `others` have
    commitments of their own that are left unused.
    """

    def owed(m: Any) -> Any:
        return sum(amount_of(m, f"{other}_commit_per_month") for other in others)

    if deals.contracts:
        yield from _with_contracts(option, share, deals, owed)
    elif deals.rest == "managed":
        yield option.flow("api_per_month", ALONE, _beside(share))
        yield option.flow("managed_per_month", PLATFORM, lambda m: rest(m) + _moving(m))
    elif option.name == "hybrid":
        label = "bills once the API is left"
        yield option.flow("after_per_month", label, lambda m: rest(m) + owed(m))
        yield option.flow("api_per_month", API, _both(lambda m: m.hybrid_after_per_month))
    else:
        yield option.flow("api_per_month", API, _both(lambda m: rest(m) + owed(m)))


def _committed(m: Any) -> Any:
    return amount_of(m, "api_commit_per_month")


def _both(after: Rule) -> Rule:
    """Let the API's bill go on while both run."""
    return lambda m: np.where(m.month <= m.dual_run_months, m.api_cash_per_month, after(m))


def _beside(share: Rule) -> Rule:
    """Let the API bill what own nodes take, while both run; the rest is bought elsewhere at once.

    A route to a platform takes its share from the first month, as where all goes there.
    """

    def bill(m: Any) -> Any:
        usage = priced(_twice(share, m), m.api_price_now_per_mtok)
        fee = np.where(m.month <= m.dual_run_months, amount_of(m, "api_fee_per_month"), 0)
        return np.maximum(usage, _committed(m)) + fee

    return bill


def _twice(share: Rule, m: Any) -> Any:
    """Tokens of own nodes that the API bills too."""
    return np.where(m.month <= m.dual_run_months, m.volume_tokens_per_month * share(m), 0)


def _moving(m: Any) -> Any:
    return m.managed_moving_per_month


def _left(share: Rule) -> Rule:
    return lambda m: m.volume_tokens_per_month * (1 - share(m))


def _with_contracts(option: Option, share: Rule, deals: Deals, owed: Rule) -> Iterator[Line]:
    managed, left = deals.rest == "managed", _left(share)

    def tokens(m: Any) -> Any:
        if managed:
            return _twice(share, m)
        return np.where(m.month <= m.dual_run_months, m.volume_tokens_per_month, left(m))

    def usage(m: Any) -> Any:
        billed = option.get(m, "api_tokens_per_month") - deals.served(m, "dedicated")
        return priced(billed, m.api_price_now_per_mtok)

    def bill(m: Any) -> Any:
        goes_on = option.name == "hybrid" and not managed
        fee = amount_of(m, "api_fee_per_month")
        fee = fee if goes_on else np.where(m.month <= m.dual_run_months, fee, 0.0)
        used = np.maximum(option.get(m, "api_usage_per_month"), _committed(m))
        return used + fee + owed(m)

    yield option.flow("api_tokens_per_month", "tokens bought from the API", tokens)
    yield from deals.capacity(lambda m: option.get(m, "api_tokens_per_month"), "dedicated")
    yield option.flow("api_usage_per_month", "those billed by the token", usage)
    yield option.flow("api_per_month", ALONE if managed else API, bill)
    spent: dict[str, Rule] = {"api": lambda m: option.get(m, "api_usage_per_month")}
    if managed:
        yield from _platform(option, left)
        spent["managed"] = lambda m: option.get(m, "managed_usage_per_month")
    yield from deals.spend(spent)
    if deals.all:
        yield from deals.totals()


def _platform(option: Option, left: Rule) -> Iterator[Line]:
    """Yield what is bought from the managed platform."""

    def usage(m: Any) -> Any:
        return priced(left(m), m.managed_price_now_per_mtok)

    def bill(m: Any) -> Any:
        fee = amount_of(m, "managed_fee_per_month")
        committed = amount_of(m, "managed_commit_per_month")
        least = np.maximum(option.get(m, "managed_usage_per_month"), committed)
        return least + fee + _moving(m)

    yield option.flow("managed_usage_per_month", "tokens of the managed platform", usage)
    yield option.flow("managed_per_month", PLATFORM, bill)
