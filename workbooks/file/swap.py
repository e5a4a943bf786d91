"""Put a changed workbook in the place of the old one in a single step, and keep the old one.

The new file and a copy of the old one are written beside it and brought to the disk before they
take their names, the copy first. A computer that stops at any moment leaves the old workbook, or
the new one beside its copy, and at worst files whose names begin with a dot, which the next run
removes, or a copy of a workbook that was not replaced after all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from workbooks import clock
from workbooks.disk import sync, why
from workbooks.file.markup import Scan
from workbooks.file.package import LARGEST_FILE, Package
from workbooks.file.refusal import RefreshError

PART, COPY = ".part", ".copy"


def read(path: Path) -> tuple[Path, bytes]:
    """Return where a workbook really is, and its bytes.

    Raises
    ------
    RefreshError
        If it is not there, is open in a program, or is too large.
    """
    try:
        real = path.resolve(strict=True)
        check_closed(real)
        size = real.stat().st_size
        if size > LARGEST_FILE:
            raise RefreshError(f"{path.name} has {size:,} bytes, more than {LARGEST_FILE:,}")
        return real, real.read_bytes()
    except OSError as error:
        raise RefreshError(f"{path} cannot be read: {error.strerror}") from None


def check_closed(path: Path) -> None:
    """Refuse a workbook that a program has open."""
    for lock, program in ((f"~${path.name}", "Excel"), (f".~lock.{path.name}#", "LibreOffice")):
        if path.with_name(lock).exists():
            raise RefreshError(
                f"{path.name} is open in {program} ({lock} is beside it); close it there first"
            )


def swap(path: Path, old: bytes, new: bytes) -> Path:
    """Replace a workbook and return the path of the copy of what it was.

    Raises
    ------
    RefreshError
        If the folder or the file cannot be written, or the file is no longer what it was.
    """
    if not os.access(path, os.W_OK):
        raise RefreshError(f"{path} is write-protected and stays as it is")
    try:
        _finish(path)
        ready, copy = _written(path, new, PART), None
        try:
            copy = _written(path, old, COPY)
            shutil.copystat(path, copy)
            copy = copy.rename(_free_name(path))
            check_unchanged(path, hashlib.sha256(old).hexdigest())
            ready.replace(path)
        except BaseException:
            _remove(ready, copy)
            raise
        sync(path.parent)
    except OSError as error:
        raise RefreshError(f"{path} cannot be written and stays as it is: {why(error)}") from None
    return copy


def check_unchanged(path: Path, sha256: str) -> None:
    """Refuse a workbook that somebody has opened or saved since it was read."""
    check_closed(path)
    with path.open("rb") as file:
        now = hashlib.file_digest(file, "sha256").hexdigest()
    if now != sha256:
        raise RefreshError(f"{path.name} has been saved since it was read; look at it once more")


def check_whole(path: Path, content: bytes, parts: Mapping[str, bytes]) -> None:
    """Make sure that what is about to be written can be read, and holds what it should."""
    package = Package(path, content)
    for name, data in parts.items():
        if package.read(name) != data:
            raise RefreshError(f"{path.name} was not put together well and stays as it is")
        Scan(data, package.label(name)).run()


def _written(path: Path, content: bytes, suffix: str) -> Path:
    """Write a file beside a workbook, with its rights, and bring it to the disk."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=suffix)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, part)
    except BaseException:
        _remove(part)
        raise
    return part


def _remove(*parts: Path | None) -> None:
    for part in parts:
        if part:
            part.unlink(missing_ok=True)


def _free_name(path: Path) -> Path:
    stamp = clock.now().astimezone().strftime("%Y-%m-%d %H%M%S")
    backup = path.with_name(f"{path.stem} before {stamp}{path.suffix}")
    for number in range(2, 1000):
        if not backup.exists():
            break
        backup = path.with_name(f"{path.stem} before {stamp} {number}{path.suffix}")
    return backup


def _finish(path: Path) -> None:
    """Remove what a killed run left."""
    for left in path.parent.iterdir():
        if left.name.startswith(f".{path.name}.") and left.name.endswith((PART, COPY)):
            with suppress(OSError):
                left.unlink()
