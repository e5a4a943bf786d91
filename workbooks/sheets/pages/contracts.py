"""The Contracts sheet: what was signed or is offered, term by term; and what is owed by month."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from xlsxwriter.worksheet import Worksheet

from workbooks.plan.lines.lookup import header
from workbooks.plan.lines.owing.contracts import Deal
from workbooks.plan.lines.owing.terms import term_name
from workbooks.scenario.contracts import KINDS, NUMBERS, STRATEGIES
from workbooks.scenario.scenario import Contract
from workbooks.sheets.conversion import owes_currency, write_rate
from workbooks.sheets.draft import PERIODS_ROW, Draft
from workbooks.sheets.pages.hints import CODE, told
from workbooks.sheets.pages.months import timeline
from workbooks.sheets.pages.tables import TableSheet

FIELDS = tuple(field.name for field in fields(Contract) if field.name != "currency")
OTHERS = ("currency", "exchange_rate")
"""Beside them where a minimum is in another currency than the plan's, and in a template."""
CONTRACTS = TableSheet(
    "Contracts", "Contracts of the company", "tblContracts", FIELDS, stale_days=365
)
TOP, SPARE_ROWS = PERIODS_ROW, 20
WIDTHS = {"contract": 30, "partner": 20, "source": 40}
WORDS = {
    "kind": KINDS,
    "signed": ("yes", "no"),
    "strategy": STRATEGIES,
    "price_held": ("yes", "no"),
}
FOUND = (
    "the contract or offer; after a change of a word run evenpoint budget --from, with this file"
)
MEANT = {
    "contract": "What the contract is called.",
    "kind": "What it is for: tokens of an API or platform, dedicated capacity, or nodes.",
    "partner": "With whom it is.",
    "signed": "Yes: owed under every strategy. No: an offer, owed by the strategy that signs it.",
    "strategy": "The strategy that signs it, while it is an offer.",
    "first_month": "Month of the plan in which it begins; 0 and less was before the plan.",
    "term_months": "Months it lasts.",
    "minimum_per_month": "Least that is paid a month, whatever is used.",
    "settled_months": "Months after which use is set against the minimum.",
    "ramp_months": "Months in which the minimum grows to its full size.",
    "overage_factor": "Price of use beyond the minimum, over the price within it.",
    "rollover_share": "Part of what was not used that later months may use.",
    "notice_months": "Months from notice to its end; blank: there is no early exit.",
    "exit_share": "Part of the rest that is owed after an early exit.",
    "price_held": "Whether the price stays that of the first month.",
    "committed_nodes": "Nodes that it provides.",
    "committed_tokens_per_month": "Tokens a month that it provides.",
    "source": "Where the terms are written.",
    "currency": "Currency of its minimum, three letters; blank: the plan's.",
    "exchange_rate": "The plan's currency for one of it, from the sheet Rates.",
}
FORMATS = {
    "minimum_per_month": "#,##0",
    "committed_tokens_per_month": "#,##0",
    "overage_factor": "0.00",
    "rollover_share": "0%",
    "exit_share": "0%",
}


def write_table(draft: Draft) -> None:
    """Write the contracts, each term in a cell that rules read; a template has blank rows."""
    note = (
        "Terms count at once. After a change of a word, or a row added below, run: "
        "evenpoint budget --from, with this file."
    )
    sheet = draft.sheet(CONTRACTS.name, CONTRACTS.title, note)
    contracts = draft.plan.scenario.contracts
    shown = (*FIELDS, *(OTHERS if owes_currency(draft) else ()))
    columns = [{"header": header(f), "header_format": draft.style("header")} for f in shown]
    look = {"name": CONTRACTS.table, "style": "Table Style Light 9", "columns": columns}
    sheet.add_table(TOP, 0, TOP + max(len(contracts), 1), len(shown) - 1, look)
    sheet.set_row(TOP, 45)
    sheet.freeze_panes(TOP + 1, 1)
    for column, field in enumerate(shown):
        sheet.set_column(column, column, WIDTHS.get(field, 13))
        sheet.data_validation(TOP + 1, column, TOP + SPARE_ROWS, column, _allowed(field))
        for place in range(1, SPARE_ROWS + 1):
            held = getattr(contracts[place - 1], field, "") if place <= len(contracts) else None
            _cell(draft, sheet, TOP + place, column, held)
    for place, each in enumerate(contracts, 1):
        for term in NUMBERS:
            if term != "notice_months" or _may_leave(each, draft.plan.scenario.hybrid_rest):
                draft.name(term_name(place, term), sheet, TOP + place, FIELDS.index(term))
        if each.currency:
            column = len(shown) - 1
            write_rate(draft, sheet, TOP + place, column, each.currency)
            draft.name(term_name(place, "exchange_rate"), sheet, TOP + place, column)
    draft.protect(sheet)


def _may_leave(contract: Contract, rest: str) -> bool:
    """Say whether a strategy owes a contract that it does not go on using."""
    held = (Deal(each, 1, contract, rest) for each in STRATEGIES if contract.owed_by(each))
    return not all(each.is_used for each in held)


def _cell(draft: Draft, sheet: Worksheet, row: int, column: int, held: Any) -> None:
    style = draft.style("input", FORMATS.get((*FIELDS, *OTHERS)[column], ""))
    if held is None or held == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(held, str):
        sheet.write_string(row, column, held, style)
    else:
        sheet.write_number(row, column, held, style)


def _allowed(field: str) -> dict[str, Any]:
    """Return what may be typed into a column, with its hint."""
    if field in WORDS:
        words = f"{MEANT[field]} It must be one of {', '.join(WORDS[field])}."
        chosen = {"validate": "list", "source": [*WORDS[field]], "ignore_blank": True}
        return chosen | told(header(field), words, FOUND)
    if field == "currency":
        return CODE | told(header(field), MEANT[field], FOUND) | {"ignore_blank": True}
    if field not in NUMBERS:
        return {"validate": "any"} | told(header(field), MEANT[field], FOUND)
    _, low, high, whole = NUMBERS[field]
    bounds = f"{'a whole number' if whole else 'a number'} from {low:g} to {high:g}"
    return told(header(field), f"{MEANT[field]} It must be {bounds}.", FOUND) | {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "ignore_blank": True,
        "error_message": f"It must be {bounds}.",
    }


def open_owed(draft: Draft) -> dict[str, tuple[str, int]]:
    """Begin the sheet of what is owed; return where each of its lines will stand."""
    note = "What is paid for whether it is used or not, and what may be taken away."
    sheet = draft.sheet("Commitments", "Commitments by month", note)
    timeline(draft, sheet, draft.plan.scenario.horizon_months)
    places, _ = draft.layout(draft.plan.owed, PERIODS_ROW + 1)
    return {name: ("Commitments!", row) for name, row in places.items()}


def write_owed(draft: Draft, read: dict[str, tuple[str, int]]) -> int:
    """Write what is owed by contract, strategy by strategy; return the next row."""
    sheet, months = draft.sheets["Commitments"], draft.plan.scenario.horizon_months
    return draft.across(sheet, PERIODS_ROW + 1, draft.plan.owed, months, "month", read)
