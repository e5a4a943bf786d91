"""Reach Evenpoint from LibreOffice's Python: in its own process, or through a pipe.

Part of evenpoint.oxt. It runs in whatever Python LibreOffice brings, 3.8 or newer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import Any, Callable, Iterator  # noqa: UP035  (Python 3.8)

VALUE = 519  # Calc's number for #VALUE!
HINT = "Run in a terminal: evenpoint addin install --calc"
LIBREOFFICES_OWN = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "URE_BOOTSTRAP")


class Product:
    """Evenpoint, connected at the first call: ``place`` says where it was installed from."""

    def __init__(self, place: dict[str, Any]) -> None:
        self.place = place
        self.told = ""
        self.ask: Callable[..., Any] | None = None

    def call(self, name: str, cells: tuple[Any, ...]) -> Any:
        """Return what a function shows; #VALUE! as long as Evenpoint cannot be reached."""
        try:
            return (self.ask or self._connect())(name, cells)
        except Exception as error:
            self.ask, self.told = None, _one_line(error)
            return VALUE

    def status(self) -> str:
        """Return one sentence on what computes, or on what is missing."""
        try:
            self.ask = self.ask or self._connect()
        except Exception as error:
            self.told = _one_line(error)
        return self.told

    def _connect(self) -> Callable[..., Any]:
        try:
            self.ask, about = _in_process(self.place)
            self.told = f"{about}, in LibreOffice's own process."
        except Exception as error:
            why = _one_line(error)
            if not self.place:
                version = ".".join(map(str, sys.version_info[:2]))
                where = f"LibreOffice's Python {version}"
                raise RuntimeError(f"{where} cannot import Evenpoint ({why}). {HINT}") from None
            bridge = Bridge(self.place)
            self.ask = bridge.ask
            self.told = f"{bridge.ask()}, through a bridge ({why})."
        return self.ask


def _in_process(place: dict[str, Any]) -> tuple[Callable[..., Any], str]:
    """Import Evenpoint here; its numpy fits only the version of Python it was built for."""
    if place.get("bridge"):
        raise ImportError("as it was installed with --bridge")
    if place and place["version"] != list(sys.version_info[:2]):
        raise ImportError(f"LibreOffice's own Python is {sys.version.split()[0]}")
    path = place.get("path", [])
    with _on(path):
        from addin.calc.host import about, call  # noqa: PLC0415  (found only here)

        told = about()

    def ask(*request: Any) -> Any:
        with _on(path):  # a function may import its solver when it is first asked
            return call(*request)

    return ask, told


@contextmanager
def _on(path: list[str]) -> Iterator[None]:
    """Import from `path` first; afterwards other extensions find what they found before."""
    before = list(sys.path)
    sys.path[:0] = path
    try:
        yield
    finally:
        sys.path[:] = before


class Bridge:
    """A child process of Evenpoint's own Python, started again where it has died."""

    def __init__(self, place: dict[str, Any]) -> None:
        self.place = place
        self.process: subprocess.Popen[str] | None = None

    def ask(self, *request: Any) -> Any:
        """Send one request and wait for its answer; a dead process gets a second chance."""
        line = json.dumps(request) + "\n"
        for _ in range(2):
            self.process = self.process or self._start()
            answer = self._exchange(self.process, line)
            if answer:
                return json.loads(answer)
            self.end()
        raise RuntimeError(f"{self.place['python']} does not answer. {HINT}")

    def end(self) -> None:
        """End the process; the next request starts another."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def _exchange(self, process: subprocess.Popen[str], line: str) -> str:
        try:
            process.stdin.write(line)  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return process.stdout.readline()  # type: ignore[union-attr]
        except OSError:
            return ""

    def _start(self) -> subprocess.Popen[str]:
        python, folder = self.place["python"], self.place["path"][0]
        try:
            return subprocess.Popen(
                [python, "-m", "addin.calc.bridge"],
                cwd=folder,  # found there, whether installed or run from source
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env={n: v for n, v in os.environ.items() if n not in LIBREOFFICES_OWN},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise RuntimeError(f"{python} cannot be started ({error.strerror}). {HINT}") from None


def _one_line(error: Exception) -> str:
    """Return the first line that says something: numpy's explanations are pages long."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
