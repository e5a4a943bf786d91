"""What is known of a function that a spreadsheet can call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from costcore.language.quantities import QUANTITIES, Quantity, Unit, unit_of


@dataclass(frozen=True, slots=True)
class Example:
    """A worked call whose answer somebody can check by hand."""

    arguments: tuple[object, ...]
    answer: object
    source: str


@dataclass(frozen=True, slots=True)
class SheetFunction:
    """One catalogue entry; all it does not hold is read from `call`."""

    call: Callable[..., object]
    returns: str
    example: Example
    answers: str = "one for each cell"
    """What comes back: one for each cell, one number, a table, or text."""
    traces: bool = True
    """Whether the body can be read off as one Excel formula."""

    @property
    def name(self) -> str:
        """The name typed into a cell, such as ``BREAKEVEN_TOKENS``."""
        return self.call.__name__.upper()

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.call) or "").partition("\n")[0]

    @property
    def signature(self) -> inspect.Signature:
        """Argument names and defaults, in cell order, without annotations."""
        given = inspect.signature(self.call).parameters.values()
        bare = [p.replace(annotation=inspect.Parameter.empty) for p in given]
        return inspect.Signature(bare)

    @property
    def quantities(self) -> dict[str, tuple[Quantity, Unit]]:
        """What each argument means, in cell order."""
        return {name: (QUANTITIES[name], unit_of(name)) for name in self.signature.parameters}
