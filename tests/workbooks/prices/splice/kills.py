"""Kill refreshes at random moments and count what they leave: ``python -m ... BOOK COUNT``."""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.workbooks.prices.splice import rich
from workbooks.file import swap
from workbooks.prices.splice import apply_refresh, plan_refresh


def main(book: Path, kills: int) -> dict[str, int]:
    """Return how many killed refreshes left the old file, the new or neither, and what beside it.

    Every second kill comes late, when the plan is made and files are being written.
    """
    old = book.read_bytes()
    seconds = refreshed(book, old)
    new = book.read_bytes()
    kinds = "killed", "old", "new", "mixed", "while writing", "broken backups", "left"
    found = dict.fromkeys(kinds, 0)
    draws = random.Random(4)
    for number in range(10 * kills):
        restore(book, old)
        if not killed_after(book, seconds * draws.uniform(0.5 if number % 2 else 0, 1.1)):
            seconds *= 0.9  # too late: the machine is faster than it was
            continue
        seconds *= 1.02
        now = book.read_bytes()
        found["killed"] += 1
        found["old" if now == old else "new" if now == new else "mixed"] += 1
        found["while writing"] += len(list(book.parent.iterdir())) > 1
        found["broken backups"] += sum(p.read_bytes() != old for p in backups(book))
        found["mixed"] += now == new and not backups(book)
        if found["killed"] == kills:
            break
        if number % 4 == 0:
            found["left"] += left_by_the_next(book, old)
    return found


def refreshed(book: Path, old: bytes) -> float:
    """Refresh a workbook in a process of its own and return the seconds it took."""
    restore(book, old)
    start = time.perf_counter()
    os.waitpid(refreshing(book), 0)
    return time.perf_counter() - start


def left_by_the_next(book: Path, old: bytes) -> int:
    """Refresh once more, and count hidden files and, where the first one was done, no copy."""
    done = book.read_bytes() != old
    replaced = swap.swap(book, book.read_bytes(), old)
    hidden = [path for path in book.parent.iterdir() if path.name.startswith(".")]
    lost = done and old not in {path.read_bytes() for path in backups(book) if path != replaced}
    return len(hidden) + lost


def refreshing(book: Path) -> int:
    """Begin to refresh a workbook, and return the process that does it."""
    child = os.fork()
    if child:
        return child
    apply_refresh(book, plan_refresh(book, rich.NEW, append=True))
    os._exit(0)


def killed_after(book: Path, seconds: float) -> bool:
    """Kill a refresh after some time; say whether it was still at work."""
    child = refreshing(book)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def backups(book: Path) -> list[Path]:
    """Return the copies of the old workbook that have a name people see."""
    return [p for p in book.parent.iterdir() if p != book and not p.name.startswith(".")]


def restore(book: Path, old: bytes) -> None:
    """Put the old workbook back into an empty folder."""
    for path in book.parent.iterdir():
        path.unlink()
    book.write_bytes(old)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
