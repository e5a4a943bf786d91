"""From exports to the workloads of a plan, whose measured months come to what was billed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbooks.plan.workloads.content import Content, framed, measured_content
from workbooks.plan.workloads.known_total import known_total
from workbooks.plan.workloads.measured import Measured, brought, measured
from workbooks.plan.workloads.rules import FILE, Part, Rule, idle, parts
from workbooks.portfolio.reading import is_portfolio, parse_portfolio
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import ScenarioError
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.workload import refuse_without_tokens

OPEN = ("default",)
"""How a source begins that nobody stated."""
NEW = "so it is not planned"
KEPT = "but the plan has it and keeps it; where it is over, type 0 for its months on Workloads"


@dataclass(frozen=True)
class Planned:
    """The plan of measured workloads, and what whoever reads it must know."""

    measured: Content
    """Workloads, engines of the models they use, and the strategy of today."""
    content: Content
    """The same within a whole plan."""
    said: tuple[str, ...]


def planned(
    found: Actuals, known: Sequence[Rule], base: Mapping[str, Any], start: datetime.date
) -> Planned:
    """Return the plan of what exports say, in the frame of another plan.

    Raises
    ------
    UsageError
        If something is told by no export and no rule, a model has no price, or the measured
        months planned at their own prices are not what was billed.
    """
    refuse_without_tokens(found)
    every = parts(found, known)
    split = [part for part in every if not _left_out(part)]
    if not split:
        raise UsageError("nothing was used in the last whole month, so there is nothing to plan")
    workloads = [measured(part, start) for part in split]
    kept = tuple(_kept(workloads[0], base)) if len(workloads) == 1 else ()
    _refuse_unknown(workloads, {name for name, _ in kept})
    if kept:
        known_before = {name: base["workload"][name] for name, _ in kept}
        workloads = [replace(workloads[0], entries={**workloads[0].entries, **known_before})]
    workloads = [brought(each, start) for each in workloads]
    ours = measured_content(split, workloads, base)
    content = {**framed(ours, base), "start_month": start}
    currency = str(base.get("currency", "USD"))
    held = {each["name"] for each in base["workload"]} if is_portfolio(base) else set()
    left = {part.name: why for part in every if (why := _left_out(part))}
    said = [f"{name}: {why}, {KEPT if name in held else NEW}" for name, why in left.items()]
    said += [*idle(known, every), *(text for _, text in kept)]
    said.append(known_total(split, {**content, **ours}, currency))
    try:
        parse_portfolio(content, "the measured plan")
    except ScenarioError as error:
        raise UsageError(str(error).rstrip(".")) from None
    return Planned(ours, content, tuple(said))


def _left_out(part: Part) -> str:
    """Say why a workload is not planned; empty where it is."""
    if part.is_over:
        return "nothing was used in the last whole month"
    _, tokens, _ = part.actuals.tokens_per_month or (0.0, 0.0, 0.0)
    few = f"{tokens:,.0f} tokens a month are too few"
    return few if tokens < INPUTS["tokens_per_month"].quantity.least else ""


def _kept(one: Measured, base: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what no export tells and the plan has from somebody: it stays as it is."""
    known = base.get("workload", {})
    for name in one.asked if isinstance(known, Mapping) else ():
        entry = known.get(name)
        source = entry.get("source", "") if isinstance(entry, Mapping) else ""
        if isinstance(entry, Mapping) and source and not source.startswith(OPEN):
            value = entry.get("base")
            yield name, f"{name} stays {value}: no export tells it, and the plan has it ({source})"


def _refuse_unknown(workloads: Sequence[Measured], kept: set[str]) -> None:
    lacks: dict[str, list[str]] = {}
    for each in workloads:
        for name in each.asked:
            if name not in kept:
                lacks.setdefault(name, []).append(each.name)
    if lacks:
        told = "; ".join(f"{name} of {', '.join(names)}" for name, names in lacks.items())
        name, (first, *_) = next(iter(lacks.items()))
        example = f'[[workload]] name = "{first}" {name} = {"2.4" if "peak" in name else "0.1"}'
        raise UsageError(f"no export tells {told}; state it in {FILE}, each on a line: {example}")
