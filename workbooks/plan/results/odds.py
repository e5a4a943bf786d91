"""What is found by planning again and again, and kept in a workbook as values: how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ENDS = ("p10", "p90")


@dataclass(frozen=True, slots=True)
class Odds:
    """Shares of the draws of a plan, and the guesses that decide it; nothing before a draw."""

    wins: Mapping[str, float] = field(default_factory=dict)
    """Share in which each strategy is the cheapest of all that fail no gate."""
    draws: int = 0
    seed: int = 0
    speed: float = np.nan
    """Tokens a second from which, measured of a node, the plan pays; inf where none does."""
    guesses: tuple[str, ...] = ()
    """Inputs nobody has given, whose range holds another verdict."""
    costs: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """P10 and P90 of what each strategy costs, present value."""
    saved: tuple[float, float] = (np.nan, np.nan)
    """P10 and P90 of the cash that self-hosting saves against the API by the end of the plan."""
    decider: tuple[str, float] = ("", 0.0)
    """What moves the saving of self-hosting most, and from its least to its most by how much."""

    def given(self, options: tuple[str, ...]) -> dict[str, Any]:
        """Return what the sentences read."""
        wins = {f"{option}_wins_share": self.wins.get(option, np.nan) for option in options}
        counts = {"draws_count": float(self.draws), "draws_seed": float(self.seed)}
        told = "; ".join(self.guesses)
        speed = {"needed_tokens_per_second": self.speed}
        found = {**wins, **counts, **speed, "moved_count": 0.0, "deciding_text": told}
        return found | self._ranges(options)

    def _ranges(self, options: tuple[str, ...]) -> dict[str, Any]:
        """Return from where to where costs and savings go."""
        unknown = (np.nan, np.nan)
        ends = {f"{o}_{{}}_cost": self.costs.get(o, unknown) for o in options}
        ends["saved_{}_cost"] = self.saved
        found = {
            name.format(p): x
            for name, each in ends.items()
            for p, x in zip(ENDS, each, strict=True)
        }
        return found | {"decider_text": self.decider[0], "decider_cost": self.decider[1]}


NOT_DRAWN = Odds()
