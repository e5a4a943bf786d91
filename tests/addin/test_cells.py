"""What cells turn into and what a formula shows: the rules that every spreadsheet shares."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from addin import arguments
from addin.cells import CellError, evaluate
from addin.log import MOST_LOG_BYTES
from costcore import catalogue
from costcore.catalogue import FUNCTIONS, SheetFunction
from costcore.language.quantities import is_number
from tests.addin.cases import CASES, OMITTED, Case, as_cells
from tests.addin.sheet_rows import LLAMA_ROW, cells
from workbooks import tables
from workbooks.sheets.pages.tables import HARDWARE, MODELS

BY_CELL = [f for f in FUNCTIONS if f.answers in arguments.BY_CELL]
SPREADS = [f for f in BY_CELL if not f.name.endswith("_BASIS")]  # those explain a single call


def places(entry: SheetFunction) -> list[int]:
    """Where the arguments stand that are taken cell by cell."""
    return [
        place
        for place, name in enumerate(entry.quantities)
        if is_number(name) and name not in arguments.WHOLE
    ]


def plain(argument: object) -> object:
    """An argument left out reaches the rules as None."""
    return None if argument is OMITTED else argument


def same(shown: Any, expected: Any) -> bool:
    """Numbers agree within 1e-9, everything else exactly, rows in the same shape."""
    if isinstance(expected, list):
        return (
            isinstance(shown, list)
            and len(shown) == len(expected)
            and all(map(same, shown, expected))
        )
    if isinstance(expected, float) and isinstance(shown, float):
        return math.isclose(shown, expected, rel_tol=1e-9)
    return type(shown) is type(expected) and bool(shown == expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_formula_shows_what_the_rules_say(case: Case) -> None:
    """Each case of the table, with the reason it gives."""
    shown = evaluate(catalogue.function(case.function), [plain(c) for c in case.cells])
    assert same(shown, case.shows), shown


@pytest.mark.parametrize("model", tables.models(), ids=lambda model: model.model)
def test_every_row_of_the_models_sheet_is_read(model: tables.Model) -> None:
    """A layer keeps so many numbers of a token, two bytes each: as told by the row itself."""
    shown = evaluate(catalogue.function("KV_BYTES_PER_TOKEN"), [(cells(MODELS, model),)])
    assert shown == 2.0 * model.kv_layers_full * model.kv_elems_per_layer


@pytest.mark.parametrize("row", tables.accelerators(), ids=lambda row: row.hardware)
def test_every_row_of_the_hardware_sheet_is_read(row: tables.Accelerator) -> None:
    """70.55 GB of weights, the cache of one token, and 3 GB of each of eight."""
    asked = [(LLAMA_ROW,), (cells(HARDWARE, row),), 8.0, "fp8"]
    fits = 8 * (0.9 * row.memory_gb - 3) > 70.55 + 0.001
    assert evaluate(catalogue.function("FITS"), asked) == float(fits)


def test_numbers_used_whole_are_those_whose_example_is_a_range() -> None:
    """A new function that works by cell but takes a load whole must say so in `WHOLE`."""
    ranges = {
        name
        for entry in BY_CELL
        for name, value in zip(entry.quantities, entry.example.arguments, strict=False)
        if is_number(name) and isinstance(value, tuple)
    }
    assert ranges <= arguments.WHOLE


@pytest.mark.parametrize("entry", SPREADS, ids=lambda entry: entry.name)
@given(data=st.data())
def test_a_column_shows_what_its_cells_would_show_one_by_one(
    entry: SheetFunction, data: st.DataObject
) -> None:
    """Filling a formula down and entering it once over the column are the same, errors included."""
    arguments = [as_cells(value) for value in entry.example.arguments]
    arguments += [None] * (len(entry.quantities) - len(arguments))
    number = st.floats(0, 10) | st.sampled_from([0.5, 1.0, 2.0, -1.0])
    cell = number | st.sampled_from([None, "", "text", True, CellError.REF, CellError.NA])
    columns = {
        i: data.draw(st.lists(cell, min_size=3, max_size=3))
        for i in data.draw(st.sets(st.sampled_from(places(entry)), min_size=1, max_size=3))
    }
    together = evaluate(entry, _with(arguments, {i: [[x] for x in c] for i, c in columns.items()}))
    alone = [
        evaluate(entry, _with(arguments, {i: c[k] for i, c in columns.items()})) for k in range(3)
    ]
    assert same(together, [[value] for value in alone]), (together, alone)


def _with(arguments: list[Any], changes: dict[int, Any]) -> list[Any]:
    return [changes.get(i, value) for i, value in enumerate(arguments)]


@given(
    st.sampled_from(FUNCTIONS),
    st.lists(
        st.recursive(
            st.none()
            | st.booleans()
            | st.floats()
            | st.text(max_size=3)
            | st.sampled_from(CellError)
            | st.integers()
            | st.dates()
            | st.datetimes()
            | st.decimals(),
            lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
            max_leaves=6,
        ),
        max_size=9,
    ),
)
def test_no_cell_content_breaks_the_rules(entry: SheetFunction, arguments: list[Any]) -> None:
    """Whatever a host hands over, the cell shows a number, a text or an error."""
    assume(len(arguments) <= len(entry.quantities))
    shown = evaluate(entry, arguments)
    values = [x for row in shown for x in row] if isinstance(shown, list) else [shown]
    assert values
    assert all(isinstance(x, str | CellError) or np.isfinite(x) for x in values)


@pytest.fixture
def log(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The log of a user whose local data are in a folder of the test."""
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    return tmp_path / "Evenpoint" / "addin.log"


def broken(capex: float) -> float:
    """Fail as a mistake of ours would."""
    return {}["a key that is not there"] + capex


BROKEN = SheetFunction(broken, "cost", catalogue.Example((1.0,), 1.0, "none"))


def test_a_fault_of_ours_is_an_error_and_is_logged(log: Any) -> None:
    """A missing key is not the missing model that it looks like, and leaves its traceback."""
    assert evaluate(BROKEN, [1.0]) is CellError.VALUE
    assert "BROKEN" in log.read_text()
    assert "KeyError: 'a key that is not there'" in log.read_text()


def test_a_log_does_not_grow_for_ever(log: Any) -> None:
    """A faulty formula in ten thousand cells must not fill the disk."""
    log.parent.mkdir()
    log.write_bytes(b"x" * (MOST_LOG_BYTES + 1))
    evaluate(BROKEN, [1.0])
    assert log.stat().st_size < 5_000


def test_a_log_that_cannot_be_written_does_not_matter(log: Any) -> None:
    """The cell still shows its error."""
    log.mkdir(parents=True)
    assert evaluate(BROKEN, [1.0]) is CellError.VALUE


def test_refused_cells_are_not_logged(log: Any) -> None:
    """The log is for our mistakes, not for the user's."""
    entry = catalogue.function("RENT_PER_MONTH")
    for cell in ("text", [[1.0], [2.0, 3.0]], CellError.REF):
        assert isinstance(evaluate(entry, [cell]), CellError)
    assert not log.exists()
