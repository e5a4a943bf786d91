"""xlwings as it runs on Windows, on any machine: pywin32 is stood in, xlwings is the real one.

xlwings chooses its Windows branch when it is imported, so a second copy is imported while
pywin32 seems to be there. A cell is converted and a function called by its own code.
"""

import ctypes
import datetime
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

MISSING = -2147352572  # what COM passes for an optional argument that was left out
RANGE_CLASS = "{00020846-0000-0000-C000-000000000046}"
MODULES = """
    pywintypes pythoncom win32api win32con win32event win32gui win32process win32timezone
    win32com win32com.client win32com.client.gencache win32com.client.dynamic win32com.server
    win32com.server.dispatcher win32com.server.policy win32com.server.util
    win32com.server.exception
"""


class ComError(Exception):
    """What pywin32 raises when COM refuses."""


class Inert(ModuleType):
    """A module whose every name is a class that does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__init__": lambda self, *args, **kwargs: None})
        setattr(self, name, made)
        return made


def stand_ins() -> dict[str, ModuleType]:
    """Return pywin32's modules, with the few names that xlwings really uses."""
    modules = {name: Inert(name) for name in MODULES.split()}
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    modules["pywintypes"].__dict__.update(
        com_error=ComError, error=ComError, IID=lambda text: text.upper(), TimeType=datetime.date
    )
    modules["pythoncom"].__dict__.update(
        com_error=ComError,
        CoInitialize=lambda: None,
        IID_IDispatch="IDispatch",
        TypeIIDs={"IDispatch": type("PyIDispatch", (), {})},
        __file__="pythoncom.dll",
    )
    modules["win32process"].__dict__.update(GetWindowThreadProcessId=lambda hwnd: (0, 1))
    modules["win32com.client"].__dict__.update(Dispatch=lambda given, *args, **kwargs: given)
    modules["win32com.server.util"].__dict__.update(unwrap=_not_ours, wrap=lambda given, *a: given)
    return modules


def _not_ours(given: object) -> object:
    raise ComError("not an object of Python")


@contextmanager
def xlwings_on_windows() -> Iterator[SimpleNamespace]:
    """Offer ``excel``, our module under the Windows xlwings, and ``server``, its COM object."""
    ours = [m for m in sys.modules if m.partition(".")[0] == "xlwings" or m.startswith("addin.")]
    kept = {name: sys.modules.pop(name) for name in ours}
    dll = mock.MagicMock(name="a Windows library")
    with (
        mock.patch.dict(sys.modules, stand_ins()),
        mock.patch.multiple(ctypes, create=True, windll=dll, oledll=dll, PyDLL=dll),
    ):
        with mock.patch.object(sys, "platform", "win32"):
            xlwings = importlib.import_module("xlwings")
        com_server = importlib.import_module("xlwings.com_server")
        excel = importlib.import_module("addin.excel.udfs")
        udfs = importlib.import_module("xlwings.udfs")
        assert xlwings.has_pywin32
        yield SimpleNamespace(
            xlwings=xlwings,
            com_server=com_server,
            udfs=udfs,
            excel=excel,
            server=com_server.XLPython(),
        )
    for name in [m for m in sys.modules if m.partition(".")[0] == "xlwings" or m in kept]:
        del sys.modules[name]
    sys.modules.update(kept)


class Range:
    """A block of cells as pywin32 presents it; `Value` is rows, or the value of a single cell."""

    CLSID = RANGE_CLASS
    _oleobj_ = mock.MagicMock()
    _oleobj_.GetTypeInfo().GetTypeAttr().iid = RANGE_CLASS

    def __init__(self, rows: Sequence[Sequence[object]]) -> None:
        single = len(rows) == len(rows[0]) == 1
        self.Value = rows[0][0] if single else tuple(map(tuple, rows))
        self.Worksheet = self.Application = mock.MagicMock()
        self.Row = self.Column = 1
        self.Rows, self.Columns = (
            SimpleNamespace(Count=len(rows)),
            SimpleNamespace(Count=len(rows[0])),
        )
        self.Count = len(rows) * len(rows[0])
        self.Address = "$A$1"


def day_number(value: Any) -> Any:
    """Return what Value2 holds of a cell: a date is a number of days."""
    if isinstance(value, datetime.datetime):
        return (value - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
    return value
