"""Rules on single formulas: what they may contain, and how they read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from openpyxl.utils import FORMULAE

from workbooks.lint.kinds import Fault, Kind, Model
from workbooks.lint.reading import ERRORS, Page
from workbooks.lint.stored import Cell

Pages = Sequence[Page]

CALENDAR = {*range(13), 24, 30, 52, 365, 366, 3600, 8760, 86400, *range(12, 121, 12)}
ROUND_NUMBERS = {0.5, *(digit * 10.0**power for digit in (1, 2, 5) for power in range(1, 13))}
MACRS = {0.2, 0.32, 0.192, 0.1152, 0.0576}
"""What the law writes off of five-year property each year."""
PLAIN = CALENDAR | ROUND_NUMBERS | MACRS
DUST = 1e-4
"""A smaller number is a tolerance, not a figure."""
LONGEST, LONGEST_SENTENCE = 300, 600
"""Two lines of the formula bar, and four."""
MOST_FUNCTIONS = 8
DEEPEST_IF = 3
VOLATILE = {
    "OFFSET",
    "INDIRECT",
    "TODAY",
    "NOW",
    "RAND",
    "RANDBETWEEN",
    "RANDARRAY",
    "CELL",
    "INFO",
}
BY_COLUMN_NUMBER = {"VLOOKUP", "HLOOKUP", "LOOKUP"}
DISCOUNTED = {"NPV", "IRR", "XNPV", "XIRR", "MIRR"}
HIDES_ERRORS = {"IFERROR", "IFNA"}
FINE_DIGITS = 3
"""ROUND to so many digits only takes the dust off, before ROUNDUP or beside 0."""
ROUNDS = {"ROUND", "ROUNDDOWN", "MROUND", "FIXED", "TRUNC"}
SINCE_2013 = """
    ACOT ACOTH AGGREGATE ARABIC BASE BETA.DIST BETA.INV BINOM.DIST BINOM.INV BITAND BITOR BITXOR
    CEILING.MATH CEILING.PRECISE CHISQ.DIST CHISQ.INV CHISQ.TEST COMBINA CONFIDENCE.NORM
    CONFIDENCE.T COT COTH COVARIANCE.P COVARIANCE.S CSC DAYS DECIMAL EXPON.DIST F.DIST F.INV
    F.TEST FLOOR.MATH FLOOR.PRECISE FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV GAUSS IFNA ISFORMULA
    ISOWEEKNUM LOGNORM.DIST LOGNORM.INV MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NETWORKDAYS.INTL
    NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE PDURATION PERCENTILE.EXC
    PERCENTILE.INC PERMUTATIONA PHI POISSON.DIST QUARTILE.EXC QUARTILE.INC RANK.AVG RANK.EQ RRI
    SEC SHEET SHEETS SKEW.P STDEV.P STDEV.S T.DIST T.INV T.TEST UNICHAR UNICODE VAR.P VAR.S
    WEIBULL.DIST WORKDAY.INTL XOR Z.TEST
"""
EVERYWHERE = {*FORMULAE, *SINCE_2013.split()} - {"CALL", "REGISTER.ID"}


def typed_numbers(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 4."""
    for page in pages:
        for cell in page.typed:
            if (cell.row, cell.column) not in page.numbering:
                what = "date" if cell.look.is_date else "number"
                yield Fault(page.name, cell.name, f"a {what} is typed among the formulas")


def constants(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 5."""
    for page, cell in _each(pages):
        assert cell.formula is not None
        for number in dict.fromkeys(cell.formula.constants):
            if number not in PLAIN and number > DUST:
                yield Fault(page.name, cell.name, f"the formula contains the number {number:g}")


def length(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 10."""
    for page, cell in _each(pages):
        formula = cell.formula
        assert formula is not None
        text = isinstance(cell.shown, str) and bool({"text"} & {k for k, _ in formula.tokens})
        if len(formula.text) > (LONGEST_SENTENCE if text else LONGEST):
            yield Fault(page.name, cell.name, f"the formula has {len(formula.text)} characters")
        if len(formula.functions) > MOST_FUNCTIONS and not text:
            yield Fault(
                page.name, cell.name, f"the formula calls {len(formula.functions)} functions"
            )
        if formula.nested_ifs > DEEPEST_IF:
            yield Fault(page.name, cell.name, f"IF stands within IF, {formula.nested_ifs} deep")


def spacing(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 11."""
    for page, cell in _each(pages):
        assert cell.formula is not None
        if not cell.formula.is_spaced:
            yield Fault(page.name, cell.name, "the formula is written without spaces")


def volatile(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 12."""
    yield from _calling(pages, VOLATILE, "computes anew at every change, or cannot be traced")


def lookups(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 13."""
    yield from _calling(pages, BY_COLUMN_NUMBER, "breaks when a column is inserted")


def discounting(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 14."""
    yield from _calling(pages, DISCOUNTED, "hides when each amount is paid")


def errors(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 19."""
    for page in pages:
        for cell in page.cells.values():
            if isinstance(cell.shown, str) and cell.shown in ERRORS:
                yield Fault(page.name, cell.name, f"it shows {cell.shown}")
        for cell in page.formulas:
            if not page.is_computed(cell):
                yield Fault(page.name, cell.name, "the formula has no stored value")


def hidden_errors(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 20."""
    yield from _calling(pages, HIDES_ERRORS, "may hide an error that should be seen")


def rounding(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 21."""
    for page, cell in _each(pages):
        if cell.is_number and min(_digits(cell), default=0) < FINE_DIGITS:
            yield from _found(page, cell, ROUNDS, "loses cents in the middle of a calculation")


def _digits(cell: Cell) -> Iterator[float]:
    """Yield the last number before each bracket that closes: the digits of ROUND(x, 9)."""
    assert cell.formula is not None
    solid = [token for token in cell.formula.tokens if token[0] != "space"]
    for before, (kind, text), after in zip(solid, solid[1:], solid[2:], strict=False):
        if before[1] == "," and kind == "number" and after[1] == ")" and text != "0":
            yield float(text)


def everywhere(model: Model, pages: Pages) -> Iterator[Fault]:
    """Rule 41."""
    for page, cell in _each(pages):
        assert cell.formula is not None
        calls = [name for name in cell.formula.functions if name not in EVERYWHERE]
        copes = HIDES_ERRORS & set(cell.formula.functions) or "ISERROR" in cell.formula.functions
        for name in dict.fromkeys(calls):
            if not (copes and model.kinds[page.name] is Kind.EXAMPLES):
                wrong = f"not every spreadsheet program has the function {name}"
                yield Fault(page.name, cell.name, wrong)


def _each(pages: Pages) -> Iterator[tuple[Page, Cell]]:
    return ((page, cell) for page in pages for cell in page.formulas)


def _calling(pages: Pages, functions: Collection[str], why: str) -> Iterator[Fault]:
    for page, cell in _each(pages):
        yield from _found(page, cell, functions, why)


def _found(page: Page, cell: Cell, functions: Collection[str], why: str) -> Iterator[Fault]:
    assert cell.formula is not None
    for name in dict.fromkeys(cell.formula.functions):
        if name in functions:
            yield Fault(page.name, cell.name, f"{name} {why}")
