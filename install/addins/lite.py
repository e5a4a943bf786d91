"""`evenpoint addin lite`: the workbook that carries the worksheet functions to any Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT = Path("evenpoint-lite.xlsx")


def lite(
    out: Annotated[Path, typer.Option(help="Name of the file to write.")] = DEFAULT,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a workbook whose functions run in xlwings Lite: Windows, Mac and the web.

    Open it, accept the add-in xlwings Lite from Microsoft's store, and trust the code it shows.

    Example: evenpoint addin lite --out functions.xlsx
    """
    from install.terminal.writing import check_target, write

    check_target(out, force)
    write(out, workbook())
    print(f"{out}: open it in Excel and accept the free add-in xlwings Lite when it asks.")


def workbook() -> bytes:
    """Return the workbook: every function at work, and the program that computes them."""
    from addin.lite.parts import embed
    from addin.lite.program import REQUIREMENTS, program
    from workbooks.sheets.examples import examples

    return embed(examples(lite=True), {"main.py": program(), "requirements.txt": REQUIREMENTS})
