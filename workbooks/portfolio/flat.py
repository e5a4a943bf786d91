"""A scenario file as rows, one for each value, and the file from its rows."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from workbooks.portfolio.dated.rates import LISTED, RATES, put, values
from workbooks.scenario.own_rows import TABLES

LISTS = ("workload", "engine", "strategy")
"""Sections that a file of several workloads has, each a list of tables with names."""
OWN = {name: table for name, table in TABLES.items() if name not in RATES}
"""Sections with rows of one's own, which stand in the place of the shipped ones."""
NAMED = {
    **dict.fromkeys((*LISTS, "contract"), "name"),
    **{name: table.key for name, table in OWN.items()},
}
"""Sections that list tables, and the key with the name of each."""
PLAN = "plan"
RANGE = ("low", "base", "high", "source", "as_of", "owner", "shape")
CURRENCY = "currency"
"""Of an amount that is in another one than the plan's."""
ENCODED = ("[", "{", '"')
DAYS = ("as_of", "start_month")


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a scenario: the section it stands in, whose it is, and what is known of it."""

    section: str
    name: str
    key: str
    known: Mapping[str, Any]
    """Base alone, or with the ends of its range, source, date and owner."""


def rows(content: Mapping[str, Any]) -> Iterator[Row]:
    """Yield every value of a file.

    >>> list(rows({"title": "Ours", "engine": [{"name": "API", "kind": "api"}]}))[1]
    Row(section='engine', name='API', key='kind', known={'base': 'api'})
    """
    for key, value in content.items():
        if own := NAMED.get(key):
            for each in value:
                rest = {k: v for k, v in each.items() if k != own and v != ""} or {"": None}
                yield from (Row(key, each[own], k, _known(v)) for k, v in rest.items())
        elif key in LISTED:
            for name, what, known in values(key, value):
                yield Row(key, name, what, {part: _encoded(each) for part, each in known.items()})
        elif isinstance(value, Mapping):
            yield from (Row(key, "", k, _known(v)) for k, v in value.items())
        else:
            yield Row(PLAN, "", key, _known(value))


def content(given: Iterable[Row]) -> dict[str, Any]:
    """Return the file that some rows describe.

    >>> ours = {"title": "Ours", "engine": [{"name": "API", "kind": "api", "speeds": {"A": 2}}]}
    >>> content(rows(ours)) == ours
    True
    """
    found: dict[str, Any] = {}
    for row in given:
        value = _value(row)
        if row.section == PLAN:
            if row.key in (*NAMED, *LISTED):
                raise ValueError(f"{row.key} is a section and no value of the plan")
            found[row.key] = value
            continue
        if row.section in LISTED:
            put(found.setdefault(row.section, []), row.section, row.name, row.key, value)
            continue
        table = _table(found, row)
        if row.key:
            table[row.key] = value
    return found


def _table(found: dict[str, Any], row: Row) -> dict[str, Any]:
    """Return the section that a row belongs to, begun where it is the first of it."""
    if row.section not in NAMED:
        section = found.setdefault(row.section, {})
        if not isinstance(section, dict):
            raise ValueError(f"{row.section} is a value of the plan and no section")
        return section
    listed: list[dict[str, Any]] = found.setdefault(row.section, [])
    own = NAMED[row.section]
    same = [each for each in listed if each[own] == row.name]
    if not same:
        listed.append({own: row.name})
    return same[0] if same else listed[-1]


def _known(value: Any) -> dict[str, Any]:
    ranged = isinstance(value, Mapping) and value and set(value) <= {*RANGE, CURRENCY}
    each = dict(value) if ranged else {"base": value}
    return {name: _encoded(one) for name, one in each.items()}


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    odd = isinstance(value, str) and value.startswith(ENCODED)
    return json.dumps(value, ensure_ascii=False) if odd or isinstance(value, list | dict) else value


def _value(row: Row) -> Any:
    known = {name: decoded(value) for name, value in row.known.items() if value is not None}
    if _is_day(row) and isinstance(known.get("base"), str):
        known["base"] = datetime.date.fromisoformat(known["base"])
    return known["base"] if set(known) == {"base"} else known


def _is_day(row: Row) -> bool:
    """Say whether a value is a date: of the plan, or in a row of one's own."""
    if row.section in OWN:
        kinds = {column.name: column.type for column in fields(OWN[row.section].kind)}
        return kinds.get(row.key) in (datetime.date, datetime.date | None)
    return row.section == PLAN and row.key in DAYS


def decoded(value: Any) -> Any:
    """Return the value that a cell of the sheet stands for: a list or a table is text in one."""
    if isinstance(value, str) and value.startswith(ENCODED):
        return json.loads(value)
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole else value
