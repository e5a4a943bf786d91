"""What a plan of several workloads does not reckon with is refused, and never left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbooks.portfolio.terms import Engine
from workbooks.scenario.entries import shown
from workbooks.scenario.scenario import Scenario, ScenarioError

BUY = "buy"


def check_carried(scenario: Scenario) -> None:
    """Refuse contracts, which strategies of a portfolio do not have.

    Raises
    ------
    ScenarioError
        With the first that is given, and what to do.
    """
    _refuse([each.contract for each in scenario.contracts])


def check_unsigned(content: Mapping[str, Any]) -> None:
    """Refuse contracts in the file of a portfolio, likewise."""
    listed = content.get("contract", [])
    tables = listed if isinstance(listed, list) else [listed]
    _refuse([each.get("contract", "") if isinstance(each, Mapping) else each for each in tables])


def _refuse(contracts: Sequence[Any]) -> None:
    if contracts:
        named = contracts[0]
        raise ScenarioError(
            f"contract {named!r}: strategies of several workloads or engines owe no contract; "
            "give its price and its minimum to the engine, or plan one workload with "
            "evenpoint budget"
        )


def check_owned(pools: Sequence[Engine]) -> None:
    """Refuse nodes owned already in a pool whose other nodes are rented or leased.

    Raises
    ------
    ScenarioError
        With the first such pool, and what to do.
    """
    for pool in pools:
        known = pool.scenario.entries
        owned, kind = float(known["existing_nodes"].base), known["acquisition_kind"].base
        if owned and kind != BUY:
            raise ScenarioError(
                f"engine {pool.name!r}: existing_nodes is {owned:g} where acquisition_kind is "
                f"{shown(kind)}; nodes owned already belong to a pool that buys, so make two pools "
                'of it, or say acquisition_kind = "buy"'
            )
