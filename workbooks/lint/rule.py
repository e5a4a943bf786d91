"""A rule of the checklist: what must hold, for which sheets, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workbooks.lint.kinds import Fault, Kind, Model
from workbooks.lint.reading import Page

Check = Callable[[Model, Sequence[Page]], Iterator[Fault]]

ALL = tuple(Kind)

FAST, ICAEW, CODE, SMART, SSRB, OURS = (
    "FAST Standard",
    "ICAEW Twenty Principles",
    "ICAEW Financial Modelling Code",
    "SMART",
    "SSRB",
    "Evenpoint",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the checklist, and the function that finds what breaks it."""

    number: int
    name: str
    source: str
    text: str
    mend: str
    check: Check
    sheets: tuple[Kind, ...] = ALL
    """Kinds of sheets it counts for."""
    of_models: bool = False
    """Whether it counts only in a workbook that computes something beside examples."""
