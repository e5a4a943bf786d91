"""Every input of a plan: where it is asked, its default, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from costcore.language.quantities import QUANTITIES, Quantity, is_number, unit_of

ENDS = ("low", "base", "high")
"""What is known of an input: its range, as a file and the sheet Inputs have it."""
CASES = ("downside", "base", "upside")
"""What may come of the decision to host: in each case every input is at the end that fits."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input; its meaning and bounds are in `costcore.language.quantities`."""

    name: str
    label: str
    default: float | str | None = None
    """None: it must be given, or may stay blank where a table has the answer."""
    assumption: str = ""
    """Name of the shipped assumption that gives low, base and high."""
    hurts: str = ""
    """End of the range that speaks against hosting; none: a convention, which is never drawn."""
    unlisted: str = ""
    """Name of the one that does where no accelerator is named, whose row in the table would."""
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def quantity(self) -> Quantity:
        """Meaning and bounds."""
        return QUANTITIES[self.name]

    @property
    def rule(self) -> str:
        """What it must be, in words."""
        if not self.choices:
            return self.quantity.rule
        blank = ", or blank" if "" in self.choices else ""
        return f"one of {', '.join(filter(None, self.choices))}{blank}"

    @property
    def is_number(self) -> bool:
        """Whether it takes numbers, and so low, base and high."""
        return is_number(self.name)

    @property
    def optional(self) -> bool:
        """Whether a number may stay blank, because a table has the answer."""
        blank = self.default is None and not self.assumption and not self.required
        return self.is_number and blank

    def end(self, case: str) -> str:
        """Return the end of the range that counts in a case; words stand in the case's column.

        >>> Input("staff_fte", "Staff", hurts="high").end("downside")
        'high'
        >>> Input("discount_rate", "Cost of capital").end("downside")
        'base'
        """
        if self.is_number and not self.hurts:
            return "base"
        order = reversed(ENDS) if self.hurts == "high" else ENDS
        return dict(zip(CASES, order, strict=True))[case]

    @property
    def unit_label(self) -> str:
        """Unit in words."""
        return unit_of(self.name).label


def _gates(*asked: tuple[str, str]) -> tuple[Input, ...]:
    """Inputs that somebody answers with yes or no; blank is unknown."""
    return tuple(Input(f"gate_{n}_kind", text, "", choices=("", "yes", "no")) for n, text in asked)


