"""Each published example put in the terms of the cost core, by the id of the case."""

import math

import numpy as np

from costcore.answers.breakeven import breakeven_price, breakeven_tokens
from costcore.language.quantities import HOURS_PER_MONTH, MONTHS_PER_YEAR
from costcore.money.cashflow import equivalent_annual_cost, macrs, npv
from costcore.money.horizon import breakeven_months, tco_3yr, tco_nyr, tco_schedule
from costcore.nodes.capacity import capacity_tokens
from costcore.nodes.hosting import (
    energy_per_month,
    own_per_month,
    rent_per_month,
    selfhost_price,
    support_per_month,
)
from costcore.tokens.api import blended_price, cache_breakeven_share, priced


def bought_against_two_prices(case):
    """Hardware at full use against an API with an input and an output price."""
    price = blended_price(
        case["price_in_usd_per_M"], case["price_out_usd_per_M"], case["output_share"]
    )
    bill = priced(case["capacity_Mtok_per_month"] * 1e6, price)
    power = case["electricity_usd_per_month"]
    return {"breakeven_months": breakeven_months(case["hardware_usd"], bill, power)}


def bought_against_hours(case):
    """Hardware against what the API would charge for an hour of its tokens."""
    price = blended_price(case["p_in"], case["p_out"], case["output_share"])
    tokens = capacity_tokens(case["tok_s"], case["utilisation"], hours_per_month=1)
    hour = priced(tokens, price)
    bill = rent_per_month(hour, hours_per_month=case["hours_per_month"])
    return {"cloud_per_h": hour, "months": breakeven_months(case["hardware_usd"], bill, 0)}


def bought_without_power(case):
    """A review that computes the electricity and then leaves it out."""
    bill = priced(case["capacity_Mtok"] * 1e6, blended_price(case["p_in"], case["p_out"], 2 / 3))
    return {"api": bill, "months": breakeven_months(case["hardware"], bill, 0)}


def bought_while_prices_fall(case):
    """The same, in whole months: the first by whose end all is paid back."""
    bill = rent_per_month(case["cloud_usd_per_h"], 1, case["utilisation"], case["hours_per_month"])
    change = -case["annual_price_decline"]
    months = breakeven_months(case["hardware_usd"], bill, 0, api_price_change_per_year=change)
    return {"months": math.ceil(months) if np.isfinite(months) else "never"}


def bought_or_rented(case):
    """A server you buy and run against one rented by the hour."""
    rent, run = (rent_per_month(case[k]) for k in ("cloud_usd_per_h", "onprem_opex_usd_per_h"))
    months = breakeven_months(case["capex_usd"], rent, run)
    return {"hours": months * HOURS_PER_MONTH, "months": months}


def per_mtok(rate_per_hour, tokens_per_second, load_share=1.0):
    """Cost of a million tokens on machines paid by the hour."""
    tokens = capacity_tokens(tokens_per_second, load_share)
    return selfhost_price(tokens, rent_per_month(rate_per_hour))


def at_load(price_at_full_load, load_share):
    """Cost of a token on a node whose token costs so much when it is full."""
    full = 1e9
    return selfhost_price(load_share * full, priced(full, price_at_full_load), full)


def three_years(case):
    """Purchase and electricity, and their equal yearly part."""
    cost = tco_3yr(case["capex"], case["power_per_year"] / MONTHS_PER_YEAR)
    return {"tco_3yr": cost, "annualised": equivalent_annual_cost(cost, 0, case["years"])}


def five_years(case):
    """Year by year, and the sum of the rounded years.

    Maintenance is 2,000 lower in the first year; the purchase is made so instead.
    """
    first, *rest = case["maint"]
    monthly = rent_per_month(case["power_per_h"]) + (rest[0] + case["net"]) / MONTHS_PER_YEAR
    years = tco_schedule(5, case["hw"] + first - rest[0], monthly, case["staff"])
    return {"year1": years[0, 0], "year2": years[1, 0], "cum5": years[:, 0].round().sum()}


