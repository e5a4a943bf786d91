"""`evenpoint actuals`: what was billed against the budget, why, and what the plan will come to."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from install.budgets.billed import read_bills, signed
from install.budgets.copies import scenario_of
from install.terminal.answers import money, print_failing, print_json, print_next, print_table
from install.terminal.flags import Columns, CostsIn, DayFirst, JsonFigures, OfExports, Units, month
from install.terminal.refusal import Refusal
from install.terminal.scenarios import Name
from install.terminal.writing import check_name, check_target, refusing, write_together

if TYPE_CHECKING:
    from costcore.language.timeline import Line
    from workbooks.plan.monthend.accuracy import Past
    from workbooks.plan.monthend.actuals import Close
    from workbooks.plan.monthend.bills import Bill
    from workbooks.plan.monthend.signed.rows import Signed


def actuals(
    scenario: Name,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES",
            help="Exports of usage and cost, or tables: month, model, tokens, cost; own nodes: "
            "month, item, cost. CSV or .xlsx, English or German.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="Workbook to write.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Record of past forecasts; new rows are added at its end."
        ),
    ] = None,
    method: Annotated[
        Literal["run-rate", "plan"],
        typer.Option(help="Open months: the budget scaled by what was spent so far, or as it is."),
    ] = "run-rate",
    option: Annotated[
        str,
        typer.Option(
            metavar="OPTION",
            help="What was billed: api, managed, own or hybrid; of several workloads a strategy.",
            show_default="api",
        ),
    ] = "",
    budget: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Budget by model, in the same columns; else the scenario's."
        ),
    ] = None,
    closed: Annotated[
        datetime.date | None,
        typer.Option(
            parser=month, metavar="MONTH", help="Last closed month; else the last whole one."
        ),
    ] = None,
    columns: Columns = None,
    day_first: DayFirst = False,
    unit: Units = None,
    currency: CostsIn = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
    as_json: JsonFigures = False,
) -> None:
    """Say why the bill is not the budget, and what the whole plan will come to.

    The difference is split into price, volume and mix, which add up exactly; models that nobody
    budgeted, fees and exchange rates stand apart. The CSV may also have the columns requests,
    cached_tokens, output_tokens, currency and rate. With --record, what was forecast for each
    closed month is kept beside what it cost.

    Example: evenpoint actuals ours.toml 2026-12.csv --out december.xlsx --record forecasts.csv
    """
    from workbooks import clock
    from workbooks.plan.monthend.bills import ActualsError

    _check_targets(out, record, force)
    ours = scenario_of(scenario)
    try:
        bills, last = read_bills(ours, files, closed, OfExports(columns, day_first, unit, currency))
        close = _closed(signed(ours, bills, option, is_own=False), bills, method, budget, last)
        told = close.run()
        past = close.past(told, clock.today())
        rows, added = _written(close, past, out, record)
    except ActualsError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    answer = summary(close, told) | _judged(rows, past)
    answer |= {"file": out and str(out), "record": record and str(record)}
    answer |= {"recorded_rows": len(added) if record else 0}
    if as_json:
        print_json(answer)
    else:
        show(close, answer)
        _print_next(scenario, out)


def _print_next(scenario: str, out: Path | None) -> None:
    if out:
        print_next("whether it keeps the rules of good modelling", "lint", out)
    else:
        print_next("as a workbook", f"actuals {quote(scenario)} BILLS… --out MONTH.xlsx")


def _check_targets(out: Path | None, record: Path | None, force: bool) -> None:
    if out:
        check_name(out, "workbook name", ".xlsx")
        check_target(out, force)
    if record:
        check_name(record, "name of a record", ".csv")
        check_target(record, force=True)


def _closed(
    ours: Signed, bills: list[Bill], method: str, budget: Path | None, last: datetime.date
) -> Close:
    from workbooks.plan.monthend.bills import plain
    from workbooks.plan.monthend.closing import close

    return close(ours, bills, method, last, plain(budget) if budget else [])


def _written(
    close: Close, past: list[Past], out: Path | None, record: Path | None
) -> tuple[list[Past], list[Past]]:
    """Write record and workbook; return the forecasts then on record, and those that were new."""
    from workbooks import disk
    from workbooks.plan.monthend.accuracy import extended, fresh, read

    files = {}
    if out:
        from workbooks.sheets.monthend.actuals import actuals as workbook

        files[out] = workbook(close)
    if not record:
        write_together(files)
        return past, past
    with refusing(record), disk.alone(record):
        known = read(record)
        added = fresh(known, past)
        begun = record.read_bytes() if record.exists() else b""
        new = {record: extended(begun, added)} if added else {}
        write_together(new | files)  # the record first: whoever was stopped can just run it again
    return [*known, *added], added


def summary(close: Close, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer as names and numbers."""
    from workbooks.plan.monthend.variance import BY_MODEL, BY_MONTH, STEPS

    shut = [
        f"{month:%Y-%m}"
        for month, each in zip(close.months, told["closed_count"], strict=True)
        if each
    ]
    by_month = _steps(told, BY_MONTH, [f"{month:%Y-%m}" for month in close.months])
    return {
        "scenario": close.plan.scenario.origin,
        "currency": close.plan.scenario.currency,
        "option": close.option,
        "method": close.method,
        "closed_through": f"{close.closed:%Y-%m}",
        "verdict": told["verdict_text"],
        "outlook": told["outlook_text"],
        "failing_checks": told["master_check"],
        "bridge": dict(zip(STEPS, told["bar_cost"].tolist(), strict=True)),
        "by_model": _steps(told, BY_MODEL, close.models),
        **{
            f"by_{side.removesuffix('_text')}": _steps(told, lines, close.groups(side))
            for side, lines in close.by_side.items()
        },
        "by_month": {month: steps for month, steps in by_month.items() if month in shut},
        "months": [_month(close, told, t) for t in range(len(close.months))],
        **{name: told[name] for name in ("run_rate_factor", "budget_total_cost")},
        "outlook_total_cost": told["outlook_total_cost"],
        "notes": [*close.notes, *close.late(told)],
    }


