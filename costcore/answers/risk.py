"""What uncertain inputs do to an answer: its range, its probability, and what decides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from costcore.answers.breakeven import FLOAT_DUST, breakeven_ranges
from costcore.language.arguments import arguments_of
from costcore.language.draws import Draws, halton, spread
from costcore.language.elementwise import as_numbers, explained
from costcore.language.quantities import QUANTITIES
from costcore.money.horizon import tco_3yr, tco_nyr
from costcore.nodes.hosting import selfhost_cost
from costcore.tokens.api import priced

Range: TypeAlias = ArrayLike
"""One number, or three: low, base, high."""

SHEET_DRAWS = 4096
"""Draws behind a worksheet function, which is recalculated while somebody types."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What one driver does to an outcome while all others stay at their base."""

    name: str
    at_low: float
    at_high: float
    least: float
    least_input: float
    most: float
    most_input: float

    @property
    def swing(self) -> float:
        """Distance between the worst and the best outcome inside the range."""
        return self.most - self.least

    @property
    def turns(self) -> bool:
        """Whether the worst or the best lies inside the range and not at an end."""
        ends = sorted((self.at_low, self.at_high))
        return self.least < ends[0] or self.most > ends[1]


def tornado(
    outcome: Callable[[Mapping[str, Draws]], Draws],
    base: Mapping[str, float],
    moves: Mapping[str, Mapping[str, Draws]],
) -> tuple[Bar, ...]:
    """Bars of a tornado, the widest first, each evaluated inside its range too.

    Whole nodes make an outcome a staircase, so its worst may lie between the ends.

    Parameters
    ----------
    outcome
        Gives one figure for each element of the inputs.
    base
        Every input that any driver moves.
    moves
        For each driver the inputs it moves, from its low to its high.

    Examples
    --------
    >>> bars = tornado(lambda m: m["x"] ** 2 + m["y"], {"x": 0.0, "y": 0.0},
    ...                {"x": {"x": np.array([-1.0, 0, 2])}, "y": {"y": np.array([0.0, 1])}})
    >>> [(bar.name, bar.swing, bar.turns) for bar in bars]
    [('x', 4.0, True), ('y', 1.0, False)]
    """
    sizes = [len(next(iter(inputs.values()))) for inputs in moves.values()]
    ends = np.cumsum([0, *sizes])
    columns = {name: np.full(int(ends[-1]), value) for name, value in base.items()}
    for start, inputs in zip(ends, moves.values(), strict=False):
        for name, values in inputs.items():
            columns[name][start : start + len(values)] = values
    found = np.split(np.broadcast_to(outcome(columns), columns[next(iter(base))].shape), ends[1:-1])
    bars = (
        _bar(name, next(iter(inputs.values())), each)
        for (name, inputs), each in zip(moves.items(), found, strict=True)
    )
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


def _bar(name: str, inputs: Draws, outcomes: Draws) -> Bar:
    worst, best = int(np.argmin(outcomes)), int(np.argmax(outcomes))
    inside = (x[at] for at in (worst, best) for x in (outcomes, inputs))
    figures = (outcomes[0], outcomes[-1], *inside)
    return Bar(name, *map(float, figures))


@explained
@arguments_of(tco_3yr)
def tco_range(
    years: float = 3.0, percentile: float = 0.5, seed: float = 1.0, **ranges: Range
) -> float:
    """Total cost of owning that is not exceeded with a probability, from ranges.

    Each driver is one cell, or three: low, base and high (PERT). They vary
    independently.

    Returns
    -------
    float, money
        At percentile 0.9 nine of ten outcomes cost less. ``nan`` where an input
        is out of bounds.

    Raises
    ------
    ValueError
        If a range has neither one nor three numbers, or they fall.

    Examples
    --------
    Without a range it is `tco_3yr`:

    >>> tco_range(155_000, 2_450, 10_000)
    273200.0

    Risks that lie on one side lift the middle above the plan:

    >>> round(tco_range([150_000, 155_000, 200_000], 2_450, [10_000, 10_000, 80_000]))
    307794
    """
    drawn = _drawn(ranges, seed)
    if drawn is None or not QUANTITIES["percentile"].admits(np.asarray(percentile)):
        return float("nan")
    return float(np.quantile(tco_nyr(years, *drawn), percentile))


@explained
@arguments_of(breakeven_ranges)
def win_probability(tokens_per_month: Range, seed: float = 1.0, **ranges: Range) -> float:
    """Probability that a month of self-hosting costs less than the API, from ranges.

    Each driver is one cell, or three: low, base and high (PERT). They vary
    independently.

    Returns
    -------
    float, share
        A tie is not a win. ``nan`` where an input is out of bounds.

    Raises
    ------
    ValueError
        If a range has neither one nor three numbers, or they fall.

    Examples
    --------
    The bills meet at 540 M tokens, the middle of the range:

    >>> win_probability([440e6, 540e6, 640e6], 10, 5_400)
    0.5

    The server that was costed serves 388.8 M, so it never wins at all:

    >>> win_probability([440e6, 540e6, 640e6], 10, 5_400, 388.8e6)
    0.0
    """
    drawn = _drawn({"tokens_per_month": tokens_per_month, **ranges}, seed)
    if drawn is None:
        return float("nan")
    tokens, price, node, *others = drawn
    own = selfhost_cost(tokens, node, *others)
    wins = own < priced(tokens, price) * (1 - FLOAT_DUST)
    return float(np.where(np.isnan(own), np.nan, wins).mean())


def _drawn(ranges: Mapping[str, Range], seed: float) -> Sequence[Draws] | None:
    """Draw each driver; None where one cannot be."""
    if not QUANTITIES["seed"].admits(np.asarray(seed)):
        return None
    points = halton(np.arange(SHEET_DRAWS), len(ranges), int(seed))
    found = []
    for (name, given), shares in zip(ranges.items(), points, strict=True):
        numbers = as_numbers(name, given).ravel()
        if numbers.size not in (1, 3):
            raise ValueError(f"{name} has {numbers.size} numbers; it takes one, or low, base, high")
        if not QUANTITIES[name].admits(numbers).all():
            return None
        low, base, high = np.resize(numbers, 3).tolist()
        values = spread(shares, low, base, high)
        found.append(np.round(values) if QUANTITIES[name].whole else values)
    return found
