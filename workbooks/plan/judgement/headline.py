"""The verdict over all draws in one sentence: by how much, how sure, and in what range."""

from __future__ import annotations

from collections.abc import Sequence

from workbooks.plan.judgement.risk import Risk, ranks
from workbooks.plan.lines.option import NAMED
from workbooks.plan.results.verdict.sentences import PHRASES
from workbooks.plan.results.verdict.wording import close_up


def chance(share: float) -> str:
    """Return a share of draws in percent; nothing but none is 0 %, and nothing but all 100 %.

    >>> [chance(share) for share in (0.0, 0.0001, 0.5, 0.9999, 1.0)]
    ['0.0%', 'under 0.1%', '50.0%', 'over 99.9%', '100.0%']
    """
    if share == 0:
        return f"{share:.1%}"
    return close_up(share, 1)


def headline(drawn: Risk, left: Sequence[str]) -> str:
    """Say which of the options that are left to take; the same rule as on the cover of a budget."""
    if not left:
        return "No strategy passes the gates"
    told, wins = drawn.plan.run(), drawn.wins_among(left)
    costs = {option: float(told[f"{option}_compared_cost"]) for option in left}
    first, *others = sorted(left, key=costs.__getitem__)
    unit = f"{drawn.plan.scenario.currency} {costs[first]:,.0f} in present value"
    cost = f"it costs least, {unit} over {told['horizon_months']:.0f} months"
    if not others:
        return f"{PHRASES[first]}: nothing else passes the gates; {cost}"
    margin = costs[others[0]] - costs[first]
    share = margin / costs[others[0]] if costs[others[0]] else 1.0
    saved = ranks(drawn.compared[others[0]] - drawn.compared[first])
    low, high = (f"{saved[rank]:,.0f}" for rank in ("p10", "p90"))
    amount = f"{low} to {high} against it (P10 to P90)"
    if low == high:
        amount = f"{low} against it from P10 to P90"
    sure = (
        f"{NAMED[first]} is cheapest of all in {chance(wins[first])} of {drawn.draws:,} draws, "
        f"cheaper than {NAMED[others[0]]} in {chance(drawn.beats(first, others[0]))}, "
        f"and saves {amount}"
    )
    if share <= told["tie_share"] or wins[first] < told["least_sure_share"]:
        phrase = f"Too close to call between {NAMED[first]} and {NAMED[others[0]]}"
        return f"{phrase}: {unit} against {costs[others[0]]:,.0f}; {sure}"
    less = f"{margin:,.0f} ({close_up(share)}) less than the runner-up, {NAMED[others[0]]}"
    return f"{PHRASES[first]}: {cost}, {less}; {sure}"
