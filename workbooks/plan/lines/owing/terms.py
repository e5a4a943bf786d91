"""Terms of contracts, and lines about them, under the names that rules and cells have for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from workbooks.scenario.contracts import NUMBERS
from workbooks.scenario.scenario import Contract

SUMS = "owed|used|wasted|exit|fees|settled"
OWED = re.compile(
    rf"[a-z]+\d*_(c\d+_\w+|[a-z]+\d*_overage_(?:factor|per_month)|({SUMS})_per_month)"
)
"""Names of the lines on the sheet of the commitments, not in the plan by month."""


def terms(contracts: Sequence[Contract]) -> dict[str, float]:
    """Return the terms of the contracts by the names that rules read; no notice is nan."""
    return {
        term_name(place, term): np.nan if (held := getattr(each, term)) is None else held
        for place, each in enumerate(contracts, 1)
        for term in NUMBERS
    }


def term_name(place: int, term: str) -> str:
    """Return the name of a term of a contract.

    >>> term_name(2, "first_month")
    'contract2_first_month'
    """
    return f"contract{place}_{term}"
