"""Terminals of a given width, as the command sees them."""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from subprocess import Popen

ROOT = Path(__file__).parents[3]
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


def shown(width: int, *arguments: str, folder: Path, more: Mapping[str, str] | None = None) -> str:
    """Run a command on a pseudo-terminal and return all that appears there, without colours."""
    reader, writer = pty.openpty()
    resize(writer, width)
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(more or {})}
    environment.pop("COLUMNS", None)
    command = [sys.executable, "-m", "install.command", *arguments]
    with Popen(
        command, cwd=folder, env=environment, stdin=writer, stdout=writer, stderr=writer
    ) as process:
        os.close(writer)
        text = _all(reader)
    os.close(reader)
    lines = STYLE.sub("", text).replace("\r\n", "\n").split("\n")
    assert process.returncode in (0, 1, 2), text
    return "\n".join(map(str.rstrip, lines))


def _all(reader: int) -> str:
    content = b""
    while True:
        try:
            part = os.read(reader, 65_536)
        except OSError:  # Linux says so when nobody writes any more
            part = b""
        if not part:
            return content.decode()
        content += part
