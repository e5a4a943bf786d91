"""One file, written whole: killed at every operation, by two at once, on disks that fill."""

import errno
import os
import random
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from install.terminal.refusal import Refusal
from install.terminal.writing import write
from tests.workbooks.prices.feeds.faulty import die_at
from tests.workbooks.prices.feeds.test_store import forked, small_disk
from workbooks import disk

OLD, NEW = b"old" * 100_000, b"new" * 300_000
needs_posix = pytest.mark.skipif(os.name != "posix", reason="there is no fork")


@needs_posix
def test_a_kill_at_any_operation_leaves_one_of_the_two_and_is_swept(tmp_path: Path) -> None:
    """What the killed writer left goes with the next one that writes the same file."""
    path, found = tmp_path / "budget.xlsx", set()
    for operation in range(1, 100):
        write(path, OLD)

        def work(at: int = operation) -> None:
            die_at(at, tmp_path)
            write(path, NEW)

        if not os.WIFSIGNALED(os.waitpid(forked(work), 0)[1]):
            break
        found.add(path.read_bytes())
    assert operation > 2
    assert found == {OLD, NEW}
    write(path, OLD)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
@needs_posix
def test_a_kill_at_any_moment_leaves_one_of_the_two_and_is_swept(tmp_path: Path) -> None:
    """Random moments reach half a write."""
    path, draws, found, left = tmp_path / "budget.xlsx", random.Random(5), set(), 0
    begun = time.perf_counter()
    write(path, OLD)
    seconds = time.perf_counter() - begun + 0.002
    for _ in range(60):
        child = forked(lambda: [write(path, NEW), write(path, OLD)])
        time.sleep(2 * seconds * draws.random())
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found.add(path.read_bytes())
        left += len(list(tmp_path.iterdir())) > 1
    assert found <= {OLD, NEW}
    assert left
    write(path, NEW)
    assert list(tmp_path.iterdir()) == [path]


def write_often(path: Path, content: bytes) -> None:
    """Write a file fifty times."""
    for _ in range(50):
        write(path, content)


@needs_posix
def test_writers_of_one_file_at_once_do_not_sweep_each_other(tmp_path: Path) -> None:
    """Four processes, 50 times each; every write succeeds, and the file is one of theirs."""
    path = tmp_path / "budget.xlsx"
    contents = [bytes([65 + number]) * 50_000 for number in range(4)]
    children = [forked(partial(write_often, path, each)) for each in contents]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_disks_of_16_sizes_say_that_they_are_full(tmp_path: Path) -> None:
    """The old file stays, and nothing is left beside it."""
    outcomes = []
    for kilobytes in range(8, 136, 8):
        with small_disk(tmp_path / f"disk{kilobytes}", kilobytes) as folder:
            path = folder / "budget.xlsx"
            write(path, b"old")
            try:
                write(path, bytes(64_000))
                outcomes.append("written")
            except Refusal as refused:
                assert "the disk is full" in str(refused)  # noqa: PT017
                assert path.read_bytes() == b"old"
                outcomes.append("full")
            assert list(folder.iterdir()) == [path]
    assert set(outcomes) == {"written", "full"}
    assert outcomes == sorted(outcomes)  # full up to a size, written from there on


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your share of the disk is used up"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "if it is open in a program, close it there"),
    ],
)
def test_each_cause_has_its_words(number: int, said: str) -> None:
    """And what the system itself says stays beside them."""
    words = disk.why(OSError(number, os.strerror(number)))
    assert said in words
    assert os.strerror(number) in words


def test_a_lock_waits_for_its_holder(tmp_path: Path) -> None:
    """The second one comes when the first one has gone, and not before."""
    told, held = [], threading.Event()

    def first() -> None:
        with disk.alone(tmp_path / "file"):
            held.set()
            time.sleep(0.2)
            told.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait()
    with disk.alone(tmp_path / "file"):
        told.append("second")
    thread.join()
    assert told == ["first", "second"]
