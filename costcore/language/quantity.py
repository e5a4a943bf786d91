"""The meaning of one number, and the values it may take."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Quantity:
    """The meaning of one argument name, and the values it may take."""

    help: str
    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    least: float = 0.0
    """The smallest number beside 0 that somebody can mean."""
    hint: str = ""
    """How it is typed, where people type it otherwise."""
    many: bool = False
    """Whether it is a list of numbers also where all else is one row."""

    def admits(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say, for each value, whether the model accepts it; nan never is."""
        inside = (self.low <= values) & (values <= self.high)
        return inside & (values == np.floor(values)) if self.whole else inside

    def small(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say, for each value, whether it is too small to be meant, though not 0."""
        return (values > 0) & (values < self.least)

    @property
    def small_rule(self) -> str:
        """What such a value must be, in words."""
        return f"0 or at least {self.least:g}: {self.hint}"

    @property
    def rule(self) -> str:
        """The bounds in words, for a message to the user."""
        kind = "a whole number" if self.whole else "a number"
        if math.isinf(self.high):
            return f"{kind} of at least {self.low:g}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{kind} from {self.low:g} to {self.high:g}{hint}"
