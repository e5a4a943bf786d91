"""Thousands of broken workbooks: one clear sentence or a right answer, and the file unharmed."""

import random
import re
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.workbooks.prices.splice import rich
from workbooks.prices.splice import RefreshError, apply_refresh, plan_refresh

PLACES = (
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/tables/table1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/_rels/sheet1.xml.rels",
    "xl/pivotCache/pivotCacheDefinition1.xml",
    "_rels/.rels",
)
SECONDS = 10  # for one file; an ordinary one takes a fiftieth of a second
Mutation = Callable[[random.Random, bytes], bytes]


def flipped(draws: random.Random, data: bytes) -> bytes:
    """Change a few bytes."""
    out = bytearray(data)
    for _ in range(draws.randint(1, 8)):
        out[draws.randrange(len(out))] = draws.randrange(256)
    return bytes(out)


def cut(draws: random.Random, data: bytes) -> bytes:
    """Take a piece out."""
    start = draws.randrange(len(data))
    return data[:start] + data[start + draws.randint(1, 200) :]


def repeated(draws: random.Random, data: bytes) -> bytes:
    """Write a piece twice."""
    start = draws.randrange(len(data))
    end = start + draws.randint(1, 200)
    return data[:end] + data[start:end] + data[end:]


def truncated(draws: random.Random, data: bytes) -> bytes:
    """Stop in the middle."""
    return data[: draws.randrange(len(data))]


def without_element(draws: random.Random, data: bytes) -> bytes:
    """Leave out a start tag, an end tag, or a whole element, well-formed or not."""
    tags = list(re.finditer(rb"<(\w+)[^<>]*?(?:/>|>[^<]*</\1>)|<[^<>]*>", data))
    found = draws.choice(tags) if tags else None
    return data[: found.start()] + data[found.end() :] if found else data


def twice_element(draws: random.Random, data: bytes) -> bytes:
    """Write an element twice."""
    found = draws.choice(list(re.finditer(rb"<(\w+)[^<>]*?(?:/>|>[^<]*</\1>)", data)) or [None])
    return data[: found.end()] + found[0] + data[found.end() :] if found else data


def other_value(draws: random.Random, data: bytes) -> bytes:
    """Put something unexpected into an attribute or a text."""
    odd = [b"", b"-1", b"0", b"99999999999", b"A1048577", b"XFE1", b"nan", b"1e999", b"A1:B2:C3"]
    odd += [b"$A$1", b"&#x41;3:G8", b"../../x", b"\xf0\x9f\x92\xb6", b"A" * 5000, b"&amp;", b"s"]
    spots = list(re.finditer(rb'(?<==")[^"]*(?=")|(?<=>)[^<>]+(?=<)', data))
    found = draws.choice(spots)
    return data[: found.start()] + draws.choice(odd) + data[found.end() :]


IN_PARTS: tuple[Mutation, ...] = (
    *(flipped, cut, repeated, truncated),
    *(without_element, twice_element, other_value, other_value, other_value),
)
IN_FILES: tuple[Mutation, ...] = (flipped, cut, repeated, truncated)


@contextmanager
def in_time(seconds: int) -> Iterator[None]:
    """Stop what hangs."""

    def stop(*_: object) -> None:
        raise AssertionError(f"no answer within {seconds} seconds")

    old = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


def broken(draws: random.Random, parts: dict[str, bytes], whole: bytes, path: Path) -> None:
    """Write a broken workbook: bytes of the file, or of one or two of its parts."""
    if draws.random() < 0.25:
        path.write_bytes(draws.choice(IN_FILES)(draws, whole))
        return
    changed = dict(parts)
    for _ in range(draws.choice((1, 1, 2))):
        part = draws.choice(PLACES)
        changed[part] = draws.choice(IN_PARTS)(draws, changed[part] or b"<x/>")
    rich.pack(path, changed)


def answer(path: Path, append: bool) -> str:
    """Refresh a workbook, check what is promised, and say in a word what came of it."""
    before = path.read_bytes()
    changes, said = None, ""
    try:
        changes = plan_refresh(path, rich.NEW, append=append)
    except RefreshError as error:
        said = str(error)
    if changes is None:
        assert path.name in said, said
        assert "\n" not in said
        assert path.read_bytes() == before
        return "refused"
    assert path.read_bytes() == before
    assert str(changes)
    if not changes.parts:
        return "unchanged"
    try:
        apply_refresh(path, changes)
    except RefreshError:
        assert path.read_bytes() == before
        return "refused"
    check_written(path, before, changes.parts)
    again = plan_refresh(path, rich.NEW, append=append)
    assert again.changed == ()
    assert again.kept == changes.kept
    return "refreshed"


def check_written(path: Path, before: bytes, parts: object) -> None:
    """The parts that were to change did, and each other part has its bytes."""
    old = path.with_name("old")
    old.write_bytes(before)
    with zipfile.ZipFile(old) as was, zipfile.ZipFile(path) as now:
        assert was.namelist() == now.namelist()
        for name in was.namelist():
            if name not in parts:  # type: ignore[operator]
                assert was.getinfo(name).CRC == now.getinfo(name).CRC
            else:
                assert now.read(name) == parts[name]  # type: ignore[index]


def survey(tmp_path: Path, count: int, seed: int) -> dict[str, int]:
    """Refresh so many broken workbooks and count what came of them."""
    draws = random.Random(seed)
    folder = tmp_path / "files"
    folder.mkdir()
    path = rich.workbook(folder / "book.xlsm")
    parts, whole = rich.parts_of(path), path.read_bytes()
    found = dict.fromkeys(("refused", "unchanged", "refreshed"), 0)
    for number in range(count):
        broken(draws, parts, whole, path)
        try:
            with in_time(SECONDS):
                found[answer(path, append=draws.random() < 0.5)] += 1
        except (Exception, pytest.fail.Exception) as error:
            kept = Path(tmp_path / f"failing-{seed}-{number}.xlsm")
            kept.write_bytes(path.read_bytes())
            raise AssertionError(f"{kept}: {type(error).__name__}: {error}") from error
        for left in folder.iterdir():
            left.unlink()
    return found


pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="nothing stops a hang here")


def test_broken_workbooks_are_refused_or_refreshed(tmp_path: Path) -> None:
    """A sample of what the next test does at length."""
    found = survey(tmp_path, 200, seed=1)
    assert found["refused"] > 50
    assert found["refreshed"] > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_thousands_of_broken_workbooks_are_refused_or_refreshed(tmp_path: Path, seed: int) -> None:
    """Some thousands in all; a traceback, a hang or a changed original would end the test."""
    found = survey(tmp_path, 650, seed)
    assert found["refused"] > 150
    assert found["refreshed"] > 50
