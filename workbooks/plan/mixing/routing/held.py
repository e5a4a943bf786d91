"""The price of tokens month by month where a contract on their engine holds it until its end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.together import held
from workbooks.plan.mixing import amounts
from workbooks.plan.mixing.naming import Names
from workbooks.plan.mixing.starting import billed_plan
from workbooks.portfolio.terms import Portfolio

TYPED = {
    "path": "without contracts, at today's rates",
    "moved": "rate of the month over today's",
}
"""What the price of a month is made of, beside the contract."""


def price_name(w: int, b: int, part: str) -> str:
    """Return the name of the price that an engine has for a workload, or of a part of it.

    >>> price_name(1, 2, "price"), price_name(1, 2, "moved")
    ('w1_b2_price_per_mtok', 'w1_b2_moved_factor')
    """
    return f"w{w}_b{b}_{part}_{'factor' if part == 'moved' else 'per_mtok'}"


def deals(names: Names, b: int) -> list[Deal]:
    """Return the contracts that hold the prices of an engine."""
    return [
        Deal(f"b{b}", place, each)
        for place, each in enumerate(names.contracts, start=1)
        if each.engine == names.each_billed[b - 1] and each.price_held == "yes"
    ]


def parts(portfolio: Portfolio, names: Names, b: int) -> dict[str, Any]:
    """Return what the prices of an engine are made of, by month; no rate where none moves them."""
    engine, paths, rates = portfolio.billed[b - 1], {}, {}
    for w, workload in enumerate(portfolio.workloads, start=1):
        path, moved = amounts.held_parts(workload, engine, billed_plan({}, workload, engine))
        is_apart = (w, f"b{b}") in names.forbidden
        paths[price_name(w, b, "path")] = np.zeros_like(path) if is_apart else path
        rates[price_name(w, b, "moved")] = moved
    return paths | (rates if any(np.any(moved != 1) for moved in rates.values()) else {})


def lines(names: Names, b: int, moves: bool) -> Iterator[Line]:
    """Yield the price of each workload that is held, and where rates move it what that comes to."""
    kept = "held" if moves else "price"
    for w in names.workloads:
        label = f"{names.each_workload[w - 1]}, held by contract until its end"
        yield Line(price_name(w, b, kept), label, partial(_held, deals(names, b), w, b, kept))
    for w in names.workloads if moves else ():
        label = f"{names.each_workload[w - 1]}, at the rate of the month"
        yield Line(price_name(w, b, "price"), label, partial(_moved, w, b))


def _held(holding: list[Deal], w: int, b: int, kept: str, m: Any) -> Any:
    return held(holding, getattr(m, price_name(w, b, "path")), price_name(w, b, kept), m)


def _moved(w: int, b: int, m: Any) -> Any:
    return getattr(m, price_name(w, b, "held")) * getattr(m, price_name(w, b, "moved"))
