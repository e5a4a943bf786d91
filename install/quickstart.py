"""Set up Evenpoint on a new machine in one command, and write a first budget workbook.

``python install/quickstart.py`` needs nothing but Python 3.11 or newer.
``python install/quickstart.py test`` also installs what the tests need and runs every check.
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
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LAST_LINES = 15  # of a failed program: pip writes its reason at the end
# without these fonts LibreOffice draws columns too narrow for their numbers
FONTS = ["fonts-liberation", "fonts-crosextra-carlito"]
DEBIAN_PACKAGES = ["libreoffice-calc", "python3-uno", "poppler-utils", *FONTS]
WINE = {"wine": "wine wine64", "makensis": "nsis"}  # the slow tests of the Windows add-in
OFFICE_PLACES = [
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
]
REPORT = VENV / "tests.xml"
# a file of tests stays with one worker, which makes what its tests share once
WORKERS = ["-n", str(os.cpu_count() or 1), "--dist=loadfile", "--no-loadscope-reorder"]
PYTEST = [*WORKERS, "--durations=10", f"--junitxml={REPORT}"]
RULE = """\
tests: everything that is not marked slow runs; with --slow, or where the environment
variable CI is "true", the slow tests run too. What follows "test" goes to pytest, as in
  python install/quickstart.py test -k breakeven"""
NEXT = """\
To read: open {out} in Excel or LibreOffice; type over the blue cells to make it yours.
To fill in: {evenpoint} template, and then {evenpoint} budget --from template.xlsx --out mine.xlsx
In a cell: {evenpoint} addin lite (Excel), or {evenpoint} addin install --calc (LibreOffice)"""

Command = Sequence[str | Path]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options, rest = _options(arguments)
    try:
        _check_machine()
        if options.what == "test":
            return _test(options.slow, rest)
        return _budget()
    except _StepError as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; run it again to go on.", file=sys.stderr)
        return 130


class _StepError(Exception):
    """A step that cannot go on, with the text the user is shown."""


class _Step:
    """One line for each step, with the time it took."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> None:
        print(f"{self.title} ...", flush=True)
        self.started = time.monotonic()

    def __exit__(self, failed: object, *_: object) -> None:
        said = f"{'failed' if failed else 'done'} after {time.monotonic() - self.started:.1f} s"
        print(f"    {said}", flush=True)


