"""Where the programs of others stand: where they are installed to, and else on the PATH."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

FOLDERS = ("/usr/bin", "/bin", "/usr/local/bin")
ENDINGS = (".com", ".exe", ".cmd") if os.name == "nt" else ("",)
OFFICES = (
    "C:/Program Files/LibreOffice/program/soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def program(name: str, places: tuple[str, ...] = ()) -> str | None:
    """Return the full path of a program, or None where it is not installed.

    The current folder is never looked into, as Windows itself would do first: a file that somebody
    left among the documents must not run because it is called like a program.
    """
    on_path = filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep))
    return _first([*map(Path, places), *_in(name, map(Path, (*FOLDERS, *on_path)))])


def beside(name: str, other: str) -> str | None:
    """Return a program that came with another one, or None where it is not there."""
    return _first(_in(name, (Path(other).resolve().parent, Path(other).parent)))


def soffice() -> str | None:
    """Return the LibreOffice program, or None where it is not installed."""
    return program("soffice", OFFICES) or program("libreoffice")


def _in(name: str, folders: Iterable[Path]) -> Iterable[Path]:
    return (folder / f"{name}{ending}" for folder in folders for ending in ENDINGS)


def _first(paths: Iterable[Path]) -> str | None:
    runs = (p for p in paths if p.is_absolute() and p.is_file() and os.access(p, os.X_OK))
    return next(map(str, runs), None)
