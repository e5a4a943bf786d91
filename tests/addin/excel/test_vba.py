"""The add-in's own VBA, executed: from cells of a sheet to Python and back as real values.

pyOpenVBA interprets the modules as they are written into the add-in. Only CreateObject is
replaced: it hands out xlwings' COM object, called with what COM would make of the values.
"""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl.utils import get_column_letter
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import _intrinsics as intrinsics
from pyopenvba.interpreter._objects import VBAObject, method
from pyopenvba.interpreter._values import (
    EMPTY,
    MISSING,
    NOTHING,
    VBAArray,
    VBADate,
    VBAErrorValue,
    error,
)

from addin.cells import CellError
from addin.excel.udfs import CODES
from addin.excel.vba import modules
from tests.addin import windows as stand_in
from tests.addin.cases import CASES, OMITTED, Case
from tests.addin.test_cells import same

ERRORS = {code: name for name, code in CODES.items()}
RPC_FAILED = -2147023174


class Server(VBAObject):
    """xlwings' COM object as VBA sees it; `dies` makes that many calls find no process."""

    def __init__(self, python: Any, dies: int = 0) -> None:
        super().__init__()
        self.python, self.dies, self.calls, self.said = python, dies, [], []

    @method
    def CallUDF(self, module: str, name: str, args: VBAArray) -> object:  # noqa: N802  (COM's)
        if self.dies:
            self.dies -= 1
            raise error(RPC_FAILED, "The RPC server is unavailable.")
        given = tuple(map(to_python, args.items))
        self.calls.append((module, name, given))
        try:
            return to_vba(self.python.CallUDF(module, name, given))
        except Exception as failure:
            raise error(-2147352567, repr(failure)) from None

    @method
    def Run(self, action: str, book: object) -> str:  # noqa: N802
        self.said.append(action)
        return "?Change 2 prices?" if action == "refresh_prices" else f"did {action}"


def to_python(value: Any) -> Any:
    """Return what pywin32 makes of a VBA value."""
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            return tuple(map(to_python, value.items))
        (low, high), (left, right) = value.bounds
        columns = range(left, right + 1)
        return tuple(
            tuple(to_python(value.get([i, j])) for j in columns) for i in range(low, high + 1)
        )
    if isinstance(value, VBAErrorValue):
        return value.number - 2146828288
    if isinstance(value, VBADate):
        raise AssertionError("Value2 has no dates")
    return {id(MISSING): stand_in.MISSING, id(EMPTY): None}.get(id(value), value)


def to_vba(value: Any) -> Any:
    """Return what COM makes of a Python answer: a value, a row, or rows."""
    if not isinstance(value, list | tuple):
        return value
    if not isinstance(value[0], list | tuple):
        return VBAArray([(0, len(value) - 1)], items=list(value))
    block = VBAArray([(0, len(value) - 1), (0, len(value[0]) - 1)])
    for i, row in enumerate(value):
        for j, item in enumerate(row):
            block.set([i, j], item)
    return block


def shown(value: Any) -> Any:
    """Return what the cells show of a VBA value; the interpreter gives arrays as lists."""
    if isinstance(value, list):
        rows = value if isinstance(value[0], list) else [value]
        return [[shown(x) for x in row] for row in rows]
    return ERRORS[value.number] if isinstance(value, VBAErrorValue) else value


@pytest.fixture
def excel(windows: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """An interpreted Excel with the add-in loaded; `servers` are those it has started."""
    servers: list[Server] = []
    dies: list[int] = []

    def create(_interpreter: object, arguments: list[str], _named: object) -> Server:
        assert arguments == ["Evenpoint.Server"]
        servers.append(Server(windows.server, dies.pop() if dies else 0))
        return servers[-1]

    kept = intrinsics.INTRINSICS["createobject"]
    intrinsics.INTRINSICS["createobject"] = create
    app = ExcelApplication()
    app.add_workbook()
    for name, source in modules().items():
        app.add_module(re.sub(r"(?m)^Attribute .*\r\n", "", source), name=name)
    yield SimpleNamespace(app=app, servers=servers, dies=dies)
    intrinsics.INTRINSICS["createobject"] = kept


def typed(app: Any, cells: tuple[Any, ...]) -> str:
    """Type arguments into the sheet, side by side, and return them as references."""
    column, references = 1, []
    for argument in cells:
        if argument is OMITTED:
            references.append("")
            continue
        rows = argument if isinstance(argument, tuple) else ((argument,),)
        rows = rows if isinstance(rows[0], tuple) else (rows,)
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row):
                put(app, f"{get_column_letter(column + j)}{i}", value)
        last = get_column_letter(column + len(rows[0]) - 1)
        references.append(f'Range("{get_column_letter(column)}1:{last}{len(rows)}")')
        column += len(rows[0])
    return ", ".join(references)


def put(app: Any, cell: str, value: Any) -> None:
    """Type a value into a cell."""
    if isinstance(value, CellError):
        app.sheet(1).set_value(cell, VBAErrorValue(CODES[value]))
    elif isinstance(value, str):
        app.sheet(1).set_value(cell, f"'{value}")  # else "2.00" is taken for a number
    elif value is not None:
        app.sheet(1).set_value(cell, stand_in.day_number(value))


# a formula may leave out what VBA itself would insist on
TYPED = [case for case in CASES if case.cells[0] is not OMITTED]


@pytest.mark.parametrize("case", TYPED, ids=str)
def test_a_formula_shows_what_the_rules_say(excel: SimpleNamespace, case: Case) -> None:
    """The whole way: cells, wrapper, bridge, xlwings, catalogue, and back to real values."""
    answer = excel.app.evaluate(f"{case.function}({typed(excel.app, case.cells)})")
    assert same(shown(answer), case.shows), shown(answer)


