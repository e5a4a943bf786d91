"""A formula of a portfolio's workbook fits the eye, as one of a single workload does."""

import re

import pytest

from tests.books import formulas
from tests.workbooks.portfolio import test_contracts as contracts
from tests.workbooks.portfolio import test_currencies as currencies
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import load, parse_portfolio, ready
from workbooks.sheets.portfolio.book import portfolio_book

LONGEST, LONGEST_SENTENCE = 121, 205
LONGER = {
    "Allocation": 175,  # tokens, nodes and steps of moving of a pair, in the cell that Upload reads
    "Monthly": 136,  # what moving in steps costs: where all workloads are, and where they go
    "Pools": 128,  # what is left of all vintages that were bought so far
}
"""Sheets with longer figures, and why."""


def portfolios():
    """All that are ready, and two in several currencies: with repair, with contracts."""
    mended = currencies.mended(task_tokens=1_500.0, **currencies.POUNDS)
    yield from ((name, load(path)) for name, path in ready().items())
    yield "mended for pounds", parse_portfolio(mended, "mended.toml")
    yield (
        "bound in pounds",
        contracts.portfolio((contracts.MONTHLY, *contracts.ALL[1:]), contracts.dollars_for_pounds),
    )


@pytest.mark.parametrize(
    ("name", "ours"), [*portfolios()], ids=lambda x: x if type(x) is str else ""
)
def test_formulas_fit_the_eye(name, ours, tmp_path):
    """A sentence is counted without its words, and has a longest of its own."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    long = {
        f"{name} {sheet}!{ref}: {text}"
        for sheet, cells in formulas(path).items()
        for ref, text in cells.items()
        if len(re.sub(r'"[^"]*"', '""', text)) > LONGER.get(sheet, LONGEST)
        or len(text) > LONGEST_SENTENCE
    }
    assert long == set()
