"""Plan the refresh of a workbook's price table, and carry out exactly what was planned."""

from __future__ import annotations

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbooks import clock
from workbooks.file import swap
from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.prices.splice import records, rules
from workbooks.prices.splice.changes import Change, Changes, Kept
from workbooks.prices.splice.columns import DATES
from workbooks.prices.splice.parts import changed_parts
from workbooks.prices.splice.records import Given, Plain, Record
from workbooks.prices.splice.rules import TableRow
from workbooks.prices.splice.view import View
from workbooks.rows import PRICES, PROVENANCE
from workbooks.tables import token_prices

OURS = "tblPrices"
"""The table of a budget, which has the prices of one day; in others a dated row is history."""
Records = Mapping[str, list[Record]]  # by model


def plan_refresh(
    path: str | Path,
    rows: Iterable[Given],
    *,
    table: str | None = None,
    append: bool = False,
    known: Iterable[Given] | None = None,
    ours: bool = False,
) -> Changes:
    """Say what new prices would change in a workbook's price table; nothing is written.

    Parameters
    ----------
    path
        An .xlsx or .xlsm workbook.
    rows
        The new prices, by the field names of `TokenPrice` or the headings of a price table.
    table
        The name of the table; without it `tblPrices`, or the only table with models and prices.
    append
        Whether models that the table does not have get new rows below it.
    known
        Every price that our lists have had, to tell a price edited by hand; without it those
        the package ships.
    ours
        Whether the prices are those of a budget folder: see `plan_content`.

    Raises
    ------
    RefreshError
        If the workbook has to stay as it is; the message says why in one sentence.
    """
    real, content = swap.read(Path(path))
    return plan_content(real, content, rows, table=table, append=append, known=known, ours=ours)


def plan_content(
    real: Path,
    content: bytes,
    rows: Iterable[Given],
    *,
    table: str | None = None,
    append: bool = False,
    known: Iterable[Given] | None = None,
    ours: bool = False,
) -> Changes:
    """Say the same of what a workbook would hold.

    With `ours` the rows are those of a folder that knows what is a contract and what a list: a
    row of the workbook whose source the folder knows is then brought to what is in force.
    """
    given = records.read(rows)
    shipped = records.read(token_prices() if known is None else known)
    try:
        view = View(real, content, table, below=len(given) if append else 0)
        return _planned(view, content, given, shipped, append, ours)
    except RefreshError as error:
        if real.name in str(error):
            raise
        raise RefreshError(f"{real.name}: {error}") from None


def _planned(
    view: View,
    content: bytes,
    given: list[Record],
    known: list[Record],
    append: bool,
    ours: bool,
) -> Changes:
    listed = records.by_model(given if ours else records.current(given))
    refresh = _Refresh(view, listed, records.by_model([*known, *given]), ours)
    for row in refresh.open_rows():
        refresh.decide(row)
    unknown = refresh.unknown()
    names = tuple(str(record["model"]) for record in unknown)
    return Changes(
        *(view.path, view.table.sheet, view.table.name),
        *(tuple(refresh.changed), tuple(refresh.kept)),
        added=names if append else (),
        unknown=() if append else names,
        unlisted=tuple(refresh.unlisted),
        copies=tuple(f"{t.name} on {t.sheet}" for t in view.book.copies(view.table)),
        sha256=hashlib.sha256(content).hexdigest(),
        parts=changed_parts(view, refresh.cells, unknown if append else ()),
    )


def apply_refresh(path: str | Path, changes: Changes) -> Path | None:
    """Write what was planned, and return the path of the copy of the workbook as it was.

    Returns None, and writes nothing, where there is nothing to change.

    Raises
    ------
    RefreshError
        If the file is open, cannot be written, or is not the one the plan was made for.
    """
    real, content = swap.read(Path(path))
    if hashlib.sha256(content).hexdigest() != changes.sha256:
        raise RefreshError(f"{real.name} has been saved since it was read; look at it once more")
    if not changes.parts:
        return None
    new = Package(real, content).rebuilt(changes.parts)
    swap.check_whole(real, new, changes.parts)
    return swap.swap(real, content, new)


