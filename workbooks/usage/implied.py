"""How many tokens a unit of unknown size is, as its price and the list price imply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd

from workbooks.usage.listprice import list_name, rate

SIZES = {1: "1", 1_000: "1K", 1_000_000: "1M"}
LOWEST_RATIO, HIGHEST_RATIO = 0.5, 1.5
"""Billed over list within which a size explains a price: discounts, surcharges of regions."""


class Meter(NamedTuple):
    """What the units of one meter cost."""

    model: str
    unit: str
    kind: str
    currency: str
    units: float
    cost: float
    day: date

    @property
    def price(self) -> float:
        """What a unit cost."""
        return self.cost / self.units

    @property
    def size(self) -> int | None:
        """The size that the maker's list price implies, None where it tells none."""
        listed = rate(list_name(self.model), self.kind, self.day, self.currency)
        ratios = {each: self.price / (listed * each / 1e6) for each in SIZES} if listed else {}
        fits = (each for each, ratio in ratios.items() if LOWEST_RATIO <= ratio <= HIGHEST_RATIO)
        return next(fits, None)


def implied(rows: pd.DataFrame) -> str:
    """Say what the units of unknown size in these rows cost, and what size that implies."""
    meters = sorted(_meters(rows), key=lambda each: -each.cost)
    dearest = meters[0]
    if blank := next((each for each in meters if not each.unit), None):
        paid = f"{blank.cost:,.2f} {blank.currency} of {blank.model}"
        return f"{paid} have no quantity or no unit: import an export that has both"
    told = f"a unit of {dearest.model} cost {dearest.price:,.4g} {dearest.currency}"
    sizes = {
        each.unit: {other.size for other in meters if other.unit == each.unit} for each in meters
    }
    known = {unit: size for unit, found in sizes.items() for size in found if len(found) == 1}
    if len(known) < len(sizes) or None in known.values():
        return f"{told}: compare that with its list price, and state its size with --unit"
    flags = " ".join(f"--unit '{unit}={SIZES[size]}'" for unit, size in known.items() if size)
    return f"{told}, which at list is {known[dearest.unit]:,} tokens: confirm with {flags}"


def _meters(rows: pd.DataFrame) -> Iterator[Meter]:
    unknown = rows[rows.uncounted.fillna(0.0) != 0]
    keys = ["model", "unit", "kind", "currency"]
    sums = unknown.groupby(keys).agg({"uncounted": "sum", "cost": "sum", "hour": "max"})
    columns = (sums.reset_index()[name].tolist() for name in (*keys, "uncounted", "cost", "hour"))
    for model, unit, kind, currency, units, cost, hour in zip(*columns, strict=True):
        yield Meter(model, unit, kind, currency, units, cost, hour.date())
