"""The prices of a budget folder: what a refresh or an import reads there, and adds to it.

What a change adds becomes one receipt, after the files that were read. Without a folder it starts
from the shipped table, and what is added is forgotten with the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from workbooks import clock
from workbooks.folder import place, receipts
from workbooks.folder.prices import CONFIRMED, PRICE, Rows, folded
from workbooks.folder.receipts import Receipt
from workbooks.folder.timeline import timeline
from workbooks.prices.offers import Doubt
from workbooks.rows import TokenPrice
from workbooks.tables import written_prices

SOURCE, DOUBT = "source", "doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One file that was read: when, from where, and what became of it."""

    source: str
    url: str
    retrieved_at: str
    sha256: str
    size_bytes: float
    models: float
    outcome: str


class Store:
    """The prices of a budget folder, or of none.

    Raises
    ------
    FolderError
        From every method, if the folder or a receipt in it cannot be read or written.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lines: list[receipts.Line] = []
        self._files: dict[str, bytes] = {}
        self._is_open = False

    @contextmanager
    def change(self) -> Iterator[None]:
        """Gather what is added meanwhile into one receipt; all of it counts, or nothing."""
        if self._is_open:  # part of a larger change
            yield
            return
        self._is_open, before = True, len(self._lines)
        try:
            yield
            if self.folder and self._lines:
                receipts.write(self.folder, self._lines, self._files)
                self._lines = []
                place.forget()
        except BaseException:
            self._lines = self._lines[:before]
            raise
        finally:
            self._files, self._is_open = {}, False

    def forget(self) -> None:
        """Let nothing of this change count: it was made to see what it comes to."""
        self._lines, self._files = [], {}

    def _receipts(self) -> tuple[Receipt, ...]:
        """Return the receipts of the folder, and what is about to become one."""
        kept: tuple[Receipt, ...] = ()
        if self.folder:  # of the one in use what is only supposed counts, too
            is_used = self.folder == place.current()
            kept = place.changes() if is_used else receipts.read(self.folder)
        return (*kept, receipts.staged(self._lines)) if self._lines else kept

    def written(self) -> Rows:
        """Return every model's rows in the order they were written in, the shipped ones first."""
        return written_prices(self._receipts())

    def history(self) -> dict[str, list[TokenPrice]]:
        """Return what each model has cost from day to day."""
        return {model: timeline(rows) for model, rows in self.written().items()}

    def token_prices(self) -> tuple[TokenPrice, ...]:
        """Return the whole table, ordered by model and date."""
        return folded(self.written())

    def rows(self) -> list[TokenPrice]:
        """Return the rows that receipts have brought."""
        every = (row for rows in self.written().values() for row in rows)
        return [row for row in every if row.origin != "shipped"]

    def downloads(self) -> list[Download]:
        """Return every file that was read, oldest first."""
        return [_download(line) for receipt in self._receipts() for line in receipt.of(SOURCE)]

    def last(self, source: str) -> Download | None:
        """Return the last file of a source that was accepted."""
        good = [each for each in self.downloads() if each.outcome == "accepted"]
        return next((each for each in reversed(good) if each.source == source), None)

    def file(self, sha256: str) -> Path | None:
        """Return where a file that was read is kept."""
        folder = self.folder / receipts.FILES if self.folder else None
        return next(folder.glob(f"{sha256}.*"), None) if folder else None

    def keep_file(self, content: bytes, suffix: str) -> str:
        """Keep a file under its SHA-256, and return that."""
        digest = hashlib.sha256(content).hexdigest()
        self._files[f"{digest}.{suffix}"] = content
        return digest

    def record(self, download: Download) -> None:
        """Tell what became of a file that was read."""
        self._add(SOURCE, [asdict(download)])

    def add(self, models: Mapping[str, Sequence[TokenPrice]]) -> None:
        """Add rows to those of some models."""
        self._add(PRICE, (asdict(row) for rows in models.values() for row in rows))

    def confirm(self, source: str, models: Iterable[str], like: TokenPrice) -> None:
        """Tell that a list that was read has models at the price that they have."""
        same = {name: getattr(like, name) for name in ("as_of", "as_of_kind", "source_sha256")}
        self._add(CONFIRMED, [{"source": source, "models": " ".join(models), **same}])

    def set_aside(self, source: str, sha256: str, doubts: Iterable[Doubt]) -> None:
        """Tell which prices of a file were not taken, and why."""
        said = {"source": source, "sha256": sha256}
        self._add(DOUBT, ({**said, **each._asdict()} for each in doubts))

    def _add(self, table: str, lines: Iterable[Mapping[str, object]]) -> None:
        with self.change():
            self._lines += [{"table": table, **line} for line in lines]


def _download(line: Mapping[str, str]) -> Download:
    texts = ("source", "url", "retrieved_at", "sha256", "outcome")
    return Download(
        **{name: line.get(name, "") for name in texts},
        size_bytes=float(line.get("size_bytes", 0)),
        models=float(line.get("models", 0)),
    )


def now() -> str:
    """Return this moment as a receipt tells it."""
    return clock.now().isoformat(timespec="seconds")


def age_days(retrieved_at: str, today: date) -> int:
    """Return how many days ago something was retrieved."""
    return (today - datetime.fromisoformat(retrieved_at).date()).days
