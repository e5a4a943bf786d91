"""What a month-end starts from: the budget that was run, and the bills that are held against it."""

from __future__ import annotations

import datetime
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from install.budgets.copies import NONE_BEFORE, Copies, compared
from install.terminal.flags import OfExports, currency_code

if TYPE_CHECKING:
    from workbooks.plan.monthend.bills import Bill
    from workbooks.plan.monthend.signed.anew import Earlier
    from workbooks.plan.monthend.signed.rows import Signed
    from workbooks.plan.plan import Plan
    from workbooks.portfolio.terms import Portfolio


def signed(
    ours: Plan | Portfolio,
    bills: Sequence[Bill],
    option: str,
    is_own: bool,
    copies: Copies = NONE_BEFORE,
) -> Signed:
    """Return what a plan budgets for what was run in the month of each bill, and now.

    Parameters
    ----------
    option
        Option of a plan of one workload, or strategy of several, where the bills do not say.
    is_own
        Whether a bill of a cost line of nodes says that a plan of one workload ran its own.
    copies
        Budgets that were signed before, for the months that were closed against them.

    Raises
    ------
    ActualsError
        If it does not plan the option or strategy, or nobody has said which of several was run.
    """
    from workbooks.plan.monthend.actuals import month_end
    from workbooks.plan.monthend.lines import LINES
    from workbooks.plan.monthend.signed.anew import Earlier, held
    from workbooks.plan.monthend.signed.changed import changed, ran
    from workbooks.portfolio.terms import Portfolio

    def usual(month: Sequence[Bill]) -> str:
        charged = {each.model for each in month if each.billed >= 0}  # a sale is of nodes that went
        on_nodes = is_own and charged & set(LINES.values())
        return "" if isinstance(ours, Portfolio) else "own" if on_nodes else "api"

    told = ran(bills, lambda month: option or usual(month))
    before = []
    for copy, theirs in compared(ours, copies).items():
        if run := {at: told[at] for each in copy.months if (at := month_end(each)) in told}:
            before.append(Earlier(changed(run, _of(theirs)), tuple(run), copy.told))
    gone = {month for each in before for month in each.months}
    run = {month: each for month, each in told.items() if month not in gone}
    now = held(changed(run or dict([max(told.items())]), _of(ours)), copies.told, before)
    return replace(now, notes=(*now.notes, *_not_compared(copies, before)))


def _not_compared(copies: Copies, before: Sequence[Earlier]) -> Iterator[str]:
    """Name the months of budgets that cannot stand beside that of now: they are held against it."""
    for copy in copies.before:
        if copy.told not in {each.told for each in before}:
            months = ", ".join(f"{month:%Y-%m}" for month in copy.months)
            yield (
                f"{months}: held against the budget signed last, in the run-rate too, for the one "
                f"that {copy.told} has another currency, or another number of workloads"
            )


def _of(ours: Plan | Portfolio) -> Callable[[str], Signed]:
    """Return what a plan budgets for one option or strategy, when asked."""
    from install.commands.usage import known_rules
    from workbooks.plan.monthend.signed.alone import alone
    from workbooks.plan.monthend.signed.pooled import pooled
    from workbooks.portfolio.terms import Portfolio

    if isinstance(ours, Portfolio):
        return lambda run: pooled(ours, run, known_rules())
    return lambda run: alone(ours, run)


