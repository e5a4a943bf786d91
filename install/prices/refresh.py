"""New prices in somebody's own workbook: what would change, and the change itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.prices.splice import Changes
    from workbooks.prices.splice.records import Given


def refresh_workbook(
    workbook: Path,
    rows: Iterable[Given],
    known: Iterable[Given] | None = None,
    *,
    table: str | None = None,
    apply: bool = False,
    append: bool = False,
) -> Changes:
    """Print what new prices change in a workbook, and change it if asked to.

    `known` is every price our lists have ever had; without it those the package ships. A price
    in the workbook that is not among them, in a row that names our list, was edited by hand.
    """
    from workbooks.prices.splice import RefreshError, apply_refresh, plan_refresh

    try:
        changes = plan_refresh(workbook, rows, table=table, append=append, known=known)
        print(changes)
        backup = apply_refresh(workbook, changes) if apply else None
    except RefreshError as error:
        raise Refusal(f"{error}.") from None
    if backup:
        print(f"Wrote {workbook}; as it was before, it is {backup.name}")
    elif changes.parts:
        print(f"Nothing was written; --apply writes these changes to {workbook}")
    return changes
