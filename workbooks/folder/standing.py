"""Where the budget of a folder stands: read off its receipts alone, so that it is quick."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from workbooks.folder import place, receipts
from workbooks.folder.receipts import MADE, Receipt

BUDGET = "budget.xlsx"
APPROVAL, UPDATED, USAGE, SOURCE = "approval", "updated", "usage", "source"
RESTORED = "restored"
"""That an update was taken back whole: the workbook is what it was before."""
BILL, CLOSED, READ = "bill", "closed", "closed file"
FIRST, LAST = "first_month", "last_month"
"""Columns of an approval: the months that were planned, as 2026-12."""
IDLE = {APPROVAL, UPDATED, RESTORED, MADE, BILL, CLOSED, READ}
"""Tables whose lines change no number of a plan."""
TOLD = {
    CLOSED: "closed until {month}",
    APPROVAL: "the budget approved",
    UPDATED: "the workbook brought up to date",
    RESTORED: "the workbook as it was before an update",
}
"""Tables that say what was done rather than what is known, in words."""
NO_LISTS = {"import", "gpuhunt"}
NO_BILLS = "none"
PRICE_DAYS = 35
"""Lists change about once a month; older ones are worth another look."""


@dataclass(frozen=True)
class Standing:
    """What is known, since when, and what waits."""

    prices_read: date | None
    """Day on which a price list was last read; None where none was."""
    usage_until: str
    """Last month whose usage is known, as 2026-11; empty where none is."""
    closed: Mapping[str, str]
    """What was forecast when the last closed month was; empty where none is."""
    moved: bool
    """Whether that forecast was made with other bills than those that count now."""
    approved: Receipt | None
    waiting: tuple[Receipt, ...]
    """Changes that the workbook does not have yet."""
    taken_back: tuple[Receipt, ...]
    """Changes that the workbook still has, though they count no more."""
    edited: bool
    """Whether the workbook is another than the one that was last approved."""
    has_budget: bool
    turned: date | None
    """Day after the last update on which a price that is known began or ended."""

    def next_job(self, today: date) -> str:
        """Return the next command, and why."""
        read, last = self.prices_read, date.fromordinal(today.replace(day=1).toordinal() - 1)
        old = read is None or (today - read).days > PRICE_DAYS
        jobs = (
            (
                not self.has_budget,
                f"{BUDGET} is missing: bring it back, or evenpoint budget --out {BUDGET}",
            ),
            (bool(self.waiting), f"evenpoint update, which brings what waits into {BUDGET}"),
            (
                bool(self.taken_back),
                f"evenpoint update --offline, which gives back in {BUDGET} what was taken back",
            ),
            (
                bool(self.turned),
                f"evenpoint update, for a price known in advance holds since {self.turned}",
            ),
            (old, "evenpoint update, which reads the price lists again"),
            (
                self.moved,
                f"evenpoint close {self.closed.get('month')} approved BILLS, which forecasts anew",
            ),
            (
                self._is_open(f"{last:%Y-%m}"),
                f"evenpoint close {last:%Y-%m} approved BILLS, once its bills are here",
            ),
            (self.usage_until < f"{last:%Y-%m}", "evenpoint add EXPORTS, for last month's usage"),
            (self.edited, f"evenpoint approve, once {BUDGET} is agreed"),
        )
        return next((job for due, job in jobs if due), "nothing is due")

    def _is_open(self, month: str) -> bool:
        """Say whether a month of the budget that was signed last is not closed yet."""
        signed = self.approved.of(APPROVAL)[0] if self.approved else {}
        planned = signed.get(FIRST, "~") <= month <= signed.get(LAST, "")
        return planned and self.closed.get("month", "") < month


def standing(folder: Path, found: Sequence[Receipt], today: date) -> Standing:
    """Return where a folder stands.

    Raises
    ------
    FolderError
        If the workbook cannot be read.
    """
    approvals = [each for each in found if each.of(APPROVAL)]
    path = folder / BUDGET
    has_budget = path.is_file()
    signed = approvals[-1].of(APPROVAL)[0].get("sha256", "") if approvals else ""
    last = _closed(found)
    return Standing(
        prices_read=max(_read(found), default=None),
        usage_until=max((line.get("month", "") for r in found for line in r.of(USAGE)), default=""),
        closed=last.of(CLOSED)[0] if last else {},
        moved=last is not None and _moved(last, found),
        approved=approvals[-1] if approvals else None,
        waiting=waiting(found, path),
        taken_back=taken_back(folder, found, path),
        edited=has_budget and digest(path) != signed,
        has_budget=has_budget,
        turned=turned(found, today, path),
    )


def _closed(found: Sequence[Receipt]) -> Receipt | None:
    """Return what closed the last month last: one before it may have been closed since."""
    shut = [receipt for receipt in found if receipt.of(CLOSED)]
    return max(reversed(shut), key=lambda each: each.of(CLOSED)[0]["month"], default=None)


def billing(found: Sequence[Receipt]) -> str:
    """Return the names of the receipts that have bills, as the closing of a month keeps them."""
    return " ".join(each.stem for each in found if each.of(BILL)) or NO_BILLS


def _moved(last: Receipt, found: Sequence[Receipt]) -> bool:
    counted = last.of(CLOSED)[0].get("receipts")
    others = [each for each in found if each.name != last.name]
    return bool(counted) and counted != billing(others)


def updates(found: Sequence[Receipt], book: Path | None = None) -> Sequence[Receipt]:
    """Return the updates that a workbook has: none that was taken back whole.

    Nor those since a copy of before was made, where somebody has put that copy in its place; nor
    those of two people who each updated a copy of one workbook, but for that which became it.
    """
    back = {line.get("update") for each in found for line in each.of(RESTORED)}
    kept = [each for each in found if each.of(UPDATED) and each.stem not in back]
    now = digest(book) if kept and book and book.is_file() else ""
    for at, line in reversed([(n, each.of(UPDATED)[0]) for n, each in enumerate(kept)]):
        if now and now == line.get("sha256"):
            break
        if now and now == line.get("before"):
            kept = kept[:at]
            break
    return [each for each in kept if not _is_beside(each, kept, now)]


def _is_beside(update: Receipt, kept: Sequence[Receipt], now: str) -> bool:
    """Say whether another update is of the same workbook, and nothing was built on this one."""
    ours = update.of(UPDATED)[0]
    lines = [each.of(UPDATED)[0] for each in kept if each != update]
    before, after = ours.get("before"), ours.get("sha256")
    is_built_on = after in {now, *(line.get("before") for line in lines)}
    return bool(before) and before in {x.get("before") for x in lines} and not is_built_on


def waiting(found: Sequence[Receipt], book: Path | None = None) -> tuple[Receipt, ...]:
    """Return the receipts that the workbook was not brought up to date with."""
    seen = _brought(updates(found, book))
    ours = (r for r in found if any(line["table"] not in IDLE for line in r.lines))
    return tuple(each for each in ours if each.stem not in seen)


def taken_back(
    folder: Path, found: Sequence[Receipt], book: Path | None = None
) -> tuple[Receipt, ...]:
    """Return the receipts that count no more, and that the workbook was brought up to date with."""
    has = _brought(updates(found, book)) - {each.stem for each in found}
    undone = receipts.read(folder, receipts.UNDONE) if has else ()
    return tuple(each for each in undone if each.stem in has)


def _brought(done: Sequence[Receipt]) -> set[str]:
    """Return the names of the receipts that the workbook has, as its updates say."""
    seen: set[str] = set()
    for line in (line for receipt in done for line in receipt.of(UPDATED)):
        seen |= set(line.get("receipts", "").split())
        seen -= set(line.get("undone", "").split())
    return seen


def lacking(path: Path) -> frozenset[str]:
    """Return the receipts that a workbook of the folder in use was made without.

    That of the folder lacks what waits, and a signed copy what waited or came after it was signed.
    What either has though it was taken back since is among them: it is not as it is now.
    """
    folder, found = place.current(), place.changes()
    if folder is None:
        return frozenset()
    real, last = path.resolve(), ""
    if real.parent == (folder / receipts.APPROVED).resolve():
        last = real.name
    elif real != (folder / BUDGET).resolve():
        return frozenset()
    before = tuple(each for each in found if not last or each.name < last)
    later = {each.name for each in found} - {each.name for each in before}
    others = (*waiting(before, path), *taken_back(folder, before, path))
    return frozenset(later | {each.name for each in others})


def turned(found: Sequence[Receipt], today: date, book: Path | None = None) -> date | None:
    """Return the day after the last update, up to now, on which a known price changed last."""
    days_of = [each.when.date() for each in updates(found, book)]
    lines = (line for each in found for line in each.of("price")) if days_of else ()
    texts = (line.get(name, "") for line in lines for name in ("valid_from", "valid_to"))
    days = (date.fromisoformat(text) for text in texts if text)
    return max((day for day in days if days_of[-1] < day <= today), default=None)


def _read(found: Sequence[Receipt]) -> Iterator[date]:
    for receipt in found:
        for line in receipt.of(SOURCE):
            if line.get("outcome") == "accepted" and line.get("source") not in NO_LISTS:
                yield datetime.fromisoformat(line["retrieved_at"]).date()


def digest(path: Path) -> str:
    """Return the sum of a file.

    Raises
    ------
    FolderError
        If it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise receipts.FolderError(f"{path} cannot be read: {error.strerror}") from None


