"""What a foreign workbook can make of the COM server, the VBA and the ribbon."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from addin.cells import CellError
from addin.excel import actions, server, xlam
from addin.excel.open_book import OpenBook
from addin.excel.ribbon import custom_ui
from costcore.catalogue import FUNCTIONS
from tests.addin import package
from tests.addin.audit import NETWORK, watched
from tests.addin.open_file import OpenFile

MODULE = "addin.excel.udfs"


@pytest.fixture
def served(windows: SimpleNamespace) -> Any:
    """Our COM object over the real one of xlwings."""
    found = server.server_class(windows.com_server.XLPython)()
    found.CallUDF(MODULE, "RENT_PER_MONTH", (2.0, 1.0, 1.0, 730.0))  # what it imports is imported
    return found


class Poison:
    """A workbook, or a cell, that tells when anything is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked of the workbook")


REFUSED = [
    ("os", "system"),
    ("builtins", "eval"),
    ("importlib", "import_module"),
    ("addin.excel.actions", "evenpoint"),
    ("addin.excel.udfs.xlwings", "RENT_PER_MONTH"),
    (MODULE, "import_module"),
    (MODULE, "xlwings"),
    (MODULE, "__builtins__"),
    (MODULE, "RENT_PER_MONTH.__globals__"),
    (MODULE, "rent_per_month"),
    (MODULE, "RENT_PER_MONTH\x00"),
    (MODULE, ""),
    (MODULE.upper(), "RENT_PER_MONTH"),
    (f"{MODULE}; import os", "RENT_PER_MONTH"),
    ("", "RENT_PER_MONTH"),
    (None, None),
    (MODULE, None),
    (MODULE, ("RENT_PER_MONTH",)),
    ((MODULE,), "RENT_PER_MONTH"),
    (MODULE, ["RENT_PER_MONTH"]),
    (7, 7),
]


@pytest.mark.parametrize(("module", "name"), REFUSED, ids=repr)
def test_a_call_of_anything_else_is_refused_before_it_reaches_python(
    served: Any, module: Any, name: Any
) -> None:
    """No module is imported, no code compiled, no file opened."""
    before = set(sys.modules)
    with watched() as reached, pytest.raises((LookupError, TypeError)):
        served.CallUDF(module, name, ("echo hello",), Poison(), Poison())
    assert reached == []
    assert set(sys.modules) == before


@pytest.mark.parametrize(
    "method", ["Exec", "Eval", "Module", "Builtin", "Call", "GetAttr", "SetAttr", "ShowConsole"]
)
def test_the_methods_that_run_any_python_are_not_served(served: Any, method: str) -> None:
    """pywin32 answers to the names that are listed, and xlwings' own are not among them."""
    base = type(served).__mro__[1]
    assert method in base._public_methods_  # it would be served without us
    assert method not in served._public_methods_
    assert not hasattr(served, "_public_attrs_")
    assert not hasattr(served, "_dynamic_")


def test_a_workbook_cannot_redirect_the_interpreter(served: Any) -> None:
    """xlwings reads a sheet xlwings.conf of the calling workbook; nothing is asked of it here."""
    asked = (2.0, 1.0, 1.0, 730.0)
    assert served.CallUDF(MODULE, "RENT_PER_MONTH", asked, Poison(), Poison()) == 1_460.0


