"""What each option pays at the rates of other currencies."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from costcore.language.timeline import Line
from workbooks.plan.lines.option import TITLES

HEADING = "Exposure: paid at the rates of other currencies"


def exposure(options: tuple[str, ...], buys: bool, rest: str) -> Iterator[Line]:
    """Yield, for each option, what its prices in other currencies come to in the plan's."""
    for place, option in enumerate(options):
        yield Line(
            f"{option}_foreign_per_month",
            f"{TITLES[option]}: in other currencies",
            functools.partial(_flow, flows(option, buys, rest)),
            sums=True,
            heading="" if place else HEADING,
        )


def flows(option: str, buys: bool, rest: str) -> dict[str, str]:
    """Return the lines of an option that are paid at a price, by the name of that price."""
    if option in ("api", "managed"):
        return {option: f"{option}_usage_per_month"}
    bought = {"buy": f"{option}_purchases_per_month"} if buys else {}
    mixed = option == "hybrid" and rest == "managed"
    platform = {"managed": f"{option}_managed_per_month"} if mixed else {}
    own = {"api": f"{option}_api_per_month", "rent": f"{option}_rent_per_month"}
    return own | platform | bought


def _flow(parts: dict[str, str], m: Any) -> Any:
    return sum(
        getattr(m, flow) * getattr(m, f"{price}_foreign_count") for price, flow in parts.items()
    )
