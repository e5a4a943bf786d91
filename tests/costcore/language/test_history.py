"""What is left of a row, by hand: as numbers, and as the formula that says the same."""

import numpy as np
import pytest

from costcore.language.history import Standing
from costcore.language.timeline import Line, formulas, highest_ahead, values
from costcore.language.trace import Cell

BOUGHT, WORTH = [4.0, 0.0, 2.0, 1.0], [0.9, 0.7, 0.4, 0.1]
ROWS = {"bought_nodes": BOUGHT, "worth_share": WORTH}


def line(new):
    """What purchases are worth of which half of the first is left."""

    def rule(m):
        return m.standing("bought_nodes", "worth_share", Standing(m.oldest, m.left, new))

    return Line("worth_nodes", "Worth", rule)


READ = tuple(Line(name, name, lambda m, n=name: getattr(m, f"given_{n}")) for name in ROWS)
GIVEN = {f"given_{name}": row for name, row in ROWS.items()}


@pytest.mark.parametrize(
    ("new", "oldest", "worth"),
    [
        (1, 1.0, [1.8, 1.4, 0.8 + 1.8, 0.2 + 1.4 + 0.9]),
        (0, 1.0, [0.0, 1.8, 1.4, 0.8 + 1.8]),
        (1, 3.0, [0.0, 0.0, 0.9, 0.7 + 0.9]),
        (1, 5.0, [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_what_is_left_counts_at_its_age(new, oldest, worth):
    """4 bought in the first period, 2 in the third, 1 in the fourth; half of the oldest is left."""
    known = {"oldest": oldest, "left": 0.5}
    found = values([*READ, line(new)], known, 4, series=GIVEN)["worth_nodes"]
    assert found.tolist() == pytest.approx(worth)


def test_each_scenario_has_an_oldest_of_its_own():
    """Arrays of scenarios give what each gives alone."""
    known = {"oldest": np.array([1.0, 3.0, 5.0]), "left": np.array([0.5, 0.5, 0.5])}
    found = values([*READ, line(1)], known, 4, series=GIVEN)["worth_nodes"]
    assert found[-1].tolist() == pytest.approx([2.5, 1.6, 0.0])


def test_a_period_is_found_and_counted():
    """The value of a period so far, and how many have been at most as high; later ones are not."""
    rules = {
        "third_nodes": lambda m: m.at("bought_nodes", 3),
        "low_nodes": lambda m: m.reached("bought_nodes", 2),
    }
    lines = [*READ, *(Line(name, name, rule) for name, rule in rules.items())]
    found = values(lines, {}, 4, series=GIVEN)
    assert found["third_nodes"].tolist() == [0.0, 0.0, 2.0, 2.0]
    assert found["low_nodes"].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_the_formula_of_what_is_left_fits_a_line():
    """It names each cell and range once, and the ages by the month."""
    (text,) = formulas(
        [line(1)],
        {"oldest": Cell("B1"), "left": Cell("B2")},
        1,
        lambda name, t: f"{name[0]}{t}",
        lambda name, t: f"{name[0]}s",
    )["worth_nodes"]
    weights = "((ms > B1) + (ms = B1) * B2)"
    assert text == f"=SUMPRODUCT(bs * {weights} * SUMIF(ms, m0 + 1 - ms, ws))"


def test_a_line_ahead_is_asked_for_by_name():
    """A rule that looks ahead without saying so is refused, not 0."""
    with pytest.raises(LookupError, match="bought_nodes"):
        values([*READ, Line("x_nodes", "", lambda m: m.ahead("bought_nodes"))], {}, 2, series=GIVEN)
    most = values([*READ, highest_ahead("most_nodes", "", "bought_nodes")], {}, 4, series=GIVEN)
    assert most["most_nodes"].tolist() == [4.0, 2.0, 2.0, 1.0]
