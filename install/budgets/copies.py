"""The copies of a budget that were signed, and which months were closed against which."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from install.folder.signing import folder_in_use, signed_copy
from install.terminal.scenarios import plan, several

if TYPE_CHECKING:
    from workbooks.folder.receipts import Receipt
    from workbooks.plan.plan import Plan
    from workbooks.portfolio.terms import Portfolio
    from workbooks.scenario.scenario import Scenario


@dataclass(frozen=True)
class Copy:
    """A budget that was signed before the one of now."""

    path: Path
    told: str
    """Who signed it, and when."""
    months: tuple[datetime.date, ...]
    """First days of the months that were closed against it."""


@dataclass(frozen=True)
class Copies:
    """The budgets that were signed, as far as a month was closed against them."""

    told: str = ""
    """Who signed the one of now, and when."""
    before: tuple[Copy, ...] = ()


NONE_BEFORE = Copies()


def copies() -> Copies:
    """Return the copies that months of the folder in use were closed against, but for the last.

    A month belongs to the copy that was signed last when its bills first came: those that come
    later correct what was billed, and not what was budgeted.

    Raises
    ------
    Refusal
        If one of them is not what was signed.
    """
    from workbooks.folder.place import changes
    from workbooks.folder.standing import APPROVAL, BILL

    folder, last = folder_in_use(), None
    first: dict[str, Receipt | None] = {}
    for each in changes():
        last = each if each.of(APPROVAL) else last
        first |= {line["month"]: last for line in each.of(BILL) if line["month"] not in first}
    if last is None:
        return NONE_BEFORE
    others = {month: each for month, each in first.items() if each and _differ(each, last)}
    found = {each.name: each for each in others.values()}
    before = []
    for name, each in sorted(found.items()):
        months = sorted(month for month, of in others.items() if of and of.name == name)
        days = tuple(datetime.date.fromisoformat(f"{month}-01") for month in months)
        before.append(Copy(signed_copy(folder, each.of(APPROVAL)[0]), _told(each), days))
    return Copies(_told(last), tuple(before))


def _differ(one: Receipt, other: Receipt) -> bool:
    from workbooks.folder.standing import APPROVAL

    return one.of(APPROVAL)[0].get("fingerprint") != other.of(APPROVAL)[0].get("fingerprint")


def _told(approval: Receipt) -> str:
    return f"{approval.who} signed on {approval.when:%Y-%m-%d at %H:%M} UTC"


def scenario_of(name: str) -> Plan | Portfolio:
    """Return the plan of a scenario, of one workload or of several.

    Raises
    ------
    Refusal
        If there is none, or it cannot be planned.
    """
    return several(name) or plan(name)


def compared(ours: Plan | Portfolio, copies: Copies) -> Mapping[Copy, Plan | Portfolio]:
    """Return the plans of copies whose months can stand beside those of the budget of now."""
    plans = {each: scenario_of(str(each.path)) for each in copies.before}
    return {
        each: theirs
        for each, theirs in plans.items()
        if type(theirs) is type(ours) and frame_of(theirs).currency == frame_of(ours).currency
    }


def frame_of(ours: Plan | Portfolio) -> Scenario:
    """Return what says the months and the currency of a plan."""
    from workbooks.portfolio.terms import Portfolio

    return ours.frame if isinstance(ours, Portfolio) else ours.scenario
