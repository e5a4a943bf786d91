"""Build everything that people take, twice, and keep it where both agree to the last byte.

``python install/quickstart.py release`` runs this with the Python of the checkout's own
environment. On the same commit it gives the same bytes again: what is dated at all has the day of
the commit, or that of SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from install.installer import build
from install.installer.contents import contents
from install.installer.steps import ROOT, Step, StepError
from install.programs import program

SUMS, CONTENTS = "SHA256SUMS", "evenpoint.cdx.json"


def makers() -> Mapping[str, Callable[[], bytes]]:
    """Return what people take and this process can make, by file name."""
    from addin.calc.package import build as extension
    from addin.calc.template import template as calc_examples
    from addin.excel.xlam import build as addin
    from install.addins.addin import ADDIN, EXTENSION
    from install.addins.lite import DEFAULT, workbook
    from workbooks.sheets.examples import examples
    from workbooks.sheets.template import template

    return {
        ADDIN: addin,
        EXTENSION: extension,
        str(DEFAULT): workbook,
        "evenpoint-template.xlsx": template,
        "evenpoint-examples.xlsx": examples,
        "evenpoint-examples.ods": calc_examples,
    }


def make(folder: Path, windows: bool) -> None:
    """Fill an empty folder with a release; with the installer for Windows where it can be made."""
    build.wheel(folder)
    for name, maker in makers().items():
        (folder / name).write_bytes(maker())
    if windows:
        build.build(folder)
    sums = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    (folder / CONTENTS).write_bytes(contents(build.version(), sums, build.epoch()))
    sums[CONTENTS] = sha256(folder / CONTENTS)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / SUMS).write_text(lines, encoding="utf-8", newline="\n")


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differing(one: Path, other: Path) -> list[str]:
    """Return the files that two folders do not have alike."""
    names = {path.name for folder in (one, other) for path in folder.iterdir()}
    return sorted(name for name in names if _bytes(one / name) != _bytes(other / name))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def release(out: Path, windows: bool) -> None:
    """Build a release twice, and put it into a folder that holds nothing else.

    Raises
    ------
    StepError
        If the folder is not empty, or the two are not alike; then nothing is put there.
    """
    if out.exists() and any(out.iterdir()):
        raise StepError(f"{out} holds files already and stays as it is; name an empty folder.")
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(day_of_commit()))
    with tempfile.TemporaryDirectory() as scratch:
        tries = [Path(scratch, name) for name in ("first", "second")]
        for folder in tries:
            folder.mkdir()
            with Step(f"Build the {folder.name} time"):
                make(folder, windows)
        if unlike := differing(*tries):
            raise StepError(
                f"Built twice, {', '.join(unlike)} came out different; nothing is kept."
            )
        shutil.copytree(tries[0], out, dirs_exist_ok=True)


def day_of_commit() -> int:
    """Return the second of the commit that is checked out; 1980 where there is none."""
    git = program("git")
    if git is None:
        return build.FIRST_ZIP_SECOND
    command = [git, "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return int(done.stdout) if done.stdout.strip().isdecimal() else build.FIRST_ZIP_SECOND


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description="Build everything that people take.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="FOLDER")
    out: Path = parser.parse_args().out
    windows = program("makensis") is not None
    try:
        release(out, windows)
    except StepError as failure:
        print(failure, file=sys.stderr)
        return 1
    if not windows:
        print("Without makensis there is no installer for Windows (Debian: apt-get install nsis).")
    print((out / SUMS).read_text(encoding="utf-8"), end="")
    print(f"Wrote {len(list(out.iterdir()))} files into {out}, twice with the same bytes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
