"""A price that is lower outside peak hours is averaged over the hours of the load."""

from dataclasses import replace

import numpy as np
import pytest

from tests.workbooks.budgets import corner
from workbooks.plan.plan import plan
from workbooks.rows import PEAK_HOURS
from workbooks.sizing.demand import Demand
from workbooks.sizing.pricing import api_price
from workbooks.sizing.shapes import clock, hourly
from workbooks.tables import price_on

PRO = "deepseek/deepseek-v4-pro"
BUDGET = {"cached_share": 0.0, "cache_write_share": 0.0, "long_context_share": 0.0}


def priced(**load):
    """Input and output price of the plan for a load."""
    scenario = corner("rented", api={"api_model": PRO}, workload=BUDGET).scenario
    told = plan(replace(scenario, **load)).run()
    return told["api_input_per_mtok"] / told["api_output_per_mtok"], told


def test_the_shipped_hours_are_deepseeks():
    """Beijing is UTC+8: 9-12 and 14-18 there from Monday to Friday; half price outside.

    https://api-docs.deepseek.com/quick_start/pricing, as genai-prices and LiteLLM have it.
    """
    for model in (PRO, "deepseek/deepseek-v4-flash"):
        row = price_on(model)
        assert [getattr(row, name) for name in PEAK_HOURS] == [1, 4, 6, 10]
        assert (row.peak_days_count, row.off_peak_price_share) == (5, 0.5)


def test_a_flat_load_pays_what_the_audit_reckoned():
    """35 of 168 hours are dear: 1.32 x (35 + 133 / 2) / 168 is 0.80, and 0.30 is 0.18."""
    for model, listed in ((PRO, 1.32), ("deepseek/deepseek-v4-flash", 0.30)):
        flat = Demand(model="gpt-oss-20b", tokens_per_month=1e9, load="flat", output_tokens=1e-9)
        expected = listed * (35 + 133 / 2) / 168
        assert api_price(flat, model).api_price_per_mtok == pytest.approx(expected)


def test_the_plan_pays_by_its_own_load():
    """All in the Beijing morning pays the peak, all on Sunday half of it."""
    week, sunday = np.zeros(168), np.zeros(168)
    hour, day = clock("global-chat", 168)
    week[(day == 2) & (hour == 2)] = 168.0
    sunday[day == 6] = 7.0
    _, peak = priced(load_factors=tuple(week.tolist()))
    _, half = priced(load_factors=tuple(sunday.tolist()))
    rate = peak["rates"].at("rate", peak["rates"].row("USD"))
    assert peak["api_input_per_mtok"] == pytest.approx(1.32 * rate)
    assert half["api_output_per_mtok"] == pytest.approx(3.96 / 2 * rate)


def test_a_price_without_hours_is_as_listed():
    """Nothing changes for the other providers, whatever the load."""
    told = corner("rented").run()
    rate = told["rates"].at("rate", told["rates"].row("USD"))
    assert told["api_input_per_mtok"] == pytest.approx(
        price_on("openai/gpt-4o").input_price_per_mtok * rate
    )


def test_traces_begin_on_the_day_they_were_taken():
    """Azure's traces of May 2024: the office's two quiet days are Saturday and Sunday."""
    loads, (_, day) = hourly("office-hours"), clock("office-hours", 168)
    means = [loads[day == each].mean() for each in range(7)]
    assert sorted(np.argsort(means)[:2].tolist()) == [5, 6]
    loads, (_, day) = hourly("global-chat"), clock("global-chat", 168)
    means = [loads[day == each].mean() for each in range(7)]
    assert sorted(np.argsort(means)[:2].tolist()) == [5, 6]
