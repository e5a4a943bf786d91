"""Steps of a token price with a date, of one engine of a portfolio."""

import copy
from datetime import date

import numpy as np
import pytest

from tests import engines
from tests.workbooks.portfolio.files import CONTENT
from workbooks.plan.mixing.bridging.difference import pooled_difference
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import parse_portfolio
from workbooks.portfolio.writing import written
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.portfolio.book import portfolio_book
from workbooks.sheets.portfolio.intake import portfolio_intake

HALF = {"engine": "API", "from": date(2027, 3, 1), "factor": 0.5, "why": "a new generation"}
MORE = {"engine": "API", "from": date(2027, 6, 1), "factor": 0.8}


def portfolio(*steps):
    ours = {**copy.deepcopy(CONTENT), "start_month": date(2027, 1, 1)}
    return parse_portfolio({**ours, "price_step": list(steps)}, "book.xlsx")


def test_a_step_multiplies_the_price_of_its_month_and_of_all_that_follow():
    """0.20 in January and February, 0.10 from March, 0.08 from June: by hand."""
    prices = found(portfolio(HALF, MORE), None, 0).starting[0]["w1_b1_price_per_mtok"]
    np.testing.assert_allclose(prices, [0.2] * 2 + [0.1] * 3 + [0.08] * 7, rtol=1e-12)


def test_the_workbook_reads_steps_back(tmp_path):
    """Two steps of one engine are two rows of Scenario; the same book is made of them."""
    ours, path = portfolio(HALF, MORE), tmp_path / "book.xlsx"
    path.write_bytes(portfolio_book(ours, found(ours, None, 0)))
    assert engines.disagreements([path], 1_000) == []
    again = portfolio_intake(path)
    assert again.content == ours.content
    assert portfolio_book(again, found(again, None, 0)) == path.read_bytes()
    assert "[[price_step]]" in written(ours.content)


def test_a_difference_counts_a_step_as_prices():
    """14,600 M at 0.10 less in ten months: 14,600."""
    told = pooled_difference(portfolio(), portfolio(HALF)).bridge("All API")
    assert told == {"Token prices and mix of tokens": pytest.approx(-14_600, abs=0.01)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"engine": "APIs"}, "engine of a price_step is 'APIs'; it must be one of API, Own"),
        ({"engine": "Own cards"}, "nodes are not billed by the token"),
        ({"factor": 0}, "engine 'API': factor of a price_step is 0; it must be a number above 0"),
        ({"from": date(2026, 1, 1)}, "it must be a date from 2027-01-01"),
        ({"option": "api"}, "price_step: 'option' is not part of it"),
    ],
)
def test_steps_that_cannot_be_meant_are_refused(change, said):
    """With what stands there, and the rule."""
    with pytest.raises(ScenarioError) as error:
        portfolio({**HALF, **change})
    assert said in str(error.value)


def test_two_steps_of_one_day_are_refused():
    """Their rows on the sheet Scenario would be one."""
    with pytest.raises(ScenarioError, match=r"two of .* of 'API' are from 2027-03-01"):
        portfolio(HALF, {**HALF, "factor": 0.9})
