"""The user's own price table: dated rows in a folder, beside every file they were read from.

The shipped table is never written. A model that is in the store is answered from the store, with
its whole history; every other one from the shipped table.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from workbooks.disk import locked, why
from workbooks.prices import journal
from workbooks.prices.offers import Doubt, FeedError
from workbooks.printable import cell_text
from workbooks.rows import TokenPrice
from workbooks.tables import READERS, token_prices

TABLE, LEDGER, QUARANTINE, FILES = "token_prices.csv", "sources.csv", "quarantine.csv", "files"
RENTALS = "gpu_rental.csv"


class StoreError(FeedError):
    """The user's own table cannot be read or written, whatever the price lists say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPrice(TokenPrice):
    """A price in the store: whether a price list or the user's own sheet says so, in which file."""

    origin: str
    source_sha256: str


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


def default_folder() -> Path:
    """Return where a program keeps its data on this platform."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "evenpoint" / "prices"


class Store:
    """A folder with the user's prices.

    Raises
    ------
    StoreError
        From every method, if the folder or a file in it cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._staged: dict[str, bytes] | None = None

    @contextmanager
    def change(self) -> Iterator[None]:
        """Read and write with nobody else writing; all that is written counts, or nothing."""
        if self._staged is not None:  # part of a larger change
            yield
            return
        try:
            with locked(self.folder):
                journal.finish(self.folder)
                self._staged = {}
                yield
                if self._staged:
                    journal.commit(self.folder, self._staged)
        except OSError as error:
            place = error.filename or self.folder
            raise StoreError(f"{place} cannot be written: {why(error)}") from None
        finally:
            self._staged = None

    def rows(self) -> list[KeptPrice]:
        """Return the rows of the store itself."""
        return self._read(TABLE, KeptPrice)

    def history(self) -> dict[str, list[KeptPrice]]:
        """Return every model's rows, the store's before the shipped ones."""
        shipped = [_shipped(row) for row in token_prices()]
        own = _by_model(self.rows())
        return {**_by_model(shipped), **own}

    def token_prices(self) -> tuple[TokenPrice, ...]:
        """Return the whole table, ordered by model and date."""
        rows = [row for known in self.history().values() for row in known]
        return tuple(sorted(rows, key=lambda row: (row.model, row.valid_from or date.min)))

    def downloads(self) -> list[Download]:
        """Return every file that was read, oldest first."""
        return self._read(LEDGER, Download)

    def last(self, source: str) -> Download | None:
        """Return the last file of a source that was accepted."""
        good = [each for each in self.downloads() if each.outcome == "accepted"]
        return next((each for each in reversed(good) if each.source == source), None)

    def keep_file(self, content: bytes, suffix: str) -> str:
        """Keep a file under its SHA-256, and return that."""
        digest = hashlib.sha256(content).hexdigest()
        name = f"{FILES}/{digest}.{suffix}"
        if self._content(name) != content:
            self.write(name, content)
        return digest

    def record(self, download: Download) -> None:
        """Add a line to the ledger of files."""
        with self.change():
            self.write(LEDGER, _csv(Download, map(asdict, [*self.downloads(), download])))

    def replace(self, models: Mapping[str, Sequence[KeptPrice]]) -> None:
        """Write the rows of some models in place of what the store has of them."""
        with self.change():
            kept = {**_by_model(self.rows()), **models}
            rows = [row for model in sorted(kept) for row in kept[model]]
            self.write(TABLE, _csv(KeptPrice, map(asdict, rows)))

    def quarantine(self, source: str, sha256: str, doubts: Iterable[Doubt]) -> None:
        """Write what was set aside from a source, in place of what was set aside before."""
        names = ("source", "source_sha256", *Doubt._fields)
        ours = [{"source": source, "source_sha256": sha256, **each._asdict()} for each in doubts]
        with self.change():
            others = [line for line in self._lines(QUARANTINE) if line.get("source") != source]
            self.write(QUARANTINE, _table(names, [*others, *ours]))

    def _read(self, name: str, kind: type[Any]) -> list[Any]:
        path = self.folder / name
        readers = {field.name: _reader(field) for field in fields(kind)}
        try:
            return [
                kind(**{column: readers[column](line[column]) for column in readers})
                for line in self._lines(name)
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{path} is damaged; move it away or mend it ({error})") from None

    def _lines(self, name: str) -> list[dict[str, str]]:
        try:
            text = (self._content(name) or b"").decode()
            return list(csv.DictReader(io.StringIO(text, newline="")))
        except (UnicodeDecodeError, csv.Error) as error:
            raise StoreError(f"{self.folder / name} cannot be read: {error}") from None

    def _content(self, name: str) -> bytes | None:
        if self._staged is not None and name in self._staged:
            return self._staged[name]
        try:
            return journal.read(self.folder, name)
        except OSError as error:
            raise StoreError(f"{self.folder / name} cannot be read: {why(error)}") from None

    def forget(self) -> None:
        """Let nothing of this change count: it was made to see what it comes to."""
        assert self._staged is not None
        self._staged = {}

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the store whole or not at all, with the rest of a change."""
        with self.change():
            assert self._staged is not None
            self._staged[name] = content


def _reader(field: Any) -> Any:
    types = {str(known): read for known, read in READERS.items()}
    types |= {getattr(known, "__name__", str(known)): read for known, read in READERS.items()}
    return types[field.type if isinstance(field.type, str) else str(field.type)]


def _shipped(row: TokenPrice) -> KeptPrice:
    values = {field.name: getattr(row, field.name) for field in fields(TokenPrice)}
    return KeptPrice(**values, origin="shipped", source_sha256="")


def _by_model(rows: Iterable[KeptPrice]) -> dict[str, list[KeptPrice]]:
    found: dict[str, list[KeptPrice]] = {}
    for row in rows:
        found.setdefault(row.model, []).append(row)
    return found


def _csv(kind: type[Any], lines: Iterable[Mapping[str, Any]]) -> bytes:
    return _table([field.name for field in fields(kind)], lines)


def _table(names: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, names, lineterminator="\n")
    table.writeheader()
    table.writerows({name: cell_text(line[name]) for name in names} for line in lines)
    return text.getvalue().encode()


def now() -> str:
    """Return this moment as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def age_days(retrieved_at: str, today: date) -> int:
    """Return how many days ago something was retrieved."""
    return (today - datetime.fromisoformat(retrieved_at).date()).days
