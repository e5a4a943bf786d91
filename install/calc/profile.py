"""Install the Calc add-in into the profile of a LibreOffice user, with LibreOffice's own tools."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from install.programs import beside, soffice
from install.terminal.refusal import Refusal

EXTENSION = "evenpoint.oxt"
PLACE = "product.json"
LONGEST_SECONDS = 120
NOBODY = 65_534
ASK_STATUS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"><office:body><office:spreadsheet>
<table:table table:name="Status"><table:table-row>
<table:table-cell table:formula="of:={}.{}()"/></table:table-row></table:table>
</office:spreadsheet></office:body></office:document>
"""
NO_PYTHON = (
    "Installed, but this LibreOffice cannot run Python; "
    "on Debian and Ubuntu: sudo apt install python3-uno"
)
UTF_8_WITHOUT_QUOTES = "csv:Text - txt - csv (StarCalc):9,,76,1"


def place(bridge: bool = False) -> dict[str, object]:
    """Return where Evenpoint is: what the installed extension has to know.

    With `bridge` it asks Evenpoint's own Python even where LibreOffice's could compute.
    """
    import numpy

    import addin

    folders = [Path(package.__file__ or "").parents[1] for package in (addin, numpy)]
    return {
        "python": sys.executable,
        "version": list(sys.version_info[:2]),
        "path": [str(folder) for folder in dict.fromkeys(folders)],
        "bridge": bridge,
    }


def install(profile: Path | None, bridge: bool = False) -> None:
    """Install the extension, or replace one that is there.

    Raises
    ------
    Refusal
        If LibreOffice is not there, or refuses.
    """
    add(profile, package(place(bridge)))


def package(place: Mapping[str, object] | None) -> bytes:
    """Return the extension for this machine; without a place, the one for every machine."""
    from addin.calc.package import build

    return build({PLACE: json.dumps(place)} if place else {})


def add(profile: Path | None, content: bytes) -> None:
    """Install an extension, given as its bytes."""
    with _scratch() as folder:
        extension = folder / EXTENSION
        extension.write_bytes(content)
        _unopkg(folder, profile, "add", "--force", "--suppress-license", str(extension))


def uninstall(profile: Path | None) -> None:
    """Remove the extension.

    Raises
    ------
    Refusal
        If it is not installed.
    """
    from addin.calc.package import PACKAGE

    with _scratch() as folder:
        _unopkg(folder, profile, "remove", PACKAGE)


def status(profile: Path | None) -> str:
    """Return what the status function shows in a real LibreOffice, or that there is none."""
    from addin.calc.package import SERVICE, STATUS_METHOD

    with _scratch() as folder:
        (folder / "status.fods").write_text(
            ASK_STATUS.format(SERVICE.upper(), STATUS_METHOD.upper()), encoding="utf-8"
        )
        command = [_program("soffice"), *_profile(profile), "--headless", "--norestore"]
        command += ["--convert-to", UTF_8_WITHOUT_QUOTES, "--outdir", str(folder)]
        _run([*command, str(folder / "status.fods")])
        answer = folder / "status.csv"
        if not answer.exists():
            raise Refusal("LibreOffice did not answer; close it everywhere and try again.")
        said = answer.read_text(encoding="utf-8-sig").strip()
    if said == "#NAME?":
        return "Not installed in LibreOffice. Run: evenpoint addin install --calc"
    return NO_PYTHON if said.startswith(("#", "Err:")) else said


def _unopkg(folder: Path, profile: Path | None, verb: str, *arguments: str) -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        home = profile or Path.home() / ".config/libreoffice/4"
        return _unopkg_for_root(folder, home / "user/uno_packages", verb, *arguments)
    _check(_run([_program("unopkg"), verb, *_profile(profile), *arguments]))


def _unopkg_for_root(folder: Path, packages: Path, verb: str, *arguments: str) -> None:
    """Let nobody do it in a copy of the profile: unopkg refuses root, who may be all there is."""
    copy = folder / "user/uno_packages"
    if packages.exists():
        shutil.copytree(packages, copy)
    _give(folder, NOBODY)
    command = [_program("unopkg"), verb, *_profile(folder), *arguments]
    _check(_run(command, user=NOBODY, HOME=str(folder)))
    _give(folder, 0)
    shutil.rmtree(packages, ignore_errors=True)
    shutil.copytree(copy, packages)


def _give(folder: Path, user: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user, follow_symlinks=False)


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        if "no such extension" in said:
            raise Refusal("LibreOffice does not have the functions of Evenpoint.")
        raise Refusal(f"LibreOffice's unopkg refused: {said or done.returncode}")


OTHER_PYTHONS = frozenset({"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"})


def office_environment() -> dict[str, str]:
    """Return an environment in which LibreOffice's own Python finds its own library.

    It looks for a ``python3`` along PATH; another one of the same version found first
    gives it a library that does not fit, and LibreOffice then fails in odd places.
    """
    kept = {name: value for name, value in os.environ.items() if name not in OTHER_PYTHONS}
    if os.name == "posix":
        kept["PATH"] = os.pathsep.join(["/usr/bin", "/bin", os.environ.get("PATH", "")])
    return kept


def _run(
    command: Sequence[str], user: int | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a program of LibreOffice, which is a chain of programs, and leave none of it behind."""
    own = {"start_new_session": True} if os.name == "posix" else {}
    rights = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd=tempfile.gettempdir(),  # another user may not enter the folder one works in
        env=office_environment() | variables,
        **own,  # type: ignore[call-overload]
        **rights,
    ) as process:
        try:
            said, complained = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            raise Refusal(f"{command[0]} did not finish within {LONGEST_SECONDS} s.") from None
        finally:
            _end(process)
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it ended by itself, as it should
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _program(name: str) -> str:
    office = soffice()
    if office is None:
        raise Refusal("LibreOffice is not installed here, or not on the PATH.")
    if name == "soffice":
        return office
    found = beside(name, office)
    if found is None:
        raise Refusal(f"There is no {name} beside {office}.")
    return found


def _profile(profile: Path | None) -> list[str]:
    return [] if profile is None else [f"-env:UserInstallation={profile.resolve().as_uri()}"]


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)
