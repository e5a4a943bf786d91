"""Programs of others are taken from where they are installed, and never from a user's folder."""

import os
from pathlib import Path

import pytest

from install import programs
from install.programs import beside, program


def executable(path: Path) -> Path:
    """Write a file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("path", ["", ".", f".{os.pathsep}bin", "bin"])
def test_nothing_is_taken_from_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Neither by an empty entry of the PATH, nor by a relative one, nor as Windows would."""
    for name in ("tool", "bin/tool"):
        executable(Path.cwd() / name)
    monkeypatch.setenv("PATH", path)
    assert program("tool") is None
    assert program("tool", ("tool", "./tool")) is None


def test_where_it_is_known_to_be_comes_before_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds a folder to the PATH does not thereby replace LibreOffice."""
    places = [executable(tmp_path / name / "tool") for name in ("own", "system", "added")]
    monkeypatch.setenv("PATH", str(places[2].parent))
    assert program("tool") == str(places[2])
    monkeypatch.setattr(programs, "FOLDERS", (str(places[1].parent),))
    assert program("tool") == str(places[1])
    assert program("tool", (str(places[0]),)) == str(places[0])


def test_what_cannot_be_run_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a text of that name are passed over."""
    (tmp_path / "first" / "tool").mkdir(parents=True)
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "tool").write_text("no program")
    last = executable(tmp_path / "third" / "tool")
    monkeypatch.setenv("PATH", os.pathsep.join(str(f) for f in sorted(tmp_path.iterdir())))
    assert program("tool") == str(last)


def test_what_came_with_a_program_is_found_beside_it(tmp_path: Path) -> None:
    """Debian links the program; its tools are beside what is linked, or beside the link."""
    office = executable(tmp_path / "lib" / "soffice")
    link = tmp_path / "soffice"
    link.symlink_to(office)
    assert beside("unopkg", str(link)) is None
    tool = executable(tmp_path / "unopkg")
    assert beside("unopkg", str(link)) == str(tool)
    inner = executable(tmp_path / "lib" / "unopkg")
    assert beside("unopkg", str(link)) == str(inner)
