"""Say what a refresh or an import found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbooks.prices.offers import Doubt
    from workbooks.prices.planning import Change, Plan
    from workbooks.prices.refreshing import Refresh
    from workbooks.prices.sheet.importing import Preview
    from workbooks.prices.splice import Changes
    from workbooks.rows import TokenPrice

MOST_LINES = 30


def print_refresh(done: Refresh) -> None:
    """Print what a refresh read, what changed, what differs, and what was set aside."""
    _print_changes(done.plan)
    for reading in done.read:
        print(f"{reading.title}: read {len(reading.offers):,} models, file {reading.sha256[:12]}.")
    for title, why in done.refused.items():
        print(f"{title}: refused, {why}; the table stays as it is.")
    for title, age in done.ages.items():
        print(f"{title}: {age}.")
    differing = [c.new for c in done.plan.changes if c.new and c.new.agreement == "differs"]
    _print_some("Sources differ; the first one is used", map(_difference, differing))
    _print_some("Vanished", (f"{c.model}: {c.why}" for c in done.plan.of("vanished")))
    _print_some("Kept", (f"{c.model}: {c.why}" for c in done.plan.of("kept")))
    known = {change.model for change in done.plan.changes}
    ours = [doubt for doubt in done.plan.doubts if doubt.model in known]
    _print_some("Set aside", map(_doubt, ours + _moved(done.plan.doubts)))
    others = len(done.plan.doubts) - len(ours)
    if others:
        print(f"{others} prices of other models were set aside; --json lists them.")
    if done.plan.unknown:
        print(f"{done.plan.unknown:,} models are not in your table; --new adds them.")


def print_workbook(changes: Changes) -> None:
    """Print what would change in a workbook: prices one by one, sources and dates counted."""
    print(f"{changes.path}, sheet {changes.sheet}, table {changes.table}:")
    prices = [each for each in changes.changed if isinstance(each.new, float)]
    others = [each for each in changes.changed if not isinstance(each.new, float)]
    _print_some("Prices", map(str, prices))
    _print_some("Kept", map(str, changes.kept))
    _print_some("New rows", changes.added)
    _print_some("Not in the table; --new adds them", changes.unknown)
    _print_some("Not in your list, unchanged", changes.unlisted)
    _print_some("Copies of the table, which stay as they are", changes.copies)
    rows = len({each.model for each in others})
    if others:
        print(f"Source, date and agreement of {rows} models are brought up to date.")
    if not changes.changed and not changes.added:
        print("Every price is up to date.")


def _moved(doubts: Iterable[Doubt]) -> list[Doubt]:
    return [doubt for doubt in doubts if "accept this model" in doubt.reason]


def print_import(seen: Preview) -> None:
    """Print what an import takes, what it changes, and what it sets aside, cell by cell."""
    same = len(seen.plan.of("same"))
    new, changed = len(seen.plan.of("new")), len(seen.plan.of("changed"))
    print(
        f"{seen.name}: models accepted as new: {new}, changed: {changed}, as they are: {same}; "
        f"prices set aside: {len(seen.plan.doubts)}."
    )
    _print_changes(seen.plan)
    _print_some("Set aside", map(_doubt, seen.plan.doubts))
    for text in seen.read.questions:
        print(f"Question: {text}")
    _print_some("Look again", seen.read.warnings)
    _print_some("Not used", (str(each) for each in seen.read.asides if each not in seen.stops))
    _print_some(
        "Not used, and may change what the prices mean; --leave-out TEXT says that it does not",
        (f"{each}: a {each.kind}" for each in seen.stops),
    )


def _print_changes(plan: Plan) -> None:
    changes = plan.of("new", "changed")
    _print_some("New and changed prices per million tokens", map(_line, changes))
    if not changes:
        print("No price changes.")


def _line(change: Change) -> str:
    new, old = change.new, change.old
    if new is None:
        return f"{change.model}: no price from {change.why} on"
    begins = change.why or new.valid_from
    since = f" from {begins}" if begins else ""
    since += f" until {new.valid_to}" if new.valid_to else ""
    place = f" ({change.place})" if change.place else ""
    parts = (_step(column, old, new) for column in _columns(old, new))
    head = f"{change.model}{'' if old else ', new'}{since}"
    return f"{head}, {new.currency}: {', '.join(parts)}{place}"


def _columns(old: TokenPrice | None, new: TokenPrice) -> Iterable[str]:
    """Return the columns that differ; all that have a price where nothing was before."""
    from workbooks.prices.offers import TITLES

    moved = old is not None and old.currency != new.currency
    for column in TITLES:
        before, after = getattr(old, column, None), getattr(new, column)
        if before != after or (moved and after is not None):
            yield column


def _step(column: str, old: TokenPrice | None, new: TokenPrice) -> str:
    from workbooks.prices.offers import TITLES

    before, after = getattr(old, column, None), getattr(new, column)
    if old is None:
        return f"{TITLES[column]} {after:g}"
    unit = f" {old.currency}" if old.currency != new.currency else ""
    was = "blank" if before is None else f"{before:g}{unit}"
    return f"{TITLES[column]} {was} -> {'blank' if after is None else f'{after:g}'}"


def _pair(price: TokenPrice) -> str:
    return f"{price.input_price_per_mtok:g} / {price.output_price_per_mtok:g}"


def _difference(price: TokenPrice) -> str:
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


def refresh_as_json(done: Refresh, changes: Changes | None) -> dict[str, Any]:
    """Return what a refresh found, for a program."""
    return {
        "refused": done.refused,
        "read": {reading.title: reading.sha256 for reading in done.read},
        "ages": done.ages,
        **as_json(done.plan),
        "workbook": str(changes).splitlines() if changes else None,
    }


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


def _row(price: TokenPrice | None) -> dict[str, Any] | None:
    from dataclasses import asdict

    return None if price is None else asdict(price)
