"""What is printed reaches the screen without anything that steers a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console


class Screen:
    """A stream that shows a ? for each character that steers; `raw` is the stream behind it."""

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write a text, and return how long it was."""
        self.raw.write(_still(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def _still(text: str) -> str:
    if text.replace("\n", "").isprintable():  # what --help prints needs nothing imported
        return text
    from workbooks.printable import STEERING

    return STEERING.sub("?", text)


@contextmanager
def screened() -> Iterator[None]:
    """Let everything that is printed meanwhile pass through a `Screen`."""
    out: Any = Screen(sys.stdout)
    err: Any = Screen(sys.stderr)
    with redirect_stdout(out), redirect_stderr(err):
        yield


def console(*, stderr: bool = False, **how: Any) -> Console:
    """Return rich's console, whose own colours reach the terminal and whose texts do not steer."""
    from rich.console import Console
    from rich.segment import Segment

    class Screened(Console):
        def render(self, *given: Any, **options: Any) -> Iterator[Segment]:
            for part in super().render(*given, **options):
                yield part if part.control else part._replace(text=_still(part.text))

    stream = sys.stderr if stderr else sys.stdout
    return Screened(file=getattr(stream, "raw", stream), **how)
