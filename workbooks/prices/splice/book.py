"""Find in a workbook its sheets, tables and defined names, and the one table of prices."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from workbooks.file.cells import reference
from workbooks.file.markup import MAIN, Node, Scan, unescaped
from workbooks.file.package import Package, Relation
from workbooks.file.sheet import Area, area
from workbooks.prices.splice.columns import Column, column
from workbooks.rows import PRICES

USUAL_NAME = "tblprices"
AT_HAND = 8_000_000
"""Shared strings of so many bytes are all kept; of more only what somebody asks for."""
_FORMULA = re.compile(rb"<(?:[^\s<>/:]{1,99}:)?f")  # <f> and <formula1>, whatever their prefix
NEEDED = ("model", "input_price_per_mtok", "output_price_per_mtok")


@dataclass(frozen=True)
class Table:
    """A table and the part that describes it."""

    name: str
    sheet: str
    sheet_part: str
    part: str
    node: Node
    area: Area
    headings: tuple[str, ...]

    @property
    def totals(self) -> int:
        """How many rows of totals it ends with."""
        return 1 if self.node.get("totalsRowCount") not in {"", "0"} else 0

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.area.top + (0 if self.node.get("headerRowCount") == "0" else 1)

    @property
    def last(self) -> int:
        """The last row of data."""
        return self.area.bottom - self.totals

    @cached_property
    def columns(self) -> dict[int, Column]:
        """The columns whose heading we know, by their number in the sheet."""
        known = ((at, column(heading)) for at, heading in enumerate(self.headings, self.area.left))
        return {at: what for at, what in known if what}

    @property
    def priced(self) -> bool:
        """Whether it names models and prices."""
        fields = {what.field for what in self.columns.values()}
        return "model" in fields and not fields.isdisjoint(PRICES)


class Book:
    """The parts of a package that make it a workbook."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = self._workbook_part()
        self.root = package.tree(self.part)
        if self.root.name != f"{MAIN} workbook":
            strict = "purl.oclc.org" in self.root.name
            raise package.refuse(
                "is in the strict Open XML format; save it as an ordinary .xlsx in Excel first"
                if strict
                else "is not an Excel workbook"
            )
        self.relations = package.relations(self.part)
        self._every_string: dict[int, str] = {}

    def _workbook_part(self) -> str:
        for relation in self.package.relations("").values():
            if relation.kind == "officeDocument":
                if relation.target.endswith(".bin"):
                    raise self.package.refuse("is an .xlsb workbook; save it as .xlsx in Excel")
                return relation.target
        raise self.package.refuse("is not an Excel workbook")

    @cached_property
    def sheets(self) -> dict[str, str]:
        """The part of every worksheet by the name on its tab; charts on tabs are left out."""
        nodes = (n for n in self.root.all("sheet") if n.get("id"))
        related = [(n.get("name"), self.relations.get(_id(n))) for n in nodes]
        return {name: r.target for name, r in related if r and r.kind == "worksheet"}

    @cached_property
    def names(self) -> list[Node]:
        """The defined names."""
        return list(self.root.all("definedName"))

    @cached_property
    def from_1904(self) -> bool:
        """Whether dates count from 1904, as on an old Mac."""
        return any(n.get("date1904") in {"1", "true"} for n in self.root.all("workbookPr"))

    @cached_property
    def tables(self) -> list[Table]:
        """Every table of every sheet."""
        return [
            self._table(sheet, part, relation)
            for sheet, part in self.sheets.items()
            for relation in self.package.relations(part).values()
            if relation.kind == "table"
        ]

    def _table(self, sheet: str, sheet_part: str, relation: Relation) -> Table:
        node = self.package.tree(relation.target)
        headings = tuple(unescaped(n.get("name")) for n in node.all("tableColumn"))
        block = area(node.get("ref"))
        name = node.get("displayName") or node.get("name")
        if len(headings) != block.right - block.left + 1:
            raise self.package.refuse(f"is damaged: table {name} on {sheet} does not fit its range")
        return Table(name, sheet, sheet_part, relation.target, node, block, headings)

    def price_table(self, name: str | None) -> Table:
        """Return the table to refresh: the one named, tblPrices, or the only one with prices.

        Raises
        ------
        RefreshError
            If there is none, or more than one and none named tblPrices.
        """
        tables: dict[str, Table] = {}
        for table in self.tables:
            if (twin := tables.setdefault(table.name.lower(), table)) is not table:
                places = f"{twin.sheet} and {table.sheet}"
                raise self.package.refuse(f"has two tables {table.name}, on {places}; rename one")
        if name is not None:
            if name.lower() in tables:
                return self._checked(tables[name.lower()])
            near = difflib.get_close_matches(name.lower(), tables, n=3, cutoff=0)
            there = ", ".join(tables[key].name for key in near) or "none at all"
            raise self.package.refuse(f"has no table {name}; its tables are {there}")
        if USUAL_NAME in tables:
            return self._checked(tables[USUAL_NAME])
        priced = [table for table in tables.values() if table.priced]
        if len(priced) != 1:
            raise self.package.refuse(_which(priced))
        return self._checked(priced[0])

    def copies(self, table: Table) -> list[Table]:
        """Return the tables that Excel or LibreOffice has copied from one, as it names them."""
        like = re.compile(rf"{re.escape(table.name)}_?\d+", re.IGNORECASE)
        return [each for each in self.tables if like.fullmatch(each.name) and each.priced]

    def _checked(self, table: Table) -> Table:
        where = f"table {table.name} on sheet {table.sheet}"
        seen: dict[str, str] = {}
        for at, what in table.columns.items():
            heading = table.headings[at - table.area.left]
            if what.field in seen:
                raise self.package.refuse(
                    f"has in {where} two columns that say the same, "
                    f"{seen[what.field]!r} and {heading!r}"
                )
            seen[what.field] = heading
        if table.name.lower() == USUAL_NAME:
            self._check_headings(table, where)
        if not table.priced:
            raise self.package.refuse(
                f"has in {where} no column Model, or none with a price per million tokens"
            )
        return table

    def _check_headings(self, table: Table, where: str) -> None:
        """Refuse our own table where a heading that every price list has was renamed."""
        fields = {what.field for what in table.columns.values()}
        lost = [ours.replace("_", " ") for ours in NEEDED if ours not in fields]
        here = enumerate(table.headings, table.area.left)
        other = next((each for each in here if each[0] not in table.columns), None)
        if lost and other:
            place = reference(table.area.top, other[0])
            rule = f"is {other[1]!r} in {place} that one? name it so again"
            raise self.package.refuse(f"has in {where} no column {lost[0].capitalize()}; {rule}")

    @cached_property
    def unlocked(self) -> frozenset[str]:
        """The cell styles that may be typed over on a protected sheet."""
        parts = [r.target for r in self.relations.values() if r.kind == "styles"]
        formats = self.package.tree(parts[0]).all("cellXfs") if parts else iter(())
        return frozenset(
            str(number)
            for node in formats
            for number, style in enumerate(node.children)
            if any(p.get("locked") in {"0", "false"} for p in style.all("protection"))
        )

    def strings(self, wanted: set[int]) -> dict[int, str]:
        """Return some of the shared strings by their number, and others where there are few."""
        parts = [r.target for r in self.relations.values() if r.kind == "sharedStrings"]
        if not parts or not wanted:
            return {}
        entry = self.package.entries.get(parts[0])
        if entry and entry.file_size > AT_HAND:
            return _Strings(self.package, parts[0], wanted, max(wanted)).found
        if not self._every_string:
            every = range(_Strings.most_elements)
            self._every_string = _Strings(self.package, parts[0], every, every[-1]).found
        return self._every_string

    def has_formulas(self, part: str) -> bool:
        """Say whether a sheet has formulas, or lists and rules that may have some."""
        return any(_FORMULA.search(each) for each in self.package.windows(part))