SECTIONS = MappingProxyType(
    {
        "workload": (
            Input("tokens_per_month", "Tokens in the first month", required=True, hurts="low"),
            Input("growth_per_year", "Growth of the volume", 0.0, hurts="low"),
            Input("growth_months", "Month after which it grows no more", 60.0, hurts="low"),
            Input("output_share", "Output tokens, of all", 0.25, hurts="low"),
            Input("cached_share", "Cached tokens, of the input", 0.0, hurts="high"),
            Input("cache_write_share", "Tokens written to a cache, of the input", 0.0, hurts="low"),
            Input("cache_write_1h_share", "Kept for an hour, of those written", 0.0, hurts="low"),
            Input("long_context_share", "Long-context tokens, of all", 0.0, hurts="low"),
            Input("second_long_context_share", "Past a second size, of those", 0.0, hurts="low"),
            Input("batch_share", "Batch jobs, of all tokens", 0.0, hurts="high"),
            Input(
                "peak_factor", "Peak hour over mean hour", assumption="peak_factor", hurts="high"
            ),
        ),
        "api": (
            Input("api_model", "API model", ""),
            Input("api_input_price_per_mtok", "API input price (yours)", hurts="low"),
            Input("api_output_price_per_mtok", "API output price (yours)", hurts="low"),
            Input("api_cached_price_per_mtok", "API cached input price (yours)", hurts="low"),
            Input("batch_discount_share", "Discount on batch jobs", 0.5, hurts="high"),
            Input("api_discount_share", "Committed-spend discount", 0.0, hurts="high"),
            Input("api_commit_per_month", "Committed spend: the least you pay", 0.0, hurts="high"),
            Input("api_fee_per_month", "API platform fee", 0.0, hurts="low"),
            Input("last_bill_per_month", "Last bill of the API", hurts="low"),
            Input("last_bill_tokens_per_month", "Tokens of that bill"),
            Input("api_price_change_per_year", "Change of the API price", 0.0, hurts="low"),
        ),
        "managed": (
            Input("managed_model", "Managed model", ""),
            Input("managed_input_price_per_mtok", "Managed input price (yours)", hurts="low"),
            Input("managed_output_price_per_mtok", "Managed output price (yours)", hurts="low"),
            Input(
                "managed_cached_price_per_mtok", "Managed cached input price (yours)", hurts="low"
            ),
            Input("managed_batch_discount_share", "Managed batch discount", 0.0, hurts="high"),
            Input("managed_discount_share", "Managed committed-spend discount", 0.0, hurts="high"),
            Input(
                "managed_commit_per_month", "Managed committed spend: the least", 0.0, hurts="high"
            ),
            Input("managed_migration_cost", "Moving to the managed platform", 0.0, hurts="low"),
            Input("managed_fee_per_month", "Managed platform fee", 0.0, hurts="low"),
            Input("managed_price_change_per_year", "Change of the managed price", 0.0, hurts="low"),
        ),
        "nodes": (
            Input("acquisition_kind", "Rent or buy", "rent", choices=("rent", "lease", "buy")),
            Input("hardware", "Accelerator", ""),
            Input("gpus_per_node_count", "Accelerators in a node", 1.0),
            Input("system", "Measured system", ""),
            Input("node_tokens_per_second", "Throughput of a node (yours)", hurts="low"),
            Input("capacity_factor", "What if a node were so much faster", 1.0, hurts="low"),
            Input("rent_per_gpu_hour", "Rent (your quote)", hurts="high"),
            Input("reserved_share", "Reserved, of what you rent", 0.0, hurts="low"),
            Input("reserved_discount_share", "Discount on reserved", 0.0, hurts="low"),
            Input("spot_share", "Spot, of what you rent", 0.0, hurts="low"),
            Input("spot_discount_share", "Discount on spot", 0.0, hurts="low"),
            Input("lease_per_gpu_month", "Lease (your quote)", hurts="high"),
            Input("capex_per_gpu", "Purchase (your quote)", hurts="high"),
            Input("power_kw_per_gpu", "Nameplate power (yours)", hurts="high"),
            Input("hours_per_month", "Hours in a month", assumption="hours_per_month"),
            Input("duty_share", "Hours a node runs, of all", 1.0, hurts="high"),
            Input(
                "sla_share", "Capacity at your answer times", assumption="sla_share", hurts="low"
            ),
            Input(
                "max_load_share", "Highest planned load", assumption="max_load_share", hurts="low"
            ),
            Input("min_nodes", "Fewest nodes", 1.0, hurts="high"),
            Input("spare_nodes", "Spare nodes", 1.0, hurts="high"),
            Input("existing_nodes", "Nodes owned already", 0.0, hurts="low"),
            Input("existing_age_months", "Age of nodes owned already", 24.0, hurts="high"),
            Input("life_months", "Life of the hardware", assumption="life_months", hurts="low"),
            Input(
                "depreciation_kind",
                "Depreciation in the books",
                "straight",
                choices=("straight", "declining"),
            ),
            Input("residual_share", "Residual in the books, at the end of life"),
            Input(
                "resale_36_share",
                "Resale after 36 months (yours)",
                unlisted="resale_36_share",
                hurts="low",
            ),
            Input(
                "resale_60_share",
                "Resale after 60 months (yours)",
                unlisted="resale_60_share",
                hurts="low",
            ),
            Input("unneeded_kind", "Nodes no longer needed", "sell", choices=("sell", "keep")),
            Input(
                "support_share_per_year",
                "Support",
                assumption="support_share_per_year",
                hurts="high",
            ),
            Input(
                "power_use_share",
                "Power drawn, of nameplate",
                assumption="power_use_share",
                hurts="high",
            ),
            Input("pue", "Power usage effectiveness", assumption="pue", hurts="high"),
            Input("price_per_kwh", "Electricity", assumption="price_per_kwh", hurts="high"),
            Input("colo_per_kw_month", "Colocation", assumption="colo_per_kw_month", hurts="high"),
            Input("node_opex_per_month", "Other cost of a node", 0.0, hurts="high"),
            Input("own_price_per_mtok", "Cost per self-hosted Mtok", 0.0, hurts="high"),
            Input("rent_change_per_year", "Change of the rent", 0.0, hurts="high"),
            Input("hardware_price_change_per_year", "Change of hardware prices", 0.0, hurts="high"),
            Input(
                "space_change_per_year", "Change of colocation and other cost", 0.0, hurts="high"
            ),
            Input("support_change_per_year", "Change of support", 0.0, hurts="high"),
            Input(
                "energy_price_change_per_year", "Change of electricity prices", 0.0, hurts="high"
            ),
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
            Input("staff_fte", "Staff", assumption="fte", hurts="high"),
            Input("salary_per_year", "Loaded salary", assumption="salary_per_year", hurts="high"),
            Input("wage_growth_per_year", "Raise", assumption="wage_growth_per_year", hurts="high"),
            Input("mlops_per_month", "MLOps tools", assumption="mlops_per_month", hurts="high"),
            Input("tools_change_per_year", "Change of the tools", 0.0, hurts="high"),
            Input("incidents_per_year", "Incidents", assumption="incidents_per_year", hurts="high"),
            Input(
                "incident_hours",
                "Hours for an incident",
                assumption="hours_per_incident",
                hurts="high",
            ),
            Input("incident_cost_per_hour", "Cost of an incident hour", 100.0, hurts="high"),
            Input("opportunity_hours_per_month", "Developer hours lost", 0.0, hurts="high"),
            Input("opportunity_value_per_hour", "Value of such an hour", 0.0, hurts="high"),
            Input(
                "opportunity_kind", "Opportunity cost in the verdict", "out", choices=("out", "in")
            ),
            Input("hour_change_per_year", "Change of such hours' cost", 0.0, hurts="high"),
            Input("migration_cost", "Migration", 0.0, hurts="high"),
            Input("migration_life_months", "Migration in the books, spread over", 0.0),
            Input("dual_run_months", "Months of dual running", 0.0, hurts="high"),
        ),
        "hybrid": (
            Input("hybrid_share", "Share on your own nodes", 0.0, hurts="low"),
            Input("hybrid_rest_kind", "The rest goes to", "api", choices=("api", "managed")),
        ),
        "gates": (
            *_gates(
                ("residency", "The data may leave your network"),
                ("accuracy", "An open model reaches 95 % of the accuracy you require"),
                ("fine_tuning", "The API allows the fine-tuning you need"),
                ("latency_api", "The API answers fast enough"),
                ("latency_managed", "The managed platform answers fast enough"),
                ("latency_own", "Your own nodes answer fast enough"),
            ),
        ),
        "outcome": (
            Input("task_tokens", "Tokens of an attempt", 2_000.0),
            Input("api_success_share", "API: attempts that succeed", 1.0, hurts="high"),
            Input("own_success_share", "Self-hosted: attempts that succeed", 1.0, hurts="low"),
            Input("max_attempts", "Attempts before giving up", 3.0),
            Input("repair_cost", "A person's repair", 0.0, hurts="high"),
            Input("debug_cost", "Looking into a failed attempt", 0.0, hurts="high"),
        ),
        "finance": (
            Input("discount_rate", "Cost of capital", assumption="discount_rate"),
            Input("borrowing_rate", "Borrowing rate of leases (yours)"),
            Input("fiscal_start_count", "First month of the fiscal year", 1.0),
            Input("tax_rate_share", "Tax rate", 0.0),
            Input(
                "tax_depreciation_kind",
                "Depreciation for tax",
                "book",
                choices=("book", "macrs", "immediate"),
            ),
            Input("payment_timing_share", "Bills are paid at", 1.0),
            Input("tie_share", "Too close to call: saved, of the runner-up's cost", 0.02),
            Input("least_sure_share", "Too close to call: cheapest in fewer draws", 0.6),
            Input(
                "currency_shift_share",
                "Other currencies over the plan's, beside their budget rates",
                assumption="currency_shift_share",
                hurts="low",
            ),
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
        "gates": "Gates before money: yes, no, or blank for unknown",
        "outcome": "Cost of a successful outcome",
        "finance": "Finance",
    }
)
