"""Lay the table of cases out in a Calc document, and read what Calc shows."""

import datetime
from collections.abc import Sequence
from typing import Any

from addin.calc.host import CODES
from addin.cells import CellError
from tests.addin.cases import OMITTED, Case
from tests.addin.office import Office

BY_CODE = {code: error for error, code in CODES.items()}
FIRST_ARGUMENT, WIDTH = 12, 40
TYPED = {
    CellError.NA: "=NA()",
    CellError.DIV0: "=1/0",
    CellError.REF: "=#REF!",
}


def address(column: int, row: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def typed(value: Any) -> Any:
    """Return what one types to get that value into a cell."""
    if isinstance(value, datetime.datetime):
        return (value - datetime.datetime(1899, 12, 30)).days
    if isinstance(value, bool):
        return "=TRUE()" if value else "=FALSE()"
    return TYPED.get(value, value) if value != "" else '=""'


def layout(cases: Sequence[Case]) -> tuple[list[Any], list[Any], list[tuple[int, int, int, int]]]:
    """Return the cells, the formulas and where each answer is, one block below the other."""
    cells, formulas, answers, row = [], [], [], 0
    for case in cases:
        words, tallest = [], 1
        for place, argument in enumerate(case.cells):
            first = FIRST_ARGUMENT + place * WIDTH
            rows = argument if isinstance(argument, tuple) else ((argument,),)
            rows = rows if isinstance(rows[0], tuple) else (rows,)
            cells += [
                [first + c, row + r, typed(value)]
                for r, values in enumerate(rows)
                for c, value in enumerate(values)
                if value is not None and value is not OMITTED
            ]
            end = address(first + len(rows[0]) - 1, row + len(rows) - 1)
            word = address(first, row) + (f":{end}" if isinstance(argument, tuple) else "")
            words.append("" if argument is OMITTED else word)
            tallest = max(tallest, len(rows))
        shows = case.shows if isinstance(case.shows, list) else [[case.shows]]
        size = len(shows[0]), len(shows)
        formulas.append([0, row, *size, f"={case.function}({';'.join(words)})"])
        answers.append((row, *size, isinstance(case.shows, list)))
        row += max(tallest, len(shows)) + 1
    return cells, formulas, answers


def shown(cells: dict[str, Any], column: int, row: int) -> Any:
    value = cells.get(f"{column},{row}")
    return BY_CODE.get(value["error"], value["error"]) if isinstance(value, dict) else value


def run_cases(office: Office, cases: Sequence[Case]) -> list[Any]:
    """Return what Calc shows for each case, all of them in one document."""
    values, formulas, answers = layout(cases)
    office.ask("new")
    office.ask("fill", values, formulas)
    cells = office.ask("read")["Sheet1"]
    found: list[Any] = []
    for row, width, height, table in answers:
        rows = [[shown(cells, c, row + r) for c in range(width)] for r in range(height)]
        found.append(rows if table else rows[0][0])
    return found
