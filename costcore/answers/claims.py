"""Published claims recomputed: do they follow from their own inputs, and which trap is in them."""

from __future__ import annotations

from dataclasses import dataclass

from costcore.answers.claim_kinds import KINDS, Inputs, Trap, close


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A claim beside what it should have said."""

    claimed: float
    paper: float
    ours: float
    follows: bool
    """Whether the claimed figure follows from its own inputs, on paper."""
    traps: tuple[Trap, ...]


def reconcile(kind: str, inputs: Inputs, claimed: float, rounding: float = 0.01) -> Reconciled:
    """Recompute a claim from its own inputs.

    Parameters
    ----------
    rounding
        Share by which the published figure may be rounded.

    Raises
    ------
    ValueError
        If the kind is unknown, or an input is missing or not taken by it.

    Examples
    --------
    >>> post = {"api_price_per_mtok": 10, "node_cost_per_month": 5_400,
    ...         "capacity_tokens_per_month": 388.8e6, "labor_per_year": 80_000}
    >>> found = reconcile("breakeven", post, 540e6)
    >>> found.follows, found.ours, [trap.name for trap in found.traps]
    (True, inf, ['crossing above capacity', 'people left out'])
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    taken = KINDS[kind]
    if missing := [name for name in taken.required if name not in inputs]:
        raise ValueError(f"a claim of kind {kind} needs {', '.join(missing)}")
    if unknown := [name for name in inputs if name not in (*taken.required, *taken.optional)]:
        raise ValueError(f"a claim of kind {kind} does not take {', '.join(unknown)}")
    try:
        answer = taken.answer(inputs, claimed, rounding)
    except ZeroDivisionError:
        raise ValueError("an input that something is divided by is 0") from None
    near = any(close(claimed, figure, rounding) for figure in (answer.paper, answer.ours))
    follows = claimed <= answer.paper if answer.is_ceiling else near
    traps = tuple(trap for trap in answer.traps if trap)
    return Reconciled(claimed, float(answer.paper), float(answer.ours), bool(follows), traps)
