"""The Decision sheet: one page to sign, with what speaks for each alternative and against it."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from costcore.language.timeline import Line
from workbooks.plan.judgement.risk import Risk, ranks
from workbooks.plan.lines.option import TITLES
from workbooks.plan.results.decision import against_nothing
from workbooks.scenario.inputs import CASES
from workbooks.sheets.draft import FIRST, LABEL, PERIODS_ROW, UNIT, VALUE, Draft
from workbooks.sheets.pages.cover import SENTENCES

SIGNED = ("Asked for by", "Finance", "Technology", "Approved by")
KEYS = (
    "saving_cost",
    "saving_paid_cost",
    "irr_rate",
    "paid_irr_rate",
    "payback_cash_months",
    "payback_paid_months",
    "payback_present_months",
)
"""What self-hosting earns, with the terminal value and, where nodes are bought, without it."""
MONEY = "#,##0;[Red](#,##0);0"
LAST = FIRST + 4


def write(draft: Draft, found: Risk) -> None:
    """Write the page: verdict, alternatives, flows, returns, downside, way out, signatures."""
    note = f"{draft.plan.scenario.currency}. Doing nothing is staying on the API as it is."
    sheet = draft.sheet("Decision", "Decision", note)
    sheet.set_column(LABEL, LABEL, 48)
    sheet.set_column(UNIT, UNIT, 22)
    sheet.set_column(VALUE, LAST, 15)
    row = PERIODS_ROW
    for name, height in SENTENCES.items():
        kind = "verdict" if name == "verdict_text" else "wrap"
        sheet.merge_range(row, LABEL, row, LAST, "", draft.style(kind))
        draft.formula(sheet, row, LABEL, f"={name}", draft.numbers[name], kind)
        sheet.set_row(row, height)
        row += 1
    row = _alternatives(draft, sheet, row + 1, found)
    row = _years(draft, sheet, row + 1)
    row = _returns(draft, sheet, row + 1)
    row = _downside(draft, sheet, row + 1)
    _signatures(draft, sheet, row + 1)
    if FIRST + draft.plan.years < LAST:
        sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    draft.protect(sheet)


def _titles(draft: Draft, sheet: Worksheet, row: int, first: str, titles: Sequence[str]) -> None:
    for column, title in enumerate((first, "", *titles)):
        kind = "header" if column <= UNIT else "figure header"
        sheet.write(row, column, title, draft.style(kind))


def _alternatives(draft: Draft, sheet: Worksheet, row: int, found: Risk) -> int:
    options = draft.plan.options
    _titles(draft, sheet, row, "Alternatives", [TITLES[option] for option in options])
    for label, view in (("Cash, whole plan", "cash"), ("Present value compared", "compared")):
        row += 1
        sheet.write(row, LABEL, label, draft.style("label"))
        for column, option in enumerate(options, start=VALUE):
            name = f"{option}_{view}_cost"
            draft.formula(sheet, row, column, f"={name}", draft.numbers[name], "number", MONEY)
    row += 1
    for column, line in enumerate(against_nothing(options), start=VALUE):
        sheet.write(row, LABEL, line.label, draft.style("label"))
        draft.figure(sheet, row, column, line)
    drawn = {o: (found.wins[o], *ranks(found.compared[o]).values()) for o in options}
    labels = ("Cheapest of all, of the draws as made", "P10 as drawn", "P50", "P90")
    for place, label in enumerate(labels):
        row += 1
        sheet.write(row, LABEL, label, draft.style("label"))
        for column, option in enumerate(options, start=VALUE):
            look = draft.style("found", MONEY if place else "0.0%")
            sheet.write_number(row, column, drawn[option][place], look)
    return row + 1


def _years(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write the flows against doing nothing, and the way out, year by year."""
    sheet.write(row, LABEL, "Against doing nothing, by year of the plan", draft.style("header"))
    for column, text in ((UNIT, "Unit"), (VALUE, "Total"), (VALUE + 1, "")):
        sheet.write(row, column, text, draft.style("header"))
    for year in range(draft.plan.years):
        before = xl_rowcol_to_cell(row, FIRST + year - 1)
        text = "=1" if year == 0 else f"={before} + 1"
        sheet.write_formula(row, FIRST + year, text, draft.style("header", '"Year "0'), year + 1)
    read = {line.name: _place(draft, line) for line in draft.plan.yearly}
    return draft.across(sheet, row, draft.plan.decided, draft.plan.years, "year", read)


def _place(draft: Draft, line: Line) -> tuple[str, int]:
    sheet, _, cells = draft.cells[line.name].text.partition("!")
    return f"{sheet}!", xl_cell_to_rowcol(cells.split(":")[0].replace("$", ""))[0]


def _returns(draft: Draft, sheet: Worksheet, row: int) -> int:
    sheet.write(row, LABEL, "What self-hosting earns", draft.style("header"))
    sheet.write(row, UNIT, "Unit", draft.style("header"))
    sheet.write(row, VALUE, "", draft.style("header"))
    lines = {line.name: line for line in draft.plan.figures}
    for each in draft.plan.returns:
        lines[each.rate().name] = each.rate()
    for name in KEYS:
        if name in lines:
            row += 1
            line = lines[name]
            sheet.write(row, LABEL, line.label, draft.style("label"))
            sheet.write(row, UNIT, draft.unit(line), draft.style("unit"))
            form = line.unit.cell_format
            draft.formula(sheet, row, VALUE, f"={name}", draft.numbers[name], "number", form)
    return row + 1


def _downside(draft: Draft, sheet: Worksheet, row: int) -> int:
    """Write what each alternative is worth in each case, as it was when the workbook was made."""
    options = draft.plan.options
    _titles(draft, sheet, row, "Present value by case, as made", [TITLES[o] for o in options])
    for case in CASES:
        row += 1
        sheet.write(row, LABEL, case.capitalize(), draft.style("label"))
        for column, option in enumerate(options, start=VALUE):
            value = float(draft.found[case][f"{option}_compared_cost"])
            sheet.write_number(row, column, value, draft.style("found", MONEY))
    return row + 1


def _signatures(draft: Draft, sheet: Worksheet, row: int) -> None:
    for column, title in enumerate(("Sign-off", "Name", "Yes or no", "Date")):
        sheet.write(row, column, title, draft.style("header"))
    for who in SIGNED:
        row += 1
        sheet.write(row, LABEL, who, draft.style("label"))
        for column in (UNIT, VALUE, VALUE + 1):
            sheet.write_blank(row, column, None, draft.style("input"))
