"""Try a reader with many damaged files, and count what came of them."""

import contextlib
import io
import os
import random
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from install.command import main
from tests.fuzz import damage
from tests.fuzz.readers import READERS, beside, flags
from workbooks.folder import receipts

LONGEST_SECONDS = 10.0  # of computing for one file
WRITTEN = ("own.toml", "out.xlsx")
ANSWERED, FOUND, REFUSED = 0, 1, 2


class Tally:
    """What came of the tries: how many of each kind, and the faults with what brought them on."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: dict[str, tuple[bytes, str]] = {}
        self.slowest = (0.0, "")

    def add(self, name: str, kind: str, seconds: float) -> None:
        self.counts[kind] += 1
        self.slowest = max(self.slowest, (seconds, name))


def tried(reader: str, count: int, seed: int) -> Tally:
    """Damage files of a reader so many times in the folder one is in."""
    draws, tally = random.Random(f"{reader} {seed}"), Tally()
    for name, content in beside():
        Path(name).write_bytes(content)
    receipts.write(Path(), [{"table": "folder"}])
    for number in range(count):
        words, content = _words(reader, draws)
        start = time.process_time()
        kind, fault = run(words)
        seconds = time.process_time() - start
        tally.add(f"{reader} {seed} {number}", kind, seconds)
        for written in WRITTEN:
            Path(written).unlink(missing_ok=True)  # else a copy of each is kept beside the next
        if kind == "slow" or seconds > LONGEST_SECONDS:
            fault = f"{seconds:.0f} seconds: {' '.join(words)[:200]}"
        if fault:
            tally.faults.setdefault(fault, (content, " ".join(words)))
    return tally


def _words(reader: str, draws: random.Random) -> tuple[list[str], bytes]:
    if reader == "flags":
        return flags(draws), b""
    kept = READERS[reader].files()
    name = draws.choice(list(kept))
    content = damage.damaged(kept[name], draws)
    Path(name).write_bytes(content)
    return READERS[reader].command(name, draws), content


def run(words: list[str]) -> tuple[str, str]:
    """Return in a word what a command did, and what is wrong with that, if anything."""
    out, said = io.StringIO(), io.StringIO()
    try:
        with _asked(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            code = main(words)
    except Exception as error:
        return "fault", _place(error)
    if code == ANSWERED or (code == FOUND and words[0] == "lint"):
        return "answered", ""
    if code != REFUSED or not said.getvalue().strip() or "Traceback" in said.getvalue():
        return "fault", f"exit code {code} with {said.getvalue()[:200]!r}"
    return "refused", ""


@contextlib.contextmanager
def _asked() -> Iterator[None]:
    """Let a fault of ours come through, so that its place is known."""
    with mock.patch.dict(os.environ, {"EVENPOINT_TRACEBACK": "1"}):
        yield


def _place(error: Exception) -> str:
    """Return the innermost places of an exception, without what the file held."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/site-packages/" not in f.filename and "/lib/" not in f.filename]
    places = (f"{Path(f.filename).name}:{f.lineno}" for f in [*ours[-3:], frames[-1]])
    return f"{type(error).__name__} at {' > '.join(places)}"
