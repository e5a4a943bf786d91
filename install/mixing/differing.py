"""What `evenpoint diff` does where both budgets have several workloads or engines."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install.terminal.answers import print_json, print_table
from install.terminal.refusal import Refusal
from install.terminal.scenarios import refusing, several
from install.terminal.writing import write

if TYPE_CHECKING:
    from workbooks.plan.mixing.bridging.difference import PooledDifference
    from workbooks.portfolio.terms import Portfolio

CHANGES_SHOWN = 30


def both_several(one: str, other: str) -> tuple[Portfolio, Portfolio] | None:
    """Return two portfolios; None where both are plans of one workload.

    Raises
    ------
    Refusal
        If one of them is a portfolio and the other is not.
    """
    pair = several(one), several(other)
    if pair[0] is None and pair[1] is None:
        return None
    if pair[0] is None or pair[1] is None:
        alone, many = (one, other) if pair[0] is None else (other, one)
        raise Refusal(f"{alone} plans one workload and {many} several; compare alike with alike.")
    return pair[0], pair[1]


def pooled_diff(
    one: Portfolio, other: Portfolio, view: str, case: str, out: Path | None, as_json: bool
) -> None:
    """Print, and write, what each cause adds to each strategy that both portfolios have."""
    from workbooks.plan.mixing.bridging.difference import pooled_difference

    with refusing():
        try:
            answer = pooled_difference(one, other, view, case)
        except ValueError as error:
            raise Refusal(f"{str(error).rstrip('.')}.") from None
    if out is not None:
        from workbooks.sheets.bridging.difference import difference_book
        from workbooks.sheets.bridging.explained import pooled_explained

        write(out, difference_book(pooled_explained(answer)))
    if as_json:
        print_json(_summary(answer) | {"file": out and str(out)})
        return
    _print(answer)
    if out is not None:
        print(f"Wrote {out}")


def _summary(answer: PooledDifference) -> dict[str, Any]:
    return {
        "from": answer.one.frame.origin,
        "to": answer.other.frame.origin,
        "currency": answer.other.frame.currency,
        "case": answer.case,
        "view": answer.view,
        "method": answer.method,
        "strategies": {
            name: {
                "from_cost": round(float(answer.before[at]), 2),
                "steps": answer.bridge(name),
                "to_cost": round(float(answer.after[at]), 2),
            }
            for at, name in enumerate(answer.strategies)
        },
        "best_mix": {"from_cost": answer.best[0], "to_cost": answer.best[1]},
        "changed": [
            {"of": each.whose, "name": each.name, "from": each.before, "to": each.after}
            for each in answer.changes
        ],
    }


def _print(answer: PooledDifference) -> None:
    from workbooks.plan.differing.difference import VIEWS
    from workbooks.plan.differing.showing import both

    ends = answer.one.frame.origin, answer.other.frame.origin
    currency = answer.other.frame.currency
    print(f"From {ends[0]} to {ends[1]}: {VIEWS[answer.view]} of the whole plan,", end=" ")
    print(f"{answer.case} case, {currency}.")
    bridges = [answer.bridge(name) for name in answer.strategies]
    rows = [
        (cause, *(f"{bridge[cause]:+,.2f}" for bridge in bridges))
        for cause in answer.causes
        if any(bridge[cause] for bridge in bridges)
    ]
    first, last = (
        (name, *(f"{cost:,.2f}" for cost in costs))
        for name, costs in zip(ends, (answer.before, answer.after), strict=True)
    )
    titles = {"": False, **dict.fromkeys(answer.strategies, True)}
    print_table(titles, [first, *rows, last])
    if not all(map(isnan, answer.best)):
        told = (_best(*each) for each in zip(ends, answer.best, strict=True))
        print(f"Best mix, searched anew for each budget, so not by cause: {'; '.join(told)}.")
    print(answer.method)
    shown = [
        (each.whose, each.name, *both(each.before, each.after))
        for each in answer.changes[:CHANGES_SHOWN]
    ]
    print_table(dict.fromkeys(("Of", "Changed", "Before", "After"), False), shown)
    if (rest := len(answer.changes) - CHANGES_SHOWN) > 0:
        print(f"{rest} more changes are in the answer to --json.")


def _best(name: str, cost: float) -> str:
    return f"{name} has none that holds" if isnan(cost) else f"{cost:,.2f} in {name}"