def _month(close: Close, told: Mapping[str, Any], t: int) -> dict[str, Any]:
    return {
        "month": f"{close.months[t]:%Y-%m}",
        "kind": "actual" if told["closed_count"][t] else "forecast",
        "budget_cost": told["budget_per_month"][t],
        "outlook_cost": told["outlook_per_month"][t],
    }


def _steps(
    told: Mapping[str, Any], lines: Sequence[Line], keys: list[str]
) -> dict[str, dict[str, Any]]:
    """Return the bridge of each month or model."""
    from workbooks.plan.monthend.variance import STEPS

    names = dict(zip(STEPS, lines, strict=True))
    return {
        key: {name: told[line.name][t] for name, line in names.items()}
        for t, key in enumerate(keys)
    }


def _judged(rows: list[Past], past: list[Past]) -> dict[str, Any]:
    from workbooks.plan.monthend.accuracy import judged

    months, mape, bias = judged(rows, past[-1]) if past else (0, math.nan, math.nan)
    return {"judged_months": months, "mape_share": mape, "bias_share": bias}


def show(close: Close, answer: Mapping[str, Any]) -> None:
    """Print the verdict, the bridge and what to check."""
    from workbooks.plan.monthend.variance import LABELS

    print(answer["verdict"])
    print(answer["outlook"])
    steps = ((LABELS[name], money(cost)) for name, cost in answer["bridge"].items() if cost)
    print_table({"From budget to actual": False, answer["currency"]: True}, steps)
    for side in ("engine", "workload"):
        _show_side(side, answer)
    if answer["judged_months"]:
        share, bias = answer["mape_share"], answer["bias_share"]
        print(
            f"Forecasts a month ahead by {close.method} missed by {share:.1%} on average "
            f"(MAPE), with a bias of {bias:+.1%}; months judged: {answer['judged_months']}."
        )
    for note in answer["notes"]:
        print(f"Check: {note}.")
    if answer["failing_checks"]:
        print_failing(answer["failing_checks"])
    if answer["record"]:
        print(f"Added {answer['recorded_rows']} rows to {answer['record']}")
    if answer["file"]:
        print(f"Wrote {answer['file']}")


def _show_side(side: str, answer: Mapping[str, Any]) -> None:
    """Print budget, actual and why, of each engine or workload, where there are several."""
    from workbooks.plan.monthend.variance import LABELS

    told = answer.get(f"by_{side}", {})
    used = [name for name in answer["bridge"] if any(steps[name] for steps in told.values())]
    titles = {side.capitalize(): False, **{LABELS[name]: True for name in used}}
    rows = ((key, *(money(steps[name]) for name in used)) for key, steps in told.items())
    if told:
        print_table(titles, rows, spare=list(titles)[2:-1])
