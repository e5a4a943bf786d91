"""A scenario: the inputs of one decision, in three cases, each with its source."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbooks.rows import Accelerator, ExchangeRate, Model, Throughput, TokenPrice
from workbooks.scenario.inputs import INPUTS


class ScenarioError(ValueError):
    """A scenario cannot be planned; the message says what to change, in one sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one input: three cases, who says so, and how the range is drawn."""

    low: Any
    base: Any
    high: Any
    source: str = ""
    as_of: str = ""
    owner: str = ""
    shape: str = "pert"
    currency: str = field(default="", repr=False)
    """That of the three amounts; blank: the plan's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract that is signed, or only offered; a blank notice is no early exit."""

    contract: str
    kind: str
    partner: str
    signed: str
    strategy: str
    first_month: float
    term_months: float
    minimum_per_month: float
    settled_months: float
    ramp_months: float
    overage_factor: float
    rollover_share: float
    notice_months: float | None
    exit_share: float
    price_held: str
    committed_nodes: float
    committed_tokens_per_month: float
    source: str
    currency: str = field(default="", repr=False)
    """That of its minimum; blank: the plan's."""

    @property
    def is_signed(self) -> bool:
        """Whether it is owed under every strategy."""
        return self.signed == "yes"

    def owed_by(self, strategy: str) -> bool:
        """Whether a strategy owes it: all where it is signed, else the one that signs it."""
        return self.is_signed or self.strategy == strategy


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Rows of one's own, which stand in the place of the shipped ones of the same name."""

    prices: tuple[TokenPrice, ...] = ()
    accelerators: tuple[Accelerator, ...] = ()
    systems: tuple[Throughput, ...] = ()
    rates: tuple[ExchangeRate, ...] = ()
    models: tuple[Model, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A checked scenario."""

    title: str = "Self-hosting against the API"
    purpose: str = "Decide between a cloud API, a managed platform and own nodes."
    owner: str = ""
    currency: str = "USD"
    as_of: datetime.date = datetime.date.min
    start_month: datetime.date = datetime.date.min
    horizon_months: int = 36
    entries: Mapping[str, Entry] = field(default_factory=dict)
    forecast: tuple[float, ...] = ()
    seasons: tuple[float, ...] = ()
    api_steps: tuple[float, ...] = ()
    managed_steps: tuple[float, ...] = ()
    currency_rates: tuple[float, ...] = ()
    """Budget rates of other currencies over today's, month by month; the last one lasts."""
    currency_rates_of: Mapping[str, tuple[float, ...]] = field(default_factory=dict, repr=False)
    """The same of a currency of its own budget rates, by its code."""
    load_shape: str = "global-chat"
    load_factors: tuple[float, ...] = ()
    """Your own load of each hour over the mean hour; the named shape counts where it is empty."""
    contracts: tuple[Contract, ...] = ()
    rows: OwnRows = OwnRows()
    tolerance_cost: float = 0.01
    origin: str = "built-in defaults"

    @property
    def options(self) -> tuple[str, ...]:
        """What the plan compares: a managed platform and a hybrid only where they are described."""
        managed = self._any("managed_model") or self._any("managed_input_price_per_mtok")
        hybrid = self._any("hybrid_share")
        return ("api", *(["managed"] * managed), "own", *(["hybrid"] * hybrid))

    @property
    def hybrid_rest(self) -> str:
        """What a hybrid buys its rest from, in every case: the API, or the managed platform."""
        return str(self.entries["hybrid_rest_kind"].base)

    @property
    def owing(self) -> tuple[str, ...]:
        """Options that owe something by contract."""
        return tuple(o for o in self.options if any(each.owed_by(o) for each in self.contracts))

    def _any(self, name: str) -> bool:
        """Say whether an input is given, and not 0, in any case."""
        entry = self.entries[name]
        return any((entry.low, entry.base, entry.high))

    @property
    def months(self) -> Iterator[datetime.date]:
        """The first day of each month of the plan."""
        for t in range(self.horizon_months):
            years, month = divmod(self.start_month.month - 1 + t, 12)
            yield datetime.date(self.start_month.year + years, month + 1, 1)

    @property
    def forecast_tokens_per_month(self) -> tuple[float, ...]:
        """The user's own volumes; nan where the plan's growth counts."""
        blank = (float("nan"),) * (self.horizon_months - len(self.forecast))
        return self.forecast + blank

    def price_factors(self, option: str) -> tuple[float, ...]:
        """Steps of an option's token price; 1 where the price only follows its path."""
        steps: tuple[float, ...] = self.managed_steps if option == "managed" else self.api_steps
        return steps + (1.0,) * (self.horizon_months - len(steps))

    @property
    def in_currencies(self) -> Mapping[str, str]:
        """Currency of each amount that is typed in another one than the plan's, by its place."""
        inputs = {name: each.currency for name, each in self.entries.items() if each.currency}
        owed = {f"contract {c.contract!r}": c.currency for c in self.contracts if c.currency}
        return inputs | owed

    def currency_factors(self, currency: str = "") -> tuple[float, ...]:
        """Budget rates over today's of a currency, or of all others; the last one lasts."""
        rates = self.currency_rates_of.get(currency) or self.currency_rates or (1.0,)
        return rates + rates[-1:] * (self.horizon_months - len(rates))

    def budget_rate_factor(self, currency: str, day: datetime.date) -> float:
        """Budget rate of a currency over today's in the month of a day; 1 of the plan's own."""
        months = (day.year - self.start_month.year) * 12 + day.month - self.start_month.month
        planned = currency != self.currency and 0 <= months < self.horizon_months
        return self.currency_factors(currency)[months] if planned else 1.0

    @property
    def season_factors(self) -> tuple[float, ...]:
        """A factor for each month; twelve are repeated from the first month of the plan."""
        year = self.seasons or (1.0,) * 12
        return tuple(year[month % len(year)] for month in range(self.horizon_months))

    def typed(self, case: str) -> dict[str, Any]:
        """Return the inputs of a case, each at the end of its range that fits; blanks are None."""
        return {n: getattr(entry, INPUTS[n].end(case)) for n, entry in self.entries.items()}

    def inputs(self, case: str) -> dict[str, Any]:
        """Return the inputs of a case as the formulas take them: blanks are nan."""
        values = self.typed(case)
        return {name: np.nan if value is None else value for name, value in values.items()}


def check_settled(each: Contract, scenario: Scenario) -> None:
    """Refuse a minimum whose rate moves before it is settled: what is left of it has no one rate.

    Raises
    ------
    ScenarioError
        With the contract, its currency, the month, and what to do.
    """
    if not each.currency or each.settled_months == 1:
        return
    last = min(each.first_month + each.term_months - 1, scenario.horizon_months)
    factors = scenario.currency_factors(each.currency)
    for month in range(max(int(each.first_month), 1) + 1, int(last) + 1):
        opens = (month - each.first_month) % each.settled_months == 0
        if not opens and factors[month - 1] != factors[month - 2]:
            raise ScenarioError(
                f"contract {each.contract!r} is settled every {each.settled_months:g} months in "
                f"{each.currency}, whose budget rate moves in month {month}, before it is settled; "
                "say settled_months = 1, or a budget rate from the month of a settlement on"
            )
