"""Read a scenario file, fill in defaults, and say clearly what is wrong with it."""

from __future__ import annotations

import datetime
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import numpy as np

from costcore.draws import SHAPES
from workbooks import tables
from workbooks.plan.feasibility import checked, exchange_rate
from workbooks.plan.inputs import CASES, INPUTS, SECTIONS, Input
from workbooks.plan.scenario import Entry, Scenario, ScenarioError

HEADER = ("title", "purpose", "owner", "currency", "as_of", "start_month", "horizon_months")
SERIES = ("forecast_tokens_per_month", "season_factor", "api_price_factor")
SHORTEST, LONGEST = 12, 60
SMALLEST, LARGEST = 1e-9, 1e15
"""Beyond them a product of a few inputs leaves what a cell can show."""
FIRST_DAY, LAST_DAY = datetime.date(2020, 1, 1), datetime.date(2099, 12, 31)
LONGEST_TEXT, LONGEST_SHOWN = 1_000, 80
NOTES = ("source", "as_of", "owner")
NOTHING: Mapping[str, Any] = MappingProxyType({})
OWN_FIGURES = MappingProxyType(
    {
        **{
            f"{option}_model": tuple(
                f"{option}_{part}_price_per_mtok" for part in ("input", "output", "cached")
            )
            for option in ("api", "managed")
        },
        "hardware": (
            "rent_per_gpu_hour",
            "capex_per_gpu",
            "power_kw_per_gpu",
            "node_tokens_per_second",
        ),
        "gpus_per_node_count": ("node_tokens_per_second",),
        "system": ("node_tokens_per_second",),
    }
)
"""Figures of a file that describe the very thing another choice replaces."""


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
        api_steps=_numbers(series, "api_price_factor"),
        origin=origin,
    )
    written = _written(content, typed, scenario)
    chosen = {n: Entry(v, v, v, "command line") for n, v in typed.items() if n in INPUTS}
    known = written | chosen
    entries = {name: known.get(name) or _default(each, scenario) for name, each in INPUTS.items()}
    return checked(replace(scenario, entries=entries))


def _check_names(content: Mapping[str, Any]) -> None:
    _known(content, (*HEADER, *SECTIONS, "series"), "is neither a setting nor a section")
    for section, inputs in SECTIONS.items():
        names = [each.name for each in inputs]
        _known(content.get(section, {}), names, f"is not in [{section}]", section)
    _known(content.get("series", {}), SERIES, "is not in [series]", "series")


def _known(table: Any, names: Iterable[str], complaint: str, title: str = "") -> None:
    if not isinstance(table, Mapping):
        raise ScenarioError(f"{title} is {_shown(table)}; it must be a section: [{title}]")
    known = list(names)
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}"
            raise ScenarioError(f"{_shown(key)} {complaint}; {hint}")


def _header(content: Mapping[str, Any]) -> dict[str, Any]:
    header = {name: content[name] for name in HEADER if name in content}
    for name in ("title", "purpose", "owner", "currency"):
        _text(name, header.get(name, ""))
    for name in ("as_of", "start_month"):
        _check_day(name, header.get(name, FIRST_DAY))
    months = header.get("horizon_months", 36)
    whole = isinstance(months, int) and not isinstance(months, bool)
    if not whole or not SHORTEST <= months <= LONGEST:
        rule = f"it must be a whole number from {SHORTEST} to {LONGEST}"
        raise ScenarioError(f"horizon_months is {_shown(months)}; {rule}")
    day = header.setdefault("as_of", newest_price())
    header.setdefault("start_month", day.replace(day=1) + datetime.timedelta(32))
    header["start_month"] = header["start_month"].replace(day=1)
    return header


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        rule = f"it must be text of at most {LONGEST_TEXT} characters"
        raise ScenarioError(f"{place} is {_shown(value)}; {rule}")
    return value


def _check_day(name: str, value: Any) -> None:
    if type(value) is not datetime.date or not FIRST_DAY <= value <= LAST_DAY:
        rule = f"it must be a date such as 2026-11-21, from {FIRST_DAY} to {LAST_DAY}"
        raise ScenarioError(f"{name} is {_shown(value)}; {rule}")


def newest_price() -> datetime.date:
    """Day the shipped prices were made; plans are reproducible because it is not today."""
    return max(price.as_of for price in tables.token_prices() if price.as_of_kind != "retrieved")


