"""What Python itself reports of a program: files, programs, code and the network it reaches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

REACHING = (
    *("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn"),
    *("os.startfile", "exec", "compile", "import", "ctypes.", "urllib.", "http.", "ftplib."),
    *("shutil.", "os.remove", "os.rename", "os.mkdir", "os.listdir", "os.scandir", "pickle."),
    *("os.putenv", "tempfile.", "webbrowser.", "winreg."),
)
NETWORK = ("socket.", "urllib.", "http.", "ftplib.")
_seen: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(REACHING):
        _seen.append(f"{event} {str(arguments)[:200]}")


sys.addaudithook(_hook)  # which cannot be taken off again


@contextmanager
def watched() -> Iterator[list[str]]:
    """Offer what is reached meanwhile."""
    global _seen  # noqa: PLW0603
    _seen = found = []
    try:
        yield found
    finally:
        _seen = None
