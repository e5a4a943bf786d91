"""The cheapest mix from the tables of a sheet: workloads with their cells, engines with costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcore.language.elementwise import Numbers, as_numbers, explained
from costcore.language.quantities import HOURS_PER_MONTH
from costcore.portfolio.mix import Mix, cheapest_mix
from costcore.portfolio.portfolio import Flags, one_month

Table = Sequence[Sequence[object]]
USED = 1e-6


@explained
def best_mix(
    workload_table: Table,
    engine_table: Table,
    load_factors: Numbers = None,
    fixed_cost_per_month: Numbers = 0.0,
    hours_per_month: Numbers = HOURS_PER_MONTH,
) -> Any:
    """Cheapest mix of engines for several workloads in a month: who serves what, on how many nodes.

    A workload's row holds its name, its tokens a month and a cell for each engine: the price per
    million tokens, or, of nodes, the tokens that one serves in an hour; blank: it may not. An
    engine's row holds its name and the cost of a node per month (blank: it is billed by token),
    then spare nodes and its own fixed cost where it has them. The fixed cost of all is paid once
    nodes are used. Hours go down and workloads across; without them the load is flat.

    Returns
    -------
    object array of rows: workload, engine, share of its tokens, nodes of the engine

    Raises
    ------
    LookupError
        If no engine can serve a workload.
    ValueError
        If the ranges do not fit together.

    Examples
    --------
    >>> workloads = [["Chat", 7.3e9, 0.2, 10e6], ["Batch", 7.3e9, 0.1, 10e6]]
    >>> engines = [["API", None], ["Nodes", 1_000]]
    >>> best_mix(workloads, engines, [[1.5, 0.5], [0.5, 1.5]]).tolist()[0]
    ['Chat', 'API', 0.25, 0.0]

    With people for the nodes the API serves all:

    >>> best_mix(workloads, engines, fixed_cost_per_month=5_000)[:, 1].tolist()
    ['API', 'API']
    """
    engines, workloads = _engine_rows(engine_table), _rows(workload_table, "workload", 2)
    names = [name for name, *_ in engines]
    pools = np.array([np.isfinite(cost) for _, cost, _, _ in engines])
    cells = np.array([[_number(cell) for cell in _cells(row, names)] for row in workloads])
    tokens = np.array([_number(row[1]) for row in workloads])
    flat = np.ones((1, tokens.size)) if load_factors is None else load_factors
    hours = as_numbers("load_factors", flat).reshape(-1, tokens.size)
    if not (np.nan_to_num(tokens, nan=-1) >= 0).all() or not (hours.sum(axis=0) > 0).all():
        return float("nan")
    node, spare, fixed = (np.array([row[i] for row in engines])[pools] for i in (1, 2, 3))
    portfolio = one_month(
        tokens,
        (hours / hours.mean(axis=0)).T,
        np.where(np.isnan(cells[:, ~pools]), np.inf, cells[:, ~pools]),
        np.nan_to_num(cells[:, pools]),
        node,
        fixed,
        float(np.asarray(fixed_cost_per_month)),
        spare,
        float(np.asarray(hours_per_month)),
    )
    try:
        mix = cheapest_mix(portfolio, gap=0.0)
    except ValueError as error:
        raise LookupError(str(error)) from None
    return _shares(mix, [row[0] for row in workloads], names, pools)


def _shares(mix: Mix, workloads: list[object], names: list[object], pools: Flags) -> Any:
    """Return a row for each engine that a workload uses."""
    ordered = [name for kind in (False, True) for name in np.array(names, object)[pools == kind]]
    nodes = [*np.zeros((~pools).sum()), *mix.nodes[0]]
    rows = [
        [workload, name, float(mix.shares[0, w, e]), float(nodes[e])]
        for w, workload in enumerate(workloads)
        for e, name in enumerate(ordered)
        if mix.shares[0, w, e] > USED
    ]
    return np.array(rows, dtype=object)


def _rows(table: Table, kind: str, least: int) -> list[list[object]]:
    rows = [list(row) for row in table]
    if any(len(row) < least for row in rows):
        raise ValueError(f"each {kind} needs at least {least} cells")
    return rows


def _cells(row: list[object], engines: list[object]) -> list[object]:
    if len(row) - 2 != len(engines):
        raise ValueError(f"{row[0]!r} has {len(row) - 2} engines; there are {len(engines)}")
    return row[2:]


def _engine_rows(table: Table) -> list[tuple[object, float, float, float]]:
    """Return name, node cost (nan: billed by token), spares and fixed cost of each engine."""
    found = []
    for row in _rows(table, "engine", 2):
        name, node, *rest = [*row, None, None][:4]
        spare, fixed = (0.0 if np.isnan(n := _number(cell)) else n for cell in rest)
        found.append((name, _number(node), spare, fixed))
    return found


def _number(cell: object) -> float:
    if cell is None or cell == "":
        return float("nan")
    return float(as_numbers("a cell of the table", cell))
