"""`evenpoint risk`: every range of a scenario drawn through the plan, and what decides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.mixing.risking import pooled_risk
from install.terminal.answers import UNKNOWN, money, print_json, print_next, print_table, short
from install.terminal.flags import Json
from install.terminal.scenarios import Name, several
from install.terminal.scenarios import plan as found

if TYPE_CHECKING:
    from costcore.answers.risk import Bar
    from workbooks.plan.judgement.risk import Risk

BARS_SHOWN = 12


def risk(
    scenario: Name = "mid-size",
    draws: Annotated[
        int, typer.Option(min=100, max=250_000, metavar="COUNT", help="How many plans to draw.")
    ] = 10_000,
    seed: Annotated[
        int,
        typer.Option(min=0, metavar="NUMBER", help="Which draws; the same seed, the same answer."),
    ] = 1,
    volume_correlation: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="SHARE", help="How far volumes move together, 0 to 1."),
    ] = 0.5,
    price_correlation: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="SHARE", help="How far prices move together, 0 to 1."),
    ] = 0.5,
    as_json: Json = False,
) -> None:
    """Say how sure the answer is, and which input decides it.

    Each input with low, base and high is drawn from a PERT distribution, or from the shape its
    entry in the scenario file names: { low = 1, base = 2, high = 5, shape = "lognormal" }.
    P10 is the figure that one plan in ten stays below.

    Of a scenario with several workloads or engines all strategies are drawn; the two correlations
    count there, for workloads that grow together make the dear plans dearer.

    Example: evenpoint risk mid-size --draws 100000 --seed 7
    """
    from workbooks.plan.judgement.risk import risk as drawn

    if portfolio := several(scenario):
        together = volume_correlation, price_correlation
        pooled_risk(portfolio, draws, seed, together, as_json)
        return
    answer = drawn(found(scenario), draws, seed)
    if as_json:
        print_json(summary(answer))
    else:
        _print(answer)
        print_next("what the rules of thumb say", "decide", scenario)


def summary(risk: Risk) -> dict[str, Any]:
    """Return the answer as names and numbers."""
    from workbooks.plan.judgement.headline import headline
    from workbooks.plan.judgement.risk import ranks

    base = risk.plan.run()
    return {
        "scenario": risk.plan.scenario.origin,
        "currency": risk.plan.scenario.currency,
        "months": risk.plan.scenario.horizon_months,
        "draws": risk.draws,
        "seed": risk.seed,
        "headline": headline(risk, risk.left),
        "conditions": f"{base['ruled_out_text']}{base['gated_text']}.",
        "cheapest_of_all_share": risk.wins,
        "costs_less_share": {
            option: {o: risk.beats(option, o) for o in risk.plan.options if o != option}
            for option in risk.plan.options
        },
        "deciding_guesses": risk.guesses,
        "saving_present_cost": {"base": base["saving_cost"]} | ranks(risk.saving),
        "options": {option: _option(risk, base, option) for option in risk.plan.options},
        "cash_saved_to_date_cost": dict(zip(("p10", "p50", "p90"), risk.fan.tolist(), strict=True)),
        "tornado": [_bar(bar) for bar in risk.bars],
    }


def _option(risk: Risk, base: Mapping[str, Any], option: str) -> dict[str, Any]:
    from workbooks.plan.judgement.funding import funding
    from workbooks.plan.judgement.risk import ranks

    compared = {"base": base[f"{option}_compared_cost"]} | ranks(risk.compared[option])
    return {
        "wins_share": risk.wins[option],
        "present_cost": compared,
        "cash_cost": {"base": base[f"{option}_cash_cost"]} | ranks(risk.cash[option]),
        "funding": funding(float(base[f"{option}_cash_cost"]), risk.cash[option]),
    }


def _bar(bar: Bar) -> dict[str, Any]:
    return {
        "driver": bar.name,
        "swing_cost": bar.swing,
        "at_low_cost": bar.at_low,
        "at_high_cost": bar.at_high,
        "least_cost": bar.least,
        "least_input": bar.least_input,
        "most_cost": bar.most,
        "most_input": bar.most_input,
        "extreme_inside": bar.turns,
    }


def _print(risk: Risk) -> None:
    from workbooks.plan.judgement.headline import chance
    from workbooks.plan.judgement.risk import ranks

    answer = summary(risk)
    print(f"{answer['headline']} (seed {risk.seed}).")
    print(answer["conditions"])
    if risk.guesses:
        print(f"Guesses that decide: {'; '.join(risk.guesses)}.")
    saving = (
        "Self-hosting saves against the best by token",
        answer["saving_present_cost"],
        UNKNOWN,
    )
    costs = (
        (_title(name), each["present_cost"], chance(each["wins_share"]))
        for name, each in answer["options"].items()
    )
    rows = ((name, *map(money, each.values()), share) for name, each, share in (*costs, saving))
    columns = ("Base", *(rank.upper() for rank in ranks(risk.saving)), "Cheapest of all")
    print_table({"Present value": False, **dict.fromkeys(columns, True)}, rows, spare=("P50",))
    if not risk.bars:
        print("No input of the scenario has a range.")
        return
    print_table(
        {"Saved by self-hosting": False, "From": True, "To": True, "Worst and best at": False},
        _bars(risk.bars[:BARS_SHOWN]),
    )
    if (rest := len(risk.bars) - BARS_SHOWN) > 0:
        print(f"{rest} narrower bars are in the answer to --json.")


def _title(option: str) -> str:
    from workbooks.plan.lines.option import TITLES

    return TITLES[option]


def _bars(bars: tuple[Bar, ...]) -> Iterator[tuple[str, ...]]:
    for bar in bars:
        inside = " (inside the range)" if bar.turns else ""
        at = f"{short(bar.least_input)} and {short(bar.most_input)}{inside}"
        yield bar.name, money(bar.least), money(bar.most), at
