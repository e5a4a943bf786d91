"""What a purchase is worth over its life: in the books, and on the market."""

from __future__ import annotations

import numpy as np

from costcore.language.elementwise import Numbers

SOLD_AT = (36, 60)
"""Ages in months at which it is known what hardware sells for."""


def resale_share(age_months: Numbers, after_36_share: Numbers, after_60_share: Numbers) -> Numbers:
    """What hardware of an age sells for, of its price: even between the ages known, then level.

    >>> [round(float(resale_share(age, 0.30, 0.12)), 4) for age in (0, 18, 36, 48, 60)]
    [1.0, 0.65, 0.3, 0.21, 0.12]

    From the fifth year on nothing is known but that something is left:

    >>> round(float(resale_share(84, 0.30, 0.12)), 4)
    0.12
    """
    first, last = SOLD_AT
    early = np.minimum(age_months, first) / first
    late = np.minimum(np.maximum(age_months - first, 0) / (last - first), 1)
    return 1 - early * (1 - after_36_share) - late * (after_36_share - after_60_share)


def annuity(rate: Numbers, periods: Numbers, payment: Numbers = -1.0) -> Numbers:
    """Present value of a payment at the end of each period, of the other sign, as ``PV`` has it.

    >>> round(float(annuity(0.01, 12)), 4), float(annuity(0.0, 12)), float(annuity(0.01, 0))
    (11.2551, 12.0, 0.0)
    """
    flat = np.asarray(rate) == 0
    worth = (1 - (1 + rate) ** -periods) / np.where(flat, 1, rate)
    return -payment * np.where(flat, periods, worth)


def depreciated(
    before: Numbers,
    residual: Numbers,
    period: Numbers,
    periods: Numbers,
    faster: Numbers = 0.0,
) -> Numbers:
    """Depreciation in a period of the life, counted from 1, of what stood in the books before it.

    The rest is spread evenly over the periods left. What a `faster` way takes, such as `declining`,
    is taken wherever that is more, so that it ends at the residual, too.

    >>> round(float(depreciated(100, 10, 1, 4)), 4)
    22.5
    >>> float(depreciated(100, 10, 1, 4, declining(100, 4)))
    50.0

    After its life nothing is left to depreciate:

    >>> float(depreciated(10, 10, 6, 4))
    0.0
    """
    even = (before - residual) / (periods - period + 1)
    most = np.minimum(np.maximum(even, faster), before - residual)
    return np.where(period > periods, 0, most)


def declining(before: Numbers, periods: Numbers, factor: Numbers = 2.0) -> Numbers:
    """Share of what stood in the books before a period: `factor` over the periods of the life.

    >>> declining(100, 4)
    50.0
    """
    return before * factor / periods