def _options(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description="Set up Evenpoint in the folder .venv and write a first budget workbook.",
        epilog=RULE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("what", nargs="?", choices=["test"], help="run every check instead")
    parser.add_argument("--slow", action="store_true", help="also run the tests marked slow")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.what != "test":
        parser.error(f"unknown argument {rest[0]}")
    return options, rest


def _check_machine() -> None:
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        raise _StepError(
            "This Python cannot make virtual environments; "
            "on Debian and Ubuntu, run: sudo apt-get install python3-venv"
        )
    try:
        tempfile.TemporaryFile(dir=ROOT).close()
    except OSError:
        raise _StepError(
            f"The folder {ROOT} is read-only; copy it to a place you may write to and run it there."
        ) from None


def _budget() -> int:
    """Install, write the first budget workbook and say what it found."""
    with _Step("step 1/3 Make the virtual environment .venv"):
        _make_venv()
    with _Step("step 2/3 Install Evenpoint and what it needs"):
        _pip_install([])
    out = free_name(ROOT, "budget.xlsx")
    if out.name != "budget.xlsx":
        print(f"budget.xlsx exists already and stays as it is; the new one is {out.name}")
    with _Step(f"step 3/3 Write {out}"):
        code = _stream([_script("evenpoint"), "budget", "--out", out])
        if code:
            raise _StepError(
                f"evenpoint budget failed with exit code {code}; no workbook was made."
            )
    print(NEXT.format(out=out, evenpoint=_script("evenpoint").relative_to(ROOT)))
    return 0


def free_name(folder: Path, name: str) -> Path:
    """Return the file of this name in the folder, or the first of name-2, name-3 ... not there."""
    wanted = folder / name
    numbered = (wanted.with_stem(f"{wanted.stem}-{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain([wanted], numbered) if not path.exists())


def _make_venv() -> None:
    if not _venv_works():
        # Not the library's own call: this Python may itself be a virtual environment's.
        _quiet([sys.executable, "-m", "venv", "--clear", VENV])


def _venv_works() -> bool:
    """Return whether .venv has this version of Python and was made in this place."""
    show = "import sys, pip; print(sys.version)"
    try:
        made = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
        said = subprocess.run([PYTHON, "-c", show], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    # its programs name the place where they were installed, so a moved one is of no use
    return str(VENV) in made and said.stdout.strip() == sys.version


def _pip_install(packages: Sequence[str]) -> None:
    """Install the checkout and more packages, unless this was done for the same pyproject.toml."""
    stamp = VENV / ("evenpoint-test.stamp" if packages else "evenpoint.stamp")
    now = stamp_text(ROOT)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _quiet([PYTHON, "-m", "pip", "install", *quiet, "-e", ROOT, *packages])
    stamp.write_text(now, encoding="utf-8")


def stamp_text(root: Path) -> str:
    """Return what changes when an installation made from this checkout must be made again."""
    digest = hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest()
    return f"{digest}\n{sys.version}\n{root}\n"


def packages_for_tests(root: Path) -> list[str]:
    """Return the packages of the ``test`` group in pyproject.toml."""
    # pip reads dependency groups itself since 25.1, and many machines have an older one
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["dependency-groups"]["test"])


def _test(slow: bool, rest: Sequence[str]) -> int:
    """Install what the tests need, run every check and sum up."""
    slow = slow or os.environ.get("CI", "").lower() in ("true", "1")
    with _Step("step 1/3 Make the environment .venv with what the tests need"):
        _make_venv()
        _pip_install(packages_for_tests(ROOT))
    with _Step("step 2/3 Look for LibreOffice and poppler"):
        found = {"LibreOffice": soffice(), "pdftoppm": shutil.which("pdftoppm")}
        _install_missing(found, DEBIAN_PACKAGES)
        if slow:
            _install_missing({each: shutil.which(each) for each in WINE}, WINE.values())
    print("step 3/3 Run the checks", flush=True)
    REPORT.unlink(missing_ok=True)
    chosen = [] if slow else ["-m", "not slow"]
    codes = run_checks(
        {
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
        codes[name] = _stream(command)
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


def soffice() -> str | None:
    """Return the LibreOffice program, or None where it is not installed."""
    return next(filter(None, map(shutil.which, OFFICE_PLACES)), None)


def _install_missing(found: Mapping[str, str | None], packages: Iterable[str]) -> None:
    """Install programs where that needs no question; elsewhere say what to install."""
    if not (missing := " and ".join(name for name, place in found.items() if not place)):
        return
    root = _root_prefix()
    if root is None or not shutil.which("apt-get"):
        print(f"    {missing} not found; install it to run every test. The others run now.")
        return
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    try:
        _quiet([*apt, "update"])
        _quiet([*apt, "install", "-y", "--no-install-recommends", *" ".join(packages).split()])
    except _StepError as failure:
        print(f"{failure}\n    The tests that need {missing} are left out.")


def _root_prefix() -> list[str] | None:
    """Return what to put before a command to run it as root without a question, or None."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    asked = [sudo or "sudo", "-n", "true"]
    if sudo and not subprocess.run(asked, check=False, capture_output=True).returncode:
        return [sudo, "-n"]
    return None


def _script(name: str) -> Path:
    return BIN / (f"{name}.exe" if os.name == "nt" else name)


def _stream(command: Command) -> int:
    """Run a program in the checkout with its output as it comes, and return its exit code."""
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except OSError as error:
        raise _StepError(f"{command[0]} could not be started: {error.strerror}.") from None


def _quiet(command: Command) -> None:
    """Run a program without its output; when it fails, its last lines say why."""
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-LAST_LINES:])
        told = " ".join(map(str, command))
        raise _StepError(f"{last}\nThis failed with exit code {done.returncode}: {told}")


if __name__ == "__main__":
    sys.exit(main())
