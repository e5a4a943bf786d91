"""The Budget sheet: one row for each month and account, ready for a pivot or an ERP upload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from costcore.language.quantities import MONEY
from workbooks.plan.lines.hosted import RUNNING
from workbooks.plan.lines.option import TITLES
from workbooks.plan.lines.vintages import Holdings
from workbooks.sheets import paper
from workbooks.sheets.draft import FIRST, PERIODS_ROW, Draft
from workbooks.sheets.pages.months import month_end

TOP = 4
HEADERS = ("Month", "Period", "Fiscal year", "Option", "Account", "Type", "Amount", "Currency")
WIDTHS = (8, 12, 12, 20, 34, 12, 16, 10)
ACCOUNTS = {
    "rent": "GPU rent or lease",
    "support": "Hardware support",
    "power": "Electricity",
    "space": "Colocation",
    "marginal": "Cost per token",
    "staff": "Engineering labour",
    "tools": "MLOps tools",
    "incidents": "Incident response",
    "migration": "Migration",
    "api": "API usage",
    "managed": "Managed platform usage",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account of one option, and the line of the monthly plan it comes from."""

    option: str
    title: str
    line: str
    kind: str
    sign: str = ""


def accounts(
    options: tuple[str, ...], holdings: Holdings, owing: tuple[str, ...] = (), rest: str = "api"
) -> Iterator[Account]:
    """Yield the accounts of each option; in each type they add up to the plan.

    Those that are `owing` by contract have an account for it, and a hybrid has one for the
    managed platform where its `rest` is bought there.
    """
    for option in options:
        if option in owing:
            yield Account(option, "Contracts", f"{option}_contracts_per_month", "opex")
        if option in ("api", "managed"):
            flow = "bill" if option in owing else "cash"
            yield Account(option, "API usage", f"{option}_{flow}_per_month", "opex")
            continue
        platform = ("managed",) if option == "hybrid" and rest == "managed" else ()
        for part in (*RUNNING, *platform):
            yield Account(option, ACCOUNTS[part], f"{option}_{part}_per_month", "opex")
        if holdings.buys:
            yield from _assets(option)


def _assets(option: str) -> Iterator[Account]:
    """Yield what is bought, sold and written off; what nodes may fetch at the end is not paid."""
    sold = f"{option}_disposals_per_month"
    yield Account(option, "Hardware purchases", f"{option}_purchases_per_month", "capex")
    yield Account(option, "Hardware sold", sold, "capex", "-")
    yield Account(option, "Depreciation", f"{option}_depreciation_per_month", "non-cash")
    gone = f"{option}_written_off_per_month"
    yield Account(option, "Book value of hardware sold", gone, "non-cash")
    yield Account(option, "Proceeds of hardware sold", sold, "non-cash", "-")


def write(draft: Draft) -> None:
    """Write the flat table."""
    note = f"{paper.APART}opex and capex are cash; opex and non-cash are profit and loss."
    sheet = draft.sheet("Budget", "Budget by month and account", note)
    told = draft.plan.scenario
    periods = [_period(draft, t) for t in range(draft.plan.scenario.horizon_months)]
    rows = [
        (account, t)
        for account in accounts(
            draft.plan.options, draft.plan.holdings, told.owing, told.hybrid_rest
        )
        for t in range(len(periods))
    ]
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.add_table(
        TOP,
        0,
        TOP + len(rows),
        len(HEADERS) - 1,
        {
            "name": "tblBudget",
            "style": "Table Style Light 9",
            "columns": [{"header": h, "header_format": draft.style("header")} for h in HEADERS],
        },
    )
    for row, (account, t) in enumerate(rows, start=TOP + 1):
        _row(draft, sheet, row, account, t, periods[t])
    sheet.freeze_panes(TOP + 1, 0)
    sheet.repeat_rows(TOP)
    paper.apart(sheet, 3, len(HEADERS) - 1)


def _period(draft: Draft, t: int) -> tuple[float, float]:
    """Return the last day of a month of the plan, and its fiscal year."""
    first = draft.plan.scenario.start_month
    year, month = divmod(first.month - 1 + t, 12)
    begins = int(draft.numbers["fiscal_start_count"])
    return float(month_end(first, t + 1)), float(first.year + year + (1 < begins <= month + 1))


def _row(
    draft: Draft, sheet: Worksheet, row: int, account: Account, t: int, told: tuple[float, float]
) -> None:
    month, period = f"$A{row + 1}", f"$B{row + 1}"
    last = xl_col_to_name(FIRST + draft.plan.scenario.horizon_months - 1)
    sheet.write_number(row, 0, t + 1, draft.style("count"))
    look_up = (
        f"=INDEX(Monthly!${xl_col_to_name(FIRST)}${PERIODS_ROW}:${last}${PERIODS_ROW}, {month})"
    )
    draft.formula(sheet, row, 1, look_up, told[0], "number", "yyyy-mm")
    text = (
        f"=YEAR({period}) + "
        f"IF(AND(fiscal_start_count > 1, MONTH({period}) >= fiscal_start_count), 1, 0)"
    )
    draft.formula(sheet, row, 2, text, told[1], "number", "0")
    for column, value in ((3, TITLES[account.option]), (4, account.title), (5, account.kind)):
        sheet.write_string(row, column, value, draft.style("label"))
    amount = f"={account.sign}INDEX({draft.cells[account.line].text}, {month})"
    value = draft.numbers[account.line][t] * (-1 if account.sign else 1)
    draft.formula(sheet, row, 6, amount, value, "number", MONEY)
    draft.formula(sheet, row, 7, "=currency", draft.plan.scenario.currency, "label")
