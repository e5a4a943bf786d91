"""`evenpoint freeze`: a copy of a workbook that needs no add-in any more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from install.terminal.answers import print_next
from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write


def freeze(
    book: Annotated[Path, typer.Argument(help="Workbook to copy.", metavar="BOOK.xlsx")],
    out: Annotated[
        Path | None,
        typer.Option(help="Copy to write.", show_default='BOOK with "frozen" in its name'),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the copy.")] = False,
) -> None:
    """Copy a workbook with the worksheet functions of the add-in replaced by their values.

    Whoever selects such a cell sees the formula it had. Nothing else in the file changes, and
    the workbook itself stays as it is.

    Example: evenpoint freeze board.xlsx --out board-frozen.xlsx
    """
    target = out or book.with_name(f"{book.stem} frozen{book.suffix}")
    if target.suffix.lower() != book.suffix.lower():
        raise Refusal(f"{target} must end in {book.suffix}, as {book.name} does.")
    check_target(target, force)
    from install.freezing import frozen
    from workbooks.file.refusal import RefreshError

    try:
        done = frozen(book)
    except RefreshError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    except OSError as error:
        raise Refusal(f"{book} cannot be read: {error.strerror}.") from None
    write(target, done.content)
    print(f"Wrote {target}: {len(done.cells)} cells frozen.")
    for each in done.cells:
        print(f"{each.sheet}!{each.cell}: {each.formula} is now {each.shown}")
    for text in done.left:
        print(f"Left as it is: {text}")
    print_next("whether it keeps the rules of good modelling", "lint", target)
