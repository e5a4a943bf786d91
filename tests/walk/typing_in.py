"""A person types into the workbook, and commands follow in any order: ``python -m ... 20``."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
from pathlib import Path

from install.terminal.scenarios import plan
from tests.books import edit, names
from tests.walk.reaching import DAY, said
from workbooks.plan.plan import Plan
from workbooks.scenario.inputs import INPUTS

BOOK = Path("budget.xlsx")
ORDER = "model,input,output,currency,unit,valid from\nopenai/gpt-6.1-sol,{},{},USD,1M,{}\n"


def typed(draws: random.Random) -> dict[str, float]:
    """Type some bases anew, each between its own base and high, and return them by name."""
    entries = {
        name: entry
        for name, entry in plan(str(BOOK)).scenario.entries.items()
        if isinstance(entry.base, float) and isinstance(entry.high, float)
        if not INPUTS[name].quantity.whole
    }
    places = names(BOOK)
    chosen = draws.sample(sorted(name for name in entries if name in places), 4)
    values = {}
    for name in chosen:
        base, high = (float(getattr(entries[name], end) or 0) for end in ("base", "high"))
        values[name] = float(f"{base + (high - base) * draws.uniform(0.1, 0.9):.6g}")
    cells = {("Inputs", f"E{places[name][1][1:]}"): value for name, value in values.items()}
    edit(BOOK, cells, Path("typed.xlsx")).replace(BOOK)
    return values


def updated(draws: random.Random) -> None:
    """Bring a contract in."""
    price = round(draws.uniform(0.5, 3), 2)
    Path("order.csv").write_text(ORDER.format(price, price * 5, DAY))
    said("add", "order.csv", "--yes")
    said("update", "--offline")


def made_anew(_: random.Random) -> None:
    """Make the workbook anew from itself."""
    said("budget", "--from", "budget.xlsx", "--out", "budget.xlsx", "--force")


def through_toml(_: random.Random) -> None:
    """Write it as a scenario file, and that as the workbook."""
    said("export", "budget.xlsx", "--out", "budget.toml", "--force")
    said("budget", "budget.toml", "--out", "budget.xlsx", "--force")


def signed(_: random.Random) -> None:
    """Sign it, and go on with the signed copy."""
    said("approve")
    (copy,) = Path("approved").glob("*.xlsx")
    BOOK.write_bytes(copy.read_bytes())
    copy.chmod(0o600)
    copy.unlink()


COMMANDS = (updated, made_anew, through_toml, signed)


def held(values: dict[str, float], ours: Plan) -> None:
    """Every number that was typed is the same."""
    now = {name: ours.scenario.entries[name].base for name in values}
    if now != values:
        raise AssertionError(f"typed {values}, and now {now}")


def many(count: int, first: int = 0) -> int:
    """Type, give two commands, and look, so many times over; return how many commands were given.

    What was typed before stays typed: only a name that is typed again changes.
    """
    with tempfile.TemporaryDirectory() as home, contextlib.chdir(home):
        said("init", "budget")
        os.chdir("budget")
        values: dict[str, float] = {}
        for seed in range(first, first + count):
            draws = random.Random(seed)
            values |= typed(draws)
            for command in draws.sample(COMMANDS, 2):
                command(draws)
                held(values, plan(str(BOOK)))
        os.chdir(home)
    return 2 * count


if __name__ == "__main__":
    print(f"{many(int(sys.argv[1]))} commands, every number as it was typed")
