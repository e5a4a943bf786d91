"""`evenpoint close`: a month against the approved budget, kept, and the rest forecast anew."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from install.budgets.billed import in_currency, read_bills, signed
from install.budgets.copies import NONE_BEFORE, copies, frame_of, scenario_of
from install.commands.actuals import show, summary
from install.folder.signing import APPROVED, approved, folder_in_use
from install.terminal.answers import money, print_json, print_table
from install.terminal.flags import Columns, CostsIn, DayFirst, JsonFigures, OfExports, Units, month
from install.terminal.refusal import Refusal
from install.terminal.writing import check_name, check_target, refusing, write_together

if TYPE_CHECKING:
    from workbooks.folder.receipts import Line
    from workbooks.plan.monthend.actuals import Close
    from workbooks.plan.monthend.bills import Bill
    from workbooks.plan.monthend.rebased import Rebased
    from workbooks.plan.plan import Plan
    from workbooks.portfolio.terms import Portfolio
    from workbooks.scenario.scenario import Scenario


def close(
    closed: Annotated[
        datetime.date, typer.Argument(parser=month, metavar="MONTH", help="Month: 2026-12.")
    ],
    budget: Annotated[
        str,
        typer.Argument(
            metavar="BUDGET",
            help="Workbook or scenario; in a budget folder, approved: the copy signed last.",
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES", help="Bills, exports, and invoices for GPUs, power and people."
        ),
    ],
    option: Annotated[
        str,
        typer.Option(
            metavar="OPTION",
            help="What was run: api, managed, own or hybrid; of several workloads a strategy.",
            show_default="own with invoices, else api; the strategy that was approved",
        ),
    ] = "",
    method: Annotated[
        Literal["run-rate", "plan"],
        typer.Option(help="Open months: the budget scaled by what was spent so far, or as it is."),
    ] = "run-rate",
    kept: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Closed months.",
            show_default="BUDGET-closed.csv, or a receipt",
        ),
    ] = None,
    columns: Columns = None,
    day_first: DayFirst = False,
    unit: Units = None,
    currency: CostsIn = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="Workbook to write.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
    as_json: JsonFigures = False,
) -> None:
    """Close a month: bills and invoices against the approved budget, and the rest forecast anew.

    What was billed is kept, so next month needs the new files alone. In a month closed again, also
    an earlier one, new bills replace its bills, and an invoice the cost lines that it has; the rest
    of the month stays. In a budget folder, approved keeps it as a receipt, which evenpoint undo
    takes back. Own nodes are compared line by line: rent, electricity, colocation, support, people.
    Each month is held against what was run in it, and open months follow what was run last.
    The plan year is forecast as closed plus open months, 1+11.

    Example: evenpoint close 2026-12 budget.xlsx bill.csv gpu.xlsx strom.csv
    """
    from workbooks.plan.monthend.bills import ActualsError
    from workbooks.plan.monthend.closing import close as closing
    from workbooks.plan.monthend.kept import lines, written
    from workbooks.plan.monthend.rebased import rebased

    folder = folder_in_use() if budget == APPROVED and kept is None else None
    budget = str(approved()) if budget == APPROVED else budget
    place = kept or Path(budget).with_name(f"{Path(budget).stem}-closed.csv")
    _check(out, None if folder else place, force)
    ours = scenario_of(budget)
    frame = frame_of(ours)
    _refuse_unplanned(frame, closed, budget)
    try:
        of_exports = OfExports(columns, day_first, unit, currency)
        read, _ = read_bills(ours, files, closed, of_exports)
        # a budget that is signed later may be in another currency
        read = [*in_currency(read, frame.currency)]
        decided = _decided(ours) if folder else ""
        new, bills, last, again = _joined(read, closed, None if folder else place, option, decided)
        known = copies() if folder else NONE_BEFORE
        shut = closing(signed(ours, bills, "", True, known), bills, method, last)
    except ActualsError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    year = rebased(shut, told := shut.run())
    with refusing(place):
        write_together({**({} if folder else {place: written(bills)}), **_book(out, shut)})
    if folder:
        place = _received(folder, files, [*lines(new), _forecast(shut, year)])
    again += _early(closed) if folder and not as_json else []
    files_told = {"closed_again": again, "kept": str(place), "file": out and str(out)}
    _tell(shut, told, year, files_told, as_json)


def _joined(
    read: list[Bill], closed: datetime.date, place: Path | None, option: str, decided: str
) -> tuple[list[Bill], list[Bill], datetime.date, list[str]]:
    """Return what is new, all bills with it, the last closed month, and what is said of others.

    Without a place the bills that were kept are those of the budget folder.
    """
    from workbooks.folder.place import changes
    from workbooks.plan.monthend.kept import anew, closed_until, left_open, merged, received

    _refuse_empty(read, closed)
    later = [each for each in read if each.month > closed]
    known = _known(place) if place else received(changes())
    new = _ran([each for each in read if each.month <= closed], known, option, decided)
    last, again = closed_until(known, closed), [*anew(known, new, closed), *left_open(later)]
    return new, merged(known, new, last), last, again


def _early(closed: datetime.date) -> list[str]:
    """Say that a month is not over, or has not begun."""
    from workbooks import clock
    from workbooks.plan.monthend.actuals import month_end

    if month_end(closed) < (today := clock.today()):
        return []
    return [f"{closed:%Y-%m} is not over on {today}; bills that come later close it anew"]


def _book(out: Path | None, shut: Close) -> dict[Path, bytes]:
    from workbooks.sheets.monthend.actuals import actuals as workbook

    return {out: workbook(shut)} if out else {}


def _received(folder: Path, files: Sequence[Path], said: list[Line]) -> Path:
    """Keep what was billed as a receipt, with the files that said it."""
    from workbooks.folder import receipts
    from workbooks.folder.standing import READ

    contents = {path: path.read_bytes() for path in files}
    sums = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    read = [{"table": READ, "file": path.name, "sha256": each} for path, each in sums.items()]
    kept = {f"{sums[p]}{p.suffix.lower() or '.file'}": c for p, c in contents.items()}
    return receipts.write(folder, [*said, *read], kept)


def _forecast(shut: Close, year: Rebased) -> Line:
    """Return the month that was closed, and what the year was forecast at, by which method."""
    from workbooks.folder import place
    from workbooks.folder.standing import CLOSED, billing

    currency = shut.plan.scenario.currency
    text = f"{year.name}, {year.first} to {year.last}: {currency} {year.cost:,.0f}; {year.method}"
    month = f"{shut.closed:%Y-%m}"
    counted = {"receipts": billing(place.changes())}
    return {"table": CLOSED, "month": month, "option": shut.option, "forecast": text, **counted}


def _check(out: Path | None, kept: Path | None, force: bool) -> None:
    if out:
        check_name(out, "workbook name", ".xlsx")
        check_target(out, force)
    if kept:
        check_name(kept, "name of a table", ".csv")
        check_target(kept, force=True)


def _known(place: Path) -> list[Bill]:
    from workbooks.plan.monthend.bills import plain

    return plain(place) if place.exists() else []


def _refuse_unplanned(frame: Scenario, closed: datetime.date, budget: str) -> None:
    """A month is closed against a budget that has it."""
    months = [*frame.months]
    if closed not in months:
        raise Refusal(
            f"{closed:%Y-%m} is no month of {Path(budget).name}, which plans {months[0]:%Y-%m} to "
            f"{months[-1]:%Y-%m}; give the budget that has it."
        )


def _refuse_empty(bills: Sequence[Bill], closed: datetime.date) -> None:
    from workbooks.plan.monthend.bills import ActualsError

    months = sorted({f"{each.month:%Y-%m}" for each in bills})
    if f"{closed:%Y-%m}" not in months:
        there = f"they are of {', '.join(months)}" if months else "they have no rows"
        raise ActualsError(f"no file is of {closed:%Y-%m}; {there}")


def _ran(new: Sequence[Bill], known: Sequence[Bill], option: str, decided: str) -> list[Bill]:
    """Return bills with what was run: as said now, as their month was closed, as was decided.

    What was decided since counts in the month that was closed last, and in none before it.
    """
    last = max((each.month for each in known), default=datetime.date.min)
    before = {each.month: each.option for each in known if each.option}
    told = {**before, last: decided or before.get(last, "")}
    said = (option or each.option or told.get(each.month) or decided for each in new)
    return [replace(each, option=run) for each, run in zip(new, said, strict=True)]


def _decided(ours: Plan | Portfolio) -> str:
    """Return the strategy that was run last, or decided on; blank where nobody has said."""
    from workbooks.folder.place import changes
    from workbooks.folder.standing import APPROVAL, CLOSED
    from workbooks.portfolio.terms import Portfolio

    told = [
        line.get("option", "")
        for each in changes()
        for table in (APPROVAL, CLOSED)
        for line in each.of(table)
    ]
    return next(filter(None, reversed(told)), "") if isinstance(ours, Portfolio) else ""


def _tell(
    close: Close, told: Mapping[str, Any], year: Rebased, files: Mapping[str, Any], as_json: bool
) -> None:
    answer = summary(close, told) | {"forecast": _figures(year), **files}
    if as_json:
        print_json(answer)
        return
    currency = close.plan.scenario.currency
    for sentence in files["closed_again"]:
        print(f"{sentence}.")
    show(close, answer | {"judged_months": 0, "record": None})
    rows = (
        (name, money(steps["planned_cost"]), money(steps["paid_cost"]))
        for name, steps in answer["by_model"].items()
        if steps["planned_cost"] or steps["paid_cost"]
    )
    print_table({"Model or cost line": False, "Budget": True, f"Billed, {currency}": True}, rows)
    if close.option == "own" and not any(each.option for each in close.bills):
        print("Held against own nodes, of which there are invoices; --option says otherwise.")
    earlier = f", of it {year.earlier_cost:,.0f} as signed before" if year.earlier_cost else ""
    print(
        f"Forecast {year.name}, {year.first} to {year.last}: {currency} {year.cost:,.0f}, budget "
        f"{year.budget_cost:,.0f}{earlier}; {year.method}."
    )
    print(f"Kept in {files['kept']}")


def _figures(year: Rebased) -> dict[str, Any]:
    return {
        "name": year.name,
        "from": year.first,
        "to": year.last,
        "method": year.method,
        "budget_cost": year.budget_cost,
        "budget_earlier_cost": year.earlier_cost,
        "closed_cost": year.closed_cost,
        "open_cost": year.open_cost,
        "open_once_cost": year.open_once_cost,
        "forecast_cost": year.cost,
    }
