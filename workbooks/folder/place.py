"""Which budget folder is in use: the nearest one, or none, and then the shipped tables count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from workbooks.folder import receipts
from workbooks.folder.receipts import FolderError, Line, Receipt

Found = TypeVar("Found", bound=Callable[..., object])

_in_use: list[Path | None] = [None]
_supposed: list[Receipt] = []
_left_out: list[frozenset[str]] = []
_forgetters: list[Callable[[], None]] = []


def nearest(start: Path) -> Path | None:
    """Return the budget folder that a path lies in; None where there is none."""
    here = start.absolute()
    return next((each for each in (here, *here.parents) if receipts.is_folder(each)), None)


def current() -> Path | None:
    """Return the folder in use."""
    return _in_use[-1]


@contextmanager
def using(folder: Path | None) -> Iterator[None]:
    """Use a folder meanwhile; every table is then the fold of its receipts.

    Raises
    ------
    FolderError
        If it is no budget folder.
    """
    if folder is not None and not receipts.is_folder(folder):
        raise FolderError(f"{folder} is no budget folder; evenpoint init {folder} makes it one")
    another = folder is not None or current() is not None  # what is shipped stays what it is
    _in_use.append(folder)
    if another:
        forget()
    try:
        yield
    finally:
        _in_use.pop()
        if another:
            forget()


@contextmanager
def supposing(lines: Iterable[Line]) -> Iterator[None]:
    """Have every table as it would be with a receipt of some lines; nothing is written."""
    _supposed.append(receipts.staged(lines))
    forget()
    try:
        yield
    finally:
        _supposed.pop()
        forget()


@contextmanager
def without(names: frozenset[str]) -> Iterator[None]:
    """Have every table as when a workbook was made: without receipts that came after it.

    Those among them that were taken back since count as they did then.
    """
    if names <= frozenset().union(*_left_out):
        yield
        return
    _left_out.append(names)
    forget()
    try:
        yield
    finally:
        _left_out.pop()
        forget()


def per_folder(function: Found) -> Found:
    """Keep what a function returns until another folder is in use, or it has a new receipt."""
    kept = cache(function)
    _forgetters.append(kept.cache_clear)
    return kept  # type: ignore[return-value]  # the same function, but for its speed


def forget() -> None:
    """Have everything read anew."""
    for each in _forgetters:
        each()


@per_folder
def changes() -> tuple[Receipt, ...]:
    """Return the receipts of the folder in use; none where there is no folder."""
    folder, left_out = current(), frozenset().union(*_left_out)
    found = receipts.read(folder) if folder else ()
    kept = [each for each in found if each.name not in left_out]
    if folder and left_out - {each.name for each in found}:
        kept += [e for e in receipts.read(folder, receipts.UNDONE) if e.name in left_out]
        kept.sort(key=lambda each: each.name)
    return (*kept, *_supposed)
