"""Every input of a plan: where it is asked, its default, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from costcore.language.quantities import QUANTITIES, Quantity, is_number, unit_of

CASES = ("low", "base", "high")


@dataclass(frozen=True, slots=True)
class Input:
    """One input; its meaning and bounds are in `costcore.language.quantities`."""

    name: str
    label: str
    default: float | str | None = None
    """None: it must be given, or may stay blank where a table has the answer."""
    assumption: str = ""
    """Name of the shipped assumption that gives low, base and high."""
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def quantity(self) -> Quantity:
        """Meaning and bounds."""
        return QUANTITIES[self.name]

    @property
    def is_number(self) -> bool:
        """Whether it takes numbers, and so low, base and high."""
        return is_number(self.name)

    @property
    def optional(self) -> bool:
        """Whether a number may stay blank, because a table has the answer."""
        blank = self.default is None and not self.assumption and not self.required
        return self.is_number and blank

    @property
    def unit_label(self) -> str:
        """Unit in words."""
        return unit_of(self.name).label


SECTIONS = MappingProxyType(
    {
        "workload": (
            Input("tokens_per_month", "Tokens in the first month", required=True),
            Input("growth_per_year", "Growth of the volume", 0.0),
            Input("output_share", "Output tokens, of all", 0.25),
            Input("cached_share", "Cached tokens, of the input", 0.0),
            Input("cache_write_share", "Tokens written to a cache, of the input", 0.0),
            Input("long_context_share", "Long-context tokens, of all", 0.0),
            Input("batch_share", "Batch jobs, of all tokens", 0.0),
            Input("peak_factor", "Peak hour over mean hour", 1.0),
        ),
        "api": (
            Input("api_model", "API model", ""),
            Input("api_input_price_per_mtok", "API input price (yours)"),
            Input("api_output_price_per_mtok", "API output price (yours)"),
            Input("api_cached_price_per_mtok", "API cached input price (yours)"),
            Input("batch_discount_share", "Discount on batch jobs", 0.5),
            Input("api_discount_share", "Committed-spend discount", 0.0),
            Input("api_commit_per_month", "Committed spend: the least you pay", 0.0),
            Input("api_fee_per_month", "API platform fee", 0.0),
            Input("api_price_change_per_year", "Change of the API price", 0.0),
        ),
        "managed": (
            Input("managed_model", "Managed model", ""),
            Input("managed_input_price_per_mtok", "Managed input price (yours)"),
            Input("managed_output_price_per_mtok", "Managed output price (yours)"),
            Input("managed_cached_price_per_mtok", "Managed cached input price (yours)"),
            Input("managed_fee_per_month", "Managed platform fee", 0.0),
            Input("managed_price_change_per_year", "Change of the managed price", 0.0),
        ),
        "nodes": (
            Input("acquisition_kind", "Rent or buy", "rent", choices=("rent", "lease", "buy")),
            Input("hardware", "Accelerator", ""),
            Input("gpus_per_node_count", "Accelerators in a node", 1.0),
            Input("system", "Measured system", ""),
            Input("node_tokens_per_second", "Throughput of a node (yours)"),
            Input("rent_per_gpu_hour", "Rent (your quote)"),
            Input("reserved_share", "Reserved, of what you rent", 0.0),
            Input("reserved_discount_share", "Discount on reserved", 0.0),
            Input("spot_share", "Spot, of what you rent", 0.0),
            Input("spot_discount_share", "Discount on spot", 0.0),
            Input("lease_per_gpu_month", "Lease (your quote)"),
            Input("capex_per_gpu", "Purchase (your quote)"),
            Input("power_kw_per_gpu", "Nameplate power (yours)"),
            Input("hours_per_month", "Hours in a month", assumption="hours_per_month"),
            Input("duty_share", "Hours a node is rented, of all", 1.0),
            Input("sla_share", "Capacity at your answer times", assumption="sla_share"),
            Input("max_load_share", "Highest planned load", assumption="max_load_share"),
            Input("min_nodes", "Fewest nodes", 1.0),
            Input("spare_nodes", "Spare nodes", 1.0),
            Input("existing_nodes", "Nodes owned already", 0.0),
            Input("life_months", "Life of the hardware", assumption="life_months"),
            Input(
                "depreciation_kind",
                "Depreciation in the books",
                "straight",
                choices=("straight", "declining"),
            ),
            Input("residual_share", "Resale at the end of life", assumption="residual_share"),
            Input("support_share_per_year", "Support", assumption="support_share_per_year"),
            Input("power_use_share", "Power drawn, of nameplate", assumption="power_use_share"),
            Input("pue", "Power usage effectiveness", assumption="pue"),
            Input("price_per_kwh", "Electricity", assumption="price_per_kwh"),
            Input("colo_per_kw_month", "Colocation", assumption="colo_per_kw_month"),
            Input("node_opex_per_month", "Other cost of a node", 0.0),
            Input("own_price_per_mtok", "Cost per self-hosted Mtok", 0.0),
            Input("rent_change_per_year", "Change of the rent", 0.0),
            Input("hardware_price_change_per_year", "Change of hardware prices", 0.0),
            Input("energy_price_change_per_year", "Change of electricity prices", 0.0),
        ),
        "sizing": (
            Input("sizing_model", "Model to size (blank: none)", ""),
            Input(
                "weight_precision",
                "Format of the weights",
                "fp8",
                choices=("bf16", "fp8", "fp4"),
            ),
            Input("input_tokens", "Prompt of a mean request", 1_000.0),
            Input("output_tokens", "Answer to a mean request", 1_000.0),
            Input("concurrency_count", "Requests in progress (blank: all that fit)"),
        ),
        "people": (
            Input("staff_fte", "Staff", assumption="fte"),
            Input("salary_per_year", "Loaded salary", assumption="salary_per_year"),
            Input("wage_growth_per_year", "Raise", assumption="wage_growth_per_year"),
            Input("mlops_per_month", "MLOps tools", assumption="mlops_per_month"),
            Input("incidents_per_year", "Incidents", assumption="incidents_per_year"),
            Input("incident_hours", "Hours for an incident", assumption="hours_per_incident"),
            Input("incident_cost_per_hour", "Cost of an incident hour", 100.0),
            Input("opportunity_hours_per_month", "Developer hours lost", 0.0),
            Input("opportunity_value_per_hour", "Value of such an hour", 0.0),
            Input("migration_cost", "Migration", 0.0),
            Input("dual_run_months", "Months of dual running", 0.0),
        ),
        "hybrid": (Input("hybrid_share", "Share on your own nodes", 0.0),),
        "outcome": (
            Input("task_tokens", "Tokens of an attempt", 2_000.0),
            Input("api_success_share", "API: attempts that succeed", 1.0),
            Input("own_success_share", "Self-hosted: attempts that succeed", 1.0),
            Input("max_attempts", "Attempts before giving up", 3.0),
            Input("repair_cost", "A person's repair", 0.0),
            Input("debug_cost", "Looking into a failed attempt", 0.0),
        ),
        "finance": (
            Input("discount_rate", "Cost of capital", assumption="discount_rate"),
            Input("fiscal_start_count", "First month of the fiscal year", 1.0),
            Input("tax_rate_share", "Tax rate", 0.0),
            Input(
                "tax_depreciation_kind",
                "Depreciation for tax",
                "book",
                choices=("book", "macrs", "immediate"),
            ),
            Input("payment_timing_share", "Bills are paid at", 1.0),
        ),
    }
)

INPUTS = MappingProxyType({each.name: each for part in SECTIONS.values() for each in part})

SECTION_TITLES = MappingProxyType(
    {
        "workload": "Workload",
        "api": "Cloud API",
        "managed": "Managed platform",
        "nodes": "Self-hosting: nodes",
        "sizing": "Self-hosting: what a node can serve",
        "people": "Self-hosting: people and tools",
        "hybrid": "Hybrid",
        "outcome": "Cost of a successful outcome",
        "finance": "Finance",
    }
)