def small_tool(case):
    """A web calculator that does say what its node can serve."""
    tokens = (case["input_Mtok"] + case["output_Mtok"]) * 1e6
    price = blended_price(case["p_in"], case["p_out"], case["output_Mtok"] * 1e6 / tokens)
    node = rent_per_month(case["gpu_usd_per_h"], case["gpus"], 1, case["hours"])
    overhead = case["overhead"] * node
    capacity = capacity_tokens(case["tps"], 1, case["hours"])
    volume = breakeven_tokens(price, node, capacity, overhead)
    bill = priced(tokens, price)
    return {
        "api_monthly": bill,
        "self_monthly": node + overhead,
        "extra": node + overhead - bill,
        "overhead_usd": overhead,
        "breakeven_Btok": volume / 1e9,
        "capacity_Btok": capacity / 1e9,
    }


def bill_of(case, tokens_in, tokens_out):
    """Bill for some input and some output tokens at their prices."""
    tokens = tokens_in + tokens_out
    return priced(tokens, blended_price(case["p_in"], case["p_out"], tokens_out / tokens))


def threshold(case):
    """Hours a day at which renting costs what five years of owning cost."""
    own = tco_nyr(5, case["capex_usd"], rent_per_month(case["opex_usd_per_h"]))
    rented = tco_nyr(5, 0, rent_per_month(case["cloud_usd_per_h"], duty_share=1 / 24))
    return {"onprem_5yr": own, "hours_per_day": own / rented}


def hourly_parts(case):
    """Maintenance on a year of 8,760 hours and space on a month of 720, as the paper mixes them."""
    maintenance = support_per_month(case["capex_usd"], case["maintenance_rate"]) / HOURS_PER_MONTH
    space = case["colocation_usd_per_month"] / 720
    total = maintenance + space + case["power_cooling_usd_per_h"]
    return {"maintenance_per_h": maintenance, "colocation_per_h": space, "total_per_h": total}


def roll_up(case):
    """Three published years each, undiscounted."""
    cloud, own = npv(0, case["cloud_k"]), npv(0, case["onprem_k"])
    saving = cloud - own
    return {"cloud_k": cloud, "onprem_k": own, "saving_k": saving, "pct": 100 * saving / cloud}


def day_and_year(case):
    """A day's bill, and 365 of it after rounding to cents."""
    day = bill_of(case, case["input_Mtok_day"] * 1e6, case["output_Mtok_day"] * 1e6)
    return {"per_day": day, "per_year": 365 * round(day, 2)}


def first_year(case):
    """Hardware that loses so much value in the year, and its electricity."""
    own = tco_nyr(1, case["depreciation"], case["electricity"] / MONTHS_PER_YEAR)
    return {"local": own, "saving": case["api"] - own}


def calls(case):
    """Bill of a call, of a day of them and of a year, in millions."""
    call = bill_of(case, case["in_tok"], case["out_tok"])
    day = call * case["calls_day"]
    return {"per_call": call, "per_day": day, "per_year_M": day * 365 / 1e6}


def requests(case):
    """Input and output of a day at their own prices, and 30 days of both."""
    tokens = {k: case["req_day"] * case[f"{k}_tok"] for k in ("in", "out")}
    parts = {f"{k}_day": priced(tokens[k], case[f"p_{k}"]) for k in tokens}
    return {**parts, "month": 30 * bill_of(case, tokens["in"], tokens["out"])}


def per_request(case):
    """A request whose prices are quoted per thousand tokens."""
    prices = {"p_in": 1000 * case["p_in_per_1k"], "p_out": 1000 * case["p_out_per_1k"]}
    bill = bill_of(prices, case["input_tok"], case["output_tok"])
    return {"usd_per_request": bill, "usd_per_1000": 1000 * bill}


def measured_load(case):
    """The speed measured at an offered load, against that of the saturated GPU."""
    cost = per_mtok(case["gpu_usd_per_h"], case["measured_output_tok_s"])
    full = per_mtok(case["gpu_usd_per_h"], case["saturation_tok_s"])
    return {"usd_per_M": cost, "penalty": cost / full}


def power(case):
    """Electricity of a year, on all of the nameplate power."""
    kw = case["gpus"] * case["tdp_kw"]
    monthly = energy_per_month(
        kw, case["usd_per_kwh"], case["pue"], HOURS_PER_MONTH, power_use_share=1.0
    )
    return {"usd_year": MONTHS_PER_YEAR * monthly}


