"""Keep what a solver written in C prints for its own authors off the screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

SCREEN = 1


@cache
def _nowhere() -> int:
    """Open it once: whatever stands in the cells, a calculation then opens no file."""
    return os.open(os.devnull, os.O_WRONLY)


@contextmanager
def hushed() -> Iterator[None]:
    """Send what C code prints nowhere; what was printed before is shown first.

    HiGHS has a line that no option turns off, and a program that reads our JSON would find it.
    Where there is no screen to be kept clean, as in a spreadsheet, nothing is done.
    """
    try:
        print(end="", flush=True)
        nowhere, kept = _nowhere(), os.dup(SCREEN)
    except (AttributeError, OSError, ValueError):
        yield
        return
    try:
        os.dup2(nowhere, SCREEN)
        yield
    finally:
        with suppress(OSError):
            os.dup2(kept, SCREEN)
        os.close(kept)
