"""What a sheet is for, told by its name, or else by what is on it."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from workbooks.lint.formula import Reference, parse
from workbooks.lint.reading import Page, Workbook


class Kind(StrEnum):
    """What a sheet is for; the order is the order of the tabs."""

    COVER = "cover"
    BOARD = "page for a board"
    INPUTS = "inputs"
    TABLE = "data"
    CALCULATION = "calculation"
    CALCULATOR = "calculator"
    OUTPUT = "output"
    RECORD = "record of results"
    CHECKS = "checks"
    LOG = "log"
    EXAMPLES = "examples"
    OTHER = "other"


NAMES = (
    (Kind.BOARD, r"^(?:strategies|when it turns|how sure|what we assume)$"),
    (Kind.CHECKS, r"\bchecks?\b"),
    (Kind.LOG, r"\b(?:log|change ?list|versions?|history|review)\b"),
    (Kind.EXAMPLES, r"example|palette|functions?\b"),
    (Kind.COVER, r"cover|about|read ?me|welcome|instruction|contents|how to"),
    (Kind.RECORD, r"scenarios|best mix|risk|monte|actuals|claims?\b|snapshot|decision"),
    (Kind.INPUTS, r"input|assumption|workload|parameter|setting|\bhours\b|\bcontracts?\b"),
    (Kind.TABLE, r"^(?:scenario|engines|terms|capacity)$"),
    (Kind.TABLE, r"price|hardware|throughput|\brates?\b|catalog|\bmodels\b|\bdata\b"),
    (Kind.CALCULATOR, r"sizing|calculator|sensitivit|\bload\b|^routes$"),
    (
        Kind.OUTPUT,
        r"summary|output|dash|report|budget|board|result|break|finance|chart|return|commit|upload|chargeback",
    ),
    (Kind.CALCULATION, r"calc|work|monthly|driver"),
)
"""The first that fits counts."""

FORMULAS = frozenset({Kind.CALCULATION, Kind.OUTPUT, Kind.CHECKS})
"""Sheets whose numbers are computed."""


def kind(page: Page) -> Kind:
    """Return what a sheet is for."""
    for each, pattern in NAMES:
        if re.search(pattern, page.name.replace("_", " "), re.IGNORECASE):
            return each
    if page.formulas:
        return Kind.CALCULATION
    return Kind.TABLE if page.typed else Kind.OTHER


class Fault(NamedTuple):
    """What is wrong, and where; a fault of the whole workbook has no sheet."""

    sheet: str
    cell: str
    wrong: str


class Model:
    """A workbook and what each of its sheets is for."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.kinds = {page.name: kind(page) for page in book.pages}
        self.is_model = any(each in FORMULAS for each in self.kinds.values())

    def pages(self, *kinds: Kind) -> list[Page]:
        """Return the sheets of some kinds, in the order of the tabs."""
        return [page for page in self.book.pages if self.kinds[page.name] in kinds]

    @cached_property
    def named(self) -> dict[str, Reference]:
        """The cells that names stand for, by the name in small letters."""
        found = {name.lower(): parse(text).references for name, text in self.book.names.items()}
        return {name: places[0] for name, places in found.items() if len(places) == 1}

    @property
    def cover(self) -> Page | None:
        """The first sheet that says what the workbook is for."""
        return next(iter(self.pages(Kind.COVER)), None)
