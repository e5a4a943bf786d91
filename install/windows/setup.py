"""`evenpoint addin install|status|uninstall` on Windows: per user, without an administrator.

The add-in goes into the folder from which Excel loads files when it starts; the server behind
it is registered for the current user, for 64-bit and for 32-bit programs.
"""

from __future__ import annotations

import importlib
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from install.terminal.refusal import Refusal
from install.windows import excel as windows_excel
from install.windows import record as windows_record
from install.windows.registry import Registry, WindowsRegistry

ADDIN = "evenpoint.xlam"
CLASSES = ("HKCU\\Software\\Classes", "HKCU32\\Software\\Classes")
NEEDED = ("addin.excel.server", "xlwings.com_server", "win32com.server")
MADE_BY_STORE = "WindowsApps"
TITLE = "Evenpoint worksheet functions"
TRY = ("RENT_PER_MONTH", (2.0, 1.0, 1.0, 730.0), 1_460.0)


@dataclass(frozen=True)
class Machine:
    """Where things are on one machine."""

    registry: Registry
    roaming: Path
    """The user's ``%APPDATA%``."""
    local: Path
    """The user's ``%LOCALAPPDATA%``."""
    python: Path
    """The Python that is to answer."""

    @property
    def addin(self) -> Path:
        """The add-in, where Excel finds it at each start."""
        return self.roaming / "Microsoft" / "Excel" / "XLSTART" / ADDIN

    @property
    def record(self) -> Path:
        """The record of what was installed."""
        return self.local / "Evenpoint" / "installed.json"


def this_machine() -> Machine:
    """Return this machine, under the Python that runs now."""
    roaming, local = (Path(os.environ[name]) for name in ("APPDATA", "LOCALAPPDATA"))
    return Machine(WindowsRegistry(), roaming, local, Path(sys.executable))


def install(machine: Machine) -> str:
    """Install the add-in, or replace an earlier one, and say what was done.

    Raises
    ------
    Refusal
        If this Python cannot serve, or a file of that name is there that is not ours.
    """
    from addin.excel.xlam import build

    check_python(machine.python, NEEDED)
    content = build()
    _check_ours(machine, content)
    windows_record.undo(machine.record, machine.registry)
    windows_record.carry_out(
        {machine.addin: content}, _values(machine.python), machine.record, machine.registry
    )
    return f"Installed {machine.addin}. Restart Excel if it is open."


def check_python(python: Path, modules: Sequence[str]) -> None:
    """Let a Python import what the server needs, as Windows will start it.

    Raises
    ------
    Refusal
        If it cannot.
    """
    if MADE_BY_STORE in str(python) or MADE_BY_STORE in sys.base_prefix:
        raise Refusal(
            f"{python} is from the Microsoft Store, which hides from Excel what it installs; "
            "use the Python of python.org, or the installer of Evenpoint."
        )
    command = [str(python), "-B", "-I", "-c", f"import {', '.join(modules)}"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2]
        raise Refusal(
            f"{python} cannot serve Excel ({why}); install Evenpoint and pywin32 into it "
            "for everybody or into a virtual environment, not with --user."
        )


def windowless(python: Path) -> Path:
    """Return the Python beside it that opens no window.

    Raises
    ------
    Refusal
        If there is none.
    """
    found = python.with_name("pythonw.exe")
    if not found.exists():
        raise Refusal(f"There is no pythonw.exe beside {python}; install Python from python.org.")
    return found


def _values(python: Path) -> dict[str, str]:
    """Return the registry values by which Windows finds the server."""
    from addin.excel.server import CLSID, PROG_ID

    command = f'"{windowless(python)}" -B -I -m addin.excel.server {CLSID}'
    each = {
        PROG_ID: TITLE,
        f"{PROG_ID}\\CLSID": CLSID,
        f"CLSID\\{CLSID}": TITLE,
        f"CLSID\\{CLSID}\\ProgID": PROG_ID,
        f"CLSID\\{CLSID}\\LocalServer32": command,
    }
    return {f"{root}\\{key}": text for root in CLASSES for key, text in each.items()}


def _check_ours(machine: Machine, content: bytes) -> None:
    path, record = machine.addin, windows_record.read(machine.record)
    known = record is not None and str(path) in record.files
    if path.exists() and not known and path.read_bytes() != content:
        raise Refusal(f"{path} is there already and was not put there by this command; move it.")


def status(machine: Machine) -> str:
    """Return what is installed, what it runs on, and what keeps it from running."""
    excel = windows_excel.described(machine.registry, f"{struct.calcsize('P') * 8}-bit")
    lines = [*_installed(machine), f"Excel: {excel}", *windows_excel.obstacles(machine.registry)]
    return "\n".join(lines)


def _installed(machine: Machine) -> list[str]:
    record = windows_record.read(machine.record)
    if record is None:
        return ["Add-in: not installed. Run: evenpoint addin install"]
    missing = [path for path in record.files if not Path(path).exists()]
    values = {key: text for key, (text, _) in record.values.items()}
    changed = [key for key, text in values.items() if machine.registry.read(key) != text]
    if missing or changed:
        gone = ", ".join([*missing, *changed])
        return [f"Add-in: damaged, for {gone} is not as it was. Run: evenpoint addin install"]
    return [f"Add-in: installed, {machine.addin}", f"Server: {server_answer()}"]


def server_answer() -> str:
    """Call the server as Excel does, and return whether it answered."""
    from addin.excel.server import MODULE, PROG_ID

    function, arguments, expected = TRY
    try:
        client: Any = importlib.import_module("win32com.client")
        answer = client.Dispatch(PROG_ID).CallUDF(MODULE, function, arguments)
    except Exception as error:  # whatever Windows, COM or the server had against it
        return f"does not answer ({error}). Run: evenpoint addin install"
    if answer != expected:
        return f"answers {answer} instead of {expected}. Run: evenpoint addin install"
    return "answers."


def uninstall(machine: Machine) -> str:
    """Undo what installing did, and say what stays.

    Raises
    ------
    Refusal
        If nothing is installed, or Excel has the add-in open.
    """
    from addin.log import log_path

    if windows_record.read(machine.record) is None:
        raise Refusal("The add-in is not installed for this user; there is nothing to undo.")
    log_path().unlink(missing_ok=True)
    stay = windows_record.undo(machine.record, machine.registry)
    told = [f"{path} was changed since and stays; delete it yourself." for path in stay]
    head = "Removed. Workbooks keep their formulas. Restart Excel if it is open."
    return "\n".join([head, *told])
