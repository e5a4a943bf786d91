"""What `evenpoint budget` does where a scenario has several workloads or engines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install.mixing.mix import progress
from install.mixing.showing import print_answer, print_as_json
from install.terminal.refusal import Refusal
from install.terminal.writing import write

if TYPE_CHECKING:
    from workbooks.portfolio.terms import Portfolio


def pooled_budget(
    portfolio: Portfolio, out: Path, typed: Mapping[str, Any], case: str | None, as_json: bool
) -> None:
    """Write the workbook of a portfolio, and say what its strategies cost.

    Raises
    ------
    Refusal
        If an input of a scenario with one workload is given beside it.
    """
    from workbooks.sheets.portfolio.making import made

    given = [*typed, *(["case"] if case else [])]
    if given:
        origin = portfolio.frame.origin
        raise Refusal(
            f"{given[0]} is given beside {origin}, which has several workloads or engines; "
            "change it in the file."
        )
    try:
        content, answer = made(portfolio, progress(as_json))
    except ValueError as error:
        raise Refusal(f"{error}.") from None
    write(out, content)
    (print_as_json if as_json else print_answer)(portfolio, answer)
    if as_json:
        return
    if answer.mix is None and not answer.unsearched:
        print(f"The best mix of so many takes a search: evenpoint mix FILE --out {out} --force")
    print(f"Wrote {out}")
