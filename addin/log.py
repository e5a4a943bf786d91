"""Write down failures of this program, which a cell can only show as an error."""

from __future__ import annotations

import datetime
import os
import traceback
from contextlib import suppress
from pathlib import Path

MOST_LOG_BYTES = 1_000_000


def log_path() -> Path:
    """Return the file that tells of failures: `Evenpoint/addin.log` in the user's local data."""
    local = os.environ.get("LOCALAPPDATA")
    return (Path(local) if local else Path.home() / ".local" / "state") / "Evenpoint" / "addin.log"


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read: a message may quote a cell."""
    return os.open(path, flags, 0o600)


def log_failure(what: str) -> None:
    """Write the traceback being handled to the log; a log that cannot be written is no error."""
    path = log_path()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        full = path.exists() and path.stat().st_size > MOST_LOG_BYTES
        with open(path, "w" if full else "a", encoding="utf-8", opener=_private) as log:
            now = datetime.datetime.now().isoformat(sep=" ", timespec="seconds")
            log.write(f"{now} {what}\n{traceback.format_exc()}\n")
