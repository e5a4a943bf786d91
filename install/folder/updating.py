"""`evenpoint update`: read the lists again, and bring the folder's workbook up to date in place."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.folder.signing import folder_in_use
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.folder.receipts import Receipt
    from workbooks.sheets.update.updating import Update

MOST_LINES = 30


def update(
    offline: Annotated[
        bool, typer.Option("--offline", help="Read no price list from the network.")
    ] = False,
    look: Annotated[
        bool, typer.Option("--look", help="Say what would change; write nothing.")
    ] = False,
) -> None:
    """Read the price lists, and bring budget.xlsx up to date with every receipt, in place.

    Prices, quotes, speeds and rates go into its tables, all values are computed anew, and the Log
    has a line for each change. Your own sheets, columns, notes, names and formulas stay byte for
    byte; the workbook as it was stays beside it. It says what moved, and whether the verdict turns.

    Example: evenpoint update --offline
    """
    from workbooks import clock
    from workbooks.folder import place, receipts
    from workbooks.folder.standing import BUDGET, UPDATED, digest, taken_back, turned, waiting
    from workbooks.plan.dated import told

    folder = folder_in_use()
    if not offline and not look:
        _refresh(folder)
    path, found = folder / BUDGET, place.changes()
    wait, back = waiting(found, path), taken_back(folder, found, path)
    is_due = turned(found, clock.today(), path)
    made = _planned(path, wait, back)
    _tell(made)
    if look:
        print("Nothing was written.")
        return
    if not made.is_idle:
        print(f"Wrote {path}; as it was, it is {_written(path, made).name}")
    stems, gone = (" ".join(each.stem for each in some) for some in (wait, back))
    if stems or gone or not made.is_idle or is_due:
        done = {"table": UPDATED, "receipts": stems, "undone": gone, "sha256": digest(path)}
        done |= {} if made.is_idle else {"before": hashlib.sha256(made.old).hexdigest()}
        done |= {name: told(factors) for name, factors in made.steps.items()}
        receipts.write(folder, [done])


def _refresh(folder: Path) -> None:
    from install.prices.feeds import run
    from install.prices.report import print_refresh
    from workbooks import clock
    from workbooks.prices import refreshing
    from workbooks.prices.feeds.registry import FEEDS, USUAL
    from workbooks.prices.store import Store

    sources = [refreshing.Source(FEEDS[name]) for name in USUAL]
    today = clock.today()
    done = run(lambda: refreshing.refresh(Store(folder), sources, today))
    print_refresh(done)
    if not done.read:
        print("No price list could be read; what is here is brought in all the same.")


def _planned(path: Path, wait: tuple[Receipt, ...], back: tuple[Receipt, ...]) -> Update:
    from workbooks import clock
    from workbooks.file.refusal import RefreshError
    from workbooks.folder.receipts import user
    from workbooks.scenario.scenario import ScenarioError
    from workbooks.sheets.update.updating import planned
    from workbooks.usage.exports.layout import UsageError

    try:
        return planned(path, wait, back, user(), clock.today())
    except (RefreshError, ScenarioError, UsageError) as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None


def _written(path: Path, made: Update) -> Path:
    from workbooks.file.refusal import RefreshError
    from workbooks.sheets.update.updating import apply

    try:
        return apply(path, made)
    except RefreshError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None


def _tell(made: Update) -> None:
    from workbooks.sheets.update.updating import dated_anew

    lines = [*map(str, made.moved), *made.others]
    for line in lines[:MOST_LINES]:
        print(line)
    if len(lines) > MOST_LINES:
        print(f"and {len(lines) - MOST_LINES} more, each in the sheet Log")
    for line in dated_anew(made.restated):
        print(line)
    for kept in made.kept[:MOST_LINES]:
        print(kept)
    print(*made.notes, sep="\n", end="\n" * bool(made.notes))
    for sheet in made.left:
        print(f"The sheet {sheet} was rearranged; it is left as it is, and may be of before.")
    print(*made.effect or ["The workbook has everything already."], sep="\n")
