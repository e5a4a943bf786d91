"""Terminals of a given width, as the command sees them."""

import fcntl
import os
import pty
import re
import struct
import termios
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from install.command import main

STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def resize(terminal: int, width: int) -> None:
    """Make a terminal so many columns wide."""
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))


class Terminal(StringIO):
    """A stream with the width of a real pseudo-terminal; what is written to it is kept."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.ends = pty.openpty()
        resize(self.ends[1], width)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.ends[1]

    def close(self) -> None:
        for end in self.ends:
            os.close(end)
        super().close()


def shown(width: int, *arguments: str, on: str = "stdout") -> str:
    """Run a command and return what appears on a pseudo-terminal that is its stdout or stderr."""
    reader, writer = pty.openpty()
    resize(writer, width)
    redirected = redirect_stdout if on == "stdout" else redirect_stderr
    with ThreadPoolExecutor() as pool:
        content = pool.submit(_all, reader)
        with open(writer, "w", encoding="utf-8") as terminal, redirected(terminal):
            main(list(arguments))
        text = STYLE.sub("", content.result().decode())
    os.close(reader)
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))


def _all(reader: int) -> bytes:
    content = b""
    while True:
        try:
            part = os.read(reader, 65_536)
        except OSError:  # so Linux says that nobody writes any more
            return content
        if not part:
            return content
        content += part
