"""Read ``[[price_step]]`` of a file with several engines: each is of one that bills by token."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from workbooks.portfolio import fields
from workbooks.portfolio.terms import NODES
from workbooks.scenario.entries import shown
from workbooks.scenario.scenario import ScenarioError
from workbooks.scenario.steps import KEYS

OPTION, WHOSE = KEYS[0], "engine"


def of_engines(content: Any, engines: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the steps of each engine's price, as a plan of that engine alone has them.

    Raises
    ------
    ScenarioError
        If a step is of no engine, or of one that is nodes.
    """
    if not isinstance(content, list) or not all(isinstance(each, Mapping) for each in content):
        raise ScenarioError(f"price_step is {shown(content)}; write each under [[price_step]]")
    kinds = {str(each["name"]).strip(): each.get("kind") for each in engines}
    found: dict[str, list[Any]] = {}
    for each in content:
        fields.keys(each, (WHOSE, *KEYS[1:]), "price_step: ")
        name = each.get(WHOSE)
        if name not in kinds:
            rule = f"it must be one of {', '.join(kinds)}"
            raise ScenarioError(f"engine of a price_step is {shown(name)}; {rule}")
        if kinds[name] == NODES:
            rule = "nodes are not billed by the token; rent_change_per_year moves their rent"
            raise ScenarioError(f"engine of a price_step is {shown(name)}; {rule}")
        day = each.get("from")
        mine = found.setdefault(name, [])
        if type(day) is datetime.date and day in [other["from"] for other in mine]:
            rule = "multiply their factors into one"
            raise ScenarioError(f"two of [[price_step]] of {name!r} are from {day}; {rule}")
        mine.append({key: value for key, value in each.items() if key != WHOSE} | {OPTION: "api"})
    return found
