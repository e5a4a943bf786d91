"""A price of one's own keeps the ratios of the list: what is not typed does not become dearer."""

from pathlib import Path

import pytest

from tests import books, engines
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget

LISTED = {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 10.0}


def cost(**typed: float) -> float:
    """Return what the cloud API of the mid-size company costs, with some inputs typed."""
    found = plan(load(ready()["mid-size"], typed)).run("base")
    return float(found["api_present_cost"])


@pytest.mark.parametrize("share", [0.85, 0.5, 1.0, 1.2])
def test_a_price_of_ones_own_moves_the_whole_bill(share: float) -> None:
    """15 % below list in input and output is 15 % below list, cached and written tokens too."""
    own = {name: price * share for name, price in LISTED.items()}
    assert cost(**own) == pytest.approx(cost() * share)


def test_a_lower_price_never_raises_the_cost() -> None:
    """Of input alone, of output alone, of both."""
    costs = [cost(api_input_price_per_mtok=price) for price in (2.0, 1.9, 1.0, 0.1)]
    assert costs == sorted(costs, reverse=True)
    costs = [cost(api_output_price_per_mtok=price) for price in (10.0, 9.0, 1.0)]
    assert costs == sorted(costs, reverse=True)


def test_a_cached_price_that_is_typed_stands() -> None:
    """It is the agreement's own word, and no ratio."""
    own = {name: price * 0.85 for name, price in LISTED.items()}
    assert cost(**own, api_cached_price_per_mtok=0.1) > cost(**own)


def test_a_spreadsheet_says_the_same(tmp_path: Path) -> None:
    """The formulas of the workbook, recalculated by another program."""
    own = {name: price * 0.85 for name, price in LISTED.items()}
    path = tmp_path / "own.xlsx"
    path.write_bytes(budget(plan(load(ready()["mid-size"], own))))
    places, computed = books.formula_cells(path), engines.ironcalc_values(path)
    assert len(places) > 9_000
    assert engines.differences(books.cached(path), computed, places) == []