# by id, or else by the longest beginning of it
RECOMPUTE = {
    "pan": bought_against_two_prices,
    "payoff": bought_against_hours,
    "payoff-decline": bought_while_prices_fall,
    "koreview-gpt4omini": bought_without_power,
    "lenovo26-h100-breakeven": bought_or_rented,
    "lenovo25-h100-breakeven": bought_or_rented,
    "lenovo26-h100-opex-components": hourly_parts,
    "lenovo26-h200-utilisation-threshold": threshold,
    "lenovo26-azure-h100-usd-per-Mtok": lambda c: {
        "usd_per_M": per_mtok(c["rate_usd_per_h"], c["throughput_tok_s"])
    },
    "lenovo26-b300-usd-per-Mtok": lambda c: {
        "usd_per_M": per_mtok(c["hourly_usd"], c["throughput_tok_s"])
    },
    "lenovo26-b300-5yr-cloud": lambda c: {
        "cloud_5yr": tco_nyr(c["years"], 0, rent_per_month(c["cloud_usd_per_h"]))
    },
    "llmtco-usd-per-Mtok": lambda c: {
        "effective_tps": capacity_tokens(c["tps"], c["utilisation"], 1) / 3600,
        "usd_per_M": per_mtok(c["rate"], c["tps"], c["utilisation"]),
    },
    "llmtco-amortisation-example": lambda c: {"usd": own_per_month(c["capex"], c["months"])},
    "llmtco-breakeven-example": lambda c: {
        "Mtok": breakeven_tokens(c["blended"], c["self_monthly"]) / 1e6
    },
    "induwara-default": small_tool,
    "cneff-saturation": lambda c: {
        "usd_per_M": per_mtok(c["gpus"] * c["gpu_usd_per_h"], c["saturation_tok_s"])
    },
    "cneff-llama8b-fp16-10rps": measured_load,
    "naive-inverse-utilisation-10pct": lambda c: {
        "usd_per_M": at_load(c["full_load_usd_per_M"], c["utilisation"])
    },
    "uptime-utilisation-8": lambda c: {
        "dedicated": at_load(0.40 * c["dedicated_usd_per_h_at_40pct"], c["utilisation"])
    },
    "lesswrong-gb200-prefill": lambda c: {
        "usd_per_M": per_mtok(c["usd_per_h"], c["flops"] / c["flops_per_Mtok"] * 1e6, 0.6)
    },
    "lesswrong-h100-hour": lambda c: {
        "per_year": 12 * own_per_month(c["capex_per_chip"], 36, 0, c["opex_share"] / c["years"]),
        "per_h": own_per_month(c["capex_per_chip"], 36, 0, c["opex_share"] / 3) / HOURS_PER_MONTH,
    },
    "gh-power-sensitivity-005": power,
    "gh-5yr-tco": five_years,
    "gh-macrs5": lambda c: {f"y{i}": y for i, y in enumerate(macrs(c["cost"]), start=1)},
    "presenc-3yr": three_years,
    "swfte-3yr-10B": roll_up,
    "swfte-api": lambda c: {
        k: priced(c["volume_Mtok"] * 1e6, c[k]) for k in ("gpt4turbo", "claude35", "gemini15")
    },
    "mi100-api-per-day": day_and_year,
    "mi100-year1-saving": first_year,
    "mithril-cost-per-request": per_request,
    "llmatlas-gpt4o": requests,
    "gpubrazil-midtier": lambda c: {
        "usd": bill_of(c, c["input_Mtok"] * 1e6, c["output_Mtok"] * 1e6)
    },
    "nextgen-api": calls,
    "infotech-2000req": lambda c: {
        "per_day": priced(c["req_day"] * c["tok"], c["usd_per_M"]),
        "per_month": 30 * priced(c["req_day"] * c["tok"], c["usd_per_M"]),
    },
    "dell-billion-token-day": lambda c: {
        "implied_usd_per_M": breakeven_price(c["tokens_M"] * 1e6, c["usd"])
    },
    "latitude-cache-breakeven": lambda c: {
        "hit_rate_pct": 100 * cache_breakeven_share(1.0, c["cache_write"], c["cache_read"])
    },
}


def recomputed(case):
    """Return our figures under the names of the published ones."""
    name = max((key for key in RECOMPUTE if case["id"].startswith(key)), key=len)
    return RECOMPUTE[name](case["inputs"])
