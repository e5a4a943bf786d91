"""`evenpoint diff`: why two budgets differ, to the cent, by cause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from install.folder.signing import APPROVED, approved
from install.mixing.differing import both_several, pooled_diff
from install.terminal.answers import print_json, print_table
from install.terminal.flags import JsonFigures
from install.terminal.scenarios import plan as found
from install.terminal.scenarios import refusing
from install.terminal.writing import check_name, check_target, write

if TYPE_CHECKING:
    from workbooks.plan.differing.difference import Difference
    from workbooks.rows import TokenPrice

CHANGES_SHOWN = 30
BOOK = "budget.xlsx"
"""The workbook of a folder."""


def diff(
    one: Annotated[str, typer.Argument(metavar="A", help="A budget: as every scenario is given.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The budget to explain.")],
    view: Annotated[
        Literal["cash", "expense", "present"],
        typer.Option(help="Cost that is explained: cash, profit and loss, or present value."),
    ] = "cash",
    case: Annotated[
        Literal["downside", "base", "upside"], typer.Option(help="Case that is explained.")
    ] = "base",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xlsx", help="Workbook to write, with a waterfall."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
    as_json: JsonFigures = False,
) -> None:
    """Say why two budgets differ: what each cause adds to each option, to the cent.

    Inputs, settings and tables that changed are gathered into causes: volume, prices, hardware,
    people, dates and so on. Each is swapped from one budget to the other in every order, and its
    mean is its step, so no order is preferred and all steps add up. A folder stands for the
    budget.xlsx in it, and in one approved stands for the copy signed last. Of two plans with
    several workloads, strategies of one name are compared.

    Example: evenpoint diff mid-size article-3
    """
    from workbooks.plan.differing.difference import difference

    if out is not None:
        check_name(out, "workbook name", ".xlsx")
        check_target(out, force)
    if pair := both_several(_named(one), _named(other)):
        pooled_diff(*pair, view, case, out, as_json)
        return
    first, last = (found(_named(each)) for each in (one, other))
    with refusing():
        answer = difference(first, last, case, view, (_prices(one), _prices(other)))
    if out is not None:
        from workbooks.sheets.bridging.difference import difference_book
        from workbooks.sheets.bridging.explained import explained

        write(out, difference_book(explained(answer)))
    if as_json:
        print_json(summary(answer) | {"file": out and str(out)})
        return
    _print(answer)
    if out is not None:
        print(f"Wrote {out}")


def _named(name: str) -> str:
    if name == APPROVED:
        return str(approved())
    return str(Path(name, BOOK)) if Path(name).is_dir() else name


def _prices(name: str) -> tuple[TokenPrice, ...]:
    """Return the prices of all days that a budget was made with."""
    from workbooks.folder.place import without
    from workbooks.folder.standing import lacking
    from workbooks.tables import token_prices

    with without(lacking(Path(_named(name)))):
        return token_prices()


def summary(answer: Difference) -> dict[str, Any]:
    """Return the answer as names and numbers."""
    one, other = answer.one.scenario, answer.other.scenario
    return {
        "from": one.origin,
        "to": other.origin,
        "currency": other.currency,
        "restated_factor": answer.rate,
        "case": answer.case,
        "view": answer.view,
        "method": answer.method,
        "options": {
            option: {
                "from_cost": round(float(answer.before[at]), 2),
                "steps": answer.bridge(option),
                "to_cost": round(float(answer.after[at]), 2),
                "spread_cost": float(answer.spread[at]),
            }
            for at, option in enumerate(answer.options)
        },
        "changed": {
            cause.title: [
                {"name": each.name, "from": _plain(each.before), "to": _plain(each.after)}
                for each in changes
            ]
            for cause, changes in answer.changed.items()
        },
        "verdicts": [plan.run(answer.case)["verdict_text"] for plan in (answer.one, answer.other)],
    }


def _plain(value: Any) -> Any:
    """Return contracts by their names, and the rest as it is."""
    if isinstance(value, tuple):
        return [getattr(each, "contract", each) for each in value]
    return value


def _print(answer: Difference) -> None:
    from workbooks.plan.differing.difference import VIEWS
    from workbooks.plan.lines.option import TITLES

    one, other = answer.one.scenario, answer.other.scenario
    print(f"From {one.origin} to {other.origin}: {VIEWS[answer.view]} of the whole plan,", end=" ")
    print(f"{answer.case} case, {other.currency}.")
    if answer.rate != 1:
        print(f"{one.origin} is in {one.currency}; it is restated at {answer.rate:g}.")
    bridges = [answer.bridge(option) for option in answer.options]
    rows = [
        (cause.title, *(f"{bridge[cause.title]:+,.2f}" for bridge in bridges))
        for cause in answer.priced
        if any(bridge[cause.title] for bridge in bridges)
    ]
    ends = (
        (name, *(f"{cost:,.2f}" for cost in costs))
        for name, costs in ((one.origin, answer.before), (other.origin, answer.after))
    )
    first, last = ends
    titles = {"": False, **{TITLES[option]: True for option in answer.options}}
    print_table(titles, [first, *rows, last])
    print(answer.method)
    _print_changes(answer)
    for plan in (answer.one, answer.other):
        print(f"{plan.scenario.origin}: {plan.run(answer.case)['verdict_text']}")


def _print_changes(answer: Difference) -> None:
    from workbooks.plan.differing.showing import both

    changes = [(c.title, each) for c, found in answer.changed.items() for each in found]
    shown = [
        (title, each.label, *both(each.before, each.after))
        for title, each in changes[:CHANGES_SHOWN]
    ]
    print_table(dict.fromkeys(("Cause", "Changed", "Before", "After"), False), shown)
    if (rest := len(changes) - CHANGES_SHOWN) > 0:
        print(f"{rest} more changes are in the answer to --json.")
