"""What three articles claim, recomputed: what follows from their inputs, and what does not."""

import itertools
from collections import Counter

import pytest

from tests.worked.claims import CLAIMS, STATED, TIERS

NUMBER_OF_CLAIMS = (18, 19, 19)  # in articles 0, 1 and 2
DIFFERENT = 0.02  # as a share: no contradiction below is a matter of rounding


def each(claims):
    """Parametrise a test by claim, each under its id and wording."""
    return pytest.mark.parametrize(
        "claim", [pytest.param(c, id=f"{c.id}-{c.says}") for c in claims]
    )


@each(CLAIMS)
def test_our_figure_is_pinned(claim):
    """The cost core gives the figure worked out by hand for the claim."""
    assert claim.ours == pytest.approx(claim.pinned, rel=1e-5)


@each([c for c in CLAIMS if c.holds is not None])
def test_printed_figure_follows(claim):
    """What the article prints is our figure, but for its rounding."""
    assert claim.ours == pytest.approx(claim.printed, rel=claim.holds + 1e-9)


@each([c for c in CLAIMS if c.printed is not None and c.holds is None])
def test_printed_figure_is_contradicted(claim):
    """What the article prints does not follow from what else it says, whatever the rounding."""
    assert claim.ours != pytest.approx(claim.printed, rel=DIFFERENT)


def test_no_claim_is_left_out():
    """Every claim is either recomputed or stated to have nothing to compute, never both."""
    every = {f"q{a}.{n}" for a, last in enumerate(NUMBER_OF_CLAIMS) for n in range(1, last + 1)}
    recomputed = Counter(claim.id for claim in CLAIMS)
    assert recomputed.keys() | STATED.keys() == every
    assert not recomputed.keys() & STATED.keys()


def test_tiers_leave_a_gap():
    """The table of article 1 says nothing between 5 and 10 B, and overlaps nowhere (q1.10)."""
    edges = [(a[1], b[0]) for a, b in itertools.pairwise(TIERS) if a[1] != b[0]]
    assert edges == [(5_000, 10_000)]
