"""Commands that write into a budget folder, stopped anywhere: ``python -m ...killing 500``."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from install.command import main
from tests.checkout import WRITING
from workbooks import clock
from workbooks.folder import receipts

MOMENT = datetime(2026, 12, 1, 9, tzinfo=UTC)
ORDER = (
    "model,input,output,currency,unit,valid from\nopenai/gpt-6.1-sol,1.7,8.5,USD,1M,2026-06-01\n"
)
RENT = "GPU,price per hour,currency,term\nH200 SXM,2.35,EUR,12 months\n"
BILL = "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3e9,5619\n"
INPUTS = {"order.csv": ORDER, "rent.csv": RENT, "bill.csv": BILL}
COMMANDS = {
    "undo": "undo",
    "add": "add rent.csv --yes",
    "import": "prices import rates.csv --apply",
    "approve": "approve",
    "export": "export budget.xlsx --out out/budget.toml --force",
    "report": "report budget.xlsx --out out/board.pptx --force",
    "close": "close 2026-12 approved bill.csv --out out/month.xlsx --force",
    "actuals": "actuals budget.xlsx bill.csv --record out/past.csv --out out/a.xlsx --force",
    "refresh": "prices refresh --offline",
    "diff": "diff approved budget.xlsx --out out/diff.xlsx --force",
    "freeze": "freeze budget.xlsx --out out/frozen.xlsx --force",
    "template": "template --out out/template.xlsx --force",
    "budget": "budget --from budget.xlsx --out out/budget.xlsx --force",
    "over": "budget --from budget.xlsx --out budget.xlsx --force",
    "init": "init fresh",
    "update": "update --offline",
}
"""Each is given in a folder with a signed budget, and an order form that waits."""
BEFORE = " before "
"""What the copy of a workbook that was replaced has in its name."""
EVERY = 50
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
State = dict[str, str]


class Run(NamedTuple):
    """How a command ended, and the states that it was seen to leave before each step."""

    killed: bool
    code: int
    states: list[State]


def made(folder: Path) -> Path:
    """Make the folder that every command begins with."""
    at(folder.parent, "init", folder.name)
    for name, text in {**INPUTS, "rates.csv": ORDER.replace("1.7,8.5", "1.6,8")}.items():
        (folder / name).write_text(text)
    (folder / "out").mkdir()
    for name, words in COMMANDS.items():
        for target in (word for word in words.split() if word.startswith("out/")):
            if name != "actuals":  # a record of forecasts is read before it is written
                (folder / target).write_bytes(b"old")
    at(folder, "approve")
    at(folder, "add", "order.csv", "--yes")
    return folder


def at(folder: Path, *words: str) -> None:
    """Give a command in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with mock.patch.object(clock, "now", return_value=MOMENT.replace(hour=8)):
            assert main(words) == 0
    finally:
        os.chdir(before)


