"""Look-ups in tables that are passed in: a model's price, the cheapest option."""

from __future__ import annotations

import datetime
import difflib
import numbers
from collections.abc import Sequence

import numpy as np

from costcore.language.elementwise import Numbers, explained
from costcore.language.quantities import QUANTITIES
from costcore.language.units import day_of
from costcore.nodes.hosting import selfhost_cost

Table = Sequence[Sequence[object]]

COMPONENTS = {
    "input": "input_price_per_mtok",
    "output": "output_price_per_mtok",
    "cached": "cached_price_per_mtok",
    "cache write": "cache_write_price_per_mtok",
    "batch input": "batch_input_price_per_mtok",
    "batch output": "batch_output_price_per_mtok",
}
OPTION_CELLS = {"fixed cost": 0.0, "node cost": 0.0, "capacity": np.inf, "price": np.nan}
"""What the cells after an option's name hold, and what a blank in them means."""


@explained
def token_price(model: str, component: str, price_table: Table, as_of: object = None) -> float:
    """Price of a model's input, output or other tokens, from a table with a header row.

    The table has a column ``model``, one for each component (``input`` or
    ``input_price_per_mtok``) and may have ``valid_from`` and ``valid_to``. A row
    counts from the first day up to, not including, the second; a blank is open.

    Returns
    -------
    float, money per million tokens
        ``nan`` where the table leaves the price blank: unknown is not free.

    Raises
    ------
    LookupError
        If the table has no such model or component, or none valid on that day.
    TypeError
        If `as_of` or the price is not what it should be.

    Examples
    --------
    >>> table = [["model", "input", "valid_from", "valid_to"],
    ...          ["o3", 10.0, "2025-04-16", "2025-06-10"],
    ...          ["o3", 2.0, "2025-06-10", None]]
    >>> token_price("o3", "input", table)
    2.0

    The day of a price change has the new price, the day before still the old one:

    >>> token_price("o3", "input", table, "2025-06-09")
    10.0
    """
    header, *rows = price_table
    names = [_plain(name) for name in header]
    price_column = _column(names, component)
    rows = [row for row in rows if str(row[_column(names, "model")]).strip() == model.strip()]
    if not rows:
        known = {str(row[_column(names, "model")]) for row in price_table[1:]}
        near = difflib.get_close_matches(model, known, n=3, cutoff=0.4)
        raise LookupError(
            f"no model {model!r} in the price table; nearest: {', '.join(near) or 'none'}"
        )
    valid = [row for row in rows if _covers(names, row, as_of)]
    if not valid:
        raise LookupError(f"no price for {model!r} is valid on {as_of}")
    price = _number("the price", max(valid, key=lambda row: _starts(names, row))[price_column])
    return price if price >= 0 else float("nan")


def _plain(name: object) -> str:
    return str(name).strip().lower().replace("_", " ")


def _column(names: list[str], component: str) -> int:
    wanted = _plain(component)
    for spelling in (wanted, _plain(COMPONENTS.get(wanted, wanted))):
        if spelling in names:
            return names.index(spelling)
    raise LookupError(f"no column {component!r} in the price table; it has {', '.join(names)}")


def _covers(names: list[str], row: Sequence[object], as_of: object) -> bool:
    if as_of is None:
        return True
    day = day_of(as_of)
    ends = row[names.index("valid to")] if "valid to" in names else None
    return _starts(names, row) <= day and (ends in (None, "") or day < day_of(ends))


def _starts(names: list[str], row: Sequence[object]) -> datetime.date:
    start = row[names.index("valid from")] if "valid from" in names else None
    return datetime.date.min if start in (None, "") else day_of(start)


def _number(meaning: str, value: object, blank: float = float("nan")) -> float:
    if value in (None, ""):
        return blank
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{meaning} is {value!r}, which is not a number")
    return float(value)


@explained
def cheapest_option(tokens_per_month: Numbers, options: Table) -> object:
    """Name of the option that serves a volume at the lowest monthly cost.

    A row holds a name, the fixed cost per month, the cost of a node per month,
    the tokens a node serves in a month (blank: no limit) and a price per million
    tokens (0: none; blank: unknown). An API has only a price. A header row is
    recognised and skipped.

    Returns
    -------
    str, or object array of str for a range of volumes
        The first of several that cost the same; ``nan`` where the volume or a
        number in the table is out of bounds, for then one cost is unknown.

    Raises
    ------
    ValueError
        If a row does not have five cells.
    TypeError
        If a cell that should hold a number holds text.

    Examples
    --------
    >>> options = [["API", 0, 0, None, 2.5], ["Own", 6_667, 5_400, 8e9, 0]]
    >>> cheapest_option(1e9, options)
    'API'
    >>> cheapest_option([1e9, 6e9], options).tolist()
    ['API', 'Own']
    """
    if any(len(row) != 5 for row in options):
        raise ValueError("each option needs five cells: name, fixed, node cost, capacity, price")
    has_header = isinstance(options[0][1], str) and options[0][1] != ""
    rows = [list(row) for row in options[has_header:]]
    names = np.array([*(row[0] for row in rows), np.nan], dtype=object)
    fixed, node, capacity, price = (
        np.array([_number(f"a {meaning}", row[k], blank) for row in rows])
        for k, (meaning, blank) in enumerate(OPTION_CELLS.items(), start=1)
    )
    volumes = np.asarray(tokens_per_month, float)[..., None]
    costs = selfhost_cost(volumes, node, capacity, fixed, price)
    typed = {"capacity_tokens_per_month": capacity, "api_price_per_mtok": price}
    slips = np.any([QUANTITIES[name].small(column) for name, column in typed.items()])
    unknown = np.isnan(costs).any(axis=-1) | slips
    return names[np.where(unknown, -1, np.argmin(costs, axis=-1))]