@pytest.mark.parametrize(
    "action",
    ["", "run", "evenpoint", "__import__", "new_budget; calc", "NEW_BUDGET", "../new_budget", None],
)
def test_the_ribbon_runs_no_other_action(
    served: Any, action: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, and asks nothing of the workbook."""
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))  # it is logged there
    with watched() as reached:
        told = served.Run(action, Poison())
    assert told.startswith("That did not work: ")
    assert [each for each in reached if each.startswith(("subprocess", "socket", "exec"))] == []


ASKING = [
    'WEBSERVICE("http://127.0.0.1:9/?x="&A1)',
    '_xlfn.WEBSERVICE ("http://127.0.0.1:9/")',
    "cmd|'/C calc'!A0",
    "'\\\\127.0.0.1\\share\\[book.xlsx]Plan'!A1",
    "'https://a.example/[book.xlsx]Plan'!A1",
    "[1]Plan!A1",
    'RTD("a.b",,"c")',
    'CALL("kernel32","WinExec","JCJ","calc",0)',
    'REGISTER.ID("kernel32","WinExec")',
    'EXEC("calc")',
    'CUBEVALUE("c","[a]")',
    'SQL.REQUEST("dsn",,2,"select 1")',
    'IF(1,WEBSERVICE("http://127.0.0.1:9/"),2)',
    "asked",
    "indirectly+1",
]


@pytest.mark.parametrize("argument", ASKING)
def test_explaining_a_cell_asks_nobody_outside(tmp_path: Path, argument: str) -> None:
    """Excel may have blocked what a formula asks for; computing its parts anew would ask."""
    book = openpyxl.Workbook()
    book.active.title = "Plan"
    book.active["A1"] = f"=RENT_PER_MONTH({argument})"
    for name, text in {"asked": 'WEBSERVICE("http://127.0.0.1:9/")', "indirectly": "asked"}.items():
        book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text=text)
    book.save(tmp_path / "b.xlsx")
    opened = OpenFile(tmp_path / "b.xlsx", ("Plan", "A1"))
    asked: list[str] = []
    opened.evaluate = lambda sheet, text: asked.append(text)  # type: ignore[method-assign]
    told = actions.run("explain_cell", opened)
    assert "asks outside the workbook; nothing is asked." in told
    assert asked == []


@pytest.mark.parametrize(
    "argument", ["A2", "Plan!A2", "'Our | plan'!A2", "rate", 'LEN("a|b [1]!x")', "SUM(T[rate],A2)"]
)
def test_what_asks_nobody_is_computed(argument: str) -> None:
    """A bar in a text or in a name of a sheet is no DDE, and a column of a table no workbook."""
    asked: list[str] = []

    def evaluate(_sheet: str, text: str) -> float:
        asked.append(text)
        return 2.0

    book: Any = SimpleNamespace(
        selected=lambda: ("Plan", "A1"),
        formula=lambda *_: f"=RENT_PER_MONTH({argument})",
        names=lambda: {"rate": "=Plan!$A$2"},
        evaluate=evaluate,
    )
    assert "It shows 1,460" in actions.run("explain_cell", book)
    assert asked == [argument]


def test_names_of_all_scopes_are_looked_at() -> None:
    """A sheet's own name may hide the workbook's harmless one."""
    names = [
        SimpleNamespace(Name="rate", RefersTo="=Plan!$A$2"),
        SimpleNamespace(Name="Plan!Rate", RefersTo='=WEBSERVICE("http://127.0.0.1:9/")'),
    ]
    found = OpenBook(SimpleNamespace(Names=names)).names()
    assert found == {"rate": ' =Plan!$A$2 =WEBSERVICE("http://127.0.0.1:9/")'}


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0"])
def test_a_price_that_is_written_is_no_formula(value: str) -> None:
    """Excel reads what is put into a cell as if it were typed."""
    cell = SimpleNamespace(NumberFormat="@", Value=None)
    sheet = SimpleNamespace(Range=lambda _: cell)
    OpenBook(SimpleNamespace(Worksheets=lambda _: sheet)).write("Prices", "A1", value)
    assert cell.Value == f"'{value}"


@pytest.mark.parametrize("action", ["check_workbook", "refresh_prices", "show_help"])
def test_no_button_reaches_the_network(action: str, tmp_path: Path) -> None:
    """Today's prices are those that are installed; a refresh over the network is a command."""
    openpyxl.Workbook().save(tmp_path / "b.xlsx")
    with watched() as reached:
        actions.run(action, OpenFile(tmp_path / "b.xlsx", ("Sheet", "A1")))
    assert [each for each in reached if each.startswith(NETWORK)] == []


def test_the_ribbon_does_nothing_until_a_button_is_pressed() -> None:
    """No callback of it is called on loading, or to ask what a button looks like."""
    names = {name for node in ElementTree.fromstring(custom_ui()).iter() for name in node.attrib}
    known = {"id", "label", "size", "imageMso", "screentip", "supertip", "onAction"}
    assert names == known


def test_the_add_in_brings_nothing_that_opens_with_it() -> None:
    """Neither links, connections, objects and macro sheets, nor names that Excel runs."""
    parts = package.parts(xlam.build())
    kinds = ("externalLink", "connection", "oleObject", "activeX", "embedding", "macrosheet")
    assert [name for name in parts if any(kind.lower() in name.lower() for kind in kinds)] == []
    assert b"TargetMode" not in b"".join(parts[name] for name in parts if name.endswith(".rels"))
    assert b"<definedName " not in parts["xl/workbook.xml"]


def test_every_cell_error_is_a_value_and_no_code(served: Any) -> None:
    """An error passes as a number; a number that is none stays what it is."""
    codes = [-2146826281, -2146826246, -1, 2**31 - 1, -(2**31)]
    for entry in FUNCTIONS[:5]:
        for code in codes:
            shown = served.CallUDF(MODULE, entry.name, (((code,),),) * len(entry.quantities))
            assert isinstance(shown, str | float | tuple | list)
    assert CellError.NA.value == "#N/A"


def test_the_poison_would_tell() -> None:
    """What the tests above rest on."""
    ask: Callable[[], Any] = lambda: Poison().Worksheets  # noqa: E731
    with pytest.raises(AssertionError):
        ask()
