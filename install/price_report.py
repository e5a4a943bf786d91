"""Say what a refresh or an import found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from install.answers import print_table

if TYPE_CHECKING:
    from workbooks.prices.offers import Doubt
    from workbooks.prices.planning import Change, Plan
    from workbooks.prices.refreshing import Refresh
    from workbooks.prices.sheet.importing import Preview
    from workbooks.prices.store import KeptPrice

MOST_LINES = 30


def print_refresh(done: Refresh) -> None:
    """Print what a refresh read, what changed, what differs, and what was set aside."""
    for reading in done.read:
        print(f"{reading.title}: read {len(reading.offers):,} models, file {reading.sha256[:12]}.")
    for title, why in done.refused.items():
        print(f"{title}: refused, {why}; the table stays as it is.")
    for title, age in done.ages.items():
        print(f"{title}: {age}.")
    _print_changes(done.plan)
    differing = [c.new for c in done.plan.changes if c.new and c.new.agreement == "differs"]
    _print_some("Sources differ; the first one is used", map(_difference, differing))
    _print_some("Vanished", (f"{c.model}: {c.why}" for c in done.plan.of("vanished")))
    _print_some("Kept", (f"{c.model}: {c.why}" for c in done.plan.of("kept")))
    known = {change.model for change in done.plan.changes}
    ours = [doubt for doubt in done.plan.doubts if doubt.model in known]
    _print_some("Set aside", map(_doubt, ours + _moved(done.plan.doubts)))
    others = len(done.plan.doubts) - len(ours)
    if others:
        print(f"{others} prices of other models were set aside: see quarantine.csv in the store.")
    if done.plan.unknown:
        print(f"{done.plan.unknown:,} models are not in your table; --new adds them.")


def _moved(doubts: Iterable[Doubt]) -> list[Doubt]:
    return [doubt for doubt in doubts if "accept this model" in doubt.reason]


def print_import(seen: Preview) -> None:
    """Print what an import takes, what it changes, and what it sets aside, cell by cell."""
    _print_changes(seen.plan)
    same = len(seen.plan.of("same"))
    _print_some("Set aside", map(_doubt, seen.plan.doubts))
    for text in seen.read.questions:
        print(f"Question: {text}")
    _print_some("Look again", seen.read.warnings)
    new, changed = len(seen.plan.of("new")), len(seen.plan.of("changed"))
    print(
        f"{seen.name}: {new} models accepted as new, {changed} changed, {same} as they are, "
        f"{len(seen.plan.doubts)} prices set aside."
    )


def _print_changes(plan: Plan) -> None:
    changes = plan.of("new", "changed")
    if changes:
        titles = {"Model, where": False, "From": False, "Was": True, "Is": True, "": False}
        print_table(titles, (_cells(change) for change in changes))
    else:
        print("No price changes.")


def _cells(change: Change) -> Sequence[str]:
    new = change.new
    start = change.why or (str(new.valid_from) if new and new.valid_from else "")
    name = f"{change.model}\n  {change.place}" if change.place else change.model
    currency = f"{new.currency}, {new.agreement}" if new else ""
    return name, start, _pair(change.old), _pair(new), currency


def _pair(price: KeptPrice | None) -> str:
    if price is None:
        return ""
    return f"{price.input_price_per_mtok:g} / {price.output_price_per_mtok:g}"


def _difference(price: KeptPrice) -> str:
    second = f"{price.second_input_price_per_mtok:g} / {price.second_output_price_per_mtok:g}"
    first = f"{price.model}: {price.source} {_pair(price)}"
    return f"{first}, {price.second_source} {second} {price.currency}"


def _doubt(doubt: Doubt) -> str:
    model = f"{doubt.model}: " if doubt.model else ""
    return f"{doubt.place}: {model}{doubt.shown or 'blank'} was not taken, {doubt.reason}"


def _print_some(title: str, lines: Iterable[str]) -> None:
    every = list(dict.fromkeys(lines))
    if every:
        print(f"{title} ({len(every)}):")
    for line in every[:MOST_LINES]:
        print(f"  {line}")
    if len(every) > MOST_LINES:
        print(f"  and {len(every) - MOST_LINES} more; --json lists all of them")


def as_json(plan: Plan) -> Mapping[str, Any]:
    """Return a plan for a program."""
    return {
        "changes": [
            {
                "kind": change.kind,
                "model": change.model,
                "where": change.place,
                "why": change.why,
                "old": _row(change.old),
                "new": _row(change.new),
            }
            for change in plan.changes
            if change.kind != "same" or (change.new and change.new.agreement == "differs")
        ],
        "unchanged": len(plan.of("same")),
        "quarantined": [doubt._asdict() for doubt in plan.doubts],
        "models_not_in_table": plan.unknown,
    }


def _row(price: KeptPrice | None) -> dict[str, Any] | None:
    from dataclasses import asdict

    return None if price is None else asdict(price)
