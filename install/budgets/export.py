"""`evenpoint export`: a budget workbook as the scenario file that plans the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from install.terminal.refusal import Refusal
from install.terminal.scenarios import Name, several
from install.terminal.scenarios import plan as found
from install.terminal.writing import check_name, check_target, kept, write


def export(
    scenario: Name,
    out: Annotated[Path, typer.Option(metavar="FILE.toml", help="Scenario file to write.")] = Path(
        "budget.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write a budget workbook as a scenario file with the same content, for those who script.

    Every input keeps its three cases, source, date and owner; months, contracts and rows of your
    own in the tables come along. Of several workloads, volumes and routes that were typed over are
    in it. Sheets, notes and Log rows of your own stay in the workbook.

    Example: evenpoint export budget.xlsx --out budget.toml
    """
    from workbooks.portfolio.writing import written as pooled
    from workbooks.scenario.scenario import ScenarioError
    from workbooks.scenario.writing import written

    check_name(out, "scenario name", ".toml")
    check_target(out, force)
    try:
        if portfolio := several(scenario):
            text = pooled(portfolio.content)
        else:
            text = written(found(scenario).scenario)
    except ScenarioError as error:
        raise Refusal(f"{scenario}: {error}.") from None
    if out.exists():
        print(f"As it was, it is {kept(out)}.", file=sys.stderr)
    write(out, text.encode())
    print(f"Wrote {out}")
