"""Read what a data breach would cost, from the section ``[privacy]``: off unless it is given."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields as parts_of
from typing import Any

from workbooks.portfolio import fields
from workbooks.portfolio.terms import Privacy
from workbooks.scenario.scenario import ScenarioError

PRIVACY = "privacy"
SUM_DUST = 1e-9


def privacy(content: Mapping[str, Any], workloads: Sequence[Mapping[str, Any]]) -> Privacy | None:
    """Return what a breach costs; None where the file has no such section.

    Raises
    ------
    ScenarioError
        If a part is missing or out of bounds, or workloads do not say what records they hold.
    """
    holding = [each for each in workloads if "records_share" in each]
    if PRIVACY not in content:
        if holding:
            rule = "it counts only with a section [privacy], which says what a breach costs"
            raise ScenarioError(f"workload {holding[0]['name']!r}: records_share is given; {rule}")
        return None
    table, place = fields.section(content, PRIVACY, ""), f"[{PRIVACY}] "
    names = [each.name for each in parts_of(Privacy)]
    fields.keys(table, names, place)
    most = {name: math.inf if name.endswith("_cost") else 1.0 for name in names}
    given = {name: fields.number(table, name, place, most[name]) for name in names}
    known = {name: value for name, value in given.items() if value is not None}
    if missing := [name for name in names if name not in known]:
        raise ScenarioError(f"{place}has no {missing[0]}; it takes {', '.join(names)}")
    if silent := [each["name"] for each in workloads if each not in holding]:
        rule = "say what part of all records it holds, if only 0"
        raise ScenarioError(f"workload {silent[0]!r}: records_share is missing; {rule}")
    if (total := math.fsum(float(each["records_share"]) for each in holding)) > 1 + SUM_DUST:
        raise ScenarioError(f"records_share of the workloads adds to {total:g}; at most 1")
    return Privacy(**known)
