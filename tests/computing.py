"""Programs that compute a workbook: what `tests.engines` asks, and people open it with."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import ironcalc
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from tests.addin import office

Value = float | int | str | bool | None
Cell = tuple[str, str]  # ("Sheet", "B5")
Cells = dict[str, dict[str, Value]]


class Program(Protocol):
    """What computes a workbook: it holds one, and takes what is typed."""

    name: str

    def open(self, path: Path) -> None:
        """Open a file, whatever values it has stored."""

    def type(self, cells: Mapping[Cell, Value]) -> None:
        """Type into cells; None empties one."""

    def read(self) -> Cells:
        """Return what every cell shows."""


class Calc:
    """LibreOffice, without a window."""

    name = "LibreOffice"

    def __init__(self) -> None:
        if told := office.missing():
            pytest.skip(told)
        self.held = ExitStack()
        self.office = self.held.enter_context(office.running(None))

    def open(self, path: Path) -> None:
        """Open a file, whatever values it has stored."""
        self.office.ask("open", str(path))

    def type(self, cells: Mapping[Cell, Value]) -> None:
        """Type into cells; None empties one."""
        self.office.ask("type", [[*cell, value] for cell, value in cells.items()])

    def read(self) -> Cells:
        """Return what every cell shows."""
        return {
            sheet: {_reference(place): _shown(value) for place, value in cells.items()}
            for sheet, cells in self.office.ask("read").items()
        }

    def close(self) -> None:
        """End the program."""
        self.held.close()


class IronCalc:
    """A library that follows Excel where LibreOffice does not."""

    name = "IronCalc"

    def open(self, path: Path) -> None:
        """Open a file, whatever values it has stored."""
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
        self.names = [sheet["name"] for sheet in self.model.get_worksheets_properties()]

    def type(self, cells: Mapping[Cell, Value]) -> None:
        """Type into cells; None empties one."""
        kinds = {bool: "bool", str: "text", int: "number", float: "number"}
        for (sheet, reference), value in cells.items():
            place = self.names.index(sheet), *coordinate_to_tuple(reference)
            if value is None:
                self.model.clear_cell_contents(*place)
            else:
                getattr(self.model, f"update_cell_with_{kinds[type(value)]}")(*place, value)

    def read(self) -> Cells:
        """Return what every cell shows."""
        self.model.evaluate()
        sheets: Cells = {name: {} for name in self.names}
        for sheet, row, column in self.model.get_all_cells():
            value = self.model.get_cell_value(sheet, row, column)
            sheets[self.names[sheet]][f"{get_column_letter(column)}{row}"] = value
        return sheets


@cache
def calc() -> Calc:
    """Return the LibreOffice of this process, which takes longer to start than to compute."""
    return Calc()


def _reference(place: str) -> str:
    column, row = map(int, place.split(","))
    return f"{get_column_letter(column + 1)}{row + 1}"


def _shown(value: Any) -> Value:
    shown: Value = value["shows"] if isinstance(value, dict) else value
    return shown
