"""How sized hardware is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from install.terminal.answers import UNKNOWN, print_next, print_table, short

if TYPE_CHECKING:
    from workbooks.sizing.answering import Answer, Limits
    from workbooks.sizing.demand import Choice, Demand


def print_answers(demand: Demand, limits: Limits, found: Sequence[Answer]) -> None:
    """Print which hardware answers a rate of requests."""
    first = (
        f"first token within {short(limits.ttft_ms)} ms, " if math.isfinite(limits.ttft_ms) else ""
    )
    print(
        f"{_meeting(found)} {demand.model}: {short(limits.requests_per_minute)} requests a minute, "
        f"{short(demand.input_tokens)} in and {short(demand.output_tokens)} out; {first}"
        f"{short(limits.user_tokens_per_second)} tokens a second, for nine in ten."
    )
    numbers = ("GPUs", "most/min, a copy", "USD a month")
    titles = {"Hardware": False, "Answer": False, **dict.fromkeys(numbers, True), "Why": False}
    print_table(titles, map(_answer_cells, found), spare=("most/min, a copy",))
    print(
        "The most a minute lies within 0.75 to 1.3 of what published servers of such models reach."
    )
    print_next("what a month of tokens costs on it", "size --tokens 1B", demand.model)


def _meeting(found: Sequence[Answer]) -> str:
    """Say what meets the limits, the cheapest of known rent first."""
    meeting = sum(each.verdict == "meets" for each in found)
    if not meeting:
        return "No hardware here meets the limits."
    best = found[0]
    copies = f"{short(best.copies)} x {short(best.replica_gpus)} {best.hardware} ({best.precision})"
    rent = "" if math.isnan(best.cost_per_month) else f" for {best.cost_per_month:,.0f} a month"
    return f"{copies} meet the limits{rent}; of {len(found)} compared, {meeting} do."


def _answer_cells(answer: Answer) -> list[str]:
    name = f"{answer.hardware} {answer.precision}"
    if math.isnan(answer.copies):
        return [name, answer.verdict, UNKNOWN, UNKNOWN, UNKNOWN, answer.why]
    return [
        name,
        answer.verdict,
        f"{answer.copies:g} x {answer.replica_gpus:g}",
        f"{answer.most_per_minute:,.0f}",
        UNKNOWN if math.isnan(answer.cost_per_month) else f"{answer.cost_per_month:,.0f}",
        answer.why,
    ]


def print_choices(demand: Demand, ranked: Sequence[Choice]) -> None:
    """Print what hardware serves a load."""
    busiest = next((c.peak_requests_per_minute for c in ranked if c.fits), math.nan)
    rate = "" if math.isnan(busiest) else f": {_counted(busiest)} in a minute of the peak hour"
    print(
        f"{demand.model}: {short(demand.tokens_per_month)} tokens a month, "
        f"{short(demand.input_tokens)} in and {short(demand.output_tokens)} out, "
        f"{demand.load}{rate}."
    )
    numbers = ("GPUs", "tok/s a GPU", "a user", "Use", "USD a month", "per Mtok")
    titles = {"Hardware": False, **dict.fromkeys(numbers, True), "Verdict": False}
    print_table(titles, map(_cells, ranked), spare=("Use", "a user", "per Mtok"))


def _counted(requests: float) -> str:
    return "1 request" if round(requests) == 1 else f"{requests:,.0f} requests"


def _cells(choice: Choice) -> list[str]:
    name = f"{choice.hardware} {choice.precision}"
    if not choice.fits:
        return [name, *[UNKNOWN] * 6, choice.why]
    return [
        name,
        f"{choice.copies:g} x {choice.replica_gpus:g}",
        f"{choice.gpu_tokens_per_second:,.0f}",
        f"{choice.user_tokens_per_second:,.0f}",
        f"{choice.mean_load_share:.0%}",
        UNKNOWN if math.isnan(choice.cost_per_month) else f"{choice.cost_per_month:,.0f}",
        UNKNOWN if math.isnan(choice.price_per_mtok) else f"{choice.price_per_mtok:,.2f}",
        choice.verdict + _measured(choice),
    ]


def _measured(choice: Choice) -> str:
    """What was published for this copy, beside what is ranked."""
    beside = choice.measured_gpu_tokens_per_second
    own = "" if choice.own_share == 1 else f" (yours, {choice.own_share:.2f} of the model)"
    return (
        own if math.isnan(beside) else f" (measured {beside:,.0f} tok/s a GPU, at full load){own}"
    )