def _numbers(series: Mapping[str, Any], name: str) -> tuple[float, ...]:
    values = series.get(name, [])
    if not isinstance(values, list) or not all(_is_number(v) and v >= 0 for v in values):
        rule = f"it must be a list of numbers from 0 to {LARGEST:g}"
        raise ScenarioError(f"{name} is {_shown(values)}; {rule}")
    return tuple(float(value) for value in values)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return value == 0 or SMALLEST <= abs(value) <= LARGEST


def _written(
    content: Mapping[str, Any], typed: Mapping[str, Any], scenario: Scenario
) -> dict[str, Entry]:
    rate = exchange_rate(_header(content).get("currency", Scenario.currency), scenario)
    entries = {
        name: _entry(INPUTS[name], value, scenario.origin, rate)
        for section in SECTIONS
        for name, value in content.get(section, {}).items()
    }
    replaced = [
        own
        for choice, figures in OWN_FIGURES.items()
        if choice in typed and (choice not in entries or entries[choice].base != typed[choice])
        for own in figures
    ]
    return {name: entry for name, entry in entries.items() if name not in replaced}


def _default(each: Input, scenario: Scenario) -> Entry:
    if each.assumption:
        return _assumed(each.assumption, scenario)
    if each.required:
        raise ScenarioError(f"{each.name} is missing; it must be {each.quantity.rule}")
    if each.default in (None, ""):
        return Entry(*3 * (each.default,))
    value = _converted(each, each.default, exchange_rate("USD", scenario))
    return Entry(value, value, value, "default: replace with your own")


def _assumed(name: str, scenario: Scenario) -> Entry:
    found = next(each for each in tables.assumptions() if each.name == name)
    rate = exchange_rate(found.currency, scenario) if found.currency else 1.0
    low, high = (found.base if x is None else x for x in (found.low, found.high))
    day = found.as_of.isoformat() if found.as_of else ""
    source = f"{found.source} ({found.confidence})"
    return Entry(low * rate, found.base * rate, high * rate, source, day)


def _entry(each: Input, value: Any, origin: str, rate: float) -> Entry:
    if not isinstance(value, Mapping):
        only = _converted(each, _value(each, value, each.name), rate)
        return Entry(only, only, only, source=origin)
    _known(value, (*CASES, *NOTES, "shape"), f"is not part of {each.name}")
    if "base" not in value:
        raise ScenarioError(f"{each.name} has no base; give base, or all of low, base and high")
    cases = (
        _value(each, value.get(case, value["base"]), f"{each.name} ({case})") for case in CASES
    )
    notes = {name: _note(f"{name} of {each.name}", value.get(name, "")) for name in NOTES}
    low, base, high = (_converted(each, case, rate) for case in cases)
    return Entry(low, base, high, **notes, shape=_shape(each, value))


def _shape(each: Input, value: Mapping[str, Any]) -> str:
    """Return how the range is spread when it is drawn."""
    shape = value.get("shape", "pert")
    if shape not in tuple(SHAPES):  # a tuple, for a TOML value may be unhashable
        rule = f"it must be one of {', '.join(SHAPES)}"
        raise ScenarioError(f"shape of {each.name} is {_shown(shape)}; {rule}")
    return str(shape)


def _note(place: str, value: Any) -> str:
    return str(value) if isinstance(value, datetime.date) else _text(place, value)


def _converted(each: Input, value: Any, rate: float) -> Any:
    return value * rate if each.unit_label.startswith("money") else value


def _value(each: Input, value: Any, place: str) -> Any:
    """Return the value of an input if it may have it; the `place` is where it was written."""
    if not each.is_number and (not each.choices or value in each.choices):
        return _text(place, value)
    if each.is_number and _is_number(value) and each.quantity.admits(np.asarray(float(value))):
        return float(value)
    rule = f"one of {', '.join(each.choices)}" if each.choices else each.quantity.rule
    if isinstance(value, float | int) and abs(value) > LARGEST:
        rule = f"0 or between {SMALLEST:g} and {LARGEST:g} in size"
    raise ScenarioError(f"{place} is {_shown(value)}; it must be {rule}")


def _shown(value: object) -> str:
    try:
        text = value.isoformat() if isinstance(value, datetime.date) else repr(value)
    except ValueError:  # Python refuses to print a whole number of that length
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
