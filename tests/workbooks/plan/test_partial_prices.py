"""A quote of some prices keeps the others in their ratio: no lower price makes anything dearer."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import disagreements
from tests.workbooks.budgets import RENTED, corner, write
from workbooks.plan.judgement.slips import beyond
from workbooks.plan.plan import plan
from workbooks.scenario.changing import changed
from workbooks.scenario.reading import load, parse, ready
from workbooks.sheets.budget import budget

MID = load(ready()["mid-size"])
LISTED = plan(MID).run()
PARTS = ("input", "cached", "output", "write", "write_1h", "long_input", "long_output")


def quoted(**prices):
    """The plan of the mid-size company with some prices agreed."""
    return plan(changed(MID, {f"api_{part}_price_per_mtok": p for part, p in prices.items()}))


def test_a_contract_15_percent_below_list_saves_15_percent():
    """List 2 and 10; agreed 1.70 and 8.50: cached, written and long prices follow."""
    run = quoted(input=1.7, output=8.5).run()
    for part in PARTS:
        assert run[f"api_{part}_per_mtok"] == pytest.approx(0.85 * LISTED[f"api_{part}_per_mtok"])
    assert run["api_cash_cost"] == pytest.approx(0.85 * LISTED["api_cash_cost"])


def test_a_price_that_is_quoted_itself_counts():
    """A cached price of its own is not scaled, and moves no other."""
    run = quoted(input=1.7, cached=0.3).run()
    assert run["api_cached_per_mtok"] == 0.3
    assert run["api_write_per_mtok"] == pytest.approx(0.85 * LISTED["api_write_per_mtok"])
    assert run["api_output_per_mtok"] == LISTED["api_output_per_mtok"]


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_no_lower_price_costs_more(one, other):
    """Whatever is agreed below list, the API never costs more than at list."""
    run = quoted(input=2 * one, output=10 * other).run()
    assert run["api_cash_cost"] <= LISTED["api_cash_cost"] * (1 + 1e-12)


def test_without_a_model_a_plain_price_is_every_price():
    """There is no table row to keep a ratio to."""
    run = corner("bought").run()
    assert run["api_cached_per_mtok"] == run["api_write_per_mtok"] == run["api_input_per_mtok"] == 2


def test_tokens_written_for_an_hour_cost_their_own_price():
    """Claude Sonnet 4.5 at 3, written at 3.75 and 6: of half the input, two fifths are written."""
    mix = {"api_model": "anthropic/claude-sonnet-4-5", "cached_share": 0.5}
    for share, price in ((0.0, 3.75), (0.5, 4.875), (1.0, 6.0)):
        writes = {"cache_write_share": 0.2, "cache_write_1h_share": share}
        run = plan(changed(MID, {**mix, **writes})).run()
        assert run["api_written_per_mtok"] == pytest.approx(price, abs=1e-12)
        assert run["api_mixed_input_per_mtok"] == pytest.approx(3 * 0.6 + price * 0.4, abs=1e-12)


TIERED = {
    **{"model": "acme/tiered", "provider": "Acme", "kind": "api", "currency": "USD"},
    **{"input_price_per_mtok": 2.0, "output_price_per_mtok": 8.0, "cached_price_per_mtok": 0.4},
    **{"batch_input_price_per_mtok": 1.0, "batch_output_price_per_mtok": 4.0},
    **{"long_context_from_tokens": 128_000.0, "long_context_input_price_per_mtok": 4.0},
    **{"long_context_output_price_per_mtok": 12.0, "second_long_context_from_tokens": 256_000.0},
    **{"second_long_context_input_price_per_mtok": 6.0},
    **{"second_long_context_output_price_per_mtok": 20.0},
    **{"source": "our contract", "as_of": datetime.date(2026, 11, 1)},
}


def tiered(price=None, **shares):
    """The plan of a model with two long sizes, a quarter of whose tokens are output."""
    none = ("cached_share", "cache_write_share", "cache_write_1h_share", "batch_share")
    mix = {**dict.fromkeys(none, 0.0), "long_context_share": 0.0, "output_share": 0.25} | shares
    row = {name: each for name, each in (TIERED | (price or {})).items() if each is not None}
    api = {"api_model": "acme/tiered", "batch_discount_share": 0.5}
    workload = RENTED["workload"] | mix
    content = RENTED | {"price": [row], "workload": workload, "api": api, "currency": "USD"}
    return plan(parse(content, "tiered.toml")).run()


@pytest.mark.parametrize(("beyond", "price"), [(0.0, 3.75), (0.5, 3.925), (1.0, 4.1)])
def test_prompts_beyond_the_second_size_cost_their_own_price(beyond, price):
    """A tenth long, at 4 and 12 or 6 and 20 for 2 and 8; of half: 2.30 x 0.75 + 8.80 x 0.25."""
    run = tiered(long_context_share=0.1, second_long_context_share=beyond)
    assert run["api_blend_per_mtok"] == pytest.approx(price, abs=1e-12)


@pytest.mark.parametrize(
    ("long", "further", "price", "told"),
    [
        *((0.1, 0.0, {}, 1), (0.1, 0.5, {}, 0), (0.0, 0.0, {}, 0)),
        (0.1, 0.0, dict.fromkeys(key for key in TIERED if key.startswith("second")), 0),
    ],
)
def test_a_second_size_that_nobody_planned_is_told(long, further, price, told):
    """No export measures it: 6 instead of 4 for a million tokens would be left out unsaid."""
    run = tiered(price, long_context_share=long, second_long_context_share=further)
    assert beyond(run, "api").count("6 instead of 4 a million input tokens") == told


def test_a_list_without_a_second_size_has_the_first_one_for_all():
    """Beyond 256,000 tokens a prompt is still longer than 128,000: 2.20 x 0.75 + 8.40 x 0.25."""
    second = [key for key in TIERED if key.startswith("second")]
    run = tiered(dict.fromkeys(second), long_context_share=0.1, second_long_context_share=1.0)
    assert run["api_blend_per_mtok"] == pytest.approx(3.75, abs=1e-12)


@pytest.mark.parametrize(
    ("listed", "price"), [(0.4, 2.26), (0.2, 2.224), (0.3, 2.242), (None, 2.224)]
)
def test_cached_tokens_of_batch_jobs_have_the_discount_that_is_listed(listed, price):
    """Of 2.78 a token, 0.18 are cached at 0.40: 0.2 x 2.60 is saved where batch has no discount."""
    run = tiered({"batch_cached_price_per_mtok": listed}, cached_share=0.6, batch_share=0.4)
    assert run["api_blend_per_mtok"] == pytest.approx(2.78, abs=1e-12)
    assert run["api_listed_per_mtok"] == pytest.approx(price, abs=1e-12)


def test_the_fee_of_a_request_is_paid_beside_its_tokens():
    """1.2 cents for each request of 2,000 and 400 tokens are 5 dollars for a million."""
    lengths = {"input_tokens": 2_000.0, "output_tokens": 400.0, "api_discount_share": 0.1}
    run = plan(changed(MID, {"api_model": "perplexity/sonar", **lengths, "batch_share": 0.0})).run()
    assert run["api_request_fee_per_mtok"] == pytest.approx(5.0, abs=1e-12)
    assert run["api_listed_per_mtok"] == pytest.approx(0.9 * (run["api_blend_per_mtok"] + 5.0))
    assert LISTED["api_request_fee_per_mtok"] == 0


@pytest.mark.slow
def test_three_engines_keep_the_ratio(tmp_path, soffice):
    """Numpy, LibreOffice and IronCalc, where some prices are typed beside a model."""
    sonar = {"api_model": "perplexity/sonar", "api_input_price_per_mtok": 2.0}
    ours = corner("rented", api=sonar, managed={"managed_model": "anthropic/claude-sonnet-4-5"})
    assert disagreements([write(tmp_path, "partial", budget(ours))], fewest=5000) == []
