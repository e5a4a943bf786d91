"""A plan that starts some months later: what is dated stays where it is in the calendar."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from costcore.language.timeline import figures, values
from workbooks.plan.lines.monthly import VOLUME
from workbooks.plan.plan import plan
from workbooks.scenario.entries import LONGEST_TEXT
from workbooks.scenario.inputs import CASES, INPUTS
from workbooks.scenario.scenario import Entry, Scenario, ScenarioError

MONTHS_PER_YEAR = 12


def rolled(scenario: Scenario, start: datetime.date) -> Scenario:
    """Return the scenario from a later month on, its volume as far along as the plan said.

    Volumes, seasons, price steps, budget rates and contracts keep their calendar months; nodes
    owned already are older. Prices are those of the scenario's day, which moves by itself.

    Raises
    ------
    ScenarioError
        If the month is before the plan, or after it.
    """
    start, first = start.replace(day=1), scenario.start_month
    gone = (start.year - first.year) * MONTHS_PER_YEAR + start.month - first.month
    if not 0 <= gone < scenario.horizon_months:
        rule = f"it must lie within the plan, which begins in {first:%Y-%m}"
        raise ScenarioError(f"start_month is {start:%Y-%m}; {rule}")
    if not gone:
        return scenario
    seasons = scenario.seasons
    turn = gone % len(seasons) if len(seasons) == MONTHS_PER_YEAR else 0
    whole = (*seasons[gone:], *(1.0,) * gone) if len(seasons) > MONTHS_PER_YEAR else seasons
    return replace(
        scenario,
        start_month=start,
        entries={**scenario.entries, **_older(scenario, gone)},
        forecast=scenario.forecast[gone:],
        seasons=(*seasons[turn:], *seasons[:turn]) if turn else whole,
        api_steps=scenario.api_steps[gone:],
        managed_steps=scenario.managed_steps[gone:],
        currency_rates=_later(scenario.currency_rates, gone),
        currency_rates_of={c: _later(r, gone) for c, r in scenario.currency_rates_of.items()},
        contracts=tuple(
            replace(each, first_month=each.first_month - gone) for each in scenario.contracts
        ),
    )


def _later(rates: tuple[float, ...], gone: int) -> tuple[float, ...]:
    """Return budget rates from a later month on; the last one lasts."""
    return rates[min(gone, len(rates) - 1) :] if rates else ()


def _older(scenario: Scenario, gone: int) -> dict[str, Entry]:
    """Return the inputs that time itself changes: the level of the volume, and the nodes' age."""
    volume = scenario.entries["tokens_per_month"]
    levels: dict[str, Any] = {
        INPUTS["tokens_per_month"].end(case): _level(scenario, case, gone) for case in CASES
    }
    source = f"{volume.source}; the plan's own, {gone} months on"[:LONGEST_TEXT]
    found = {"tokens_per_month": replace(volume, **levels, source=source.removeprefix("; "))}
    ends = scenario.entries["growth_months"]
    left: dict[str, Any] = {e: max(getattr(ends, e) - gone, 1.0) for e in ("low", "base", "high")}
    found["growth_months"] = replace(ends, **left)
    if scenario.entries["existing_nodes"].high:
        age = scenario.entries["existing_age_months"]
        older: dict[str, Any] = {end: getattr(age, end) + gone for end in ("low", "base", "high")}
        found["existing_age_months"] = replace(age, **older)
    return found


def _level(scenario: Scenario, case: str, gone: int) -> float:
    ours = plan(scenario)
    known = dict(ours.given(case))
    known |= figures(ours.drivers, known)
    months = values(VOLUME, known, gone + 1, series=ours.series)
    return float(months["level_tokens_per_month"][gone])
