"""Pin all that is installed, each file by its hash: ``python -m install.installer.lock``.

It reads what is needed from pyproject.toml, asks the package index which versions there are, and
writes the files of ``locks/`` and the list of licences. A lock holds for Linux, macOS and Windows
and every Python since 3.11; which of its lines count there, its markers say.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from packaging.markers import Marker

from install.installer.licences import write_list
from install.installer.steps import LOCKS, ROOT, WHEELS
from install.programs import beside

SYSTEMS = {
    "linux": "x86_64-unknown-linux-gnu",
    "darwin": "aarch64-apple-darwin",
    "win32": "x86_64-pc-windows-msvc",
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
WINDOWS = "windows.txt"
"""What the installer for Windows carries, for its own Python alone."""
HELD_ON_WINDOWS = ("numpy==2.1.3", "typer==0.21.1")
"""Newer ones do not start in Wine 8; with these, what is tested there is what is shipped."""
SAID = (
    "# What `python -m install.installer.lock` found; change pyproject.toml and run that again.\n"
)


@dataclass(frozen=True)
class Place:
    """A system by its name in Python, and a version of Python, that a lock is for."""

    system: str
    python: str

    @property
    def options(self) -> tuple[str, ...]:
        """How uv is told of it."""
        return ("--python-platform", SYSTEMS[self.system], "--python-version", self.python)

    @property
    def environment(self) -> dict[str, str]:
        """What the markers of a lock ask for."""
        return {
            "sys_platform": self.system,
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


@dataclass(frozen=True)
class Pin:
    """One package in one version, and where it is needed."""

    name: str
    version: str
    marker: str

    def counts(self, place: Place) -> bool:
        """Return whether it is installed there."""
        return not self.marker or Marker(self.marker).evaluate(place.environment)

    def __str__(self) -> str:
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")


def places(lock: str) -> list[Place]:
    """Return where a lock must hold."""
    if lock == WINDOWS:
        return [Place("win32", PYTHONS[0])]
    return [Place(*each) for each in product(SYSTEMS, PYTHONS)]


def pins(lock: Path) -> Iterator[Pin]:
    r"""Yield each package that a lock names.

    >>> import tempfile
    >>> lock = Path(tempfile.mkdtemp(), "lock.txt")
    >>> _ = lock.write_text("numpy==2.4.6 ; python_version < '3.12' \\\n    --hash=sha256:00\n")
    >>> [str(pin) for pin in pins(lock)]
    ["numpy==2.4.6 ; python_version < '3.12'"]
    """
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            pin, _, marker = line.removesuffix("\\").partition(";")
            name, _, version = pin.strip().partition("==")
            yield Pin(name, version, marker.strip())


def needs() -> dict[str, list[str]]:
    """Return what each lock is made from: requirements as pyproject.toml has them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    run = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    return {
        "test.txt": [*run, *project["dependency-groups"]["test"]],
        "run.txt": run,
        **{f"{name}.txt": [*run, *extra] for name, extra in extras.items()},
        WINDOWS: project["project"]["dependencies"],
    }


def main() -> None:
    """Write every lock, those for users with the versions that the tests run with."""
    uv = beside("uv", sys.executable)
    if uv is None:
        sys.exit("uv is missing beside this Python; quickstart.py test installs it into .venv.")
    tested: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, needed in needs().items():
            _write(uv, name, needed, HELD_ON_WINDOWS if name == WINDOWS else tested)
            tested = tested or list(map(str, pins(LOCKS / name)))
            for place in places(name):
                _install(uv, name, place, "--dry-run", "--target", Path(folder, "nowhere"))
            count = len(list(pins(LOCKS / name)))
            print(f"{name}: {count} packages, each with a file for every place")
        print(f"Wrote {write_list(LOCKS, _everything(uv, Path(folder)))}")


def _everything(uv: str, folder: Path) -> Iterator[Path]:
    """Install every package that a lock names once, wherever it counts, and yield where it is."""
    seen: set[tuple[str, str]] = set()
    for name in needs():
        for place in places(name):
            here = {(pin.name, pin.version) for pin in pins(LOCKS / name) if pin.counts(place)}
            if not here <= seen:
                into = folder / name / f"{place.system}-{place.python}"
                _install(uv, name, place, "--no-deps", "--target", into)
                yield into
            seen |= here


def _write(uv: str, name: str, needed: Sequence[str], held: Sequence[str]) -> None:
    """Write one lock, with `held` as versions that it must take where it needs the package."""
    every = ("--universal", "--python-version", PYTHONS[0])
    where = places(name)[0].options if name == WINDOWS else every
    options = ["--no-header", "--no-annotate", "--generate-hashes", "--upgrade", *WHEELS, *where]
    with tempfile.TemporaryDirectory() as folder:
        given, fixed, lock = (Path(folder, each) for each in ("needed.in", "held.in", "lock.txt"))
        given.write_text("\n".join(needed), encoding="utf-8")
        fixed.write_text("\n".join(held), encoding="utf-8")
        _run(uv, "compile", *options, "-c", fixed, "-o", lock, given)
        (LOCKS / name).write_text(SAID + lock.read_text(encoding="utf-8"), encoding="utf-8")


def _install(uv: str, name: str, place: Place, *options: str | Path) -> None:
    """Install from a lock, as if this were that place."""
    locked: list[str | Path] = [*WHEELS, "--require-hashes", "-r", LOCKS / name]
    _run(uv, "install", "--python", sys.executable, *place.options, *locked, *options)


def _run(uv: str, verb: str, *options: str | Path) -> None:
    """Run uv in a folder where nothing of the user's is; when it fails, end with what it said."""
    command = [uv, "pip", verb, "--quiet", *options]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stderr.strip()}\nThis failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main()
