"""The proof by totals: what was read is what was kept and set aside, and list against billed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbooks.usage.actuals import Actuals
from workbooks.usage.ledger import Export

LOWEST_RATIO, HIGHEST_RATIO = 0.5, 1.5
"""List over billed within these is a discount or a surcharge that needs no question."""


COUNTED = {
    "requests": "requests",
    "uncached": "input tokens",
    "cache_read": "tokens read from a cache",
    "cache_write_5m": "written to a cache for minutes",
    "cache_write_1h": "written for an hour",
    "output": "output tokens",
    "reasoning": "of them for reasoning",
    "undirected": "tokens of no known kind",
    "uncounted": "units of unknown size",
}
"""What the kept rows of a file count, in words."""


@dataclass(frozen=True)
class Money:
    """What the rows of a file cost, in one currency: read, kept and set aside."""

    currency: str
    read: float
    kept: float
    aside: float

    @property
    def balances(self) -> bool:
        """Whether nothing was lost or added, to the cent."""
        return abs(self.read - self.kept - self.aside) < 0.005


@dataclass(frozen=True)
class Ratio:
    """The cost at list of a model over what was billed for it, in one currency."""

    model: str
    currency: str
    billed: float
    listed: float

    @property
    def ratio(self) -> float:
        """List over billed."""
        return self.listed / self.billed

    @property
    def cause(self) -> str:
        """What the ratio probably comes from; empty within the usual."""
        if LOWEST_RATIO <= self.ratio <= HIGHEST_RATIO:
            return ""
        for factor in (1e3, 1e6):
            if 0.5 < self.ratio / factor < 2 or 0.5 < self.ratio * factor < 2:
                return f"the unit of its tokens, {factor:,.0f} times off"
        if self.ratio > 1:
            return "a discount, cached tokens that are not told, or a cheaper tier"
        return "tokens that are missing, a dearer tier, or charges that are no tokens"


def money(export: Export) -> list[Money]:
    """Return what a file's rows cost by currency."""
    kept = export.rows.groupby("currency").cost.sum()
    aside: dict[str, float] = {}
    for each in export.asides:
        aside[each.currency] = aside.get(each.currency, 0.0) + each.cost
    return [
        Money(name, read, float(kept.get(name, 0.0)), aside.get(name, 0.0))
        for name, read in export.money
    ]


def ratios(actuals: Actuals) -> list[Ratio]:
    """Return list against billed for each model that has both in one currency."""
    rows = actuals.rows
    same = rows.list_currency == rows.currency
    both = rows[rows.list_cost.notna() & rows.cost.notna() & same]
    sums = both.groupby(["model", "currency"])[["cost", "list_cost"]].sum().reset_index()
    told = sums[(sums.cost > 0) & (sums.list_cost > 0)]
    columns = (told[name].tolist() for name in ("model", "currency", "cost", "list_cost"))
    return [Ratio(*each) for each in zip(*columns, strict=True)]


def _counted(export: Export) -> Iterator[str]:
    """Yield what the kept rows count, so that it can be held against the vendor's own page."""
    for name, words in COUNTED.items():
        if count := float(export.rows[name].sum()):
            yield f"{count:,.0f} {words}"


def reconciliation(actuals: Actuals) -> Iterator[str]:
    """Yield the proof, one sentence each."""
    for export in actuals.exports:
        left = sum(each.rows for each in export.asides)
        yield f"{export.name}: {export.rows_read:,} rows read, {export.rows_read - left:,} kept."
        yield f"  Kept: {', '.join(_counted(export)) or 'no tokens'}."
        for each in export.asides:
            money_left = f"{each.cost:,.2f} {each.currency}"
            yield f"  Set aside: {each.rows:,} rows, {money_left}: {each.reason}."
        for sum_ in money(export):
            verdict = "balances" if sum_.balances else "DOES NOT BALANCE"
            yield (
                f"  {sum_.currency}: {sum_.read:,.2f} read = {sum_.kept:,.2f} kept + "
                f"{sum_.aside:,.2f} set aside: {verdict}."
            )
    for model_ratio in ratios(actuals):
        why = f": look for {model_ratio.cause}" if model_ratio.cause else ""
        listed = f"{model_ratio.listed:,.2f} {model_ratio.currency} at list"
        billed = f"{model_ratio.billed:,.2f} billed, ratio {model_ratio.ratio:.2f}"
        yield f"{model_ratio.model}: {listed}, {billed}{why}."
