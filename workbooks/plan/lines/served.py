"""Tokens served to date, and the month of the trillionth."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import worksheet

TRILLION = 1e12
TO_DATE = "cumulative_tokens"


def to_date(of: str, label: str) -> Line:
    """Return the line that adds up tokens of another one to the end of each month."""
    return Line(TO_DATE, label, lambda m: m.last(TO_DATE) + getattr(m, of))


def _counted(months: Any) -> Any:
    return np.sum(months, axis=0)


def _trillionth(m: Any) -> Any:
    """First month by whose end a trillion tokens are served; never within the plan, else."""
    before = worksheet("SUMPRODUCT", _counted, (m.cumulative_tokens < TRILLION) * 1)
    return np.where(np.max(m.cumulative_tokens, axis=0) < TRILLION, np.inf, before + 1)


TRILLIONTH = Line("trillion_months", "Month of the trillionth token", _trillionth)
