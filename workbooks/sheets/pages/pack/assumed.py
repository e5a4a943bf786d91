"""The sheet What we assume: the ten inputs that matter, the gates, and what no figure tells."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.quantities import unit_of
from workbooks.plan.results.verdict.gates import asked
from workbooks.scenario.inputs import ENDS, INPUTS
from workbooks.sheets import paper
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.inputs import AS_OF, LOW, SOURCE, source_of, ten, unit_text
from workbooks.sheets.pages.pack.blocks import LINE, headers

HEADERS = ("What matters most", "Unit", "Live", "Low", "Base", "High", "Source", "As of")
WIDTHS = (26, 18, 17, 13, 13, 13, 37, 10)
BESIDE = 3
"""Column beside the gates."""
FIGURES, NAME_WIDTH, SOURCE_WIDTH = 6, 12, 38
LIMITS = (
    "What is compared is the present value of cash; opportunity cost joins it in Inputs.",
    "List prices, not your contract. Replace them in Prices or Inputs.",
    "Purchase prices and staffing are the weakest figures: get quotes.",
    "Throughput holds for the measured request lengths and load only.",
    "Quality and latency are not priced: they are gates, answered in Inputs, before the money.",
)


def write(draft: Draft) -> None:
    """Write the page."""
    currency = draft.plan.scenario.currency
    note = f"{currency}. Low, base and high of each input; all of them, with reasons, in Inputs."
    sheet = draft.sheet("What we assume", "What we assume", note)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    headers(draft, sheet, PERIODS_ROW, HEADERS, 2)
    for column, title in enumerate(HEADERS[FIGURES:], start=FIGURES):
        sheet.write(PERIODS_ROW, column, title, draft.style("text header"))
    row = PERIODS_ROW
    for name in ten(draft.plan):
        row += 1
        _input(draft, sheet, row, name)
    _gates(draft, sheet, row + 2)
    for column in range(BESIDE, len(HEADERS)):
        told = "What it cannot tell you" if column == BESIDE else ""
        sheet.write(row + 2, column, told, draft.style("text header"))
    for place, text in enumerate(LIMITS, start=row + 3):
        sheet.write_string(place, BESIDE, text, draft.style("unit"))
    paper.board(sheet, "What we assume")
    draft.protect(sheet)


def _input(draft: Draft, sheet: Worksheet, row: int, name: str) -> None:
    each, entry = INPUTS[name], draft.plan.scenario.entries[name]
    form = unit_of(name).cell_format if each.is_number else "@"
    sheet.write(row, 0, each.label, draft.style("wrap"))
    sheet.write(row, 1, unit_text(each, entry), draft.style("unit wrap"))
    _wrapped(draft, sheet, row, 2, name, draft.numbers[name], form)
    for column, end in enumerate(ENDS, start=3):
        place = _beside(draft, name, LOW + column - 3)
        _wrapped(draft, sheet, row, column, place, getattr(entry, end), form)
    source = source_of(entry)
    notes = {SOURCE: source, AS_OF: entry.as_of}
    for column, (beside, text) in enumerate(notes.items(), start=6):
        _wrapped(draft, sheet, row, column, _beside(draft, name, beside), text, "@")
    lines = 1 if each.is_number else -(-len(str(entry.base or "")) // NAME_WIDTH)
    lines = max(lines, 1, -(-len(source) // SOURCE_WIDTH))
    sheet.set_row(row, lines * LINE + 1)


def _wrapped(
    draft: Draft, sheet: Worksheet, row: int, column: int, place: str, value: Any, form: str
) -> None:
    """Show a cell of Inputs, in two lines where it is a text; a blank stays one."""
    kind = "unit wrap" if form == "@" else "number top"
    shown = "" if value is None else value
    text = f'=IF({place} = "", "", {place})'
    draft.formula(sheet, row, column, text, shown, kind, "" if form == "@" else form)


def _beside(draft: Draft, name: str, column: int) -> str:
    row, _ = xl_cell_to_rowcol(draft.places[name].rpartition("!")[2].replace("$", ""))
    return f"Inputs!{xl_rowcol_to_cell(row, column, True, True)}"


def _gates(draft: Draft, sheet: Worksheet, row: int) -> None:
    headers(draft, sheet, row, ("Gates before money", "", "Answer"), 2)
    for name in asked(draft.plan.options):
        row += 1
        sheet.write(row, 0, INPUTS[name].label, draft.style("label"))
        text = f'=IF({name} = "", "not answered", {name})'
        answer = draft.numbers[name] or "not answered"
        draft.formula(sheet, row, 2, text, answer, "number")
