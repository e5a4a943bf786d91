"""Do in a running LibreOffice what a test asks for: a line of JSON in, a line out.

LibreOffice's own Python runs this file, because only that one can talk to it.
``python3 calc_client.py PIPE`` connects and answers until its input ends.
"""

import json
import sys
import time
from contextlib import suppress
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "pdf": "calc_pdf_Export",
}
START_SECONDS = 60
FORMULAS = 16  # com.sun.star.sheet.CellFlags


def connect(pipe: str) -> Any:
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Client:
    """One document at a time."""

    def __init__(self, pipe: str) -> None:
        self.context = connect(pipe)
        self.manager = self.context.ServiceManager
        self.desktop = self.service("com.sun.star.frame.Desktop")
        self.document: Any = None

    def service(self, name: str) -> Any:
        return self.manager.createInstanceWithContext(name, self.context)

    def new(self) -> None:
        self.open_url("private:factory/scalc")

    def open(self, path: str) -> None:
        self.open_url(uno.systemPathToFileUrl(path))

    def open_url(self, url: str) -> None:
        self.close()
        hidden = (PropertyValue("Hidden", 0, True, 0),)
        self.document = self.desktop.loadComponentFromURL(url, "_blank", 0, hidden)
        if self.document is None:
            raise RuntimeError(f"LibreOffice did not open {url}")

    def fill(self, cells: list[Any], formulas: list[Any]) -> None:
        """Put ``[column, row, value]`` and then ``[column, row, columns, rows, formula]``."""
        sheet = self.document.Sheets[0]
        self.document.enableAutomaticCalculation(False)
        for column, row, value in cells:
            cell = sheet.getCellByPosition(column, row)
            if isinstance(value, str) and value.startswith("="):
                cell.setFormula(value)
            elif isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)
        for column, row, columns, rows, formula in formulas:
            area = sheet.getCellRangeByPosition(column, row, column + columns - 1, row + rows - 1)
            if columns * rows == 1:
                area.getCellByPosition(0, 0).setFormula(formula)
            else:
                area.setArrayFormula(formula)
        self.document.enableAutomaticCalculation(True)
        self.document.calculateAll()

    def calculate(self) -> float:
        """Return how many seconds it takes to compute everything."""
        start = time.perf_counter()
        self.document.calculateAll()
        return time.perf_counter() - start

    def change(self, column: int, row: int, value: float) -> float:
        """Return how many seconds a new number in a cell takes to be everywhere."""
        cell = self.document.Sheets[0].getCellByPosition(column, row)
        start = time.perf_counter()
        cell.setValue(value)
        self.document.calculate()
        return time.perf_counter() - start

    def read(self) -> dict[str, Any]:
        """Return every cell that holds something, by sheet and ``column,row``."""
        found: dict[str, Any] = {}
        for sheet in self.document.Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            end = cursor.RangeAddress
            area = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
            found[sheet.Name] = {
                f"{column},{row}": self.error(area, column, row) if value is None else value
                for row, values in enumerate(area.getDataArray())
                for column, value in enumerate(values)
                if value != ""
            }
        return found

    def error(self, area: Any, column: int, row: int) -> dict[str, Any]:
        cell = area.getCellByPosition(column, row)
        return {"error": cell.getError(), "shows": cell.String}

    def formulas(self) -> dict[str, Any]:
        """Return every formula, as it is typed, by sheet and ``column,row``."""
        found: dict[str, Any] = {}
        for sheet in self.document.Sheets:
            for place in sheet.queryContentCells(FORMULAS).getRangeAddresses():
                for row in range(place.StartRow, place.EndRow + 1):
                    for column in range(place.StartColumn, place.EndColumn + 1):
                        cell = sheet.getCellByPosition(column, row)
                        found.setdefault(sheet.Name, {})[f"{column},{row}"] = cell.Formula
        return found

    def links(self) -> list[str]:
        """Return what the document links to."""
        found = self.document
        named = (found.ExternalDocLinks, found.DDELinks, found.SheetLinks)
        areas = [link.Url for link in found.AreaLinks]
        return [name for links in named for name in links.ElementNames] + areas

    def type_again(self) -> None:
        """Type every formula again, our names without what Excel puts before them."""
        for sheet in self.document.Sheets:
            for place in sheet.queryContentCells(FORMULAS).getRangeAddresses():
                for row in range(place.StartRow, place.EndRow + 1):
                    for column in range(place.StartColumn, place.EndColumn + 1):
                        cell = sheet.getCellByPosition(column, row)
                        cell.setFormula(cell.Formula.replace("_xll.", ""))

    def type(self, cells: list[Any]) -> None:
        """Type values into cells by sheet and reference; None empties one."""
        for sheet, reference, value in cells:
            self.document.Sheets.getByName(sheet).unprotect("")
            cell = self.document.Sheets.getByName(sheet).getCellRangeByName(reference)
            if value is None or isinstance(value, str):
                cell.String = value or ""
            else:
                cell.Value = float(value)

    def copy_sheet(self, name: str, copy: str) -> None:
        """Copy a sheet, as its user does from the menu of its tab."""
        self.document.Sheets.copyByName(name, copy, self.document.Sheets.Count)

    def save(self, path: str) -> None:
        filter_name = FILTERS[path.rpartition(".")[2]]
        how = (PropertyValue("FilterName", 0, filter_name, 0),)
        self.document.storeToURL(uno.systemPathToFileUrl(path), how)

    def modified(self) -> bool:
        return bool(self.document.isModified())

    def wizard(self) -> dict[str, Any]:
        """Return what the function wizard shows for the functions of all add-ins."""
        described = self.service("com.sun.star.sheet.FunctionDescriptions")
        found = {}
        for place in range(described.Count):
            told = {value.Name: value.Value for value in described.getByIndex(place)}
            arguments = told["Arguments"] or ()
            found[told["Name"]] = {
                "category": told["Category"],
                "description": told["Description"],
                "arguments": [[a.Name, a.Description, a.IsOptional] for a in arguments],
            }
        return found

    def release(self) -> list[int]:
        """Return which LibreOffice this is, such as ``[7, 4]``."""
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        node = (PropertyValue("nodepath", 0, "/org.openoffice.Setup/Product", 0),)
        access = "com.sun.star.configuration.ConfigurationAccess"
        product = provider.createInstanceWithArguments(access, node)
        return [int(part) for part in product.ooSetupVersion.split(".")]

    def close(self) -> None:
        if self.document is not None:
            self.document.close(True)
            self.document = None

    def quit(self) -> None:
        self.close()
        self.desktop.terminate()


def main() -> None:
    client = Client(sys.argv[1])
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = {"answer": getattr(client, name)(*arguments)}
        except Exception as error:
            answer = {"failed": f"{name}: {error}"}
        print(json.dumps(answer), flush=True)
    with suppress(Exception):  # whoever asked has ended, maybe without a word
        client.quit()
    with suppress(Exception):  # as it should be, LibreOffice has ended already
        client.quit()


main()
