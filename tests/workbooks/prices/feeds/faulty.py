"""Import a sheet and die at a file operation: ``python -m ... STORE SHEET [OPERATION]``."""

import datetime
import os
import signal
import sys
from pathlib import Path
from typing import Any

from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.importing import apply, preview
from workbooks.prices.store import Store

DAY = datetime.date(2026, 11, 21)
OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "fcntl.flock"}


def die_at(operation: int, *folders: Path) -> None:
    """Kill this process before an operation, counted from 1, on a file in one of some folders."""
    left = operation

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event not in OPERATIONS:
            return
        place = str(arguments[0]) if arguments else ""
        if event != "fcntl.flock" and not any(str(folder) in place for folder in folders):
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(folder: Path, sheet: Path, operation: int = 0) -> None:
    """Import a sheet; 0 dies nowhere."""
    store = Store(folder)
    seen = preview(store, sheet, Given(1_000_000, "USD", "OpenAI"), DAY)
    if operation:
        die_at(operation, folder)
    apply(store, seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
