"""`evenpoint size`: what hardware serves a load, or answers a rate of requests in time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.terminal.answers import UNKNOWN, print_json, print_next, print_table, short
from install.terminal.flags import arguments, number, rate, volume
from install.terminal.refusal import Refusal
from install.terminal.sources import of_hardware, of_model, of_prices

if TYPE_CHECKING:
    from workbooks.sizing.answering import Answer, Limits
    from workbooks.sizing.choices import Choice, Demand
    from workbooks.sizing.own import Own

FLAGS = {
    "tokens": "tokens_per_month",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "concurrency": "concurrency_count",
    "user_speed": "user_tokens_per_second",
    "spare": "spare_nodes",
    "requests": "requests_per_minute",
    "ttft": "ttft_limit_ms",
}
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def size(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="An open model of the table.", metavar="MODEL")],
    tokens: Annotated[
        float | None,
        typer.Option(parser=volume, metavar="VOLUME", help="Input and output a month."),
    ] = None,
    hardware: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this accelerator; may be repeated."),
    ] = None,
    input_tokens: Annotated[
        float, typer.Option(parser=number, metavar="COUNT", help="Prompt of a mean request.")
    ] = 1400,
    output_tokens: Annotated[
        float, typer.Option(parser=number, metavar="COUNT", help="Answer to a mean request.")
    ] = 160,
    concurrency: Annotated[
        float | None,
        typer.Option(parser=number, metavar="COUNT", help="Most requests at once on a copy."),
    ] = None,
    user_speed: Annotated[
        float,
        typer.Option(parser=number, metavar="COUNT", help="Least tokens a second for each user."),
    ] = 10,
    load: Annotated[
        str,
        typer.Option(
            metavar="SHAPE",
            help="flat, global-chat, office-hours, mixed-api, small-api, image-chat, or a CSV "
            "file with the load of each hour.",
        ),
    ] = "global-chat",
    precision: Annotated[
        str, typer.Option(metavar="FORMAT", help="bf16, fp8 or fp4; left out: what is usual.")
    ] = "",
    spare: Annotated[
        float, typer.Option(parser=number, metavar="COUNT", help="Copies kept for failures.")
    ] = 1,
    api_model: Annotated[
        str, typer.Option(metavar="NAME", help="API to compare with, as in the price table.")
    ] = "",
    requests: Annotated[
        float | None,
        typer.Option(
            parser=rate, metavar="RATE", help="Requests of the busiest time: 2000/min or 30/s."
        ),
    ] = None,
    ttft: Annotated[
        float | None,
        typer.Option(
            parser=number, metavar="MS", help="Most ms to the first token, for nine in ten."
        ),
    ] = None,
    measured: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV file with your own speeds: model, hardware, gpus, weight_precision, "
            "input_tokens, output_tokens, concurrency (or max), output_tokens_per_second.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare what hardware can serve a load, and at what rent.

    Every accelerator is sized on the low case of its speed for the busiest hour, with spares, and
    priced at its usual rent in US dollars; people are not included. A model that does not fit, or
    answers too slowly, is refused with the reason.

    With --requests or --ttft the question is another one: which hardware answers so many requests,
    arriving at random, with first token and speed within limits for nine in ten of them.

    With --measured your own speeds rescale the model on all hardware, and replace its figure where
    they were measured.

    Example: evenpoint size Llama-3.3-70B --tokens 2.7B --hardware "H100 SXM" --hardware L40S
    """
    if requests is not None:
        _size_requests(context, model, precision, requests, hardware or (), measured, as_json)
        return
    if tokens is None or ttft is not None:
        raise Refusal("give --tokens a month, or --requests in the busiest time (--ttft needs it).")
    given = arguments(context.params, FLAGS)
    given.setdefault("concurrency_count", math.inf)
    if not given["tokens_per_month"]:
        raise Refusal("--tokens is 0; nothing is to be sized.")
    wanted = {**given, "model": model, "load": load, "precision": precision}
    demand, ranked, advice, trough = _sized(wanted, api_model, hardware or (), measured)
    if as_json:
        print_json(
            {
                "demand": asdict(demand),
                "choices": list(map(asdict, ranked)),
                "advice": advice,
                "trough": trough,
                "sources": _sources(demand, ranked, [api_model]),
            }
        )
        return
    print(advice)
    _print_choices(demand, ranked)
    print(*filter(None, (trough, _ending(api_model))), sep="\n")
    _print_next(demand, ranked)


