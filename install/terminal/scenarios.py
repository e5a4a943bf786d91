"""Find the scenario that a command names: a file, a workbook, or one that ships."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.plan.plan import Plan
    from workbooks.portfolio.terms import Portfolio
    from workbooks.scenario.scenario import Scenario

Name = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A budget workbook, a scenario file, or a ready one: see evenpoint init --help.",
    ),
]
WORKBOOKS = (".xlsx", ".xlsm")
"""How the names of workbooks end; another file is a workbook if it begins like one."""
ZIPPED = b"PK\x03\x04"


def is_workbook(name: str) -> bool:
    """Say whether a command was given a workbook."""
    path = Path(name)
    if path.suffix.lower() in WORKBOOKS:
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(ZIPPED)) == ZIPPED
    except (OSError, ValueError):
        return False


def plan(
    name: str, typed: Mapping[str, Any] | None = None, start: datetime.date | None = None
) -> Plan:
    """Return the plan of a scenario, with what was `typed`, from a `start` of one's own.

    Raises
    ------
    Refusal
        If there is none, or it cannot be planned.
    """
    return planned(name, typed, start)[0]


def planned(
    name: str, typed: Mapping[str, Any] | None = None, start: datetime.date | None = None
) -> tuple[Plan, str]:
    """Return the plan of a scenario, and the case that is live in it."""
    from workbooks.plan.plan import plan
    from workbooks.plan.rolling import rolled
    from workbooks.scenario.changing import changed

    if not is_workbook(name):
        found = scenario(name, typed)
        with refusing(name):
            return plan(rolled(found, start) if start else found), "base"
    ours, case = _read_back(Path(name))
    if not typed and not start:
        return ours, case
    with refusing(name):
        found = rolled(ours.scenario, start) if start else ours.scenario
        return plan(changed(found, typed or {})), case


def scenario(name: str, typed: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario file, with what was `typed` in the place of its inputs.

    Raises
    ------
    Refusal
        If there is none, or it cannot be planned.
    """
    from workbooks.scenario.reading import load, ready

    _refuse_several(name)
    try:
        with refusing():
            return load(ready().get(name, Path(name)), typed or {})
    except OSError as error:
        names = ", ".join(ready())
        why = f"{error.strerror}; name a scenario file or one of {names}"
        raise Refusal(f"{name} cannot be read: {why}.") from None


def several(name: str) -> Portfolio | None:
    """Read a portfolio, from a file or its workbook; None where it has one workload to plan.

    Raises
    ------
    Refusal
        If it cannot be planned.
    """
    from workbooks.portfolio.reading import lists_several, ready

    if not is_workbook(name):
        return portfolio(name) if lists_several(ready().get(name, Path(name))) else None
    from workbooks.sheets.portfolio.intake import is_book, portfolio_intake

    try:
        with refusing():
            return portfolio_intake(Path(name)) if is_book(Path(name)) else None
    except OSError as error:
        raise Refusal(f"{name} cannot be read: {error.strerror}.") from None


def portfolio(name: str) -> Portfolio:
    """Read a portfolio, or a scenario with one workload as one.

    Raises
    ------
    Refusal
        If there is none, or it cannot be planned.
    """
    from workbooks.portfolio.one_workload import as_portfolio
    from workbooks.portfolio.reading import load, ready

    if is_workbook(name):
        with refusing(name):
            return several(name) or as_portfolio(plan(name).scenario)
    try:
        with refusing():
            return load(ready().get(name, Path(name)))
    except OSError as error:
        why = f"{error.strerror}; name a scenario file or one of {', '.join(ready())}"
        raise Refusal(f"{name} cannot be read: {why}.") from None


def _read_back(path: Path) -> tuple[Plan, str]:
    """Return the plan of a workbook and its live case, and say what its owner may not know."""
    from workbooks.sheets.intake.reading import intake

    _refuse_several(str(path))
    try:
        with refusing(end=""):
            read = intake(path)
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None
    for note in read.notes:
        print(f"{path.name}: {note}.", file=sys.stderr)
    return read.plan, read.case


def _refuse_several(name: str) -> None:
    """Refuse what has several workloads where one is planned."""
    from workbooks.portfolio.reading import lists_several, ready
    from workbooks.sheets.portfolio.intake import is_book

    with suppress(OSError):  # whoever reads it says so
        path = Path(name)
        if is_book(path) if is_workbook(name) else lists_several(ready().get(name, path)):
            raise Refusal(
                f"{name} has several workloads or engines, and this plans one workload; "
                f"{', '.join(KNOWN)} take several."
            )


KNOWN = (
    *("budget", "mix", "risk", "decide", "actuals", "close", "diff", "export"),
    *("report", "freeze", "lint"),
)
"""Commands that take a portfolio."""


@contextmanager
def refusing(name: str = "", end: str = ".") -> Iterator[None]:
    """Refuse what cannot be planned, with the name of its file."""
    from workbooks.scenario.scenario import ScenarioError

    try:
        yield
    except ScenarioError as error:
        place = f"{name}: " if name else ""
        raise Refusal(f"{place}{str(error).rstrip('.')}{end}") from None
