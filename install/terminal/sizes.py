"""How sized hardware is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from install.terminal.answers import print_table

if TYPE_CHECKING:
    from workbooks.sizing.answering import Answer, Limits
    from workbooks.sizing.demand import Choice, Demand


def print_answers(demand: Demand, limits: Limits, found: Sequence[Answer]) -> None:
    """Print which hardware answers a rate of requests."""
    first = f"first token within {limits.ttft_ms:g} ms, " if math.isfinite(limits.ttft_ms) else ""
    print(
        f"{demand.model}: {limits.requests_per_minute:,g} requests a minute, "
        f"{demand.input_tokens:g} in and {demand.output_tokens:g} out; {first}"
        f"{limits.user_tokens_per_second:g} tokens a second, for nine in ten"
    )
    numbers = ("GPUs", "most/min, a copy", "USD a month")
    titles = {"Hardware": False, "Answer": False, **dict.fromkeys(numbers, True), "Why": False}
    print_table(titles, map(_answer_cells, found))
    print(
        "The most a minute lies within 0.75 to 1.3 of what published servers of such models reach."
    )


def _answer_cells(answer: Answer) -> list[str]:
    name = f"{answer.hardware} {answer.precision}"
    if math.isnan(answer.copies):
        return [name, answer.verdict, "", "", "", answer.why]
    return [
        name,
        answer.verdict,
        f"{answer.copies:g} x {answer.replica_gpus:g}",
        f"{answer.most_per_minute:,.0f}",
        "" if math.isnan(answer.cost_per_month) else f"{answer.cost_per_month:,.0f}",
        answer.why,
    ]


def print_choices(demand: Demand, ranked: Sequence[Choice]) -> None:
    """Print what hardware serves a load."""
    busiest = next((c.peak_requests_per_minute for c in ranked if c.fits), math.nan)
    rate = "" if math.isnan(busiest) else f": {busiest:,.0f} requests in a minute of the peak hour"
    print(
        f"{demand.model}: {demand.tokens_per_month / 1e6:,.0f} M tokens a month, "
        f"{demand.input_tokens:g} in and {demand.output_tokens:g} out, {demand.load}{rate}"
    )
    numbers = ("GPUs", "tok/s a GPU", "a user", "Use", "USD a month", "per Mtok")
    titles = {"Hardware": False, **dict.fromkeys(numbers, True), "Verdict": False}
    print_table(titles, map(_cells, ranked))


def _cells(choice: Choice) -> list[str]:
    name = f"{choice.hardware} {choice.precision}"
    if not choice.fits:
        return [name, "", "", "", "", "", "", choice.why]
    return [
        name,
        f"{choice.copies:g} x {choice.replica_gpus:g}",
        f"{choice.gpu_tokens_per_second:,.0f}",
        f"{choice.user_tokens_per_second:,.0f}",
        f"{choice.mean_load_share:.0%}",
        "" if math.isnan(choice.cost_per_month) else f"{choice.cost_per_month:,.0f}",
        "" if math.isnan(choice.price_per_mtok) else f"{choice.price_per_mtok:,.2f}",
        choice.verdict + _measured(choice),
    ]


def _measured(choice: Choice) -> str:
    """What was published for this copy, beside what is ranked."""
    beside = choice.measured_gpu_tokens_per_second
    own = "" if choice.own_share == 1 else f" (yours, {choice.own_share:.2f} of the model)"
    return (
        own if math.isnan(beside) else f" (measured {beside:,.0f} tok/s a GPU, at full load){own}"
    )
