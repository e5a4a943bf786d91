"""Whole commands that are killed, run at once, or meet a full disk: old or new, nothing between."""

import os
import random
import signal
import tempfile
import time
from pathlib import Path

import openpyxl
import pytest

from install.command import main
from tests.install.commands.test_actuals import BILL, MODEL
from tests.install.commands.test_freeze import calling
from tests.workbooks.prices.feeds.faulty import die_at
from tests.workbooks.prices.feeds.test_store import forked, small_disk
from tests.workbooks.usage.exports import DATA
from workbooks.disk import SCRATCH, scratch
from workbooks.plan.monthend.accuracy import read
from workbooks.usage.exports.tables.sheets import sheets

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no fork")

COMMANDS = {
    "actuals": "actuals mid-size bill.csv --record out/past.csv --out out/close.xlsx --force",
    "usage import": "usage import usage.json --out out/workload.toml --force",
    "freeze": "freeze board.xlsx --out out/frozen.xlsx --force",
    "template": "template --out out/template.xlsx --force",
    "budget": "budget mid-size --out out/budget.xlsx --force",
}
TARGETS = {
    name: [word for word in words.split() if word.startswith("out/")]
    for name, words in COMMANDS.items()
}
"""What each writes."""
OLD = {
    "out/past.csv": b"recorded_on,scenario,option,method,month,forecast,actual,error_share\n"
    b"2026-12-31,ours,api,plan,2026-11,1.00,1.00,0.000000"
}
ALL = [
    pytest.param(name, marks=[pytest.mark.slow] if name != "usage import" else [])
    for name in COMMANDS
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder one works in, with inputs, and a folder for what programs need only now."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for folder in ("tmp", "out"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bill.csv").write_text(BILL)
    (tmp_path / "usage.json").write_bytes(next(DATA.glob("openai_usage_api*")).read_bytes())
    calling(tmp_path / "board.xlsx", "BREAKEVEN_TOKENS(10, 5400, 3E9)")
    return tmp_path


def run(name, before=lambda: None):
    """Run a command in a process of its own, and return that."""

    def work():
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        before()
        if main(COMMANDS[name].split()):
            raise SystemExit

    return forked(work)


def ended(child):
    """Wait for a process; say whether it was killed, or else ended well."""
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


def held(name):
    return tuple(Path(each).read_bytes() for each in TARGETS[name])


def begin(name):
    """Put the old files there, as somebody would, beside whatever a killed command left."""
    for each in TARGETS[name]:
        Path(each).write_bytes(OLD.get(each, b"old"))
    return held(name)


def whole(name, old, new):
    """What may be found after a kill: each file is the old one or the new one.

    Of the two files of `actuals` the record is first: then the same command again ends the work.
    """
    return {old, new} | ({(new[0], old[1])} if name == "actuals" else set())


def assert_swept(folder, name):
    """Nothing is left beside what was written."""
    assert {f"out/{path.name}" for path in (folder / "out").iterdir()} == set(TARGETS[name])
    assert not list((folder / "tmp").iterdir())


@pytest.mark.parametrize("name", ALL)
def test_a_kill_at_any_file_operation_leaves_old_or_new(name, here):
    """Each operation on what it writes in turn; the next run sweeps what all of them left."""
    begin(name)
    assert_ran(name)
    new, found, folders = held(name), set(), (here / "out", here / "tmp")
    for operation in range(1, 100):
        old = begin(name)
        if not ended(run(name, lambda at=operation: die_at(at, *folders))):
            break
        assert held(name) in whole(name, old, new)
        found.add(held(name))
    assert operation > 3
    assert old in found
    assert old != new
    begin(name)
    assert_ran(name)
    assert held(name) == new
    assert_swept(here, name)


def assert_ran(name):
    assert not ended(run(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_at_any_moment_leaves_old_or_new(name, here):
    """Random moments over the whole of a command, most of them before it writes."""
    begin(name)
    begun = time.perf_counter()
    assert_ran(name)
    seconds, new, draws, killed = time.perf_counter() - begun, held(name), random.Random(name), 0
    for _ in range(40):
        old = begin(name)
        child = run(name)
        time.sleep(seconds * draws.uniform(0.3, 1.1))
        os.kill(child, signal.SIGKILL)
        hit = ended(child)
        killed, seconds = killed + hit, seconds if hit else 0.9 * seconds  # the first is slower
        assert held(name) in whole(name, old, new)
        if killed == 12:
            break
    begin(name)
    assert_ran(name)
    assert held(name) == new
    assert_swept(here, name)
    assert killed > 5


def test_six_at_once_record_all_their_months(here):
    """Each adds the forecast of another month to one record, which is not there yet."""
    months = [f"2027-{month:02}" for month in range(1, 7)]
    for month in months:
        (here / f"{month}.csv").write_text(f"month,model,tokens,cost\n{month},{MODEL},3e9,9000\n")

    def work(month):
        return main(["actuals", "mid-size", f"{month}.csv", "--record", "out/past.csv", "--json"])

    null = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(1)
    os.dup2(null, 1)
    children = [forked(lambda each=month: work(each)) for month in months]
    os.dup2(kept, 1)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert sorted(row.month for row in read(here / "out/past.csv") if row.actual) == months
    assert [path.name for path in (here / "out").iterdir()] == ["past.csv"]


def test_what_is_unpacked_is_private_and_goes_after_a_kill(here):
    """A workbook of usage is taken apart in a folder that the next reader removes."""
    book = openpyxl.Workbook()
    book.active.append(["anna@example.org"])
    book.save("usage.xlsx")

    def work():
        with scratch() as folder:
            list(sheets(Path("usage.xlsx"), folder))
            os.kill(os.getpid(), signal.SIGKILL)

    assert ended(forked(work))
    (left,) = (here / "tmp").glob(f"{SCRATCH}*")
    assert left.stat().st_mode & 0o077 == 0
    assert any(path.is_file() and b"anna" in path.read_bytes() for path in left.rglob("*"))
    with scratch() as mine, scratch() as other:
        assert sorted((here / "tmp").iterdir()) == sorted([mine, other])
    assert not list((here / "tmp").iterdir())


@pytest.mark.parametrize("name", ALL)
def test_a_full_disk_is_named_and_changes_nothing(name, here, capsys):
    """Of all files of a command none is changed if one of them finds no place."""
    (here / "out").rmdir()
    with small_disk(here / "out", 4 * len(TARGETS[name]) + 4) as folder:  # and pages of 4 KB
        old = begin(name)
        (folder / "other").write_bytes(bytes(4096))
        assert main(COMMANDS[name].split()) == 2
        said = capsys.readouterr().err
        assert "out/" in said
        assert "cannot be written: the disk is full (No space left on device)." in said
        assert held(name) == old
        (folder / "other").unlink()
        assert sorted(path.name for path in folder.iterdir()) == sorted(
            Path(each).name for each in TARGETS[name]
        )


def test_a_full_disk_for_what_is_unpacked_is_named(here, capsys):
    """It is not the export that is at fault."""
    (here / "tmp").rmdir()
    with small_disk(here / "tmp", 8) as folder:
        (folder / "other").write_bytes(bytes(8192))
        assert main(["usage", "import", "usage.json"]) == 2
    said = capsys.readouterr().err
    assert f"usage.json cannot be unpacked in {here / 'tmp'}: the disk is full" in said
