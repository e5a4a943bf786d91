"""`evenpoint size`: what hardware serves a load, or answers a rate of requests in time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.terminal.answers import print_json, print_next
from install.terminal.flags import Json, arguments, number, rate, volume
from install.terminal.refusal import Refusal
from install.terminal.scenarios import is_workbook
from install.terminal.scenarios import plan as found
from install.terminal.sizes import print_answers, print_choices
from install.terminal.sources import of_hardware, of_model, of_prices

if TYPE_CHECKING:
    from workbooks.sizing.answering import Answer
    from workbooks.sizing.demand import Choice, Demand
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
TOML = ".toml"
NO_ROOM = "Does not fit"


def size(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            help="An open model of the table, or a scenario or budget workbook that names one.",
            metavar="MODEL",
        ),
    ],
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

    Of a scenario or a budget workbook, the model, volume, lengths, peak and spares are the plan's,
    and the rent of each hardware is what "evenpoint budget" plans for the first month with it.

    With --measured your own speeds rescale the model on all hardware, and replace its figure where
    they were measured.

    Speculative decoding and copies on several servers are not modelled: measure them. Of prompts
    that a prefix cache holds, count in --tokens and --input-tokens what is read anew.

    A model of your own is described under [[model]] in a scenario, by model, params_total_b,
    layers, attn_heads, kv_heads, head_dim and as_of at least; sizing_model names it.

    Example: evenpoint size Llama-3.3-70B --tokens 2.7B --hardware "H100 SXM" --hardware L40S
    """
    if requests is not None:
        _size_requests(context, model, precision, requests, hardware or (), measured, as_json)
        return
    if is_workbook(model) or Path(model).suffix == TOML:
        if tokens is not None or ttft is not None:
            raise Refusal(f"{model} says the load itself; change it there, or name a model.")
        _size_plan(model, hardware or (), measured, as_json)
        return
    if tokens is None or ttft is not None:
        raise Refusal("give --tokens a month, or --requests in the busiest time (--ttft needs it).")
    given = arguments(context.params, FLAGS)
    given.setdefault("concurrency_count", math.inf)
    if not given["tokens_per_month"]:
        raise Refusal("--tokens is 0; nothing is to be sized.")
    wanted = {**given, "model": model, "load": load, "precision": precision}
    sized = _sized(wanted, api_model, hardware or (), measured)
    _answer(*sized, api_model, as_json)


def _answer(
    demand: Demand,
    ranked: list[Choice],
    advice: str,
    trough: str,
    api_model: str,
    as_json: bool,
) -> None:
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
    print_choices(demand, ranked)
    print(*filter(None, (trough, _ending(api_model))), sep="\n")
    _print_next(demand, ranked)


def _print_next(demand: Demand, ranked: Sequence[Choice]) -> None:
    if best := next((choice for choice in ranked if choice.fits), None):
        load = f"--tokens {demand.tokens_per_month / 1e9:.12g}B --gpus {best.replica_gpus:g}"
        print_next("as a budget", f"budget {load} --hardware", best.hardware)
    elif any(c.why.startswith(NO_ROOM) and c.precision != "fp4" for c in ranked):
        load = f"--tokens {demand.tokens_per_month / 1e9:.12g}B --precision fp4"
        print_next("with weights of four bits", f"size {load}", demand.model)


def _sources(
    demand: Demand, ranked: Sequence[Choice] | Sequence[Answer], api_models: Sequence[str] = ()
) -> list[dict[str, object]]:
    """Return who says what the model is, what the hardware can do, and what both cost."""
    hardware = dict.fromkeys(each.hardware for each in ranked)
    return [of_model(demand.model), *of_hardware(hardware), *of_prices(api_models)]


def _size_plan(name: str, hardware: Sequence[str], measured: Path | None, as_json: bool) -> None:
    """Size the nodes of a plan: its model, its load, its own rows of the tables."""
    from workbooks.scenario.own_rows import Beside
    from workbooks.scenario.sized import demand_of
    from workbooks.sizing.advice import advice, trough
    from workbooks.sizing.choices import choices

    ours = found(name).scenario
    if not ours.entries["sizing_model"].base:
        raise Refusal(f"{name} names no model to size; set sizing_model in it.")
    demand = demand_of(ours.entries, ours)
    try:
        ranked = choices(demand, hardware, _own(measured, demand.model), Beside(ours.rows))
    except (LookupError, ValueError) as error:
        raise _refused(error) from None
    _answer(demand, ranked, advice(ranked), trough(ranked), "", as_json)


def _refused(error: LookupError | ValueError) -> Refusal:
    """Say what is wrong, and for a model that the table lacks, where to describe it."""
    told = str(error.args[0])
    if told.startswith("There is no model"):
        told += " To describe your own: evenpoint size --help."
    return Refusal(told)


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
    from workbooks.sizing.choices import choices
    from workbooks.sizing.demand import Demand
    from workbooks.sizing.pricing import api_price

    wanted = dict(given)
    wanted["concurrency"] = wanted.pop("concurrency_count")
    try:
        wanted["precision"] = wanted["precision"] and precision(str(wanted["precision"]))
        demand = Demand(**wanted)  # type: ignore[arg-type]
        demand = api_price(demand, api_model) if api_model else demand
        ranked = choices(demand, hardware, _own(measured, demand.model))
    except (LookupError, ValueError) as error:
        raise _refused(error) from None
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
    from workbooks.sizing.demand import Demand

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
        served = answers(demand, limits, hardware, _own(measured, model))
    except (LookupError, ValueError) as error:
        raise _refused(error) from None
    if as_json:
        sources = _sources(demand, served)
        print_json(
            {"limits": asdict(limits), "answers": list(map(asdict, served)), "sources": sources}
        )
        return
    print_answers(demand, limits, served)
