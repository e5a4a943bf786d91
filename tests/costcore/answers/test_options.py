"""Looking prices up by model and day, and naming the cheapest option."""

import datetime
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.answers.options import cheapest_option, token_price

PRICES = [
    ["model", "Input_price_per_Mtok", "output_price_per_mtok", "cached", "valid_from", "valid_to"],
    ["openai/o3", 10.0, 40.0, None, "2025-04-16", "2025-06-10"],
    [" openai/o3 ", 2, 8.0, 0.5, datetime.date(2025, 6, 10), None],
    ["openai/o3-mini", 1.1, 4.4, "", None, ""],
    ["legacy", 5.0, 15.0, None, 45_000.0, datetime.datetime(2024, 1, 1, 12)],  # 2023-03-15
    ["twice", 1.0, 2.0, None, "2025-01-01", None],
    ["twice", 3.0, 4.0, None, "2025-01-01", None],
]


@pytest.mark.parametrize(
    ("day", "price"),
    [
        ("2025-04-16", 10),
        ("2025-06-09", 10),
        ("2025-06-10", 2),
        (datetime.date(2025, 6, 9), 10),
        (datetime.datetime(2025, 6, 10, 0, 0), 2),
        (45_817, 10),  # Excel's number for 2025-06-09, and with a time of day
        (45_817.99, 10),
        (45_818, 2),
        (None, 2),
    ],
)
def test_price_of_the_day(day, price):
    """A row counts from its first day up to, not including, its last, however the day is given."""
    assert token_price("openai/o3", "input", PRICES, day) == price


@pytest.mark.parametrize("day", ["2025-04-15", "1999-12-31"])
def test_day_before_the_first_price_has_none(day):
    """No price is carried back to before it was announced."""
    with pytest.raises(LookupError, match=f"no price for 'openai/o3' is valid on {day}"):
        token_price("openai/o3", "input", PRICES, day)


def test_open_dates_always_count_and_ended_ones_end():
    """A blank date is open; after the last day there is no price, unless none is asked for."""
    assert token_price("openai/o3-mini", "output", PRICES, "1980-01-01") == 4.4
    assert token_price("legacy", "output", PRICES, "2023-03-15") == 15
    with pytest.raises(LookupError, match="valid on 2024-01-01"):
        token_price("legacy", "output", PRICES, "2024-01-01")
    assert token_price("legacy", "output", PRICES) == 15


@pytest.mark.parametrize("component", ["cached", "Cached", "cached_price_per_mtok", " cached "])
def test_blank_price_is_unknown_not_free(component):
    """Both spellings of a component find its column; a blank in it is nan, never 0."""
    table = [[{"cached": component}.get(name, name) for name in PRICES[0]], *PRICES[1:]]
    assert token_price("openai/o3", "cached", table) == 0.5
    assert math.isnan(token_price("openai/o3", "cached", table, "2025-05-01"))
    assert math.isnan(token_price("openai/o3-mini", "cached", table))


def test_first_of_two_rows_for_one_day():
    """Two rows that begin on the same day are a mistake in the table; the upper one is taken."""
    assert token_price("twice", "input", PRICES) == 1


def test_unknown_names_say_what_there_is():
    """A misspelt model lists its neighbours, a misspelt component the columns."""
    with pytest.raises(LookupError, match=r"no model 'openai/o3-mni'.*nearest: openai/o3-mini"):
        token_price("openai/o3-mni", "input", PRICES)
    with pytest.raises(LookupError, match="nearest: none"):
        token_price("???", "input", PRICES)
    with pytest.raises(LookupError, match=r"no column 'audio'.*output price per mtok"):
        token_price("openai/o3", "audio", PRICES)
    with pytest.raises(LookupError, match="no column 'model'"):
        token_price("openai/o3", "input", [["name", "input"], ["openai/o3", 1]])


def test_what_is_no_date_or_no_price_is_refused():
    """Text in place of a date or a price is named, never guessed."""
    with pytest.raises(TypeError, match="'soon' is not a date"):
        token_price("openai/o3", "input", PRICES, "soon")
    for price in ("free", True):
        with pytest.raises(TypeError, match=f"the price is {price!r}"):
            token_price("m", "input", [["model", "input"], ["m", price]])
    assert math.isnan(token_price("m", "input", [["model", "input"], ["m", -1.0]]))


OPTIONS = [
    ["API", 0, 0, None, 2.5],
    ["Managed", "", "", "", 1.8],
    ["Own", 6_667, 5_400, 8e9, 0],
]


def counted_bill(tokens, fixed, node, capacity, price):
    """One node at least, and more until the volume fits."""
    nodes = 1
    while nodes * capacity < tokens:
        nodes += 1
    return fixed + nodes * node + tokens / 1e6 * price


@given(st.floats(0, 5e11))
def test_cheapest_is_the_lowest_bill(tokens):
    """Of three bills worked out one by one, the lowest has the name that comes back."""
    bills = {
        name: counted_bill(tokens, float(f or 0), float(n or 0), float(c or math.inf), p)
        for name, f, n, c, p in OPTIONS
    }
    assert bills[cheapest_option(tokens, OPTIONS)] == pytest.approx(min(bills.values()))


def test_cheapest_by_hand():
    """Own nodes take 12,067 / 1.8 = 6,704 M tokens; before that the platform is cheapest."""
    volumes = [[1e9, 6.7e9], [6.71e9, 1e11]]
    assert cheapest_option(volumes, OPTIONS).tolist() == [["Managed", "Managed"], ["Own", "Own"]]


def test_header_is_skipped_and_a_tie_goes_to_the_first():
    """A row of words is a header; of two that cost the same the upper one is named."""
    header = ["name", "fixed", "node", "capacity", "price"]
    assert cheapest_option(1e9, [header, *OPTIONS]) == "Managed"
    assert cheapest_option(1e9, [["A", 0, 0, None, 2], ["B", 2_000, 0, None, 0]]) == "A"
    assert cheapest_option(0, OPTIONS) == "API"


def test_unknown_cost_names_nothing():
    """An impossible number in the table, or an unknown volume, is no bargain."""
    assert math.isnan(cheapest_option(1e9, [*OPTIONS, ["Broken", -1, 0, None, 0]]))
    found = cheapest_option([1e9, np.nan, -5], OPTIONS)
    assert found[0] == "Managed"
    assert math.isnan(found[1])
    assert math.isnan(found[2])


def test_only_the_first_row_is_a_header():
    """Text further down is an error: a row that is skipped would silently not be compared."""
    with pytest.raises(TypeError, match="a fixed cost is 'free', which is not a number"):
        cheapest_option(1e9, [*OPTIONS, ["Trial", "free", 0, None, 0]])
    with pytest.raises(TypeError, match=r"a price is '2\.5', which is not a number"):
        cheapest_option(1e9, [["API", 0, 0, None, "2.5"]])


def test_five_cells_to_an_option():
    """A row that is short or long is an error that says what belongs in it."""
    with pytest.raises(ValueError, match="name, fixed, node cost, capacity, price"):
        cheapest_option(1e9, [["API", 0, 0, 2.5]])
