"""Lines of a calculation, each written once: numbers give values, cells give formulas.

A `Line` is a named rule over inputs, the lines above it and the period before.
Run with numbers, `values` computes it for every period at once for whole arrays
of scenarios; run with cells, `formulas` reads the Excel text off the same rule.
A single figure is a line with one period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.history import CellHistory, NumberHistory, Period
from costcore.language.quantities import Unit, unit_of
from costcore.language.trace import Cell, excel

Rule = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet; its name ends in its unit."""

    name: str
    label: str
    rule: Rule
    sums: bool = False
    """Whether the periods add up to a total."""
    heading: str = ""
    """Heading printed above the line, where a new part of the sheet begins."""
    ahead: str = ""
    """Line whose later periods it looks at, which so must be known from its own period alone."""

    @property
    def unit(self) -> Unit:
        """The unit the name ends in."""
        return unit_of(self.name)


def total(name: str, label: str, of: str) -> Line:
    """Return the line that adds up another one over all periods."""
    return Line(name, label, lambda m: np.sum(getattr(m, of), axis=0))


def highest_ahead(name: str, label: str, of: str) -> Line:
    """Return the line that is the highest of another one from its period to the last.

    >>> lines = [Line("need_nodes", "Need", lambda m: m.wanted_nodes),
    ...          highest_ahead("most_nodes", "Most", "need_nodes")]
    >>> values(lines, {}, 3, series={"wanted_nodes": [1, 3, 2]})["most_nodes"].tolist()
    [3.0, 3.0, 2.0]
    """
    return Line(name, label, lambda m: m.ahead(of), ahead=of)


def values(
    lines: Sequence[Line],
    inputs: Mapping[str, Any],
    periods: int,
    period: str = "month",
    series: Mapping[str, Sequence[Any]] | None = None,
    keep: Collection[str] | None = None,
) -> dict[str, Any]:
    """Compute every line for every period.

    Parameters
    ----------
    inputs
        Numbers, or arrays that broadcast (one element for each scenario).
    series
        Inputs that have a value for each period.
    keep
        Lines to remember and return, where all of them would take too much memory: `needed`
        says which. Looking back at another one is a KeyError.

    Returns
    -------
    dict of ndarray
        For each line, or each kept, an array whose first axis is the periods.

    Examples
    --------
    >>> double = Line("cost", "Doubles", lambda m: np.maximum(2 * m.last("cost"), m.start))
    >>> values([double], {"start": 3.0}, 4)["cost"].tolist()
    [3.0, 6.0, 12.0, 24.0]
    """
    _check_names(lines)
    series = dict(series or {}) | _ahead(lines, inputs, periods, period, series or {})
    kept = {line.name for line in lines} if keep is None else set(keep)
    rows: dict[str, list[Any]] = {name: [] for name in kept}
    given = {name: _numpy(value) for name, value in inputs.items()}
    dated = {name: [_numpy(value) for value in each] for name, each in series.items()}
    rules = [(line.name, line.rule) for line in lines if not line.ahead]
    with np.errstate(all="ignore"):
        for t in range(periods):
            known = given | {name: each[t] for name, each in dated.items()}
            known[period] = np.float64(t + 1)
            seen = Period(known, NumberHistory(rows, known))
            for name, rule in rules:
                known[name] = rule(seen)
            for name in kept:
                rows[name].append(known[name])
    return {name: _stacked(row) for name, row in rows.items()}


def _check_names(lines: Sequence[Line]) -> None:
    """Refuse two lines of one name: what reads it would get the one that stands later.

    >>> _check_names([Line("cost", "Rent", lambda m: 1), Line("cost", "Power", lambda m: 2)])
    Traceback (most recent call last):
    ValueError: two lines are called cost: Rent, and Power; rename one
    """
    labels: dict[str, str] = {}
    for line in lines:
        if line.name in labels:
            both = f"{labels[line.name]}, and {line.label}"
            raise ValueError(f"two lines are called {line.name}: {both}; rename one")
        labels[line.name] = line.label


def _ahead(
    lines: Sequence[Line],
    inputs: Mapping[str, Any],
    periods: int,
    period: str,
    series: Mapping[str, Sequence[Any]],
) -> dict[str, Any]:
    """Compute the lines that look ahead, from those that they look at."""
    looking = {line.name: line.ahead for line in lines if line.ahead}
    if not looking:
        return {}
    behind, looked_back = needed(lines, [*inputs, *series, period], looking.values())
    found = values(behind, inputs, periods, period, series, {*looked_back, *looking.values()})
    return {n: np.maximum.accumulate(found[of][::-1])[::-1] for n, of in looking.items()}


def _numpy(value: Any) -> Any:
    """Python's own numbers raise where numpy's give inf or nan, as a column of them would."""
    return np.float64(value) if type(value) in (float, int) else value


def _stacked(row: list[Any]) -> Any:
    try:
        array = np.asarray(row[0])[None] if len(row) == 1 else np.array(row)  # one is not copied
    except ValueError:  # some periods hold arrays, others one number for all
        return np.stack(np.broadcast_arrays(*(np.asarray(x, float) for x in row)))
    if array.dtype.kind in "UO":
        return np.array([str(x) for x in row], dtype=object)
    return array.astype(float, copy=False)


