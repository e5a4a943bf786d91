"""Walk through a company's months with the real commands, and write the page about it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from unittest import mock

from install.command import main
from tests.walk.company import JOBS, Job, Step
from tests.workbooks.prices.feeds.lists import content
from tests.workbooks.prices.feeds.test_hostile_servers import sending, serving
from workbooks import clock
from workbooks.prices.feeds import genai
from workbooks.prices.feeds.registry import FEEDS

DATA = Path(__file__).parent / "data"
PAGE = Path(__file__).parents[2] / "install" / "walkthrough.md"
MOST_SHOWN = 8
"""Lines of a file that the page shows."""
HEAD = """# Four months with a budget folder

This page is written by a test that walks through it: `python -m tests.walk` writes it anew. The
company, its prices and its bills are made up. Anna and Bert work in one folder, in turns, as a
shared drive keeps it. Of what a command prints, the lines that matter are shown; the sums at the
end of names are left out. No figure is copied by hand, and each job takes these commands:

"""


def walk(folder: Path) -> dict[str, str]:
    """Give every command in turn in an empty folder, and return what each printed, by its name."""
    told: dict[str, str] = {}
    with served_lists(), contextlib.chdir(folder):
        for job in JOBS:
            moment = datetime.combine(job.day, time(9), UTC)
            for name in job.arrived:
                Path(name).write_bytes((DATA / name).read_bytes())
            for number, step in enumerate(job.steps):
                if step.writes:
                    Path(step.writes).write_bytes((DATA / step.writes).read_bytes())
                told[step.name] = given(step, moment + timedelta(minutes=number))
                if step.name == "init":
                    os.chdir("budget")
    return told


def given(step: Step, moment: datetime) -> str:
    """Give a command at a time, as somebody, and return what it prints."""
    words = shlex.split(step.command)
    if words[:1] == ["update"] and "--offline" not in words:
        assert all(FEEDS[name].url.startswith("http://127.0.0.1") for name in ("genai", "litellm"))
    printed = io.StringIO()
    with (
        mock.patch.object(clock, "now", return_value=moment),
        mock.patch.dict(os.environ, LOGNAME=step.who, COLUMNS="110"),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        code = main(words)
    assert code == step.code, f"{step.name}: {printed.getvalue()}"
    return printed.getvalue()


@contextlib.contextmanager
def served_lists() -> Iterator[None]:
    """Serve the installed price list, in which the managed platform costs a fifth less."""
    providers = json.loads(genai.installed())
    models = next(each["models"] for each in providers if each["id"] == "together")
    prices = next(each["prices"] for each in models if each["id"] == "openai/gpt-oss-120b")
    prices |= {"input_mtok": 0.12, "output_mtok": 0.48}
    lists = {"genai": json.dumps(providers).encode(), "litellm": content("litellm")}
    with contextlib.ExitStack() as stack:
        served = {
            name: FEEDS[name]._replace(url=stack.enter_context(serving(sending(body)))[0])
            for name, body in lists.items()
        }
        stack.enter_context(mock.patch.dict(FEEDS, served))
        yield


def page(told: Mapping[str, str]) -> str:
    """Return the page about what every command printed."""
    rows = [f"| {job.title} | {len(job.steps)} |" for job in JOBS]
    table = "\n".join(["| Job | Commands |", "|---|---|", *rows])
    return f"{HEAD}{table}\n\n" + "\n".join(_chapter(job, told) for job in JOBS)


def _chapter(job: Job, told: Mapping[str, str]) -> str:
    files = [f"`{name}` arrives:\n\n{_fenced(_file(name))}" for name in job.arrived]
    steps = [
        "\n".join(
            [
                f"{step.why}\n",
                *([_fenced(_file(step.writes))] if step.writes else []),
                _fenced(_terminal(step, told[step.name])),
            ]
        )
        for step in job.steps
    ]
    title = f"## {job.day.day} {job.day:%B %Y}: {job.title}\n"
    return "\n".join([title, *files, *steps])


def _file(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    shown = [line if len(line) <= 120 else f"{line[:117]}..." for line in lines[:MOST_SHOWN]]
    return [*shown, *([f"... {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else [])]


def _terminal(step: Step, printed: str) -> list[str]:
    lines = [_masked(line.rstrip()) for line in printed.strip().splitlines()]
    shown: list[str] = []
    for line in lines:
        if not step.shows or line.startswith(step.shows):
            shown.append(line)
        elif shown[-1:] != ["..."]:
            shown.append("...")
    return [f"{step.who}$ evenpoint {step.command}".rstrip(), *shown]


def _masked(line: str) -> str:
    """Leave out what is another on another computer: the place of the folder, and sums."""
    line = re.sub(r"\S*/budget(?=[/.\s,]|$)", "~/budget", line)
    return re.sub(r"(\d{8}T\d{6}\.\d{6}Z-\w+)-[0-9a-f]{8}", r"\1-00000000", line)


def _fenced(lines: list[str]) -> str:
    return "\n".join(["```text", *lines, "```", ""])
