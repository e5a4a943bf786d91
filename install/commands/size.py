"""`evenpoint size` and `evenpoint sizing validate`: what hardware serves a load, and how sure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from install.terminal.answers import print_json, print_table
from install.terminal.flags import arguments, number, volume
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.sizing.choices import Choice, Demand
    from workbooks.sizing.validation import Report, Score

FLAGS = {
    "tokens": "tokens_per_month",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "concurrency": "concurrency_count",
    "user_speed": "user_tokens_per_second",
    "spare": "spare_nodes",
}
SCORE_TITLES = {
    "Speeds": False,
    "Number": True,
    "Median": True,
    "P10": True,
    "P90": True,
    "Within 1.5x": True,
    "Within 2x": True,
}
sizing = typer.Typer(help="How far the sizing model can be trusted.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@sizing.callback()
def _group() -> None:
    """Keep `validate` a word of its own while it is the only one."""


def size(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="An open model of the table.", metavar="MODEL")],
    tokens: Annotated[
        float, typer.Option(parser=volume, metavar="VOLUME", help="Input and output a month.")
    ],
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
    as_json: Json = False,
) -> None:
    """Compare what hardware can serve a load, and at what rent.

    Every accelerator is sized on the low case of its speed for the busiest hour, with spares, and
    priced at its usual rent in US dollars; people are not included. A model that does not fit, or
    answers too slowly, is refused with the reason.

    Example: evenpoint size Llama-3.3-70B --tokens 2.7B --hardware "H100 SXM" --hardware L40S
    """
    given = arguments(context.params, FLAGS)
    given.setdefault("concurrency_count", math.inf)
    if not given["tokens_per_month"]:
        raise Refusal("--tokens is 0; nothing is to be sized.")
    demand, ranked, advice, trough = _sized(
        {**given, "model": model, "load": load, "precision": precision}, api_model, hardware or ()
    )
    if as_json:
        print_json(
            {
                "demand": asdict(demand),
                "choices": list(map(asdict, ranked)),
                "advice": advice,
                "trough": trough,
            }
        )
        return
    _print_choices(demand, ranked)
    print(advice, trough, sep="\n")


def _sized(
    given: dict[str, object], api_model: str, hardware: Sequence[str]
) -> tuple[Demand, list[Choice], str, str]:
    from costcore.machines.spec_rows import precision
    from workbooks.sizing.advice import advice, trough
    from workbooks.sizing.choices import Demand, api_price, choices

    wanted = dict(given)
    wanted["concurrency"] = wanted.pop("concurrency_count")
    try:
        wanted["precision"] = wanted["precision"] and precision(str(wanted["precision"]))
        demand = Demand(**wanted)  # type: ignore[arg-type]
        demand = api_price(demand, api_model) if api_model else demand
        ranked = choices(demand, hardware)
    except (LookupError, ValueError) as error:
        raise Refusal(str(error.args[0])) from None
    return demand, ranked, advice(ranked), trough(ranked)


def _print_choices(demand: Demand, ranked: Sequence[Choice]) -> None:
    busiest = next((c.peak_requests_per_minute for c in ranked if c.fits), math.nan)
    print(
        f"{demand.model}: {demand.tokens_per_month / 1e6:,.4g} M tokens a month, "
        f"{demand.input_tokens:g} in and {demand.output_tokens:g} out, {demand.load}: "
        f"{busiest:,.0f} requests in a minute of the peak hour"
    )
    numbers = ("GPUs", "Tokens/s a copy", "a user", "Use", "USD a month", "per Mtok")
    titles = {"Hardware": False, **dict.fromkeys(numbers, True), "Verdict": False}
    print_table(titles, map(_cells, ranked))


def _cells(choice: Choice) -> list[str]:
    name = f"{choice.hardware} {choice.precision}"
    if not choice.fits:
        return [name, "", "", "", "", "", "", choice.why]
    return [
        name,
        f"{choice.copies:g} x {choice.replica_gpus:g}",
        f"{choice.base_tokens_per_second:,.0f}",
        f"{choice.user_tokens_per_second:,.0f}",
        f"{choice.mean_load_share:.0%}",
        "" if math.isnan(choice.cost_per_month) else f"{choice.cost_per_month:,.0f}",
        "" if math.isnan(choice.price_per_mtok) else f"{choice.price_per_mtok:,.2f}",
        f"{choice.verdict} ({choice.why.partition(',')[0].partition(':')[0].lower()})",
    ]


@sizing.command()
def validate(as_json: Json = False) -> None:
    """Compare the sizing model with every published speed it can be held against.

    Predicted over measured is 1 where the model is right. For "held out" the constants are fitted
    again without the source that is predicted.

    Example: evenpoint sizing validate
    """
    from workbooks.sizing.validation import report

    found = report()
    if as_json:
        print_json(asdict(found))
    else:
        _print_report(found)


def _print_report(found: Report) -> None:
    print("Predicted over measured output tokens a second (the model was chosen on these speeds)")
    print_table(SCORE_TITLES, map(_score, found.scores))
    print("The same where the constants have not seen the source")
    print_table(SCORE_TITLES, map(_score, found.held_out))
    print("Off by more than 1.5x")
    rows = [(system, f"{ratio:.2f}", why) for system, ratio, why in found.missed]
    print_table({"System": False, "Ratio": True, "Why": False}, rows)
    print("Left out")
    print_table({"System": False, "Why": False}, found.left_out)
    print("Constants, and what a fit to all speeds gives")
    pairs = [
        (name, f"{v:.4g}", f"{found.refitted[name]:.4g}") for name, v in found.constants.items()
    ]
    print_table({"Constant": False, "In use": True, "Fitted": True}, pairs)


def _score(score: Score) -> list[str]:
    return [
        score.subset,
        str(score.count),
        f"{score.median:.2f}",
        f"{score.p10:.2f}",
        f"{score.p90:.2f}",
        f"{score.within_1_5_share:.1%}",
        f"{score.within_2_share:.1%}",
    ]
