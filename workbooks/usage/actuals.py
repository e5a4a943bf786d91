"""What was consumed: months, mix, growth, seasons, peaks, coverage and cost."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from costcore.nodes.capacity import peak_factor
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.ledger import INPUT_KINDS, NUMBERS, TOKEN_KINDS, Export
from workbooks.usage.listprice import with_list_cost
from workbooks.usage.overlaps import beside_usage, twice

DAYS_IN_MONTH = 365 / 12
MONTHS_FOR_GROWTH, MONTHS_FOR_SEASONS, DAYS_FOR_WEEKDAYS = 3, 12, 28


@dataclass(frozen=True)
class Actuals:
    """Everything the exports say together; None where they do not."""

    exports: tuple[Export, ...]
    rows: pd.DataFrame
    first: datetime.date
    """First and last day of the exports that count tokens, or of all where none does."""
    last: datetime.date
    days_with_data: int
    notes: tuple[str, ...]

    @property
    def days(self) -> int:
        """Days in range, the last one included."""
        return (self.last - self.first).days + 1

    @property
    def tokens(self) -> pd.Series:
        """Tokens of each row."""
        return self.rows[list(TOKEN_KINDS)].sum(axis=1)

    @property
    def language(self) -> pd.DataFrame:
        """Rows of language models; embeddings, audio and images are no part of the volume."""
        return self.rows[self.rows.medium == ""]

    @property
    def volume(self) -> pd.Series:
        """Tokens of each row of a language model."""
        return self.tokens[self.rows.medium == ""]

    @property
    def apart(self) -> dict[str, float]:
        """Tokens by what else than language they are of: embedding, audio, image, media."""
        sums = self.tokens.groupby(self.rows.medium).sum()
        return {str(name): float(each) for name, each in sums.items() if name and each}

    @property
    def has_tokens(self) -> bool:
        """Whether any export counts tokens."""
        return any(export.has_tokens for export in self.exports)

    def by_month(self) -> pd.DataFrame:
        """Numbers by month and model; costs at list and as billed."""
        month = self.rows.hour.dt.strftime("%Y-%m").rename("month")
        columns = [*NUMBERS, "list_cost"]
        sums = self.rows.groupby([month, "model"])[columns].sum(min_count=1)
        return sums[sums.fillna(0.0).any(axis=1)]

    def share(self, part: Sequence[str], whole: Sequence[str]) -> float | None:
        """Share of some kinds of token in others; None where any export with tokens hides them."""
        known = [name for name in part if self.all_know([name])]
        if not known:
            return None
        total = self.language[list(whole)].sum().sum()
        return float(self.language[known].sum().sum() / total) if total else None

    @property
    def output_share(self) -> float | None:
        """Output tokens, of all."""
        return self.share(["output"], TOKEN_KINDS)

    @property
    def cached_share(self) -> float | None:
        """Tokens read from a cache, of the input."""
        return self.share(["cache_read"], INPUT_KINDS)

    @property
    def cache_write_share(self) -> float | None:
        """Tokens written to a cache, of the input."""
        return self.share(["cache_write_5m", "cache_write_1h"], INPUT_KINDS)

    @property
    def cache_write_1h_share(self) -> float | None:
        """Tokens written to a cache for an hour, of those written; None without any."""
        return self.share(["cache_write_1h"], ["cache_write_5m", "cache_write_1h"])

    @property
    def batch_share(self) -> float | None:
        """Tokens of batch jobs, of all."""
        total = self.volume.sum() if self.all_know(["batch"]) else 0.0
        return float(self.volume[self.language.batch > 0].sum() / total) if total else None

    def all_know(self, columns: Sequence[str]) -> bool:
        """Say whether every export that counts tokens has some columns."""
        counting = [export for export in self.exports if export.has_tokens]
        known = (export.rows[column].notna().any() for export in counting for column in columns)
        return bool(counting) and all(known)

    @property
    def full_months(self) -> pd.Series:
        """Tokens of each whole month in range, at a twelfth of a year's days."""
        months = self._daily.groupby(self._range.to_period("M")).agg(["sum", "count"])
        whole = months[months["count"] == pd.PeriodIndex(months.index).days_in_month]
        return whole["sum"] / whole["count"] * DAYS_IN_MONTH

    @property
    def _range(self) -> pd.DatetimeIndex:
        return pd.date_range(self.first, self.last)

    @property
    def _daily(self) -> pd.Series:
        """Tokens of each day in range."""
        daily = self.volume.groupby(self.rows.hour.dt.normalize()).sum()
        return daily.reindex(self._range, fill_value=0.0)

    @property
    def tokens_per_month(self) -> tuple[float, float, float] | None:
        """Low, base and high: the smallest, mean and largest whole month.

        High counts days without data as unknown where that is more, the others as no use.
        """
        total = float(self.volume.sum())
        if not total or self.uncounted_share is not None:
            return None
        months = self.full_months
        mean = total / self.days * DAYS_IN_MONTH
        dense = total / self.days_with_data * DAYS_IN_MONTH
        if months.empty:
            return mean, mean, max(mean, dense)
        return float(months.min()), float(months.mean()), max(float(months.max()), dense)

    @property
    def uncounted_share(self) -> float | None:
        """Share of the money that units of unknown size cost; None where all can be counted."""
        unknown = self.language.uncounted.fillna(0.0) != 0
        if not unknown.any():
            return None
        cost = self.language.cost.fillna(0.0)
        return float(cost[unknown].sum() / cost.sum()) if cost.sum() else math.nan

    @property
    def growth_per_year(self) -> tuple[float, float, float] | None:
        """Trend of the whole months to the year, less and plus one standard error."""
        if (trend := self.trend) is None:
            return None
        _, steps = trend
        return tuple(float(np.expm1(12 * step)) for step in steps)  # type: ignore[return-value]

    @property
    def next_tokens_per_month(self) -> tuple[float, float, float] | None:
        """What the trend says of the month after the last day, less and plus its error."""
        return self.level(self.next_month)

    def level(self, month: datetime.date) -> tuple[float, float, float] | None:
        """What the trend says of a month: no further on than for as long as it was measured."""
        if (trend := self.trend) is None:
            return None
        mean, steps = trend
        count, gone = len(self.full_months), self.since(month)
        months = (count - 1) / 2 + min(gone, count)
        return tuple(sorted(float(np.exp(mean + step * months)) for step in steps))  # type: ignore[return-value]

    def since_middle(self, month: datetime.date) -> float:
        """Months from the middle of what was measured to another."""
        if count := len(self.full_months):
            return self.since(month) + (count - 1) / 2
        middle = self.first + (self.last - self.first) / 2
        then = month.replace(day=1) + datetime.timedelta(DAYS_IN_MONTH / 2)
        return (then - middle).days / DAYS_IN_MONTH

    @property
    def last_whole(self) -> datetime.date:
        """First day of the last whole month."""
        last: datetime.date = pd.PeriodIndex(self.full_months.index)[-1].start_time.date()
        return last

    def since(self, month: datetime.date) -> int:
        """Months from the last whole month to another."""
        return int(pd.Period(month, "M").ordinal - pd.Period(self.last_whole, "M").ordinal)

    @property
    def trend(self) -> tuple[float, tuple[float, float, float]] | None:
        """Mean of the whole months' logarithms, and their slope less and plus its error."""
        months = self.full_months
        if len(months) < MONTHS_FOR_GROWTH or not (months > 0).all():
            return None
        x = np.arange(len(months)) - (len(months) - 1) / 2
        y = np.log(months.to_numpy())
        slope = float(x @ y / (x @ x))
        misses = y - y.mean() - slope * x
        error = math.sqrt(float(misses @ misses) / (len(y) - 2) / float(x @ x))
        return float(y.mean()), (slope - error, slope, slope + error)

    @property
    def season_factors(self) -> list[float] | None:
        """Twelve factors around the trend, the first for the month after the last day."""
        months = self.full_months
        if len(months) < MONTHS_FOR_SEASONS or not (months > 0).all():
            return None
        x = np.arange(len(months))
        trend = np.exp(np.polyval(np.polyfit(x, np.log(months), 1), x))
        factors = (months / trend).groupby(pd.PeriodIndex(months.index).month).mean()
        factors /= factors.mean()
        start = self.next_month.month
        return [float(factors[(start - 1 + i) % 12 + 1]) for i in range(12)]

    @property
    def next_month(self) -> datetime.date:
        """First day of the month after the last day."""
        return (self.last.replace(day=1) + datetime.timedelta(32)).replace(day=1)

    @property
    def weekday_factors(self) -> list[float] | None:
        """Monday to Sunday over the mean day."""
        counting = [export for export in self.exports if export.has_tokens]
        if not all(export.daily for export in counting):
            return None
        if self.days < DAYS_FOR_WEEKDAYS or not self.volume.sum():
            return None
        daily = self._daily
        means = daily.groupby(self._range.day_of_week).mean() / daily.mean()
        return [float(each) for each in means]

    @property
    def peak_factor(self) -> float | None:
        """Busiest hour over the mean hour; None where any export with tokens has days only."""
        counting = [export for export in self.exports if export.has_tokens]
        if not counting or not all(export.hourly for export in counting):
            return None
        end = pd.Timestamp(self.last) + pd.Timedelta(hours=23)
        hours = pd.date_range(self.first, end, freq="h")
        return peak_factor(self.volume.groupby(self.rows.hour).sum().reindex(hours, fill_value=0.0))

    @property
    def billed(self) -> dict[str, float]:
        """Cost as billed by currency."""
        known = self.rows[self.rows.cost.notna() & (self.rows.cost != 0)]
        sums = known.groupby("currency").cost.sum()
        return {str(name): float(each) for name, each in sums.items()}

    @property
    def listed(self) -> dict[str, float]:
        """Cost at list by currency, of the rows whose list price is known."""
        known = self.rows[self.rows.list_cost.notna() & (self.rows.list_cost != 0)]
        sums = known.groupby("list_currency").list_cost.sum()
        return {str(name): float(each) for name, each in sums.items()}

    @property
    def list_missing(self) -> list[str]:
        """What has tokens but no price of its own in the cost at list: `model: kind of token`."""
        some = self.rows[self.rows.list_cost.notna() & (self.rows.list_missing != "")]
        return sorted(set(some.model + ": " + some.list_missing))

    @property
    def unlisted(self) -> list[str]:
        """Models with tokens whose cost at list is unknown, the largest first, with their tier."""
        rows = self.rows
        apart = rows.tier.where(rows.tier != "", rows.medium.where(rows.list_name.notna(), ""))
        names = rows.model.where(apart == "", rows.model + " (" + apart + ")")
        unknown = self.tokens[rows.list_cost.isna()].groupby(names).sum()
        return [str(name) for name in unknown[unknown > 0].sort_values(ascending=False).index]


def actuals(exports: Sequence[Export]) -> Actuals:
    """Return what exports say together, tokens of one vendor counted once.

    Raises
    ------
    UsageError
        If there is nothing to add up.
    """
    notes, parts = twice(exports), []
    for export in exports:
        rows, told = beside_usage(export, exports)
        notes += told
        parts.append(rows)
    together = pd.concat(parts, ignore_index=True)
    dated = [export for export in exports if export.has_tokens] or exports
    days = pd.DatetimeIndex(np.unique(np.concatenate([export.days for export in dated])))
    if days.empty:
        raise UsageError("the exports have no rows")
    first, last = days.min().date(), days.max().date()
    return Actuals(tuple(exports), with_list_cost(together), first, last, len(days), tuple(notes))
