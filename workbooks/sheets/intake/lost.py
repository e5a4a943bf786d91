"""Refuse a workbook whose names or rows are gone, and say where each of them stood."""

from __future__ import annotations

from collections.abc import Iterable

from workbooks.lint.stored import TooLargeError
from workbooks.scenario.inputs import INPUTS
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.draft import LABEL, UNIT, VALUE
from workbooks.sheets.intake.cells import Place, Reader

COUNTED = "Inputs asked"
"""What the Log calls their number."""
SETTINGS = (
    *("live_case", "currency", "horizon_months", "start_month", "as_of_day", "tolerance_cost"),
    *("plan_title", "plan_purpose", "plan_owner", "load_shape"),
)
MANAGED = "managed_"
"""What the names of the managed platform begin with; a plan without it has none of them."""


def check_names(reader: Reader) -> frozenset[str]:
    """Keep every setting and input whose name stands for no cell as bad.

    Returns
    -------
    frozenset of str
        The inputs that are newer than the workbook, each of which is noted: what is usual counts.

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
    newer = _newer(reader, [name for name in wanted if name not in there and name in INPUTS])
    for at, name in enumerate(wanted):
        if name not in there and name not in newer:
            _complain(reader, name, wanted[:at], there)
    return newer


def asked(names: Iterable[str], managed: bool) -> list[str]:
    """Return those inputs that a workbook asks, with a managed platform or without."""
    return [name for name in names if managed or not name.startswith(MANAGED)]


def _newer(reader: Reader, lost: list[str]) -> frozenset[str]:
    """Return the inputs that a workbook was made before, and note them.

    A row that somebody deletes leaves its name behind, or its label, or is one of as many as the
    Log says that there were.
    """
    wanted = [name for name in INPUTS if is_asked(reader, name)]
    labels = {INPUTS[name].label for name in lost}
    page = next((place.page for name in wanted if (place := reader.named(name))), None)
    held = {cell.shown for cell in page.texts if cell.column == LABEL + 1} if page else set()
    if not lost or labels & held or any(name in reader.names for name in lost):
        return frozenset()
    stated = _stated(reader)
    if stated is not None and stated + len(lost) != len(wanted):
        return frozenset()
    for name in lost:
        usual = f"{name} ({INPUTS[name].label}) is newer than the workbook, and what is usual"
        reader.notes.append(f"{usual} is planned with")
    return frozenset(lost)


def _stated(reader: Reader) -> int | None:
    """Return how many inputs the Log says that the workbook asks; an old one does not say."""
    page = reader.book.page("Log")
    if page is None:
        return None
    try:
        rows = [cell.row for cell in page.texts if cell.shown == COUNTED]
    except TooLargeError:
        return None
    cell = page.cells.get((rows[0], UNIT + 1)) if rows else None
    text = str(cell.shown) if cell else ""
    return int(text) if text.isdecimal() else None


def is_asked(reader: Reader, name: str) -> bool:
    """Say whether the workbook has such an input: only those of a managed platform may lack."""
    return bool(asked([name], any(reader.names.beginning(MANAGED))))


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
