"""Find the scenario that a command names: a file, or one that ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.terminal.refusal import Refusal

if TYPE_CHECKING:
    from workbooks.portfolio.terms import Portfolio
    from workbooks.scenario.scenario import Scenario

Name = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A scenario file, or a ready one: see evenpoint init --help."
    ),
]


def scenario(name: str, typed: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario, with what was `typed` in the place of its inputs.

    Raises
    ------
    Refusal
        If there is none, or it cannot be planned.
    """
    from workbooks.scenario.reading import load, ready
    from workbooks.scenario.scenario import ScenarioError

    try:
        return load(ready().get(name, Path(name)), typed or {})
    except ScenarioError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    except OSError as error:
        names = ", ".join(ready())
        why = f"{error.strerror}; name a scenario file or one of {names}"
        raise Refusal(f"{name} cannot be read: {why}.") from None


def several(name: str) -> Portfolio | None:
    """Read a portfolio where a file lists workloads or engines; None where it describes one each.

    Raises
    ------
    Refusal
        If it cannot be planned.
    """
    from workbooks.portfolio.reading import lists_several, ready

    return portfolio(name) if lists_several(ready().get(name, Path(name))) else None


def portfolio(name: str) -> Portfolio:
    """Read a portfolio, or a scenario with one workload as one.

    Raises
    ------
    Refusal
        If there is none, or it cannot be planned.
    """
    from workbooks.portfolio.reading import load, ready
    from workbooks.scenario.scenario import ScenarioError

    try:
        return load(ready().get(name, Path(name)))
    except ScenarioError as error:
        raise Refusal(f"{str(error).rstrip('.')}.") from None
    except OSError as error:
        why = f"{error.strerror}; name a scenario file or one of {', '.join(ready())}"
        raise Refusal(f"{name} cannot be read: {why}.") from None
