"""Write files whole or not at all, one writer at a time, and say why a disk refuses."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

CAUSES = {
    errno.ENOSPC: "the disk is full",
    getattr(errno, "EDQUOT", -1): "your share of the disk is used up",
    errno.EROFS: "the disk is read-only",
    errno.EFBIG: "the file is larger than the system allows",
}
OPEN_ELSEWHERE = {errno.EACCES, errno.EPERM, errno.EBUSY, getattr(errno, "ETXTBSY", -1)}
"""What a system answers for a file without rights, and Windows for one that a program has open."""
WAIT_SECONDS = 60.0
SCRATCH = "evenpoint-scratch-"


def why(error: OSError) -> str:
    """Return in words why the disk refused.

    >>> why(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full (No space left on device)'
    >>> why(OSError(errno.EACCES, "Permission denied"))
    'Permission denied; if it is open in a program, close it there'
    """
    said = error.strerror or str(error)
    if error.errno in OPEN_ELSEWHERE:
        return f"{said}; if it is open in a program, close it there"
    cause = CAUSES.get(error.errno or 0)
    return f"{cause} ({said})" if cause else said


def write(files: Mapping[Path, bytes], mode: int = 0o666) -> None:
    """Write files beside their places, bring them to the disk, and only then move them there.

    What is new may be used by those who have the rights of a mode; what is there keeps its own.

    What a killed writer left beside them goes; what another one is writing stays. A link stays
    a link: the file that it leads to is written.

    Raises
    ------
    OSError
        If the disk refuses; what was there is untouched.
    """
    with ExitStack() as held:
        moves = []
        for path, content in files.items():
            real = path.resolve()
            sweep(real)
            part, file = held.enter_context(_held(real, mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            moves.append((part, file, real))
        for part, file, real in moves:
            if sys.platform == "win32":  # there an open file cannot be moved
                file.close()
            part.replace(real)


def sweep(path: Path) -> None:
    """Remove what killed writers of a file left beside it."""
    with suppress(OSError):
        for name in os.listdir(path.parent):
            if name.startswith(f".{path.name}.") and name.endswith(".part"):
                _remove_unheld(path.with_name(name))


def sweep_folder(folder: Path) -> None:
    """Remove what killed writers of whatever files left in a folder."""
    for part in folder.glob(".*.part"):
        _remove_unheld(part)


def _remove_unheld(part: Path) -> None:
    with suppress(OSError):
        with part.open("r+b") as file:
            free = sys.platform == "win32" or _try_lock(file)
            if free and sys.platform != "win32":
                part.unlink()
        if free and sys.platform == "win32":  # it refuses where a writer has it open
            part.unlink()


@contextmanager
def _held(path: Path, new: int) -> Iterator[tuple[Path, IO[bytes]]]:
    """Open a file beside another, with its rights, and hold it; take a new name if swept."""
    mode = rights(path) if path.exists() else new
    while True:
        part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
        try:
            with created(part, "xb", mode) as file:
                if sys.platform != "win32" and path.exists():
                    os.fchmod(file.fileno(), mode)  # also what a usual new file would not allow
                if sys.platform == "win32" or (_try_lock(file) and part.exists()):
                    yield part, file
                    return
        finally:
            with suppress(OSError):  # a name that could not be written cannot be removed either
                part.unlink(missing_ok=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else changes a file, and keep others waiting; leave nothing beside it.

    Raises
    ------
    TimeoutError
        If that takes longer than a minute.
    OSError
        If nothing can be written beside it.
    """
    real = path.resolve()
    lock = real.with_name(f".{real.name}.lock")
    for _ in _waits():
        with created(lock, "ab", 0o666) as file:
            if _try_lock(file) and _is_still(file, lock):
                try:
                    yield
                finally:
                    if sys.platform == "win32":  # there an open file cannot be removed
                        file.close()
                    with suppress(OSError):
                        lock.unlink()
                return


def _waits() -> Iterator[None]:
    """Yield for a minute, ever again."""
    last = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < last:
        yield
        time.sleep(0.05)
    raise TimeoutError(errno.ETIMEDOUT, "another program has been writing there")


def _is_still(file: IO[bytes], path: Path) -> bool:
    """Say whether an open file has its name yet: whoever held it before has removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder for what is needed only now; what killed programs left in theirs goes.

    It is for its owner alone: what is unpacked there may name persons.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        _remove_left(left)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
        with suppress(FileNotFoundError), (folder / ".lock").open("xb") as file:
            if _try_lock(file) and folder.exists():  # else it was swept before it was locked
                try:
                    yield folder
                    return
                finally:
                    file.close()
                    shutil.rmtree(folder, ignore_errors=True)


def _remove_left(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()  # it was not even locked
    with suppress(OSError):
        with (folder / ".lock").open("r+b") as file:
            free = _try_lock(file)
        if free:
            shutil.rmtree(folder, ignore_errors=True)


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder and those above it that are missing, which only their owner may enter."""
    for each in reversed([folder, *folder.parents]):
        if not each.is_dir():
            each.mkdir(mode, exist_ok=True)


def rights(folder: Path) -> int:
    """Return who may enter a folder."""
    return folder.stat().st_mode & 0o777


def created(path: Path, how: str, mode: int) -> IO[bytes]:
    """Open a file; where it is new, only those may use it who have the rights of a mode."""
    return open(path, how, opener=lambda name, flags: os.open(name, flags, mode & 0o666))


def _try_lock(file: IO[Any]) -> bool:
    """Lock a file as long as it is open, unless somebody else has."""
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    if sys.platform == "win32":  # there a rename is on the disk when it returns
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
