"""The gates before money: what takes a strategy out, and what nobody has answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from costcore.language.timeline import Line
from costcore.language.trace import words
from workbooks.scenario.inputs import INPUTS

GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gate_residency_kind": ("api", "managed"),
        "gate_accuracy_kind": ("managed", "own"),
        "gate_fine_tuning_kind": ("api",),
        "gate_latency_api_kind": ("api",),
        "gate_latency_managed_kind": ("managed",),
        "gate_latency_own_kind": ("own",),
    }
)
"""Each gate with the engines that a "no" takes out, and so every strategy that uses them."""


def engines(option: str, rest: str) -> tuple[str, ...]:
    """Return the engines that a strategy uses; `rest` is what a hybrid buys its rest from.

    >>> engines("hybrid", "managed"), engines("api", "managed")
    (('own', 'managed'), ('api',))
    """
    return ("own", rest) if option == "hybrid" else (option,)


def asked(options: tuple[str, ...]) -> Iterator[str]:
    """Find the gates that some compared strategy must pass."""
    return (gate for gate, removed in GATES.items() if set(removed) & set(options))


def gates(
    options: tuple[str, ...], sized: bool = False, rest: str = "api"
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return how many gates each strategy fails, and those that nobody has answered.

    Memory is a gate, too: a model that is `sized` and does not fit takes out what hosts it.
    """

    def out(option: str) -> Line:
        def rule(m: Any) -> Any:
            failed = sum(
                np.where(getattr(m, gate) == "no", 1, 0)
                for gate, removed in GATES.items()
                if option in removed
            )
            return failed + m.unfit_count if sized and option == "own" else failed

        def inherited(m: Any) -> Any:
            return sum(getattr(m, f"{part}_out_count") for part in engines(option, rest))

        mixed = len(engines(option, rest)) > 1
        return Line(f"{option}_out_count", "Gates failed", inherited if mixed else rule)

    def unanswered(gate: str) -> Line:
        label = INPUTS[gate].label
        text = label[0].lower() + label[1:]

        def rule(m: Any) -> Any:
            return np.where(getattr(m, gate) == "", words(" · ", text), "")

        return Line(f"{gate.removesuffix('_kind')}_text", f"Not answered: {text}", rule)

    return tuple(map(out, options)), tuple(map(unanswered, asked(options)))
