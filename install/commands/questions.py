"""`evenpoint breakeven` and `evenpoint tco`: one question each, answered on the screen."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from install.terminal.answers import money, print_json, print_next, print_table, short
from install.terminal.flags import Json, arguments, number, volume
from install.terminal.refusal import Refusal

MOST_SHOWN = 12
BREAKEVEN = {
    "price": "api_price_per_mtok",
    "node_cost": "node_cost_per_month",
    "capacity": "capacity_tokens_per_month",
    "fixed": "fixed_cost_per_month",
    "own_price": "own_price_per_mtok",
    "min_nodes": "min_nodes",
}
TCO = {
    "years": "years",
    "capex": "capex",
    "opex": "opex_per_month",
    "labor": "labor_per_year",
    "residual": "residual",
    "discount_rate": "discount_rate",
    "growth": "opex_growth_per_year",
}
API = {"api_cost": "opex_per_month", "api_growth": "opex_growth_per_year"}
SHARED = {"years": "years", "discount_rate": "discount_rate"}
DiscountRate = Annotated[
    float | None,
    typer.Option(parser=number, metavar="SHARE", help="Yearly cost of capital: 0.1 is 10 %."),
]


def breakeven(
    context: typer.Context,
    price: Annotated[
        float, typer.Option(parser=number, metavar="MONEY", help="API price, per million tokens.")
    ],
    node_cost: Annotated[
        float,
        typer.Option(parser=number, metavar="MONEY", help="Cost of a node a month, used or idle."),
    ],
    capacity: Annotated[
        float | None,
        typer.Option(parser=volume, metavar="VOLUME", help="Tokens a node can serve a month."),
    ] = None,
    fixed: Annotated[
        float | None,
        typer.Option(parser=number, metavar="MONEY", help="People and tools, a month."),
    ] = None,
    own_price: Annotated[
        float | None,
        typer.Option(
            parser=number, metavar="MONEY", help="Other cost per million self-hosted tokens."
        ),
    ] = None,
    min_nodes: Annotated[
        float | None,
        typer.Option(parser=number, metavar="COUNT", help="Fewest nodes that run the model."),
    ] = None,
    tokens: Annotated[
        float | None,
        typer.Option(parser=volume, metavar="VOLUME", help="Your volume a month, to be judged."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find the volume from which self-hosting is cheaper.

    A node serves only so much, so there are three answers: where self-hosting first wins, where
    it never loses again, and the price-only one of most articles, which forgets the capacity.
    Volumes may be written 500M, 2.7B or 1e9.

    Example: evenpoint breakeven --price 20 --node-cost 5400 --capacity 388.8M --fixed 3000
    """
    from costcore.answers.breakeven import KINDS, breakeven_ranges, breakeven_tokens
    from costcore.answers.why import breakeven_why

    given = arguments(context.params, BREAKEVEN)
    volumes = {kind: float(breakeven_tokens(**given, kind=kind)) for kind in KINDS}
    try:
        ranges = breakeven_ranges(**given).tolist()
    except ValueError as error:
        raise Refusal(f"With --capacity {short(capacity or math.nan)} {error}.") from None
    why = str(breakeven_why(**given, tokens_per_month=tokens))
    if as_json:
        _print_breakeven(given, volumes, ranges, why)
        return
    print(why)
    labels = ("Self-hosting first wins", "Never loses again", "Price-only, ignores capacity")
    rows = zip(labels, map(short, volumes.values()), strict=True)
    print_table({"Break-even": False, "Tokens a month": True}, rows)
    if ranges and capacity is not None:
        _print_ranges(ranges)
    print_next("month by month and with people", "init ours.toml")


def _print_breakeven(
    given: dict[str, float], volumes: dict[str, float], ranges: list[list[float]], why: str
) -> None:
    columns = ("from_tokens_per_month", "to_tokens_per_month", "nodes")
    found = {f"{kind.replace('-', '_')}_tokens_per_month": at for kind, at in volumes.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in ranges]
    print_json({"inputs": given, **found, "ranges": rows, "reason": why})


