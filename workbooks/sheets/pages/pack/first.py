"""What a first page to sign is made of, whatever is planned: head, figures, sources, signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from workbooks.scenario.scenario import Scenario
from workbooks.sheets.pages.pack.blocks import LINE, read
from workbooks.sheets.pen import Pen
from workbooks.sheets.style import BAD, GOOD, STALE

Told = tuple[str, Any]
"""The name of a cell, and what it shows."""
Figure = tuple[str, str, str, str]
"""What a figure is called, its cell, its format, and the cell that says what it is of."""
SIGNED = ("Asked for by", "Finance", "Technology", "Approved by")
SIGN = "Name, yes or no, and the date: a decision that nobody signed is none."
OLD_DAYS, SOURCE_WIDTH = 90, 54
SOURCE, AS_OF, AGE = 2, 6, 7
"""Columns of the table of sources."""


def top(pen: Pen, sheet: Worksheet, last: int, scenario: Scenario) -> None:
    """Write title and purpose, of when and by whom it is, and whether the checks hold."""
    pen.formula(sheet, 0, 0, "=plan_title", scenario.title, "title")
    pen.formula(sheet, 1, 0, "=plan_purpose", scenario.purpose, "note")
    link = ("internal:'How to read'!A1", pen.style("link"), "How to read it")
    sheet.write_url(2, 0, *link)
    for column, text in ((2, "As of"), (4, "Owner")):
        sheet.write(2, column, text, pen.style("unit"))
    read(pen, sheet, 2, 3, "as_of_day", pen.numbers["as_of_day"], "yyyy-mm-dd")
    owner = '=IF(plan_owner = "", "not named", plan_owner)'
    pen.formula(sheet, 2, 5, owner, scenario.owner or "not named", "label")
    pen.formula(sheet, 2, last, pen.check_text, pen.check_word, "number")
    for criteria, colour in (("begins with", BAD), ("not containing", GOOD)):
        look = pen.book.add_format({"font_color": colour, "bold": True})
        rule = {"type": "text", "criteria": criteria, "value": "A check", "format": look}
        sheet.conditional_format(2, last, 2, last, rule)


def figures(pen: Pen, sheet: Worksheet, row: int, asked: Sequence[Figure], currency: str) -> None:
    """Write the figures to remember beside each other, each over two columns."""
    for place, (label, name, form, note) in enumerate(asked):
        column = 2 * place
        title = f"{label}, {currency}" if name.endswith("_cost") else label
        for r, kind in enumerate(("figure name", "figure", "figure note")):
            sheet.merge_range(row + r, column, row + r, column + 1, "", pen.style(kind))
        sheet.write_string(row, column, title, pen.style("figure name"))
        pen.formula(sheet, row + 1, column, f"={name}", pen.numbers[name], "figure", form)
        pen.formula(sheet, row + 2, column, f"={note}", pen.numbers[note], "figure note")
    sheet.set_row(row + 1, 26)
    sheet.set_row(row + 2, 4 * LINE)


def thresholds(pen: Pen, sheet: Worksheet, row: int, last: int, told: Mapping[str, Told]) -> int:
    """Write in words what would change the answer; return the next row."""
    sheet.write(row, 0, "What would change the answer", pen.style("heading"))
    for column in range(1, last + 1):
        sheet.write_blank(row, column, None, pen.style("heading"))
    for label, (name, text) in told.items():
        row += 1
        sheet.write(row, 0, label, pen.style("top"))
        sheet.merge_range(row, 1, row, last, "", pen.style("wrap"))
        pen.formula(sheet, row, 1, f"={name}", text, "wrap")
        sheet.set_row(row, 2 * LINE + 1)
    return row + 1


def sources(
    pen: Pen, sheet: Worksheet, row: int, told: Sequence[tuple[str, Told, Told, Told]]
) -> int:
    """Write whose each figure of the tables is, its day and its age; return the next row."""
    titles = {0: "Sources and their age", SOURCE: "Source", AS_OF: "As of", AGE: "Days old"}
    for column in range(AGE + 1):
        kind = "figure header" if column >= AS_OF else "header"
        sheet.write(row, column, titles.get(column, ""), pen.style(kind))
    sheet.merge_range(row, 0, row, 1, titles[0], pen.style("header"))
    first = row + 1
    for label, (source, text), *dated in told:
        row += 1
        sheet.write(row, 0, label, pen.style("top"))
        sheet.merge_range(row, SOURCE, row, AS_OF - 1, "", pen.style("wrap"))
        pen.formula(sheet, row, SOURCE, f"={source}", text, "wrap")
        sheet.set_row(row, LINE * -(-len(str(text)) // SOURCE_WIDTH) + 1)
        for column, (name, value) in enumerate(dated, start=AS_OF):
            form = "yyyy-mm-dd;;" if column == AS_OF else "0"
            pen.formula(sheet, row, column, f"={name}", value, "number top", form)
    old = {"type": "cell", "criteria": ">", "value": OLD_DAYS}
    look = {"format": pen.book.add_format({"bg_color": STALE})}
    sheet.conditional_format(first, AGE, row, AGE, old | look)
    return row + 1


def signatures(pen: Pen, sheet: Worksheet, row: int) -> None:
    """Leave room for four names."""
    for place, who in enumerate(SIGNED):
        column = 2 * place
        for r, kind in enumerate(("header", "input")):
            sheet.merge_range(row + r, column, row + r, column + 1, "", pen.style(kind))
        sheet.write_string(row, column, who, pen.style("header"))
        hint = {"validate": "any", "input_title": who, "input_message": SIGN}
        sheet.data_validation(row + 1, column, row + 1, column + 1, hint)
    sheet.set_row(row + 1, 30)
