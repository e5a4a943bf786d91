"""`evenpoint addin`: the worksheet functions as add-ins for Excel and LibreOffice Calc."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from install.addins.lite import lite
from install.calc.setup import Calc, install, repair, status, uninstall
from install.terminal.answers import print_json
from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write

ADDIN, EXTENSION = "evenpoint.xlam", "evenpoint.oxt"

addin = typer.Typer(help="Build the worksheet functions as an add-in.", rich_markup_mode=None)
addin.callback()(lambda: None)
for each in (lite, install, status, uninstall, repair):
    addin.command()(each)


@addin.command()
def build(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write it to.")] = Path(),
    calc: Calc = False,
) -> None:
    """Write evenpoint.xlam for Excel, or with --calc evenpoint.oxt for LibreOffice, on any system.

    The same version always writes the same bytes. Example: evenpoint addin build --out dist
    """
    path = out / (EXTENSION if calc else ADDIN)
    check_target(path, force=True)
    write(path, _extension() if calc else _addin())
    print(f"Wrote {path}")


def _addin() -> bytes:
    from addin.excel.xlam import build

    return build()


def _extension() -> bytes:
    from addin.calc.package import build

    return build()


@addin.command("price-changes", hidden=True)
def price_changes(workbook: Path) -> None:
    """Print as JSON which price cells of a workbook would change; the ribbon asks for it."""
    from workbooks import clock
    from workbooks.folder import place
    from workbooks.prices.splice import RefreshError, plan_refresh
    from workbooks.tables import token_prices

    rows, is_ours = token_prices(), place.current() is not None
    if is_ours:
        rows = tuple(row for row in rows if row.holds_on(clock.today()))
    try:
        plan = plan_refresh(workbook, rows, known=token_prices(), ours=is_ours)
    except RefreshError as error:
        raise Refusal(f"{error}.".replace("..", ".")) from None
    changed = [
        {
            "sheet": change.sheet,
            "cell": change.cell,
            "new": change.new,
            "is_date": isinstance(change.new, datetime.date),
            "told": str(change),
        }
        for change in plan.changed
    ]
    print_json({"changed": changed, "kept": [str(kept) for kept in plan.kept]})
