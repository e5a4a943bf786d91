"""Write a file whole or not at all, and never over one that somebody has open."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from install.terminal.refusal import Refusal

_free: dict[str, str] = {}
"""Names at which there was no file when they were checked, and what to do if there is one."""


def check_target(path: Path, force: bool, hint: str = "--force replaces it") -> None:
    """Refuse a path that cannot or should not be written, before any work is done.

    Raises
    ------
    Refusal
        If it is a folder or a device, is in none, exists without `force`, is protected, or is
        open elsewhere.
    """
    if os.path.isdir(path):  # unlike those of Path, these answer for an impossible name too
        raise Refusal(f"{path} is a folder; give the name of a file.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise Refusal(f"{path} is a device and no file; give the name of a file.")
    if not os.path.isdir(path.parent):
        raise Refusal(f"{path} cannot be written: there is no folder {path.parent}.")
    if os.path.exists(path) and not force:
        raise Refusal(f"{path} exists already and stays as it is; {hint}.")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise Refusal(f"{path} is write-protected and stays as it is.")
    for lock in (f"~${path.name}", f".~lock.{path.name}#"):
        if os.path.exists(path) and path.with_name(lock).exists():
            raise Refusal(f"{path} is open in Excel or LibreOffice; close it there first.")
    _free.pop(os.path.abspath(path), "")
    if not force and not os.path.exists(path):
        _free[os.path.abspath(path)] = hint


def check_name(path: Path, what: str, ending: str) -> None:
    """Refuse a name with another ending than that of what is written.

    Raises
    ------
    Refusal
        With the name and the ending.
    """
    if path.suffix.lower() != ending:
        raise Refusal(f"{path} is no {what}; it must end in {ending}.")


def write(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there.

    Raises
    ------
    Refusal
        If the folder or the file is not writable; what was there is untouched.
    """
    write_together({path: content})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files of one answer, in their order: if the disk refuses one, none is changed.

    Raises
    ------
    Refusal
        As that of `write`, or if somebody has written one since its name was found free.
    """
    from workbooks import disk

    hints = {path: _free.pop(os.path.abspath(path), "") for path in files}
    if taken := next((path for path in files if hints[path] and os.path.exists(path)), None):
        raise Refusal(f"{taken} was made meanwhile and stays as it is; {hints[taken]}.")
    with refusing(*files):
        disk.write(files)


def kept(path: Path) -> Path:
    """Copy a file that is about to be replaced, under a name with the time, and return that.

    Raises
    ------
    Refusal
        If the disk refuses.
    """
    import shutil

    from workbooks import clock, disk

    moment = clock.now().astimezone()
    copy = path.with_name(f"{path.stem} before {moment:%Y-%m-%d %H%M%S %f}{path.suffix}")
    with refusing(copy):
        disk.write({copy: path.read_bytes()})
        shutil.copystat(path, copy)
    return copy


@contextmanager
def refusing(*paths: Path) -> Iterator[None]:
    """Say of files why the disk refuses them."""
    from workbooks import disk

    try:
        yield
    except OSError as error:
        names = " and ".join(map(str, paths))
        raise Refusal(f"{names} cannot be written: {disk.why(error)}.") from None
