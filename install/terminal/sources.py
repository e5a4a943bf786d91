"""Who says so, and as of which day: for the figures that an answer rests on."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbooks.portfolio.terms import Portfolio
    from workbooks.scenario.scenario import Scenario


def of_scenario(scenario: Scenario, sections: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return a line for each input that is not left at its default, and for the rows it names.

    What has no date of its own was judged for the day of the plan. Without `sections` all count.
    """
    from workbooks.scenario.inputs import SECTIONS

    asked = {each.name for name in sections or SECTIONS for each in SECTIONS[name]}
    entries = {name: entry for name, entry in scenario.entries.items() if name in asked}
    stated = [
        _line(name, entry.base, entry.source, entry.as_of or str(scenario.as_of))
        for name, entry in entries.items()
        if entry.base is not None and entry.source and not entry.source.startswith("default")
    ]
    named = {name: entry.base for name, entry in entries.items()}
    models = [named.get(name, "") for name in ("api_model", "managed_model")]
    rows = [*of_prices(models, scenario.as_of), *of_hardware([named.get("hardware", "")])]
    return [*stated, *rows]


def of_portfolio(portfolio: Portfolio) -> list[dict[str, Any]]:
    """Return the same for each workload and each engine, by its name."""
    engines = (*portfolio.billed, *portfolio.pools)
    parts = [
        *((each.name, each.scenario, "workload") for each in portfolio.workloads),
        *((e.name, e.scenario, "nodes" if e.is_pool else e.inputs) for e in engines),
    ]
    return [
        {"part": name, **line}
        for name, scenario, section in parts
        for line in of_scenario(scenario, [section])
    ]


def of_prices(models: Iterable[str], day: datetime.date | None = None) -> Iterator[dict[str, Any]]:
    """Yield the price row of each model that the table has."""
    from workbooks import tables

    for model in filter(None, models):
        try:
            price = tables.price_on(model, day)
        except LookupError:
            continue
        yield _line(
            f"price of {model}", price.input_price_per_mtok, price.source, str(price.as_of)
        ) | {"output_price_per_mtok": price.output_price_per_mtok, "currency": price.currency}


def of_hardware(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield who says what accelerators can do, and what they rent and sell for."""
    from workbooks import tables

    known = {row.hardware: row for row in tables.accelerators()}
    for row in (known[name] for name in names if name in known):
        yield _line(f"{row.hardware}, data sheet", None, row.spec_source, str(row.spec_as_of))
        if row.rent_base_per_gpu_hour:
            yield _line(
                f"{row.hardware}, rent per GPU and hour",
                row.rent_base_per_gpu_hour,
                row.rent_source,
                str(row.rent_as_of),
            )
        if row.buy_base_per_gpu:
            yield _line(
                f"{row.hardware}, purchase per GPU",
                row.buy_base_per_gpu,
                row.buy_source,
                str(row.buy_as_of),
            )


def of_model(name: str) -> dict[str, Any]:
    """Return who says what shape an open model has."""
    from workbooks import tables

    model = tables.model(name)
    return _line(f"{name}, shape", None, model.source, str(model.as_of))


def _line(of: str, value: Any, source: str, as_of: str) -> dict[str, Any]:
    return {"of": of, "value": value, "source": source, "as_of": as_of}
