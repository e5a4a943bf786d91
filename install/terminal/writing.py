"""Write a file whole or not at all, and never over one that somebody has open."""

from __future__ import annotations

import os
from pathlib import Path

from install.terminal.refusal import Refusal


def check_target(path: Path, force: bool, hint: str = "--force replaces it") -> None:
    """Refuse a path that cannot or should not be written, before any work is done.

    Raises
    ------
    Refusal
        If it is a folder, is in none, exists without `force`, or is open elsewhere.
    """
    if os.path.isdir(path):  # unlike those of Path, these answer for an impossible name too
        raise Refusal(f"{path} is a folder; give the name of a file.")
    if not os.path.isdir(path.parent):
        raise Refusal(f"{path} cannot be written: there is no folder {path.parent}.")
    if os.path.exists(path) and not force:
        raise Refusal(f"{path} exists already and stays as it is; {hint}.")
    for lock in (f"~${path.name}", f".~lock.{path.name}#"):
        if os.path.exists(path) and path.with_name(lock).exists():
            raise Refusal(f"{path} is open in Excel or LibreOffice; close it there first.")


def write(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there.

    Raises
    ------
    Refusal
        If the folder or the file is not writable; what was there is untouched.
    """
    from workbooks import disk

    try:
        disk.write(path, content)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {disk.why(error)}.") from None
