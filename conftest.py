"""What every doctest and test shares: how numbers print, and a folder of its own to run in."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

np.set_printoptions(legacy="1.25")  # 0.5, not np.float64(0.5), in the examples of the docstrings

IN_LIBREOFFICE = ["addin/calc/component.py", "tests/addin/calc_client.py"]
IN_WINDOWS = ["tests/addin/com_client.py"]
collect_ignore = [*IN_LIBREOFFICE, *IN_WINDOWS]  # run by a Python of their own

ROOT = Path(__file__).resolve().parent
CHECKOUT = f"{ROOT}{os.sep}"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CACHES = (".venv", ".hypothesis", ".pytest_cache", ".ruff_cache", ".mypy_cache", "__pycache__")
guarded = False


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run each test in an empty folder; the checkout may be read, the user's files in it not."""
    global guarded  # noqa: PLW0603  (a hook of the interpreter cannot be taken off again)
    monkeypatch.chdir(tmp_path)
    guarded = True
    yield
    guarded = False


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to open a file of the checkout for writing, or one that a user left there at all."""
    if not guarded or event != "open" or not isinstance(arguments[0], str | os.PathLike):
        return
    path = os.path.abspath(os.fspath(arguments[0]))
    if not isinstance(path, str) or not path.startswith(CHECKOUT):
        return
    inside = path.removeprefix(CHECKOUT)
    if any(part in CACHES for part in inside.split(os.sep)):
        return
    flags = arguments[2] if isinstance(arguments[2], int) else 0
    if flags & WRITING:
        raise PermissionError(f"a test writes {inside} in the checkout; it has tmp_path")
    if os.sep not in inside and _left_by_a_user(inside):
        raise PermissionError(f"a test reads {inside}, which a user left in the checkout")


def _left_by_a_user(name: str) -> bool:
    return name.endswith((".xlsx", ".xlsm", ".toml", ".csv", ".ods")) and name != "pyproject.toml"


sys.addaudithook(_guard)
