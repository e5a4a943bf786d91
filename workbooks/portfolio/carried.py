"""What a plan of several workloads does not reckon with is refused, and never left out."""

from __future__ import annotations

from workbooks.scenario.scenario import Scenario, ScenarioError


def check_carried(scenario: Scenario) -> None:
    """Refuse contracts, which strategies of a portfolio do not have.

    Raises
    ------
    ScenarioError
        With the first that is given, and what to do.
    """
    if scenario.contracts:
        named = scenario.contracts[0].contract
        raise ScenarioError(
            f"contract {named!r}: strategies of several workloads or engines owe no contract; "
            "give its price and its minimum to the engine, or plan one workload with "
            "evenpoint budget"
        )
