"""No test depends on the folder it is started in, and none leaves anything behind there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from install import quickstart
from tests.checkout import ROOT

LEFT = ("budget.xlsx", "template.xlsx", "my.toml", "usage.csv")  # what the commands write or read

GOOD = """
import os
from pathlib import Path
import pytest
from tests.checkout import ROOT

HERE = set()

@pytest.fixture(scope="session", autouse=True)
def shared(away):
    HERE.add(Path.cwd())

@pytest.mark.parametrize("n", range(4))
def test_alone(n, tmp_path):
    assert Path.cwd() == tmp_path and not list(tmp_path.iterdir())
    HERE.add(tmp_path)
    assert ROOT not in HERE and len(HERE) >= 2
    Path("budget.xlsx").write_text("mine")
    assert (ROOT / "pyproject.toml").read_text() and (ROOT / "README.md").read_text()

def function():
    '''
    >>> import os; sorted(os.listdir())
    []
    '''
"""

BAD = """
import os, shutil
from contextlib import suppress
import pytest
from tests.checkout import ROOT

def test_writes():
    (ROOT / "tests" / "new.txt").write_text("x")

def test_appends():
    open(ROOT / "README.md", "ab").close()

def test_makes_a_folder():
    (ROOT / "new").mkdir()

def test_renames():
    os.rename(ROOT / "README.md", ROOT / "README.txt")

def test_moves_in(tmp_path):
    (tmp_path / "new.txt").write_text("x")
    os.rename(tmp_path / "new.txt", ROOT / "new.txt")

def test_removes():
    os.remove(os.fsencode(ROOT / "README.md"))

def test_goes_back(monkeypatch):
    monkeypatch.chdir(ROOT)
    open("budget.xlsx", "w")

@pytest.mark.parametrize("name", ["budget.xlsx", "template.xlsx", "my.toml", "usage.csv"])
def test_reads_what_a_user_left(name):
    (ROOT / name).read_bytes()

def test_hides_it():
    with suppress(OSError):
        (ROOT / "tests" / "new.txt").write_text("x")

@pytest.fixture(scope="module")
def shared():
    (ROOT / "tests" / "new.txt").write_text("x")

def test_shares(shared):
    pass
"""


def run(folder: Path, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run tests from a file elsewhere under the fixtures of the checkout."""
    file = folder / "test_it.py"
    file.write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *options, str(file)]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = ours | {"PYTHONPATH": str(ROOT)}  # a worker's variables are not for its own runs
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


def pages() -> dict[str, bytes]:
    """Return what the tests below try to change."""
    return {path.name: path.read_bytes() for path in ROOT.glob("*.md")}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_every_test_runs_in_an_empty_folder(tmp_path: Path, workers: str) -> None:
    """Also doctests, also what a session shares, and also where the start is full of files."""
    for name in LEFT:
        (tmp_path / name).write_text("a user's")
    done = run(tmp_path, GOOD, "-n", workers)
    assert "5 passed" in done.stdout, done.stdout + done.stderr
    assert {(tmp_path / name).read_text() for name in LEFT} == {"a user's"}


def test_a_test_that_touches_the_checkout_fails(tmp_path: Path) -> None:
    """Each way of writing, each file of a user, and one that catches the refusal."""
    before = pages()
    done = run(tmp_path, BAD, "-n", "0")
    ends = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    failed = {re.split(r"[\[ ]", line.split("::")[1])[0] for line in ends}
    names = {line[4:].split("(")[0] for line in BAD.splitlines() if line.startswith("def test_")}
    assert failed == names
    assert done.stdout.count("which a user left in the checkout") >= len(LEFT)
    assert pages() == before
    assert not (ROOT / "tests" / "new.txt").exists()


def test_the_order_is_another_each_time_and_can_be_had_again(tmp_path: Path) -> None:
    """A test that needs another one first would fail on most days; the seed brings them back."""
    source = "import pytest\n@pytest.mark.parametrize('n', range(30))\ndef test_it(n): pass\n"
    said = [run(tmp_path, source, "-v", f"--randomly-seed={n}") for n in (1, 1, 2)]
    orders = [[x for x in done.stdout.splitlines() if "PASSED" in x] for done in said]
    assert len(orders[0]) == 30
    assert orders[0] == orders[1] != orders[2]


def test_quickstart_shares_the_tests_among_the_cores() -> None:
    """Each worker makes for itself what its tests share; the ten slowest tests are named."""
    said = " ".join(quickstart.PYTEST)
    for option in (f"-n {os.cpu_count()}", "--dist=loadfile", "--durations=10"):
        assert option in said
