"""`evenpoint budget`: a scenario in, a workbook out, and the verdict on the screen."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from install.mixing.pooled import pooled_budget
from install.terminal.answers import print_failing, print_json, print_next
from install.terminal.flags import JsonFigures, arguments, day, month, number, volume
from install.terminal.refusal import Refusal
from install.terminal.scenarios import Name, is_workbook, planned, several
from install.terminal.sources import of_scenario
from install.terminal.writing import check_name, check_target, kept, write

if TYPE_CHECKING:
    from workbooks.plan.plan import Plan

Case = Literal["downside", "base", "upside"]
NUMBERS = {
    "tokens": "tokens_per_month",
    "growth": "growth_per_year",
    "output_share": "output_share",
    "cached_share": "cached_share",
    "gpus": "gpus_per_node_count",
    "staff": "staff_fte",
    "hybrid_share": "hybrid_share",
    "months": "horizon_months",
}
SENTENCES = ("verdict_text", "reason_text", "scale_text", "conditions_text")
WORDS = ("api_model", "managed_model", "hardware", "system", "currency", "as_of")
READY = "mid-size"


def budget(
    context: typer.Context,
    scenario: Name = READY,
    out: Annotated[Path, typer.Option(help="Workbook to write.")] = Path("budget.xlsx"),
    filled: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="Filled-in template or changed budget to read instead."
        ),
    ] = None,
    case: Annotated[
        Case | None,
        typer.Option(
            help="Case that is live in the workbook; it can be switched there.",
            show_default="base, or that of --from",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
    tokens: Annotated[
        float | None,
        typer.Option(parser=volume, metavar="VOLUME", help="Tokens in the first month: 500M, 2B."),
    ] = None,
    growth: Annotated[
        float | None,
        typer.Option(
            parser=number, metavar="SHARE", help="Growth a year: 0.5 is half as much more."
        ),
    ] = None,
    output_share: Annotated[
        float | None,
        typer.Option(parser=number, metavar="SHARE", help="Output tokens, of all tokens."),
    ] = None,
    cached_share: Annotated[
        float | None,
        typer.Option(parser=number, metavar="SHARE", help="Cached tokens, of the input tokens."),
    ] = None,
    api_model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="API to compare with: see evenpoint prices show."),
    ] = None,
    managed_model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Open model on a managed platform.")
    ] = None,
    hardware: Annotated[
        str | None, typer.Option(metavar="NAME", help='Accelerator, such as "H100 SXM".')
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="Open model of your nodes; what nobody measured is sized."
        ),
    ] = None,
    gpus: Annotated[
        float | None, typer.Option(parser=number, metavar="COUNT", help="Accelerators in a node.")
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Measured system a node equals; sets accelerator and count too."
        ),
    ] = None,
    rent: Annotated[
        bool | None, typer.Option("--rent/--buy", help="How you get the nodes.")
    ] = None,
    staff: Annotated[
        float | None, typer.Option(parser=number, metavar="FTE", help="People who run the service.")
    ] = None,
    hybrid_share: Annotated[
        float | None,
        typer.Option(parser=number, metavar="SHARE", help="Volume a router keeps on your nodes."),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Reporting currency; the file's amounts are converted."),
    ] = None,
    as_of: Annotated[
        datetime.date | None,
        typer.Option(parser=day, metavar="DATE", help="Day of the prices: 2026-11-21."),
    ] = None,
    start_month: Annotated[
        datetime.date | None,
        typer.Option(
            parser=month, metavar="MONTH", help="First month, 2027-04: the plan from there on."
        ),
    ] = None,
    months: Annotated[
        float | None,
        typer.Option(parser=number, metavar="MONTHS", help="Length of the plan: 12 to 60."),
    ] = None,
    as_json: JsonFigures = False,
) -> None:
    """Write a budget workbook and say what it comes to.

    Without a scenario it plans a realistic mid-size company. Every flag replaces one input of
    the scenario in all three cases; everything else is changed in the workbook, or in a
    scenario file of your own, which "evenpoint init" writes.

    A template that was filled in, or a budget that was changed, is read with its inputs and tables
    and made anew; every cell that cannot be planned with is named. --from says the same. With
    --as-of, --start-month and --api-model it is next quarter's. In a budget folder, evenpoint
    update keeps everything else of the workbook, too.

    A scenario with several workloads and engines (evenpoint init --portfolio, or the ready one
    "company") becomes the workbook of a portfolio: strategies side by side, and who pays.

    Example: evenpoint budget --tokens 2.5B --api-model openai/gpt-6.1-terra --out ours.xlsx
    """
    check_name(out, "workbook name", ".xlsx")
    check_target(out, force)
    if filled and scenario != READY:
        raise Refusal(f"{scenario} and the file of --from are two scenarios; give one.")
    name, typed = str(filled or scenario), _typed(context.params)
    if portfolio := several(name):
        begun = {"start_month": start_month} if start_month else {}
        pooled_budget(portfolio, out, typed | begun, case, as_json)
    else:
        _one_workload(name, planned(name, typed, start_month), out, case, as_json)
        if not as_json:
            _print_next(name if filled is None else "", out)


def _one_workload(
    name: str, read: tuple[Plan, str], out: Path, case: str | None, as_json: bool
) -> None:
    from workbooks.plan.judgement.endings import endings
    from workbooks.plan.judgement.judged import judged
    from workbooks.plan.judgement.slips import slips
    from workbooks.sheets.budget import budget as workbook

    ours, live = read
    chosen: str = case or live
    ours, drawn = judged(ours)
    content = workbook(ours, chosen, drawn=drawn)
    if is_workbook(name) and out.exists() and out.samefile(name):
        before = (
            f"As it was, it is {kept(out)}; its own sheets, notes and Log lines are only there."
        )
        print(before, file=sys.stderr)
    write(out, content)
    told = ours.run(chosen)
    if as_json:
        _print_json(out, ours, chosen, told)
        return
    for sentence in slips(ours):
        print(sentence)
    for sentence in SENTENCES:
        print(told[sentence])
    for sentence in endings(ours):
        print(sentence)
    if told["master_check"]:
        print_failing(told["master_check"])
    print(f"Wrote {out}")


def _print_next(scenario: str, out: Path) -> None:
    if scenario:
        print_next("how sure it is", "risk", scenario)
    else:
        print_next("whether it keeps the rules of good modelling", "lint", out)


def _typed(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed by the name of the input or setting, checked."""
    from workbooks import tables

    typed = {name: flags[name] for name in WORDS if flags[name] is not None}
    if flags["model"] is not None:
        typed["sizing_model"] = flags["model"]
    for measured in tables.throughputs():
        if measured.system == typed.get("system"):
            node = {"hardware": measured.hardware, "gpus_per_node_count": measured.gpus}
            served = {"sizing_model": measured.model, "weight_precision": measured.weight_precision}
            typed = node | served | typed
    if flags["rent"] is not None:
        typed["acquisition_kind"] = "rent" if flags["rent"] else "buy"
    typed |= arguments(flags, NUMBERS)
    if "horizon_months" in typed:
        typed["horizon_months"] = int(typed["horizon_months"])
    return typed


