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
from evenpoint_spellings import linked, misspelled, retyped
from org.evenpoint.calc import XFunctions

HERE = os.path.dirname(os.path.abspath(__file__))
FORMULAS = 16  # com.sun.star.sheet.CellFlags
PUSH = 0  # the operation code of a constant or a reference in a parsed formula
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
SHORT = [*NAMES["functions"].values(), NAMES["status"]]
RETYPED, MISSPELLED = retyped(SHORT), misspelled(SHORT)
OURS = re.compile("|".join(SHORT), re.I).search
REACHES_OUT = re.compile(r"\b(?:WEBSERVICE|DDE|RTD|IMAGE|INDIRECT)\s*\(|'#", re.I).search
"""Functions that ask somebody else when they are computed, and references to other documents."""
LINKS = re.compile(r"\[\d+\]|file:|https?:|\bHYPERLINK\s*\(", re.I).search
"""What else in a formula may point outside the document; a call of ours needs none of it."""


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
    """Type the calls again that a document holds under names LibreOffice does not know.

    Typing a formula again computes it. So a document without such names is not touched, and
    neither is one in which anything would reach out of it when computed: opening sends nothing.
    """

    name = NAMES["reentry_service"]

    def execute(self, arguments: Any) -> None:
        """Run on a document that has been loaded."""
        given = {value.Name: value.Value for value in arguments}
        document = {value.Name: value.Value for value in given.get("Environment", ())}.get("Model")
        if document is None or not document.supportsService(
            "com.sun.star.sheet.SpreadsheetDocument"
        ):
            return
        if not (broken := _broken(document)):
            return
        modified, automatic = document.isModified(), document.isAutomaticCalculationEnabled()
        document.addActionLock()
        document.enableAutomaticCalculation(False)
        try:
            changed = sum(_type(cell, formula) for cell, formula in broken)
        finally:
            document.enableAutomaticCalculation(automatic)
            document.removeActionLock()
        if changed and not modified:
            document.setModified(False)


def _broken(document: Any) -> Any:
    """Return the cells to type again; none where anything in the document reaches out."""
    formulas = [found for sheet in document.Sheets for found in _formulas(sheet)]
    broken = [
        (cell, formula)
        for cell, formula in formulas
        if OURS(formula) and _misspelled(cell) and not LINKS(RETYPED(formula))
    ]
    if not broken or any(map(linked, _links(document))):
        return []
    texts = (*_texts(document), *(formula for _, formula in formulas))
    return [] if any(map(REACHES_OUT, texts)) else broken


def _misspelled(cell: Any) -> bool:
    """Say whether LibreOffice keeps a name of ours as a text, since it knows no such function."""
    named = [token.Data for token in cell.getTokens() if token.OpCode != PUSH]
    return any(isinstance(name, str) and MISSPELLED(name) for name in named)


def _links(document: Any) -> Any:
    """Yield what a document links to, which LibreOffice blocks until its user allows it."""
    for links in (document.ExternalDocLinks, document.DDELinks, document.SheetLinks):
        yield from links.ElementNames
    yield from (link.Url for link in document.AreaLinks)


def _texts(document: Any) -> Any:
    """Yield the formulas that stand in no cell: those of names and of conditional formats."""
    for scope in (document.NamedRanges, *(sheet.NamedRanges for sheet in document.Sheets)):
        yield from (each.Content for each in scope)
    for sheet in document.Sheets:
        for rules in sheet.ConditionalFormats.getConditionalFormats():
            for rule in map(rules.getByIndex, range(rules.getCount())):
                yield from (getattr(rule, name, "") for name in ("Formula1", "Formula2"))


def _formulas(sheet: Any) -> Any:
    """Yield the cells of a sheet that hold a formula, and what they hold."""
    for place in sheet.queryContentCells(FORMULAS).getRangeAddresses():
        area = sheet.getCellRangeByPosition(
            place.StartColumn, place.StartRow, place.EndColumn, place.EndRow
        )
        for i, row in enumerate(area.getFormulaArray()):
            for j, formula in enumerate(row):
                yield area.getCellByPosition(j, i), formula


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
