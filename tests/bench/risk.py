"""100,000 draws of the mid-size plan through 36 months, tornado included.

The peer is the same plan in plain Python, one draw after another, on 200 of the draws and
scaled; its totals are asserted equal within 1e-9. The floor is the time this machine takes to
copy, in one array of a block's length after another, every line of every month once.
"""

import math
from collections.abc import Iterator

import numpy as np

from tests.bench.measure import Row, best, faster, no_slower
from workbooks.plan.judgement.risk import BLOCK, Many, draw, drivers_of, risk
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready

DRAWS, SAMPLE, MONTHS = 100_000, 200, 36


def rows() -> Iterator[Row | str]:
    """Against the loop, and against the memory it cannot do without."""
    ours = plan(load(ready()["mid-size"]))
    many, drivers = Many(ours), tuple(drivers_of(ours))
    drawn = draw(drivers, np.arange(SAMPLE), seed=1)
    constants = {
        n: float(v)
        for n, v in ours.run().items()
        if np.ndim(v) == 0 and np.asarray(v).dtype.kind in "fi"
    }
    sets = [constants | {n: x[i].item() for n, x in drawn.items()} for i in range(SAMPLE)]
    found = many.outcomes(drawn)
    for option, costs in zip(ours.options, zip(*map(loop, sets), strict=True), strict=True):
        np.testing.assert_allclose(costs, found[f"{option}_present_cost"], rtol=1e-9)
    block, target = np.ones(BLOCK), np.empty((len(many.lines) * MONTHS, BLOCK))
    vector, scalar, copy = best(
        lambda: risk(ours, DRAWS), lambda: list(map(loop, sets)), lambda: copied(block, target)
    )
    loops, floor = scalar * DRAWS / SAMPLE, copy * DRAWS / BLOCK
    yield Row("100,000 draws x 36 months", vector, "plain Python loop (scaled)", loops, faster(5))
    yield Row("100,000 draws x 36 months", vector, "copying each line once", floor, no_slower(15))
    yield f"{vector / DRAWS * 1e6:.1f} us a draw; the floor is {floor / DRAWS * 1e6:.1f} us"


def loop(m: dict[str, float]) -> list[float]:
    """Present value of the API, the managed platform, own rented nodes and the hybrid."""
    blends = [blend(m, option) for option in ("api", "managed")]
    served = m["node_speed_tokens_per_second"] * 3600 * m["hours_per_month"] * m["duty_share"]
    served *= m["sla_share"] * m["max_load_share"] / m["peak_factor"]
    rent = (
        m["rent_per_gpu_hour"] * m["gpus_per_node_count"] * m["hours_per_month"] * m["duty_share"]
    )
    fixed = (
        m["mlops_per_month"] + m["opportunity_hours_per_month"] * m["opportunity_value_per_hour"]
    )
    called = m["incidents_per_year"] * m["incident_hours"] * m["incident_cost_per_hour"] / 12
    salaries = m["staff_fte"] * m["salary_per_year"] / 12
    totals = [0.0] * 4
    for month in range(MONTHS):
        years = month / 12
        mtok = m["tokens_per_month"] * (1 + m["growth_per_year"]) ** years / 1e6
        api, managed = (
            blends[k] * (1 + m[f"{option}_price_change_per_year"]) ** years
            for k, option in enumerate(("api", "managed"))
        )
        node = rent * (1 + m["rent_change_per_year"]) ** years
        people = salaries * (1 + m["wage_growth_per_year"]) ** (month // 12) + fixed + called
        people += m["migration_cost"] * (month == 0)
        bills = [mtok * api, mtok * managed]
        for share in (1.0, m["hybrid_share"]):
            nodes = max(m["min_nodes"], math.ceil(round(mtok * share * 1e6 / served, 9)))
            rest = 1.0 if month < m["dual_run_months"] else 1 - share
            bills.append((nodes + m["spare_nodes"]) * node + people + mtok * api * rest)
        factor = (1 + m["discount_rate"]) ** (-(month + m["payment_timing_share"]) / 12)
        for k, bill in enumerate(bills):
            totals[k] += bill * factor
    return totals


def blend(m: dict[str, float], option: str) -> float:
    """Price of an average token: input, cached input, output."""
    fresh, cached, output = (
        m[f"{option}_{part}_per_mtok"] for part in ("input", "cached", "output")
    )
    price = fresh * (1 - m["cached_share"]) + cached * m["cached_share"]
    return price * (1 - m["output_share"]) + output * m["output_share"]


def copied(block: np.ndarray, target: np.ndarray) -> None:
    """Write one block of numbers for each line and month."""
    for row in target:
        np.copyto(row, block)
