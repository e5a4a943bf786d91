"""Exchange rates and price steps of a scenario file as values of its flat table, and back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workbooks.scenario.entries import check_keys

RATE, BUDGETED = "rate", "budget_rate"
RATES = (RATE, BUDGETED)
"""Sections that list rates, one a table."""
STEP = "price_step"
LISTED = (*RATES, STEP)
"""Sections that list what has no name of its own."""
CODE = "from_currency"
DAY = "date"
ENDS = {"low": "low_rate", "base": "rate", "high": "high_rate", "source": "source"}
"""What is known of a rate, and the column of ``[[rate]]`` that says it."""
FACTOR = "currency_factor"
"""Of ``[series]``: budget rates over today's, month by month."""
STEPPED = {"base": "factor", "source": "why"}
"""What is known of a step, and the column of ``[[price_step]]`` that says it."""
Value = tuple[str, str, Mapping[str, Any]]


def converting(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says of other currencies; it holds for all workloads and engines.

    >>> converting({"title": "Ours", "series": {"currency_factor": [1.0, 1.1]}})
    {'series': {'currency_factor': [1.0, 1.1]}}

    Raises
    ------
    ScenarioError
        If ``[series]`` has anything else: a volume is a workload's, a price an engine's.
    """
    check_keys(content.get("series", {}), (FACTOR,), "is not in [series]", "series")
    return {name: content[name] for name in (*RATES, "series") if content.get(name)}


def values(section: str, tables: Iterable[Mapping[str, Any]]) -> Iterator[Value]:
    """Yield whose a value is, what it is, and what is known of it.

    A budget rate is called after its currency and the date that it begins on, a step of a price
    after its engine and the date.

    >>> day = datetime.date(2027, 1, 1)
    >>> list(values("budget_rate", [{"currency": "GBP", "from": day, "rate": 1.2}]))
    [('GBP', '2027-01-01', {'base': 1.2})]
    """
    for each in tables:
        if section == STEP:
            known = {part: each[c] for part, c in STEPPED.items() if c in each}
            yield each["engine"], each["from"].isoformat(), known
            continue
        if section == BUDGETED:
            yield each["currency"], each["from"].isoformat(), {"base": each["rate"]}
            continue
        yield each[CODE], RATE, {part: each[c] for part, c in ENDS.items() if c in each}
        rest = {k: v for k, v in each.items() if k not in (CODE, *ENDS.values())}
        yield from ((each[CODE], key, {"base": value}) for key, value in rest.items())


def put(tables: list[dict[str, Any]], section: str, name: str, key: str, value: Any) -> None:
    """Put a value among the tables of its section.

    Raises
    ------
    ValueError
        If what should be a date is none.
    """
    if section == STEP:
        known = value if isinstance(value, Mapping) else {"base": value}
        told = {column: known[part] for part, column in STEPPED.items() if part in known}
        tables.append({"engine": name, "from": datetime.date.fromisoformat(key), **told})
        return
    if section == BUDGETED:
        tables.append({"currency": name, "from": datetime.date.fromisoformat(key), "rate": value})
        return
    same = [each for each in tables if each[CODE] == name]
    table: dict[str, Any] = same[0] if same else {CODE: name}
    if not same:
        tables.append(table)
    known = value if isinstance(value, Mapping) else {"base": value}
    if key == RATE:
        table |= {column: known[part] for part, column in ENDS.items() if part in known}
    elif key == DAY:
        table[key] = datetime.date.fromisoformat(str(known["base"]))
    else:
        table[key] = known["base"]
