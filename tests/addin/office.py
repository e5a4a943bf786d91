"""One headless LibreOffice on a profile and a pipe of its own, with the add-in installed."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from install.calc import profile as calc_profile
from install.programs import soffice

CLIENT = Path(__file__).with_name("calc_client.py")
SCREENS = {"DISPLAY", "WAYLAND_DISPLAY"}
PYTHON = os.environ.get("EVENPOINT_TEST_UNO_PYTHON", "/usr/bin/python3")
"""A Python that can import uno: that of the same LibreOffice."""
SECONDS = 300
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="UseLocking" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""


def missing() -> str:
    """Say what keeps these tests from running, if anything."""
    if os.name != "posix" or soffice() is None:
        return "LibreOffice is not installed"
    if not Path(PYTHON).exists() or subprocess.call([PYTHON, "-c", "import uno"], stderr=-3):
        return f"{PYTHON} cannot import uno (Debian: python3-uno)"
    return ""


class Office:
    """A running LibreOffice; every call is a method of `calc_client.Client`."""

    def __init__(self, profile: Path) -> None:
        pipe = f"evenpoint{uuid.uuid4().hex[:12]}"
        self.office = _start(
            [
                *(soffice() or "soffice", f"-env:UserInstallation={profile.as_uri()}"),
                *("--headless", "--nologo", "--nodefault", "--norestore", "--nolockcheck"),
                f"--accept=pipe,name={pipe};urp;",
            ]
        )
        self.client = _start([PYTHON, str(CLIENT), pipe])

    def ask(self, name: str, *arguments: Any) -> Any:
        """Call a method of the client; a LibreOffice that hangs is killed, which ends the call."""
        watchdog = threading.Timer(SECONDS, self.kill)
        watchdog.start()
        try:
            self.client.stdin.write(json.dumps([name, *arguments]) + "\n")
            self.client.stdin.flush()
            line = self.client.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise TimeoutError(f"LibreOffice did not answer {name}")
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(answer["failed"])
        return answer["answer"]

    def close(self) -> None:
        with suppress(Exception):
            self.ask("quit")
        with suppress(subprocess.TimeoutExpired):
            self.office.wait(10)
        self.kill()

    def kill(self) -> None:
        for process in (self.office, self.client):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()


def _start(command: list[str]) -> Any:
    """Start a program in a group of its own, away from the variables of our Python."""
    kept = calc_profile.office_environment() | {"LC_ALL": "C.UTF-8"}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={name: value for name, value in kept.items() if name not in SCREENS},
    )


def new_profile(folder: Path, computes: bool = True) -> Path:
    """Return a profile that computes every file again when it opens it, or no file at all."""
    (folder / "user").mkdir(parents=True)
    settings = SETTINGS if computes else SETTINGS.replace("<value>0<", "<value>1<")
    (folder / "user/registrymodifications.xcu").write_text(settings, encoding="utf-8")
    return folder


@contextmanager
def running(extension: bytes | None, computes: bool = True) -> Iterator[Office]:
    """A LibreOffice with an extension in its profile."""
    folder = Path(tempfile.mkdtemp(prefix="evenpoint-calc-"))
    office = None
    try:
        profile = new_profile(folder / "profile", computes)
        if extension is not None:
            calc_profile.add(profile, extension)
        office = Office(profile)
        yield office
    finally:
        if office:
            office.close()
        shutil.rmtree(folder, ignore_errors=True)
