"""Amounts that stand in another currency: which they are, and what they become month by month."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.language.trace import worksheet
from workbooks.plan.lines.option import TITLES
from workbooks.scenario.inputs import INPUTS

PRICES: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "api": ("prices", "currency", "api_row_count", "api_input_price_per_mtok"),
        "managed": ("prices", "currency", "managed_row_count", "managed_input_price_per_mtok"),
        "rent": ("accelerators", "rent_currency", "hardware_row_count", "rent_per_gpu_hour"),
        "buy": ("accelerators", "buy_currency", "hardware_row_count", "capex_per_gpu"),
    }
)
"""Each price that follows the rates of its month: its table, currency, row there, and input."""
TITLED = MappingProxyType(
    {
        "api": (f"{TITLES['api']}: ", "price"),
        "managed": (f"{TITLES['managed']}: ", "price"),
        "rent": ("", "rent"),
        "buy": ("", "purchase"),
    }
)
"""What their lines are called."""
SPACE = ("colo_per_kw_month", "node_opex_per_month")
"""What the space of a node costs: for its power, and whatever that is."""
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
    """The other currencies of a plan; they share one factor until some have rates of their own."""

    codes: tuple[str, ...] = ()
    budgeted: frozenset[str] = frozenset()
    """Those with budget rates of their own."""
    ranged: frozenset[str] = frozenset()
    """Those whose rate has a range of its own, and so no part in the shift of all."""
    typed: tuple[tuple[str, str], ...] = ()
    """Prices that are typed in another one, each with its currency."""
    amounts: tuple[tuple[str, str], ...] = ()
    """Other amounts that are, by the name of their input."""

    @property
    def apart(self) -> tuple[str, ...]:
        """Those that have each their own factor by month."""
        own = self.ranged or (self.budgeted and len(self.codes) > 1)
        return self.codes if own else ()

    @property
    def code_of(self) -> dict[str, str]:
        """The currency of each amount beside prices, by the name of its input."""
        return dict(self.amounts)

    def place(self, code: str) -> int:
        """Return the number of a currency, from 1; 0 for the plan's own."""
        return (self.apart.index(code) + 1 if self.apart else 1) if code else 0

    def by_month(self, prices: Sequence[str] = tuple(PRICES)) -> tuple[Line, ...]:
        """Return what rates of a month are over today's: of all, or by currency and price."""
        if not self.apart:
            return (FACTOR, *self._amounts())
        return (
            *(Line(factor_name(code), *self._factor(code)) for code in self.apart),
            *(Line(f"{price}_foreign_factor", *self._price(price)) for price in prices),
            *self._amounts(),
        )

    def _amounts(self) -> Iterator[Line]:
        for name, code in self.amounts:
            label = f"{INPUTS[name].label}: budget rate over today's of {code}"
            yield Line(rate_factor(name), label, functools.partial(owed_in, code=code, flow=1.0))

    def _factor(self, code: str) -> tuple[str, Rule]:
        if code in self.ranged:
            return (
                f"{code}: budget rate over today's",
                lambda m: 1.0 * getattr(m, series_name(code)),
            )

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

        return _label(price, "rate over today's of the currency of that {}"), rule

    def counts(self, *prices: str) -> tuple[Line, ...]:
        """Return which of them each price is in: by code, and by number; 0 is the plan's."""
        if not self.apart:
            return tuple(self._other(price) for price in prices)
        return tuple(line for price in prices for line in self._numbered(price))

    def _other(self, price: str) -> Line:
        """Say whether a price is in another currency."""
        mine = self.place(dict(self.typed).get(price, ""))

        def listed(m: Any, code: Any) -> Any:
            return np.where(code != m.currency, 1, 0)

        label = _label(price, "1 where that {} is in another currency")
        return Line(f"{price}_foreign_count", label, _priced(price, listed, mine))

    def _numbered(self, price: str) -> tuple[Line, Line]:
        code, mine = f"{price}_currency_text", dict(self.typed).get(price, "")
        text = _priced(price, lambda _, listed: listed, mine)

        def number(m: Any) -> Any:
            found: Any = 0
            for each in reversed(self.apart):
                found = np.where(getattr(m, code) == each, self.place(each), found)
            return found

        numbers = ", ".join(f"{self.place(each)} is {each}" for each in self.apart)
        which = _label(price, "which one that {} is in: ")
        return (
            Line(code, _label(price, "currency of that {}; blank: the plan's"), text),
            Line(f"{price}_foreign_count", f"{which}{numbers}", number),
        )

    def exposed(self) -> Iterator[tuple[str, str, int]]:
        """Yield what is paid in which currency: part of a line's name, label, number."""
        if not self.apart:
            yield "foreign", "other currencies", 1
        yield from ((code.lower(), code, self.place(code)) for code in self.apart)


def _label(price: str, text: str) -> str:
    option, what = TITLED[price]
    said = text.format(what)
    return f"{option}{said}" if option else f"{said[0].upper()}{said[1:]}"


def _priced(price: str, listed: Any, mine: Any) -> Rule:
    """Return what is `listed` of the table's currency, or what is `mine` of a typed price."""
    table, column, row, typed = PRICES[price]

    def rule(m: Any) -> Any:
        place = getattr(m, row)
        other = listed(m, getattr(m, table).at(column, place))
        return np.where(place > 0, np.where(np.isnan(getattr(m, typed)), other, mine), mine)

    return rule


NONE = Currencies()
"""Those of a plan with no other one, or one alone."""


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


def rate_factor(name: str) -> str:
    """Return the name of what the rate of an amount's currency is over today's, month by month.

    >>> rate_factor("salary_per_year")
    'salary_per_year_rate_factor'
    """
    return f"{name}_rate_factor"


def at_rates(m: Any, name: str, flow: Any) -> Any:
    """Return money that follows from an amount, at the rate of its month."""
    factor = getattr(m, rate_factor(name), None)
    return flow if factor is None else flow * factor


def amount_of(m: Any, name: str) -> Any:
    """Return an amount at the rate of its month."""
    return at_rates(m, name, getattr(m, name))


def lease_of(m: Any) -> Any:
    """Return the lease of a node at the rate of its month."""
    return at_rates(m, "lease_per_gpu_month", m.node_lease_per_month)


def running_of(m: Any, node: str, cost: str) -> Any:
    """Return support, energy or space of a `node` in a month, before its price has moved."""
    told = getattr(m, f"{node}_{cost}_per_month")
    if cost == "energy":
        return at_rates(m, "price_per_kwh", told)
    moved = (getattr(m, rate_factor(name), None) for name in SPACE)
    if cost != "space" or all(factor is None for factor in moved):
        return told
    room = getattr(m, f"{node}_power_kw") * amount_of(m, SPACE[0])
    return room + amount_of(m, SPACE[1])


def owed_in(m: Any, code: str, flow: Any) -> Any:
    """Return money that is owed in a currency at the rate of its month."""
    all_others = getattr(m, FACTOR.name, None)
    return flow * (getattr(m, factor_name(code)) if all_others is None else all_others)
