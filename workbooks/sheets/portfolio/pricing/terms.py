"""The terms of the contracts of a portfolio, which its lines read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbooks.plan.lines.owing.terms import term_name
from workbooks.plan.mixing.naming import Names
from workbooks.scenario.contracts import NUMBERS
from workbooks.sheets.draft import LABEL
from workbooks.sheets.pages.contracts import FORMATS
from workbooks.sheets.portfolio.folio import FOLLOWS, Folio

MINIMUM = "minimum_per_month"


def contracts(folio: Folio, names: Names, fixed: Mapping[str, Any]) -> None:
    """Write the terms of each contract but its minimum, which stands by month on Engines."""
    if not names.contracts:
        return
    note = "They count at once; the minimum of each month is on Engines"
    sheet = folio.sheet("Terms", "Terms of contracts", note)
    sheet.freeze_panes(4, 1)
    listed = [term for term in NUMBERS if term != MINIMUM]
    words = ("On", "For", "Signed")
    folio.names(sheet, 3, [*words, *(term.replace("_", " ") for term in listed)])
    for place, each in enumerate(names.contracts, start=1):
        row = 3 + place
        sheet.write_string(row, LABEL, each.contract, folio.style("label"))
        for column, text in enumerate((each.engine, each.kind, each.signed), start=1):
            sheet.write_string(row, column, text, folio.style("label"))
        for column, term in enumerate(listed, start=1 + len(words)):
            name = term_name(place, term)
            folio.number(sheet, row, column, float(fixed[name]), FORMATS.get(term, "0"))
            sheet.data_validation(row, column, row, column, {"validate": "any"} | FOLLOWS)
            folio.cells[name] = folio.cell(sheet, row, column)
    sheet.set_column(1, len(words) + len(listed), 18)
