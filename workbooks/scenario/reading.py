"""Read a scenario file, fill in defaults, and say clearly what is wrong with it."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from workbooks import tables
from workbooks.scenario.contracts import read as read_contracts
from workbooks.scenario.entries import (
    LARGEST,
    check_keys,
    checked_code,
    checked_text,
    default,
    is_number,
    peak_of_load,
    shown,
    written,
)
from workbooks.scenario.feasibility import checked, exchange_rate
from workbooks.scenario.inputs import INPUTS, SECTIONS
from workbooks.scenario.own_rows import TABLES, Beside
from workbooks.scenario.own_rows import read as read_rows
from workbooks.scenario.scenario import Entry, Scenario, ScenarioError
from workbooks.scenario.sized import as_measured, of_lengths, sized
from workbooks.scenario.sized import replaced as unmeasured
from workbooks.scenario.steps import OPTIONS, budget_rates, stepped

HEADER = (
    "title",
    "purpose",
    "owner",
    "currency",
    "as_of",
    "start_month",
    "horizon_months",
    "load_shape",
    "tolerance_cost",
)
SERIES = (
    "forecast_tokens_per_month",
    "season_factor",
    "api_price_factor",
    "managed_price_factor",
    "currency_factor",
    "load_factor",
)
SHORTEST, LONGEST = 12, 60
FIRST_DAY, LAST_DAY = datetime.date(2020, 1, 1), datetime.date(2099, 12, 31)
NOTHING: Mapping[str, Any] = MappingProxyType({})


def ready() -> dict[str, Traversable]:
    """Return the ready scenarios by name."""
    folder = files("workbooks.data") / "scenarios"
    toml = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return {file.name.removesuffix(".toml"): file for file in sorted(toml, key=lambda f: f.name)}


def load(file: Traversable, typed: Mapping[str, Any] = NOTHING) -> Scenario:
    """Read and check a scenario file; see `parse` for what was `typed` beside it.

    Raises
    ------
    ScenarioError
        With the file, the key, the value and the rule that is broken.
    OSError
        If the file cannot be read.
    """
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{file.name} is not a TOML file: {error}") from None
    try:
        return parse(content, file.name, typed)
    except ScenarioError as error:
        flags = " with your flags" if typed else ""
        raise ScenarioError(f"{file.name}{flags}: {error}") from None


def parse(content: Mapping[str, Any], origin: str, typed: Mapping[str, Any] = NOTHING) -> Scenario:
    """Turn the content of a scenario file into a checked scenario.

    What is `typed` on the command line, inputs and settings by name, wins over the file in all
    three cases. When another currency is typed than the file has, its amounts are converted.
    """
    _check_names(content)
    series = content.get("series", {})
    scenario = Scenario(
        **_header({**content, **typed}),
        forecast=_numbers(series, "forecast_tokens_per_month"),
        seasons=_numbers(series, "season_factor"),
        load_factors=load_of(_numbers(series, "load_factor")),
        rows=read_rows(content),
        origin=origin,
    )
    currency = _header(content).get("currency", Scenario.currency)
    scenario = _dated(content, scenario, currency)
    chosen = {n: Entry(v, v, v, "command line") for n, v in typed.items() if n in INPUTS}
    own = Beside(scenario.rows)
    known = written(content, typed, scenario, currency, own)
    gone = unmeasured(known, typed)
    known = {name: entry for name, entry in known.items() if name not in gone} | chosen
    rate = exchange_rate(currency, scenario, own)
    contracts = read_contracts(content.get("contract", []), rate, scenario.currency)
    if "load_shape" in content or scenario.load_factors:
        known.setdefault("peak_factor", peak_of_load(scenario.load_shape, scenario.load_factors))
    known |= of_lengths(known) | as_measured(known, scenario) | sized(known, scenario)
    entries = _complete(known, scenario, own)
    whole = replace(scenario, entries=entries, contracts=contracts)
    return checked(whole, own)


def _complete(known: Mapping[str, Entry], scenario: Scenario, own: Beside) -> dict[str, Entry]:
    """Add what is assumed of every input that the file leaves out."""
    is_listed = "hardware" in known and bool(known["hardware"].base)
    return {
        name: known.get(name) or default(each, scenario, own, is_listed)
        for name, each in INPUTS.items()
    }


def _dated(content: Mapping[str, Any], scenario: Scenario, currency: str) -> Scenario:
    """Return the scenario with what changes on a date: token prices and budget rates."""
    series, steps = content.get("series", {}), content.get("price_step", [])
    factors = (_numbers(series, f"{option}_price_factor") for option in OPTIONS)
    api, managed = (
        stepped(steps, option, each, scenario)
        for option, each in zip(OPTIONS, factors, strict=True)
    )
    told = replace(scenario, currency=currency)
    rates = budget_rates(content.get("budget_rate", []), currency_factors(series), told)
    general = rates.pop("", ())
    rates.pop(scenario.currency, None)
    return replace(
        scenario,
        api_steps=api,
        managed_steps=managed,
        currency_rates=general,
        currency_rates_of=rates,
    )


def currency_factors(series: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    """Return budget rates over today's: of all other currencies, or of each by its code."""
    held = series.get("currency_factor", [])
    if not isinstance(held, Mapping):
        factors = _numbers(series, "currency_factor")
        return {"": factors} if factors else {}
    for code in held:
        checked_code("a currency of currency_factor", code)
    return {code: _numbers(held, code) for code in held}


