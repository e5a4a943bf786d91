"""Plausible mistakes are refused in every cell, and plausible calls are not."""

import math
import random

import pytest

from addin.cells import CellError, evaluate
from addin.reasons import reason
from costcore.catalogue import FUNCTIONS, function
from costcore.language.quantities import QUANTITIES, is_number
from install.command import main

MISTAKES = [  # the call, and what the reason must say; each was typed by somebody who meant well
    ("TCO_3YR", (155_000, 2_450, 10_000, 0, 10), "discount_rate is 10; .*a tenth is 0.10 or 10 %"),
    ("TCO_3YR", (155_000, 2_450, 10_000, 0, 0, 3), "opex_growth_per_year is 3"),
    ("TCO_API_3YR", (3_750, 50), "growth_per_year is 50"),
    ("BREAKEVEN_MONTHS", (90_000, 5_000, 2_000, 0, 0, 10), "discount_rate is 10"),
    ("BREAKEVEN_MONTHS", (90_000, 5_000, 2_000, 20), "per_year is 20"),
    ("BREAKEVEN_TOKENS", (20, 5_400, 388.8, 3_000), "capacity.* is 388.8; .*not in millions"),
    ("NODES_NEEDED", (500, 388.8e6, 3, 0.75, 1), "tokens_per_month is 500; .*not in millions"),
    ("SELFHOST_COST", (500, 5_400, 388.8e6), "tokens_per_month is 500"),
    ("TCO_3YR", (155_000, 2_450, 10_000, 0.25), "residual is 0.25; .*money, not a share"),
    ("TCO_3YR", (155_000, 2_450, 10_000, 200_000), "residual is 200000; .*at most the purchase"),
    ("OWN_PER_MONTH", (36_000, 36, 50_000), "residual is 50000; .*at most the purchase"),
    ("OWN_PER_MONTH", (36_000, 3), "life_months is 3"),
    ("NODES_NEEDED", (5e8, 3.888e8, 300), "peak_factor is 300"),
    ("OWN_PER_MONTH", (36_000, 36, 0, 0, 1_000, 0.1), "power_kw is 1000"),
    ("SPILLOVER_NODES", (((1e6,),) * 24, 2, 100, 1e6, 1), "per_hour is 100; .*not in millions"),
    ("SPILLOVER_COST", (((1e6,),) * 24, 1, 100, 1, 1), "per_hour is 1; .*not in millions"),
    ("RENT_PER_MONTH", (1.875, 8, 1, 24), "hours_per_month is 24; .*not of a day"),
    ("CAPACITY_TOKENS", (150, 1, 24), "hours_per_month is 24; .*not of a day"),
    ("TCO_3YR", (155_000, 2_450, 0.08), "labor_per_year is 0.08; .*not a share"),
    ("BREAKEVEN_TOKENS", (2e-5, 5_400, 388.8e6), "api_price_per_mtok is 2e-05; .*not of one"),
    ("BLENDED_PRICE", (3e-6, 15e-6, 0.25), "input_price_per_mtok is 3e-06; .*not of one"),
    ("SELFHOST_COST", (5e8, 5_400, 3.9e8, 0, 2e-7), "own_price_per_mtok is 2e-07; .*not of one"),
    ("TCO_3YR", (155_000, 2_450, 10_000, 30), "residual is 30; .*money, not a share"),
    ("OWN_PER_MONTH", (36_000, 36, 30), "residual is 30; .*money, not a share"),
    ("RENT_PER_MONTH", (1.875, 720), "count is 720; .*machines, not the hours"),
    ("RENT_PER_MONTH", (1.875, 730), "count is 730; .*machines, not the hours"),
    ("BREAKEVEN_TOKENS", (5_400, 20, 388.8e6), "node_cost_per_month is 20; .*stands before it"),
    ("BREAKEVEN_LOAD", (5_400, 20, 388.8e6), "node_cost_per_month is 20; .*stands before it"),
    ("SPILLOVER_COST", (((1.0,),) * 24, 1, 5_400, 1e6, 10), "hourly_tokens is 1 .*in millions"),
    ("SPILLOVER_NODES", (((1.0,),) * 24, 5_400, 1e6, 10), "hourly_tokens is 1 .*in millions"),
]
MEANT = [  # next to a mistake, and right: the value is by hand
    ("RENT_PER_MONTH", (1.875, 720, 1, 730), 1.875 * 720 * 730),
    ("RENT_PER_MONTH", (1.875, 512), 1.875 * 512 * 730),
    ("OWN_PER_MONTH", (5_000, 50, 100), (5_000 - 100) / 50),
    ("SELFHOST_COST", (5e8, 5_400, 3.9e8, 0, 0.0), 2 * 5_400.0),
    ("SPILLOVER_COST", (((0.0,),) * 24, 1, 5_400, 1e6, 10), 5_400.0),
    ("PEAK_FACTOR", (((1.0,), (3.0,)) * 12,), 1.5),
    ("BREAKEVEN_LOAD", (20, 3, 388.8e6), 3 / (388.8 * 20)),
]
OPTIONS = (("API", 0.0, 0.0, None, 2.5), ("Managed", 0.0, 0.0, None, None))


