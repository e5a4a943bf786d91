"""Every accelerator for one load: does the model fit, how many, at what cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import HOURS_PER_MONTH
from costcore.machines.measured import MEASURED_COLUMNS
from costcore.machines.memory_basis import fits_basis
from costcore.machines.sizing import fits, smallest_replica, tokens_per_second
from costcore.machines.speed_basis import tokens_per_second_basis
from costcore.nodes.load import provisioned, shape_of
from costcore.tokens.api import blended_price
from workbooks import tables
from workbooks.sizing.shapes import hourly

SERVER_GPUS = 8.0
RACK_GPUS = 64.0
PLAN_FIGURES = (
    "mean_load_share",
    "trough_load_share",
    "peak_requests_per_minute",
    "served_share",
)
USERS = np.unique(np.floor(2.0 ** np.arange(0, 11.25, 0.25)))
"""Requests at once that are tried: 1, 2, 3 … 2,048, each a fifth more than the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is to be served, and how cautiously."""

    model: str
    tokens_per_month: float
    input_tokens: float = 1400.0
    output_tokens: float = 160.0
    concurrency: float = math.inf
    """Most requests a copy works on at once: fewer make each of them faster."""
    user_tokens_per_second: float = 10.0
    """Least speed of an answer: people read 5 to 10 tokens a second."""
    load: str = "global-chat"
    precision: str = ""
    """Empty: the published format, or fp8 where the hardware computes with it."""
    spare_nodes: float = 1.0
    api_price_per_mtok: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One accelerator for a demand; speeds and cost are nan where it does not serve it."""

    hardware: str
    precision: str
    replica_gpus: float
    fits: bool
    why: str
    """What the speed rests on, or why the model does not run."""
    base_tokens_per_second: float = math.nan
    """Of one copy, input and output together."""
    user_tokens_per_second: float = math.nan
    """Output of one request at full load."""
    concurrency: float = math.nan
    """Requests a copy works on at once, so that each is fast enough."""
    copies: float = math.nan
    gpus: float = math.nan
    mean_load_share: float = math.nan
    trough_load_share: float = math.nan
    peak_requests_per_minute: float = math.nan
    served_share: float = math.nan
    cost_per_month: float = math.nan
    price_per_mtok: float = math.nan
    verdict: str = ""


def measured_table() -> list[list[Any]]:
    """Return the shipped speeds as a table with a header, without those of outdated software."""
    columns = (*MEASURED_COLUMNS, "source", "as_of")
    rows = [asdict(row) for row in tables.throughputs() if not outdated(row)]
    return [list(columns), *([row[column] for column in columns] for row in rows)]


def outdated(row: tables.Throughput) -> bool:
    """Say whether a speed is of vLLM before 2025, which was several times slower."""
    return row.engine.startswith("vLLM") and row.as_of.year < 2025


def choices(demand: Demand, hardware: Sequence[str] = ()) -> list[Choice]:
    """Return the accelerators for a demand, cheapest first, then those that do not serve it.

    Raises
    ------
    LookupError
        If the model or an accelerator is not in the tables.
    ValueError
        If the load is no shape and no readable file.
    """
    chosen = [tables.accelerator(name) for name in hardware] or list(tables.accelerators())
    model = asdict(tables.model(demand.model))
    load = _load(demand)
    found = [_choice(demand, model, accelerator, load) for accelerator in chosen]
    ranked = sorted(found, key=lambda c: (not c.fits, _or_inf(c.cost_per_month), c.hardware))
    price = demand.api_price_per_mtok
    return [replace(each, verdict=_verdict(each, ranked[0], price)) for each in ranked]


def _load(demand: Demand) -> dict[str, float]:
    shape = shape_of(hourly(demand.load))
    return {
        "tokens_per_month": demand.tokens_per_month,
        "input_tokens": demand.input_tokens,
        "output_tokens": demand.output_tokens,
        "peak_factor": shape.peak_factor,
        "trough_factor": shape.trough_factor,
        "spare_nodes": demand.spare_nodes,
        "sla_share": base_assumption("sla_share"),
        "burst_factor": base_assumption("burst_factor"),
    }


def base_assumption(name: str) -> float:
    """Return the base of a shipped assumption."""
    return next(row.base for row in tables.assumptions() if row.name == name)