def told(receipt: Receipt) -> str:
    """Return a receipt in words: when, by whom, and what it has.

    >>> from datetime import UTC
    >>> lines = ({"table": "price"}, {"table": "price"}, {"table": "source", "url": "offer.csv"})
    >>> told(Receipt("x.csv", datetime(2026, 12, 1, 9, 30, tzinfo=UTC), "anna", lines))
    '2026-12-01 09:30 UTC, anna: 2 prices, of offer.csv'
    """
    counts: dict[str, int] = {}
    for line in receipt.lines:
        counts[line["table"]] = counts.get(line["table"], 0) + 1
    named = [(SOURCE, "url"), (READ, "file")]
    files = ", ".join(
        dict.fromkeys(line.get(at, "") for table, at in named for line in receipt.of(table))
    )
    months = ", ".join(sorted({line.get("month", "") for line in receipt.of(BILL)}))
    rows = [
        f"{count} {table}{'s' * (count > 1 and table != USAGE)}{f' of {months}' * (table == BILL)}"
        for table, count in counts.items()
        if table not in TOLD and table not in {SOURCE, READ}
    ]
    said = [words.format(**line) for table, words in TOLD.items() for line in receipt.of(table)]
    parts = [", ".join([*rows, *said]), f"of {files}" if files else ""]
    when = f"{receipt.when:%Y-%m-%d %H:%M} UTC, {receipt.who}"
    return f"{when}: {', '.join(filter(None, parts)) or 'nothing new'}"
