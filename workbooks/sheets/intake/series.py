"""Read back what is typed by month and by hour: volumes, seasons, price steps, and the load."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workbooks import tables as shipped
from workbooks.lint.reading import Page
from workbooks.plan.lines.owing.currencies import series_name
from workbooks.scenario.scenario import Scenario
from workbooks.sheets.draft import FIRST, LABEL
from workbooks.sheets.intake.cells import Place, Reader, at_least_0
from workbooks.sheets.intake.lost import is_asked
from workbooks.sheets.pages.months import BY_CODE, MONTHS_LABEL, SERIES_LABELS, series_label
from workbooks.sizing.shapes import hourly

LOAD_HEADING = "Load over mean"


def with_series(reader: Reader, scenario: Scenario) -> Scenario:
    """Return the scenario with what is typed by month and by hour."""
    forecast = _months(reader, "forecast_tokens_per_month", float("nan"))
    _check_gap(reader, forecast)
    seasons = _months(reader, "season_factor")
    months = scenario.horizon_months
    return replace(
        scenario,
        forecast=_trimmed(forecast[:months], np.isnan),
        seasons=_seasons(seasons, months),
        **_budgeted(reader, months),
        api_steps=_steps(reader, "api", months),
        managed_steps=_steps(reader, "managed", months),
        load_factors=_load(reader),
    )


def _budgeted(reader: Reader, months: int) -> dict[str, Any]:
    """Return budget rates of all other currencies, or of each that has a line of its own."""
    page = reader.sheet("Workload", SERIES_LABELS["season_factor"])
    labels = [str(cell.shown).strip() for cell in page.texts] if page else []
    codes = [found[1] for label in labels if (found := OF_ONE.fullmatch(label))]
    if not codes:
        return {"currency_rates": _rates(_months(reader, "currency_factor")[:months])}
    each = {code: _rates(_months(reader, series_name(code))[:months]) for code in codes}
    return {"currency_rates_of": {code: rates for code, rates in each.items() if rates}}


OF_ONE = re.compile(BY_CODE.format(code="([A-Z]{3})"))


def _rates(factors: Sequence[float]) -> tuple[float, ...]:
    """Return the budget rates up to the last that differs from the one before."""
    turns = [t for t in range(1, len(factors)) if factors[t] != factors[t - 1]]
    kept = tuple(factors[: (turns[-1] + 1 if turns else 1)])
    return () if kept == (1.0,) else kept


def _steps(reader: Reader, option: str, months: int) -> tuple[float, ...]:
    """Return the factors on the price path of an option, if the workbook has it."""
    if not is_asked(reader, f"{option}_model"):
        return ()
    factors = _months(reader, f"{option}_price_factor")
    return _trimmed(factors[:months], lambda factor: factor == 1)


def _months(reader: Reader, name: str, if_blank: float | None = None) -> list[float]:
    """Return a line of the sheet Workload."""
    label = series_label(name)
    page = reader.sheet("Workload", label)
    row, months = (_row(reader, page, each) for each in (label, MONTHS_LABEL))
    if page is None or not row or not months:
        return []
    check = at_least_0(name, if_blank)
    columns = sorted(column for at, column in page.cells if at == months and column > FIRST)
    return [reader.read(Place(page, row, column), check, 1.0) for column in columns]


def _check_gap(reader: Reader, forecast: Sequence[float]) -> None:
    """Refuse a blank month before one of the user's own: nobody knows what was meant."""
    blanks = np.isnan(forecast)
    gaps = [t for t in np.flatnonzero(blanks) if not blanks[t:].all()]
    page = reader.sheet("Workload", SERIES_LABELS["forecast_tokens_per_month"])
    if gaps and page:
        row = _row(reader, page, SERIES_LABELS["forecast_tokens_per_month"])
        rule = "it must have a number, for a later month has one"
        place = Place(page, row, FIRST + 1 + int(gaps[0]))
        reader.complain(place, f"forecast_tokens_per_month is blank; {rule}")


def _row(reader: Reader, page: Page | None, label: str) -> int:
    """Return the row of a label; one that is not there, or stands twice, is kept as bad."""
    if page is None:
        return 0
    rows = [cell.row for cell in page.texts if cell.column == LABEL + 1 and cell.shown == label]
    if len(rows) == 1:
        return rows[0]
    twice = f"stands in the rows {' and '.join(map(str, rows))}; keep one"
    lost = f"the line {label!r} {twice if rows else 'is not there; put it back'}"
    reader.complain(Place(page, max(rows, default=1), 1), lost)
    return 0


def _trimmed(values: Sequence[float], idle: Callable[[float], Any]) -> tuple[float, ...]:
    """Return the values without those at the end that say nothing."""
    last = max((t for t, value in enumerate(values, 1) if not idle(value)), default=0)
    return tuple(values[:last])


def _seasons(factors: Sequence[float], months: int) -> tuple[float, ...]:
    """Return twelve factors if they repeat, else one for each month of the plan."""
    year = tuple(factors[:12])
    if set(factors) <= {1.0}:
        return ()
    if all(factor == year[t % 12] for t, factor in enumerate(factors)):
        return year
    return (*factors[:months], *(1.0,) * (months - len(factors)))


def _load(reader: Reader) -> tuple[float, ...]:
    """Return the load by hour if it is that of no shipped trace."""
    page = reader.sheet("Load", LOAD_HEADING)
    top = reader.heading(page, LOAD_HEADING).get(LOAD_HEADING) if page else None
    if page is None or top is None:
        return ()
    rows = sorted(row for row, column in page.cells if column == top.column and row > top.row)
    check = at_least_0("load over mean")
    factors = tuple(reader.read(Place(page, row, top.column), check, 1.0) for row in rows)
    shapes = {hour.shape for hour in shipped.load_shapes()}
    known = any(_alike(factors, hourly(shape)) for shape in shapes)
    return () if known else factors


def _alike(factors: Sequence[float], others: Any) -> bool:
    """Say whether two loads are one: a cell keeps 16 digits of 17."""
    return len(factors) == len(others) and np.allclose(factors, others, rtol=1e-12, atol=0)
