"""`evenpoint risk`: every range of a scenario drawn through the plan, and what decides it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.answers import money, print_json, print_table
from install.terminal.scenarios import Name
from install.terminal.scenarios import scenario as found

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
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Say how sure the answer is, and which input decides it.

    Each input with low, base and high is drawn from a PERT distribution, or from the shape its
    entry in the scenario file names: { low = 1, base = 2, high = 5, shape = "lognormal" }.
    P10 is the figure that one plan in ten stays below.

    Example: evenpoint risk mid-size --draws 100000 --seed 7
    """
    from workbooks.plan.judgement.risk import risk as drawn
    from workbooks.plan.plan import plan

    answer = drawn(plan(found(scenario)), draws, seed)
    if as_json:
        print_json(summary(answer))
    else:
        _print(answer)


def summary(risk: Risk) -> dict[str, Any]:
    """Return the answer as names and numbers."""
    from workbooks.plan.judgement.risk import ranks

    base = risk.plan.run()
    return {
        "scenario": risk.plan.scenario.origin,
        "currency": risk.plan.scenario.currency,
        "months": risk.plan.scenario.horizon_months,
        "draws": risk.draws,
        "seed": risk.seed,
        "selfhosting_beats_api_share": risk.win_share,
        "saving_present_cost": {"base": base["saving_cost"]} | ranks(risk.saving),
        "options": {
            option: {
                "wins_share": risk.wins[option],
                "present_cost": {"base": base[f"{option}_present_cost"]}
                | ranks(risk.present[option]),
                "cash_cost": {"base": base[f"{option}_cash_cost"]} | ranks(risk.cash[option]),
            }
            for option in risk.plan.options
        },
        "cash_saved_to_date_cost": dict(zip(("p10", "p50", "p90"), risk.fan.tolist(), strict=True)),
        "tornado": [_bar(bar) for bar in risk.bars],
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
    from workbooks.plan.judgement.risk import ranks

    answer = summary(risk)
    unit = f"{answer['currency']}, present value over {answer['months']} months"
    print(
        f"Self-hosting beats the API in {answer['selfhosting_beats_api_share']:.1%} of "
        f"{risk.draws:,} draws (seed {risk.seed}; {unit})."
    )
    saving = ("Saved by self-hosting", answer["saving_present_cost"], "")
    costs = (
        (_title(name), each["present_cost"], f"{each['wins_share']:.1%}")
        for name, each in answer["options"].items()
    )
    rows = ((name, *map(money, each.values()), share) for name, each, share in (*costs, saving))
    columns = ("Base", *(rank.upper() for rank in ranks(risk.saving)), "Cheapest in")
    print_table({"": False, **dict.fromkeys(columns, True)}, rows)
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
        at = f"{_number(bar.least_input)} and {_number(bar.most_input)}{inside}"
        yield bar.name, money(bar.least), money(bar.most), at


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"
