"""The contracts of two portfolios, under one set of names."""

from __future__ import annotations

from collections.abc import Sequence

from workbooks.plan.mixing.naming import Names
from workbooks.portfolio.terms import Agreement
from workbooks.scenario.scenario import ScenarioError


def contracts_of(own: Sequence[Names]) -> tuple[Agreement, ...]:
    """Return the contracts of both, each once.

    Raises
    ------
    ScenarioError
        If one of them is for something else in the other.
    """
    one, other = ({each.contract: each for each in names.contracts} for names in own)
    for name in one.keys() & other.keys():
        for key in ("engine", "kind", "signed"):
            pair = [getattr(each[name], key) for each in (one, other)]
            if pair[0] != pair[1]:
                rule = "call one of them otherwise, to compare what both cost"
                raise ScenarioError(
                    f"{key} of the contract {name!r} is {pair[0]!r} and then {pair[1]!r}; {rule}"
                )
    return tuple({**one, **other}.values())
