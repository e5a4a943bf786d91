"""Kill refreshes at random moments and count what they leave: ``python -m ... BOOK COUNT``."""

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.workbooks.splice import rich
from workbooks.prices.splice import apply_refresh, plan_refresh


def main(book: Path, count: int) -> dict[str, int]:
    """Return how many files were old, new or neither, and how many copies were not whole."""
    old = book.read_bytes()
    slowest = refreshed(book)
    new = book.read_bytes()
    found = dict.fromkeys(("old", "new", "mixed", "broken backups", "killed"), 0)
    draws = random.Random(4)
    for _ in range(count):
        restore(book, old)
        found["killed"] += killed_after(book, draws.uniform(0, 1.05 * slowest))
        now = book.read_bytes()
        found["old" if now == old else "new" if now == new else "mixed"] += 1
        found["broken backups"] += sum(p.read_bytes() != old for p in backups(book))
    return found


def refreshed(book: Path) -> float:
    """Refresh a workbook in a process of its own and return the seconds it took."""
    start = time.perf_counter()
    os.waitpid(refreshing(book), 0)
    return time.perf_counter() - start


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
    assert hashlib.sha256(book.read_bytes()).digest() == hashlib.sha256(old).digest()


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
