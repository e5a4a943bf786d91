"""Answer times: what is promised of them, and how they behave."""

from dataclasses import asdict

import numpy as np
import pytest

from costcore.machines.basis.times import TIME_BANDS
from costcore.machines.times.queue import copy_of
from costcore.machines.times.worksheet import max_requests_per_minute, ttft_ms, user_speed
from workbooks import tables
from workbooks.sizing import answering
from workbooks.sizing.answering import Limits, answers
from workbooks.sizing.demand import Demand

LLAMA = asdict(tables.model("Llama-3.3-70B"))
H100 = asdict(tables.accelerator("H100 SXM"))
CASE = (LLAMA, H100, 2, "fp8", 1_500, 300)
DEMAND = Demand(model="Llama-3.3-70B", tokens_per_month=0.0)


def test_published_loads_are_answered_as_they_were_measured():
    """Steady loads of AccelMark, and what was submitted to MLPerf below 100 B parameters."""
    found = answering.shares()
    assert (found.steady_count, found.server_count) == (57, 77)
    assert found.steady_right_share >= 0.9
    assert found.server_within_1_5_share >= 0.95
    assert 0.9 <= found.server_median <= 1.1


def test_four_in_five_servers_are_inside_the_band():
    """What the sentence beside the most requests says."""
    low, high = TIME_BANDS["requests"]
    ratios = np.array([row.load / answering._most(row) for row in answering._served()])
    assert np.mean((low <= ratios) & (ratios <= high)) >= 0.8


def test_more_requests_are_slower():
    """The first token comes later, and each answer is slower, until the queue never ends."""
    rates = np.array([0.0, 1, 10, 60, 120, 240, 300])
    first, speed = ttft_ms(rates, *CASE), user_speed(rates, *CASE)
    assert (np.diff(first) >= 0).all()
    assert (np.diff(speed) <= 0).all()
    assert ttft_ms(1e4, *CASE) == np.inf
    assert user_speed(1e4, *CASE) == 0


def test_the_most_within_limits_keeps_them_and_one_in_twenty_more_does_not():
    """The limit is found, not only some rate within it."""
    most = max_requests_per_minute(400, 25, *CASE)
    assert ttft_ms(most, *CASE) <= 400 * 1.000001
    assert user_speed(most, *CASE) >= 25 * 0.999999
    more = most * 1.05
    assert ttft_ms(more, *CASE) > 400 or user_speed(more, *CASE) < 25


def test_answers_in_progress_are_those_of_littles_law():
    """Requests a second times the seconds an answer takes; by hand from the time of a token."""
    case = answering.case_of(LLAMA, H100, 2.0, "fp8")
    case |= {"input_tokens": 1500.0, "output_tokens": 300.0, "chosen_replica_gpus": 2.0}
    copy = copy_of(case)
    held = float(copy.settled(2.0))
    assert held == pytest.approx(2.0 * 300 * float(copy.token_ms(held)) / 1000)


def test_twice_the_copies_take_twice_the_requests():
    """Each copy has its own queue."""
    one = max_requests_per_minute(400, 25, *CASE, replica_gpus=2)
    two = max_requests_per_minute(400, 25, LLAMA, H100, 4, "fp8", 1_500, 300, replica_gpus=2)
    assert two == pytest.approx(2 * one)


@pytest.mark.parametrize(
    ("model", "prompt"), [("Llama-3.3-70B", 9_000), ("DeepSeek-V3/R1", 1_000), ("Kimi-K3", 1_000)]
)
def test_what_is_not_known_is_not_told(model, prompt):
    """Very long prompts, models of DeepSeek-R1's class and larger."""
    row = asdict(tables.model(model))
    assert np.isnan(ttft_ms(60, row, H100, 8, "fp8", prompt, 300))
    assert np.isnan(max_requests_per_minute(500, 20, row, H100, 8, "fp8", prompt, 300))
    demand = Demand(model=model, tokens_per_month=0.0, input_tokens=prompt)
    (found,) = answers(demand, Limits(60, 500, 20), ["H100 SXM"])
    assert found.verdict == "unknown"


def test_hardware_meets_comes_close_or_misses():
    """With the reason: what a request alone would get."""
    wanted = ["H100 SXM", "L4", "A10"]
    found = {a.hardware: a for a in answers(DEMAND, Limits(2000, 500, 20), wanted)}
    assert [found[name].verdict for name in wanted] == ["meets", "close", "misses"]
    assert found["A10"].why.startswith("alone, a request waits")
    met = found["H100 SXM"]
    assert met.ttft_ms <= 500
    assert met.user_tokens_per_second >= 20
    assert (met.copies - 1) * met.most_per_minute >= 2000
    rent = tables.accelerator("H100 SXM").rent_base_per_gpu_hour
    assert met.cost_per_month == pytest.approx(met.copies * met.replica_gpus * rent * 730)
