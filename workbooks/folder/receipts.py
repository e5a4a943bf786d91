"""Receipts: one new file for each change of a budget folder, which is never written again.

The name of a receipt is ``<UTC time>-<who>-<first 8 of its sha256>.csv``. Its lines name the table
they belong to; every table is the fold of the receipts in the order of their names, so that the
order in which they arrive does not matter, two people at once are two files, and taking a change
back is moving one file away.
"""

from __future__ import annotations

import getpass
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workbooks import clock, disk
from workbooks.printable import cell_text

RECEIPTS, FILES, UNDONE, APPROVED = "receipts", "files", "undone", "approved"
MADE = "folder"
"""Table of the line that says that a folder was made."""
NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-(\w+)-([0-9a-f]{8})\b.*\.csv")
"""What follows the sum is what a program that synchronises folders calls its copy."""
TIME = "%Y%m%dT%H%M%S.%fZ"
LONGEST_WHO = 30

Line = Mapping[str, object]


class FolderError(ValueError):
    """A budget folder that cannot be read or written; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One change: the name of its file, when and by whom, and its lines without blank cells."""

    name: str
    when: datetime
    who: str
    lines: tuple[Mapping[str, str], ...]

    @property
    def stem(self) -> str:
        """Its name without what a program that synchronises folders adds."""
        return self.name.partition(".csv")[0]

    def of(self, table: str) -> list[Mapping[str, str]]:
        """Return the lines of a table."""
        return [line for line in self.lines if line["table"] == table]


def is_folder(folder: Path) -> bool:
    """Say whether a folder is a budget folder: it has a receipt."""
    inside = folder / RECEIPTS
    return inside.is_dir() and any(NAME.fullmatch(each.name) for each in inside.iterdir())


def read(folder: Path, place: str = RECEIPTS) -> tuple[Receipt, ...]:
    """Return the receipts of a folder, oldest first; one that was copied counts once.

    Parameters
    ----------
    place
        Where they are in it: those that count, or those that were taken back.

    Raises
    ------
    FolderError
        If one cannot be read, or is not what was written: a receipt left out would be a lie.
    """
    try:
        paths = sorted((folder / place).glob("*.csv"))
        found: dict[str, Receipt] = {}
        for path in paths:
            if match := NAME.fullmatch(path.name):
                found.setdefault(match[3], _receipt(path, match))
    except OSError as error:
        raise FolderError(f"{error.filename} cannot be read: {disk.why(error)}") from None
    return tuple(sorted(found.values(), key=lambda each: each.name))


def _receipt(path: Path, match: re.Match[str]) -> Receipt:
    import csv  # noqa: PLC0415  # half the time it takes to import this module

    when, who, sha8 = match.groups()
    content = path.read_bytes()
    if _sum(when, who, content) != sha8:
        raise FolderError(
            f"{path} is not what was written: its content does not have the sum in its name; "
            "bring the file back from a copy, or move it out of the folder"
        )
    try:
        rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
        columns = next(rows, [])
        lines = tuple(
            {column: cell for column, cell in zip(columns, row, strict=True) if cell}
            for row in rows
        )
        return Receipt(path.name, datetime.fromisoformat(when), who, lines)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise FolderError(f"{path} cannot be read: {error}") from None


def write(
    folder: Path, lines: Iterable[Line], files: Mapping[str, bytes] | None = None, who: str = ""
) -> Path:
    """Write one receipt, after the files that it names; without it they do not count.

    Raises
    ------
    FolderError
        If the disk refuses; then the folder is as it was.
    """
    content, when, name = _table(list(lines)), stamp(), who or user()
    path = folder / RECEIPTS / named(when, name, content)
    try:
        disk.make_folder(folder, 0o777)
        mode = disk.rights(folder)
        for part in (path.parent, *([folder / FILES] if files else [])):
            disk.make_folder(part, mode)
            disk.sweep_folder(part)
        kept_first = {folder / FILES / each: kept for each, kept in (files or {}).items()}
        new = {at: kept for at, kept in kept_first.items() if not at.exists()}
        disk.write({**new, path: content}, mode)
        disk.sync(path.parent)
    except OSError as error:
        place = error.filename or folder
        raise FolderError(f"{place} cannot be written: {disk.why(error)}") from None
    return path


def staged(lines: Iterable[Line]) -> Receipt:
    """Return what lines will be once they are written."""
    texts = ({name: cell_text(value) for name, value in line.items()} for line in lines)
    filled = ({name: text for name, text in line.items() if text} for line in texts)
    return Receipt("", clock.now(), user(), tuple(filled))


def undo(folder: Path, receipt: Receipt) -> Path:
    """Move a receipt to where it does not count, and return its new place.

    Raises
    ------
    FolderError
        If the disk refuses.
    """
    to = folder / UNDONE / receipt.name
    try:
        to.parent.mkdir(exist_ok=True)
        (folder / RECEIPTS / receipt.name).rename(to)
    except OSError as error:
        raise FolderError(f"{error.filename} cannot be moved: {disk.why(error)}") from None
    return to


def stamp() -> str:
    """Return this moment as the name of a file has it."""
    return clock.now().strftime(TIME)


def user() -> str:
    """Return who is at work, as the name of a file can hold it."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a computer may not know
        name = ""
    return re.sub(r"[^0-9A-Za-z]+", "_", name)[:LONGEST_WHO].strip("_") or "somebody"


def named(when: str, who: str, content: bytes) -> str:
    """Return the name of a receipt."""
    return f"{when}-{who}-{_sum(when, who, content)}.csv"


def _sum(when: str, who: str, content: bytes) -> str:
    return hashlib.sha256(f"{when} {who}\n".encode() + content).hexdigest()[:8]


def _table(lines: list[Line]) -> bytes:
    import csv  # noqa: PLC0415  # as above

    columns = dict.fromkeys(column for line in lines for column in ("table", *line))
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(columns), lineterminator="\n")
    table.writeheader()
    table.writerows({name: cell_text(value) for name, value in line.items()} for line in lines)
    return text.getvalue().encode()
