"""The one aggregation of usage, written once as an Ibis expression for any engine.

Rows of any layout become one row for each hour, model and other text that tells rows apart,
with the sums of its numbers. An engine reads the rows once and holds only the answer. What a
cell means is settled on that answer where possible, so that a row costs little.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pandas as pd
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from workbooks.usage.exports.cells import (
    COUNTS,
    CURRENCY_CODE,
    LARGEST,
    SIGN,
    SIGNS,
    TELLING_COMMA,
    breaks_rule,
    fraction,
    last_digit,
    number,
    rounded,
)
from workbooks.usage.exports.layout import MEASURES, TEXTS, Layout
from workbooks.usage.exports.reading import quoted
from workbooks.usage.exports.tables.times import has_offset, hour_text

SAMPLE_ROWS = 2000
"""Rows of which it is asked how their numbers are written."""


@dataclass(frozen=True)
class Reading:
    """How the columns of one table are to be read."""

    layout: Layout
    columns: Mapping[str, str]
    """Folded header to the table's column."""
    times: str = "iso"
    numerals: str = "plain"
    told_currency: str = ""
    """What the file says above its table."""
    cost_header: str = ""
    scales: Mapping[str, float] = field(default_factory=dict)
    """Column to how many one of its numbers is, where its header says thousands."""
    present: Mapping[str, tuple[str, ...]] = field(init=False)
    """Role to those of its columns that the table has."""

    def __post_init__(self) -> None:
        present = {
            role: tuple(self.columns[name] for name in names if name in self.columns)
            for role, names in self.layout.places.items()
        }
        object.__setattr__(self, "present", {role: here for role, here in present.items() if here})

    @property
    def measures(self) -> list[str]:
        """Roles of the table that are numbers."""
        return [role for role in MEASURES if role in self.present]

    @property
    def currency(self) -> str:
        """The currency where no column tells it: of the layout, the file or the cost's header."""
        told = self.currency_in_header
        return self.layout.currency or self.told_currency or SIGNS.get(told, told.strip("$"))

    @property
    def currency_in_header(self) -> str:
        """The code or the sign of a currency in the header of the cost; empty without."""
        code = CURRENCY_CODE.search(self.cost_header)
        sign = re.search(SIGN, self.cost_header)
        return code[0].upper() if code else sign[0] if sign else ""

    def header(self, role: str) -> str:
        """Return the folded header of the first column of a role."""
        cell = self.present[role][0]
        return next(header for header, column in self.columns.items() if column == cell)

    @property
    def passed_over(self) -> list[str]:
        """What a layout of no one vendor says where two columns hold the same role."""
        here = {column: header for header, column in self.columns.items()}
        roles = [role for role in self.measures if role not in self.added] * self.layout.general
        both = [self.present[role] for role in roles]
        return [
            f"where {here[first]} is filled, {', '.join(here[each] for each in rest)} is not read"
            for first, *rest in both
            if rest
        ]

    @property
    def added(self) -> tuple[str, ...]:
        """Roles whose columns are added up; of others the first filled one counts."""
        return ("apart", "cost") if self.layout.cost_in_parts else ("apart",)

    @property
    def of_two_scales(self) -> str:
        """A role of which one column holds thousands and another does not; empty without."""
        sizes = {
            role: {self.scales.get(column) for column in self.present[role]}
            for role in self.measures
        }
        return next((role for role, both in sizes.items() if len(both) > 1), "")

    @property
    def has_end(self) -> bool:
        """Whether rows tell where their span ends; a request counts where it begins."""
        return "end" in self.present and not self.rows_are_requests

    @property
    def rows_are_requests(self) -> bool:
        """Whether a row is a request; in a layout of no one vendor where it has an id of one."""
        return self.layout.rows_are_requests or (self.layout.general and "request" in self.present)

    @property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """Names of the texts that tell rows apart, with the columns of each."""
        one = {role: self.present[role] for role in TEXTS if role in self.present}
        return one | {f"kind_{i}": (col,) for i, col in enumerate(self.present.get("kind", ()))}