class _EnoughError(Exception):
    """All strings that are wanted have been read."""


class _Strings(Scan):
    most_elements = 40_000_000  # as many as all of a large workbook's cells may show

    def __init__(self, package: Package, part: str, wanted: Container[int], last: int) -> None:
        super().__init__(b"", package.label(part))
        self.wanted, self.last = wanted, last
        self.found: dict[int, str] = {}
        self.number, self.phonetic, self.inside = -1, False, False
        self.pieces: list[str] = []
        with suppress(_EnoughError):
            self.feed(package.pieces(part))

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{MAIN} si":
            if self.number == self.last:
                raise _EnoughError
            self.number += 1
            self.pieces = []
        self.phonetic = self.phonetic or name == f"{MAIN} rPh"
        self.inside = name == f"{MAIN} t" and not self.phonetic and self.number in self.wanted

    def text(self, text: str) -> None:
        if self.inside:
            self.pieces.append(text)

    def closed(self, name: str) -> None:
        self.inside = False
        if name == f"{MAIN} rPh":
            self.phonetic = False
        if name == f"{MAIN} si" and self.number in self.wanted:
            self.found[self.number] = unescaped("".join(self.pieces))


def _id(node: Node) -> str:
    """Return the relationship of a sheet; its other identifier is a plain number."""
    return next((v for k, v in node.attributes.items() if k.endswith("relationships id")), "")


def _which(priced: list[Table]) -> str:
    if not priced:
        return "has no table with a column Model and prices per million tokens"
    names = ", ".join(f"{table.name} on {table.sheet}" for table in priced)
    return f"has more than one table with prices ({names}); name the one to refresh"
