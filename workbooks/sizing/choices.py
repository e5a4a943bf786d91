"""Every accelerator for one load: does the model fit, how many, at what cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcore.language.quantities import HOURS_PER_MONTH
from costcore.machines.basis.memory import fits_basis
from costcore.machines.basis.speed import tokens_per_second_basis
from costcore.machines.constants import BANDS
from costcore.machines.gpus import copy_sizes
from costcore.machines.measured import MEASURED_COLUMNS
from costcore.machines.roofline import sized
from costcore.machines.sizing import band_kind, best_known, case_of
from costcore.nodes.load import headroom, provisioned, shape_of
from workbooks import tables
from workbooks.folder.place import per_folder
from workbooks.sizing.demand import Choice, Demand
from workbooks.sizing.fitting import outdated
from workbooks.sizing.own import Own
from workbooks.sizing.rents import few, in_usd
from workbooks.sizing.shapes import hourly

PLAN_FIGURES = (
    "mean_load_share",
    "trough_load_share",
    "peak_requests_per_minute",
    "served_share",
)
SERVED = ("tokens_per_second", "user_tokens_per_second", "batch_count")
USERS = np.unique(np.floor(2.0 ** np.arange(0, 14.25, 0.25)))
"""Requests at once that are tried: 1, 2, 3 … 16,384, each a fifth more than the one before."""


@per_folder
def measured_table() -> list[list[Any]]:
    """Return the shipped speeds as a table with a header, without those of outdated software."""
    columns = (*MEASURED_COLUMNS, "source", "as_of")
    rows = [asdict(row) for row in tables.throughputs() if not outdated(row)]
    return [list(columns), *([row[column] for column in columns] for row in rows)]


def choices(
    demand: Demand, hardware: Sequence[str] = (), own: Own | None = None, known: Any = tables
) -> list[Choice]:
    """Return the accelerators for a demand, cheapest first, then those that do not serve it.

    Your own measurements rescale the speed of the model on all of them. What is `known` of models
    and accelerators is what ships, unless rows of one's own stand beside it.

    Raises
    ------
    LookupError
        If the model or an accelerator is not in the tables.
    ValueError
        If the load is no shape and no readable file.
    """
    chosen = [known.accelerator(name) for name in hardware] or list(known.accelerators())
    model = known.model(demand.model)
    load = _load(demand)
    found = [_choice(demand, model, each, load, own or Own()) for each in chosen]
    ranked = sorted(found, key=lambda c: (not c.fits, _or_inf(c.cost_per_month), c.hardware))
    rows = {each.hardware: each for each in chosen}
    return [_judged(each, ranked[0], demand, model, rows[each.hardware]) for each in ranked]


def _judged(
    choice: Choice,
    cheapest: Choice,
    demand: Demand,
    model: tables.Model,
    accelerator: tables.Accelerator,
) -> Choice:
    """Say how a choice compares, and where no rent is known, why."""
    doubts = caveats(demand, model, accelerator, choice.precision)
    verdict = _verdict(choice, cheapest, demand.api_price_per_mtok, accelerator, doubts)
    unknown = choice.fits and math.isnan(choice.cost_per_month) and accelerator.rent_source
    why = f"{choice.why} Rent: {accelerator.rent_source}." if unknown else choice.why
    return replace(choice, verdict=verdict, why=why)


def _load(demand: Demand) -> dict[str, float]:
    shape, burst = shape_of(hourly(demand.load)), base_assumption("burst_factor")
    own, sla = demand.peak_factor, demand.sla_share
    return {
        "tokens_per_month": demand.tokens_per_month,
        "input_tokens": demand.input_tokens,
        "output_tokens": demand.output_tokens,
        "peak_factor": shape.peak_factor if math.isnan(own) else own / burst,
        "trough_factor": shape.trough_factor,
        "spare_nodes": demand.spare_nodes,
        "sla_share": base_assumption("sla_share") if math.isnan(sla) else sla,
        "burst_factor": burst,
    }


def base_assumption(name: str) -> float:
    """Return the base of a shipped assumption."""
    return next(row.base for row in tables.assumptions() if row.name == name)


def _choice(
    demand: Demand,
    shape: tables.Model,
    accelerator: tables.Accelerator,
    load: Mapping[str, float],
    own: Own,
) -> Choice:
    """Return the copies that take the fewest GPUs, and of those what serves most on each."""
    row, model = asdict(accelerator) | {"rent": in_usd(accelerator)}, asdict(shape)
    precision = demand.precision or default_precision(shape, accelerator)
    cases = [case_of(model, row, gpus, precision) | _request(demand) for gpus in copy_sizes(row)]
    tried = [_copy(demand, model, row, case, (load, own)) for case in cases]
    found = [choice for choice in tried if choice.fits]
    if not found:
        return tried[-1]
    best = min(found, key=lambda c: (c.gpus, -c.gpu_tokens_per_second))
    case = case_of(model, row, best.replica_gpus, precision)
    return _told(best, demand, case, own, (model, row))


def _copy(
    demand: Demand,
    model: Mapping[str, Any],
    row: Mapping[str, Any],
    case: dict[str, Any],
    known: tuple[Mapping[str, float], Own],
) -> Choice:
    """Copies on some GPUs, with as many requests at once as leave each fast enough."""
    gpus, precision, (load, own) = case["gpus_count"], case["weight_precision"], known
    none = Choice(hardware=row["hardware"], precision=precision, replica_gpus=gpus, fits=False)
    share, measured = own.at(case)
    case |= {
        "chosen_replica_gpus": gpus,
        "concurrency_count": np.minimum(USERS, demand.concurrency),
    }
    lines = sized(case | {"software_share": share})
    if np.min(lines["fits_count"]) != 1:
        lengths = (demand.input_tokens, demand.output_tokens)
        return replace(none, why=fits_basis(model, row, gpus, precision, *lengths))
    speeds = lines["user_tokens_per_second"]
    if not (enough := speeds >= demand.user_tokens_per_second).any():
        return replace(none, why=_too_slow(speeds, demand))
    at = int(np.flatnonzero(enough).max())
    served = {name: float(lines[name][at]) for name in SERVED}
    band = "measured" if measured else band_kind(case)
    fits = replace(none, fits=True, own_share=share)
    return _planned(fits, demand, band, served, load, row["rent"])


def _planned(
    choice: Choice,
    demand: Demand,
    band: str,
    served: Mapping[str, float],
    load: Mapping[str, float],
    rent: float | None,
) -> Choice:
    """Copies for the load, and their rent: sized on the low case, quoted on the base."""
    base, (low, _, _) = served["tokens_per_second"], BANDS[band]
    plan = provisioned(
        low_tokens_per_second=base * low,
        base_tokens_per_second=base,
        replica_gpus=choice.replica_gpus,
        **load,
    )
    cost = (math.nan if rent is None else rent) * float(plan["all_gpus"]) * HOURS_PER_MONTH
    same: dict[str, Any] = {name: float(plan[name]) for name in PLAN_FIGURES}
    return replace(
        choice,
        base_tokens_per_second=base,
        low_tokens_per_second=base * low,
        max_load_share=float(headroom(plan)),
        gpu_tokens_per_second=base / choice.replica_gpus,
        user_tokens_per_second=served["user_tokens_per_second"],
        concurrency=round(served["batch_count"]),
        copies=float(plan["all_count"]),
        gpus=float(plan["all_gpus"]),
        cost_per_month=cost,
        price_per_mtok=cost / demand.tokens_per_month * 1e6,
        **same,
    )


def _told(
    choice: Choice,
    demand: Demand,
    case: Mapping[str, Any],
    own: Own,
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Choice:
    """Say what the speed rests on; a published speed stands beside it, never in the ranking."""
    asked = {**case, **_request(demand), "chosen_replica_gpus": choice.replica_gpus}
    lengths = (demand.input_tokens, demand.output_tokens)
    place = (*rows, choice.replica_gpus, choice.precision, *lengths)
    known = {"replica_gpus": choice.replica_gpus, "software_share": choice.own_share}
    why = tokens_per_second_basis(*place, choice.concurrency, **known)
    why = _rescaled(own, asked) + why
    speed, found = best_known(measured_table(), asked, sized(asked))
    if found < 0:
        return replace(choice, why=why)
    said = tokens_per_second_basis(*place, measured_table=measured_table(), **known)
    total = float(speed) * (1 + demand.input_tokens / demand.output_tokens)
    beside = total / choice.replica_gpus
    return replace(choice, why=f"{why} {said}", measured_gpu_tokens_per_second=beside)


def _rescaled(own: Own, case: Mapping[str, Any]) -> str:
    """Say what your measurements did to a speed; empty where there are none."""
    if not own.rows:
        return ""
    share, row = own.at(case)
    if row is None:
        count = len(own.rows)
        what = "measurement" if count == 1 else f"{count} measurements"
        return f"Rescaled by {share:.2f}, as your {what} of the model. "
    return (
        f"Yours: {row.output_tokens_per_second:,.0f} output tokens a second measured at "
        f"{row.input_tokens:g} in and {row.output_tokens:g} out, {share:.2f} of the model. "
    )


def _request(demand: Demand) -> dict[str, float]:
    return {"input_tokens": demand.input_tokens, "output_tokens": demand.output_tokens}


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


@per_folder
def _tried() -> frozenset[str]:
    """Families of hardware with a published speed."""
    return frozenset(tables.accelerator(row.hardware).family for row in tables.throughputs())


def caveats(
    demand: Demand, model: tables.Model, accelerator: tables.Accelerator, precision: str
) -> str:
    """Say after commas what makes a speed doubtful.

    Nobody published one, weights are unpacked, or a request is longer than the model was made for.
    """
    doubts, longest = "", model.context_tokens
    if longest is not None and demand.input_tokens + demand.output_tokens > longest:
        doubts += f", beyond the {longest:,.0f} tokens of the model"
    if accelerator.family not in _tried():
        doubts += ", no speed published"
    if getattr(accelerator, f"{precision}_dense_tflops") is None:
        doubts += f", {precision} weights multiplied in bf16"
    return doubts


def _verdict(
    choice: Choice,
    cheapest: Choice,
    api_price: float,
    accelerator: tables.Accelerator,
    doubts: str,
) -> str:
    if not choice.fits:
        return "cannot serve it"
    if math.isnan(choice.cost_per_month):
        return f"fits; no rent known, ask for a quote{doubts}"
    times = choice.cost_per_month / cheapest.cost_per_month
    words = "cheapest" if choice is cheapest else f"{times:,.1f}x the cheapest"
    if asked := few(accelerator.rent_source):
        words += f", at the rent of {asked}"
    words += doubts
    if math.isnan(api_price):
        return words
    side = "below" if choice.price_per_mtok < api_price else "above"
    return f"{words}; hardware alone is {side} the API's {api_price:,.2f}"


def _or_inf(value: float) -> float:
    return math.inf if math.isnan(value) else value
