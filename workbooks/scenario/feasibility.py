"""Whether a scenario can be planned: what it names exists, and its node can be costed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from workbooks import tables
from workbooks.scenario.inputs import CASES
from workbooks.scenario.scenario import Scenario, ScenarioError, check_settled
from workbooks.sizing.shapes import hourly

PARTS = (("cached_share", "cache_write_share"), ("reserved_share", "spot_share"))
"""Shares of one whole."""
NEEDS = {
    "rent": {"rent_per_gpu_hour": "rent_base_per_gpu_hour"},
    "lease": {"lease_per_gpu_month": ""},
    "buy": {
        "capex_per_gpu": "buy_base_per_gpu",
        "power_kw_per_gpu": "server_power_kw_per_gpu",
        "resale_36_share": "resale_36_base_share",
        "resale_60_share": "resale_60_base_share",
    },
}
"""What must be known of the hardware: an input, or else a column of the hardware table."""
OWNED = ("capex_per_gpu", "power_kw_per_gpu")
"""What must be known of nodes owned already, whose support is a share of their price."""
MISSING = {"power_kw_per_gpu": "power", "resale_36_share": "resale", "resale_60_share": "resale"}
SUM_DUST = 1e-9
MOVED = (
    *(f"{o}_{p}_price_per_mtok" for o in ("api", "managed") for p in ("input", "output", "cached")),
    *("rent_per_gpu_hour", "capex_per_gpu"),
)
"""Prices that follow the budget rates of their currency month by month, as contracts do."""
FOLLOWING = (
    *(f"{option}_{part}_per_month" for option in ("api", "managed") for part in ("commit", "fee")),
    *("managed_migration_cost", "lease_per_gpu_month", "price_per_kwh", "colo_per_kw_month"),
    *("salary_per_year", "mlops_per_month", "incident_cost_per_hour", "migration_cost"),
    *("opportunity_value_per_hour", "node_opex_per_month", "own_price_per_mtok"),
    *("repair_cost", "debug_cost"),
)
"""Other amounts that do."""
SERVING = ("duty_share", "hours_per_month", "sla_share", "max_load_share")


class Known(Protocol):
    """What a scenario may name: the shipped tables, or those of a workbook."""

    def price_on(self, model: str, day: date | None = None) -> Any:
        """Return the price of a model on a day."""

    def accelerator(self, name: str) -> Any:
        """Return an accelerator."""

    def system(self, name: str) -> Any:
        """Return a measured system."""

    def model(self, name: str) -> Any:
        """Return an open model."""

    def throughputs(self) -> Sequence[Any]:
        """Return every measured system."""

    def exchange_rate(
        self, from_currency: str, to_currency: str, day: date | None = None
    ) -> tuple[float, date]:
        """Return a rate and its day."""


def checked(scenario: Scenario, known: Known = tables) -> Scenario:
    """Return the scenario if everything it names is known and its hardware can be costed.

    Raises
    ------
    ScenarioError
        With the first thing that is missing and what to do.
    """
    _check_series(scenario)
    _check_commitments(scenario)
    for each in scenario.contracts:
        check_settled(each, scenario)
    _check_rest(scenario)
    for currency in ("USD", "EUR"):
        exchange_rate(currency, scenario, known)
    _check_currencies(scenario, known)
    for case in sorted(CASES):  # base comes first: what is wrong with it is wrong with all
        try:
            _check(scenario.typed(case), scenario, known)
        except ScenarioError as error:
            raise ScenarioError(f"{'' if case == 'base' else f'case {case}: '}{error}") from None
    return scenario


def _check_commitments(scenario: Scenario) -> None:
    """Refuse a minimum that is given twice: as an input, and as a contract."""
    for kind in ("api", "managed"):
        entry = scenario.entries[f"{kind}_commit_per_month"]
        named = [each.contract for each in scenario.contracts if each.kind == kind]
        if named and any((entry.low, entry.base, entry.high)):
            rule = f"{kind}_commit_per_month must then be 0"
            raise ScenarioError(f"the contract {named[0]!r} says what is committed; {rule}")


def _check_rest(scenario: Scenario) -> None:
    """Refuse a hybrid whose rest goes nowhere, or elsewhere in another case."""
    entry = scenario.entries["hybrid_rest_kind"]
    if {entry.low, entry.high} != {entry.base}:
        raise ScenarioError("hybrid_rest_kind differs between cases; it must be the same in all")
    if entry.base == "managed" and "managed" not in scenario.options:
        rule = "name a managed_model, or give its prices"
        raise ScenarioError(f"hybrid_rest_kind is managed, but no platform is compared; {rule}")


def _check_currencies(scenario: Scenario, known: Known) -> None:
    """Refuse an amount whose currency has no rate."""
    own = scenario.rows
    listed = {f"price of {row.model!r}": row.currency for row in own.prices}
    for row in own.accelerators:
        listed |= {f"rent of {row.hardware!r}": row.rent_currency}
        listed |= {f"purchase of {row.hardware!r}": row.buy_currency}
    for place, code in {**scenario.in_currencies, **listed}.items():
        try:
            known.exchange_rate(code or scenario.currency, scenario.currency, scenario.as_of)
        except LookupError as error:
            raise ScenarioError(
                f"{place} is in {code}, and there is no rate from {code} to {scenario.currency}: "
                f"{str(error.args[0]).rstrip('.')}; give one under [[rate]], or in the sheet Rates"
            ) from None
    for option in ("api", "managed"):
        _check_prices(scenario, option)


def _check_prices(scenario: Scenario, option: str) -> None:
    """Refuse prices of one model in two currencies."""
    typed = [scenario.entries[name] for name in MOVED if name.startswith(f"{option}_")]
    codes = {each.currency or scenario.currency for each in typed if each.base is not None}
    if len(codes) > 1:
        rule = "give all prices of a model in one currency"
        raise ScenarioError(
            f"prices of {option}_input_price_per_mtok and beside it are in "
            f"{' and '.join(sorted(codes))}; {rule}"
        )


def _check_series(scenario: Scenario) -> None:
    series = {
        "forecast_tokens_per_month": scenario.forecast,
        "api_price_factor": scenario.api_steps,
        "managed_price_factor": scenario.managed_steps,
        "currency_factor": scenario.currency_rates,
        **{f"currency_factor of {c}": r for c, r in scenario.currency_rates_of.items()},
    }
    for name, values in series.items():
        if len(values) > scenario.horizon_months:
            months = f"horizon_months is {scenario.horizon_months}"
            raise ScenarioError(f"{name} has {len(values)} months, but {months}")
    if len(scenario.seasons) not in (0, 12, scenario.horizon_months):
        raise ScenarioError(f"season_factor has {len(scenario.seasons)} numbers; it must have 12")
    try:
        hourly(scenario.load_shape)
    except ValueError as error:
        raise ScenarioError(f"load_shape: {error}") from None


def _check(values: Mapping[str, Any], scenario: Scenario, known: Known) -> None:
    for one, other in PARTS:
        if values[one] + values[other] > 1 + SUM_DUST:
            both = f"{one} and {other} are {values[one]:g} and {values[other]:g}"
            raise ScenarioError(f"{both}; together they must be at most 1")
    if values["sizing_model"]:
        _found("sizing_model", lambda: known.model(values["sizing_model"]))
    _check_model(values, "api", scenario, known)
    _check_bill(values, scenario, known)
    if "managed" in scenario.options:
        _check_model(values, "managed", scenario, known)
    _check_cost(values, known)
    _check_throughput(values, known)


def _check_bill(values: Mapping[str, Any], scenario: Scenario, known: Known) -> None:
    bill, fee = (
        values[name] and values[name] * _rate_of(name, scenario, known)
        for name in ("last_bill_per_month", "api_fee_per_month")
    )
    if bill is None:
        return
    if bill < fee:
        rule = "it must be at least the fee that is in it"
        raise ScenarioError(f"last_bill_per_month is {bill:g}, api_fee_per_month {fee:g}; {rule}")
    told = values["tokens_per_month"]
    first = scenario.forecast[0] if scenario.forecast else told * scenario.season_factors[0]
    if values["last_bill_tokens_per_month"] is None and first != told:
        rule = f"tokens_per_month is {told:g}, but month 1 has {first:g}: give what it was for"
        raise ScenarioError(f"last_bill_tokens_per_month is blank; {rule}")


def _check_model(values: Mapping[str, Any], option: str, scenario: Scenario, known: Known) -> None:
    typed = [values[f"{option}_{part}_price_per_mtok"] for part in ("input", "output")]
    name = values[f"{option}_model"]
    if name:
        _found(f"{option}_model", lambda: known.price_on(name, scenario.as_of))
    elif None in typed:
        raise ScenarioError(
            f"{option}_model is missing; name a model of the price table (evenpoint prices show), "
            f"or give {option}_input_price_per_mtok and {option}_output_price_per_mtok"
        )


def _check_throughput(values: Mapping[str, Any], known: Known) -> None:
    speed, hardware = values["node_tokens_per_second"], values["hardware"]
    if values["system"]:
        _same_node(values, _found("system", lambda: known.system(values["system"])))
    elif speed is None:
        measured = [each.system for each in known.throughputs() if each.hardware == hardware]
        such = f", such as {measured[0]!r}" if measured else ""
        whose = f"hardware {hardware!r}" if hardware else "a node, whose hardware is not named,"
        raise ScenarioError(
            f"{whose} has no throughput; name a measured system{such}, "
            "or give node_tokens_per_second"
        )
    for name in SERVING if speed is None else ("node_tokens_per_second", *SERVING):
        if values[name] == 0:
            raise ScenarioError(f"{name} is 0; a node then serves nothing")


def _check_cost(values: Mapping[str, Any], known: Known) -> None:
    hardware, kind = values["hardware"], values["acquisition_kind"]
    row = _found("hardware", lambda: known.accelerator(hardware)) if hardware else None
    for name in ("life_months", "existing_age_months"):
        if values[name] % 1:
            raise ScenarioError(f"{name} is {values[name]}; it must be a whole number")
    needs = NEEDS[kind]
    if values["existing_nodes"]:
        needs = {name: NEEDS["buy"][name] for name in OWNED} | needs
    for typed, column in needs.items():
        if values[typed] is None and getattr(row, column, None) is None:
            way = "buy" if typed == "capex_per_gpu" else kind
            what = MISSING.get(typed, f"price to {way}")
            rule = f"give {typed} from your own quote"
            if not hardware:
                raise ScenarioError(f"hardware is not named; name one of the table, or {rule}")
            raise ScenarioError(f"hardware {hardware!r} has no {what} in the table; {rule}")


def _same_node(values: Mapping[str, Any], system: tables.Throughput) -> None:
    hardware, gpus = values["hardware"], values["gpus_per_node_count"]
    if hardware and system.hardware != hardware:
        raise ScenarioError(
            f"system {system.system!r} was measured on {system.hardware}, "
            f"but hardware is {hardware!r}; name a system measured on it"
        )
    if system.gpus != gpus and values["node_tokens_per_second"] is None:
        raise ScenarioError(
            f"system {system.system!r} has {system.gpus:.0f} accelerators, "
            f"but gpus_per_node_count is {gpus:.0f}"
        )
    served = {name: values[name] for name in ("sizing_model", "weight_precision")}
    measured = dict(zip(served, (system.model, system.weight_precision), strict=True))
    if served["sizing_model"] and values["node_tokens_per_second"] is None and served != measured:
        name = next(name for name in served if served[name] != measured[name])
        rule = "name a system measured so, or give node_tokens_per_second"
        raise ScenarioError(
            f"system {system.system!r} was measured with {measured[name]}, "
            f"but {name} is {served[name]}; {rule}"
        )


def _found(name: str, look_up: Callable[[], Any]) -> Any:
    try:
        return look_up()
    except LookupError as error:
        raise ScenarioError(f"{name}: {error.args[0]}") from None


def _rate_of(name: str, scenario: Scenario, known: Known) -> float:
    return exchange_rate(scenario.entries[name].currency or scenario.currency, scenario, known)


def exchange_rate(currency: str, scenario: Scenario, known: Known = tables) -> float:
    """Units of the scenario's currency for one unit of another, last known on its day.

    Raises
    ------
    ScenarioError
        If the currency has no rate.
    """
    if currency == scenario.currency:
        return 1.0
    try:
        return known.exchange_rate(currency, scenario.currency, scenario.as_of)[0]
    except LookupError as error:
        raise ScenarioError(
            f"currency {scenario.currency!r} has no exchange rate on {scenario.as_of}: {error}"
        ) from None
