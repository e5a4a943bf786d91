"""What the tests run beside Python, installed by Debian's tools where that needs no question."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping

from install.installer.steps import StepError, quiet
from install.programs import program

# without these fonts LibreOffice draws columns too narrow for their numbers
FONTS = ["fonts-liberation", "fonts-crosextra-carlito"]
OFFICE = ["libreoffice-calc", "libreoffice-impress", "python3-uno", "poppler-utils", *FONTS]
WINE = {"wine": "wine wine64", "makensis": "nsis"}  # the slow tests of the Windows add-in


def install_missing(found: Mapping[str, str | None], packages: Iterable[str]) -> None:
    """Install programs where that needs no question; elsewhere say what to install."""
    if not (missing := " and ".join(name for name, place in found.items() if not place)):
        return
    root, apt_get = _root_prefix(), program("apt-get")
    if root is None or apt_get is None:
        print(f"    {missing} not found; install it to run every test. The others run now.")
        return
    apt = [*root, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", apt_get]
    try:
        quiet([*apt, "update"])
        quiet([*apt, "install", "-y", "--no-install-recommends", *" ".join(packages).split()])
    except StepError as failure:
        print(f"{failure}\n    The tests that need {missing} are left out.")


def _root_prefix() -> list[str] | None:
    """Return what to put before a command to run it as root without a question, or None."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = program("sudo")
    asked = [sudo or "sudo", "-n", "true"]
    if sudo and not subprocess.run(asked, check=False, capture_output=True).returncode:
        return [sudo, "-n"]
    return None
