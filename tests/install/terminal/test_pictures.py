"""What each command shows on a terminal of 80 columns is what its picture shows."""

import re
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="Windows has no pseudo-terminals")

from install.verbs import app
from tests.install.terminal import pictures

UNREADABLE = re.compile(r"\bnan\b|\binf\b|\de[+-]\d")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the files that the commands read."""
    monkeypatch.chdir(tmp_path)
    for place in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(place, str(tmp_path))
    pictures.furnish(tmp_path)


@pytest.mark.parametrize("name", pictures.COMMANDS)
def test_a_command_shows_its_picture(name: str) -> None:
    """Word for word; `python -m tests.install.terminal.pictures` draws them anew."""
    shown = pictures.picture(name)
    assert shown == (pictures.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert not UNREADABLE.search(shown)
    answer = [
        each for each in shown.splitlines()[1:] if not each.startswith(("  evenpoint", "Exa"))
    ]
    assert max(map(len, answer)) <= 80


def test_what_cannot_be_done_is_said_at_60_columns_too() -> None:
    """Wrapped at words, each a sentence; a path stays whole, so that it can be copied."""
    said = pictures.refusals()
    assert said == (pictures.FOLDER / "refusals.txt").read_text(encoding="utf-8")
    lines = [line for line in said.splitlines() if not line.startswith("$")]
    assert [line for line in lines if len(line) > 60 and " " in line] == []


def test_every_command_that_answers_has_a_picture() -> None:
    """Whoever adds a command adds its picture, but for what shows no rows."""
    groups = {each.name: each.typer_instance.registered_commands for each in app.registered_groups}
    names = [_name(each) for each in app.registered_commands]
    names += [f"{group} {_name(each)}" for group, found in groups.items() for each in found]
    drawn = list(pictures.COMMANDS.values())
    missing = [n for n in names if not any(f"{each} ".startswith(f"{n} ") for each in drawn)]
    assert [each for each in missing if not each.startswith(pictures.WITHOUT_ROWS)] == []


def _name(command) -> str:
    return command.name or command.callback.__name__


def test_the_readme_shows_a_picture_that_is_drawn_here() -> None:
    """What it says a reader will see is what the command shows."""
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    assert (pictures.FOLDER / "breakeven.txt").read_text(encoding="utf-8") in readme