def formulas(
    lines: Sequence[Line],
    inputs: Mapping[str, Any],
    periods: int,
    at: Callable[[str, int], str],
    span: Callable[[str, int], str],
    period: str = "month",
    series: Sequence[str] = (),
    rest: Callable[[str, int], str] | None = None,
) -> dict[str, list[str]]:
    """Read the Excel formula of every line and period off its rule.

    Parameters
    ----------
    inputs
        A `Cell`, or a table of cells, for each input.
    at
        Gives the cell of a line in a period, from 0; -1 is the blank cell before the first.
    span
        Gives the range that starts at that blank cell and ends in the period.
    rest
        Gives the range from the period to the last; it is asked for by lines that look ahead.
    """
    known = dict(inputs) | {name: Cell(_mark("at", name, 0)) for name in (period, *series)}
    places = {"at": at, "span": span, "rest": rest or at}
    _check_names(lines)
    seen = Period(known, CellHistory(_mark, period))
    texts: dict[str, list[str]] = {}
    with np.errstate(all="ignore"):
        for line in lines:
            parts = MARK.split("=" + excel(line.rule(seen)))
            texts[line.name] = [_placed(parts, places, t) for t in range(periods)]
            known[line.name] = Cell(_mark("at", line.name, 0))
    return texts


MARK = re.compile("\x01(.*?)\x02(.*?)\x02(.*?)\x03")


def _mark(place: str, name: str, offset: int) -> str:
    """Stand for a line's cell or span until the period is known; all periods share a formula."""
    return f"\x01{place}\x02{name}\x02{offset}\x03"


def _placed(parts: Sequence[str], places: Mapping[str, Callable[[str, int], str]], t: int) -> str:
    """Join the pieces of a formula, text and marks in turn, with the cells of a period."""
    marks = zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4], strict=True)
    found = (places[place](name, t + int(offset)) + text for place, name, offset, text in marks)
    return parts[0] + "".join(found)


def needed(
    lines: Sequence[Line], known: Collection[str], wanted: Collection[str]
) -> tuple[tuple[Line, ...], set[str]]:
    """Return the lines behind the wanted ones, and which of them must be kept.

    What a rule reads is seen in its formula; one period tells it for all.

    Parameters
    ----------
    known
        Names of the inputs, the period and the series.

    Examples
    --------
    >>> lines = [Line("cost", "Cost", lambda m: m.rate * 2),
    ...          Line("idle_cost", "Idle", lambda m: m.cost / 2),
    ...          Line("due_cost", "To date", lambda m: m.last("due_cost") + m.cost)]
    >>> behind, kept = needed(lines, ["rate"], ["due_cost"])
    >>> [line.name for line in behind], kept
    (['cost', 'due_cost'], {'due_cost'})
    """
    cells = {name: Cell(name) for name in known}
    before = "{}!".format
    texts = formulas(
        lines, cells, 1, lambda name, t: name if t == 0 else before(name), lambda n, _: before(n)
    )
    reads = {
        name: {*re.findall(r"\w+!?", text), *_between(text, [*texts])}
        for name, (text,) in texts.items()
    }
    found, looked_back, waiting = set(wanted), set(wanted), list(wanted)
    while waiting:
        for name in reads[waiting.pop()]:
            bare = name.removesuffix("!")
            if bare in reads and bare not in found:
                waiting.append(bare)
                found.add(bare)
            if bare in reads and bare != name:
                looked_back.add(bare)
    return tuple(line for line in lines if line.name in found), looked_back


def _between(text: str, listed: Sequence[str]) -> list[str]:
    """Return the lines of the columns that a formula reads: those between the two it names.

    >>> _between("SUM(a_cost:c_cost)", ["a_cost", "b_cost", "c_cost", "d_cost"])
    ['a_cost', 'b_cost', 'c_cost']
    """
    place = {name: at for at, name in enumerate(listed)} if ":" in text else {}
    ends = (pair for pair in re.findall(r"(\w+):(\w+)", text) if {*pair} <= place.keys())
    return [name for first, last in ends for name in listed[place[first] : place[last] + 1]]


def figures(lines: Sequence[Line], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Compute lines that have a single period.

    >>> figures([Line("cost", "Cost", lambda m: m.rate * 2)], {"rate": 3.0})["cost"]
    6.0
    """
    _check_names(lines)
    known = {name: _numpy(value) for name, value in inputs.items()}
    seen = Period(known, NumberHistory({line.name: [] for line in lines}, known))
    with np.errstate(all="ignore"):
        for line in lines:
            known[line.name] = line.rule(seen)
    return {line.name: _stacked([known[line.name]])[0] for line in lines}


def figure_formulas(lines: Sequence[Line], inputs: Mapping[str, Any]) -> dict[str, str]:
    """Read the formulas of lines whose cells carry their names.

    >>> figure_formulas([Line("cost", "Cost", lambda m: m.rate * 2)], {"rate": Cell("rate")})
    {'cost': '=rate * 2'}
    """

    def by_name(name: str, _: int) -> str:
        return name

    return {n: row[0] for n, row in formulas(lines, inputs, 1, by_name, by_name).items()}


def read_by(lines: Sequence[Line], known: Collection[str]) -> set[str]:
    """Return what single figures read of what is known.

    >>> read_by([Line("cost", "Cost", lambda m: np.sum(m.paid, axis=0))], ["paid", "due"])
    {'paid'}
    """
    texts = figure_formulas(lines, {name: Cell(name) for name in known})
    return set(known) & set(re.findall(r"\w+", " ".join(texts.values())))
