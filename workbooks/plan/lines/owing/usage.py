"""What an option buys by the token from API and platform, whatever commitments come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.tokens.api import priced
from workbooks.plan.lines.owing.contracts import USES

BILLED = ("api", "managed")
HOSTED = USES["reserved"]
"""Options with nodes."""
NEVER = 0.0
"""Share of the months in which a fee is paid that is never."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that each option buys, at the plan's prices."""

    rest: str
    """What a hybrid buys its rest from."""
    bound: bool
    """Whether the plan has contracts, which serve some of the tokens."""

    def _mixed(self, option: str, engine: str) -> bool:
        return option == "hybrid" and self.rest == engine

    def is_bought(self, option: str, engine: str) -> bool:
        """Say whether an option buys any there: of the API while both run, or the rest."""
        hosted = option in HOSTED and engine == "api"
        return option == engine or hosted or self._mixed(option, engine)

    def line(self, option: str, engine: str) -> str:
        """Return the line of the plan by month that says it; "" where none does."""
        if option == engine:
            return f"{option}_usage_per_month"
        shown = self.bound and self.is_bought(option, engine)
        return f"{option}_{engine}_usage_per_month" if shown else ""

    def of(self, option: str, engine: str, m: Any) -> Any:
        """Return what an option pays an engine for tokens."""
        if line := self.line(option, engine):
            return getattr(m, line)
        if not self.is_bought(option, engine):
            return 0.0
        price = getattr(m, f"{engine}_price_now_per_mtok")
        return priced(self.tokens(option, engine, m), price)

    def tokens(self, option: str, engine: str, m: Any) -> Any:
        """Return the tokens that an option with nodes buys from an engine, without contracts."""
        share = m.hybrid_share if option == "hybrid" else 1.0
        bought = 1 - share if self._mixed(option, engine) else 0.0
        if engine == "api":
            bought = bought + np.where(m.month <= m.dual_run_months, share, 0)
        return m.volume_tokens_per_month * bought

    def fee_share(self, option: str, engine: str, m: Any) -> Any:
        """Return 1 in months in which the fee of an engine is paid, else 0; in none, NEVER."""
        if option == engine or self._mixed(option, engine):
            return 1.0
        both = option in HOSTED and engine == "api"
        return np.where(m.month <= m.dual_run_months, 1, 0) if both else NEVER
