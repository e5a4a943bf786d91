"""Set up Evenpoint on a new machine in one command, and write a first budget workbook.

``python install/quickstart.py`` needs nothing but Python 3.11 or newer.
``python install/quickstart.py test`` also installs what the tests need and runs every check.
``python install/quickstart.py release`` builds everything that people take into the folder dist.
"""

# The file must parse on Python 3.8, so that an old Python says what is wrong in one sentence.
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (this is the file that meets an old Python)
    sys.exit(
        "Evenpoint needs Python 3.11 or newer and this is Python %d.%d; "  # noqa: UP031
        "install a newer one and run this again." % sys.version_info[:2]
    )

import argparse
import hashlib
import importlib.util
import itertools
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

if not __package__:  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from install.installer.debian import OFFICE, WINE, install_missing
from install.installer.steps import LOCKS, ROOT, WHEELS, Command, Step, StepError, quiet, stream
from install.programs import program, soffice

VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
REPORT = VENV / "tests.xml"
# a file of tests stays with one worker, which makes what its tests share once
WORKERS = ["-n", str(os.cpu_count() or 1), "--dist=loadfile", "--no-loadscope-reorder"]
PYTEST = [*WORKERS, "--durations=10", f"--junitxml={REPORT}"]
RULE = """\
tests: everything that is not marked slow runs; with --slow, or where the environment
variable CI is "true", the slow tests run too. What follows "test" goes to pytest, as in
  python install/quickstart.py test -k breakeven"""