def hourly(
    table: ir.Table, reading: Reading, marked: bool = False, signed: bool = False
) -> ir.Table:
    """Return the sums of a table by hour and text.

    With `marked`, they have the hashes of the requests too, and with `signed` the counts of
    negative numbers. A column `again` of the table, which says that a request was counted before,
    tells rows apart.

    Columns: `hour` as text, the texts, `kept`, `rows`, and for each measure its sum, ``n_…`` how
    many cells were filled, ``read_…`` how many of them were numbers, ``low_…`` the smallest, and
    for counts ``part_…``, the largest fraction, and ``rough_…``, by how much rounding may have
    moved the sum. Rows of a cloud bill that are no language models
    are one row without hour and text.
    """
    kept = _kept(table, reading)
    keys = _keys(table, reading, kept)
    zoned = has_offset(table[reading.present["start"][0]])
    values = {role: _value(table, reading, role) for role in reading.measures}
    raws = {f"raw_{role}": _raw(table, reading, role) for role in reading.measures}
    if kept is None:
        kept = ibis.literal(True)
    marks = {"mark": mark(table, reading)} if marked else {}
    rough = _rough(table, reading)
    gaps = {f"rough_{role}": gap for role, gap in rough.items()}
    cells = table.select(**keys, kept=kept, zoned=zoned, **values, **raws, **marks, **gaps)
    sums = {"rows": cells.count(), "zoned": cells.zoned.max()}
    if marked:
        sums["marks"] = cells.mark.collect()
    for role in reading.measures:
        value = cells[role]
        sums |= {role: value.sum(), f"n_{role}": cells[f"raw_{role}"].count()}
        sums |= {f"read_{role}": value.count()}
        sums[f"low_{role}"] = value.min()
        if signed:
            sums[f"minus_{role}"] = (value < 0).sum()
        if role in COUNTS:
            sums[f"part_{role}"] = fraction(value).max()
        if role in rough:
            sums[f"rough_{role}"] = cells[f"rough_{role}"].sum()
    return cells.group_by([*keys, "kept"]).agg(**sums)


def has_decimal_comma(table: ir.Table, reading: Reading) -> bool:
    """Whether some number of a table can only be read with a decimal comma."""
    columns = [name for role in reading.measures for name in reading.present[role]]
    texts = [table[name].strip() for name in columns if table[name].type().is_string()]
    telling = {f"t{i}": text.re_search(TELLING_COMMA).any() for i, text in enumerate(texts)}
    return bool(telling) and bool((table.agg(**telling).execute() == True).any(axis=None))  # noqa: E712


def sampled(backend: Any, sql: str, reading: Reading, counts: bool) -> list[str]:
    """Return the filled cells of the first rows: of counts, or else of quantities and money."""
    both = ((role, name) for role in reading.measures for name in reading.present[role])
    whole = {name: role in COUNTS and name not in reading.scales for role, name in both}
    names = [quoted(name) for name, is_count in whole.items() if is_count == counts]
    query = f"SELECT {', '.join(names) or 'NULL'} FROM {sql} LIMIT {SAMPLE_ROWS}"
    return [cell for row in backend.con.sql(query).fetchall() for cell in row if cell]


def _keys(table: ir.Table, reading: Reading, kept: ir.Value | None) -> dict[str, ir.Value]:
    """Return what tells rows apart, by name."""
    start = table[reading.present["start"][0]]
    keys = {"hour": hour_text(start, reading.times)}
    if reading.has_end:
        keys["until"] = hour_text(table[reading.present["end"][0]], reading.times, minutes=True)
    keys |= {name: _first(table, columns).cast("string") for name, columns in reading.texts.items()}
    if kept is not None:
        nothing = ibis.null("string")
        keys |= {
            name: ibis.ifelse(kept, text, nothing)
            for name, text in keys.items()
            if name != "currency"  # money left out is told in its currency
        }
    if "cost" in reading.present and reading.numerals != "plain":
        cost = _raw(table, reading, "cost")
        keys["sign"] = cost.re_extract(SIGN, 0) if cost.type().is_string() else ibis.literal("")
    if "again" in table.columns:
        keys["again"] = table.again
    return keys


