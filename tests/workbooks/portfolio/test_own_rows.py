"""Rows of one's own in a plan of several workloads: a price agreed, a system measured."""

import copy
from dataclasses import asdict
from datetime import date

import numpy as np
import pytest

from tests.workbooks.portfolio.files import CONTENT
from workbooks import tables
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.writing import written
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake

PRICE = {
    "model": "vendor/agreed",
    "currency": "USD",
    "input_price_per_mtok": 1.2,
    "output_price_per_mtok": 1.2,
    "source": "order form",
    "as_of": date(2026, 11, 1),
}
MEASURED = {k: v for k, v in asdict(tables.throughputs()[0]).items() if v not in (None, "")}
SYSTEM = {
    **MEASURED,
    "system": "Our node",
    "hardware": "H100 SXM",
    "gpus": 1.0,
    "tokens_per_second": 5_000.0,
    "source": "our own run",
}


def content(price=PRICE):
    ours = copy.deepcopy(CONTENT)
    api, pool = ours["engine"][:2]
    for part in ("input", "output"):
        del api[f"{part}_price_per_mtok"]
    del pool["node_tokens_per_second"]
    api["model"], pool["system"] = "vendor/agreed", "Our node"
    return {**ours, "price": [price], "throughput": [SYSTEM]}


def test_a_price_and_a_system_of_ones_own_count():
    """1.20 a million tokens; 5,000 tokens a second in the place of 9,000."""
    series, fixed = found(parse_portfolio(content(), "ours.toml"), None, 0).starting
    np.testing.assert_allclose(series["w1_b1_price_per_mtok"], 1.2)
    other = parse_portfolio(CONTENT, "typed.toml")  # 9,000 a second
    typed = found(other, None, 0).starting[1]["w1_p1_capacity_tokens_per_hour"]
    assert fixed["w1_p1_capacity_tokens_per_hour"] == pytest.approx(typed * 5 / 9, rel=1e-12)


def test_the_workbook_reads_them_back(tmp_path):
    """Their dates too; the file that is written of them is the same."""
    ours, path = parse_portfolio(content(), "book.xlsx"), tmp_path / "book.xlsx"
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    again = portfolio_intake(path)
    assert again.content == ours.content
    assert portfolio_book(again, found(again, None, 0)) == path.read_bytes()
    text = written(ours.content)
    assert "[[price]]" in text
    assert "as_of = 2026-11-01" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input_price_per_mtok": -1}, "input_price_per_mtok of [[price]] 'vendor/agreed' is -1"),
        ({"listed": 1}, "is no column of [[price]]"),
        ({"model": ""}, "a [[price]] has no model; name it"),
    ],
)
def test_rows_that_cannot_be_meant_are_refused(change, said):
    """As in a plan of one workload."""
    with pytest.raises(ScenarioError) as error:
        parse_portfolio(content({**PRICE, **change}), "ours.toml")
    assert said in str(error.value)
