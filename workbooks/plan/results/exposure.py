"""What each option pays at the rates of other currencies."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from costcore.language.timeline import Line
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.owing.currencies import Currencies

HEADING = "Exposure: paid at the rates of other currencies"


def exposure(options: tuple[str, ...], buys: bool, rest: str, others: Currencies) -> Iterator[Line]:
    """Yield, for each option, what its prices in other currencies come to in the plan's."""
    heading = HEADING
    for option in options:
        for part, label, number in others.exposed():
            yield Line(
                f"{option}_{part}_per_month",
                f"{TITLES[option]}: in {label}",
                functools.partial(_flow, flows(option, buys, rest), number if others.apart else 0),
                sums=True,
                heading=heading,
            )
            heading = ""


def flows(option: str, buys: bool, rest: str) -> dict[str, str]:
    """Return the lines of an option that are paid at a price, by the name of that price."""
    if option in ("api", "managed"):
        return {option: f"{option}_usage_per_month"}
    bought = {"buy": f"{option}_purchases_per_month"} if buys else {}
    mixed = option == "hybrid" and rest == "managed"
    platform = {"managed": f"{option}_managed_per_month"} if mixed else {}
    own = {"api": f"{option}_api_per_month", "rent": f"{option}_rent_per_month"}
    return own | platform | bought


def _flow(parts: dict[str, str], number: int, m: Any) -> Any:
    """Add up what is paid in the currency of a number; without one, in any other."""
    counts = (
        (getattr(m, flow), getattr(m, f"{price}_foreign_count")) for price, flow in parts.items()
    )
    return sum(flow * (count == number) if number else flow * count for flow, count in counts)
