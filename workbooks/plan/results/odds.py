"""What is found by planning again and again, and kept in a workbook as values: how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


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

    def given(self, options: tuple[str, ...]) -> dict[str, Any]:
        """Return what the sentences read."""
        wins = {f"{option}_wins_share": self.wins.get(option, np.nan) for option in options}
        counts = {"draws_count": float(self.draws), "draws_seed": float(self.seed)}
        told = "; ".join(self.guesses)
        speed = {"needed_tokens_per_second": self.speed}
        return {**wins, **counts, **speed, "moved_count": 0.0, "deciding_text": told}


NOT_DRAWN = Odds()
