"""Receipts of prices under kills, full disks and several writers: whole, without leftovers."""

import datetime
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from install.command import main
from tests.workbooks.prices.feeds import faulty
from tests.workbooks.prices.feeds.lists import kept, offer, reading
from workbooks.folder import receipts
from workbooks.folder.receipts import NAME, FolderError
from workbooks.folder.timeline import in_force, timeline
from workbooks.prices.planning import plan, plan_sheet
from workbooks.prices.sheet.importing import titled
from workbooks.prices.store import Store
from workbooks.rows import TokenPrice

ROOT = Path(__file__).parents[4]
DAY = datetime.date(2026, 11, 21)
GENAI = "genai-prices"
JANUARY = datetime.date(2027, 1, 1)
needs_posix = pytest.mark.skipif(os.name != "posix", reason="there is no fork")


def sheet(
    folder: Path, name: str, model: str, start: str = "2026-11-21", price: float = 2.25
) -> Path:
    """Return a vendor's sheet of one price."""
    path = folder / f"{name}.csv"
    path.write_text(f"Model,Valid from,Input,Output\n{model},{start},{price},9\n")
    return path


def forked(work: Callable[[], object]) -> int:
    """Begin some work in a process of its own, and return that."""
    if child := os.fork():
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        os._exit(1)


def assert_whole(store: Store) -> None:
    """Prices, what was read, and files tell of the same imports; none has what others lack."""
    told = {row.source_sha256 for row in store.rows()}
    listed = {each.sha256 for each in store.downloads()}
    assert told == listed
    assert store.folder
    assert listed <= {path.stem for path in store.folder.glob("files/*")}


def assert_swept(folder: Path) -> None:
    """No file is left but receipts and what was read."""
    assert {path.name for path in folder.iterdir()} <= {"receipts", "files"}
    assert [path for path in folder.glob("receipts/*") if not NAME.fullmatch(path.name)] == []


@needs_posix
def test_a_kill_at_any_file_operation_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Each operation of an import in turn; the next import finishes or forgets, and sweeps."""
    first, second, third = (sheet(tmp_path, name, name) for name in ("one", "two", "three"))
    outcomes = set()
    for operation in range(1, 1000):
        folder = tmp_path / f"store{operation}"
        faulty.main(folder, first)
        child = forked(lambda at=operation, to=folder: faulty.main(to, second, at))  # type: ignore[misc]
        if not os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            break
        assert_whole(Store(folder))
        outcomes.add(len(Store(folder).rows()))
        faulty.main(folder, third)
        assert_whole(Store(folder))
        assert_swept(folder)
        shutil.rmtree(folder)
    assert operation > 6  # the whole of an import was gone through
    assert outcomes == {1, 2}


@needs_posix
def test_a_kill_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Random moments reach what lies between two operations, such as half a write."""
    draws, folder = random.Random(11), tmp_path / "store"
    faulty.main(folder, sheet(tmp_path, "first", "first"))
    begun, killed = time.perf_counter(), 0
    faulty.main(folder, sheet(tmp_path, "second", "second"))
    seconds = time.perf_counter() - begun
    for number in range(120):
        path = sheet(tmp_path, f"n{number}", f"n{number}")
        child = forked(lambda given=path: faulty.main(folder, given))  # type: ignore[misc]
        time.sleep(seconds * draws.uniform(0.2, 1.2))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        assert_whole(Store(folder))
        if killed == 20:
            break
    faulty.main(folder, sheet(tmp_path, "last", "last"))
    assert_whole(Store(folder))
    assert_swept(folder)
    assert killed >= 20