def _print_next(demand: Demand, ranked: Sequence[Choice]) -> None:
    if best := next((choice for choice in ranked if choice.fits), None):
        load = f"--tokens {demand.tokens_per_month / 1e9:.12g}B --gpus {best.replica_gpus:g}"
        print_next("as a budget", f"budget {load} --hardware", best.hardware)


def _sources(
    demand: Demand, ranked: Sequence[Choice] | Sequence[Answer], api_models: Sequence[str] = ()
) -> list[dict[str, object]]:
    """Return who says what the model is, what the hardware can do, and what both cost."""
    hardware = dict.fromkeys(each.hardware for each in ranked)
    return [of_model(demand.model), *of_hardware(hardware), *of_prices(api_models)]


def _own(measured: Path | None, model: str) -> Own | None:
    from workbooks.sizing.own import read

    try:
        return read(measured, model) if measured else None
    except OSError as error:
        raise Refusal(f"{measured} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Refusal(f"{measured} is not a CSV file in UTF-8.") from None


def _ending(api_model: str) -> str:
    """Say when the API that is compared with is retired; empty where that is not known."""
    from workbooks import tables
    from workbooks.plan.judgement.endings import ending

    if not api_model:
        return ""
    day = tables.price_on(api_model).as_of
    return ending(api_model, day, day.replace(year=day.year + 1))


def _sized(
    given: dict[str, object], api_model: str, hardware: Sequence[str], measured: Path | None
) -> tuple[Demand, list[Choice], str, str]:
    from costcore.machines.spec_rows import precision
    from workbooks.sizing.advice import advice, trough
    from workbooks.sizing.choices import Demand, choices
    from workbooks.sizing.pricing import api_price

    wanted = dict(given)
    wanted["concurrency"] = wanted.pop("concurrency_count")
    try:
        wanted["precision"] = wanted["precision"] and precision(str(wanted["precision"]))
        demand = Demand(**wanted)  # type: ignore[arg-type]
        demand = api_price(demand, api_model) if api_model else demand
        ranked = choices(demand, hardware, _own(measured, demand.model))
    except (LookupError, ValueError) as error:
        raise Refusal(str(error.args[0])) from None
    return demand, ranked, advice(ranked), trough(ranked)


def _size_requests(
    context: typer.Context,
    model: str,
    precision: str,
    per_minute: float,
    hardware: Sequence[str],
    measured: Path | None,
    as_json: bool,
) -> None:
    from costcore.machines.spec_rows import precision as named
    from workbooks.sizing.answering import Limits, answers
    from workbooks.sizing.choices import Demand

    given = arguments({**context.params, "tokens": None}, FLAGS)
    speed, first = given["user_tokens_per_second"], given.get("ttft_limit_ms", math.inf)
    try:
        demand = Demand(
            model=model,
            tokens_per_month=0.0,
            precision=precision and named(precision),
            input_tokens=given["input_tokens"],
            output_tokens=given["output_tokens"],
            spare_nodes=given["spare_nodes"],
        )
        limits = Limits(per_minute, ttft_ms=first, user_tokens_per_second=speed)
        found = answers(demand, limits, hardware, _own(measured, model))
    except (LookupError, ValueError) as error:
        raise Refusal(str(error.args[0])) from None
    if as_json:
        sources = _sources(demand, found)
        print_json(
            {"limits": asdict(limits), "answers": list(map(asdict, found)), "sources": sources}
        )
        return
    _print_answers(demand, limits, found)


def _print_answers(demand: Demand, limits: Limits, found: Sequence[Answer]) -> None:
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


def _print_choices(demand: Demand, ranked: Sequence[Choice]) -> None:
    busiest = next((c.peak_requests_per_minute for c in ranked if c.fits), math.nan)
    rate = "" if math.isnan(busiest) else f": {busiest:,.0f} requests in a minute of the peak hour"
    print(
        f"{demand.model}: {short(demand.tokens_per_month)} tokens a month, "
        f"{short(demand.input_tokens)} in and {short(demand.output_tokens)} out, "
        f"{demand.load}{rate}."
    )
    numbers = ("GPUs", "tok/s a GPU", "a user", "Use", "USD a month", "per Mtok")
    titles = {"Hardware": False, **dict.fromkeys(numbers, True), "Verdict": False}
    print_table(titles, map(_cells, ranked), spare=("Use", "a user", "per Mtok"))


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
