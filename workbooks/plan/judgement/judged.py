"""A plan that says how sure its verdict is, and from which speed of a node it pays."""

from __future__ import annotations

from workbooks.plan.judgement.risk import DRAWS, Risk, ranks, risk
from workbooks.plan.judgement.threshold import paying_speed
from workbooks.plan.plan import Plan
from workbooks.plan.results.odds import Odds


def judged(plan: Plan, draws: int = DRAWS, seed: int = 1) -> tuple[Plan, Risk]:
    """Return the plan with what is found by planning again and again, and the draws."""
    drawn = risk(plan, draws, seed)
    odds = Odds(
        drawn.wins,
        draws,
        seed,
        paying_speed(plan),
        drawn.guesses,
        costs={option: _ends(ranks(costs)) for option, costs in drawn.compared.items()},
        saved=(float(drawn.fan[0][-1]), float(drawn.fan[-1][-1])),
        decider=next(((bar.name, bar.swing) for bar in drawn.bars), ("", 0.0)),
    )
    return plan.with_odds(odds), drawn


def _ends(ranked: dict[str, float]) -> tuple[float, float]:
    return ranked["p10"], ranked["p90"]
