"""Whether a scenario can be planned: what it names exists, and its node can be costed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbooks import tables
from workbooks.plan.scenario import Scenario, ScenarioError


def checked(scenario: Scenario) -> Scenario:
    """Return the scenario if everything it names exists and its hardware can be costed.

    Raises
    ------
    ScenarioError
        With the first thing that is missing and what to do.
    """
    series = {
        "forecast_tokens_per_month": scenario.forecast,
        "api_price_factor": scenario.api_steps,
    }
    for name, values in series.items():
        if len(values) > scenario.horizon_months:
            raise ScenarioError(
                f"{name} has {len(values)} months, but horizon_months is {scenario.horizon_months}"
            )
    if len(scenario.seasons) not in (0, 12):
        raise ScenarioError(f"season_factor has {len(scenario.seasons)} numbers; it must have 12")
    exchange_rate("USD", scenario)
    base = {name: entry.base for name, entry in scenario.entries.items()}
    _check_model(base, "api", scenario)
    if "managed" in scenario.options:
        _check_model(base, "managed", scenario)
    _check_node(base)
    return scenario


def _check_model(base: Mapping[str, Any], option: str, scenario: Scenario) -> None:
    typed = [base[f"{option}_{part}_price_per_mtok"] for part in ("input", "output")]
    name = base[f"{option}_model"]
    if name:
        _found(f"{option}_model", lambda: tables.price_on(name, scenario.as_of))
    elif None in typed:
        raise ScenarioError(
            f"{option}_model is missing; name a model of the price table (evenpoint prices show), "
            f"or give {option}_input_price_per_mtok and {option}_output_price_per_mtok"
        )


def _check_node(base: Mapping[str, Any]) -> None:
    if base["hardware"]:
        row = _found("hardware", lambda: tables.accelerator(base["hardware"]))
    else:
        row = None
    if base["system"]:
        system = _found("system", lambda: tables.system(base["system"]))
        _same_node(base, system)
    elif base["node_tokens_per_second"] is None:
        raise ScenarioError(
            f"hardware {base['hardware']!r} has no throughput; name a measured system, "
            "or give node_tokens_per_second"
        )
    renting = base["acquisition_kind"] == "rent"
    typed, column = (
        ("rent_per_gpu_hour", "rent_base_per_gpu_hour")
        if renting
        else ("capex_per_gpu", "buy_base_per_gpu")
    )
    if base[typed] is None and (row is None or getattr(row, column) is None):
        raise ScenarioError(
            f"hardware {base['hardware']!r} has no price to {base['acquisition_kind']}; "
            f"give {typed} from your own quote"
        )
    if not renting and base["power_kw_per_gpu"] is None and row is None:
        raise ScenarioError("hardware '' has no power; give power_kw_per_gpu")


def _same_node(base: Mapping[str, Any], system: tables.Throughput) -> None:
    if base["hardware"] and system.hardware != base["hardware"]:
        raise ScenarioError(
            f"system {system.system!r} was measured on {system.hardware}, "
            f"but hardware is {base['hardware']!r}"
        )
    if system.gpus != base["gpus_per_node_count"] and base["node_tokens_per_second"] is None:
        raise ScenarioError(
            f"system {system.system!r} has {system.gpus:.0f} accelerators, "
            f"but gpus_per_node_count is {base['gpus_per_node_count']:.0f}"
        )


def _found(name: str, look_up: Callable[[], Any]) -> Any:
    try:
        return look_up()
    except LookupError as error:
        raise ScenarioError(f"{name}: {error.args[0]}") from None


def exchange_rate(currency: str, scenario: Scenario) -> float:
    """Units of the scenario's currency for one unit of another, last known on its day.

    Raises
    ------
    ScenarioError
        If the currency has no rate.
    """
    if currency == scenario.currency:
        return 1.0
    try:
        return tables.exchange_rate(currency, scenario.currency, scenario.as_of)[0]
    except LookupError as error:
        raise ScenarioError(
            f"currency {scenario.currency!r} has no exchange rate: {error}"
        ) from None
