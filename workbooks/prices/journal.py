"""Write several files of a folder as one step: all are new afterwards, or none is.

The new files are written into a draft folder and brought to the disk. One rename then makes them
count; only after it do they move to their places. A program that stops in between leaves a draft,
which is worth nothing, or files that count already and are moved by the next one that writes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from workbooks.disk import created, make_folder, rights, sync

DRAFT, READY = ".draft", ".ready"


def read(folder: Path, name: str) -> bytes | None:
    """Return a file of a folder as it counts; None where there is none."""
    for path in (folder / READY / name, folder / name):
        with suppress(FileNotFoundError, NotADirectoryError):
            return path.read_bytes()
    return None


def commit(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files, each under its path in the folder; the caller has the folder to himself.

    Raises
    ------
    OSError
        If the disk refuses; then every file is as it was.
    """
    draft, mode = folder / DRAFT, rights(folder)
    try:
        for name, content in files.items():
            make_folder((folder / name).parent, mode)
            _write(draft / name, content, mode)
        draft.rename(folder / READY)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync(folder)
    with suppress(OSError):  # they count already, and the next one that writes moves them
        finish(folder)


def finish(folder: Path) -> None:
    """Move the files that count to their places, and remove drafts."""
    shutil.rmtree(folder / DRAFT, ignore_errors=True)
    ready = folder / READY
    for path in sorted(each for each in ready.rglob("*") if each.is_file()):
        path.replace(folder / path.relative_to(ready))
    if ready.is_dir():
        shutil.rmtree(ready)
    sync(folder)


def _write(path: Path, content: bytes, mode: int) -> None:
    make_folder(path.parent, mode)
    with created(path, "wb", mode) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)
