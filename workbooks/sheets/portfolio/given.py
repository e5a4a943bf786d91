"""The sheet Scenario: the file that a portfolio was made from, one row a value, to be changed."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from workbooks.file.cells import Value
from workbooks.portfolio.dated.rates import BUDGETED, RATE, STEP
from workbooks.portfolio.flat import CURRENCY, RANGE, Row, content, rows
from workbooks.portfolio.terms import Portfolio
from workbooks.scenario.entries import shown
from workbooks.scenario.inputs import INPUTS, Input
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.intake.cells import Place, Reader
from workbooks.sheets.pages.hints import hint, told
from workbooks.sheets.portfolio.folio import Folio

SHEET = "Scenario"
KNOWN = ("Low", "Base", "High", "Source", "As of", "Owner", "Spread")
HEADS = ("Section", "Name", "Input", *KNOWN, "Base as made")
NOTE = len(HEADS)
ORDER = dict(zip(RANGE, KNOWN, strict=True))
OTHERS = ("Currency", "Currency as made")
"""Beside them where an amount is in another one than the plan's."""
TOP = 4
WORTH = {
    RATE: "what one of it is worth in the currency that to_currency names",
    BUDGETED: "what one of it is worth in the plan's currency, from that day on",
    STEP: "what the price of its engine is multiplied by, from that day on",
}
"""What the number of an exchange rate, or of a step, says."""


def write(folio: Folio, portfolio: Portfolio) -> None:
    """Write every value of the file; evenpoint budget --from reads it back."""
    note = "What this book was made from; change it and run: evenpoint budget --from this file"
    sheet = folio.sheet(SHEET, "Scenario", note)
    listed = list(rows(portfolio.content))
    others = OTHERS if any(CURRENCY in row.known for row in listed) else ()
    heads = (*HEADS, "Note", *others)
    titles = [{"header": head, "header_format": folio.style("header")} for head in heads]
    look = {"name": "tblScenario", "columns": titles, "style": None, "autofilter": False}
    sheet.add_table(TOP - 1, 0, TOP - 1 + max(len(listed), 1), len(heads) - 1, look)
    for at, row in enumerate(listed, start=TOP):
        for column, text in enumerate((row.section, row.name, row.key)):
            sheet.write_string(at, column, text, folio.style("label"))
        for column, name in enumerate(RANGE, start=3):
            _write(sheet, at, column, row.known.get(name), folio.style("input"))
        _write(sheet, at, NOTE - 1, row.known.get("base"), folio.style("found"))
        sheet.write_string(at, NOTE, _note(row), folio.style("unit"))
        for column, kind in zip(range(NOTE + 1, len(heads)), ("input", "found"), strict=False):
            _write(sheet, at, column, row.known.get(CURRENCY), folio.style(kind))
        hinted = _input(row)
        what = hint(hinted.name, hinted.label) if hinted else told(row.key, OTHER, "your own files")
        sheet.data_validation(at, 3, at, NOTE - 2, {"validate": "any"} | what)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 2, 26)
    sheet.set_column(3, NOTE - 1, 16)
    sheet.set_column(NOTE, NOTE, 60)
    sheet.freeze_panes(TOP, 3)


OTHER = "As in the file that evenpoint init --portfolio writes, where it is explained."


def _input(row: Row) -> Input | None:
    """Return the input of a plan that a row gives, if it is one."""
    return INPUTS.get(row.key) or INPUTS.get(f"api_{row.key}")


def _note(row: Row) -> str:
    """Say what a value is, and that it is an estimate where nobody says whose it is."""
    known = _input(row)
    parts = [f"{known.label}: {known.unit_label}"] if known else []
    if row.section in (BUDGETED, STEP) or (row.section, row.key) == (RATE, RATE):
        parts.append(WORTH[row.section])
    elif isinstance(row.known.get("base"), int | float) and not row.known.get("source"):
        parts.append("an estimate, for no source is given")
    return "; ".join(parts)


def _write(sheet: Worksheet, row: int, column: int, value: Any, form: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, form)
    else:
        sheet.write_number(row, column, value, form)


def read(reader: Reader) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the file as it stands on the sheet, and as it was when the book was made."""
    page = reader.sheet(SHEET, HEADS[-1])
    cells = reader.heading(page, *HEADS) if page else {}
    if not (page and cells):
        return {}, {}
    first = cells[HEADS[0]].row + 1
    others = [reader.beside(page, first - 1, CURRENCY, head) for head in OTHERS]
    now, made = [], []
    for at in sorted(row for row in page.rows if row >= first):

        def held(head: str, at: int = at) -> Any:
            place = Place(page, at, cells[head].column)
            return reader.read(place, as_it_is, None)

        section, name, key = (str(held(head) or "") for head in HEADS[:3])
        known = {each: held(head) for each, head in ORDER.items()}
        code, code_as_made = (
            {each: reader.read(Place(page, at, c), as_it_is, None) for each, c in other.items()}
            for other in others
        )
        known |= code
        if section and any(value is not None for value in known.values()):
            now.append(Row(section, name, key, known))
        elif section in ("workload", "engine", "strategy") and not key:
            now.append(Row(section, name, "", {}))
        if section and (as_made := held(HEADS[-1])) is not None:
            made.append(Row(section, name, key, {"base": as_made, **code_as_made}))
    return _content(now), _content(made)


def as_it_is(held: Value) -> Value:
    """Take what a cell holds; what the scenario makes of it is checked there."""
    return held


def _content(known: list[Row]) -> dict[str, Any]:
    try:
        return content(known)
    except ValueError as error:
        raise ScenarioError(f"{SHEET}: {shown(str(error))}; lists are written [1, 2]") from None
