"""Rules on the checks of a model: what they are, what they cover, and who sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbooks.lint.kinds import Fault, Kind, Model
from workbooks.lint.reading import Page

Pages = Sequence[Page]

MASTER = re.compile(r"(?:master|overall|all|total)_?checks?", re.IGNORECASE)
COVERED = {
    "that parts add up to totals": r"add up|total|sum|cross|tie|=",
    "that what is bought is written off or sold": r"depreciat|written off|book value|NBV",
    "that capacity meets demand": r"capacity|serve|demand|load",
    "that the present value is Excel's NPV": r"present value|NPV",
    "that years agree with months": r"year|annual",
    "that the live case exists": r"case|scenario",
    "that prices are plausible": r"plausible|range|bounds|from 0|limits",
}


def master(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 22."""
    checks = model.pages(Kind.CHECKS)
    if not checks:
        yield Fault("", "", "it has no sheet of checks")
        return
    name = next((n for n in model.book.names if MASTER.fullmatch(n)), "")
    if not name:
        yield Fault(checks[0].name, "", "no cell named MASTER_CHECK adds the checks up")
        return
    yield from _state(model, name)
    if not any("tolerance" in each.lower() for each in model.book.names):
        yield Fault(checks[0].name, "", "no cell named TOLERANCE says what counts as equal")
    if not any(checks[0].around.all("conditionalFormatting")):
        yield Fault(checks[0].name, "", "a failing check does not turn red")
    for page in pages:
        if page not in checks and not _shows(page, name):
            yield Fault(page.name, "A1", "the sheet does not show whether the checks hold")


def _state(model: Model, name: str) -> Iterator[Fault]:
    place = model.book.named(name)
    cell = place[0].cells.get(place[1][:2]) if place else None
    if place and cell and isinstance(cell.shown, float) and cell.shown:
        yield Fault(place[0].name, cell.name, f"{cell.shown:g} checks fail")


def _shows(page: Page, name: str) -> bool:
    return any(c.formula and name.lower() in c.formula.names for c in page.formulas)


ONLY_WITH = {
    "that what is bought is written off or sold": r"depreciat",
    "that the live case exists": r"live case",
}
"""What need not be proven where no other sheet speaks of it."""


def coverage(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 23."""
    others = (page for page in model.book.pages if page not in pages)
    elsewhere = "\n".join(str(cell.shown) for page in others for cell in page.texts)
    for page in pages:
        said = "\n".join(str(c.shown) for c in page.texts if c.row > 3)
        for what, pattern in COVERED.items():
            asked = re.search(ONLY_WITH.get(what, ""), elsewhere, re.IGNORECASE)
            if asked and not re.search(pattern, said, re.IGNORECASE):
                yield Fault(page.name, "A1", f"no check proves {what}")
