"""A step of setting a machine up: said in a line, run, and its failure told."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "install" / "installer" / "locks"
"""What is installed: names, versions and hashes, written by install/installer/lock.py."""
WHEELS = ("--only-binary", ":all:", "--no-binary", "win-unicode-console")
"""Of all that is needed only one package has no wheel; oletools asks for it on Windows."""
LAST_LINES = 15  # of a failed program: pip writes its reason at the end

Command = Sequence[str | Path]


class StepError(Exception):
    """A step that cannot go on, with the text the user is shown."""


class Step:
    """One line for each step, with the time it took."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> None:
        print(f"{self.title} ...", flush=True)
        self.started = time.monotonic()

    def __exit__(self, failed: object, *_: object) -> None:
        said = f"{'failed' if failed else 'done'} after {time.monotonic() - self.started:.1f} s"
        print(f"    {said}", flush=True)


def stream(command: Command) -> int:
    """Run a program in the checkout with its output as it comes, and return its exit code."""
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except OSError as error:
        raise StepError(f"{command[0]} could not be started: {error.strerror}.") from None


def quiet(command: Command) -> None:
    """Run a program without its output; when it fails, its last lines say why."""
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-LAST_LINES:])
        told = " ".join(map(str, command))
        raise StepError(f"{last}\nThis failed with exit code {done.returncode}: {told}")
