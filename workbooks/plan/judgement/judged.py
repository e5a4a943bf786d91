"""A plan that says how sure its verdict is, and from which speed of a node it pays."""

from __future__ import annotations

from workbooks.plan.judgement.risk import DRAWS, Risk, risk
from workbooks.plan.judgement.threshold import paying_speed
from workbooks.plan.plan import Plan
from workbooks.plan.results.odds import Odds


def judged(plan: Plan, draws: int = DRAWS, seed: int = 1) -> tuple[Plan, Risk]:
    """Return the plan with what is found by planning again and again, and the draws."""
    drawn = risk(plan, draws, seed)
    odds = Odds(drawn.wins, draws, seed, paying_speed(plan), drawn.guesses)
    return plan.with_odds(odds), drawn