def load_of(factors: tuple[float, ...]) -> tuple[float, ...]:
    """Return a load of one's own by hour if it has whole days, and a load in some hour."""
    if factors and (len(factors) % 24 or not sum(factors) > 0):
        rule = "it must have whole days of 24 hours, and a load in one of them"
        raise ScenarioError(f"load_factor has {len(factors)} hours; {rule}")
    return factors


def _check_names(content: Mapping[str, Any]) -> None:
    check_keys(
        content,
        (*HEADER, *SECTIONS, *TABLES, "series", "contract", "price_step", "budget_rate"),
        "is neither a setting nor a section",
    )
    for section, inputs in SECTIONS.items():
        names = [each.name for each in inputs]
        check_keys(content.get(section, {}), names, f"is not in [{section}]", section)
    check_keys(content.get("series", {}), SERIES, "is not in [series]", "series")


def _header(content: Mapping[str, Any]) -> dict[str, Any]:
    header = {name: content[name] for name in HEADER if name in content}
    for name in ("title", "purpose", "owner", "currency", "load_shape"):
        checked_text(name, header.get(name, ""))
    for name in ("as_of", "start_month"):
        _check_day(name, header.get(name, FIRST_DAY))
    months = header.get("horizon_months", 36)
    whole = isinstance(months, int) and not isinstance(months, bool)
    if not whole or not SHORTEST <= months <= LONGEST:
        rule = f"it must be a whole number from {SHORTEST} to {LONGEST}"
        raise ScenarioError(f"horizon_months is {shown(months)}; {rule}")
    tolerance = header.setdefault("tolerance_cost", Scenario.tolerance_cost)
    if not is_number(tolerance) or tolerance < 0:
        rule = f"it must be a number from 0 to {LARGEST:g}"
        raise ScenarioError(f"tolerance_cost is {shown(tolerance)}; {rule}")
    day = header.setdefault("as_of", newest_price())
    header.setdefault("start_month", day.replace(day=1) + datetime.timedelta(32))
    header["start_month"] = header["start_month"].replace(day=1)
    return header


def _check_day(name: str, value: Any) -> None:
    if type(value) is not datetime.date or not FIRST_DAY <= value <= LAST_DAY:
        rule = f"it must be a date such as 2026-11-21, from {FIRST_DAY} to {LAST_DAY}"
        raise ScenarioError(f"{name} is {shown(value)}; {rule}")


def newest_price() -> datetime.date:
    """Day of the newest prices; plans are reproducible because it is not today."""
    made = (
        p for p in tables.token_prices() if p.origin != "shipped" or p.as_of_kind != "retrieved"
    )
    return max(price.as_of for price in made)


def _numbers(series: Mapping[str, Any], name: str) -> tuple[float, ...]:
    values = series.get(name, [])
    if not isinstance(values, list) or not all(is_number(v) and v >= 0 for v in values):
        rule = f"it must be a list of numbers from 0 to {LARGEST:g}"
        raise ScenarioError(f"{name} is {shown(values)}; {rule}")
    return tuple(float(value) for value in values)
