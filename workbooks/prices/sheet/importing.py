"""Import a vendor's sheet: always a preview first, and written only on request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workbooks.prices.compare import Reading
from workbooks.prices.guards import History
from workbooks.prices.offers import FeedError, Offer, Parsed
from workbooks.prices.planning import Plan, plan
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.files import LARGEST_FILE
from workbooks.prices.sheet.reading import read_sheets
from workbooks.prices.sheet.rows import SheetRead
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


def preview(
    store: Store, path: Path, given: Given, day: date, accept: Collection[str] = ()
) -> Preview:
    """Return what a vendor's file would change in the table; nothing is written.

    Raises
    ------
    FeedError
        If the file cannot be read, or holds no table of models and prices.
    """
    return _planned(path.name, _content(path), store.history(), (given, day, accept))


def _planned(
    name: str, content: bytes, history: History, asked: tuple[Given, date, Collection[str]]
) -> Preview:
    given, day, accept = asked
    read = read_sheets(name, content, given, history)
    offers = [offer for offer in read.offers if _current(offer, day)]
    made = Plan()
    for start in sorted({offer.valid_from or day for offer in offers}):
        starting = [offer for offer in offers if (offer.valid_from or day) == start]
        reading = Reading(titled(name), Parsed(starting, []), "", (day, "retrieved"))
        step = plan({**history, **made.rows}, [reading], start, SOURCE, accept, add_new=True)
        made.changes += step.changes
        made.doubts += step.doubts
        made.rows |= step.rows
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
        If the store cannot be written.
    """
    with store.change():
        now_shown = _planned(shown.name, shown.content, store.history(), shown.asked)
        _write(store, now_shown)
    return now_shown


def _write(store: Store, shown: Preview) -> None:
    suffix = shown.name.rpartition(".")[2].lower()
    sha256 = store.keep_file(shown.content, suffix if suffix.isalnum() else "sheet")
    rows = {
        model: [
            replace(row, source_sha256=sha256)
            if row.source == titled(shown.name) and not row.source_sha256
            else row
            for row in known
        ]
        for model, known in shown.plan.rows.items()
    }
    store.replace(rows)
    store.quarantine(shown.name, sha256, shown.plan.doubts)
    store.record(
        Download(
            source=SOURCE,
            url=shown.name,
            retrieved_at=now(),
            sha256=sha256,
            size_bytes=float(len(shown.content)),
            models=float(len(rows)),
            outcome="accepted",
        )
    )
