"""A scenario with some of its inputs and settings replaced, as the flags of a command name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbooks.scenario.entries import default, replaced
from workbooks.scenario.feasibility import checked
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.own_rows import Beside
from workbooks.scenario.scenario import Entry, Scenario, ScenarioError
from workbooks.scenario.sized import replaced as unmeasured
from workbooks.scenario.sized import sized

SETTINGS = ("as_of", "horizon_months")


def changed(scenario: Scenario, typed: Mapping[str, Any]) -> Scenario:
    """Return a scenario with what is typed in all three cases, on the prices of its day.

    Figures that describe a thing replaced by what is typed go back to what is assumed.

    Raises
    ------
    ScenarioError
        If it cannot be planned so.
    """
    if typed.get("currency", scenario.currency) != scenario.currency:
        rule = "its amounts are typed in that one; change them there"
        raise ScenarioError(f"the currency of {scenario.origin} is {scenario.currency}; {rule}")
    settings = {name: typed[name] for name in SETTINGS if name in typed}
    moved = replace(scenario, **settings)
    entries = dict(scenario.entries)
    is_listed = bool(typed.get("hardware", entries["hardware"].base))
    gone = {*replaced(typed, entries), *unmeasured(entries, typed)}
    known = {name: entry for name, entry in entries.items() if name not in gone}
    known |= {n: Entry(v, v, v, "command line") for n, v in typed.items() if n in INPUTS}
    known |= sized(known, moved)
    own = Beside(scenario.rows)
    entries = {
        name: known.get(name) or default(each, moved, own, is_listed)
        for name, each in INPUTS.items()
    }
    return checked(replace(moved, entries=entries), own)
