"""A difference of two budgets, of one workload or of several, as its workbook shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbooks.plan.differing.difference import VIEWS, Difference
from workbooks.plan.differing.showing import both
from workbooks.plan.lines.option import TITLES
from workbooks.plan.mixing.bridging.difference import PooledDifference
from workbooks.plan.plan import Plan, plan
from workbooks.scenario.scenario import Scenario


@dataclass(frozen=True)
class Explained:
    """Two budgets, the steps from one to the other, and what changed."""

    one: Scenario
    other: Plan
    case: str
    rate: float
    """Units of the other currency for one of the first."""
    view: str
    method: str
    titles: Mapping[str, str]
    """Options or strategies, by the sheet that each has."""
    steps: Mapping[str, Mapping[str, float]]
    """Of each of them: the first cost, each cause, and the last cost."""
    heads: tuple[str, ...]
    changes: tuple[tuple[str, ...], ...]
    """What is not the same, and both values."""


def explained(found: Difference) -> Explained:
    """Return the difference of two plans of one workload."""
    ends = found.one.scenario.origin, found.other.scenario.origin
    changes = [
        (cause.title, each.label, *both(each.before, each.after))
        for cause, every in found.changed.items()
        for each in every
    ]
    return Explained(
        found.one.scenario,
        found.other,
        found.case,
        found.rate,
        VIEWS[found.view],
        found.method,
        {TITLES[option]: TITLES[option] for option in found.options},
        {
            TITLES[option]: _steps(found, at, option, ends)
            for at, option in enumerate(found.options)
        },
        ("Cause", "Changed", "Before", "After"),
        tuple(changes),
    )


def pooled_explained(found: PooledDifference) -> Explained:
    """Return the difference of two portfolios; a strategy's name may be too long for a sheet."""
    ends = found.one.frame.origin, found.other.frame.origin
    sheets = {f"Strategy {n}": name for n, name in enumerate(found.strategies, start=1)}
    changes = [(e.whose, e.name, *both(e.before, e.after)) for e in found.changes]
    return Explained(
        found.one.frame,
        plan(found.other.frame),
        found.case,
        1.0,
        VIEWS[found.view],
        found.method,
        sheets,
        {s: _steps(found, at, name, ends) for at, (s, name) in enumerate(sheets.items())},
        ("Of", "Changed", "Before", "After"),
        tuple(changes),
    )


def _steps(
    found: Difference | PooledDifference, at: int, name: str, ends: tuple[str, str]
) -> dict[str, float]:
    """Return first cost, causes and last cost; two files of one name are told apart."""
    first, last = (round(float(each[at]), 2) for each in (found.before, found.after))
    final = ends[1] if ends[1] != ends[0] else f"{ends[1]} now"
    return {ends[0]: first, **found.bridge(name), final: last}
