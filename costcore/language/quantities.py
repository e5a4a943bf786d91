"""What every number is called, what it means, and the values it may take.

A name ends in its unit, so the two cannot drift apart: ``api_price_per_mtok`` is money per million
tokens because it says so, in whatever one currency the caller uses. Each name is explained here
once; function help, documents and the input cells of workbooks read it from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from costcore.language.quantity import Quantity
from costcore.language.units import MONEY, PRICE, TEXT_UNITS, UNITS, Unit, is_number, unit_of

__all__ = [
    "HOURS_PER_MONTH",
    "MONEY",
    "MONTHS_PER_YEAR",
    "PRICE",
    "QUANTITIES",
    "SECONDS_PER_HOUR",
    "TEXT_UNITS",
    "TOKENS_PER_MTOK",
    "UNITS",
    "Quantity",
    "Unit",
    "is_number",
    "unit_of",
]

TOKENS_PER_MTOK = 1e6
MONTHS_PER_YEAR = 12
SECONDS_PER_HOUR = 3600
HOURS_PER_MONTH = 730.0
"""8,760 hours a year over 12 months; publishers also use 720, 729.6, 160 and 176."""


def _share(meaning: str) -> Quantity:
    return Quantity(meaning, high=1.0)


def _change(meaning: str) -> Quantity:
    return Quantity(meaning, low=-0.99, high=2.0, hint="a tenth is 0.10 or 10 %")


def _volume(meaning: str) -> Quantity:
    return Quantity(meaning, least=100_000.0, hint="it is in tokens, not in millions")


def _price(meaning: str, many: bool = False) -> Quantity:
    hint = "it is the price of a million tokens, not of one"
    return Quantity(meaning, least=0.0001, hint=hint, many=many)


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "api_price_per_mtok": _price("Blended price the API charges, input and output."),
        "own_price_per_mtok": _price("Extra cost of each self-hosted token beside its nodes."),
        "input_price_per_mtok": _price("Price of input tokens that are not cached."),
        "output_price_per_mtok": _price("Price of output tokens, reasoning included."),
        "cached_price_per_mtok": _price("Price of input tokens read from a prompt cache."),
        "prices_per_mtok": _price("Price of each engine, in the order of the shares.", many=True),
        "tokens_per_month": _volume("Input, cached and output tokens together."),
        "hourly_tokens": Quantity(
            "Tokens in each hour of a representative week or month.", many=True
        ),
        "capacity_tokens_per_month": _volume("Most tokens one node can serve in a month."),
        "capacity_tokens_per_hour": Quantity(
            "Most tokens one node can serve in an hour.",
            least=3_600.0,
            hint="it is in tokens an hour, not in millions",
        ),
        "task_tokens": Quantity("Input and output tokens of one attempt at a task."),
        "api_success_share": _share("Probability that an attempt with the API succeeds."),
        "own_success_share": _share("Probability that an attempt with your own model succeeds."),
        "tokens_per_second": Quantity("Input and output tokens one node serves, at your mix."),
        "node_cost_per_month": Quantity("What one node costs, used or idle."),
        "fixed_cost_per_month": Quantity("People, tools and what else does not grow by node."),
        "api_cost_per_month": Quantity("The bill of the API today."),
        "own_cost_per_month": Quantity("Running cost of self-hosting, without the purchase."),
        "opex_per_month": Quantity("Running cost: power, space, support."),
        "labor_per_year": Quantity(
            "Salaries that the option needs.", least=1.0, hint="it is money a year, not a share"
        ),
        "capex": Quantity("Hardware and set-up, paid on the first day."),
        "residual": Quantity("What the hardware still sells for at the end."),
        "years": Quantity("Length of the horizon.", low=1, high=30, whole=True),
        "discount_rate": _change("Yearly cost of capital, effective."),
        "growth_per_year": _change("Growth of the volume."),
        "growth_months": Quantity(
            "Month after which the volume grows no more.", low=1.0, whole=True
        ),
        "opex_growth_per_year": _change("Growth of the running cost."),
        "price_change_per_year": _change("Change of the price, negative when it falls."),
        "api_price_change_per_year": _change("Change of the API price, negative when it falls."),
        "output_share": _share("Share of the tokens that are output."),
        "cached_share": _share("Share of the input tokens read from a cache."),
        "batch_share": _share("Share of the tokens sent as batch jobs."),
        "batch_discount_share": _share("Discount on batch jobs."),
        "cache_write_share": _share("Share of all input written to a cache, beside that read."),
        "cache_write_1h_share": _share("Share of the written tokens that are kept for an hour."),
        "long_context_share": _share("Share of the tokens in requests billed as long context."),
        "second_long_context_share": _share("Share of those in requests beyond the second size."),
        "api_price_factor": Quantity("API price of a month over its path, for agreed steps."),
        "managed_price_factor": Quantity("The same for the managed platform."),
        "load_share": _share("Share of the capacity in use; changes tokens, not cost."),
        "duty_share": _share("Share of the hours a machine runs; changes tokens, rent, energy."),
        "max_load_share": _share("Highest load you plan for, to leave headroom."),
        "success_share": _share("Probability that one attempt succeeds."),
        "support_share_per_year": _share("Hardware support, as a share of the purchase."),
        "shares": Quantity("Share of each engine; they sum to 1.", high=1.0, many=True),
        "hours_per_month": Quantity(
            "Hours in a month: 730 is a twelfth of a year.",
            high=744.0,
            least=28.0,
            hint="of a month, not of a day",
        ),
        "peak_factor": Quantity("Peak hour over mean hour, bursts included.", low=1.0, high=200.0),
        "nodes": Quantity("Nodes you own.", whole=True),
        "min_nodes": Quantity("Fewest nodes that can run the model.", low=1.0, whole=True),
        "spare_nodes": Quantity("Nodes kept beyond the need, for failures.", whole=True),
        "rate_per_hour": Quantity("Rent of one machine."),
        "count": Quantity("Number of machines rented."),
        "life_months": Quantity("Months until the hardware is replaced.", low=12.0, high=240.0),
        "power_kw": Quantity("Nameplate power; 73 % of it is billed as energy.", high=500.0),
        "price_per_kwh": Quantity("Electricity tariff."),
        "pue": Quantity("Power of the whole site over power of the machines.", low=1.0, high=4.0),
        "colo_per_kw_month": Quantity("Colocation rent per nameplate kW."),
        "attempt_cost": Quantity("Compute cost of one attempt."),
        "max_attempts": Quantity("Attempts before giving up.", low=1.0),
        "repair_cost": Quantity("A person's cost when all attempts fail; 0 = the task is dropped."),
        "debug_cost": Quantity("Cost of looking into each failed attempt."),
        "api_model": Quantity("API you compare with, as named in the price table."),
        "api_input_price_per_mtok": Quantity(
            "Your own input price; wins over the table, whose others keep their ratio to it."
        ),
        "api_output_price_per_mtok": Quantity(
            "Your own output price; wins over the table, whose others keep their ratio to it."
        ),
        "api_cached_price_per_mtok": Quantity("Your own cached price; wins over the table."),
        "api_discount_share": _share("Discount you have committed spend for."),
        "api_commit_per_month": Quantity(
            "Take-or-pay, signed: owed to the end of the plan, whatever is chosen."
        ),
        "reserved_share": _share("Share of the rented hours that is reserved."),
        "reserved_discount_share": _share("Discount on reserved hours."),
        "spot_share": _share("Share of the rented hours that is spot: it may be taken away."),
        "spot_discount_share": _share("Discount on spot hours."),
        "lease_per_gpu_month": Quantity("Lease of an accelerator with its share of the server."),
        "depreciation_kind": Quantity("Straight line, or declining balance at twice its rate."),
        "currency_shift_share": Quantity(
            "How much dearer they become, of the prices that the tables have in them.", -0.9, 2.0
        ),
        "currency_factor": Quantity("Budget rate of other currencies in a month over today's."),
        "fiscal_start_count": Quantity(
            "Calendar month in which the fiscal year starts, 1 to 12.", 1.0, 12.0, whole=True
        ),
        "tax_rate_share": _share("Tax on profit; present values are then after tax."),
        "tax_depreciation_kind": Quantity("As in the books, MACRS 5-year, or at once."),
        "last_bill_per_month": Quantity(
            "A month as billed, fee included; the plan starts from it. Blank: from the prices."
        ),
        "last_bill_tokens_per_month": _volume(
            "What it was for; blank: as many as in the first month."
        ),
        "api_fee_per_month": Quantity("Flat fee of the API platform."),
        "sizing_model": Quantity("Open model, as named in the models table."),
        "managed_model": Quantity("Managed platform that hosts an open model for you."),
        "managed_input_price_per_mtok": Quantity(
            "Your own input price; wins over the table, whose others keep their ratio to it."
        ),
        "managed_output_price_per_mtok": Quantity(
            "Your own output price; wins over the table, whose others keep their ratio to it."
        ),
        "managed_cached_price_per_mtok": Quantity("Your own cached price; wins over the table."),
        "managed_batch_discount_share": _share("Discount on batch jobs of the managed platform."),
        "managed_discount_share": _share("Discount you have committed spend for."),
        "managed_commit_per_month": Quantity(
            "Take-or-pay, signed: owed to the end of the plan, whatever is chosen."
        ),
        "managed_migration_cost": Quantity("One-off cost of moving there: evaluation, tests."),
        "managed_fee_per_month": Quantity("Flat fee or dedicated capacity of the platform."),
        "managed_price_change_per_year": _change("Change of the managed price."),
        "acquisition_kind": Quantity("How you get the nodes: rent, lease or buy."),
        "hardware": Quantity("Accelerator, as named in the hardware table."),
        "gpus_per_node_count": Quantity("Accelerators in one node.", low=1.0, whole=True),
        "system": Quantity("Measured system in the throughput table that a node equals."),
        "node_tokens_per_second": Quantity("Your own measurement; wins over the table."),
        "capacity_factor": Quantity(
            "Its speed over the measured one: a model, a format.", 0.01, 100
        ),
        "rent_per_gpu_hour": Quantity("Your own quote; wins over the hardware table."),
        "capex_per_gpu": Quantity("Your own quote, share of the server included."),
        "power_kw_per_gpu": Quantity("Nameplate power, share of the server included."),
        "power_use_share": _share("Power drawn under load, of the nameplate power."),
        "sla_share": _share("Capacity left when answers must come fast enough."),
        "existing_nodes": Quantity(
            "Nodes you own already, used first: no purchase and no resale, only running.",
            whole=True,
        ),
        "existing_age_months": Quantity("Their age; at the end of their life they are replaced."),
        "unneeded_kind": Quantity(
            "Nodes that no later month needs: sell them at once, or keep them, switched off."
        ),
        "resale_36_share": _share(
            "What a node sells for 36 months after its purchase, of its price."
        ),
        "resale_60_share": _share(
            "The same after 60 months and later; between them it falls evenly."
        ),
        "rent_change_per_year": _change("Change of the rent."),
        "hardware_price_change_per_year": _change("Change of the purchase price."),
        "space_change_per_year": _change("Change of colocation and other cost of a node."),
        "support_change_per_year": _change("Change of what support costs."),
        "hour_change_per_year": _change("Change of what an hour of incidents or developers costs."),
        "tools_change_per_year": _change("Change of what tools cost."),
        "energy_price_change_per_year": _change("Change of the electricity tariff."),
        "residual_share": _share(
            "What the books keep at the end of life, of the price; blank: what it sells for then."
        ),
        "node_opex_per_month": Quantity("Other running cost of a node, as quoted."),
        "staff_fte": Quantity("People who run the service."),
        "salary_per_year": Quantity("Loaded yearly cost of one of them."),
        "wage_growth_per_year": _change("Yearly raise, once a year."),
        "mlops_per_month": Quantity("Monitoring, logging, quality watch."),
        "incidents_per_year": Quantity("Incidents that call somebody."),
        "incident_hours": Quantity("Hours of work an incident takes."),
        "incident_cost_per_hour": Quantity("Cost of such an hour."),
        "opportunity_hours_per_month": Quantity("Hours your developers lose to the platform."),
        "opportunity_value_per_hour": Quantity("What such an hour would have earned."),
        "opportunity_kind": Quantity("In or out: it is not cash, and may decide the verdict."),
        "migration_cost": Quantity("One-off cost of moving: evaluation, prompts, tests."),
        "migration_life_months": Quantity(
            "Months over which books spread the migration; 0 expenses it at once.", whole=True
        ),
        "borrowing_rate": _change("Yearly rate of the debt that books show for a lease."),
        "dual_run_months": Quantity("Months in which the API runs beside it.", whole=True),
        "hybrid_rest_kind": Quantity("Who serves what your own nodes do not: API or platform."),
        "gate_residency_kind": Quantity("No takes the API, the platform and the hybrid out."),
        "gate_accuracy_kind": Quantity("No takes every open model out: only the API is left."),
        "gate_fine_tuning_kind": Quantity("No takes the API and a hybrid that uses it out."),
        "gate_latency_api_kind": Quantity("No takes the API and a hybrid that uses it out."),
        "gate_latency_managed_kind": Quantity(
            "No takes the platform and a hybrid that uses it out."
        ),
        "gate_latency_own_kind": Quantity("No takes self-hosting and the hybrid out."),
        "hybrid_share": _share(
            "Share of the tokens, not of the requests, that a router sends to your own nodes."
        ),
        "payment_timing_share": _share("When in a month bills are paid: 0 start, 1 end."),
        "horizon_months": Quantity("Months in the plan.", low=12.0, high=60.0, whole=True),
        "kind": Quantity("Which break-even: first, sustained or price-only."),
        "model": Quantity("Model as named in the price table, exactly."),
        "component": Quantity("Column of the price table: input, output, cached, batch input …"),
        "price_table": Quantity("Price table with its header row."),
        "as_of": Quantity("Day whose price is wanted; the latest when left out."),
        "model_row": Quantity("Row of the Models sheet, with or without its header row."),
        "accelerator_row": Quantity("Row of the Hardware sheet, with or without its header row."),
        "measured_table": Quantity("Measured speeds with their header row; they win."),
        "weight_precision": Quantity("Format of the weights: bf16, fp8 or fp4."),
        "kv_precision": Quantity("Format of the cache: bf16, or fp8."),
        "input_tokens": Quantity("Tokens in the prompt of a mean request."),
        "output_tokens": Quantity("Tokens in the answer to a mean request.", low=1.0),
        "concurrency_count": Quantity("Requests in progress; left out: all that fit.", low=1.0),
        "user_tokens_per_second": Quantity("Output tokens a second that each user gets at least."),
        "gpus_count": Quantity("Accelerators together.", low=1.0, whole=True),
        "replica_gpus": Quantity("GPUs that hold one copy of the model.", low=1.0, whole=True),
        "speed_kind": Quantity("total (input and output), output, or user (of one request)."),
        "speed_case": Quantity("1 low, 2 base, 3 high of the band.", low=1.0, high=3.0, whole=True),
        "software_share": _share("Speed of your serving software, of today's: vLLM of 2024 0.4."),
        "options": Quantity("Rows: name, fixed per month, node cost, capacity, price per Mtok."),
        "percentile": _share("Share of the outcomes that cost less: 0.9 is P90."),
        "requests_per_minute": Quantity("Requests that arrive in a minute, at random."),
        "ttft_limit_ms": Quantity("Longest time to the first token, in milliseconds."),
        "latency_percentile": Quantity(
            "Share of the requests that must be as fast: 0.9 is nine in ten.", low=0.01, high=0.99
        ),
        "prompt_spread_factor": Quantity(
            "Longest prompt over the mean; 1 if all are alike, about 4 for chat.", low=1.0
        ),
        "load_factors": Quantity("Load over the mean hour: hours down, workloads across."),
        "need_nodes": Quantity("Nodes that each workload fills in its mean hour."),
        "cost_per_month": Quantity("Cost of the whole pool."),
        "workload_table": Quantity("Rows: name, tokens, then a price or a node's tokens an hour."),
        "engine_table": Quantity("Rows: name, node cost (blank: by token), spares, fixed cost."),
        "tier_tokens": Quantity("Tokens a month above which each tier begins, rising.", many=True),
        "tier_discount_shares": Quantity("Off the price in each tier.", high=1.0, many=True),
        "tier_kind": Quantity("Off the tokens above a tier (marginal), or off all (whole)."),
        "write_price_per_mtok": _price("Price of input tokens written to a prompt cache."),
        "present_cost": Quantity("What it costs at present value."),
        "period_cost": Quantity(
            "What each period costs, below 0 what it saves; the first is today.", -1e15, many=True
        ),
        "idle_kind": Quantity("What is idle: central, or spread over those who use the pool."),
        "tie_share": _share("Saving that no forecast of volume or price is sure of."),
        "least_sure_share": _share("Least share of the draws in which what is taken is cheapest."),
        "seed": Quantity("Which set of draws; the same one gives the same answer.", whole=True),
    }
)
