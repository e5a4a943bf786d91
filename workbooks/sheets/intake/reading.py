"""Read a budget or template that somebody has filled in back into a plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from costcore.language.draws import SHAPES
from workbooks import tables as shipped
from workbooks.file.cells import Value
from workbooks.file.refusal import RefreshError
from workbooks.plan.lines.sizing import RULES
from workbooks.plan.plan import Plan
from workbooks.plan.shipped import Tables
from workbooks.scenario.entries import (
    check_order,
    checked_code,
    checked_text,
    currency_of,
    default,
    is_money,
    written,
)
from workbooks.scenario.feasibility import checked
from workbooks.scenario.inputs import CASES, ENDS, INPUTS, SECTIONS, Input
from workbooks.scenario.reading import LONGEST, SHORTEST
from workbooks.scenario.scenario import Entry, Scenario, ScenarioError
from workbooks.sheets.intake.cells import IntakeError, Place, Reader, at_least_0, blank
from workbooks.sheets.intake.contracts import read_contracts
from workbooks.sheets.intake.lost import check_names, is_asked, note_copies
from workbooks.sheets.intake.overtyped import check_formulas
from workbooks.sheets.intake.own import own_rows
from workbooks.sheets.intake.series import with_series
from workbooks.sheets.intake.tables import Known, read_tables
from workbooks.sheets.pages.inputs import OPTIONAL_BLANK, OTHERS
from workbooks.sizing.shapes import hourly

WHERE = "the input or the row of a table that it follows from"
COLUMNS = ("Low", "Base", "High", "Source", "As of", "Owner", "Spread")


@dataclass(frozen=True)
class Intake:
    """A plan as somebody has filled it in, and the case that is live in it."""

    plan: Plan
    case: str
    notes: tuple[str, ...] = ()
    """What whoever filled it in may not know, in a sentence each."""


def intake(path: Path) -> Intake:
    """Read a workbook that evenpoint made and somebody changed.

    Raises
    ------
    IntakeError
        With every cell that cannot be planned with.
    ScenarioError
        If it is no such workbook.
    OSError
        If it cannot be read.
    """
    return intake_of(path, path.read_bytes(), anew=True)


def intake_of(path: Path, content: bytes, anew: bool = False) -> Intake:
    """Read what a workbook would hold; see `intake`.

    Parameters
    ----------
    anew
        Whether the plan goes on without the workbook: what stands where a formula stood is then
        lost, and refused.
    """
    try:
        reader = Reader(path, content)
        if anew:
            check_formulas(reader, WHERE)
        return _intake(reader)
    except RefreshError as error:
        raise ScenarioError(str(error)) from None


def _intake(reader: Reader) -> Intake:
    newer = check_names(reader)
    note_copies(reader)
    scenario, case = _settings(reader)
    found = read_tables(reader, scenario.currency, scenario.as_of)
    known = Known(found, scenario.currency)
    scenario = replace(scenario, entries=_entries(reader, scenario, newer, known))
    scenario = replace(with_series(reader, scenario), contracts=read_contracts(reader))
    _check_constants(reader)
    if not reader.bad:
        _check_names(reader, scenario, found)
    if not reader.bad:
        _check_whole(reader, scenario, found)
    if reader.bad:
        raise IntakeError(reader.name, reader.bad)
    scenario = replace(scenario, rows=own_rows(scenario, found))
    return Intake(Plan(scenario, found), case, tuple(dict.fromkeys(reader.notes)))


def _settings(reader: Reader) -> tuple[Scenario, str]:
    """Return a scenario without inputs, and its live case."""
    usual = Scenario()

    def one(name: str, check: Callable[[Value], Any], otherwise: Any) -> Any:
        place = reader.named(name)
        return reader.read(place, check, otherwise) if place else otherwise

    case = one("live_case", _whole("live_case", 1, len(CASES)), 2)
    scenario = Scenario(
        title=one("plan_title", _text("title"), "") or usual.title,
        purpose=one("plan_purpose", _text("purpose"), ""),
        owner=one("plan_owner", _text("owner"), ""),
        currency=one("currency", _currency, usual.currency),
        horizon_months=one("horizon_months", _whole("horizon_months", SHORTEST, LONGEST), 36),
        start_month=one(
            "start_month", reader.day("start_month"), shipped.exchange_rates()[-1].date
        ),
        as_of=one("as_of_day", reader.day("as_of_day"), shipped.exchange_rates()[-1].date),
        load_shape=one("load_shape", _shape, usual.load_shape),
        tolerance_cost=one("tolerance_cost", at_least_0("tolerance_cost"), usual.tolerance_cost),
        origin=reader.name,
    )
    return replace(scenario, start_month=scenario.start_month.replace(day=1)), CASES[case - 1]


def _text(name: str) -> Callable[[Value], str]:
    return lambda held: checked_text(name, "" if held is None else held)


def _currency(held: Value) -> str:
    return checked_code("currency", held)


def _shape(held: Value) -> str:
    try:
        hourly(str(held))
    except ValueError as error:
        raise ScenarioError(f"load_shape: {error}") from None
    return str(held)


def _whole(name: str, low: int, high: int) -> Callable[[Value], int]:
    def check(held: Value) -> int:
        if not isinstance(held, float) or held % 1 or not low <= held <= high:
            rule = f"it must be a whole number from {low} to {high}"
            raise ScenarioError(f"{name} is {blank(held)}; {rule}")
        return int(held)

    return check


def _entries(
    reader: Reader, scenario: Scenario, newer: frozenset[str], known: Known
) -> dict[str, Entry]:
    """Return every input; what the workbook does not ask has its default."""
    found = {}
    for section, inputs in SECTIONS.items():
        for each in inputs:
            if each.name in newer or not is_asked(reader, each.name):
                found[each.name] = default(each, scenario, known)
                continue
            place = reader.named(each.name)
            columns = reader.heading(place.page, *COLUMNS, above=place.row) if place else {}
            if place and columns:  # else the reader has kept it as bad
                at = {name: place.right(columns[name].column) for name in COLUMNS}
                if is_money(each):
                    row, (code, _) = columns["Low"].row, OTHERS
                    held = reader.beside(place.page, row, code, code)
                    at |= {name: place.right(column) for name, column in held.items()}
                found[each.name] = _entry(reader, section, each, at, scenario, known)
    return found


def _entry(
    reader: Reader,
    section: str,
    each: Input,
    at: dict[str, Place],
    scenario: Scenario,
    known: Known,
) -> Entry:
    def value(held: Value) -> Any:
        if held is None:
            return _blank(each)
        content = {section: {each.name: held}}
        return written(content, {}, scenario, scenario.currency, known)[each.name].base

    low, base, high = (reader.read(at[name], value, None) for name in ("Low", "Base", "High"))
    try:
        check_order(each, low, base, high)
    except ScenarioError as error:
        reader.complain(at["Base"], str(error))
    source, day, owner = (
        reader.read(at[name], _note(reader, name), "") for name in ("Source", "As of", "Owner")
    )
    spread = reader.read(at["Spread"], _spread, "pert")
    source = "" if source == OPTIONAL_BLANK else source
    code = reader.read(at["Currency"], _code(each), "") if "Currency" in at else ""
    other = "" if code == scenario.currency else code
    return Entry(low, base, high, source, day, owner, spread, other)


def _code(each: Input) -> Callable[[Value], str]:
    return lambda held: currency_of(each, held or "")


def _blank(each: Input) -> Any:
    """Return what a blank cell means, where it may be blank."""
    if each.optional:
        return None
    if each.is_number or each.required or (each.choices and "" not in each.choices):
        raise ScenarioError(f"{each.name} is blank; it must be {each.rule}")
    return ""


def _note(reader: Reader, name: str) -> Callable[[Value], str]:
    def check(held: Value) -> str:
        if isinstance(held, float) and not isinstance(held, bool) and name == "As of":
            return reader.day("as of")(held).isoformat()
        return checked_text(name.lower(), "" if held is None else held)

    return check


def _spread(held: Value) -> str:
    if held is not None and held not in tuple(SHAPES):
        rule = f"it must be one of {', '.join(SHAPES)}"
        raise ScenarioError(f"spread is {blank(held)}; {rule}")
    return str(held or "pert")


def _check_constants(reader: Reader) -> None:
    """Refuse constants of the sizing model that were changed: the command has its own."""
    for name, constant in RULES.items():
        if place := reader.named(name):
            held = reader.read(place, lambda held: held, None)
            if not isinstance(held, float) or not np.isclose(held, constant.value, rtol=1e-12):
                rule = f"the command sizes with {constant.value:g}; put it back"
                reader.complain(place, f"{name} is {blank(held)}; {rule}")


def _check_names(reader: Reader, scenario: Scenario, found: Tables) -> None:
    """Look up what the inputs name in each case."""
    known = Known(found, scenario.currency)
    look_ups: dict[str, Callable[[str], Any]] = {
        "api_model": known.price_on,
        "managed_model": known.price_on,
        "hardware": known.accelerator,
        "system": known.system,
        "sizing_model": known.model,
    }
    for name, look_up in look_ups.items():
        for end in ENDS:
            value = getattr(scenario.entries[name], end)
            try:
                if value:
                    look_up(value)
            except LookupError as error:
                reader.complain(_cell(reader, name, end), f"{name}: {error.args[0]}")


def _check_whole(reader: Reader, scenario: Scenario, found: Tables) -> None:
    """Make sure that the inputs can be planned together."""
    try:
        checked(scenario, Known(found, scenario.currency))
    except ScenarioError as error:
        text = str(error)
        case = next((case for case in CASES if text.startswith(f"case {case}:")), "base")
        named = [word for word in re.findall(r"\w+", text) if word in INPUTS]
        name = named[0] if named else "currency"
        end = INPUTS[name].end(case) if named else "base"
        reader.complain(_cell(reader, name, end), text)


def _cell(reader: Reader, name: str, end: str) -> Place:
    """Return the cell of an end of an input's range, or the one that carries its name."""
    if (place := reader.named(name)) and name in INPUTS:
        columns = reader.heading(place.page, *COLUMNS, above=place.row)
        return place.right(columns[end.capitalize()].column)
    place = place or reader.named("currency")
    assert place is not None
    return place