@pytest.mark.parametrize(("name", "cells", "said"), MISTAKES, ids=str)
def test_a_plausible_mistake_is_refused_with_its_reason(name, cells, said):
    """The cell shows an error, and the reason names the argument, the value and the rule."""
    entry = function(name)
    assert evaluate(entry, cells) is CellError.NUM
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(reason(entry, cells))


@pytest.mark.parametrize(("name", "cells", "right"), MEANT, ids=str)
def test_what_is_meant_is_answered(name, cells, right):
    """A month without tokens, small residuals and large fleets are computed."""
    assert evaluate(function(name), cells) == pytest.approx(right)


def test_only_the_row_with_the_mistake_shows_the_error():
    """A column with one volume in millions keeps its other answers."""
    entry = function("SELFHOST_COST")
    shown = evaluate(entry, [[(500.0,), (500e6,)], 5_400, 388.8e6])
    assert shown == [[CellError.NUM], [2 * 5_400.0]]  # by hand: two nodes for 500 M


def test_no_volume_at_all_is_a_volume():
    """A month without tokens is no mistake."""
    assert evaluate(function("SELFHOST_COST"), [0.0, 5_400, 388.8e6, 3_000]) == 3_000.0 + 5_400.0


def test_a_blank_price_is_unknown_and_never_wins():
    """An option whose price nobody has typed in is not free."""
    assert evaluate(function("CHEAPEST_OPTION"), [1e9, OPTIONS]) is CellError.NUM


def test_a_capacity_in_millions_in_a_table_of_options_is_noticed():
    """388.8 for 388.8 M made the option with nodes the dearest, whatever the volume."""
    ours = ("Own", 3_000.0, 5_400.0, 388.8, 0.0)
    assert evaluate(function("CHEAPEST_OPTION"), [1e9, (OPTIONS[0], ours)]) is CellError.NUM


def test_capitals_do_not_matter_in_words():
    """Excel's own functions take a word in any case."""
    given = [20, 5_400, 388.8e6, 3_000, 0, 1]
    assert evaluate(function("BREAKEVEN_TOKENS"), [*given, "First"]) == 690e6


def test_the_sentence_says_it_where_the_answer_is_text():
    """BREAKEVEN_WHY answers in words, also on a mistake."""
    said = evaluate(function("BREAKEVEN_WHY"), [20, 5_400, 388.8, 3_000])
    assert "not in millions" in str(said)


def test_the_command_refuses_it_too(capsys):
    """What a cell refuses is refused on the command line."""
    flags = ["--price", "20", "--node-cost", "5400", "--capacity", "388.8"]
    assert main(["breakeven", *flags]) == 2
    assert "--capacity is 388.8" in capsys.readouterr().err


NUMERIC = [f for f in FUNCTIONS if f.answers == "one for each cell" and f.traces]


def test_plausible_calls_are_answered():
    """2,000 calls within a factor of two of a worked example: none is called a mistake."""
    draw = random.Random(1)
    for _ in range(2_000):
        entry = draw.choice(NUMERIC)
        names = list(entry.signature.parameters)
        cells = [
            _near(draw, name, value)
            for name, value in zip(names, entry.example.arguments, strict=False)
        ]
        assert evaluate(entry, cells) is not CellError.NUM, (entry.name, cells)


def _near(draw, name, value):
    if not is_number(name) or not isinstance(value, float) or not math.isfinite(value):
        return value
    rule = QUANTITIES[name]
    near = value * draw.uniform(0.5, 2.0)
    near = float(round(near)) if rule.whole else near
    return min(max(near, rule.low), rule.high)