def mark(table: ir.Table, reading: Reading) -> ir.Value:
    """Return the hash of a request's id; null where it has none."""
    name = table[reading.present["request"][0]]
    return ibis.ifelse(name.isnull(), ibis.null("uint64"), _hash(name))


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash(text: str) -> dt.uint64:
    """Return DuckDB's own hash; that of Ibis is turned to a signed number by way of texts."""


def broken_roles(sums: pd.DataFrame, reading: Reading) -> list[str]:
    """Return the measures of which some cell breaks a rule."""
    kept = sums[sums.kept]
    return [role for role in reading.measures if _is_broken(kept, role)]


def is_signed(sums: pd.DataFrame, reading: Reading) -> bool:
    """Whether some number is negative."""
    return any((sums[f"low_{role}"] < 0).any() for role in reading.measures)


def broken_rows(table: ir.Table, reading: Reading, role: str) -> ir.Table:
    """Return the rows of which one measure breaks a rule."""
    value = _value(table, reading, role)
    broken = _raw(table, reading, role).notnull() & (value.isnull() | breaks_rule(value, role))
    kept = _kept(table, reading)
    return table.filter(broken if kept is None else broken & kept)


def _is_broken(sums: pd.DataFrame, role: str) -> bool:
    some = sums[sums[f"read_{role}"] > 0]
    return bool(
        (sums[f"read_{role}"] < sums[f"n_{role}"]).any()
        or not (some[f"low_{role}"] >= -LARGEST).all()
        or not (some[role] <= LARGEST).all()  # nor is it nan
        or (role in COUNTS and (sums[f"part_{role}"] > 0).any())
    )


def _raw(table: ir.Table, reading: Reading, role: str) -> ir.Value:
    return _first(table, reading.present[role])


def _rough(table: ir.Table, reading: Reading) -> dict[str, ir.Value]:
    """Return by how much the counts that people may have rounded are off at most, by role."""
    if reading.numerals == "plain":
        return {}
    gaps = {}
    for role in (each for each in reading.measures if each in COUNTS):
        raw, scale = _raw(table, reading, role), _scale(reading, role)
        if raw.type().is_string():
            step = last_digit(raw.strip(), reading.numerals) * (scale / 2)
            given = ibis.ifelse(_value(table, reading, role) == 0, 0.0, step)
            gaps[role] = given if scale > 1 else rounded(raw.strip(), reading.numerals)[1]
    return gaps


def _scale(reading: Reading, role: str) -> float:
    """Return how many one of a role is; columns of one role that differ in it are refused."""
    return reading.scales.get(reading.present[role][0], 1.0)


def _value(table: ir.Table, reading: Reading, role: str) -> ir.Value:
    scale = _scale(reading, role)
    if scale > 1:  # a number of thousands has decimals, as money has
        count = number(_raw(table, reading, role), "", reading.numerals) * scale
        return count.round().cast("float64")
    if role not in reading.added:
        return number(_raw(table, reading, role), role, reading.numerals)
    cells = [table[column] for column in reading.present[role]]
    numbers = [number(cell, role, reading.numerals) for cell in cells]
    counts = (ibis.ifelse(c.isnull(), 0.0, n) for c, n in zip(cells, numbers, strict=True))
    return sum(counts, ibis.literal(0.0))


def _first(table: ir.Table, columns: tuple[str, ...]) -> ir.Value:
    values = [table[column] for column in columns]
    return values[0] if len(values) == 1 else ibis.coalesce(*values)


def _kept(table: ir.Table, reading: Reading) -> ir.Value | None:
    """Whether a row of a cloud bill may be a model's; None where every row is."""
    if not reading.layout.keep:
        return None
    texts = (table[column].cast("string").lower() for column in reading.present["keep_in"])
    says = (text.re_search(reading.layout.keep).fill_null(False) for text in texts)
    return ibis.or_(*says)
