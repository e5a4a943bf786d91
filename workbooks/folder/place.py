"""Which budget folder is in use: the nearest one, or none, and then the shipped tables count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar

from workbooks.folder import receipts
from workbooks.folder.receipts import FolderError, Line, Receipt

Found = TypeVar("Found", bound=Callable[..., object])


@dataclass(frozen=True, eq=False)
class Supposed:
    """A receipt that nobody has written; each is another one."""

    receipt: Receipt


@dataclass(frozen=True)
class Use:
    """What a task has its tables of: two tasks of one process may have theirs of two folders."""

    folder: Path | None = None
    supposed: tuple[Supposed, ...] = ()
    left_out: frozenset[str] = frozenset()


SHIPPED = Use()
_use = ContextVar("use", default=SHIPPED)
_forgetters: list[Callable[[], None]] = []


def nearest(start: Path) -> Path | None:
    """Return the budget folder that a path lies in; None where there is none."""
    here = start.absolute()
    return next((each for each in (here, *here.parents) if receipts.is_folder(each)), None)


def current() -> Path | None:
    """Return the folder in use."""
    return _use.get().folder


@contextmanager
def _with(use: Use) -> Iterator[None]:
    before = _use.set(use)
    try:
        yield
    finally:
        _use.reset(before)


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
    if another:
        forget()
    try:
        with _with(replace(_use.get(), folder=folder)):
            yield
    finally:
        if another:
            forget()


@contextmanager
def supposing(lines: Iterable[Line]) -> Iterator[None]:
    """Have every table as it would be with a receipt of some lines; nothing is written."""
    use = _use.get()
    with _with(replace(use, supposed=(*use.supposed, Supposed(receipts.staged(lines))))):
        yield


@contextmanager
def without(names: frozenset[str]) -> Iterator[None]:
    """Have every table as when a workbook was made: without receipts that came after it.

    Those among them that were taken back since count as they did then.
    """
    use = _use.get()
    with _with(replace(use, left_out=use.left_out | names)):
        yield


def per_folder(function: Found) -> Found:
    """Keep what a function returns for each use of a folder, until something new is written."""

    @cache
    def kept(_: Use, *given: Any, **named: Any) -> object:
        return function(*given, **named)

    @wraps(function)
    def found(*given: Any, **named: Any) -> object:
        return kept(_use.get(), *given, **named)

    _forgetters.append(kept.cache_clear)
    return found  # type: ignore[return-value]  # the same function, but for its speed


def forget() -> None:
    """Have everything read anew."""
    for each in _forgetters:
        each()


@per_folder
def changes() -> tuple[Receipt, ...]:
    """Return the receipts of the folder in use; none where there is no folder.

    Raises
    ------
    FolderError
        If they cannot be read, or are those of two folders: what the workbook of either was
        brought up to date with is not what the other has.
    """
    use = _use.get()
    found = receipts.read(use.folder) if use.folder else ()
    if len(made := [each.name for each in found if each.of(receipts.MADE)]) > 1:
        raise FolderError(
            f"{use.folder} has the receipts of {len(made)} folders, which {' and '.join(made)} "
            "made: move those of the others out, and take in their offers, exports and bills with "
            "evenpoint add and evenpoint close"
        )
    kept = [each for each in found if each.name not in use.left_out]
    if use.folder and use.left_out - {each.name for each in found}:
        undone = receipts.read(use.folder, receipts.UNDONE)
        kept += [each for each in undone if each.name in use.left_out]
        kept.sort(key=lambda each: each.name)
    return (*kept, *(each.receipt for each in use.supposed))
