"""`evenpoint init`: a budget folder, or a scenario file to fill in."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from install.commands.init import blank, scenario_file
from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.folder.receipts import Line

BUDGET = "budget.xlsx"
FILES = {".xlsx", ".xlsm", ".ods", ".csv", ".json", ".txt"}


def init(
    path: Annotated[
        Path, typer.Argument(help="Folder to make, or scenario file to write.", metavar="PATH")
    ] = Path(),
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="NAME", help="Scenario to start from: a ready one, or your own file."
        ),
    ] = None,
    portfolio: Annotated[
        bool,
        typer.Option("--portfolio", help="Two workloads and three engines, to fill in."),
    ] = False,
    prices: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Price table of an earlier version to bring in, once."),
    ] = None,
) -> None:
    """Make a budget folder; with a name that ends in .toml, write a scenario file to fill in.

    A budget folder has budget.xlsx, the scenario that you edit; receipts, one new file for each
    change of prices, speeds, usage or bills, never rewritten; the files that were read; and what
    was approved. Every command that is run in it, or in a folder of it, counts with its receipts.

    With --portfolio, or from a scenario with several workloads, either one plans them together.

    A scenario file holds every input with its meaning, unit, bounds and default. With --from it is
    a copy of a ready scenario: mid-size (a mid-size company), article-1 (LinkedIn post 'Cloud vs.
    Self-Hosted: Cost Crossover Analysis', Q1 2025), article-2 (the 'token trap' article),
    article-3 (CTO guide 'The Trillion Token Tipping Point'), or of several workloads on several
    engines: company (eight workloads, three cost centres), article-2-providers and
    article-3-engines (those articles as they describe themselves).

    Example: evenpoint init budget-2027
    """
    if path.suffix.lower() == ".toml":
        if prices:
            raise Refusal("--prices goes with a folder; a scenario file holds no price table.")
        scenario_file(path, source, portfolio)
        return
    if portfolio and source is not None:
        raise Refusal("--portfolio and --from both say what to write; give one.")
    if path.suffix.lower() in FILES and not path.is_dir():
        raise Refusal(
            f"{path} is no scenario name; it must end in .toml. A folder needs no ending."
        )
    from workbooks.folder import place, receipts

    if path.exists() and not path.is_dir():
        raise Refusal(f"{path} is a file; give the name of a folder, or one that ends in .toml.")
    if receipts.is_folder(path):
        raise Refusal(f"{path} is a budget folder already; it stays as it is.")
    lines: list[Line] = [{"table": receipts.MADE, "made_by": f"evenpoint {version('evenpoint')}"}]
    files: dict[str, bytes] = {}
    if prices:
        lines += _earlier(prices, files)
    written = _budget(path, source, portfolio)
    _make(path / receipts.FILES, path / receipts.APPROVED)
    receipts.write(path, lines, files)  # the last, for it is what makes the folder one
    place.forget()
    kept = "" if written else f"; {BUDGET} was there and is the scenario"
    print(
        f"Made the budget folder {path.resolve()}{kept}. Say evenpoint in it to see what is next."
    )
    _offer(prices)


def _make(*folders: Path) -> None:
    from install.terminal.writing import refusing

    for folder in folders:
        with refusing(folder):
            folder.mkdir(parents=True, exist_ok=True)


def _budget(path: Path, source: str | None, portfolio: bool) -> bool:
    """Write the workbook of the folder, of one workload or of several, unless there is one."""
    from install.terminal.scenarios import scenario, several
    from install.terminal.writing import write
    from workbooks.plan.plan import plan
    from workbooks.portfolio.reading import load
    from workbooks.sheets.budget import budget
    from workbooks.sheets.portfolio.making import made

    target = path / BUDGET
    if target.exists():
        return False
    name = source or "mid-size"
    if pooled := load(blank()) if portfolio else several(name):
        content, _ = made(pooled)
    else:
        content = budget(plan(scenario(name)))
    is_new = not path.exists()
    _make(path)
    try:
        write(target, content)
    except Refusal:
        if is_new:
            path.rmdir()
        raise
    return True


def _earlier(folder: Path, files: dict[str, bytes]) -> list[Line]:
    from workbooks.prices.earlier import lines
    from workbooks.prices.offers import FeedError

    try:
        return lines(folder, files)
    except FeedError as error:
        raise Refusal(f"{error}.") from None


def _offer(given: Path | None) -> None:
    """Say where an earlier version kept prices of one's own, if it did."""
    from workbooks.prices.earlier import usual_folder

    if not given and (kept := usual_folder()):
        print(
            f"An earlier version kept prices of your own in {kept}: to have them here, remove this "
            f"folder and make it anew with --prices {kept}"
        )
