"""`evenpoint approve`: a budget that stays as it was signed."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.terminal.refusal import Refusal
from install.terminal.scenarios import several

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbooks.plan.plan import Plan
    from workbooks.portfolio.terms import Portfolio
    from workbooks.scenario.scenario import Scenario

APPROVED = "approved"
"""How a command is told to take the copy that was signed last."""
NO_FOLDER = "This is no budget folder, and none of those above it is; evenpoint init makes one."


def folder_in_use() -> Path:
    """Return the budget folder in use.

    Raises
    ------
    Refusal
        If there is none.
    """
    from workbooks.folder import place

    if (folder := place.current()) is None:
        raise Refusal(NO_FOLDER)
    return folder


def approve(
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was decided, and where.")] = "",
    option: Annotated[
        str,
        typer.Option(metavar="NAME", help="Strategy that was decided on, of several workloads."),
    ] = "",
) -> None:
    """Keep the budget as it was signed: a copy that nothing changes, with all its tables.

    The receipt has the sum of the copy, the fingerprint of its inputs and tables, and who signed.
    Of several workloads, --option names the strategy that months are closed against.

    Example: evenpoint approve --note "board, 12 December"
    """
    from install.terminal.writing import refusing
    from workbooks import disk
    from workbooks.folder import receipts
    from workbooks.folder.standing import APPROVAL, BUDGET, digest

    folder = folder_in_use()
    path = folder / BUDGET
    sha256, said = digest(path), _said(path, option)
    when = receipts.stamp()
    copy = folder / receipts.APPROVED / f"{when}-{receipts.user()}-{sha256[:8]}.xlsx"
    with refusing(copy):
        copy.parent.mkdir(exist_ok=True)
        content = path.read_bytes()
        disk.write({copy: content})
        copy.chmod(stat.S_IREAD | stat.S_IRGRP)
    signed = {"file": copy.name, "sha256": sha256, "note": note, **said}
    try:
        if digest(copy) != sha256:
            raise Refusal(f"{path} has been saved while it was read; look at it once more.")
        receipts.write(folder, [{"table": APPROVAL, **signed}])
    except BaseException:
        _remove(copy)  # without its receipt nobody has signed it
        raise
    print(f"Approved: {signed['verdict']}")
    print(f"Kept as {copy}")


def _remove(copy: Path) -> None:
    with suppress(OSError):
        copy.chmod(stat.S_IREAD | stat.S_IWRITE)  # Windows removes no protected file
        copy.unlink()


def _said(path: Path, option: str) -> dict[str, str]:
    """Return currency, fingerprint, months and verdict of a budget, and a strategy of several."""
    from workbooks.plan.judgement.endings import endings
    from workbooks.portfolio.terms import Portfolio, fingerprint
    from workbooks.sheets.budget import facts
    from workbooks.sheets.update.several import costs

    ours = several(str(path)) or read_plan(path)
    for sentence in endings(ours):
        print(sentence)
    if isinstance(ours, Portfolio):
        decided, cost = _decided(ours, option)
        verdict = f"{next(costs(ours))} in present value is the least of its strategies"
        return {
            "currency": ours.frame.currency,
            **_span(ours.frame),
            "fingerprint": fingerprint(ours),
            "verdict": f"{verdict}; decided: {decided}, {cost}" if decided else verdict,
            "option": decided,
        }
    if option:
        raise Refusal(f"--option is for several workloads; {path} has one.")
    return {
        "currency": ours.scenario.currency,
        **_span(ours.scenario),
        "fingerprint": facts(ours)["Fingerprint of the inputs"],
        "verdict": str(ours.run("base")["verdict_text"]),
    }


def _span(scenario: Scenario) -> dict[str, str]:
    from workbooks.folder.standing import FIRST, LAST

    months = list(scenario.months)
    return {FIRST: f"{months[0]:%Y-%m}", LAST: f"{months[-1]:%Y-%m}"}


def _decided(portfolio: Portfolio, option: str) -> tuple[str, str]:
    """Return the strategy that was decided on, and its cost; blank where none is named."""
    from workbooks.plan.monthend.bills import ActualsError
    from workbooks.plan.monthend.signed.pooled import pooled

    if not option:
        return "", ""
    try:
        signed = pooled(portfolio, option)
    except ActualsError as error:
        raise Refusal(f"{error}.") from None
    return signed.option, signed.facts["Present value"]


def approved() -> Path:
    """Return the copy that was signed last in the folder in use.

    Raises
    ------
    Refusal
        If none was, or it is not what was signed.
    """
    from workbooks.folder.place import changes
    from workbooks.folder.standing import APPROVAL

    folder = folder_in_use()
    signed = [line for each in changes() for line in each.of(APPROVAL)]
    if not signed:
        raise Refusal(f"Nothing is approved in {folder} yet; evenpoint approve signs its budget.")
    return signed_copy(folder, signed[-1])


def signed_copy(folder: Path, approval: Mapping[str, str]) -> Path:
    """Return the copy that an approval is of.

    Raises
    ------
    Refusal
        If it is not what was signed.
    """
    from workbooks.folder import receipts
    from workbooks.folder.standing import digest

    copy = folder / receipts.APPROVED / approval["file"]
    if not copy.exists() or digest(copy) != approval["sha256"]:
        raise Refusal(f"{copy} is not what was signed; bring it back from a copy.")
    return copy


def read_plan(path: Path) -> Plan:
    """Return the plan of a workbook.

    Raises
    ------
    Refusal
        If it cannot be read back, with a line for each bad cell.
    """
    from workbooks.scenario.scenario import ScenarioError
    from workbooks.sheets.intake.reading import intake

    try:
        return intake(path).plan
    except ScenarioError as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None
