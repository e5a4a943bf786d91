"""Worked examples that others published, recomputed with the cost core.

`cases.json` holds each one with its source, its inputs and what was published. A case with
``ours`` does not follow from its own inputs; both figures are then pinned.

Not recomputed, because no function of the cost core claims to answer them, are the cases in
`NOT_COVERED`: a plain difference or ratio of two published results, a price per query instead
of per token, a vendor's profit margin, and a return on investment without a date.
"""

import json
from pathlib import Path

import pytest

from tests.worked.recompute import RECOMPUTE, bought_against_two_prices, recomputed

CASES = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
NOT_COVERED = {
    "compel-runrate": "a price per query",
    "lenovo26-b300-5yr-savings": "a difference of two published totals",
    "lenovo26-18x-claim": "a ratio of two published prices",
    "semianalysis-h200-margin": "a vendor's margin",
    "dell-4yr-roi": "a return on investment without dates",
}


def misses(case, figures):
    """Return the figures that are not the published ones, at the tolerance of their rounding."""
    tolerance = case["tolerance"]
    return {
        name: (figures[name], published)
        for name, published in case["published"].items()
        if figures[name] != published
        and not abs(figures[name] - published) <= tolerance.get(name, tolerance.get("*"))
    }


def named(cases):
    """Parametrise a test by case, each under its id."""
    return pytest.mark.parametrize("case", [pytest.param(c, id=c["id"]) for c in cases])


COVERED = [case for case in CASES if case["id"] not in NOT_COVERED]
DIVERGENT = [case for case in CASES if "ours" in case]


@named([case for case in COVERED if "ours" not in case])
def test_published_figures_follow_from_their_inputs(case):
    """Every figure the source prints is ours, up to the rounding in which it is printed."""
    assert not misses(case, recomputed(case)), case["source"]


@named(DIVERGENT)
def test_published_figures_that_do_not_follow(case):
    """None of the printed figures is ours, and ours is what the source's own inputs give."""
    figures = recomputed(case)
    assert misses(case, figures).keys() == case["published"].keys(), case["source"]
    for name, ours in case["ours"].items():
        assert figures[name] == pytest.approx(ours, rel=1e-6), case["source"]


@named([case for case in DIVERGENT if case["id"].startswith("pan-")])
def test_divergent_paybacks_follow_from_another_price(case):
    """Each payback that differs fits an output price of 11, where the table prints 10."""
    inputs = {**case["inputs"], "price_out_usd_per_M": 11}
    assert not misses(case, bought_against_two_prices(inputs)), case["source"]


def test_every_case_is_recomputed_or_listed():
    """No case is silently dropped: it has a recomputation, or a reason why not."""
    assert len({case["id"] for case in CASES}) == len(CASES)
    ids = {case["id"] for case in CASES}
    assert ids >= NOT_COVERED.keys()
    for key in RECOMPUTE:
        assert any(i.startswith(key) for i in ids), key
    assert all(set(recomputed(case)) >= set(case["published"]) for case in COVERED)
    assert all(case["source"] for case in CASES)
