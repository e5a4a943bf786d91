"""Refuse a workbook whose names or rows are gone, and say where each of them stood."""

from __future__ import annotations

from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.draft import LABEL, VALUE
from workbooks.sheets.intake.cells import Place, Reader

SETTINGS = (
    *("live_case", "currency", "horizon_months", "start_month", "as_of_day", "tolerance_cost"),
    *("plan_title", "plan_purpose", "plan_owner", "load_shape"),
)
MANAGED = "managed_"
"""What the names of the managed platform begin with; a plan without it has none of them."""


def check_names(reader: Reader) -> None:
    """Keep every setting and input whose name stands for no cell as bad.

    Raises
    ------
    ScenarioError
        If it is no workbook of ours, or its sheet of inputs is gone.
    """
    if not any(name in reader.names for name in SETTINGS):
        rule = "start from a workbook that evenpoint template or evenpoint budget wrote"
        raise ScenarioError(f"{reader.name} has no cell named {SETTINGS[1]}; {rule}")
    wanted = [name for name in (*SETTINGS, *INPUTS) if is_asked(reader, name)]
    there = {name: place for name in wanted if (place := reader.named(name))}
    if not there:
        rule = "put back the sheet Inputs that its names stood for"
        raise ScenarioError(f"{reader.name}: {reader.names.fault(SETTINGS[1])}; {rule}")
    for at, name in enumerate(wanted):
        if name not in there:
            _complain(reader, name, wanted[:at], there)


def is_asked(reader: Reader, name: str) -> bool:
    """Say whether the workbook has such an input: only those of a managed platform may lack."""
    return not name.startswith(MANAGED) or any(reader.names.beginning(MANAGED))


def _complain(reader: Reader, name: str, before: list[str], there: dict[str, Place]) -> None:
    """Keep the cell that lost its name as bad, or where its row is gone the one above it."""
    near = next((there[each] for each in reversed(before) if each in there), None)
    place = near or next(iter(there.values()))
    label = INPUTS[name].label if name in INPUTS else ""
    rows = [c.row for c in place.page.texts if c.column == LABEL + 1 and c.shown == label]
    same = [each for each, one in INPUTS.items() if one.label == label and is_asked(reader, each)]
    fault = reader.names.fault(name)
    if rows and len(rows) == len(same):
        row = sorted(rows)[same.index(name)]  # the inputs of two platforms may be called alike
        reader.complain(Place(place.page, row, VALUE + 1), f"{fault}; name this cell so again")
        return
    gone = f"its row {label!r}" if label else "its row"
    side = "below" if near else "above"
    reader.complain(place, f"{fault}; {gone} stood {side} this cell: put it back")


def note_copies(reader: Reader) -> None:
    """Note every sheet whose names are those of another one: nothing is read from it."""
    home = reader.named("currency")
    for copy in reader.names.copies([*SETTINGS, *INPUTS]):
        if home:
            reader.notes.append(f"the sheet {copy} is a copy of {home.page.name} and is not read")