@needs_posix
@pytest.mark.parametrize("model", ["", "gpt-4o"], ids=["six models", "one model, six days"])
def test_six_imports_at_once_are_all_kept(tmp_path: Path, model: str) -> None:
    """Each in a program of its own; every sheet has its row, its file and its line."""
    folder = tmp_path / "store"
    sheets = [
        sheet(tmp_path, f"s{n}", model or f"m{n}", f"2027-0{n + 1}-01", 2 + n / 10)
        for n in range(6)
    ]
    command = [sys.executable, "-m", "tests.workbooks.prices.feeds.faulty", str(folder)]
    running = [subprocess.Popen([*command, str(path)], cwd=ROOT) for path in sheets]
    assert [each.wait(60) for each in running] == [0] * 6
    store = Store(folder)
    assert {row.source for row in store.rows()} == {titled(path.name) for path in sheets}
    assert len(store.downloads()) == 6
    assert_swept(folder)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk of some size, where that is allowed."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount or os.name != "posix" or os.geteuid():
        pytest.skip("only the administrator can mount a small disk")
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([umount, str(folder)], check=True)


def test_a_disk_that_fills_is_named_and_nothing_is_mixed(tmp_path: Path) -> None:
    """Disks of 16 sizes, from one that holds nothing to one that holds all."""
    outcomes = set()
    for kilobytes in range(4, 68, 4):
        with small_disk(tmp_path / f"disk{kilobytes}", kilobytes) as disk:
            store = Store(disk / "store")
            for number in range(4):
                rows = len(store.rows())
                try:
                    faulty.main(store.folder, sheet(tmp_path, f"s{number}", f"m{number}"))
                    outcomes.add("written")
                except FolderError as error:
                    assert "the disk is full" in str(error)  # noqa: PT017
                    outcomes.add("refused")
                    assert len(store.rows()) == rows
                    assert_swept(disk / "store")
                assert_whole(store)
    assert outcomes == {"written", "refused"}


def test_a_full_disk_is_no_fault_of_the_price_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal of a refresh names the disk, and not that no list could be read."""
    with small_disk(tmp_path / "disk", 16) as disk:
        receipts.write(disk / "store", [{"table": "folder"}])
        command = ["prices", "refresh", "--offline", "--folder", str(disk / "store")]
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "the disk is full" in said
        assert "No price list" not in said
        assert_swept(disk / "store")


def contract(price: float, start: datetime.date, **more: object) -> TokenPrice:
    """Return a row of the user's own sheet."""
    own = {"origin": "contract", "source": "your sheet x.csv", "valid_from": start}
    return kept("a/b", price, 4 * price, **(own | more))


def prices(rows: Sequence[TokenPrice], *days: datetime.date) -> list[float | None]:
    """Return the input prices of some days."""
    held = [in_force(timeline(rows), day) for day in days]
    return [row and row.input_price_per_mtok for row in held]


@pytest.mark.parametrize("listed", [2.0, 3.0], ids=["same list price", "new list price"])
def test_a_refresh_leaves_a_contract_that_starts_later(listed: float) -> None:
    """Twice in a row, with and without news, and after the contract's end the list holds."""
    end = datetime.date(2028, 1, 1)
    rows = [kept("a/b", 2.0, 8.0), contract(1.7, JANUARY, valid_to=end)]
    for _ in range(2):
        made = plan({"a/b": rows}, [reading(GENAI, offer("a/b", listed, 4 * listed))], DAY)
        rows += made.added.get("a/b", [])
        days = (DAY, datetime.date(2026, 12, 31), JANUARY, datetime.date(2027, 12, 31), end)
        assert prices(rows, *days) == [listed, listed, 1.7, 1.7, listed]


def test_an_older_sheet_found_later_ends_where_the_next_begins() -> None:
    """The contract in force from October stays; the sheet from March holds until then."""
    october, march = datetime.date(2026, 10, 1), datetime.date(2026, 3, 1)
    rows = [kept("a/b", 2.0, 8.0), contract(1.7, october)]
    late = reading("your sheet late.csv", offer("a/b", 1.8, 7.2, valid_from=march))
    rows += plan_sheet({"a/b": rows}, late, DAY).added["a/b"]
    days = (datetime.date(2026, 2, 28), march, datetime.date(2026, 9, 30), october, JANUARY)
    assert prices(rows, *days) == [2.0, 1.8, 1.8, 1.7, 1.7]
