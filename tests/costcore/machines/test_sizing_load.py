"""Peaks, troughs, copies and failures of a load, against loops and the CTO guide's own numbers."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcore.language.timeline import figure_formulas
from costcore.language.trace import Cell
from costcore.nodes.load import HEADROOM, LOAD_DEFAULTS, LOAD_LINES, provisioned, shape_of
from workbooks import tables

GUIDE = {
    "tokens_per_month": 50_000 * 1_800 * 30,
    "hours_per_month": 720,
    "input_tokens": 1_500,
    "output_tokens": 300,
    "peak_factor": 3,
}
"""50,000 requests a day of 1,800 tokens, three times as many in the busiest hour."""


def plan(**changes):
    """The guide's load on two GPUs of 4,250 tokens a second each, with changes."""
    speeds = {"low_tokens_per_second": 5_950, "base_tokens_per_second": 8_500, "replica_gpus": 2}
    return provisioned(**{**GUIDE, **speeds, **changes})


def test_requests_per_minute_of_the_guide():
    """35 a minute on average, three times that in the peak: 50,000 / 1,440 = 34.7, and 104."""
    load = plan()
    assert load["mean_requests_per_minute"] == pytest.approx(50_000 / 1_440)
    assert load["peak_requests_per_minute"] == pytest.approx(3 * 50_000 / 1_440)


def test_trough_of_the_guide_is_far_below_two_gpus_at_40_percent():
    """Half the mean in quiet hours: 1,042 / 2 tokens a second of the 8,500 that two GPUs serve."""
    assert plan(trough_factor=0.5)["trough_load_share"] == pytest.approx(2.7e9 / 2.592e6 / 2 / 8500)
    assert plan(trough_factor=0.5)["trough_load_share"] < 0.07


def test_volume_that_keeps_two_gpus_at_40_percent():
    """The rule turned around: 0.4 x 8,500 tokens a second in the trough, by hand 17.6 B a month."""
    volume = 0.4 * 8_500 * 720 * 3600 / 0.5
    load = plan(tokens_per_month=volume, trough_factor=0.5)
    assert load["trough_load_share"] == pytest.approx(0.4)
    assert volume == pytest.approx(17.6e9, rel=0.01)


@given(st.floats(1e6, 1e12), st.floats(1, 9), st.floats(1000, 1e5))
def test_copies_are_the_fewest_whose_headroom_holds_the_peak(tokens, peak, speed):
    """Try one copy after the other; more copies may be busier."""
    load = plan(tokens_per_month=tokens, peak_factor=peak, low_tokens_per_second=speed)
    asked = load["peak_tokens_per_second"] / (speed * LOAD_DEFAULTS["sla_share"])

    def holds(copies):
        busy = next(share for most, share in HEADROOM if copies <= most)
        return asked <= copies * busy * (1 + 1e-9)

    copies = load["needed_count"]
    first = max(1, int(asked / 0.9) - 3)
    assert copies == next(n for n in itertools.count(first) if holds(n))


def test_copies_of_a_load_by_hand():
    """Peak 10,000 over 5,950 x 0.85 = 1.98 copies: over 0.75 is 2.64, so 3, and a spare."""
    load = plan(tokens_per_month=10_000 / 3.6 * 720 * 3600)
    assert load["peak_tokens_per_second"] == pytest.approx(10_000)
    assert (load["needed_count"], load["all_count"], load["all_gpus"]) == (3, 4, 8)
    assert load["mean_load_share"] == pytest.approx(10_000 / 3.6 / (4 * 8_500))


def test_served_share_counts_every_way_copies_can_fail():
    """Of five copies at least three: the probability summed over all 32 ways to be up or down."""
    load = plan(tokens_per_month=10_000 / 3.6 * 720 * 3600, spare_nodes=2)
    up = float(load["up_share"])
    assert up == pytest.approx(1 / (1 + 1.4 * 48 / 8_760))
    ways = itertools.product((up, 1 - up), repeat=5)
    enough = math.fsum(math.prod(way) for way in ways if sum(p == up for p in way) >= 3)
    assert load["served_share"] == pytest.approx(enough, abs=1e-12)


def test_a_spare_is_worth_more_than_its_share():
    """Without a spare the peak is not served whenever a copy fails."""
    without, with_one = (plan(spare_nodes=n)["served_share"] for n in (0, 1))
    assert with_one > 0.9999
    assert without < 0.993


def test_arrays_give_what_each_alone_gives():
    """Volumes against spares: a grid."""
    volumes, spares = np.array([[1e9], [3e10], [1e12]]), np.array([0.0, 1.0, 2.0])
    grid = plan(tokens_per_month=volumes, spare_nodes=spares)
    for i, j in np.ndindex(3, 3):
        alone = plan(tokens_per_month=volumes[i, 0], spare_nodes=spares[j])
        for line in LOAD_LINES:
            value = np.broadcast_to(grid[line.name], (3, 3))[i, j]
            assert value == pytest.approx(alone[line.name], abs=1e-15)


def test_lines_read_off_as_formulas():
    """Each line is one formula over the inputs and the lines above it."""
    names = {*GUIDE, *LOAD_DEFAULTS, "low_tokens_per_second", "base_tokens_per_second"}
    texts = figure_formulas(LOAD_LINES, {name: Cell(name) for name in names})
    assert texts["mean_requests_per_minute"] == (
        "=mean_tokens_per_second * 60 / (input_tokens + output_tokens)"
    )
    assert texts["served_share"] == "=BINOMDIST(spare_nodes, all_count, 1 - up_share, TRUE)"


def shipped(shape):
    """Hours of a shipped shape."""
    return [row.load_over_mean for row in tables.load_shapes() if row.shape == shape]


@pytest.mark.parametrize(
    ("shape", "days", "peak", "p95", "quiet_over_peak"),
    [
        ("office-hours", 7, 2.99, 2.71, 0.10),
        ("global-chat", 7, 1.65, 1.48, 0.52),
        ("mixed-api", 14, 1.86, 1.69, 0.46),
        ("small-api", 14, 2.06, 1.48, 0.34),
        ("image-chat", 1, 1.35, 1.33, 0.59),
    ],
)
def test_shapes_are_those_of_the_traces(shape, days, peak, p95, quiet_over_peak):
    """Peak, P95 hour and quietest six hours as first computed from the traces themselves."""
    hours = shipped(shape)
    found = shape_of(hours)
    assert len(hours) == 24 * days
    assert np.mean(hours) == pytest.approx(1, abs=1e-4)
    assert found.peak_factor == pytest.approx(peak, abs=0.006)
    assert found.p95_factor == pytest.approx(p95, abs=0.03)
    assert found.trough_factor / found.peak_factor == pytest.approx(quiet_over_peak, abs=0.012)
    assert found.mean_load_share == 1 / found.peak_factor


def test_trough_may_span_midnight():
    """Quiet from nine at night to three in the morning is found as one stretch."""
    day = [0.0] * 3 + [10.0] * 18 + [0.0] * 3
    assert shape_of(day).trough_factor == 0


def test_days_must_be_whole():
    """Half a day would count the day twice as much as the night."""
    with pytest.raises(ValueError, match="there are 30 hours; give whole days of 24 hours"):
        shape_of([1.0] * 30)
    assert math.isnan(shape_of([0.0] * 24).peak_factor)
