"""`evenpoint` alone in a budget folder: where it stands, and the next job."""

from __future__ import annotations

import datetime

from workbooks import clock

MOST_SHOWN = 5


def print_standing() -> None:
    """Say of which day the prices are, until when usage is known, what waits, and what is next."""
    from workbooks.folder import place
    from workbooks.folder.standing import BUDGET, standing, told

    folder = place.current()
    assert folder is not None
    found, today = place.changes(), clock.today()
    now = standing(folder, found, today)
    print(f"Budget folder {folder}, {len(found)} receipt{'s' * (len(found) != 1)}")
    print(f"Prices    {_age(now.prices_read, today)}")
    print(f"Usage     {f'until {now.usage_until}' if now.usage_until else 'none yet'}")
    if now.closed:
        print(f"Closed    {now.closed['month']}; forecast {now.closed['forecast']}")
    if now.moved:
        print("          It was made with other bills: some came, or were taken back, since.")
    if now.approved:
        since = f"; {BUDGET} has changed since" if now.edited else ""
        print(f"Approved  {now.approved.when:%Y-%m-%d} by {now.approved.who}{since}")
    else:
        print("Approved  not yet")
    print(f"Waiting   {_some(len(now.waiting))}")
    for receipt in now.waiting[-MOST_SHOWN:]:
        print(f"          {told(receipt)}")
    if now.taken_back:
        count = len(now.taken_back)
        print(f"Undone    {count} change{'s' * (count > 1)} that the workbook still has:")
    for receipt in now.taken_back[-MOST_SHOWN:]:
        print(f"          {told(receipt)}")
    print(f"Next      {now.next_job(today)}")


def _age(read: datetime.date | None, today: datetime.date) -> str:
    if read is None:
        return "as shipped; no price list was read yet"
    days = max((today - read).days, 0)
    return f"lists read on {read}, {days} day{'s' * (days != 1)} ago"


def _some(count: int) -> str:
    if not count:
        return "nothing"
    more = f", the last {MOST_SHOWN}:" if count > MOST_SHOWN else ":"
    return f"{count} change{'s' * (count > 1)} that the workbook does not have{more}"
