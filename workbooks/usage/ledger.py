"""The canonical table of usage: what every layout comes down to, and what was understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbooks.usage.aggregate import Reading
from workbooks.usage.layout import TOKENS, Layout, UsageError, kinds
from workbooks.usage.source import BLANKS

INPUT_KINDS = ("uncached", "cache_read", "cache_write_5m", "cache_write_1h")
TOKEN_KINDS = (*INPUT_KINDS, "output")
NUMBERS = ("requests", *TOKEN_KINDS, "reasoning", "undirected", "cost")
"""`reasoning` is part of `output`; `undirected` tokens are of no known kind."""
BLOCK = re.compile(r"(?P<count>\d[\d, ]*)?\s*(?P<scale>[km]|thousand|million)?\s*(?P<noun>[a-z]*)")
SCALES = {None: 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
BARE_NOUNS = ("", "count", "unit", "units")


@dataclass(frozen=True)
class Export:
    """One file or table, on the canonical table: a row for each hour, model and way of sending.

    Columns of `rows`: hour, model, vendor, batch (nan where unknown), currency, and `NUMBERS`,
    which are nan throughout where the export does not have them.
    """

    name: str
    layout: Layout
    rows: pd.DataFrame
    hourly: bool
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def has_tokens(self) -> bool:
        """Whether it counts tokens at all."""
        return bool(self.rows[list(TOKEN_KINDS)].notna().any(axis=None))

    @property
    def days(self) -> pd.DatetimeIndex:
        """Days of which it says something, be it that nothing was used."""
        return pd.DatetimeIndex(self.rows.hour.dt.normalize().unique()).sort_values()


def export(
    name: str,
    reading: Reading,
    sums: pd.DataFrame,
    left_out: Sequence[str] = (),
    notes: Iterable[str] = (),
) -> Export:
    """Return hourly sums on the canonical table, with notes on how they were understood.

    Raises
    ------
    UsageError
        If it has no rows, or more cached tokens than input they are part of.
    """
    layout = reading.layout
    said = [*notes, layout.note, _cache_rule(sums, layout)]
    if others := int(sums.rows[~sums.kept].sum()):
        said.append(f"rows of other services left out: {others:,}")
    mine = sums[sums.kept & sums.hour.notna()].reset_index(drop=True)
    if mine.empty:
        raise UsageError(f"{name} has no rows of language models")
    rows = pd.DataFrame({"hour": mine.hour, "model": _models(mine, layout)})
    rows["vendor"] = _text(mine, "provider").fillna(layout.vendor).str.lower()
    rows["batch"] = _batch(mine, reading)
    rows["currency"] = _text(mine, "currency").str.upper().fillna(layout.currency or "?")
    parts = _long(mine, layout, said) if layout.is_long else _wide(name, mine, layout)
    for column in NUMBERS:
        rows[column] = parts.get(column, np.nan)
    if "cost" in mine and mine.n_cost.any():
        rows["cost"] = mine.cost.fillna(0.0) / layout.divisor
    rows["requests"] = _requests(mine, layout)
    used = rows[list(NUMBERS)].fillna(0).any(axis=1)
    hours = rows.hour[used].dt.hour
    by_hour = hours.nunique() > 1 or bool(layout.rows_are_requests and hours.any())
    return Export(name, layout, rows, by_hour, tuple(left_out), tuple(filter(None, said)))


def _text(sums: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of text, None where it is blank or not there."""
    cells = sums[name] if name in sums else [None] * len(sums)
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
    filled = [None if text in BLANKS else text for text in texts]
    return pd.Series(filled, index=sums.index, dtype=object)


def _models(sums: pd.DataFrame, layout: Layout) -> pd.Series:
    names = _text(sums, "model").fillna("(not named)")
    if not layout.model_in:
        return names
    inside = {text: re.search(layout.model_in, text) for text in names.unique()}
    return names.map({text: found[1].strip() if found else text for text, found in inside.items()})


def _batch(sums: pd.DataFrame, reading: Reading) -> pd.Series:
    """Whether the rows were sent as batch jobs; nan where the layout does not say."""
    names = [name for name in ("batch", *_kind_columns(sums)) if name in sums]
    if not names:
        return pd.Series(np.nan, index=sums.index)
    told = zip(*(_text(sums, name).fillna("") for name in names), strict=True)
    words = [" ".join(texts).lower().replace("_", " ") for texts in told]
    found = [bool(re.search(r"\bbatch\b|^true\b", text)) for text in words]
    return pd.Series(found, index=sums.index, dtype=float)


