"""Setting up a machine: what a person with nothing but Python sees."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from install import quickstart
from install.command import main as evenpoint
from install.installer import steps
from tests.checkout import left_by_a_user

SCRIPT = Path(quickstart.__file__)
CHECKOUT = SCRIPT.parent.parent


def test_an_old_python_is_told_in_one_sentence() -> None:
    """Python 3.8 can still read the file, so it can say that it is too old."""
    source = SCRIPT.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    pretend = "import runpy, sys; sys.version_info = (3, 8, 18); runpy.run_path(sys.argv[1])"
    done = _python("-c", pretend, str(SCRIPT))
    assert done.returncode == 1
    assert done.stderr.startswith("Evenpoint needs Python 3.11 or newer and this is Python 3.8;")
    assert done.stderr.count("\n") == 1


def test_help_says_when_the_slow_tests_run() -> None:
    """The rule cannot be guessed, so it is written where one looks for it."""
    done = _python(str(SCRIPT), "--help")
    assert "everything that is not marked slow runs" in done.stdout
    assert "variable CI" in done.stdout


def test_an_unknown_argument_is_refused() -> None:
    """Only the tests pass arguments on; elsewhere a typing error must not be ignored."""
    done = _python(str(SCRIPT), "--fast")
    assert done.returncode == 2
    assert "unknown argument --fast" in done.stderr


def test_a_budget_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    """The first free number is used, and not the one after the highest."""
    assert quickstart.free_name(tmp_path, "budget.xlsx").name == "budget.xlsx"
    for taken in ("budget.xlsx", "budget-2.xlsx", "budget-4.xlsx"):
        (tmp_path / taken).touch()
    assert quickstart.free_name(tmp_path, "budget.xlsx").name == "budget-3.xlsx"


def test_an_installation_is_made_again_when_it_must_be(tmp_path: Path) -> None:
    """Another list of packages or another place makes the old installation worthless."""
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "pyproject.toml").write_text("[project]\n")
    first = quickstart.stamp_text(here)
    assert first == quickstart.stamp_text(here)
    assert first != quickstart.stamp_text(there)
    (here / "pyproject.toml").write_text("[project]\nversion = '2'\n")
    second = quickstart.stamp_text(here)
    locks = here / steps.LOCKS.relative_to(steps.ROOT)
    locks.mkdir(parents=True)
    (locks / "run.txt").write_text("numpy==2.4.6\n")
    assert len({first, second, quickstart.stamp_text(here)}) == 3


def test_a_program_that_fails_is_quoted_by_its_last_lines() -> None:
    """pip writes pages, and the reason stands at their end."""
    noisy = "import sys\nfor n in range(100): print('line', n)\nsys.exit(3)"
    with pytest.raises(steps.StepError) as failure:
        steps.quiet([sys.executable, "-c", noisy])
    lines = str(failure.value).splitlines()
    assert lines[0] == "line 85"
    assert lines[steps.LAST_LINES - 1] == "line 99"
    assert lines[steps.LAST_LINES].startswith("This failed with exit code 3:")


def test_every_check_runs_after_one_that_failed() -> None:
    """One run shows everything there is to repair."""
    checks = {
        name: [sys.executable, "-c", f"raise SystemExit({code})"]
        for name, code in {"first": 0, "second": 4, "third": 5, "last": 0}.items()
    }
    assert quickstart.run_checks(checks) == {"first": 0, "second": 4, "third": 5, "last": 0}


def test_skipped_tests_are_counted_by_reason(tmp_path: Path) -> None:
    """A real pytest run with two tests that lack a program, one expected failure and one pass."""
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_skips(n): pytest.skip('LibreOffice is not installed')\n"
        "@pytest.mark.xfail(reason='known')\n"
        "def test_expected(): assert False\n"
        "def test_passes(): pass\n"
    )
    report = tmp_path / "report.xml"
    options = ["-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-c", os.devnull]
    done = _python("-m", "pytest", *options, f"--junitxml={report}", str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert quickstart.not_run(report) == {"LibreOffice is not installed": 2}
    assert quickstart.not_run(tmp_path / "absent.xml") == {}


def test_the_next_steps_work_as_they_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each kind of reader; what it tells them to type does what it says."""
    lines = quickstart.NEXT.format(out="budget.xlsx", evenpoint="evenpoint").splitlines()
    assert ["budget.xlsx" in line for line in lines] == [True, False, False]
    typed = [part.split(",")[0].split(" (")[0] for part in "\n".join(lines).split("evenpoint ")[1:]]
    fill, plan, lite, calc = (part.split("\n")[0].split() for part in typed)
    Path("budget.xlsx").touch()  # as the first command left it
    assert [evenpoint(fill), evenpoint(plan), evenpoint(lite)] == [0, 0, 0], capsys.readouterr().err
    assert {"template.xlsx", "mine.xlsx"} <= set(os.listdir())
    assert evenpoint([*calc, "--help"]) == 0  # which changes the user's LibreOffice, so no further


