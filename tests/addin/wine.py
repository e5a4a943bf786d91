"""A Windows of its own for a test: a fresh Wine, what runs in it, and what is found there."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

PROGRAMS = ("wine", "wineserver", "makensis")
LONGEST_SECONDS = 300
SCRAPS = re.compile(r"/Temp/~nsu\w*\.tmp\b")
"""NSIS runs its uninstaller from a copy, which Windows removes when it starts the next time."""
STAMP = re.compile(r"^(\[.*\]) \d+$")


def need_wine() -> None:
    """Skip the test where Wine or the maker of installers is missing."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not found; on Debian: wine, wine64 and nsis")


class Wine:
    """One Windows machine with one user, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = os.environ | {
            "WINEPREFIX": str(folder),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
        }
        self.run("wineboot", "-i", program=())
        self.settle()

    def run(self, *command: str, program: tuple[str, ...] = ("wine",)) -> str:
        """Run a program and return what it prints; it has no keyboard and no screen."""
        done = subprocess.run(
            [*program, *command],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        said = done.stdout.decode("utf-8", "replace").replace("\r", "")
        assert done.returncode == 0, said
        return said

    def settle(self) -> None:
        """Wait until every program has ended; then the registry is in its files."""
        subprocess.run(["wineserver", "-w"], env=self.env, timeout=LONGEST_SECONDS, check=True)

    def stop(self) -> None:
        """End what still runs in this Wine."""
        subprocess.run(["wineserver", "-k"], env=self.env, timeout=LONGEST_SECONDS, check=False)

    def user(self) -> Path:
        """The folder of the user."""
        users = (self.folder / "drive_c" / "users").iterdir()
        return next(path for path in users if path.name != "Public")

    def files(self) -> set[str]:
        """Every file and folder on drive C:, but scraps that Windows removes itself."""
        found = (
            str(path.relative_to(self.folder)) for path in (self.folder / "drive_c").rglob("*")
        )
        return {path for path in found if not SCRAPS.search(path)}

    def registry(self) -> Mapping[str, str]:
        """Every key of the user, with its values."""
        text = (self.folder / "user.reg").read_text(encoding="latin-1")
        lines = [STAMP.sub(r"\1", line) for line in text.splitlines() if line[:1] != "#"]
        keys = "\n".join(lines).split("\n[")
        return {key.partition("]")[0]: key.partition("]")[2].strip() for key in keys[1:]}

    def machine_mentions(self, word: str) -> list[str]:
        """The lines of the machine's registry that hold a word, but scraps."""
        lines = (self.folder / "system.reg").read_text(encoding="latin-1").splitlines()
        return [line for line in lines if word in line.lower() and "~nsu" not in line]


def on_windows(path: Path) -> str:
    """The name that a file of this machine has in Wine."""
    return "Z:" + str(path).replace("/", "\\")