@pytest.mark.parametrize("case", [c for c in TYPED if isinstance(c.shows, CellError)], ids=str)
def test_an_error_is_an_error_and_not_its_text(excel: SimpleNamespace, case: Case) -> None:
    """SUM and every total above it must fail too: a text would be skipped."""
    call = f"{case.function}({typed(excel.app, case.cells)})"
    assert excel.app.evaluate(f"IsError({call})") is True


def test_errors_inside_an_array_are_errors(excel: SimpleNamespace) -> None:
    """The same in the spilled rows of a column."""
    reference = typed(excel.app, (((2.0,), ("x",), (3.0,)), 1.0, 1.0, 730.0))
    answer = excel.app.evaluate(f"RENT_PER_MONTH({reference})")
    assert [type(x) for (x,) in answer] == [float, VBAErrorValue, float]


def test_only_values_cross_to_python(excel: SimpleNamespace) -> None:
    """Each range is read once; a date goes as its day number and an omitted argument as missing."""
    excel.app.evaluate(f"RENT_PER_MONTH({typed(excel.app, (((2.0,), (3.0,)), 1.0))})")
    given = (((2.0,), (3.0,)), 1.0, stand_in.MISSING, stand_in.MISSING)
    assert excel.servers[0].calls == [("addin.excel.udfs", "RENT_PER_MONTH", given)]


def test_of_a_whole_column_only_the_used_rows_are_read(excel: SimpleNamespace) -> None:
    """A1:A1048576 would take seconds; the first row stays the first."""
    typed(excel.app, (((None,), (2.0,), (3.0,)),))
    answer = excel.app.evaluate('RENT_PER_MONTH(Range("A:A"))')
    assert shown(answer) == [[CellError.NUM], [1_460.0], [2_190.0]]


def test_several_areas_are_refused(excel: SimpleNamespace) -> None:
    """Value2 of (A1:A2,C1) is that of the first area: a load would silently lose its rest."""
    typed(excel.app, (((2.0,), (3.0,)), 1.0, 9.0))
    assert shown(excel.app.evaluate('PEAK_FACTOR(Range("A1:A2,C1"))')) is CellError.VALUE


def test_a_server_that_died_is_started_again_once(excel: SimpleNamespace) -> None:
    """Somebody ended the process; the next recalculation works without a restart of Excel."""
    excel.dies.append(1)
    assert excel.app.evaluate("RENT_PER_MONTH(2#)") == 1_460.0
    assert len(excel.servers) == 2


def test_a_server_that_keeps_dying_is_an_error(excel: SimpleNamespace) -> None:
    """No endless loop, and no text in the cell."""
    excel.dies.extend([9, 9, 9])
    assert shown(excel.app.evaluate("RENT_PER_MONTH(2#)")) is CellError.VALUE
    assert len(excel.servers) == 2


@pytest.mark.parametrize("name", ["udfs", "evaluate", "__import__", "xlwings.view", "sys"])
def test_a_cell_cannot_reach_anything_else_in_python(excel: SimpleNamespace, name: str) -> None:
    """Even where Excel lets a formula name the bridge, only catalogue functions answer."""
    answer = excel.app.evaluate(f'EvenpointCall("{name}", Array("1"))')
    assert shown(answer) is CellError.VALUE


def test_text_that_begins_like_an_error_stays_text(excel: SimpleNamespace) -> None:
    """An option may be called '#1' or '#N/A yet'."""
    options = ((("#N/A yet", 0.0, 0.0, None, 1.0)),)
    answer = excel.app.evaluate(f"CHEAPEST_OPTION({typed(excel.app, (1e9, options))})")
    assert answer == "#N/A yet"


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[str]]:
    """Answer message boxes with a button, and collect what they say."""

    def answering(button: int) -> list[str]:
        said: list[str] = []

        def box(_interpreter: object, arguments: list[Any], _named: object) -> int:
            said.append(arguments[0])
            return button

        monkeypatch.setitem(intrinsics.INTRINSICS, "msgbox", box)
        return said

    return answering


@pytest.mark.parametrize(
    ("button", "ran"),
    [(6, ["refresh_prices", "refresh_prices_confirmed"]), (7, ["refresh_prices"])],
)
def test_a_question_is_asked_before_anything_changes(
    excel: SimpleNamespace, messages: Any, button: int, ran: list[str]
) -> None:
    """Yes runs the confirmed action; no leaves the workbook as it is."""
    said = messages(button)
    excel.app.run("OnRefreshPrices", NOTHING)
    assert excel.servers[0].said == ran
    assert said[0] == "Change 2 prices?"


def test_a_button_says_what_it_did(excel: SimpleNamespace, messages: Any) -> None:
    """Every callback of the ribbon reaches its action."""
    said = messages(1)
    for callback in ("OnNewBudget", "OnExplainCell", "OnCheckWorkbook", "OnShowHelp"):
        excel.app.run(callback, NOTHING)
    assert said == ["did new_budget", "did explain_cell", "did check_workbook", "did show_help"]


def test_a_button_says_so_where_nothing_is_installed(
    excel: SimpleNamespace, messages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CreateObject fails with 429 where the server is not registered; cells show an error."""

    def refuse(*_: object) -> None:
        raise error(429, "ActiveX component can't create object")

    monkeypatch.setitem(intrinsics.INTRINSICS, "createobject", refuse)
    said = messages(1)
    excel.app.run("OnShowHelp", NOTHING)
    assert "evenpoint addin status" in said[0]
    assert shown(excel.app.evaluate("RENT_PER_MONTH(2#)")) is CellError.VALUE
