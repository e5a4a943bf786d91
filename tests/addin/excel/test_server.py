"""The COM object: what a client may ask of it, and how it reads an open workbook."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from addin.cells import CellError
from addin.excel import server
from addin.excel.open_book import OpenBook


class Cells(SimpleNamespace):
    """A range as COM presents it."""


def workbook(cells: dict[str, tuple[Any, str]]) -> Any:
    """A workbook of one sheet, with the names and shapes of Excel's object model."""
    written: dict[str, Any] = {}

    def at(address: str) -> Cells:
        value, formula = cells[address]
        return Cells(
            Formula=formula,
            HasFormula=formula.startswith("="),
            Value2=value,
            NumberFormat="0.00",
            Value=value,
        )

    sheet = Cells(Name="Plan", Range=at)
    sheet.Evaluate = lambda text: at(text) if text in cells else float(text)
    sheet.UsedRange = Cells(
        Row=2,
        Column=3,
        Value2=((1.0, None), (-2146826246, "x")),
        Formula=(("1", ""), ("=NA()", "x")),
    )

    class Sheets(list[Any]):
        def __call__(self, name: str) -> Any:
            assert name == "Plan"
            return sheet

    active = Cells(Worksheet=sheet, Address="$B$2")
    return Cells(
        Path="C:\\plans",
        Worksheets=Sheets([sheet]),
        written=written,
        Names=[Cells(Name="Plan!rate", RefersTo="=Plan!$A$1")],
        Application=Cells(ActiveCell=active, InputBox=lambda *given: given),
    )


@pytest.fixture
def served(windows: SimpleNamespace) -> Any:
    """Our COM object over the real one of xlwings."""
    return server.server_class(windows.com_server.XLPython)()


def test_only_two_methods_can_be_called(served: Any) -> None:
    """xlwings' own offers Exec, Eval and twenty more; pywin32 serves only what is listed."""
    assert served._public_methods_ == ["CallUDF", "Run"]


def test_a_function_answers(served: Any) -> None:
    """By xlwings' own code."""
    assert served.CallUDF("addin.excel.udfs", "RENT_PER_MONTH", (2.0, 1.0, 1.0, 730.0)) == 1_460.0


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("addin.excel.actions", "run"),
        ("addin.excel.udfs", "udfs"),
        ("builtins", "exec"),
    ],
)
def test_nothing_else_of_python_can_be_reached(served: Any, module: str, name: str) -> None:
    """Neither another module nor another name of ours."""
    with pytest.raises(LookupError, match="is no worksheet function"):
        served.CallUDF(module, name, ("1",))


def test_an_action_runs_on_the_workbook(served: Any) -> None:
    """The selected cell is read through the names that Excel's object model has."""
    book = workbook({"B2": (-2146826246, "=BREAKEVEN_TOKENS(A1,5400,388800000)"), "A1": (10.0, "")})
    told = served.Run("explain_cell", book)
    assert told.startswith("Plan!B2\nBREAKEVEN_TOKENS shows #N/A: Never: a full node costs 13.89")


def test_an_action_without_a_workbook_says_so(served: Any) -> None:
    """Excel may have none open."""
    assert served.Run("explain_cell", None) == "Open a workbook first."


def test_a_failing_action_is_told_and_logged(
    served: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception across COM would be a code that nobody can read."""
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert served.Run("explain_cell", object()).startswith("That did not work: ")
    assert "AttributeError" in (tmp_path / "Evenpoint" / "addin.log").read_text()


def test_cells_are_read_with_their_places_and_errors() -> None:
    """The used range may begin anywhere; blanks are left out."""
    found = [(str(c), c.value, c.formula) for c in OpenBook(workbook({})).cells()]
    assert found == [
        ("Plan!C2", 1.0, ""),
        ("Plan!C3", CellError.NA, "=NA()"),
        ("Plan!D3", "x", ""),
    ]


@pytest.mark.parametrize("path", ["", "https://example.sharepoint.com/plans"])
def test_a_book_in_no_folder_has_none(path: str) -> None:
    """A new book, or one in the cloud: new files go to the documents instead."""
    book = workbook({})
    book.Path = path
    assert OpenBook(book).folder() is None


def test_a_question_is_asked_in_excels_own_box() -> None:
    """Question, title and an empty answer, as the method has them; Cancel is False."""
    book = workbook({})
    assert OpenBook(book).ask("How many?") == "('How many?', 'Evenpoint', '')"
    book.Application.InputBox = lambda *_: False
    assert OpenBook(book).ask("How many?") is None