def test_the_checks_begin_as_a_reader_does() -> None:
    """The first command leaves a workbook behind, and the tests run beside it."""
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    run = [line.split("quickstart.py")[1].strip() for line in script if "quickstart.py" in line]
    assert run == ["", 'test "$@"']


@pytest.mark.slow
def test_a_package_that_is_not_the_one_that_was_pinned_is_refused(tmp_path: Path) -> None:
    """Name and version are right, the content is another: nothing is installed."""
    copy, wheels = tmp_path / "copy", tmp_path / "wheels"
    hidden = shutil.ignore_patterns(".*", "*.egg-info", "*.xlsx", "__pycache__", "build")
    shutil.copytree(CHECKOUT, copy, ignore=hidden)
    wheel = tiny_wheel(wheels)
    lock = copy / steps.LOCKS.relative_to(steps.ROOT) / "run.txt"
    there = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONSTRAINT": ""}
    right, wrong = hashlib.sha256(wheel.read_bytes()).hexdigest(), "0" * 64
    next_step = f"-e {copy}"  # which fails too, for nothing here builds a package
    for digest, said in ((wrong, "DO NOT MATCH THE HASHES"), (right, next_step)):
        lock.write_text(f"tiny==1.0 --hash=sha256:{digest}\n")
        done = _python(str(copy / "install" / "quickstart.py"), env=os.environ | there)
        assert done.returncode == 1
        assert said in done.stderr
        assert list((copy / ".venv").glob("*.stamp")) == []
        installed = list((copy / ".venv").rglob("tiny.py"))
        assert bool(installed) is (digest == right)


def tiny_wheel(folder: Path) -> Path:
    """Write a package of one line."""
    folder.mkdir()
    path = folder / "tiny-1.0-py3-none-any.whl"
    about = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", "ONE = 1\n")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{about}/WHEEL", tag)
        names = ("tiny.py", f"{about}/METADATA", f"{about}/WHEEL", f"{about}/RECORD")
        wheel.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in names))
    return path


@pytest.mark.slow
def test_a_new_machine_gets_its_first_workbook(tmp_path: Path) -> None:
    """From a copy in a folder with spaces, called from elsewhere, twice, with pip for real."""
    copy = tmp_path / "my copy of it"
    strays = [name for name in os.listdir(CHECKOUT) if left_by_a_user(Path(name))]
    hidden = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "build", *strays)
    shutil.copytree(CHECKOUT, copy, ignore=hidden)
    for name in ("budget.xlsx", "budget-2.xlsx"):
        done = _python(str(copy / "install" / "quickstart.py"), cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (copy / name).read_bytes()[:2] == b"PK"
    assert "budget.xlsx exists already and stays as it is" in done.stdout
    readers = [line.split(":")[0] for line in quickstart.NEXT.splitlines()]
    assert [line.split(":")[0] for line in done.stdout.splitlines()[-3:]] == readers


def _python(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
