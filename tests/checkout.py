"""A watch that keeps tests from writing into the checkout or reading what users left in it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CACHES = {".venv", ".git", ".hypothesis", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
CACHES |= {".import_linter_cache", "__pycache__"}
LEFT_BY_USERS = {".xlsx", ".xlsm", ".ods", ".toml", ".csv", ".json", ".jsonl"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir": 1, "os.remove": 1, "os.rmdir": 1, "os.truncate": 1}
CHANGES |= {"os.rename": 2, "os.link": 2, "os.symlink": 2}  # so many arguments are paths


class Watch:
    """Refuse what a test must not do in a folder, and remember it should the test go on."""

    def __init__(self, root: Path) -> None:
        self.start = f"{root}{os.sep}"
        self.on = False
        self.refused: list[str] = []
        sys.addaudithook(self._see)  # which cannot be taken off again

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or (event != "open" and event not in CHANGES):
            return
        for told in self._faults(event, arguments):
            self.refused.append(told)
            raise PermissionError(told)

    def _faults(self, event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
        writes = event != "open" or (arguments[2] or 0) & WRITING
        for inside in filter(None, map(self._inside, arguments[: CHANGES.get(event, 1)])):
            if CACHES.intersection(inside.parts):
                continue
            if writes:
                yield f"a test writes {inside} in the checkout; it has tmp_path"
            elif left_by_a_user(inside):
                yield f"a test reads {inside}, which a user left in the checkout"

    def _inside(self, path: object) -> Path | None:
        """Return a path as it is called inside the folder, or None for any other."""
        if not isinstance(path, str | bytes | os.PathLike):
            return None  # the number of an open file
        place = os.path.abspath(os.fsdecode(path))
        return Path(place.removeprefix(self.start)) if place.startswith(self.start) else None


def left_by_a_user(inside: Path) -> bool:
    """Return whether a file of the checkout is not part of it, but a user's own."""
    alone = len(inside.parts) == 1 and inside.name != "pyproject.toml"
    return alone and inside.suffix in LEFT_BY_USERS


def top() -> set[str]:
    """Return what stands in the checkout's own folder, caches left out."""
    return set(os.listdir(ROOT)) - CACHES
