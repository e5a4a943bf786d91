"""One way to serve the tokens: its name in every line, and its title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from costcore.language.timeline import Line, Rule

TITLES = {
    "api": "Cloud API",
    "managed": "Managed platform",
    "own": "Self-hosted",
    "hybrid": "Hybrid",
}

NAMED = {
    "api": "the cloud API",
    "managed": "the managed platform",
    "own": "self-hosting",
    "hybrid": "the hybrid",
}
"""How a sentence calls them."""


@dataclass(frozen=True, slots=True)
class Option:
    """Prefixes the names of an option's lines, and reads them back."""

    name: str

    @property
    def title(self) -> str:
        """How the option is called in a sheet."""
        return TITLES[self.name]

    def get(self, m: Any, name: str) -> Any:
        """Read one of the option's own inputs or lines."""
        return getattr(m, f"{self.name}_{name}")

    def line(
        self, name: str, label: str, rule: Rule, sums: bool = False, heading: str = ""
    ) -> Line:
        """Make one of the option's lines."""
        return Line(f"{self.name}_{name}", f"{self.title}: {label}", rule, sums, heading)

    def flow(self, name: str, label: str, rule: Rule) -> Line:
        """Make one of the option's lines whose months add up."""
        return self.line(name, label, rule, sums=True)
