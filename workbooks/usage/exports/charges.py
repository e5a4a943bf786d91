"""What kind of charge a row of a bill is: use, or a purchase, tax, credit or correction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbooks.headings import adds_up as sums_up
from workbooks.usage.aggregate import Reading
from workbooks.usage.exports.cells import SIGNS
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.reading import BLANKS

KINDS = {
    "total": r"^(sub)?total",
    "tax": r"\b(tax|vat|gst)",
    "refund": r"refund",
    "credit": r"credit|discount(?!ed)|promotion",
    "adjustment": r"adjustment|rounding|negation",
    "purchase": r"purchase|commitment|fee$|reservation",
}
"""Words of the categories that bills have, the first that fits; all others are use."""
CREDITS = "(credits and refunds)"
LINES = {"tax": "(tax)", "credit": CREDITS, "refund": CREDITS, "adjustment": "(adjustments)"}


@dataclass(frozen=True)
class SetAside:
    """Rows and money of a file that are not counted, and why."""

    reason: str
    rows: int
    currency: str = ""
    cost: float = 0.0


def kind_of_charge(text: str | None) -> str:
    """Return the kind of charge that a category or type of line names.

    >>> [kind_of_charge(text) for text in ("Usage", "SavingsPlanRecurringFee", "Tax", None)]
    ['usage', 'purchase', 'tax', 'usage']
    >>> kind_of_charge("EdpDiscount"), kind_of_charge("DiscountedUsage")  # use at another price
    ('credit', 'usage')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text or "").lower()
    return next((kind for kind, pattern in KINDS.items() if re.search(pattern, words)), "usage")


def adds_up(models: pd.Series, names: pd.Series) -> pd.Series:
    """Whether a row is the sum of others, as the word says that stands for its model.

    The word may stand behind one of the `names`. Where every row is one, there are no others.

    >>> names = pd.Series(["gpt-4o", "Total", "Subtotal Azure", "All models", "gpt-4o Total"])
    >>> list(adds_up(names, names))
    [False, True, True, True, True]
    """
    others = frozenset(names.dropna())
    sums = {name: sums_up(name, others) for name in frozenset(models.dropna())}
    told = pd.Series([sums.get(each, False) for each in models], models.index, dtype=bool)
    return told & (not told.all())


def with_totals(sums: pd.DataFrame) -> pd.DataFrame:
    """Let rows that have the word for a total in the place of a day be totals of the first one.

    The word may stand in the place of a model, too, where the day is blank.
    """
    models = texts(sums, "model")
    dateless = sums.hour.str.removeprefix("? ").fillna(models.where(sums.hour.isna()))
    is_total = adds_up(dateless, models)
    if not is_total.any():
        return sums
    sums = sums.assign(charge=sums.charge if "charge" in sums else None)
    sums.loc[is_total, "charge"] = "Total"
    sums.loc[is_total, "hour"] = sums.hour[~is_total].dropna().min()
    if "until" in sums:
        sums.loc[is_total, "until"] = None
    return sums


def says_yes(text: str | None) -> bool:
    """Whether a text says yes, or that a cache was hit, or which request was repeated.

    >>> says_yes("HIT"), says_yes("MISS"), says_yes("00000000-0000-0000-0000-000000000000")
    (True, False, False)
    """
    plain = (text or "").lower()
    repeats = re.fullmatch(r"[\da-f-]{36}", plain) and set(plain) != {"0", "-"}
    return plain in ("true", "t", "hit", "1", "1.0", "yes", "y") or bool(repeats)


def apart(rows: pd.DataFrame, numbers: list[str]) -> tuple[pd.DataFrame, list[SetAside]]:
    """Return the rows of a bill by its column `charge`, and the purchases it is without.

    Taxes, credits and adjustments become lines of their own, without tokens.
    """
    other = rows.charge != "usage"
    if not other.any():
        return rows.drop(columns="charge"), []
    rows = rows.copy()
    for kind, line in LINES.items():
        rows.loc[rows.charge == kind, "model"] = line
    rows.loc[other, numbers] = np.nan
    bought = rows.charge.isin(list(REASONS))
    asides = [
        SetAside(REASONS[str(kind)], int(part.lines.sum()), str(currency), float(part.cost.sum()))
        for (kind, currency), part in rows[bought].groupby(["charge", "currency"])
    ]
    return rows[~bought].drop(columns="charge").reset_index(drop=True), asides


OTHER_DOLLARS = ("MXN", "BRL", "ARS", "CLP", "COP")
"""Currencies with the sign of the dollar whose code does not end in D."""
EFFECTIVE = "billed less effective cost of use: a commitment paid for it"
REASONS = {
    "purchase": "purchases and commitments, which are no use of the month",
    "total": "totals, which repeat other rows",
    "repeat": "requests that stand more than once, counted once",
    "replay": "answers from a gateway's own cache, which no provider served",
}


def currencies(sums: pd.DataFrame, reading: Reading) -> pd.Series:
    """Return the currency of each row; what neither column, file nor sign tells is `?`."""
    signs = texts(sums, "sign").map(SIGNS)
    told = texts(sums, "currency").str.upper()
    return told.replace(SIGNS).fillna(reading.currency or signs).fillna("?")