NEXT = """\
To read: open {out} in Excel or LibreOffice; type over the yellow cells to make it yours.
To fill in: {evenpoint} template, and then {evenpoint} budget --from template.xlsx --out mine.xlsx
In a cell: {evenpoint} addin lite (Excel), or {evenpoint} addin install --calc (LibreOffice)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options, rest = _options(arguments)
    try:
        _check_machine()
        if options.what == "test":
            return _test(options.slow, rest)
        if options.what == "release":
            return _release(rest)
        return _budget()
    except StepError as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; run it again to go on.", file=sys.stderr)
        return 130


def _options(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description="Set up Evenpoint in the folder .venv and write a first budget workbook.",
        epilog=RULE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=["test", "release"],
        help="run every check instead, or build everything that people take (--out FOLDER)",
    )
    parser.add_argument("--slow", action="store_true", help="also run the tests marked slow")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.what is None:
        parser.error(f"unknown argument {rest[0]}")
    return options, rest


def _check_machine() -> None:
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        raise StepError(
            "This Python cannot make virtual environments; "
            "on Debian and Ubuntu, run: sudo apt-get install python3-venv"
        )
    try:
        tempfile.TemporaryFile(dir=ROOT).close()
    except OSError:
        raise StepError(
            f"The folder {ROOT} is read-only; copy it to a place you may write to and run it there."
        ) from None


def _budget() -> int:
    """Install, write the first budget workbook and say what it found."""
    with Step("step 1/3 Make the virtual environment .venv"):
        _make_venv()
    with Step("step 2/3 Install Evenpoint and what it needs"):
        _install("run")
    out = free_name(ROOT, "budget.xlsx")
    if out.name != "budget.xlsx":
        print(f"budget.xlsx exists already and stays as it is; the new one is {out.name}")
    with Step(f"step 3/3 Write {out}"):
        code = stream([_script("evenpoint"), "budget", "--out", out])
        if code:
            raise StepError(f"evenpoint budget failed with exit code {code}; no workbook was made.")
    print(NEXT.format(out=out, evenpoint=_script("evenpoint").relative_to(ROOT)))
    return 0


def _release(rest: Sequence[str]) -> int:
    """Install what building needs, and build a release twice."""
    with Step("Make the virtual environment .venv with what is pinned"):
        _make_venv()
        _install("run")
    return stream([PYTHON, "-m", "install.installer.release", *rest])


def free_name(folder: Path, name: str) -> Path:
    """Return the file of this name in the folder, or the first of name-2, name-3 ... not there."""
    wanted = folder / name
    numbered = (wanted.with_stem(f"{wanted.stem}-{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain([wanted], numbered) if not path.exists())


def _make_venv() -> None:
    if not _venv_works():
        # Not the library's own call: this Python may itself be a virtual environment's.
        quiet([sys.executable, "-I", "-m", "venv", "--clear", VENV])


def _venv_works() -> bool:
    """Return whether .venv has this version of Python and was made in this place."""
    show = "import sys, pip; print(sys.version)"
    try:
        made = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
        said = subprocess.run(
            [PYTHON, "-I", "-c", show], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    # its programs name the place where they were installed, so a moved one is of no use
    return str(VENV) in made and said.stdout.strip() == sys.version


def _install(lock: str) -> None:
    """Install what a lock names, by its hashes, and the checkout, unless this was done already."""
    stamp, now = VENV / f"evenpoint-{lock}.stamp", stamp_text(ROOT)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    pip: list[str | Path] = [PYTHON, "-I", "-m", "pip", "install", "--quiet", "--no-input"]
    pinned = ["--require-hashes", *WHEELS, "--no-build-isolation", "-r"]
    for name in dict.fromkeys(["run", lock]):  # the first has what builds a package
        quiet([*pip, *pinned, LOCKS / f"{name}.txt"])
    quiet([*pip, "--no-deps", "--no-index", "--no-build-isolation", "-e", ROOT])
    stamp.write_text(now, encoding="utf-8")


def stamp_text(root: Path) -> str:
    """Return what changes when an installation made from this checkout must be made again."""
    locks = sorted((root / LOCKS.relative_to(ROOT)).glob("*.txt"))
    read = b"".join(path.read_bytes() for path in (root / "pyproject.toml", *locks))
    return f"{hashlib.sha256(read).hexdigest()}\n{sys.version}\n{root}\n"


def _test(slow: bool, rest: Sequence[str]) -> int:
    """Install what the tests need, run every check and sum up."""
    slow = slow or os.environ.get("CI", "").lower() in ("true", "1")
    with Step("step 1/3 Make the environment .venv with what the tests need"):
        _make_venv()
        _install("test")
    with Step("step 2/3 Look for the programs of others that the tests run"):
        found = {"LibreOffice": soffice(), "pdftoppm": program("pdftoppm")}
        install_missing(found, OFFICE)
        if slow:
            install_missing({each: program(each) for each in WINE}, WINE.values())
            stream([PYTHON, "-m", "tests.outside.fetch"])
    print("step 3/3 Run the checks", flush=True)
    REPORT.unlink(missing_ok=True)
    chosen = [] if slow else ["-m", "not slow"]
    audit: Command = [PYTHON, "-m", "install.installer.audit"]
    codes = run_checks(
        {
            **({"audit": audit} if slow else {}),
            "ruff": [PYTHON, "-m", "ruff", "check", "."],
            "mypy": [PYTHON, "-m", "mypy"],
            "imports": [_script("lint-imports"), "--no-logo"],
            "pytest": [PYTHON, "-m", "pytest", *PYTEST, *chosen, *rest],
        }
    )
    _sum_up(codes, not_run(REPORT))
    return next(filter(None, codes.values()), 0)


def run_checks(checks: Mapping[str, Command]) -> dict[str, int]:
    """Run every check, also after one that failed, and return their exit codes in order."""
    codes = {}
    for name, command in checks.items():
        print(f"--- {name}", flush=True)
        codes[name] = stream(command)
    return codes


def not_run(report: Path) -> Counter[str]:
    """Count the skipped tests of a pytest report by their reason."""
    if not report.exists():
        return Counter()
    skips = ElementTree.parse(report).iterfind(".//skipped[@type='pytest.skip']")
    return Counter(skip.get("message", "") for skip in skips)


def _sum_up(codes: Mapping[str, int], skipped: Mapping[str, int]) -> None:
    for reason, count in skipped.items():
        print(f"{count} test{'s' * (count > 1)} could not be run: {reason}")
    said = (f"{name} {'failed' if code else 'passed'}" for name, code in codes.items())
    print("Summary: " + ", ".join(said), flush=True)


def _script(name: str) -> Path:
    return BIN / (f"{name}.exe" if os.name == "nt" else name)


if __name__ == "__main__":
    sys.exit(main())
