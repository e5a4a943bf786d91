"""`evenpoint mix`: which workload goes where, on how many nodes, and from which month."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from install.mixing.showing import print_answer, print_as_json
from install.terminal.answers import print_next
from install.terminal.flags import Json
from install.terminal.refusal import Refusal
from install.terminal.scenarios import portfolio as read
from install.terminal.writing import check_target, write


def mix(
    portfolio: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="A scenario file, a budget workbook, or a ready portfolio."
        ),
    ] = "company",
    gap: Annotated[
        float, typer.Option(help="Part of the cost that may be left unproven: 0.001 is 0.1 %.")
    ] = 0.001,
    month: Annotated[
        int, typer.Option(help="Month for which to say what would change the mix.")
    ] = 1,
    answers: Annotated[
        bool, typer.Option(help="Say what would change the mix; it takes a search for each.")
    ] = True,
    out: Annotated[
        Path | None,
        typer.Option(help="Workbook to write: routes to edit, strategies by month, allocation."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the workbook.")] = False,
    as_json: Json = False,
) -> None:
    """Find the cheapest mix of engines for all workloads, over all months.

    The mix has the least present value of all plans up to the gap, which is proven and printed.
    Ctrl-C stops the search, and so does a minute of work; the best mix found so far is printed
    with its gap.

    Example: evenpoint mix company --gap 0.005
    """
    from workbooks.plan.mixing.finding import found

    ours = read(portfolio)
    if not 0 <= gap < 1:
        raise Refusal(f"--gap is {gap:g}; it must be from 0 to below 1.")
    if not 1 <= month <= ours.frame.horizon_months:
        last = ours.frame.horizon_months
        raise Refusal(f"--month is {month}; it must be from 1 to {last}, the months of the plan.")
    if out is not None:
        check_target(out, force)
    try:
        answer = found(ours, gap, month if answers else 0, progress(as_json))
    except ValueError as error:
        raise Refusal(f"{error}.") from None
    if answer.mix is None:
        raise Refusal(answer.sentences[-1])
    if out is not None:
        from workbooks.sheets.portfolio.book import portfolio_book

        write(out, portfolio_book(ours, answer))
    (print_as_json if as_json else print_answer)(ours, answer)
    if out is not None and not as_json:
        print(f"Wrote {out}")
    if not as_json:
        _print_next(portfolio, out)


def _print_next(portfolio: str, out: Path | None) -> None:
    if out is None:
        print_next("as a workbook with its routes to edit", "mix --out mix.xlsx", portfolio)
    else:
        print_next("whether it keeps the rules of good modelling", "lint", out)


def progress(quiet: bool) -> Any:
    """Return what tells each round of the search to somebody who looks at a screen."""
    if quiet or not sys.stderr.isatty():
        return None
    rounds = iter(range(1, sys.maxsize))

    def told(cost: float, gap: float) -> None:
        best = "none yet" if cost == float("inf") else f"{cost:,.0f}"
        print(f"Round {next(rounds)}: best {best}, {gap:.2%} unproven", file=sys.stderr)

    return told
