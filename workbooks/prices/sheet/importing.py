"""Import a vendor's sheet: always a preview first, and written only on request."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workbooks.folder.timeline import CONTRACT, LIST
from workbooks.prices.compare import Reading
from workbooks.prices.offers import FeedError, Offer, Parsed
from workbooks.prices.planning import Known, Plan, plan_sheet
from workbooks.prices.sheet.aside import Aside, SheetRead
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.files import LARGEST_FILE
from workbooks.prices.sheet.reading import read_sheets
from workbooks.prices.store import Download, Store, now

SOURCE = "import"


@dataclass
class Preview:
    """What a file would change, and the file itself to be kept beside the prices."""

    name: str
    content: bytes
    read: SheetRead
    plan: Plan
    asked: tuple[Given, date, Collection[str]]

    @property
    def stops(self) -> list[Aside]:
        """What must be said to be left out before anything is written."""
        return [each for each in self.read.asides if each.stops(self.asked[0].leave_out)]


def preview(
    store: Store, path: Path, given: Given, day: date, accept: Collection[str] = ()
) -> Preview:
    """Return what a vendor's file would change in the table; nothing is written.

    Raises
    ------
    FeedError
        If the file cannot be read, or holds no table of models and prices.
    """
    return _planned(path.name, _content(path), store.written(), (given, day, accept))


def _planned(
    name: str, content: bytes, known: Known, asked: tuple[Given, date, Collection[str]]
) -> Preview:
    given, day, accept = asked
    read = read_sheets(name, content, given, known)
    offers = [offer for offer in read.offers if _current(offer, day)]
    sha256 = hashlib.sha256(content).hexdigest()
    title = " ".join((*read.lists, name)) if read.is_list else titled(name)
    reading = Reading(title, Parsed(offers, []), sha256, (day, "retrieved"))
    made = plan_sheet(known, reading, day, accept, LIST if read.is_list else CONTRACT)
    made.doubts = read.doubts + made.doubts
    return Preview(name, content, read, made, asked)


def titled(name: str) -> str:
    """Return how the rows of a vendor's file name their source."""
    return f"your sheet {name}"


def _current(offer: Offer, day: date) -> bool:
    return offer.valid_to is None or offer.valid_to > day


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            size = LARGEST_FILE // 1_000_000
            raise FeedError(f"{path} has more than {size} MB; cut it to the table of prices")
        return path.read_bytes()
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror}") from None


def apply(store: Store, shown: Preview) -> Preview:
    """Write what a preview shows: the file under its SHA-256, and the rows that name it.

    It is worked out once more on the table as it is now, so that what somebody else has written
    since stays; what was written is returned.

    Raises
    ------
    FeedError
        If the sheet has a date, term, minimum, discount or seller that nothing used.
    FolderError
        If the folder cannot be written.
    """
    if shown.stops:
        raise FeedError(stopped(shown))
    now_shown = _planned(shown.name, shown.content, store.written(), shown.asked)
    with store.change():
        _write(store, now_shown)
    return now_shown


def stopped(shown: Preview) -> str:
    """Return in a sentence what a sheet says that nothing has used."""
    told = "; ".join(f"{each}, a {each.kind}" for each in shown.stops[:5])
    last = shown.stops[0]
    others = dict.fromkeys(each.left_out for each in shown.stops[1:5])
    ways = " ".join([*(each for each in others if each != last.left_out), last.way_out])
    return f"{shown.name} says more than was used: {told}; {ways}"


def _write(store: Store, shown: Preview) -> None:
    suffix = shown.name.rpartition(".")[2].lower()
    sha256 = store.keep_file(shown.content, suffix if suffix.isalnum() else "sheet")
    store.add(shown.plan.added)
    store.set_aside(shown.name, sha256, shown.plan.doubts)
    store.record(
        Download(
            source=SOURCE,
            url=shown.name,
            retrieved_at=now(),
            sha256=sha256,
            size_bytes=float(len(shown.content)),
            models=float(len(shown.plan.added)),
            outcome="accepted",
        )
    )
