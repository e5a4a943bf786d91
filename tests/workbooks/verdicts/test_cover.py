"""What the cover says of strategies that a gate rules out, and of a month that never comes."""

import datetime
from dataclasses import replace

import pytest

from tests.workbooks.verdicts.oracle import Oracle, Question
from tests.workbooks.verdicts.plans import asked
from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse

CHEAP_API = Question(tokens=3e9, api_price=1.0, hybrid=0.5, failed=("gate_residency_kind",))
"""The API costs less than own nodes, but the data may not leave."""


def test_what_a_gate_rules_out_is_named_with_its_cost():
    """A reader must see that what is recommended is not what costs least."""
    truth, told = Oracle(CHEAP_API), asked(CHEAP_API).run()
    assert truth.present("api") < truth.present("own")
    api, hybrid = (f"{truth.present(option):,.0f}" for option in ("api", "hybrid"))
    ruled_out = f"A gate rules out · the cloud API ({api}) · the hybrid ({hybrid}). "
    assert told["conditions_text"].startswith(ruled_out)
    assert "the only one of 3 strategies that passes the gates" in told["verdict_text"]
    more = 100 * (truth.present("own") / truth.present("api") - 1)
    assert told["saved_text"].startswith(f"it costs {more:,.0f} % more than the API")


def test_without_a_rival_nothing_is_said_of_one():
    """No month in which own nodes turn, no volume and no price."""
    told = asked(CHEAP_API).run()
    assert told["turns_text"] == "no token-billed rival passes the gates"
    assert told["turns_months"] != told["turns_months"]
    for name in ("price_told_text", "volume_told_text", "stairs_text", "monthly_text"):
        assert told[name] == told["no_rival_text"]


def test_a_hybrid_is_dominated_only_by_what_passes():
    """The API alone would cost less, but it may not be chosen."""
    q = replace(CHEAP_API, tokens=3e10, api_price=0.1, failed=("gate_fine_tuning_kind",))
    assert Oracle(q).present("api") < Oracle(q).present("hybrid") < Oracle(q).present("own")
    assert "dominated" not in asked(q).run()["scale_text"]
    assert "the cloud API alone" in asked(replace(q, failed=())).run()["scale_text"]


def test_a_month_that_never_comes_is_not_explained_as_if_it_did():
    """Beside "never" stands in how many months own nodes cost less."""
    dear = asked(Question(tokens=1e9, api_price=0.2)).run()
    assert dear["turns_text"] == "it costs more than its rival in every month"
    falling = asked(Question(tokens=2e10, growth=-0.9, api_price=2.0)).run()
    ahead = int(falling["ahead_months"])
    assert 0 < ahead < 36
    assert f"in {ahead} of 36 months, not in the last" in falling["turns_text"]


def test_no_strategy_is_named_where_none_passes():
    """The hybrid, at 0, was shown as recommended."""
    none = ("gate_residency_kind", "gate_accuracy_kind")
    told = asked(replace(CHEAP_API, failed=none)).run()
    assert told["spent_text"].startswith("no strategy, ")
    assert told["saved_text"] == "no strategy passes the gates"


def test_reserved_rent_follows_the_rate_of_its_currency():
    """All is reserved, so nothing is on demand, whatever the budget rate."""
    content = {
        "horizon_months": 12,
        "as_of": datetime.date(2026, 11, 9),
        "currency": "EUR",
        "workload": {"tokens_per_month": 3e9},
        "api": {"api_input_price_per_mtok": 2.0, "api_output_price_per_mtok": 9.0},
        "nodes": {
            "hardware": "H100 SXM",
            "node_tokens_per_second": 4_000.0,
            "reserved_share": 1.0,
            "reserved_discount_share": 0.3,
        },
        "series": {"currency_factor": [1.0] * 6 + [1.2] * 6},
    }
    told = plan(parse(content, "reserved.toml")).run()
    assert told["reserved_per_month"] == pytest.approx(told["own_rent_per_month"], rel=1e-12)
    assert told["own_rent_per_month"][-1] == pytest.approx(1.2 * told["own_rent_per_month"][0])


def test_a_busiest_month_that_says_otherwise_is_explained():
    """By hand: the API is paid beside own nodes in all of them, and one without is never dearer.

    In the volume what both cost is spread over the plan; the month alone says no.
    """
    both = Question(tokens=2e10, growth=-0.9, api_price=10.0, dual=1, months=12)
    told = asked(both).run()
    spread = "(what falls due in other months is spread over the plan)"
    assert told["busiest_month_count"] == 1
    assert told["ahead_count"][0] == 0
    assert told["first_tokens_per_month"] < 2e10
    assert all(spread in told[f"{part}_told_text"] for part in ("price", "volume", "load"))
    assert spread in told["reason_text"]
    assert spread not in asked(replace(both, dual=0)).run()["reason_text"]


def test_a_threshold_never_reads_like_what_it_is_compared_with():
    """Prices and loads that differ in the third digit are told with two more."""
    start = asked(Question(tokens=1e10, api_price=1.0)).run()
    near = float(start["paying_price_per_mtok"]) + 0.001
    told = asked(Question(tokens=1e10, api_price=near)).run()["price_told_text"]
    first, second = (f"{price:,.4f}" for price in (near - 0.001, near))
    assert first in told
    assert second in told
