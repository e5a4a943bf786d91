"""Hand every workbook below a folder to what reads any: ``python -m tests.fuzz.folder FOLDER``.

Other programs' test files are such workbooks. It counts tracebacks, hangs and changed originals.
"""

import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.fuzz.tries import run
from tests.workbooks.prices.feeds.lists import path

SECONDS = 30
LIST = f"genai={path('genai')}"
COMMANDS = {
    "lint": ["lint", "{}"],
    "freeze": ["freeze", "{}", "--out", "frozen.xlsx", "--force"],
    "budget --from": ["budget", "--from", "{}", "--out", "made.xlsx", "--force"],
    "refresh": ["prices", "refresh", "--from", LIST, "--workbook", "{}", "--apply"],
    "price sheet": ["prices", "import", "{}", "--unit", "1M", "--currency", "USD"],
    "usage": ["usage", "import", "{}", "--out", "made.toml", "--force"],
}
WRITES_IT = {"refresh"}  # the workbook it is given, once it has found something to change in it
ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods")


class SlowError(BaseException):
    """It took too long; nothing that catches errors catches this."""


def slow(*_: object) -> None:
    """Stop what is running."""
    raise SlowError


def found(command: str, path: Path) -> tuple[str, str]:
    """Return in a word what a command did with a copy of a file, and what is wrong with that."""
    name = f"book{path.suffix.lower()}"
    shutil.copy(path, name)
    words = [word.format(name) for word in COMMANDS[command]]
    signal.signal(signal.SIGPROF, slow)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of computing, whatever else runs
    try:
        kind, fault = run(words)
    except SlowError:
        return "slow", f"more than {SECONDS} s"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    same = Path(name).read_bytes() == path.read_bytes()
    if not same and not (command in WRITES_IT and kind == "answered"):
        return "changed", fault or "the original is another"
    return kind, fault


def settled(path: Path) -> list[tuple[str, str, str]]:
    """Try each command on one file."""
    return [(command, *found(command, path)) for command in COMMANDS]


def begin(scratch: str) -> None:
    """Work in a folder of one's own, and fail on a warning that somebody would see."""
    os.chdir(tempfile.mkdtemp(dir=scratch))
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "fetch_arrow_table|The 'future.infer_string'")


def told(paths: list[Path], workers: int) -> Iterator[str]:
    """Yield each fault, and at the end what came of each command."""
    counts: Counter[tuple[str, str]] = Counter()
    with (
        tempfile.TemporaryDirectory() as scratch,
        ProcessPoolExecutor(workers, initializer=begin, initargs=(scratch,)) as pool,
    ):
        for path, results in zip(paths, pool.map(settled, paths, chunksize=8), strict=True):
            for command, kind, fault in results:
                counts[command, kind] += 1
                if fault:
                    yield f"{command}: {path}: {fault}"
    for command in COMMANDS:
        kinds = {kind: n for (name, kind), n in sorted(counts.items()) if name == command}
        yield f"{command:16} {', '.join(f'{kind} {n:,}' for kind, n in kinds.items())}"


if __name__ == "__main__":
    files = sorted(p.resolve() for p in Path(sys.argv[1]).rglob("*") if p.suffix.lower() in ENDINGS)
    print(f"{len(files):,} workbooks")
    for line in told(files, workers=int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        print(line, flush=True)