class _Refresh:
    """What has been decided so far about the rows of a table."""

    def __init__(self, view: View, listed: Records, known: Records, ours: bool) -> None:
        self.view, self.listed, self.known = view, listed, known
        every = (record for found in known.values() for record in found)
        sources = (record.get("source") for found in known.values() for record in found)
        self.sources = frozenset(str(each) for each in sources) if ours else frozenset()
        self.origins = {rules.origin(record.get("source")) for record in every} - {""}
        self.changed: list[Change] = []
        self.kept: list[Kept] = []
        self.unlisted: list[str] = []
        self.cells: dict[int, dict[int, bytes]] = defaultdict(dict)

    def open_rows(self) -> list[TableRow]:
        """Return the rows that are not history, each of another model."""
        rows: dict[tuple[str, str], TableRow] = {}
        open_ones = {r.key for r in self.view.rows if not rules.closed(r, self._day(r))}
        for row in self.view.rows:
            is_ours = row.text("source") in self.sources and row.key not in open_ones
            if rules.closed(row, self._day(row)) and not is_ours:
                continue
            if row.key in rows and row.key[0]:
                first, second = (self.view.name(r, "model") for r in (rows[row.key], row))
                raise RefreshError(
                    f"{self.view.path.name}, sheet {self.view.table.sheet}: {first} and {second} "
                    f"both hold {row.key[0]!r}, and the table may have a model only once"
                )
            rows[row.key] = row
        return list(rows.values())

    def _day(self, row: TableRow) -> datetime.date:
        days = [record.get("as_of") for record in self.listed.get(row.key[0], ())]
        known = [day for day in days if isinstance(day, datetime.date)]
        return max(known, default=clock.today())

    def decide(self, row: TableRow) -> None:
        """Change the prices of a row that may change, or note why it stays."""
        model = row.key[0]
        if model not in self.listed and model:
            self.unlisted.append(model)
            return
        record = self._record(row)
        if isinstance(record, str):
            self._keep(row, "model", record)
            return
        if not self._same_currency(row, record):
            return
        results = {self._price(row, f, record) for f in PRICES if f in self.view.at}
        if "kept" not in results or "changed" in results:
            self._tell_origin(row, record)

    def _record(self, row: TableRow) -> Record | str:
        """Return the record that a row takes its prices from, or why it takes none."""
        model = row.key[0]
        is_ours = row.text("source") in self.sources
        if reason := rules.uncomputed(row) or rules.protected(row, told=not is_ours):
            return reason
        found = rules.chosen(row, self.listed[model])
        if isinstance(found, str):
            return found
        ours = rules.origin(row.text("source")) in self.origins
        edited = rules.edited(row, self.known[model]) if ours else None
        return (None if is_ours else rules.stale(row, found)) or edited or found

    def _same_currency(self, row: TableRow, record: Record) -> bool:
        """Bring the currency of a row first: without it its prices would be others."""
        new, cell = record.get("currency"), row.cells.get("currency")
        if "currency" not in self.view.at or not new or row.text("currency").upper() == new:
            return True
        if (cell and cell.formula is not None) or self.view.locked(row, "currency"):
            told = "a formula" if cell and cell.formula is not None else "locked"
            self._keep(row, "currency", f"it is {told}, and the list has {new}")
            return False
        self._put(row, "currency", new, record)
        return True

    def _price(self, row: TableRow, field: str, record: Record) -> str:
        cell, held = row.cells.get(field), row.held(field)
        if rules.same(held, record.get(field)) and (cell is None or cell.formula is None):
            return "same"
        is_ours = row.text("source") in self.sources
        reason = rules.cell_reason(row.columns[field][1], cell, held, record, is_ours)
        if reason is None and self.view.locked(row, field):
            reason = "it is locked on a protected sheet"
        if reason is None and self.view.table.name != OURS:
            reason = rules.history(row)
        if reason:
            if field in record:
                self._keep(row, field, reason)
            return "kept"
        self._put(row, field, record.get(field), record)
        return "changed"

    def _keep(self, row: TableRow, field: str, reason: str) -> None:
        where = self.view.name(row, field)
        self.kept.append(Kept(self.view.table.sheet, where, row.key[0], reason))

    def _tell_origin(self, row: TableRow, record: Record) -> None:
        """Say in the row where its prices now come from; somebody's own words stay."""
        ours = rules.origin(row.text("source")) in self.origins
        for field in PROVENANCE if ours else ("as_of",):
            cell, held, new = row.cells.get(field), row.held(field), record.get(field)
            if field not in self.view.at or field not in record or self.view.locked(row, field):
                continue
            if cell and cell.formula is not None:
                continue
            shown = row.day(field) if field in DATES else held
            readable = held is None or shown is not None  # "last spring" is no day of ours
            if shown != new and readable and (ours or new is not None):
                self._put(row, field, new, record)

    def _put(self, row: TableRow, field: str, new: Plain, record: Record) -> None:
        view, day = self.view, record.get("as_of")
        self.cells[row.number][view.at[field]] = view.cell(row, field, new)
        old = row.day(field) if field in DATES else row.held(field)
        as_of = day if isinstance(day, datetime.date) else None
        self.changed.append(
            Change(
                *(view.table.sheet, view.name(row, field), row.key[0], view.heading(field)),
                *(old, new, str(record.get("source") or ""), as_of),
            )
        )

    def unknown(self) -> list[Record]:
        """Return the records whose model has no row."""
        keys = {row.key for row in self.view.rows}
        keys |= {(model, "") for model, _ in keys}
        named = "provider" in self.view.at
        found: dict[tuple[str, str], Record] = {}
        for record in (record for many in self.listed.values() for record in many):
            provider = str(record.get("provider") or "") if named else ""
            found.setdefault((str(record["model"]), provider), record)
        blank = {row.key[0] for row in self.view.rows if not row.key[1]}
        return [r for key, r in found.items() if key not in keys and key[0] not in blank]
