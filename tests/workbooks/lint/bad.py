"""A workbook with one fault for each rule, and where each was planted."""

import datetime
from pathlib import Path

from xlsxwriter import Workbook

PLANTED = {
    1: ("Sheet1", "A1"),
    2: ("About", ""),
    3: ("Inputs", "C6"),
    4: ("Monthly", "E9"),
    5: ("Monthly", "C10"),
    6: ("Monthly", "H7"),
    7: ("Summary", "C4"),
    8: ("Monthly", "A11"),
    9: ("Monthly", "C12"),
    10: ("Monthly", "C13"),
    11: ("Monthly", "C14"),
    12: ("Monthly", "C15"),
    13: ("Monthly", "C16"),
    14: ("Monthly", "C17"),
    15: ("Summary", "B20"),
    16: ("Sheet1", "C3"),
    17: ("Monthly", "C18"),
    18: ("Secret", ""),
    19: ("Monthly", "C19"),
    20: ("Monthly", "C20"),
    21: ("Monthly", "C21"),
    22: ("Checks", ""),
    23: ("Checks", "A1"),
    24: ("Monthly", "A22"),
    25: ("Summary", "A1"),
    26: ("Inputs", "B6"),
    27: ("Inputs", "A1"),
    28: ("", ""),
    29: ("", ""),
    30: ("Inputs", "B7"),
    31: ("Monthly", "E7"),
    32: ("Monthly", "B40"),
    33: ("Summary", "B21"),
    34: ("Monthly", "A1"),
    35: ("Monthly", "A1"),
    36: ("Summary", "D25"),
    37: ("Monthly", "E7"),
    38: ("About", "A1"),
    39: ("Monthly", "F23"),
    40: ("Sheet1", ""),
    41: ("Monthly", "C24"),
}


def bad_book(path: Path) -> Path:
    """Write the workbook."""
    book = Workbook(path)
    names = ("Sheet1", "About", "Inputs", "Monthly", "Summary", "Checks", "Secret")
    first, about, inputs, monthly, summary, checks, secret = map(book.add_worksheet, names)
    about.write("A1", "What this is for")
    secret.hide()
    first.write_formula("B2", "=Inputs!B6", None, 5)
    first.write_formula("C3", "=D3 + 1", None, 0)
    first.write_formula("D3", "=C3 + 1", None, 0)
    _inputs(inputs)
    _monthly(book, monthly)
    _summary(book, summary)
    checks.write("A5", "Nodes are whole")
    checks.write_formula("C5", "=IF(Monthly!E7 > 0, 0, 1)", None, 0)
    book.define_name("costs", "=Monthly!$E$7:$H$7")
    book.close()
    return path


def _inputs(sheet):
    for column, text in enumerate(("Input", "Low", "Live", "Source")):
        sheet.write(4, column, text)
    sheet.write_row("A6", ("Rent", 5))
    sheet.write("D6", "quote")
    sheet.write_formula("C6", "=SUM(B6:B7) * 2", None, 10)
    sheet.write_row("A7", ("Salary", 90))


FORMULAS = {
    "C10": "=E7 * 0.21",
    "C13": f"=E7{' + E7' * 80}",
    "C14": "=E7+F7",
    "C15": "=TODAY()",
    "C16": "=VLOOKUP(1, E7:H9, 2)",
    "C17": "=NPV(E7, F7:H7)",
    "C18": "=[1]Other!A1",
    "C20": "=IFERROR(E7 / F7, 0)",
    "C21": "=ROUND(E7 / 3, 2)",
    "C24": "=_xlfn.XLOOKUP(1, E7:H7, E7:H7)",
}


def _monthly(book, sheet):
    day = book.add_format({"num_format": "mmm yyyy"})
    for month in range(14):
        date = datetime.datetime(2026 + month // 12, month % 12 + 1, 28)
        sheet.write_datetime(4, 4 + month, date, day)
    for row, label in ((6, "Growth"), (8, "Rent"), (9, "Tax")):
        sheet.write_row(row, 0, (label, "USD"))
    for column in range(4, 18):
        letter = chr(65 + column - 1)
        text = f"=N({letter}7) + 1" if column != 7 else "=N(F7) + 2"
        sheet.write_formula(6, column, text, None, column - 3)
        sheet.write(21, column, -100)
    sheet.write("E9", 123)
    sheet.write_row("A22", ("Cost of nodes", "USD"))
    sheet.write_row("A11", (7, "USD"))
    sheet.write_formula("E11", "=E7", None, 1)
    sheet.write_formula("C12", "=E7 * 2", None, 2)
    for cell, text in FORMULAS.items():
        row = int(cell[1:]) - 1
        if row not in (6, 8, 9):
            sheet.write_row(row, 0, (f"Line {row}", "USD"))
        sheet.write_formula(cell, text, None, 1.5)
    sheet.write_formula("C19", "=1 / 0", None, "#DIV/0!")
    sheet.write_formula("F23", "=G23 + 1", None, 1)
    sheet.write_formula("G23", "=1 + 0", None, 1)
    sheet.merge_range("B40:D40", "merged")


def _summary(book, sheet):
    day = book.add_format({"num_format": "mmm yyyy"})
    for month in range(6):
        sheet.write_datetime(3, 2 + month, datetime.datetime(2026, month + 1, 28), day)
    sheet.write("A20", "Total cost")
    sheet.write_formula("B20", "=Sheet1!B2", None, 5)
    sheet.write_formula("B21", "=B20 * 1000000", book.add_format({"num_format": "0.00"}), 5e6)
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Summary!$C$4:$H$4"})
    sheet.insert_chart("D25", chart)
