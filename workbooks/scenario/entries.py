"""What a scenario file says of one input, with its cases and its source, or else the default."""

from __future__ import annotations

import datetime
import difflib
import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from costcore.language.draws import SHAPES
from costcore.nodes.capacity import peak_factor
from workbooks import tables
from workbooks.printable import STEERING
from workbooks.scenario.feasibility import Known, exchange_rate
from workbooks.scenario.inputs import ENDS, INPUTS, SECTIONS, Input
from workbooks.scenario.scenario import Entry, Scenario, ScenarioError
from workbooks.sizing.shapes import hourly

SMALLEST, LARGEST = 1e-9, 1e15
"""Beyond them a product of a few inputs leaves what a cell can show."""
LONGEST_TEXT, LONGEST_SHOWN = 1_000, 80
NOTES = ("source", "as_of", "owner")
CURRENCY = re.compile("[A-Z]{3}")
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
            "lease_per_gpu_month",
            "capex_per_gpu",
            "power_kw_per_gpu",
            "node_tokens_per_second",
        ),
        "gpus_per_node_count": ("node_tokens_per_second",),
        "system": ("node_tokens_per_second",),
    }
)
"""Figures of a file that describe the very thing another choice replaces."""


def written(
    content: Mapping[str, Any],
    typed: Mapping[str, Any],
    scenario: Scenario,
    currency: str,
    known: Known,
) -> dict[str, Entry]:
    """Return what the file says of its inputs, its amounts in the scenario's currency.

    An amount that names another currency keeps it.
    Figures that describe a thing replaced by what was `typed` are left out.
    """
    rate = exchange_rate(currency, scenario, known)
    entries = {
        name: _entry(INPUTS[name], value, scenario, rate)
        for section in SECTIONS
        for name, value in content.get(section, {}).items()
    }
    gone = replaced(typed, entries)
    return {name: entry for name, entry in entries.items() if name not in gone}


def replaced(typed: Mapping[str, Any], entries: Mapping[str, Entry]) -> list[str]:
    """Return the figures that describe a thing which what is typed replaces."""
    return [
        own
        for choice, figures in OWN_FIGURES.items()
        if choice in typed and (choice not in entries or entries[choice].base != typed[choice])
        for own in figures
    ]


def default(each: Input, scenario: Scenario, known: Known, is_listed: bool = True) -> Entry:
    """Return what is assumed of an input left out, whether or not the hardware is listed."""
    if assumption := each.assumption or ("" if is_listed else each.unlisted):
        return _assumed(assumption, scenario, known)
    if each.required:
        raise ScenarioError(f"{each.name} is missing; it must be {each.quantity.rule}")
    if each.default in (None, ""):
        return Entry(*3 * (each.default,))
    value = _converted(each, each.default, exchange_rate("USD", scenario, known))
    return Entry(value, value, value, "default: replace with your own")


def _assumed(name: str, scenario: Scenario, known: Known) -> Entry:
    found = next(each for each in tables.assumptions() if each.name == name)
    rate = exchange_rate(found.currency, scenario, known) if found.currency else 1.0
    low, high = (found.base if x is None else x for x in (found.low, found.high))
    day = found.as_of.isoformat() if found.as_of else ""
    source = f"{found.source} ({found.confidence})"
    return Entry(low * rate, found.base * rate, high * rate, source, day)


def peak_of_load(name: str, own_factors: Sequence[float] = ()) -> Entry:
    """Return the peak of a load: its busiest hour, with bursts inside it.

    Parameters
    ----------
    own_factors
        Load of each hour, where a file gives it; else that of the named load counts.

    Raises
    ------
    ScenarioError
        If there is no such load.
    """
    try:
        peak = peak_factor(own_factors or hourly(name))
    except ValueError as error:
        raise ScenarioError(f"load_shape: {error}") from None
    burst = next(each for each in tables.assumptions() if each.name == "burst_factor")
    ends = (burst.base if x is None else x for x in (burst.low, burst.base, burst.high))
    highest = INPUTS["peak_factor"].quantity.high
    low, base, high = (float(np.minimum(peak * end, highest)) for end in ends)
    whose = "the load by hour" if own_factors else f"the load {name}"
    source = f"busiest hour of {whose}, {peak:.2f}, times bursts: {burst.source}"
    return Entry(low, base, high, source[:LONGEST_TEXT])


