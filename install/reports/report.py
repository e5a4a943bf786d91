"""`evenpoint report`: a budget's five pages for the board, as an editable deck."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from install.terminal.refusal import Refusal
from install.terminal.writing import check_name, check_target, write


def report(
    book: Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="A budget, as it was saved.")],
    out: Annotated[Path, typer.Option(metavar="DECK.pptx", help="Deck to write.")] = Path(
        "board.pptx"
    ),
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your company's template: .pptx or .potx."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the deck.")] = False,
) -> None:
    """Write a deck of five pages: Cover, Strategies, When it turns, How sure, What we assume.

    Of several workloads it has four: Cover, Strategies, How sure, What would change it.

    Every figure is the one that its cell in the workbook shows; nothing is computed anew. Charts
    and tables are PowerPoint's own, to be edited there. In a template its slides are left out, and
    its layouts, fonts and colours count.

    Example: evenpoint report budget.xlsx --out board.pptx --template ours.potx
    """
    check_name(out, "name of a deck", ".pptx")
    check_target(out, force)
    try:
        from workbooks.sheets.board.deck import TemplateError, deck
    except ModuleNotFoundError as error:
        raise Refusal(
            f'The package {error.name} is missing; install it with: pip install "evenpoint[report]"'
        ) from None
    from workbooks.file.refusal import RefreshError
    from workbooks.scenario.scenario import ScenarioError
    from workbooks.sheets.board import pooled
    from workbooks.sheets.board.pages import pages
    from workbooks.sheets.board.stored import Stored

    try:
        stored = Stored(book)
        told = (pooled.pages if pooled.is_portfolio(stored) else pages)(stored)
        footer = f"{book.name}, {stored.day('as_of_day')}"
        content = deck(told, footer, stored.day("as_of_day"), _read(template))
    except (ScenarioError, RefreshError, TemplateError) as error:
        named = f"{template}: " if isinstance(error, TemplateError) else ""
        raise Refusal(f"{named}{str(error).rstrip('.')}.") from None
    except OSError as error:
        raise Refusal(f"{error.filename} cannot be read: {error.strerror}.") from None
    write(out, content)
    print(told[0].sentences[0])
    print(f"Wrote {out}: {len(told)} pages.")


def _read(template: Path | None) -> bytes:
    return template.read_bytes() if template else b""
