"""Rents by one statistic: for each accelerator the median of its providers, P10 and P90."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from workbooks import tables

RANGE = (0.1, 0.5, 0.9)
"""Low, base and high, as shares of the providers."""
FEW_PROVIDERS = 4
"""Below so many the median depends on who was asked."""


@dataclass(frozen=True, slots=True)
class RentRange:
    """What providers ask for an accelerator by the hour, on demand."""

    low: float
    base: float
    high: float
    source: str
    as_of: date


def ranges(rents: Iterable[tables.Rent]) -> dict[str, RentRange]:
    """Return the range of each accelerator; each provider counts once.

    Examples
    --------
    >>> found = ranges(tables.rents())
    >>> found["GB200 NVL72"].base, found["GB200 NVL72"].source
    (13.25, 'median of 4 providers, Spheron 4.54 to Azure 27.04')
    >>> found["A10"].source
    'one provider, Lambda 1.29'
    """
    by_hardware: dict[str, list[tables.Rent]] = {}
    for rent in rents:
        by_hardware.setdefault(rent.hardware, []).append(rent)
    return {name: _range(found) for name, found in by_hardware.items()}


def few(source: str) -> str:
    """Return how many providers a rent is of, where that is few; else nothing.

    >>> few("one provider, Lambda 1.29"), few("median of 3 providers, Verda 8.62 to Oracle 18.00")
    ('one provider', '3 providers')
    >>> few("median of 17 providers, OpenRelay 2.60 to Azure 12.29"), few("your quote")
    ('', '')
    """
    told = source.split(",", maxsplit=1)[0].removeprefix("median of ")
    counts = {"one provider", *(f"{count} providers" for count in range(2, FEW_PROVIDERS))}
    return told if told in counts else ""


def _range(rents: list[tables.Rent]) -> RentRange:
    ordered = sorted(rents, key=lambda rent: rent.rent_per_gpu_hour)
    least, most = (f"{r.provider} {r.rent_per_gpu_hour:.2f}" for r in (ordered[0], ordered[-1]))
    many = f"median of {len(ordered)} providers, {least} to {most}"
    source = many if len(ordered) > 1 else f"one provider, {least}"
    prices = [rent.rent_per_gpu_hour for rent in ordered]
    low, base, high = (round(float(price), 2) for price in np.quantile(prices, RANGE))
    return RentRange(low, base, high, source, max(rent.as_of for rent in ordered))


def in_usd(row: tables.Accelerator) -> float | None:
    """Return the usual rent per GPU and hour in US dollars; None where none is known.

    >>> from dataclasses import replace
    >>> h200 = tables.accelerator("H200 SXM")
    >>> in_usd(h200), in_usd(replace(h200, rent_base_per_gpu_hour=2.0, rent_currency="EUR"))
    (4.95, 2.2344)
    """
    if row.rent_base_per_gpu_hour is None:
        return None
    return row.rent_base_per_gpu_hour * tables.exchange_rate(row.rent_currency or "USD", "USD")[0]
