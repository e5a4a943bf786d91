"""`evenpoint undo`: a change taken back, or an update of the workbook, whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.folder.signing import folder_in_use
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.folder.receipts import Receipt


def undo(
    name: Annotated[
        str, typer.Argument(metavar="RECEIPT", help="How its name begins; without it the last one.")
    ] = "",
) -> None:
    """Take a change back: its receipt moves to the folder undone, and no longer counts.

    To have it again, move the file back. The workbook keeps what it has until evenpoint update
    --offline. An update that is named is taken back whole, where nobody has saved the workbook
    since: it is what it was before, and what the update brought waits again.

    Example: evenpoint undo 20261127T1011
    """
    from workbooks.folder import receipts
    from workbooks.folder.standing import BUDGET, UPDATED, taken_back, told

    folder = folder_in_use()
    receipt = _chosen(receipts.read(folder), name)
    if receipt.of(UPDATED):
        _restore(folder, receipt)
        return
    to = receipts.undo(folder, receipt)
    print(f"Taken back: {told(receipt)}")
    print(f"It is {to} now.")
    back = taken_back(folder, receipts.read(folder), folder / BUDGET)
    if receipt.stem in {each.stem for each in back}:
        print(f"{BUDGET} has it until evenpoint update --offline.")


def _chosen(found: tuple[Receipt, ...], name: str) -> Receipt:
    """Return the receipt that is meant: one that made the folder, or says it was read, is none."""
    from workbooks.folder.receipts import MADE
    from workbooks.folder.standing import RESTORED, UPDATED

    fitting = [
        each
        for each in found
        if each.name.startswith(name)
        and not each.of(MADE)
        and (name or not (each.of(UPDATED) or each.of(RESTORED)))
    ]
    if not fitting:
        raise Refusal(
            f"There is no receipt that begins with {name}." if name else "Nothing to undo."
        )
    if name and len(fitting) > 1:
        names = ", ".join(each.name for each in fitting[:4])
        raise Refusal(
            f"{len(fitting)} receipts begin with {name}: {names}; write more of the name."
        )
    if fitting[-1].of(RESTORED):
        raise Refusal(f"{fitting[-1].name} took an update back; evenpoint update brings it again.")
    return fitting[-1]


def _restore(folder: Path, update: Receipt) -> None:
    """Put the workbook of before an update in its place, and let what it brought wait again."""
    from workbooks.file import swap
    from workbooks.file.refusal import RefreshError
    from workbooks.folder import receipts
    from workbooks.folder.standing import BUDGET, RESTORED, UPDATED, updates, waiting

    path, (line,) = folder / BUDGET, update.of(UPDATED)
    _check_last(update, updates(receipts.read(folder)))
    try:
        real, now = swap.read(path)
        held, before = hashlib.sha256(now).hexdigest(), line.get("before", line["sha256"])
        if held != before:
            copy = _copy(folder, update, held)
            kept = swap.swap(real, now, copy.read_bytes())
            print(f"{BUDGET} is {copy.name} again; as it was, it is {kept.name}")
    except RefreshError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    receipts.write(folder, [{"table": RESTORED, "update": update.stem, "sha256": before}])
    count = len(waiting(receipts.read(folder), path))
    print(f"The update is taken back, and what it brought waits again; waiting: {count}.")


def _check_last(update: Receipt, counted: Sequence[Receipt]) -> None:
    if update not in counted:
        raise Refusal(f"{update.name} is taken back already; evenpoint update brings it again.")
    if update != counted[-1]:
        last = counted[-1]
        raise Refusal(
            f"{update.name} is not the last update, which is of {last.who}; first evenpoint undo "
            f"{_short(last.name)}."
        )


def _copy(folder: Path, update: Receipt, held: str) -> Path:
    """Return the copy of the workbook as it was before an update that nobody has built upon.

    Raises
    ------
    Refusal
        If the workbook was saved since, or the copy is gone; with what to do instead.
    """
    from workbooks.folder.standing import BUDGET, UPDATED, digest

    (line,) = update.of(UPDATED)
    brought = line.get("receipts", "").split()
    names = " and ".join(f"evenpoint undo {_short(each)}" for each in brought)
    instead = f"{names}, then evenpoint update --offline, gives back in place what it brought"
    if not brought:
        instead = "it brought no receipts; what it changed is in its Log"
    if held != line["sha256"]:
        raise Refusal(
            f"{BUDGET} was saved since that update, and what was changed in it would be lost; "
            f"{instead}."
        )
    stem, _, ending = BUDGET.rpartition(".")
    copies = folder.glob(f"{stem} before *.{ending}")
    if found := [each for each in sorted(copies) if digest(each) == line["before"]]:
        return found[-1]
    raise Refusal(f"The copy of {BUDGET} of before that update is gone; {instead}.")


def _short(name: str) -> str:
    return name.partition("-")[0]
