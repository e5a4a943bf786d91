"""Amounts that stand in another currency: which they are, and what they become month by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.language.trace import worksheet
from workbooks.plan.lines.option import TITLES

PRICES: Mapping[str, tuple[str, str, str, str, str]] = {
    "api": (
        f"{TITLES['api']}: 1 where that price is in another currency",
        *("prices", "currency", "api_row_count", "api_input_price_per_mtok"),
    ),
    "managed": (
        f"{TITLES['managed']}: 1 where that price is in another currency",
        *("prices", "currency", "managed_row_count", "managed_input_price_per_mtok"),
    ),
    "rent": (
        "1 where that rent is in another currency",
        *("accelerators", "rent_currency", "hardware_row_count", "rent_per_gpu_hour"),
    ),
    "buy": (
        "1 where that purchase is in another currency",
        *("accelerators", "buy_currency", "hardware_row_count", "capex_per_gpu"),
    ),
}
"""Each price that follows the rates of its month: label, table, its currency, row, and input."""
COUNTS = tuple(f"{price}_foreign_count" for price in PRICES)
FACTOR = Line(
    "foreign_factor",
    "Other currencies: budget rate over today's, with their shift",
    lambda m: m.currency_factor * np.where(m.month == 1, 1, 1 + m.currency_shift_share),
)


def in_plan_currency(amount: Any, code: Any, rates: Any) -> Any:
    """Return an amount at the rate of its currency; blank is the plan's own."""
    return amount * rate_of(code, rates)


def rate_of(code: Any, rates: Any) -> Any:
    """Return units of the plan's currency for one of another; of its own, which is blank, 1."""
    return np.where(code == "", 1, rates.at("rate", rates.row(code)))


def series_name(code: str) -> str:
    """Return the name of the budget rates of a currency over today's, month by month.

    >>> series_name("GBP")
    'gbp_currency_factor'
    """
    return f"{code.lower()}_currency_factor"


@dataclass(frozen=True, slots=True)
class Currencies:
    """The other currencies of a plan; where there is one at most, it has the factor of all."""

    codes: tuple[str, ...] = ()
    ranged: frozenset[str] = frozenset()
    """Those whose rate has a range of its own, and so no part in the shift of all."""
    typed: tuple[tuple[str, str], ...] = ()
    """Prices that are typed in another one, each with its currency."""

    @property
    def apart(self) -> tuple[str, ...]:
        """Those that have each their own factor by month."""
        return self.codes if len(self.codes) > 1 or self.ranged else ()

    def place(self, code: str) -> int:
        """Return the number of a currency, from 1; 0 for the plan's own."""
        return (self.apart.index(code) + 1 if self.apart else 1) if code else 0

    def by_month(self, prices: tuple[str, ...] = tuple(PRICES)) -> tuple[Line, ...]:
        """Return what rates of a month are over today's: of all, or by currency and price."""
        if not self.apart:
            return (FACTOR,)
        return (
            *(Line(factor_name(code), *self._factor(code)) for code in self.apart),
            *(Line(f"{price}_foreign_factor", *self._price(price)) for price in prices),
        )

    def _factor(self, code: str) -> tuple[str, Rule]:
        if code in self.ranged:
            return f"{code}: budget rate over today's", lambda m: 1.0 * getattr(m, series_name(code))

        def shifted(m: Any) -> Any:
            return getattr(m, series_name(code)) * np.where(
                m.month == 1, 1, 1 + m.currency_shift_share
            )

        return f"{code}: budget rate over today's, with the shift of all", shifted

    def _price(self, price: str) -> tuple[str, Rule]:
        def rule(m: Any) -> Any:
            each = (getattr(m, factor_name(code)) for code in self.apart)
            count = getattr(m, f"{price}_foreign_count")
            return worksheet("CHOOSE", _chosen, count + 1, 1, *each)

        return f"{TITLES.get(price, price.capitalize())}: rate of its currency over today's", rule

    def counts(self, *prices: str) -> tuple[Line, ...]:
        """Return in which of them a price is: 0 the plan's own, then their numbers."""
        return tuple(self._count(price) for price in prices)

    def _count(self, price: str) -> Line:
        label, table, column, row, typed = PRICES[price]
        if self.apart:
            numbers = ", ".join(f"{self.place(code)} {code}" for code in self.apart)
            label = f"{label.replace('1 where', 'where')}: {numbers}"
        mine = self.place(dict(self.typed).get(price, ""))

        def rule(m: Any) -> Any:
            place = getattr(m, row)
            listed = self._listed(m, getattr(m, table).at(column, place))
            priced = np.where(np.isnan(getattr(m, typed)), listed, mine)
            return np.where(place > 0, priced, mine)

        return Line(f"{price}_foreign_count", label, rule)

    def _listed(self, m: Any, code: Any) -> Any:
        """Number of a listed price's currency."""
        if not self.apart:
            return np.where(code != m.currency, 1, 0)
        found: Any = 0
        for each in reversed(self.apart):
            found = np.where(code == each, self.place(each), found)
        return found

    def exposed(self) -> Iterator[tuple[str, str, int]]:
        """Yield what is paid in which currency: the part of a line's name, its label, its number."""
        if not self.apart:
            yield "foreign", "other currencies", 1
        yield from ((code.lower(), code, self.place(code)) for code in self.apart)


def factor_name(code: str) -> str:
    """Return the name of what a rate of a month is over today's."""
    return f"{code.lower()}_foreign_factor"


def _chosen(place: Any, *factors: Any) -> Any:
    found: Any = factors[-1]
    for number, each in reversed(list(enumerate(factors, 1))):
        found = np.where(place == number, each, found)
    return found


def foreign(m: Any, price: str, flow: Any) -> Any:
    """Return money at the rate of its month, where the price behind it is in another currency."""
    if (all_others := getattr(m, FACTOR.name, None)) is None:
        return flow * getattr(m, f"{price}_foreign_factor")
    return flow * np.where(getattr(m, f"{price}_foreign_count") == 1, all_others, 1)


def owed_in(m: Any, code: str, flow: Any) -> Any:
    """Return money that is owed in a currency at the rate of its month."""
    all_others = getattr(m, FACTOR.name, None)
    return flow * (getattr(m, factor_name(code)) if all_others is None else all_others)
