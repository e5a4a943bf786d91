"""The Excel text read off a formula computes what numpy computes, in two spreadsheet engines."""

import math

import numpy as np
import pytest
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from costcore.answers.breakeven import KINDS
from costcore.catalogue import FUNCTIONS
from costcore.language.quantities import QUANTITIES, is_number
from costcore.language.trace import Cell, amount, words
from tests import engines

TRACED = {f.name: f for f in FUNCTIONS if f.traces}
ROWS = 60


def drawn(name, rng):
    """Return `ROWS` values of an input within its bounds: the edges, zero, small and large."""
    rule = QUANTITIES[name]
    high = min(rule.high, {"max_attempts": 30, "peak_factor": 9}.get(name, 1e9))
    spread = rng.uniform(rule.low, high, ROWS)
    values = np.maximum(rule.low, 10 ** rng.uniform(-3, 9, ROWS)) if high == 1e9 else spread
    values[:3] = rule.low, max(rule.low, 0), min(high, rule.low + 1)
    values = rng.permutation(values)
    return np.minimum(np.floor(values), 30) if rule.whole else values


def calls(entry):
    """Return the worked example and drawn calls, each with some of the defaults left out."""
    rng = np.random.default_rng(list(entry.name.encode()))
    parameters = entry.signature.parameters.values()
    names = [p.name for p in parameters if is_number(p.name)]
    needed = sum(p.default is p.empty for p in parameters)
    columns = [drawn(name, rng).tolist() for name in names]
    example = [v for v in entry.example.arguments if not isinstance(v, str)]
    lengths = rng.integers(needed, len(names) + 1, ROWS)
    rows = zip(*columns, strict=True)
    return [example, *(list(r[:n]) for r, n in zip(rows, lengths, strict=True))]


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """A workbook with a sheet for each function, and what numpy makes of every row of it."""
    path = tmp_path_factory.mktemp("traced") / "twins.xlsx"
    expected = {}
    with xlsxwriter.Workbook(path) as workbook:
        for entry in TRACED.values():
            sheet = workbook.add_worksheet(entry.name)
            kinds = KINDS if "kind" in entry.signature.parameters else [None]
            rows = [(call, kind) for call in calls(entry) for kind in kinds]
            for i, (call, kind) in enumerate(rows):
                options = {"kind": kind} if kind else {}
                sheet.write_row(i, 1, call)
                cells = [Cell(xl_rowcol_to_cell(i, 1 + j)) for j in range(len(call))]
                value = float(entry.call(*call, **options))
                shown = value if math.isfinite(value) else "#N/A"
                sheet.write_formula(i, 0, f"={entry.call(*cells, **options).text}", None, shown)
                expected[entry.name, f"A{i + 1}"] = value
    return path, expected


def disagreements(book, expected):
    """Return the cells whose value is not numpy's, with their formula."""
    wrong = []
    for (sheet, cell), value in expected.items():
        found = book[sheet][cell]
        if not same(found, value):
            wrong.append(f"{sheet}!{cell} {found}, not {value}: {book.formulas[sheet][cell]}")
    return wrong


def same(found, value):
    """Say whether a cell shows a value of ours, as far as a cell can."""
    if isinstance(value, str):
        return found == value
    if math.isfinite(value):
        return isinstance(found, int | float) and math.isclose(found, value, rel_tol=1e-9)
    # "never" is written as NA(); a node that serves nothing is divided by, as by an empty cell
    return found in {"#N/A", "#DIV/0!"} if math.isinf(value) else found in engines.ERRORS


def test_twins_in_ironcalc(twins):
    """Every traced formula gives numpy's number on a grid of inputs, and its "never"."""
    path, expected = twins
    assert disagreements(engines.ironcalc_values(path), expected) == []


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_twins_in_libreoffice(twins):
    """So it does in the other engine, all sheets in one start of it."""
    path, expected = twins
    assert disagreements(engines.recalculate([path])[path], expected) == []


