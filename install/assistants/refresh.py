"""Refreshing prices as a tool: what would change is told, and written once the user agrees."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install.assistants.flags import description_of, schema_of, typed
from install.assistants.tool import Answer, Tool, refused, unknown_argument
from install.prices.feeds import (
    plan_workbook,
    refresh,
    run,
    sources_of,
    store,
    write_workbook,
)
from install.prices.report import refresh_as_json
from install.terminal.answers import plain
from install.terminal.refusal import Refusal
from workbooks import clock

if TYPE_CHECKING:
    from workbooks.prices.refreshing import Held, Refresh
    from workbooks.prices.splice import Changes
    from workbooks.prices.store import Store

NAME, MOST_TOLD = "refresh", 5
WITHHELD = frozenset({"apply", "rentals", "from"})
"""What an assistant does not decide: where prices are read from and kept, and that they change."""
ASKS = (
    "What would change is shown to the user, who is asked before anything is written: the user's "
    "budget folder, and the workbook where one is named."
)


def tools() -> Iterator[Tool]:
    """Yield the tool."""
    schema = schema_of(refresh, WITHHELD)
    about = f"{description_of(refresh)}\n\n{ASKS}"
    yield Tool(NAME, about, schema, partial(_answer, schema), writes=True, fetches=True)


@dataclass(frozen=True)
class Request:
    """What is to be refreshed, with the price lists as they were read once."""

    lists: Sequence[Held]
    day: datetime.date
    accept: Sequence[str]
    new: bool
    workbook: Path | None

    def looked(self) -> tuple[Refresh, Changes | None]:
        """Return what would change; nothing is written."""
        kept = store()
        with kept.change():
            done = self.refreshed(kept)
            changes = plan_workbook(kept, self.workbook, self.new) if self.workbook else None
            kept.forget()
        return done, changes

    def refreshed(self, kept: Store) -> Refresh:
        """Bring the prices of the budget folder up to date."""
        from workbooks.prices.refreshing import refresh as refreshed

        return refreshed(kept, self.lists, self.day, self.accept, self.new)


def _answer(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> Answer:
    if wrong := unknown_argument(NAME, schema, arguments):
        return refused(wrong)
    try:
        request = _request(arguments)
        done, changes = run(request.looked)
    except Refusal as refusal:
        return refused(str(refusal))
    found = plain(refresh_as_json(done, changes))
    question = _question(done, changes)
    if not question:
        return Answer({"written": False, **found})
    write = partial(_write, request, done, changes)
    return Answer(found, question=question, write=write, typed=_typed(arguments))


def _request(arguments: Mapping[str, Any]) -> Request:
    from workbooks.prices.refreshing import held

    lists = sources_of(arguments.get("source") or [], [], bool(arguments.get("offline")))
    book = arguments.get("workbook")
    return Request(
        held(lists),
        clock.today(),
        arguments.get("accept") or [],
        bool(arguments.get("new")),
        Path(book) if book else None,
    )


def _question(done: Refresh, changes: Changes | None) -> str:
    """Say what would be written where; empty where nothing would."""
    lines = []
    if (models := done.plan.added) and store().folder:
        lines.append(f"the prices of {len(models)} models in your budget folder")
    if changes and changes.parts:
        prices = [each for each in changes.changed if isinstance(each.new, float)]
        told = "; ".join(map(str, prices[:MOST_TOLD]))
        more = f"; and {len(prices) - MOST_TOLD} more" if len(prices) > MOST_TOLD else ""
        others = len(changes.changed) - len(prices)
        lines.append(f"{len(prices)} prices and {others} dates and sources of {changes.path}")
        lines[-1] += f" ({told}{more})" if told else ""
    return f"Change {' and '.join(lines)}?" if lines else ""


def _write(request: Request, agreed: Refresh, changes: Changes | None) -> Answer:
    """Write what was agreed to, unless it would be something else by now."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        try:
            return run(lambda: _written(request, agreed, changes))
        except Refusal as refusal:
            return refused(str(refusal))


def _written(request: Request, agreed: Refresh, changes: Changes | None) -> Answer:
    kept = store()
    with kept.change():
        done = request.refreshed(kept)
        if done.plan.added != agreed.plan.added:
            kept.forget()
            return refused("The prices of the folder have changed meanwhile; nothing was written.")
    if changes:
        write_workbook(changes)
    return Answer({"written": True, **plain(refresh_as_json(done, changes))})


def _typed(arguments: Mapping[str, Any]) -> str:
    words = typed(("prices", "refresh"), refresh, arguments)
    return shlex.join(["evenpoint", *words, *(["--apply"] if arguments.get("workbook") else [])])