def _print_ranges(ranges: list[list[float]]) -> None:
    shown = ranges if len(ranges) <= MOST_SHOWN else [*ranges[: MOST_SHOWN - 1], ranges[-1]]
    rows = [(short(a), "any more" if b == math.inf else short(b), f"{n:,.0f}") for a, b, n in shown]
    if len(ranges) > MOST_SHOWN:
        rows.insert(-1, (f"and {len(ranges) - MOST_SHOWN:,} more", "", ""))
    print_table({"Wins from": True, "to": True, "Nodes": True}, rows)


def tco(
    context: typer.Context,
    capex: Annotated[
        float,
        typer.Option(
            parser=number, metavar="MONEY", help="Hardware and set-up, paid on the first day."
        ),
    ],
    opex: Annotated[
        float,
        typer.Option(parser=number, metavar="MONEY", help="Power, space and support, a month."),
    ],
    labor: Annotated[
        float | None, typer.Option(parser=number, metavar="MONEY", help="Salaries, a year.")
    ] = None,
    residual: Annotated[
        float | None, typer.Option(parser=number, metavar="MONEY", help="Resale at the end.")
    ] = None,
    years: Annotated[
        float, typer.Option(parser=number, metavar="YEARS", help="Length of the plan.")
    ] = 3,
    discount_rate: DiscountRate = None,
    growth: Annotated[
        float | None,
        typer.Option(parser=number, metavar="SHARE", help="Growth of the running cost a year."),
    ] = None,
    api_cost: Annotated[
        float | None,
        typer.Option(parser=number, metavar="MONEY", help="Bill of the API a month, to compare."),
    ] = None,
    api_growth: Annotated[
        float | None,
        typer.Option(
            parser=number, metavar="SHARE", help="Growth of that bill a year, volume and price."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add up what owning costs over the years, year by year.

    The purchase is paid on the first day, running cost at the end of each month, and the resale
    comes on the last day. The present value counts later money for less, if you give a rate.

    Example: evenpoint tco --capex 155000 --opex 2450 --labor 10000 --api-cost 3750
    """
    from costcore.money.horizon import tco_nyr, tco_schedule

    given = arguments(context.params, TCO)
    schedule = tco_schedule(**given).tolist()
    answer = {"cash_cost": schedule[-1][3], "present_cost": float(tco_nyr(**given))}
    if api_cost is not None:
        bills = arguments(context.params, API | SHARED)
        answer["api_present_cost"] = float(tco_nyr(capex=0.0, **bills))
        api = answer["api_present_cost"]
        answer["ratio_factor"] = answer["present_cost"] / api if api else float("inf")
    if as_json:
        _print_tco(given, schedule, answer)
        return
    print(f"Owning costs {money(answer['cash_cost'])} in {years:g} years, all told.")
    if discount_rate:
        print(f"Its present value is {money(answer['present_cost'])}.")
    if api_cost is not None:
        ratio = f"; owning is {answer['ratio_factor']:.2f} times that" if api_cost else ""
        print(f"The API costs {money(answer['api_present_cost'])}{ratio}.")
    titles = dict.fromkeys(("Year", "Cash", "Depreciation", "Present value", "Cash to date"), True)
    rows = [(str(year), *map(money, row)) for year, row in enumerate(schedule, start=1)]
    print_table(titles, rows, spare=("Depreciation", "Present value"))
    print_next("with prices, volume and people month by month", "init ours.toml")


def _print_tco(
    given: dict[str, float], schedule: list[list[float]], answer: dict[str, float]
) -> None:
    columns = ("cash_cost", "depreciation_cost", "present_cost", "cumulative_cost")
    years = [
        {"year": year, **dict(zip(columns, row, strict=True))}
        for year, row in enumerate(schedule, start=1)
    ]
    print_json({"inputs": given, "schedule": years, **answer})