def test_never_is_na(twins):
    """A break-even that does not exist is #N/A in the cell, whatever its kind."""
    path, expected = twins
    book = engines.ironcalc_values(path)["BREAKEVEN_TOKENS"]
    found = [
        book[cell]
        for (sheet, cell), v in expected.items()
        if sheet == "BREAKEVEN_TOKENS" and math.isinf(v)
    ]
    assert len(found) > 20
    assert set(found) == {"#N/A"}


def test_every_function_meets_its_edges(twins):
    """The grid reaches numbers, "never" and unknowns, so that agreeing on it means something."""
    values = list(twins[1].values())
    assert len(values) > 900
    assert sum(math.isinf(v) for v in values) > 50


EXPRESSIONS = (
    lambda a, b, c: -(a**2) + b,
    lambda a, b, c: (-a) ** 2 - -b,
    lambda a, b, c: a - (b - c) - (a + b),
    lambda a, b, c: a / (b / c) / (a * b),
    lambda a, b, c: 2.0 ** (b**c) + (2.0**b) ** c,
    lambda a, b, c: a * (b + c) * -3 + 2 * (a - 1e-7),
    lambda a, b, c: np.where((a < b) & ~(b <= c), a, np.where((a == b) | (b != c), b, c)),
    lambda a, b, c: np.maximum(a, np.minimum(b, c)) + abs(a),
    lambda a, b, c: np.floor(a * c) + np.ceil(b * c) + np.round(b / 7, 3) + np.round(b / 7),
    lambda a, b, c: np.sqrt(b) + np.exp(c) + np.log(b),
    lambda a, b, c: np.where(a > 0, 1.0, np.inf),
    lambda a, b, c: np.maximum(1.0, b / np.float64(np.inf)) + 1e16 * c,
    lambda a, b, c: words('a "quoted" ', amount(b * 1000.0), " & more"),
    lambda a, b, c: words(amount(a, 2), "|", amount(c + 2.0), "|", amount(b * 411.521_667, 2)),
)
VALUES = ((-2.5, 3.0, 0.5), (4.0, 3.0, 2.0), (3.0, 3.0, 3.0), (-0.5, 9.0, 0.5))


@pytest.fixture(scope="module")
def operators(tmp_path_factory):
    """A workbook of expressions that go wrong when brackets, signs or quotes are misplaced."""
    path = tmp_path_factory.mktemp("traced") / "operators.xlsx"
    expected = {}
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Sheet")
        for i, values in enumerate(VALUES):
            sheet.write_row(i, 0, values)
            cells = [Cell(f"{column}{i + 1}") for column in "ABC"]
            for j, expression in enumerate(EXPRESSIONS, start=3):
                sheet.write_formula(i, j, f"={expression(*cells).text}")
                value = expression(*np.array(values))
                expected["Sheet", xl_rowcol_to_cell(i, j)] = (
                    value if isinstance(value, str) else float(value)
                )
    return path, expected


def test_operators_in_ironcalc(operators):
    """Brackets, signs, rounding, conditions and text mean in Excel what they mean in numpy."""
    path, expected = operators
    assert disagreements(engines.ironcalc_values(path), expected) == []


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_operators_in_libreoffice(operators):
    """And the same in the other engine."""
    path, expected = operators
    assert disagreements(engines.recalculate([path])[path], expected) == []


def test_what_excel_cannot_say_is_refused():
    """A formula that would be wrong is never written: no silent text for a numpy function."""
    with pytest.raises(TypeError):
        np.sin(Cell("A1"))
    with pytest.raises(TypeError):
        np.sort(Cell("A1"))
    with pytest.raises(TypeError, match="no Excel text"):
        Cell("A1") + np.array([1.0, 2.0])


def test_a_sum_over_a_calculation_is_refused():
    """Typed into a cell, it would take one row of the ranges; only an array formula takes all."""
    with pytest.raises(TypeError, match="make it a line of its own"):
        np.max(Cell("B1:B9") - Cell("C1:C9"))
    assert np.max(Cell("B1:B9")).text == "MAX(B1:B9)"
