"""`evenpoint addin`: the worksheet functions as an add-in for Excel."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from install.answers import print_json
from install.lite import lite
from install.refusal import Refusal
from install.writing import check_target, write

ADDIN = "evenpoint.xlam"

addin = typer.Typer(help="Build the worksheet functions as an add-in.", rich_markup_mode=None)
addin.callback()(lambda: None)
addin.command()(lite)


@addin.command()
def build(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write it to.")] = Path(),
) -> None:
    """Write evenpoint.xlam, the Excel add-in, on any system.

    The same version always writes the same bytes. Example: evenpoint addin build --out dist
    """
    from addin.xlam import build as content

    path = out / ADDIN
    check_target(path, force=True)
    write(path, content())
    print(f"Wrote {path}")


@addin.command("price-changes", hidden=True)
def price_changes(workbook: Path) -> None:
    """Print as JSON which price cells of a workbook would change; the ribbon asks for it."""
    from workbooks.prices.splice import RefreshError, plan_refresh
    from workbooks.tables import token_prices

    try:
        plan = plan_refresh(workbook, token_prices())
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
