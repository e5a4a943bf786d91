"""What an option buys by the token from API and platform, whatever commitments come to."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.tokens.api import priced
from workbooks.plan.lines.option import TITLES
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

    def is_apart(self, option: str, engine: str) -> bool:
        """Say whether an option buys there what no line of the plan by month says."""
        return self.is_bought(option, engine) and not self.line(option, engine)

    def shown(self, option: str, engine: str, m: Any) -> Any:
        """Return the same where `bought` says it in a line of its own."""
        if self.is_apart(option, engine):
            return getattr(m, bought_name(option, engine))
        return self.of(option, engine, m)

    def bought(self, options: Sequence[str], engines: Collection[str]) -> Iterator[Line]:
        """Yield what options buy of engines where the plan by month does not say it."""
        heading = "Bought by the token, at the prices of the plan"
        for option in options:
            for engine in (each for each in engines if self.is_apart(option, each)):
                label = f"{TITLES[option]}: tokens bought, {TITLES[engine]}"
                rule = functools.partial(self.of, option, engine)
                yield Line(bought_name(option, engine), label, rule, sums=True, heading=heading)
                heading = ""

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


def bought_name(option: str, engine: str) -> str:
    """Return the name of what an option buys from an engine by the token."""
    return f"{option}_{engine}_bought_per_month"
