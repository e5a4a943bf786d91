"""Self-hosting month by month and purchase by purchase, in plain Python and in no other's words.

Written from what a plan promises, not from its lines: it knows loops, lists of purchases and
calendar years, where the plan knows sums over a row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

MACRS = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)  # IRS Publication 946, table A-1


@dataclass
class Vintage:
    """Nodes bought at the start of one month; those owned before the plan cost nothing more."""

    month: int
    price: float
    nodes: int


@dataclass
class Told:
    """What the oracle says, month by month."""

    rows: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **values: float) -> None:
        """Add a month."""
        for name, value in values.items():
            self.rows.setdefault(name, []).append(value)


class Oracle:
    """One option of a scenario in its base case."""

    def __init__(self, scenario: Any, share: float = 1.0) -> None:
        self.x = scenario.inputs("base")
        self.scenario, self.share = scenario, share
        self.months = scenario.horizon_months
        self.reserved = 0.0
        """Nodes reserved so far; they are paid for whatever is needed later."""
        self.resale = (self._resale(36), self._resale(60))

    def _resale(self, age: int) -> float:
        """What is typed; the shipped table says the same of every accelerator that is sold."""
        typed = self.x[f"resale_{age}_share"]
        return {36: 0.30, 60: 0.12}[age] if math.isnan(typed) else typed

    def grown(self, change: str, t: int) -> float:
        return (1 + self.x[change]) ** ((t - 1) / 12)

    def volume(self, t: int) -> float:
        own, seasons = self.scenario.forecast, self.scenario.seasons or (1.0,)
        if t <= len(own):
            return own[t - 1]
        level, since = self.x["tokens_per_month"], 1
        for month in range(len(own), 0, -1):
            if season := seasons[(month - 1) % len(seasons)]:
                level, since = own[month - 1] / season, month
                break
        grown = max(min(t, int(self.x["growth_months"])) - since, 0)
        growth = (1 + self.x["growth_per_year"]) ** (grown / 12)
        return level * growth * seasons[(t - 1) % len(seasons)]

    def needed(self, t: int) -> int:
        x = self.x
        serves = x["node_tokens_per_second"] * 3600 * x["hours_per_month"] * x["duty_share"]
        full = serves * x["sla_share"] * x["max_load_share"] / x["peak_factor"]
        load = self.volume(t) * self.share / full
        return max(int(x["min_nodes"]), math.ceil(load - 1e-9 * max(1, load))) + int(
            x["spare_nodes"]
        )

    def market(self, age: int) -> float:
        early, late = self.resale
        if age <= 36:
            return 1 - (1 - early) * age / 36
        return early + (late - early) * (min(age, 60) - 36) / 24

    def book(self, age: int) -> float:
        """Value in the books of a node of price 1, found by writing off one month after another."""
        life, kind = int(self.x["life_months"]), self.x["depreciation_kind"]
        end = self.x["residual_share"]
        end = self.market(life) if math.isnan(end) else end
        value = 1.0
        for month in range(min(age, life)):
            write_off = (value - end) / (life - month)
            if kind == "declining":
                write_off = min(max(write_off, 2 / life * value), value - end)
            value -= write_off
        return value

    def tax_month(self, t: int) -> tuple[int, int]:
        """Tax year of a month, and its place in it from 1."""
        start = self.scenario.start_month
        place = start.year * 12 + start.month - 1 + t - 1
        first = int(self.x["fiscal_start_count"]) - 1
        return (place - first) // 12, (place - first) % 12 + 1

    def tax(self, bought: int, t: int) -> float:
        """Tax value of a node of price 1 at the end of a month."""
        kind = self.x["tax_depreciation_kind"]
        if kind == "book":
            return self.book(t - bought + 1)
        if kind == "immediate":
            return 0.0
        (first, _), (year, place) = self.tax_month(bought), self.tax_month(t)
        past = sum(MACRS[: year - first])
        now = MACRS[year - first] if year - first < len(MACRS) else 0.0
        return 1 - past - now * place / 12

    def told(self) -> Told:
        """Run the months."""
        x, told = self.x, Told()
        needs = [self.needed(t) for t in range(1, self.months + 1)]
        fleet = [Vintage(1 - int(x["existing_age_months"]), 0.0, int(x["existing_nodes"]))]
        leased = 0
        for t, need in enumerate(needs, start=1):
            gone = self._leavers(fleet, t, max(needs[t - 1 :]))
            owned = sum(v.nodes for v in fleet)
            price = x["gpus_per_node_count"] * x["capex_per_gpu"]
            price *= self.grown("hardware_price_change_per_year", t)
            bought = max(0, need - owned) if x["acquisition_kind"] == "buy" else 0
            if bought:
                fleet.append(Vintage(t, price, bought))
            owned += bought
            short = max(0, need - owned)
            leased = max(leased, short) if x["acquisition_kind"] == "lease" else 0
            hired = leased if x["acquisition_kind"] == "lease" else short
            self._month(told, t, fleet, gone, bought * price, hired, min(owned, need))
            told.add(needed_nodes=need, owned_nodes=owned, hired_nodes=hired, bought_nodes=bought)
        return told

    def _leavers(self, fleet: list[Vintage], t: int, most: int) -> list[Vintage]:
        """Take out what is at the end of its life, then the oldest that no later month needs."""
        gone = [v for v in fleet if t - v.month >= self.x["life_months"]]
        fleet[:] = [v for v in fleet if v not in gone]
        surplus = sum(v.nodes for v in fleet) - most
        while self.x["unneeded_kind"] == "sell" and surplus > 0:
            oldest = fleet[0]
            leave = min(surplus, oldest.nodes)
            gone.append(Vintage(oldest.month, oldest.price, leave))
            oldest.nodes -= leave
            surplus -= leave
            if not oldest.nodes:
                fleet.pop(0)
        return gone

    def _month(
        self,
        told: Told,
        t: int,
        fleet: list[Vintage],
        gone: list[Vintage],
        purchases: float,
        hired: int,
        used: int,
    ) -> None:
        x = self.x
        paid_for = [v for v in fleet if v.price]
        sold = sum(v.nodes * v.price * self.market(t - v.month) for v in gone)
        written_off = sum(v.nodes * v.price * self.book(t - v.month) for v in gone if v.price)
        book = sum(v.nodes * v.price * self.book(t - v.month + 1) for v in paid_for)
        before = told.rows["book_residual"][-1] if t > 1 else 0.0
        depreciation = before + purchases - written_off - book
        market = sum(v.nodes * v.price * self.market(t - v.month + 1) for v in paid_for)
        tax_value = sum(v.nodes * v.price * self.tax(v.month, t) for v in paid_for)
        tax_before = told.rows["tax_book_residual"][-1] if t > 1 else 0.0
        deducted = tax_before + purchases - tax_value - sold
        running = self.running(t, hired, used)
        ends = t == self.months
        terminal = market if ends else 0.0
        settled = (tax_value - terminal) * x["tax_rate_share"] if ends else 0.0
        saved = (running + deducted) * x["tax_rate_share"] + settled
        month, rate = (t - 1) / 12, 1 + x["discount_rate"]
        paid_at = rate ** -((t - 1 + x["payment_timing_share"]) / 12)
        final = terminal * rate ** -(t / 12)
        bills = (running - saved) * paid_at
        present = (purchases - sold) * rate**-month + bills - final
        told.add(
            purchases_per_month=purchases,
            disposals_per_month=sold,
            market_residual=market,
            written_off_per_month=written_off,
            depreciation_per_month=depreciation,
            book_residual=book,
            tax_book_residual=tax_value,
            running_per_month=running,
            paid_per_month=purchases - sold + running,
            cash_per_month=purchases - sold + running - terminal,
            expense_per_month=depreciation + written_off - sold + running,
            tax_saved_per_month=saved,
            present_per_month=present,
            paid_present_per_month=present + final + settled * paid_at,
        )

    def running(self, t: int, hired: int, used: int) -> float:
        """What is paid in a month besides purchases."""
        x = self.x
        gpus = x["gpus_per_node_count"]
        rent = x["rent_per_gpu_hour"] * x["hours_per_month"] * x["duty_share"]
        is_leased = x["acquisition_kind"] == "lease"
        if is_leased:
            paid = hired * x["lease_per_gpu_month"]
        else:
            self.reserved = max(self.reserved, hired * x["reserved_share"])
            paid = self.reserved * (1 - x["reserved_discount_share"])
            paid += max(hired - self.reserved, 0)
            paid *= rent * self.grown("rent_change_per_year", t)
        stands = used + (hired if is_leased else 0)
        power = x["power_use_share"] * x["pue"] * x["hours_per_month"] * x["price_per_kwh"]
        power *= x["duty_share"]
        power *= self.grown("energy_price_change_per_year", t)
        site = gpus * x["power_kw_per_gpu"] * (power + x["colo_per_kw_month"])
        support = gpus * x["capex_per_gpu"] * x["support_share_per_year"] / 12
        people = x["staff_fte"] * x["salary_per_year"] / 12
        people *= (1 + x["wage_growth_per_year"]) ** ((t - 1) // 12)
        incidents = x["incidents_per_year"] * x["incident_hours"] * x["incident_cost_per_hour"] / 12
        tokens = self.volume(t) * self.share / 1e6 * x["own_price_per_mtok"]
        total = gpus * paid + stands * site + used * support + people + incidents + tokens
        total += (hired + used) * x["node_opex_per_month"] + x["mlops_per_month"]
        return total + (x["migration_cost"] if t == 1 else 0.0)
