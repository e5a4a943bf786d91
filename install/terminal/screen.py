"""What is printed reaches the screen whole: wrapped at words, with nothing that steers it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console


USUAL_WIDTH = 80  # of a terminal that does not say


class Screen:
    """A stream that shows a ? for each character that steers; `raw` is the stream behind it.

    Lines that are wider than a terminal are wrapped at words; those of a file or pipe never are.
    """

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write a text, and return how long it was."""
        room = width(self.raw)
        lines = text.split("\n")
        if room and max(map(len, lines)) > room:
            text = "\n".join("\n".join(wrapped(line, room)) for line in lines)
        self.raw.write(_still(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def width(stream: TextIO) -> int | None:
    """Return how many columns a terminal has; None for a file or a pipe, which has no edge."""
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except OSError:
        return USUAL_WIDTH


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines that end at words, each as far in as the first.

    A word is never broken, such as a path that is to be copied: it may stand out.

    >>> wrapped("  one two three", 9)
    ['  one two', '  three']
    """
    inset = indent(text)
    from textwrap import wrap

    lines = wrap(
        text.strip(),
        max(width, 1),
        initial_indent=inset,
        subsequent_indent=inset,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [""]


def indent(text: str) -> str:
    """Return the blanks that a text begins with."""
    return " " * (len(text) - len(text.lstrip()))


def print_whole(text: str) -> None:
    """Print lines that a program or a cell takes as they are, however long."""
    print(_still(text), file=getattr(sys.stdout, "raw", sys.stdout))


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
