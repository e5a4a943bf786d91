"""The Calc add-in as LibreOffice sees it: the only module that knows UNO.

It goes into evenpoint.oxt as component.py and is loaded at the first call of a function, or
when a document is opened. It runs in whatever Python LibreOffice brings, 3.8 or newer.
"""

# mypy: disable-error-code="import-not-found"
# UNO and the parts of the package exist in LibreOffice only.

from __future__ import annotations

import json
import os
import re
import struct
from typing import Any

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob
from evenpoint_product import Product
from evenpoint_spellings import retyped
from org.evenpoint.calc import XFunctions

HERE = os.path.dirname(os.path.abspath(__file__))
FORMULAS = 16  # com.sun.star.sheet.CellFlags
QUIET_NAN = 0x7FF8000000000000


def _read(name: str) -> dict[str, Any]:
    path = os.path.join(HERE, name)
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file)
    return content


NAMES = _read("names.json")  # what this package is called, and its functions by method
PRODUCT = Product(_read("product.json"))
RETYPED = retyped([*NAMES["functions"].values(), NAMES["status"]])
OURS = re.compile("|".join([*NAMES["functions"].values(), NAMES["status"]]), re.I).search


def _sent(answer: Any) -> Any:
    """Return rows, as a function of numbers declares: Calc takes a table from nothing else."""
    rows = answer if isinstance(answer, list) else [[answer]]
    return tuple(tuple(map(_shown, row)) for row in rows)


def _shown(cell: Any) -> Any:
    """Return a cell as Calc takes it: an error is the not-a-number that carries its number."""
    if type(cell) is not int:
        return cell
    return struct.unpack("<d", struct.pack("<Q", QUIET_NAN | cell))[0]


def _method(name: str, sent: Any) -> Any:
    def method(self: Any, *cells: Any) -> Any:
        return sent(PRODUCT.call(name, cells))

    return method


class Service(unohelper.Base, XServiceInfo):  # type: ignore[misc]
    """What every UNO object of ours says about itself."""

    name = ""

    def __init__(self, context: Any) -> None:
        self.context = context

    def getImplementationName(self) -> str:  # noqa: N802
        """Return which object this is."""
        return self.name

    def supportsService(self, name: str) -> bool:  # noqa: N802
        """Say whether it serves as `name`."""
        return name == self.name

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        """Return what it serves as."""
        return (self.name,)


class Functions(Service, XFunctions):  # type: ignore[misc]
    """The worksheet functions, one method for each."""

    name = NAMES["functions_service"]

    def evenpointStatus(self) -> Any:  # noqa: N802
        """Return the sentence that EVENPOINT_STATUS() shows."""
        return PRODUCT.status()


for _each, _name in NAMES["functions"].items():
    setattr(Functions, _each, _method(_name, _shown if _each in NAMES["texts"] else _sent))


class Reentry(Service, XJob):  # type: ignore[misc]
    """Type the calls again that a document holds under names LibreOffice does not know."""

    name = NAMES["reentry_service"]

    def execute(self, arguments: Any) -> None:
        """Run on a document that has been loaded."""
        given = {value.Name: value.Value for value in arguments}
        document = {value.Name: value.Value for value in given.get("Environment", ())}.get("Model")
        if document is None or not document.supportsService(
            "com.sun.star.sheet.SpreadsheetDocument"
        ):
            return
        modified, automatic = document.isModified(), document.isAutomaticCalculationEnabled()
        document.addActionLock()
        document.enableAutomaticCalculation(False)
        try:
            changed = sum(map(_reenter, document.Sheets))
        finally:
            document.enableAutomaticCalculation(automatic)
            document.removeActionLock()
        if changed and not modified:
            document.setModified(False)


def _reenter(sheet: Any) -> int:
    """Type again every formula of a sheet that calls a function of ours, and count them."""
    changed = 0
    for place in sheet.queryContentCells(FORMULAS).getRangeAddresses():
        area = sheet.getCellRangeByPosition(
            place.StartColumn, place.StartRow, place.EndColumn, place.EndRow
        )
        for i, row in enumerate(area.getFormulaArray()):
            for j, formula in enumerate(row):
                if OURS(formula):
                    changed += _type(area.getCellByPosition(j, i), formula)
    return changed


def _type(cell: Any, formula: str) -> int:
    fixed = RETYPED(formula)
    if formula.startswith("{"):
        cursor = cell.Spreadsheet.createCursorByRange(cell)
        cursor.collapseToCurrentArray()
        first = cursor.RangeAddress
        if (first.StartColumn, first.StartRow) != (cell.CellAddress.Column, cell.CellAddress.Row):
            return 0
        cursor.setArrayFormula(fixed[1:-1])
    else:
        cell.setFormula(fixed)
    return 1


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  (LibreOffice's name)
for _service in (Functions, Reentry):
    g_ImplementationHelper.addImplementation(_service, _service.name, (_service.name,))