def of_no_currency(rows: pd.DataFrame) -> str:
    """Say what money nothing names the currency of, and what becomes of it; blank without any."""
    money = float(rows.cost[rows.currency == "?"].abs().sum())
    return (
        f"nothing says in which currency {money:,.2f} of its cost is: no price of a list is set "
        "against it, and a month's end takes it as the currency of the plan; name it with "
        "--currency EUR, in the header, such as cost_usd, or by a column of currencies with "
        "--columns …,currency=HEADER"
    ) * (money > 0)


def contradiction(sums: pd.DataFrame, reading: Reading) -> tuple[str, str] | None:
    """Return a sign that stands in cells of another currency, and that currency.

    Many currencies are called dollars, and only one is the euro.
    """
    if "sign" not in sums:
        return None
    told = pd.DataFrame({"sign": texts(sums, "sign"), "currency": currencies(sums, reading)})
    for sign, currency in told.dropna().drop_duplicates().itertuples(index=False):
        if not _may_be(sign, currency):
            return sign, currency
    return None


def _may_be(told: str, currency: str) -> bool:
    """Whether money with a sign or a code can be in a currency; one not known can be any."""
    dollars = told == "$" and (currency.endswith("D") or currency in OTHER_DOLLARS)
    return dollars or currency in ("?", SIGNS.get(told, told))


def refuse_two_currencies(name: str, sums: pd.DataFrame, reading: Reading) -> None:
    """Raise a UsageError where what says the currency of a file says another than its rows."""
    told = {
        f"the header {reading.cost_header}": reading.currency_in_header,
        "the line above its table": reading.told_currency,
        "what was stated": reading.layout.currency,
    }
    rows = currencies(sums, reading).unique()
    for what, said in told.items():
        for currency in rows if said else ():
            if not _may_be(said, currency):
                raise UsageError(
                    f"{name}: {what} says {said}, and its rows {currency}; "
                    "say which column is the cost in that currency with --columns"
                )


def texts(sums: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of text, None where it is blank or not there."""
    cells = sums[name] if name in sums else [None] * len(sums)
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
    filled = [None if text in BLANKS else text for text in texts]
    return pd.Series(filled, index=sums.index, dtype=object)


def others(sums: pd.DataFrame, reading: Reading) -> list[SetAside]:
    """Return the rows of other services and those without any content, with their money."""
    left = sums[~sums.kept | sums.hour.isna()]
    cost = left.cost.fillna(0.0) if "cost" in left else left["rows"] * 0.0
    asides = []
    for (kept, currency), part in left.groupby([left.kept, currencies(left, reading)]):
        reason = "blank rows" if kept else reading.layout.others
        money = float(cost[part.index].sum()) / reading.layout.divisor
        asides.append(SetAside(reason, int(part.rows.sum()), str(currency), money))
    return asides


def money_read(sums: pd.DataFrame, reading: Reading) -> tuple[tuple[str, float], ...]:
    """Return the cost of every row that was read, by currency."""
    if "cost" not in sums:
        return ()
    costs = sums.cost.fillna(0.0).groupby(currencies(sums, reading))
    by_currency = costs.sum() / reading.layout.divisor
    return tuple((str(name), float(cost)) for name, cost in by_currency.items())


def swapped(both: tuple[tuple[str, float, float], ...], rows: pd.DataFrame) -> list[SetAside]:
    """Return by how much the cost of use is not as billed, where the effective cost counts."""
    use = rows[rows.charge == "usage"].groupby("currency").cost.sum()
    gaps = [(name, billed - float(use[name])) for name, billed, _ in both]
    return [SetAside(EFFECTIVE, 0, name, gap) for name, gap in gaps if abs(gap) > 1e-9]


def both_costs(rows: pd.DataFrame, sums: pd.DataFrame) -> tuple[tuple[str, float, float], ...]:
    """Let use that a commitment paid for cost what it drew from it; return both costs."""
    if "effective" not in sums or not sums.n_effective.any():
        return ()
    use = rows.charge == "usage"
    effective = sums.effective.fillna(0.0).where(sums.n_effective > 0, rows.cost)
    both = [
        (str(name), float(part.cost.sum()), float(effective[part.index].sum()))
        for name, part in rows[use].groupby("currency")
    ]
    drawn = use & (rows.cost.fillna(0.0) == 0) & (effective != 0)
    if drawn.any() or (rows.charge == "purchase").any():
        rows["cost"] = rows.cost.where(~use, effective)
    return tuple(both)


def signs(sums: pd.DataFrame, reading: Reading) -> list[str]:
    """Say how many corrections were netted."""
    minus = [role for role in reading.measures if f"minus_{role}" in sums]
    most = max((int(sums[f"minus_{role}"].fillna(0).sum()) for role in minus), default=0)
    return [f"{most:,} negative rows (corrections, refunds or credits) were netted"] if most else []


def refuse_negative(name: str, rows: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise a UsageError where corrections take back more than was counted."""
    for column in columns:
        if not (rows[column] < 0).any():
            continue
        sums = rows.groupby("model")[column].sum()
        for model, tokens in sums[sums < 0].items():
            raise UsageError(
                f"{name}: corrections leave {tokens:,.0f} tokens ({column}) of {model}; the rows "
                "they correct are missing, so import those months too"
            )
