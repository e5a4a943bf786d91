"""What the choices amount to, in a sentence: are H100s needed, are quiet hours used."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbooks.sizing.demand import Choice

BENCHMARK, ABOUT_AS_CHEAP = "H100 SXM", 1.1
TROUGH_RULE = 0.40
"""CTO guide 'The Trillion Token Tipping Point': the trough keeps two GPUs at 40 % or more."""


def advice(ranked: Sequence[Choice]) -> str:
    """Say whether this load needs H100s, with the numbers that decide it."""
    priced = [c for c in ranked if c.fits and not math.isnan(c.cost_per_month)]
    if not priced:
        return "None of this hardware can serve the load at a known rent."
    best = priced[0]
    h100 = next((c for c in priced if c.hardware == BENCHMARK), None)
    offer = f"{best.gpus:g} x {best.hardware} ({best.precision}) serve this load"
    used = f"for {best.cost_per_month:,.0f} a month at {best.mean_load_share:.0%} use"
    if h100 is None:
        asked = any(choice.hardware == BENCHMARK for choice in ranked)
        return f"{offer} {used}; {BENCHMARK} cannot." if asked else f"{offer} {used}."
    if h100.cost_per_month <= best.cost_per_month * ABOUT_AS_CHEAP:
        return f"{BENCHMARK} is among the cheapest choices here: {offer} {used}."
    return (
        f"You probably do not need H100s: {offer} {used}; {h100.gpus:g} x {BENCHMARK} would cost "
        f"{h100.cost_per_month:,.0f} and be {h100.mean_load_share:.0%} used."
    )


def trough(ranked: Sequence[Choice]) -> str:
    """Say how far the quietest hours fill two GPUs, for the rule that they be 40 % used."""
    if not ranked or not ranked[0].fits:
        return ""
    best = ranked[0]
    if best.trough_load_share > 1:
        return f"Even in the quietest six hours of the day two {best.hardware} would not do."
    verdict = "passes" if best.trough_load_share >= TROUGH_RULE else "fails"
    return (
        f"In the quietest six hours of the day two {best.hardware} would be "
        f"{best.trough_load_share:.0%} used, which {verdict} the rule of thumb of "
        f"{TROUGH_RULE:.0%}."
    )
