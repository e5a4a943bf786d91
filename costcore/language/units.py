"""The units that names end in: how each reads, and how a cell in it is formatted; days too."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit reads in prose, and how a cell in that unit is formatted."""

    label: str
    cell_format: str


MONEY = "#,##0;[Red](#,##0);-"
PRICE = "#,##0.00##;[Red](#,##0.00##);-"
COUNT = "#,##0;[Red](#,##0);-"
SHARE = "0.0%"

UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "per_mtok": Unit("money per million tokens", PRICE),
        "tokens": Unit("tokens", COUNT),
        "tokens_per_month": Unit("tokens per month", COUNT),
        "tokens_per_hour": Unit("tokens per hour", COUNT),
        "tokens_per_second": Unit("tokens per second", "#,##0.0"),
        "requests_per_minute": Unit("requests per minute", "#,##0.0"),
        "capex": Unit("money", MONEY),
        "residual": Unit("money", MONEY),
        "cost": Unit("money", "[>=100]#,##0;[<=-100]-#,##0;0.00##"),
        "per_month": Unit("money per month", MONEY),
        "per_year": Unit("money per year", MONEY),
        "per_hour": Unit("money per hour", PRICE),
        "per_gpu_hour": Unit("money per GPU and hour", PRICE),
        "per_gpu_month": Unit("money per GPU and month", MONEY),
        "per_gpu": Unit("money per GPU", MONEY),
        "kw_per_gpu": Unit("kW per GPU", "0.00"),
        "per_kwh": Unit("money per kWh", "0.000"),
        "per_kw_month": Unit("money per kW and month", "#,##0.00"),
        "kw": Unit("kW", "0.00"),
        "hours": Unit("hours", "#,##0.0"),
        "hours_per_month": Unit("hours per month", "#,##0.0"),
        "incidents_per_year": Unit("incidents per year", "0.0"),
        "share": Unit("share, 0 to 1", SHARE),
        "shares": Unit("shares, 0 to 1", SHARE),
        "share_per_year": Unit("share per year", SHARE),
        "rate": Unit("share per year", SHARE),
        "period_rate": Unit("share per period", SHARE),
        "growth_per_year": Unit("share per year", SHARE),
        "change_per_year": Unit("share per year", SHARE),
        "factor": Unit("ratio", "0.00"),
        "factors": Unit("ratios", "0.00"),
        "pue": Unit("ratio", "0.00"),
        "years": Unit("years", "0"),
        "months": Unit("months", "0.0"),
        "b": Unit("billion", "0.00"),
        "layers": Unit("layers", "0"),
        "full": Unit("layers", "0"),
        "heads": Unit("heads", "0"),
        "hidden": Unit("numbers", "#,##0"),
        "dim": Unit("numbers", "0"),
        "elems_per_layer": Unit("numbers per layer", "#,##0"),
        "experts": Unit("experts", "0"),
        "experts_per_token": Unit("experts", "0"),
        "tb_per_s": Unit("TB per second", "0.00"),
        "gb_per_s": Unit("GB per second", "#,##0"),
        "us": Unit("µs", "0.0"),
        "gflop": Unit("GFLOP", "#,##0.00"),
        "form": Unit("text", "@"),
        "count": Unit("count", "#,##0"),
        "currency": Unit("text", "@"),
        "hardware": Unit("text", "@"),
        "system": Unit("text", "@"),
        "case": Unit("1 downside, 2 base, 3 upside", "0"),
        "check": Unit("0 is right, 1 is wrong", "0"),
        "days": Unit("days", "0"),
        "nodes": Unit("nodes", "#,##0"),
        "gpus": Unit("GPUs", "0"),
        "fte": Unit("full-time staff", "0.00"),
        "attempts": Unit("attempts", "0"),
        "text": Unit("text", "@"),
        "kind": Unit("text", "@"),
        "gb": Unit("GB", "#,##0.0"),
        "bytes": Unit("bytes", "0.####"),
        "bytes_per_token": Unit("bytes per token", COUNT),
        "ms": Unit("milliseconds", "0.00"),
        "tflops": Unit("TFLOPS", "#,##0"),
        "precision": Unit("text", "@"),
        "row": Unit("table", "@"),
        "model": Unit("text", "@"),
        "component": Unit("text", "@"),
        "as_of": Unit("date", "yyyy-mm-dd"),
        "table": Unit("table", "@"),
        "options": Unit("table", "@"),
        "percentile": Unit("share, 0 to 1", SHARE),
        "seed": Unit("count", "0"),
    }
)

TEXT_UNITS = frozenset({"text", "date", "table"})


@cache
def unit_of(name: str) -> Unit:
    """Return the unit that `name` ends in; the longest match wins.

    Raises
    ------
    LookupError
        If the name ends in no known unit.

    Examples
    --------
    >>> unit_of("api_price_per_mtok").label
    'money per million tokens'
    >>> unit_of("capacity_tokens_per_month").label
    'tokens per month'
    """
    suffixes = [suffix for suffix in UNITS if name == suffix or name.endswith(f"_{suffix}")]
    if not suffixes:
        raise LookupError(f"{name!r} does not end in a known unit")
    return UNITS[max(suffixes, key=len)]


def is_number(name: str) -> bool:
    """Say whether the argument called `name` is a number or numbers."""
    return unit_of(name).label not in TEXT_UNITS


EXCEL_EPOCH = datetime.date(1899, 12, 30)


def day_of(cell: object) -> datetime.date:
    """Return the day that a cell holds: a date, its number in a sheet, or its text.

    Raises
    ------
    TypeError
        If it is none of them.

    Examples
    --------
    >>> day_of(45_901.5), day_of("2025-09-01T10:00")
    (datetime.date(2025, 9, 1), datetime.date(2025, 9, 1))
    """
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return EXCEL_EPOCH + datetime.timedelta(days=int(cell))
    try:
        return datetime.date.fromisoformat(str(cell)[:10])
    except ValueError:
        raise TypeError(f"{cell!r} is not a date") from None
