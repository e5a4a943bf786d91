"""`evenpoint template`: a workbook to fill in by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from install.terminal.writing import check_name, check_target, write


def template(
    out: Annotated[Path, typer.Option(help="Workbook to write.")] = Path("template.xlsx"),
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
) -> None:
    """Write a workbook to fill in: every input, the price and hardware tables, all formulas live.

    It works without any add-in. "evenpoint budget --from" reads it back.

    Example: evenpoint template --out ours.xlsx
    """
    check_name(out, "workbook name", ".xlsx")
    check_target(out, force)
    from workbooks.sheets.template import template as workbook

    write(out, workbook())
    print(f"Wrote {out}. Fill in the yellow cells, and for risk and decisions run:")
    print(f"evenpoint budget --from {out}")