def _entry(each: Input, value: Any, scenario: Scenario, rate: float) -> Entry:
    if not isinstance(value, Mapping):
        only = _converted(each, _value(each, value, each.name), rate)
        return Entry(only, only, only, source=scenario.origin)
    check_keys(value, (*ENDS, *NOTES, "shape", "currency"), f"is not part of {each.name}")
    if "base" not in value:
        raise ScenarioError(f"{each.name} has no base; give base, or all of low, base and high")
    cases = (_value(each, value.get(case, value["base"]), f"{each.name} ({case})") for case in ENDS)
    notes = {name: _note(f"{name} of {each.name}", value.get(name, "")) for name in NOTES}
    code = currency_of(each, value.get("currency", ""))
    low, base, high = (_converted(each, case, 1.0 if code else rate) for case in cases)
    check_order(each, low, base, high)
    other = "" if code == scenario.currency else code
    return Entry(low, base, high, **notes, shape=_shape(each, value), currency=other)


def is_money(each: Input) -> bool:
    """Say whether an input is an amount, and so in some currency."""
    return each.unit_label.startswith("money")


def currency_of(each: Input, code: Any) -> str:
    """Return the currency of an amount; blank is the plan's, and what is no money has none."""
    if code and not is_money(each):
        rule = f"{each.name} is no money; leave its currency out"
        raise ScenarioError(f"currency of {each.name} is {shown(code)}; {rule}")
    return checked_code(f"currency of {each.name}", code) if code else ""


def checked_code(place: str, value: Any) -> str:
    """Return the code of a currency."""
    if not isinstance(value, str) or not CURRENCY.fullmatch(value):
        rule = "it must be a code of three capital letters, such as USD"
        raise ScenarioError(f"{place} is {'blank' if value is None else shown(value)}; {rule}")
    return value


def check_order(each: Input, low: Any, base: Any, high: Any) -> None:
    """Refuse a range of numbers whose low is not the lowest and whose high not the highest."""
    known = [(end, x) for end, x in zip(ENDS, (low, base, high), strict=True) if x is not None]
    for (one, x), (other, y) in itertools.pairwise(known if each.is_number else ()):
        if x > y:
            rule = "low must be at most base, and base at most high"
            raise ScenarioError(f"{each.name} ({one}) is {x:g}, and its {other} is {y:g}; {rule}")


def _shape(each: Input, value: Mapping[str, Any]) -> str:
    """Return how the range is spread when it is drawn."""
    shape = value.get("shape", "pert")
    if shape not in tuple(SHAPES):  # a tuple, for a TOML value may be unhashable
        rule = f"it must be one of {', '.join(SHAPES)}"
        raise ScenarioError(f"shape of {each.name} is {shown(shape)}; {rule}")
    if shape == "lognormal" and (each.quantity.low > 0 or each.quantity.high < math.inf):
        rule = f"{each.name} is {each.quantity.rule}, and a lognormal range has no ends"
        raise ScenarioError(f"shape of {each.name} is 'lognormal'; {rule}: take pert or uniform")
    return str(shape)


def _note(place: str, value: Any) -> str:
    return str(value) if isinstance(value, datetime.date) else checked_text(place, value)


def _converted(each: Input, value: Any, rate: float) -> Any:
    return value * rate if is_money(each) and value is not None else value


def _value(each: Input, value: Any, place: str) -> Any:
    """Return the value of an input if it may have it; the `place` is where it was written."""
    if not each.is_number and (not each.choices or value in each.choices):
        return checked_text(place, value)
    if each.is_number and is_number(value) and each.quantity.admits(np.asarray(float(value))):
        return float(value)
    rule = each.rule
    if isinstance(value, float | int) and abs(value) > LARGEST:
        rule = f"0 or between {SMALLEST:g} and {LARGEST:g} in size"
    raise ScenarioError(f"{place} is {shown(value)}; it must be {rule}")


def check_keys(table: Any, names: Iterable[str], complaint: str, title: str = "") -> None:
    """Refuse what is no table, or has a key that is none of the names."""
    if not isinstance(table, Mapping):
        raise ScenarioError(f"{title} is {shown(table)}; it must be a section: [{title}]")
    known = list(names)
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}"
            raise ScenarioError(f"{shown(key)} {complaint}; {hint}")


def is_number(value: object) -> bool:
    """Say whether a value is a number of a size that can be planned with."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return value == 0 or SMALLEST <= abs(value) <= LARGEST


def checked_text(place: str, value: Any) -> str:
    """Return a text that is one, and fits a cell."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        rule = f"it must be text of at most {LONGEST_TEXT} characters"
        raise ScenarioError(f"{place} is {shown(value)}; {rule}")
    if found := STEERING.search(value):
        rule = "it must be text without characters that steer a terminal"
        raise ScenarioError(f"{place} holds {found[0]!r}; {rule}")
    return value


def shown(value: object) -> str:
    """Return a value as a message quotes it."""
    try:
        text = value.isoformat() if isinstance(value, datetime.date) else repr(value)
    except ValueError:  # Python refuses to print a whole number of that length
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
