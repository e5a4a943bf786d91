"""The desktop add-in on this machine: what to do on Windows, and what to use elsewhere."""

from __future__ import annotations

import os
import sys

from install.terminal.refusal import Refusal

SYSTEMS = {"darwin": "a Mac", "linux": "Linux"}
ROUTES = {
    "darwin": "evenpoint addin lite writes a workbook with the functions for Excel here and in "
    "the browser, evenpoint addin install --calc puts them into LibreOffice, and evenpoint budget "
    "writes workbooks that need neither",
    "linux": "evenpoint addin install --calc puts the functions into LibreOffice, "
    "evenpoint addin lite writes a workbook with them for Excel in the browser, and "
    "evenpoint budget writes workbooks that need neither",
}


def install() -> str:
    """Install the desktop add-in and return what to tell the user.

    Raises
    ------
    Refusal
        If this is not Windows, or something is in the way.
    """
    _check_windows()
    from install.windows import setup as windows

    machine = windows.this_machine()
    return f"{windows.install(machine)}\n{windows.status(machine)}"


def status() -> str:
    """Return what is installed of the desktop add-in, or what to use on this system."""
    if os.name != "nt":
        return route(sys.platform)
    from install.windows import setup as windows

    return windows.status(windows.this_machine())


def uninstall() -> str:
    """Undo the installation and return what to tell the user.

    Raises
    ------
    Refusal
        If this is not Windows, nothing is installed, or Excel has the add-in open.
    """
    _check_windows()
    from install.windows import setup as windows

    return windows.uninstall(windows.this_machine())


def route(platform: str) -> str:
    """Return the sentence that says which way leads to the functions on a system."""
    known = platform if platform in ROUTES else "linux"
    return f"The desktop add-in is for Excel on Windows; on {SYSTEMS[known]}, {ROUTES[known]}."


def _check_windows() -> None:
    if os.name != "nt":
        raise Refusal(route(sys.platform))