def _cache_rule(sums: pd.DataFrame, layout: Layout) -> str:
    """Say how cached tokens stand to input tokens."""
    if "input" not in sums:
        return ""
    if "cache_read" not in sums:
        return "it does not tell cached tokens from others"
    return {
        "inside": "its input includes the cached tokens, so they were taken out",
        "beside": "its input leaves out the cached tokens, so they were added to it",
        "total": "whether its input includes the cached tokens was told by its total",
    }[layout.cached]


def _kind_columns(sums: pd.DataFrame) -> list[str]:
    return [str(name) for name in sums if str(name).startswith("kind_")]


def _requests(sums: pd.DataFrame, layout: Layout) -> pd.Series | float:
    if "requests" in sums and sums.n_requests.any():
        return sums.requests.fillna(0.0)
    return sums.rows.astype(float) if layout.rows_are_requests else np.nan


def _wide(name: str, sums: pd.DataFrame, layout: Layout) -> dict[str, pd.Series]:
    """Return the kinds of token of a layout that has a column for each."""
    known = [role for role in (*TOKENS, "reasoning") if role in sums and sums[f"n_{role}"].any()]
    parts = {role: sums[role].fillna(0.0) for role in known}
    if not parts:
        return {}
    zero = pd.Series(0.0, index=sums.index)
    cached = sum((parts.get(role, zero) for role in TOKENS[1:4]), zero)
    given = parts.pop("input", zero)
    inside = pd.Series(layout.cached == "inside", index=sums.index)
    if layout.cached == "total" and "total" in sums:
        sent = given + parts.get("output", zero)
        inside = (sums.total - sent).abs() <= (sums.total - sent - cached).abs()
    parts["uncached"] = given - cached * inside
    for hour, read, all_input in zip(sums.hour, cached, given - cached * inside, strict=True):
        if all_input < 0:
            raise UsageError(
                f"{name}, {hour:%Y-%m-%d %H:00}: {read:,.0f} cached tokens are more than "
                "the input tokens, which should include them"
            )
    return parts


def _long(sums: pd.DataFrame, layout: Layout, said: list[str]) -> dict[str, pd.Series]:
    """Return the kinds of token of a layout that names them in words, one to a row."""
    blocks = {unit: block(unit, layout.bare_units) for unit in _text(sums, "unit").unique()}
    size = _text(sums, "unit").map(blocks).astype(float)
    texts = [_text(sums, name) for name in _kind_columns(sums)]
    kind = pd.Series([_first_kind(told) for told in zip(*texts, strict=True)], dtype=object)
    tokens = sums.quantity * size if "quantity" in sums else size * np.nan
    if layout.bare_units:  # such a unit may count anything, unless a word says tokens
        tokens = tokens.where(kind.notna())
    units = sorted({str(unit) for unit in _text(sums, "unit")[tokens.isna()].dropna()})
    if units:
        said.append(f"it counts {', '.join(units[:4])} in some rows, which are no tokens")
    if not tokens.notna().any():
        return {}
    parts = {each: tokens.where(kind == _kind_name(each), 0.0) for each in TOKEN_KINDS}
    return {
        **{each: part.fillna(0.0) for each, part in parts.items()},
        "undirected": tokens.where(kind.isna(), 0.0).fillna(0.0),
    }


def _kind_name(column: str) -> str:
    return "input" if column == "uncached" else column


def _first_kind(texts: tuple[str | None, ...]) -> str | None:
    return next((found for text in texts if text and (found := kind_of(text))), None)


def kind_of(text: str) -> str | None:
    """Return the kind of token that a text names, or None where it names none or two.

    >>> kind_of("USE1-NovaPro-cache-read-input-token-count"), kind_of("GPT 5 outpt Glbl 1M Tokens")
    ('cache_read', 'output')
    >>> kind_of("input and output tokens") is None
    True
    """
    words = re.sub(r"[\W_]+", " ", text.lower())
    found = [kind for kind, pattern in kinds() if pattern.search(words)]
    if "output" in found and "input" in found:
        return None
    return found[0] if found else None


def block(unit: str | None, bare: bool = False) -> float:
    """Return how many tokens one unit is; nan where it is something else.

    Parameters
    ----------
    bare : whether the vendor writes "1K" for a thousand tokens

    Examples
    --------
    >>> block("1K tokens"), block("1000 Tokens"), block("1M", bare=True), block("1 Hour", bare=True)
    (1000.0, 1000.0, 1000000.0, nan)
    """
    found = BLOCK.fullmatch((unit or "").strip().lower())
    nouns = ("token", "tokens", *(BARE_NOUNS if bare else ()))
    if not unit or not found or found["noun"] not in nouns:
        return float("nan")
    return float((found["count"] or "1").replace(",", "").replace(" ", "")) * SCALES[found["scale"]]
