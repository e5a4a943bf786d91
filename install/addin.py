"""`evenpoint addin`: the worksheet functions as an add-in for Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from install.lite import lite
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
