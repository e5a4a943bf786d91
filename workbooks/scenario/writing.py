"""Write a scenario as the TOML file that reads back as the same scenario."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from workbooks.scenario.contracts import KEYS, NUMBERS, YES_NO
from workbooks.scenario.inputs import ENDS, SECTION_TITLES, SECTIONS
from workbooks.scenario.own_rows import TABLES
from workbooks.scenario.reading import HEADER, SERIES
from workbooks.scenario.scenario import Contract, Entry, Scenario, ScenarioError

HELD = {
    "forecast_tokens_per_month": "forecast",
    "season_factor": "seasons",
    "api_price_factor": "api_steps",
    "managed_price_factor": "managed_steps",
    "currency_factor": "currency_rates",
    "load_factor": "load_factors",
}
"""Where a scenario holds what a file has by month and by hour."""
NOTES = ("source", "as_of", "owner")
TRUE = {word: answer for answer, word in YES_NO.items()}


def toml(value: Any) -> str:
    """Return a value as TOML.

    >>> toml(2_700_000_000.0), toml(0.1), toml("H100 SXM"), toml(True)
    ('2_700_000_000', '0.1', '"H100 SXM"', 'true')
    >>> toml({"base": 0.1, "Support chat": "API"})
    '{ base = 0.1, "Support chat" = "API" }'
    """
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {toml(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return f"{value:_.0f}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else toml(name)


def written(scenario: Scenario) -> str:
    """Return the file of a scenario: every input in three cases with its source, and the rest.

    Raises
    ------
    ScenarioError
        If an input is blank in one case and has a number in another, which a file cannot say.
    """
    parts = [f"{name} = {toml(getattr(scenario, name))}" for name in HEADER]
    for section, inputs in SECTIONS.items():
        parts += ["", f"# {SECTION_TITLES[section]}", f"[{section}]"]
        for each in inputs:
            if said := _entry(each.name, scenario.entries[each.name]):
                parts.append(f"{each.name} = {said}")
    parts += _series(scenario)
    for contract in scenario.contracts:
        parts += ["", "[[contract]]", *_lines(_terms(contract))]
    for section, table in TABLES.items():
        for row in getattr(scenario.rows, table.part):
            cells = {column.name: getattr(row, column.name) for column in fields(row)}
            parts += ["", f"[[{section}]]", *_lines(cells)]
    return "\n".join(parts) + "\n"


def _entry(name: str, entry: Entry) -> str:
    """Return what is known of an input; nothing where the table has the answer."""
    ends = [getattr(entry, end) for end in ENDS]
    if ends == [None] * len(ends):
        return ""
    if None in ends:
        rule = "type all three in the workbook, or none of them"
        raise ScenarioError(f"{name} has low, base and high of which one is blank; {rule}")
    cases = dict(zip(ENDS, ends, strict=True))
    if len(set(ends)) == 1:
        cases = {"base": entry.base}
    notes = {note: getattr(entry, note) for note in NOTES if getattr(entry, note)}
    if entry.shape != "pert":
        notes["shape"] = entry.shape
    if entry.currency:
        notes["currency"] = entry.currency
    return toml(cases | notes)


def _series(scenario: Scenario) -> Iterator[str]:
    held = {name: getattr(scenario, HELD[name]) for name in SERIES}
    held["currency_factor"] = dict(scenario.currency_rates_of) or scenario.currency_rates
    if any(held.values()):
        yield from ("", "[series]")
    yield from (f"{name} = {toml(values)}" for name, values in held.items() if values)


def _terms(contract: Contract) -> dict[str, Any]:
    words: dict[str, Any] = {"name": contract.contract, "with": contract.partner}
    words |= {key: TRUE[getattr(contract, key)] for key in ("signed", "price_held")}
    held = {key: words.get(key, getattr(contract, key, None)) for key in KEYS}
    usual = {key: start for key, (start, *_) in NUMBERS.items()}
    return {key: value for key, value in held.items() if value != usual.get(key)}


def _lines(cells: Mapping[str, Any]) -> Iterator[str]:
    """Yield the cells that are not blank."""
    for name, value in cells.items():
        if value not in (None, "") and not (isinstance(value, float) and math.isnan(value)):
            yield f"{name} = {toml(value)}"
