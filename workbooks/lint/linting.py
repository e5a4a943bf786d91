"""Read a workbook, hold it against every rule, and list what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workbooks.file.package import LARGEST_FILE
from workbooks.file.refusal import RefreshError
from workbooks.lint.kinds import Model
from workbooks.lint.reading import Workbook
from workbooks.lint.rule import Rule
from workbooks.lint.rules import RULES
from workbooks.lint.stored import MOST_VALUES


@dataclass(frozen=True, slots=True)
class Finding:
    """What breaks a rule: the first cell, and how many more are alike."""

    rule: Rule
    sheet: str
    cell: str
    wrong: str
    more: int

    @property
    def place(self) -> str:
        """Where it is: the sheet and the cell, or the whole workbook."""
        return f"{self.sheet}!{self.cell}".rstrip("!") if self.sheet else "the workbook"

    @property
    def alike(self) -> str:
        """How many more cells of the sheet are wrong in the same way."""
        return f" (and {self.more:,} more like it)" if self.more else ""

    def __str__(self) -> str:
        head = f"{self.rule.number} {self.rule.name}: {self.place}: {self.wrong}{self.alike}"
        return f"{head}. {self.rule.mend}"


class Report(NamedTuple):
    """What is wrong with a workbook, and how many values of its large sheets were passed by."""

    findings: list[Finding]
    passed: Mapping[str, int]


def lint(path: Path) -> list[Finding]:
    """Return what is wrong with a workbook, in the order of the rules; see `report`."""
    return report(path).findings


def report(path: Path) -> Report:
    """Return what is wrong with a workbook, in the order of the rules, and what was passed by.

    Raises
    ------
    RefreshError
        If it cannot be read: no workbook, damaged, encrypted, or larger than one should be.
    OSError
        If there is no such file.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise RefreshError(f"{path.name} has {size:,} bytes, more than {LARGEST_FILE:,}")
    content = path.read_bytes()
    try:
        book = Workbook(path, content, most_values=MOST_VALUES)
        if not book.pages:
            raise book.package.refuse("has no worksheet")
        for page in book.pages:
            page.columns  # noqa: B018  # all at once, so that their strings are read once
        model = Model(book)
        found = [finding for rule in RULES for finding in _findings(rule, model)]
        return Report(found, {page.name: page.passed for page in book.pages if page.passed})
    except RefreshError:
        raise
    except (ValueError, LookupError, ArithmeticError, RecursionError) as error:
        why = f"is damaged in a way that cannot be looked at ({type(error).__name__})"
        raise RefreshError(f"{path.name} {why}; save it anew in Excel first") from error


def _findings(rule: Rule, model: Model) -> Iterator[Finding]:
    """Apply a rule, and join what is wrong in the same way on the same sheet."""
    if rule.of_models and not model.is_model:
        return
    first: dict[tuple[str, str], str] = {}
    count: Counter[tuple[str, str]] = Counter()
    for fault in rule.check(model, model.pages(*rule.sheets)):
        first.setdefault((fault.sheet, fault.wrong), fault.cell)
        count[fault.sheet, fault.wrong] += 1
    for (sheet, wrong), cell in first.items():
        yield Finding(rule, sheet, cell, wrong, count[sheet, wrong] - 1)
