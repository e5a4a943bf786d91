"""Promises that hold for every function in the catalogue."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.catalogue import FUNCTIONS
from costcore.language.quantities import QUANTITIES, is_number, unit_of
from costcore.language.trace import Cell

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
CELLWISE = [f for f in FUNCTIONS if f.answers == "one for each cell"]
every_cellwise = pytest.mark.parametrize("function", CELLWISE, ids=lambda f: f.name)


@every_function
def test_example_is_true(function):
    """The worked example printed in the help gives the answer it claims."""
    answer = function.call(*function.example.arguments)
    if isinstance(function.example.answer, str):
        assert answer == function.example.answer
    elif np.asarray(answer).dtype == object:
        for row, expected in zip(answer, function.example.answer, strict=True):
            near = [c if isinstance(c, str) else pytest.approx(c, rel=1e-9) for c in expected]
            assert list(row) == near
    else:
        np.testing.assert_allclose(answer, function.example.answer, rtol=1e-12)


@every_function
def test_every_argument_is_explained(function):
    """Each argument is in the glossary, ends in its unit, and fits in Excel's help."""
    for name in function.signature.parameters:
        assert len(QUANTITIES[name].help) < 200
        assert unit_of(name).label
    if function.returns != "text":
        assert unit_of(function.returns).label


@every_function
def test_help_explains_every_argument(function):
    """What the glossary says of an argument is what Python's help says, typed by nobody."""
    text = function.call.__doc__
    for name in function.signature.parameters:
        assert f"\n{name} : {unit_of(name).label}" in text
        assert f"\n    {QUANTITIES[name].help}" in text


@every_function
def test_name_cannot_be_read_as_a_cell(function):
    """Excel takes names such as TCO3 for a cell; ours cannot be one."""
    assert re.fullmatch(r"[A-Z][A-Z0-9_]{2,30}", function.name)
    assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*", function.name)


@every_function
def test_docstring_says_what_comes_back_with_two_examples(function):
    """Help states the unit of the answer and shows an ordinary and a surprising case."""
    text = function.call.__doc__
    assert "Returns\n" in text
    assert text.count(">>> ") >= 2


def numeric(function):
    """Positions of the plain numbers among the example's arguments."""
    names = list(function.signature.parameters)
    return [
        i
        for i, value in enumerate(function.example.arguments)
        if is_number(names[i]) and isinstance(value, float)
    ]


@every_cellwise
@given(data=st.data())
def test_array_is_the_scalar_repeated(function, data):
    """A column of inputs gives what each row alone would give."""
    places = numeric(function)
    rows = data.draw(
        st.lists(st.tuples(*[st.floats(0, 1e9)] * len(places)), min_size=1, max_size=4)
    )
    calls = [list(function.example.arguments) for _ in rows]
    for call, row in zip(calls, rows, strict=True):
        for place, value in zip(places, row, strict=True):
            call[place] = value
    columns = list(function.example.arguments)
    for place in places:
        columns[place] = np.array([call[place] for call in calls])
    together = function.call(*columns)
    alone = [function.call(*call) for call in calls]
    np.testing.assert_allclose(together, alone, rtol=1e-12)  # powers may differ in the last digit


@every_cellwise
def test_blocks_do_not_show(function):
    """An answer longer than one internal block equals the short one, element by element."""
    arguments = list(function.example.arguments)
    place = numeric(function)[0]
    column = np.full(20_000, arguments[place])
    column[[7, 8191, 8192, 19_999]] = -5.0
    arguments[place] = column
    answer = function.call(*arguments)
    assert np.flatnonzero(np.isnan(answer)).tolist() == [7, 8191, 8192, 19_999]
    known = np.delete(answer, [7, 8191, 8192, 19_999])
    np.testing.assert_allclose(known, function.example.answer, rtol=1e-12)


@pytest.mark.parametrize(
    "function", [f for f in CELLWISE if len(numeric(f)) > 1], ids=lambda f: f.name
)
def test_row_against_column_gives_a_grid(function):
    """A row of one input against a column of another is a sensitivity table."""
    places = numeric(function)
    arguments = list(function.example.arguments)
    arguments[places[0]] = np.full((1, 3), arguments[places[0]])
    arguments[places[1]] = np.full((2, 1), arguments[places[1]])
    assert np.shape(function.call(*arguments)) == (2, 3)


@every_cellwise
@given(data=st.data())
def test_out_of_bounds_is_nan_in_its_place_only(function, data):
    """One impossible input spoils its own element and no other."""
    place = data.draw(st.sampled_from(numeric(function)))
    arguments = list(function.example.arguments)
    arguments[place] = np.array([arguments[place], -5.0, np.nan])
    answer = function.call(*arguments)
    assert np.isnan(answer).tolist() == [False, True, True]


@every_cellwise
def test_text_is_refused_not_guessed(function):
    """A number stored as text is an error, never a zero."""
    arguments = list(function.example.arguments)
    name = list(function.signature.parameters)[numeric(function)[0]]
    arguments[numeric(function)[0]] = "5,400"
    with pytest.raises(TypeError, match=rf"{name} is '5,400'"):
        function.call(*arguments)


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.traces], ids=lambda f: f.name)
def test_body_reads_off_as_one_formula(function):
    """Every cell-by-cell formula has an Excel twin that nobody wrote."""
    places = set(numeric(function))
    cells = [
        Cell(f"B{i + 1}") if i in places else value
        for i, value in enumerate(function.example.arguments)
    ]
    text = function.call(*cells).text
    assert all(f"B{i + 1}" in text for i in places if not _unused(function, i))


def _unused(function, place):
    """An example's argument that its other arguments switch off does not show."""
    return function.name == "BREAKEVEN_TOKENS" and place > 5


def test_a_rate_of_the_flows_own_period_is_not_told_as_one_of_a_year():
    """Flows of months give a rate a month: the unit is what the documentation says it is."""
    of_a_period = [f for f in FUNCTIONS if "share of a period" in (f.call.__doc__ or "")]
    assert of_a_period
    assert {unit_of(f.returns).label for f in of_a_period} == {"share per period"}
