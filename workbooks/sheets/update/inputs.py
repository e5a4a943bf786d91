"""Put what usage says of the one workload of a plan into its inputs, months and hours, in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workbooks.file.cells import Value, reference, value, written
from workbooks.file.markup import Edit, splice
from workbooks.file.refusal import RefreshError
from workbooks.file.rows import put
from workbooks.plan.workloads.content import Content
from workbooks.scenario.inputs import INPUTS
from workbooks.sheets.draft import FIRST
from workbooks.sheets.intake.cells import Place, Reader
from workbooks.sheets.intake.series import LOAD_HEADING
from workbooks.sheets.pages.months import SERIES_LABELS
from workbooks.sheets.update.rows import shown
from workbooks.sheets.update.values import Pages

HEADINGS = {"low": "Low", "base": "Base", "high": "High", "source": "Source", "as_of": "As of"}
OWN_PRICES = ("api_input_price_per_mtok", "api_output_price_per_mtok", "api_cached_price_per_mtok")
SEASON = SERIES_LABELS["season_factor"]


def with_inputs(path: Path, content: bytes, measured: Content) -> tuple[bytes, list[str]]:
    """Return a workbook with the figures of a workload as its inputs, and what was changed.

    A formula that somebody put into a cell stays, and is named.

    Raises
    ------
    RefreshError
        If the workbook has no place for a figure, or prices of its own for another model.
    """
    (workload,), (engine,) = measured["workload"], measured["engine"]
    known = {**workload, **{k: engine[k] for k in ("batch_discount_share",) if k in engine}}
    work = _Inputs(path, content)
    work.refuse_prices(engine["name"])
    for name, said in {**known, "api_model": engine["model"]}.items():
        if name in INPUTS:
            work.enter(name, said if isinstance(said, Mapping) else {"base": said})
    work.row("Workload", SEASON, known.get("season_factor", []))
    work.column("Load", LOAD_HEADING, known.get("load_factor", []))
    return work.done(content)


def with_months(
    path: Path, content: bytes, name: str, factors: Sequence[float]
) -> tuple[bytes, list[str]]:
    """Return a workbook with the factors of a row of the sheet Workload, and what was changed."""
    work = _Inputs(path, content)
    work.row("Workload", SERIES_LABELS[name], factors)
    return work.done(content)


class _Inputs:
    def __init__(self, path: Path, content: bytes) -> None:
        self.reader, self.pages = Reader(path, content), Pages(path, content)
        self.edits: dict[str, list[Edit]] = {}
        self.told: list[tuple[str, str]] = []

    def refuse_prices(self, model: str) -> None:
        """Refuse another model where prices are typed that were those of the one before."""
        before = self._held(self.reader.named("api_model"))
        typed = [name for name in OWN_PRICES if self._held(self.reader.named(name)) is not None]
        if typed and before != model:
            raise RefreshError(
                f"Inputs has {typed[0]} of your own for {shown(before)}, and usage is of {model}; "
                "clear it, or add it as a price sheet"
            )

    def enter(self, name: str, said: Mapping[str, Any]) -> None:
        """Write the ends, source and day of an input."""
        place = self.reader.named(name)
        heads = place and self.reader.heading(place.page, *HEADINGS.values(), above=place.row)
        if not place or not heads:
            raise RefreshError(f"the sheet Inputs has no cell named {name}; put it back")
        cells = {**{end: said.get(end, said["base"]) for end in ("low", "base", "high")}}
        cells |= {note: said.get(note, "") for note in ("source", "as_of")}
        cells["source"] = cells["source"] or "workloads.toml"
        first = len(self.told)
        for part, new in cells.items():
            before = len(self.told)
            if part != "as_of" or new:
                self._write(place.right(heads[HEADINGS[part]].column), name, new)
            if part == "base" and len(self.told) > before:
                self.told.insert(first, self.told.pop())  # it stands for the others

    def row(self, sheet: str, label: str, factors: Sequence[float]) -> None:
        """Write twelve factors over and over along the months of a row."""
        page = self.reader.sheet(sheet, label) if factors else None
        for cell in page.texts if page else ():
            if cell.shown == label and page:
                ends = [c for row, c in page.cells if row == cell.row and c > FIRST]
                for t, column in enumerate(sorted(ends)):
                    new = factors[t % len(factors)]
                    self._write(Place(page, cell.row, column), label, new)

    def column(self, sheet: str, heading: str, factors: Sequence[float]) -> None:
        """Write the hours of a week below a heading."""
        page = self.reader.sheet(sheet, heading) if factors else None
        top = self.reader.heading(page, heading).get(heading) if page else None
        if not page or not top:
            return
        rows = sorted(row for row, c in page.cells if c == top.column and row > top.row)
        if len(rows) != len(factors):
            raise RefreshError(
                f"the sheet {sheet} has {len(rows)} hours and usage {len(factors)}; make the "
                "workbook anew with a load of a week"
            )
        for row, new in zip(rows, factors, strict=True):
            self._write(Place(page, row, top.column), heading, new)

    def _held(self, place: Place | None) -> Value:
        if place is None:
            return None
        name = place.page.name
        cell = self.pages[name].cells.get((place.row, place.column))
        return value(cell, self.pages.strings(name)) if cell else None

    def _write(self, place: Place, name: str, new: Any) -> None:
        sheet = self.pages[place.page.name]
        cell = sheet.cells.get((place.row, place.column))
        stored = float(new) if isinstance(new, int | float) else str(new)
        if isinstance(new, date):
            stored = new.isoformat()
        held, at = self._held(place), f"{place.page.name}!{reference(place.row, place.column)}"
        if held == stored:
            return
        if cell and cell.formula is not None:
            self.told.append((name, f"{at} {name}: the formula stays, not {shown(stored)}"))
            return
        style = cell.style if cell else ""
        data = written(sheet.data, sheet.root, place.row, place.column, style, stored)
        self.edits.setdefault(place.page.name, []).extend(
            put(sheet, place.row, {place.column: data})
        )
        self.told.append((name, f"{at} {name}: {shown(held)} -> {shown(stored)}"))

    def done(self, content: bytes) -> tuple[bytes, list[str]]:
        parts = {
            self.pages.book.sheets[name]: splice(self.pages[name].data, edits)
            for name, edits in self.edits.items()
        }
        return (self.pages.package.rebuilt(parts) if parts else content), list(_brief(self.told))


def _brief(told: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each input, row and column: what its base was and is, or its first cell."""
    lines: dict[str, list[str]] = {}
    for name, line in told:
        lines.setdefault(name, []).append(line)
    for mine in lines.values():
        more = f", and {len(mine) - 1} cells beside it" if len(mine) > 1 else ""
        yield f"{mine[0]}{more}"