def _choice(
    demand: Demand,
    model: Mapping[str, Any],
    accelerator: tables.Accelerator,
    load: Mapping[str, float],
) -> Choice:
    row = asdict(accelerator)
    precision = demand.precision or default_precision(tables.model(demand.model), accelerator)
    gpus = smallest_replica(model, row, precision)
    choice = Choice(
        hardware=accelerator.hardware, precision=precision, replica_gpus=gpus, fits=False, why=""
    )
    if refusal := _refusal(demand, model, accelerator, gpus, precision):
        return replace(choice, why=refusal)
    case = (model, row, gpus, precision, demand.input_tokens, demand.output_tokens)
    users = np.minimum(USERS, demand.concurrency)
    speeds = tokens_per_second(*case, users, "user", measured_table=measured_table())
    if not (enough := speeds >= demand.user_tokens_per_second).any():
        return replace(choice, why=_too_slow(speeds, demand))
    most = float(users[enough].max())
    fitting = replace(choice, fits=True, user_tokens_per_second=float(speeds[users == most][0]))
    return _planned(fitting, demand, (*case, most), accelerator.rent_base_per_gpu_hour, load)


def _planned(
    choice: Choice,
    demand: Demand,
    case: tuple[Mapping[str, Any], Mapping[str, Any], float, str, float, float, float],
    rent_per_gpu_hour: float | None,
    load: Mapping[str, float],
) -> Choice:
    """Copies for the load, and their rent: sized on the low case, quoted on the base."""
    known = measured_table()
    low, base = (float(tokens_per_second(*case, "total", level, known)) for level in (1.0, 2.0))
    plan = provisioned(
        low_tokens_per_second=low,
        base_tokens_per_second=base,
        replica_gpus=choice.replica_gpus,
        **load,
    )
    rent = math.nan if rent_per_gpu_hour is None else rent_per_gpu_hour
    cost = rent * float(plan["all_gpus"]) * HOURS_PER_MONTH
    same: dict[str, Any] = {name: float(plan[name]) for name in PLAN_FIGURES}
    output = base * demand.output_tokens / (demand.input_tokens + demand.output_tokens)
    return replace(
        choice,
        why=tokens_per_second_basis(*case, "total", 2.0, known),
        base_tokens_per_second=base,
        concurrency=round(output / choice.user_tokens_per_second),
        copies=float(plan["all_count"]),
        gpus=float(plan["all_gpus"]),
        cost_per_month=cost,
        price_per_mtok=cost / demand.tokens_per_month * 1e6,
        **same,
    )


def _too_slow(speeds: NDArray[np.float64], demand: Demand) -> str:
    if np.isnan(speeds).all():
        return f"Unknown: the active parameters of {demand.model} are not given."
    return (
        f"Too slow: a user alone gets {np.nanmax(speeds):,.1f} tokens a second, "
        f"{demand.user_tokens_per_second:g} are asked for."
    )


def default_precision(model: tables.Model, accelerator: tables.Accelerator) -> str:
    """Return the format that weights are usually served in on an accelerator."""
    if model.native_precision == "bf16" and accelerator.fp8_dense_tflops is None:
        return "bf16"
    return "fp4" if model.native_precision == "fp4" else "fp8"


def _refusal(
    demand: Demand,
    model: Mapping[str, Any],
    accelerator: tables.Accelerator,
    gpus: float,
    precision: str,
) -> str:
    """Return why a model does not run in one server; empty if it does."""
    most = RACK_GPUS if accelerator.form == "rack" else SERVER_GPUS
    row, lengths = asdict(accelerator), (demand.input_tokens, demand.output_tokens)
    if not fits(model, row, min(gpus, most), precision, *lengths):
        return fits_basis(model, row, min(gpus, most), precision, *lengths)
    if gpus > most:
        return f"Takes {gpus:g} GPUs, more than one server; that is not modelled."
    return ""


def _verdict(choice: Choice, cheapest: Choice, api_price: float) -> str:
    if not choice.fits:
        return "cannot serve it"
    if math.isnan(choice.cost_per_month):
        return "fits; no rent known, ask for a quote"
    times = choice.cost_per_month / cheapest.cost_per_month
    words = "cheapest" if choice is cheapest else f"{times:,.1f}x the cheapest"
    if math.isnan(api_price):
        return words
    side = "below" if choice.price_per_mtok < api_price else "above"
    return f"{words}; hardware alone is {side} the API's {api_price:,.2f}"


def api_price(demand: Demand, api_model: str) -> Demand:
    """Return the demand with the price of an API at its mix of input and output.

    Raises
    ------
    LookupError
        If the price table has no such model.
    """
    listed = tables.price_on(api_model)
    if listed.currency != "USD":
        raise LookupError(f"{api_model} is priced in {listed.currency}, the rents are in USD.")
    output_share = demand.output_tokens / (demand.input_tokens + demand.output_tokens)
    prices = (listed.input_price_per_mtok, listed.output_price_per_mtok)
    return replace(demand, api_price_per_mtok=float(blended_price(*prices, output_share)))


def _or_inf(value: float) -> float:
    return math.inf if math.isnan(value) else value