def _print_json(out: Path, plan: Plan, case: str, told: Mapping[str, Any]) -> None:
    print_json(
        {
            "file": str(out),
            **_figures(plan, case, told),
            "as_of": plan.scenario.as_of,
            "sources": of_scenario(plan.scenario),
        }
    )


def _figures(plan: Plan, case: str, told: Mapping[str, Any]) -> dict[str, Any]:
    from workbooks.plan.judgement.endings import endings
    from workbooks.plan.judgement.slips import slips

    figures = ("first", "sustained", "price_only")
    return {
        "scenario": plan.scenario.origin,
        "case": case,
        "currency": plan.scenario.currency,
        "verdict": told["verdict_text"],
        "reason": told["reason_text"],
        "scale": told["scale_text"],
        "conditions": told["conditions_text"],
        "runner_up": plan.options[int(told["runner_count"]) - 1] if told["runner_count"] else "",
        "margin_cost": told["margin_cost"],
        "margin_share": told["margin_share"],
        "too_close_to_call": bool(told["tie_count"]),
        "cheapest_of_all_share": told["sure_share"],
        "rival": plan.options[int(told["rival_count"]) - 1] if told["rival_count"] else "",
        "pays_from_month": told["pays_from_months"],
        "months_ahead": told["ahead_months"],
        "needed_tokens_per_second": told["needed_tokens_per_second"],
        "implausible": slips(plan),
        "price_endings": endings(plan),
        "failing_checks": told["master_check"],
        **{f"{name}_tokens_per_month": told[f"{name}_tokens_per_month"] for name in figures},
        "payback_months": told["payback_cash_months"],
        "options": {option: _totals(option, told) for option in plan.options},
    }


def _totals(option: str, told: Mapping[str, Any]) -> dict[str, Any]:
    views = ("cash_cost", "expense_cost", "present_cost", "compared_cost")
    more = ("each_per_mtok", "ratio_factor")
    return {view: told[f"{option}_{view}"] for view in (*views, *more)}
