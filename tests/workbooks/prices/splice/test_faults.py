"""Killed at any moment, out of space or without rights: the old workbook or the new, never both."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import RefreshError, apply_refresh, plan_refresh

ROOT = Path(__file__).parents[4]
KILLS = 240
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def run(module: str, *arguments: str, timeout: float = 120) -> dict[str, object]:
    """Run a module of these tests in a process of its own and return what it found."""
    command = [sys.executable, "-m", f"tests.workbooks.prices.splice.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=timeout)
    return dict(json.loads(done.stdout))


@pytest.mark.slow
@needs_fork
def test_a_kill_at_any_moment_leaves_the_old_workbook_or_the_new(tmp_path: Path) -> None:
    """Hundreds of refreshes are killed, each at another moment, and their files looked at."""
    book = rich.workbook(tmp_path / "budget.xlsm")
    found = run("kills", str(book), str(KILLS))
    assert found["killed"] == KILLS
    assert found["mixed"] == 0
    assert found["broken backups"] == 0
    assert found["left"] == 0
    assert found["while writing"] >= 10  # type: ignore[operator]


@needs_fork
def test_what_a_kill_leaves_behind_goes_with_the_next_refresh(tmp_path: Path) -> None:
    """A half-written file has a name of its own, and does not pile up."""
    book = rich.workbook(tmp_path / "budget.xlsm")
    left = tmp_path / ".budget.xlsm.abc123.part"
    left.write_bytes(b"half")
    backup = apply_refresh(book, plan_refresh(book, rich.NEW))
    assert backup
    assert sorted(tmp_path.iterdir()) == sorted([book, backup])


@needs_fork
def test_a_file_size_limit_leaves_the_old_workbook(tmp_path: Path) -> None:
    """The system refuses to write on in the middle of the new file."""
    book = rich.workbook(tmp_path / "budget.xlsm")
    before = book.read_bytes()
    found = run("starved", "file", str(book), str(len(before) // 2))
    assert "cannot be written and stays as it is" in str(found["said"])
    assert book.read_bytes() == before
    assert list(tmp_path.iterdir()) == [book]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 160 KB."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount or os.geteuid():
        pytest.skip("only the administrator can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run([umount, str(folder)], check=True)


@pytest.mark.parametrize("room", [4_000, 60_000])
def test_a_full_disk_leaves_the_old_workbook(small_disk: Path, room: int) -> None:
    """Whether it is the new file or the copy of the old one that no longer fits."""
    book = rich.workbook(small_disk / "budget.xlsm")
    before = book.read_bytes()
    changes = plan_refresh(book, rich.NEW)
    free = shutil.disk_usage(small_disk).free
    (small_disk / "other").write_bytes(bytes(max(0, free - room)))
    with pytest.raises(RefreshError, match="No space left on device"):
        apply_refresh(book, changes)
    assert book.read_bytes() == before
    assert sorted(p.name for p in small_disk.iterdir()) == ["budget.xlsm", "other"]


@contextmanager
def nobody() -> Iterator[None]:
    """Act as a user without rights, where we have all of them."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_a_read_only_folder_leaves_the_old_workbook() -> None:
    """Beside the workbook nothing can be written, so nothing is written at all."""
    with tempfile.TemporaryDirectory() as name:
        book = rich.workbook(Path(name, "budget.xlsm"))
        before = book.read_bytes()
        book.chmod(0o666)
        Path(name).chmod(0o555)
        with nobody():
            changes = plan_refresh(book, rich.NEW)
            with pytest.raises(RefreshError, match="Permission denied"):
                apply_refresh(book, changes)
        assert book.read_bytes() == before
        assert list(Path(name).iterdir()) == [book]
        Path(name).chmod(0o755)


@pytest.mark.parametrize(
    ("bomb", "reason"),
    [
        ("zeros", "more than a workbook may hold"),
        ("cells", "more than a workbook may hold|too large for a workbook"),
        ("deep", "nested too deeply"),
        ("strings", "both hold .x., and the table may have a model only once"),
        ("text", "holds more in A1 than a cell can|more than a workbook may hold"),
        ("entities", "document type"),
        ("attributes", "not a worksheet that can be read"),
        ("relations", "has no part xl/worksheets/c"),
    ],
)
@needs_fork
def test_a_bomb_is_refused_in_bounded_time_and_memory(
    tmp_path: Path, bomb: str, reason: str
) -> None:
    """A file of a megabyte that unpacks to gigabytes is told by its part."""
    book = rich.workbook(tmp_path / "budget.xlsm")
    found = run("starved", "memory", str(book), bomb)
    assert re.search(reason, str(found["said"])), found
    assert found["seconds"] < 20  # type: ignore[operator]
    assert found["megabytes"] < 700  # type: ignore[operator]
