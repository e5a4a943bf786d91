"""Tokens to date and the month of the trillionth, of one workload and of several."""

import math

import pytest

from tests import engines
from tests.workbooks.budgets import CORNERS, write
from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse
from workbooks.sheets.budget import budget


def ours(tokens, **more):
    """A plan of two years without growth, that begins with so many tokens a month."""
    workload = {"tokens_per_month": tokens, "growth_per_year": 0.0, **more}
    return plan(parse({**CORNERS["rented"], "horizon_months": 24, "workload": workload}, "t.toml"))


@pytest.mark.parametrize(
    ("tokens", "month"), [(1e12, 1), (100e9, 10), (99e9, 11), (42e9, 24), (41e9, math.inf)]
)
def test_the_trillionth_token_is_served_in_the_first_month_that_reaches_it(tokens, month):
    """By hand: ten months of 100 billion are a trillion, 24 of 41 billion are not."""
    run = ours(tokens).run()
    assert run["trillion_months"] == month
    assert run["cumulative_tokens"][-1] == pytest.approx(24 * tokens)


@pytest.mark.slow
def test_three_engines_agree(tmp_path):
    """Also where it never comes."""
    books = [write(tmp_path, f"{t:g}", budget(ours(t))) for t in (99e9, 41e9)]
    assert engines.disagreements(books, 5_000) == []
