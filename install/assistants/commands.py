"""Commands as tools: their flags are the arguments, and their JSON is the answer."""

from __future__ import annotations

import io
import json
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from install.assistants.flags import OUT, description_of, schema_of, typed
from install.assistants.tool import Answer, Tool, refused, unknown_argument
from install.commands.budget import budget
from install.commands.size import size
from install.mixing.mix import mix
from install.prices.table import show
from install.terminal.refusal import Refusal
from install.terminal.writing import check_target

WRITES = "Without `out` nothing is written; with it the user is asked before."


@dataclass(frozen=True, slots=True)
class Command:
    """A command that answers a question: how it is typed, and what runs it."""

    words: tuple[str, ...]
    call: Callable[..., None]
    always_writes: bool = False
    """Whether it writes a workbook also where none is asked for."""

    def answer(self, arguments: Mapping[str, Any]) -> Answer:
        """Run it, or ask whether it may write."""
        schema = schema_of(self.call)
        if wrong := unknown_argument(self.words[0], schema, arguments):
            return refused(wrong)
        if arguments.get(OUT) is not None:
            return self._question(arguments)
        if not self.always_writes:
            return run(self._typed(arguments))
        with tempfile.TemporaryDirectory() as folder:
            found = run(self._typed({**arguments, OUT: Path(folder, "thrown-away.xlsx")}))
        return found if found.failed else replace(found, told={**found.told, "file": None})

    def _question(self, arguments: Mapping[str, Any]) -> Answer:
        path = Path(f"{arguments[OUT]}").absolute()
        try:
            check_target(path, force=False, hint="give another name")
        except Refusal as refusal:
            return refused(str(refusal))
        words = self._typed(arguments)
        return Answer(
            {"would_write": str(path)},
            question=f"Write {path}?",
            write=lambda: run(words),
            typed=shlex.join(["evenpoint", *words]),
        )

    def _typed(self, arguments: Mapping[str, Any]) -> list[str]:
        return typed((*self.words, "--json"), self.call, arguments)


COMMANDS = {
    "budget": Command(("budget",), budget, always_writes=True),
    "size": Command(("size",), size),
    "mix": Command(("mix",), mix),
    "prices": Command(("prices", "show"), show),
}


def tools() -> Iterator[Tool]:
    """Yield the commands that answer a question."""
    for name, command in COMMANDS.items():
        schema = schema_of(command.call)
        writes = OUT in schema["properties"]
        told = "\n\n".join([description_of(command.call), *([WRITES] if writes else [])])
        yield Tool(name, told, schema, command.answer, writes=writes)


def run(words: list[str]) -> Answer:
    """Run a command in this process, and return what it says."""
    from install.command import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    notes = err.getvalue().strip()
    if code:
        return refused(notes)
    return Answer({**json.loads(out.getvalue()), **({"notes": notes} if notes else {})})
