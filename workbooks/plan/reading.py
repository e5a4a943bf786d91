"""Read a scenario file, fill in defaults, and say clearly what is wrong with it."""

from __future__ import annotations

import datetime
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from workbooks import tables
from workbooks.plan.feasibility import checked, exchange_rate
from workbooks.plan.inputs import CASES, INPUTS, SECTIONS, Input
from workbooks.plan.scenario import Entry, Scenario, ScenarioError

HEADER = ("title", "purpose", "owner", "currency", "as_of", "start_month", "horizon_months")
SERIES = ("forecast_tokens_per_month", "season_factor")
SHORTEST, LONGEST = 12, 60


def load(path: Path) -> Scenario:
    """Read and check a scenario file.

    Raises
    ------
    ScenarioError
        With the file, the key, the value and the rule that is broken.
    OSError
        If the file cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name} is not a TOML file: {error}") from None
    try:
        return parse(content, path.name)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None


def with_inputs(scenario: Scenario, typed: Mapping[str, Any]) -> Scenario:
    """Return the scenario with some inputs replaced in all cases, and checked again."""
    entries = dict(scenario.entries)
    for name, value in typed.items():
        entries[name] = _entry(INPUTS[name], value, "command line")
    return checked(replace(scenario, entries=entries))


def parse(content: Mapping[str, Any], origin: str) -> Scenario:
    """Turn the content of a scenario file into a checked scenario."""
    _known(content, (*HEADER, *SECTIONS, "series"), "is neither a setting nor a section")
    for section, inputs in SECTIONS.items():
        _known(content.get(section, {}), [each.name for each in inputs], f"is not in [{section}]")
    series = content.get("series", {})
    _known(series, SERIES, "is not in [series]")
    scenario = Scenario(
        **_header(content),
        forecast=_numbers(series, "forecast_tokens_per_month"),
        seasons=_numbers(series, "season_factor"),
        origin=origin,
    )
    typed = {k: v for section in SECTIONS for k, v in content.get(section, {}).items()}
    entries = {name: _entry_of(each, typed, scenario) for name, each in INPUTS.items()}
    return checked(replace(scenario, entries=entries))


def _known(table: Any, names: Iterable[str], complaint: str) -> None:
    if not isinstance(table, Mapping):
        raise ScenarioError(f"{table!r} should be a [section] of inputs")
    known = list(names)
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it takes {', '.join(known)}"
            raise ScenarioError(f"{key!r} {complaint}{hint}")


def _header(content: Mapping[str, Any]) -> dict[str, Any]:
    header = {name: content[name] for name in HEADER if name in content}
    for name in ("title", "purpose", "owner", "currency"):
        if not isinstance(header.get(name, ""), str):
            raise ScenarioError(f"{name} is {header[name]!r}; it must be text")
    for name in ("as_of", "start_month"):
        if not isinstance(header.get(name, datetime.date.min), datetime.date):
            raise ScenarioError(f"{name} is {header[name]!r}; it must be a date such as 2026-11-21")
    months = header.get("horizon_months", 36)
    whole = isinstance(months, int) and not isinstance(months, bool)
    if not whole or not SHORTEST <= months <= LONGEST:
        raise ScenarioError(
            f"horizon_months is {months!r}; it must be a whole number from {SHORTEST} to {LONGEST}"
        )
    day = header.setdefault("as_of", newest_price())
    header.setdefault("start_month", (day.replace(day=1) + datetime.timedelta(32)).replace(day=1))
    header["start_month"] = header["start_month"].replace(day=1)
    return header


def newest_price() -> datetime.date:
    """Day the shipped prices were made; plans are reproducible because it is not today."""
    return max(price.as_of for price in tables.token_prices() if price.as_of_kind != "retrieved")


def _numbers(series: Mapping[str, Any], name: str) -> tuple[float, ...]:
    values = series.get(name, [])
    if not isinstance(values, list) or not all(_is_number(v) and v >= 0 for v in values):
        raise ScenarioError(f"{name} is {values!r}; it must be a list of numbers of at least 0")
    return tuple(float(value) for value in values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)


def _entry_of(each: Input, typed: Mapping[str, Any], scenario: Scenario) -> Entry:
    if each.name in typed:
        return _entry(each, typed[each.name], scenario.origin)
    if each.assumption:
        return _assumed(each.assumption, scenario)
    if each.required:
        raise ScenarioError(f"{each.name} is missing; it must be {each.quantity.rule}")
    source = "" if each.default in (None, "") else "default: replace with your own"
    return Entry(each.default, each.default, each.default, source)


def _assumed(name: str, scenario: Scenario) -> Entry:
    found = next(each for each in tables.assumptions() if each.name == name)
    rate = exchange_rate(found.currency, scenario) if found.currency else 1.0
    low, base, high = (None if x is None else x * rate for x in (found.low, found.base, found.high))
    base = 0.0 if base is None else base
    return Entry(
        base if low is None else low,
        base,
        base if high is None else high,
        f"{found.source} ({found.confidence})",
        found.as_of.isoformat() if found.as_of else "",
    )


def _entry(each: Input, value: Any, origin: str) -> Entry:
    if not isinstance(value, Mapping):
        only = _value(each, value, "")
        return Entry(only, only, only, source=origin)
    _known(value, (*CASES, "source", "as_of", "owner"), f"is not part of {each.name}")
    if "base" not in value:
        raise ScenarioError(f"{each.name} has no base; give base, or all of low, base and high")
    low, base, high = (_value(each, value.get(case, value["base"]), case) for case in CASES)
    notes = (str(value.get(name, "")) for name in ("source", "as_of", "owner"))
    return Entry(low, base, high, *notes)


def _value(each: Input, value: Any, case: str) -> Any:
    place = f"{each.name} ({case})" if case else each.name
    if not each.is_number:
        if not isinstance(value, str) or (each.choices and value not in each.choices):
            rule = f"one of {', '.join(each.choices)}" if each.choices else "text"
            raise ScenarioError(f"{place} is {value!r}; it must be {rule}")
        return value
    if not _is_number(value):
        raise ScenarioError(f"{place} is {value!r}; it must be {each.quantity.rule}")
    if not each.quantity.admits(np.asarray(float(value))):
        raise ScenarioError(f"{place} is {value}; it must be {each.quantity.rule}")
    return float(value)
