"""Import usage: exports in, what was consumed out."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from workbooks.disk import scratch, why
from workbooks.usage.actuals import Actuals, actuals
from workbooks.usage.adding import keep, with_kept
from workbooks.usage.engine import read, read_table
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.source import NOTHING, open_source
from workbooks.usage.exports.stated import Stated
from workbooks.usage.exports.tables.unread import unread_tokens
from workbooks.usage.ledger import Export, export
from workbooks.usage.overlaps import once
from workbooks.usage.repeats import Seen

Progress = Callable[[str, float], None]


def import_usage(
    files: Sequence[Path],
    progress: Progress = lambda name, share: None,
    tables: Sequence[tuple[str, str]] = (),
    stated: Stated = NOTHING,
) -> Actuals:
    """Return what exports, and tables of databases by URL and name, say together.

    Raises
    ------
    UsageError
        If one cannot be understood; nothing is guessed, and none is skipped.
    """
    _refuse_twins(files)
    seen: Seen = {}
    read_files = [_file(path, progress, stated, seen) for path in files]
    both = [*read_files, *(export(name, *read_table(url, name)) for url, name in tables)]
    counted = once(both)
    if all(each.rows.empty for each in counted):
        reasons = dict.fromkeys(aside.reason for each in counted for aside in each.asides)
        raise UsageError(f"{both[0].name} holds only {' and '.join(reasons)}")
    return actuals(counted)


def import_and_keep(
    files: Sequence[Path],
    progress: Progress,
    tables: Sequence[tuple[str, str]],
    stated: Stated,
) -> Actuals:
    """Return the same, with what was stated before, and keep what is stated now.

    Raises
    ------
    UsageError
        As above.
    FolderError
        If the budget folder cannot be written.
    """
    told = with_kept(stated)
    found = import_usage(files, progress, tables, told)
    if stated.columns or stated.currency:
        keep(told, [each.headers for each in found.exports if each.headers])
    return found


def _file(path: Path, progress: Progress, stated: Stated, seen: Seen) -> Export:
    try:
        with scratch() as folder:
            source = open_source(path, folder, stated)
            reading, sums = read(source, lambda share: progress(path.name, share), seen, folder)
    except OSError as error:
        place = tempfile.gettempdir()
        raise UsageError(f"{path.name} cannot be unpacked in {place}: {why(error)}") from None
    progress(path.name, 1.0)
    notes = [*source.notes, *unread_tokens(source.layout, source.headers)]
    found = export(source.name, reading, sums, source.left_out, notes)
    return replace(found, headers=source.headers)


def _refuse_twins(files: Sequence[Path]) -> None:
    seen: dict[tuple[int, str], Path] = {}
    for path in files:
        try:
            key = path.stat().st_size, _digest(path)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
        if twin := seen.get(key):
            raise UsageError(f"{path} has the same content as {twin}; give each export once")
        seen[key] = path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