def read_bills(
    ours: Plan | Portfolio,
    files: list[Path],
    closed: datetime.date | None,
    said: OfExports,
) -> tuple[list[Bill], datetime.date]:
    """Return the bills of all files, and the last closed month, named or whole."""
    from workbooks.plan.monthend.bills import ActualsError, is_plain
    from workbooks.plan.monthend.invoices import is_invoice

    own = [path for path in files if is_plain(path) or is_invoice(path)]
    bills = list(in_currency(_own(own), currency_code((said.currency or "").strip())))
    months = [bill.month for bill in bills]
    exports = [path for path in files if path not in own]
    _refuse_idle(said, exports)
    if exports:
        from install.commands.usage import known_rules, read_exports
        from workbooks.plan.monthend.billed_usage import imported, last_whole
        from workbooks.portfolio.terms import Portfolio
        from workbooks.usage.exports.layout import UsageError
        from workbooks.usage.workload import refuse_uncounted

        usage = read_exports(exports, [], said)
        try:
            refuse_uncounted(usage)
        except UsageError as error:
            raise ActualsError(str(error)) from None
        bills += imported(usage, known_rules() if isinstance(ours, Portfolio) else ())
        months.append(closed or last_whole(usage))
    return bills, closed or max(months)


def _own(paths: Sequence[Path]) -> list[Bill]:
    """Return the rows of bills and invoices, each once."""
    from workbooks.plan.monthend.bills import ActualsError

    contents = [path.read_bytes() for path in paths]
    for place, path in enumerate(paths):
        if contents[place] in contents[:place]:
            raise ActualsError(f"{path} has the same content as another file; give each bill once")
    read = {path: _table(path) for path in paths}
    _refuse_twice(read)
    return [bill for each in read.values() for bill in each]


def in_currency(bills: Iterable[Bill], code: str) -> Iterator[Bill]:
    """Yield bills, those that name no currency in one."""
    return (each if each.currency else replace(each, currency=code) for each in bills)


def _refuse_idle(said: OfExports, exports: Sequence[Path]) -> None:
    """Refuse what is said of exports where no file is one."""
    from workbooks.plan.monthend.bills import ActualsError

    flags = {"--columns": said.columns, "--day-first": said.day_first, "--unit": said.units}
    if (idle := [name for name, held in flags.items() if held]) and not exports:
        raise ActualsError(f"{' and '.join(idle)}: said of exports, and none of the files is one")


def _refuse_twice(read: Mapping[Path, list[Bill]]) -> None:
    """Refuse a bill that another file has, too: in another format, or with more beside it.

    What two files have alike, and each with more beside it, is told, and counts twice.
    """
    from workbooks.plan.monthend.bills import ActualsError

    rows = {path: Counter(map(_row, bills)) for path, bills in read.items()}
    for one, other in itertools.permutations(rows, 2):
        if rows[one] and rows[one] <= rows[other]:
            raise ActualsError(
                f"{other} has every row of {one}, too; give each bill once, and where both are "
                "due, both in one file"
            )
    paid = {path: {_row(bill)[:4] for bill in bills if bill.billed} for path, bills in read.items()}
    for one, other in itertools.combinations(paid, 2):
        for month, model, _, cost in sorted(paid[one] & paid[other]):
            twice = f"{cost:,.2f} for {model} in {month:%Y-%m}"
            print(f"{one} and {other} each have {twice}; both count.", file=sys.stderr)


def _row(bill: Bill) -> tuple[datetime.date, str, float, float, str, str, str]:
    """Return what two rows of one bill have in common, whoever calls the model what."""
    from workbooks.usage.listprice import list_name

    model = list_name(bill.model) or bill.model
    whose = bill.engine.casefold(), bill.workload.casefold(), bill.item.casefold()
    return bill.month, model, bill.tokens, bill.billed, *whose


def _table(path: Path) -> list[Bill]:
    """Return the rows of a bill or an invoice, and say which columns are not read."""
    from workbooks.plan.monthend.bills import is_plain, plain_bills
    from workbooks.plan.monthend.invoices import invoices
    from workbooks.plan.monthend.tabular import table

    found = table(path)
    if found.hidden:
        print(f"{path.name}: {found.hidden}.", file=sys.stderr)
    if is_plain(path):
        return plain_bills(found)
    bills, unread = invoices(found)
    if unread:
        print(f"{path.name}: not read: {', '.join(unread)}.", file=sys.stderr)
    return bills
