"""Write many budgets in one process, none like another: ``python -m tests.fuzz.growth 1000``.

What is kept for each of them shows as memory that grows; it is told after every hundredth.
"""

import contextlib
import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from install.command import main

EVERY = 100
STATM = Path("/proc/self/statm")
MB = 1e6


def told(count: int, every: int = EVERY) -> Iterator[str]:
    """Yield memory and time after each hundredth of a number of budgets."""
    start = time.process_time()
    for number in range(1, count + 1):
        write(number)
        if number % every == 0:
            seconds, start = time.process_time() - start, time.process_time()
            memory = f"{resident() / MB:5.0f} MB"
            yield f"{number:6,}: {memory}, {seconds / every:.2f} s of computing each"


def write(number: int) -> None:
    """Write a budget of a year, of a volume, growth, price and rent that no other has."""
    own = [f"--tokens={number}M", f"--growth={number / 1e4}", f"--output-share={number / 1e5}"]
    flags = ["--months=12", "--staff=0.5", f"--api-model={MODELS[number % len(MODELS)]}"]
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["budget", "--out", "out.xlsx", "--force", *own, *flags]) == 0


MODELS = ("openai/gpt-6.1-sol", "openai/gpt-4o", "anthropic/claude-sonnet-5", "zai/glm-5.3")


def resident() -> float:
    """Return the bytes of memory in use now; where nothing tells them, the most there were."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for line in told(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000):
            print(line, flush=True)