def state(folder: Path) -> State:
    """Return the sum of every file; one that begins with a dot is of a writer at work."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if not path.name.startswith(".")
    }


def run(folder: Path, name: str, step: Callable[[int], None] = lambda _: None) -> Run:
    """Give a command in a process of its own, which may be killed at a step or from outside."""
    child, results = begun(folder, name, step)
    return ended(child, results)


def begun(folder: Path, name: str, step: Callable[[int], None]) -> tuple[int, int]:
    """Begin a command; before each change of a file it says where it is."""
    inside, outside = os.pipe()
    if child := os.fork():
        os.close(outside)
        return child, inside
    states: list[State] = []
    os.chdir(folder)
    sys.addaudithook(_hook(folder, lambda number: step(number) or states.append(state(folder))))
    quiet = Path(os.devnull)
    with (
        quiet.open("w", encoding="utf-8") as null,
        redirect_stdout(null),
        redirect_stderr(null),
        mock.patch.object(clock, "now", return_value=MOMENT),
    ):
        code = main(COMMANDS[name].split())
    with os.fdopen(outside, "wb") as pipe:
        pickle.dump((code, states), pipe)
    os._exit(0)


def ended(child: int, results: int) -> Run:
    """Wait for a command."""
    with os.fdopen(results, "rb") as pipe:
        told = pipe.read()
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    code, states = (-1, []) if killed or not told else pickle.loads(told)
    return Run(killed, code, states)


def _hook(folder: Path, seen: Callable[[int], Any]) -> Callable[[str, tuple[Any, ...]], None]:
    number = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal number
        writes = event == "open" and (arguments[2] or 0) & WRITING
        if (writes or event in CHANGES) and str(arguments[0]).startswith(str(folder)):
            number += 1
            seen(number)

    return hook


def faults(folder: Path, seen: State, old: State, new: State) -> Iterator[str]:
    """Say what is neither of before nor of after, or of both where one needs the other."""
    for name in {*old, *new, *seen}:
        if seen.get(name) not in (old.get(name), new.get(name)):
            yield f"{name} is neither"
    fresh = {name for name in new if name.startswith(f"{receipts.RECEIPTS}/")} - set(old)
    others = {name for name in new if name not in fresh and old.get(name) != new[name]}
    if fresh & set(seen) and (behind := [n for n in others if seen.get(n) != new[n]]):
        yield f"a receipt tells of {behind[0]}, which is of before"
    replaced = {name for name in old if seen.get(name) == new.get(name) != old[name]}
    if copies := {name for name in set(new) - set(old) - set(seen) if BEFORE in name}:
        yield from (f"{name} is replaced without {copies}" for name in replaced)
    lost = {n for n in old if n.startswith(receipts.RECEIPTS)} - set(seen)
    if lost - {f"receipts/{Path(n).name}" for n in seen if n.startswith(receipts.UNDONE)}:
        yield f"{lost} are lost"
    if folder.exists() and seen == state(folder):
        receipts.read(folder)


def kill_many(kills: int, seed: int = 0) -> dict[str, int]:
    """Kill commands at a step or at any moment, run them again, and count what was found.

    Each command is killed as often as any other, however long it takes. One that was killed is
    given once more; then all is as if nothing had happened. What was counted is said every 50
    kills, so that a run that is stopped has said what it did.
    """
    draws, found = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as home:
        base = made(Path(home).resolve() / "base")
        ends = {name: _after(base, name) for name in COMMANDS}
        names = (name for _ in count() for name in draws.sample(list(ends), len(ends)))
        for done, name in enumerate(islice(names, kills), 1):
            new, steps, seconds = ends[name]
            work = shutil.copytree(base, base.with_name("work"))
            old = state(work)
            killed = _killed(work, name, draws, steps, seconds)
            found[f"{name}, {'killed' if killed else 'ended'}"] += 1
            told = [*faults(work, state(work), old, new)]
            if not _same(state(work), new):
                again = run(work, name)
                end = state(work)
                if again.code or not _same(end, new):
                    told.append(f"again it ends {again.code} with {set(end) ^ set(new)}")
                told += [f"{path.name} is left" for path in work.rglob(".*.part")]
            for each in told:
                print(f"{name}: {each}", flush=True)
                found["faults"] += 1
            shutil.rmtree(work)
            if done % EVERY == 0:
                print(f"{done} kills: {dict(found)}", flush=True)
    return dict(found)


def _same(end: State, new: State) -> bool:
    """Say whether all that should be there is; a second copy of a workbook may be."""
    return all(end.get(name) == told for name, told in new.items())


def _after(base: Path, name: str) -> tuple[State, int, float]:
    work = shutil.copytree(base, base.with_name("work"))
    start = time.perf_counter()
    done = run(work, name)
    assert done.code == 0, name
    found = state(work), len(done.states), time.perf_counter() - start
    shutil.rmtree(work)
    return found


def _killed(work: Path, name: str, draws: random.Random, steps: int, seconds: float) -> bool:
    if draws.random() < 0.5:
        last = draws.randint(1, steps)

        def step(number: int) -> None:
            if number == last:
                os.kill(os.getpid(), signal.SIGKILL)

        return run(work, name, step).killed
    child, results = begun(work, name, lambda _: None)
    time.sleep(seconds * draws.uniform(0.2, 1.1))
    os.kill(child, signal.SIGKILL)
    return ended(child, results).killed


if __name__ == "__main__":
    print(kill_many(*map(int, sys.argv[1:])))
