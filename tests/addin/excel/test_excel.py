"""Every function through the code that xlwings runs on Windows: conversion, call, conversion."""

import datetime
import io
from types import SimpleNamespace
from typing import Any

import pytest

from costcore import catalogue
from costcore.catalogue import FUNCTIONS, SheetFunction
from tests.addin.cases import CASES, OMITTED, Case
from tests.addin.test_cells import same
from tests.addin.windows import MISSING, Range

MODULE = "addin.excel.udfs"
CODES = {  # [MS-OSHARED] 2.2.2.2 and the reference of CVErr; COM adds the facility of an error
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
}
DAY_0 = datetime.datetime(1899, 12, 30)


def value2(cell: Any) -> Any:
    """Return a cell as `Range.Value2` and COM hand it to Python."""
    if isinstance(cell, tuple):
        return tuple(map(value2, cell))
    if cell is OMITTED:
        return MISSING
    if isinstance(cell, datetime.datetime):
        return (cell - DAY_0) / datetime.timedelta(days=1)
    text = getattr(cell, "value", None)
    return CODES[text] - 2146828288 if text else cell


def value(cell: Any) -> Any:
    """Return a cell as `Range.Value`: the same, but a date is a date."""
    return cell if isinstance(cell, datetime.datetime) else value2(cell)


def arguments(case: Case) -> list[Any]:
    """Return the arguments with those left out at the end, as VBA passes them."""
    most = len(catalogue.function(case.function).quantities)
    return [*case.cells, *[OMITTED] * (most - len(case.cells))]


def as_text(shows: Any) -> Any:
    """Errors leave Python as their text; the add-in makes errors of them."""
    if isinstance(shows, list):
        rows = [[as_text(x) for x in row] for row in shows]
        return rows[0] if len(rows) == 1 else rows  # xlwings sends a single row flat
    return getattr(shows, "value", shows)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_give_what_the_rules_say(windows: SimpleNamespace, case: Case) -> None:
    """The add-in passes the values of ranges, and nothing else crosses to Python."""
    given = tuple(value2(cell) for cell in arguments(case))
    shown = windows.server.CallUDF(MODULE, case.function, given)
    assert same(shown, as_text(case.shows)), shown


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ranges_give_what_the_rules_say(windows: SimpleNamespace, case: Case) -> None:
    """xlwings' own add-in passes ranges, and reads their values from Python."""
    given = [
        Range([[value(x) for x in row] for row in (c if isinstance(c[0], tuple) else (c,))])
        if isinstance(c, tuple)
        else MISSING
        if c is OMITTED
        else Range([[value(c)]])
        for c in arguments(case)
    ]
    shown = windows.server.CallUDF(MODULE, case.function, tuple(given))
    assert same(shown, as_text(case.shows)), shown


def test_a_date_where_a_number_belongs_is_refused(windows: SimpleNamespace) -> None:
    """Only `Range.Value` says that a cell is a date; `Value2` hands over its day number."""
    date = Range([[datetime.datetime(2026, 1, 1)]])
    given = (date, 1.0, 1.0, 730.0)
    assert windows.server.CallUDF(MODULE, "RENT_PER_MONTH", given) == "#VALUE!"


@pytest.mark.parametrize("text", CODES)
def test_every_error_value_comes_out_as_it_came_in(windows: SimpleNamespace, text: str) -> None:
    """One error value, and one inside a column."""
    error = CODES[text] - 2146828288
    assert windows.server.CallUDF(MODULE, "RENT_PER_MONTH", (error, 1.0, 1.0, 730.0)) == text
    column = ((2.0,), (error,))
    shown = windows.server.CallUDF(MODULE, "RENT_PER_MONTH", (column, 1.0, 1.0, 730.0))
    assert shown == [[1460.0], [text]]


def test_the_text_of_an_error_is_a_text(windows: SimpleNamespace) -> None:
    """Somebody who types '#N/A has typed a word."""
    given = ("#N/A", 1.0, 1.0, 730.0)
    assert windows.server.CallUDF(MODULE, "RENT_PER_MONTH", given) == "#VALUE!"


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda entry: entry.name)
def test_excel_is_told_what_a_function_is_for(
    windows: SimpleNamespace, entry: SheetFunction
) -> None:
    """The wizard shows at most 255 characters, and every argument says what its unit is."""
    told = getattr(windows.excel, entry.name).__xlfunc__
    assert told["name"] == entry.name
    assert told["category"] == catalogue.CATEGORY
    assert not told["volatile"]
    assert told["ret"]["doc"] == entry.summary
    assert [a["name"] for a in told["args"]] == list(entry.signature.parameters)
    for argument, (_, unit) in zip(told["args"], entry.quantities.values(), strict=True):
        assert f"[{unit.label}" in argument["doc"]
        assert ("optional" in argument) == ("; " in argument["doc"].partition("[")[2])
        assert argument["options"]["ndim"] == 2
    texts = [told["ret"]["doc"], *(a["doc"] for a in told["args"])]
    assert max(map(len, texts)) <= windows.excel.MOST_HELP_CHARACTERS


def test_xlwings_own_generator_accepts_every_function(windows: SimpleNamespace) -> None:
    """Whoever uses xlwings' add-in instead of ours gets a wrapper for each function."""
    made = io.StringIO()
    book = SimpleNamespace(Name="costs.xlam")
    windows.udfs.generate_vba_wrapper(MODULE, windows.excel, made, book)
    assert all(f"Function {entry.name}(" in made.getvalue() for entry in FUNCTIONS)
