"""Repair workbooks that LibreOffice 7 saved: it writes the functions under its own long names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from addin.calc.package import SERVICE, names
from addin.calc.spellings import shortened

PARTS_WITH_FORMULAS = ("xl/workbook.xml", "xl/worksheets/", "xl/charts/", "xl/tables/")


class RepairError(Exception):
    """A file that is no workbook of Excel's."""


def repair(path: Path) -> tuple[bytes, int]:
    """Return the workbook with every formula as Excel reads it, and how many there were.

    Parameters
    ----------
    path
        An .xlsx or .xlsm file, which stays as it is.

    Raises
    ------
    RepairError
        If the file cannot be read as one.
    """
    fix = shortened(SERVICE, names())
    content, count = io.BytesIO(), 0
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
            if "xl/workbook.xml" not in old.namelist():
                raise RepairError(f"{path} is no .xlsx workbook")
            for entry in old.infolist():
                part = old.read(entry)
                if entry.filename.startswith(PARTS_WITH_FORMULAS):
                    text, found = fix(part.decode("utf-8"))
                    part, count = (text.encode("utf-8") if found else part), count + found
                new.writestr(entry, part)
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise RepairError(f"{path} cannot be read as an .xlsx workbook ({error})") from None
    return content.getvalue(), count
