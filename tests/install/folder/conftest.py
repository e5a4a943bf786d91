"""A budget folder that the tests of its jobs share."""

from pathlib import Path

import pytest

from install.command import main
from tests.install.folder.talk import copied


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new budget folder; making its workbook takes seconds."""
    folder = tmp_path_factory.mktemp("made") / "budget"
    assert main(["init", str(folder)]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with the user inside."""
    copy = copied(made, tmp_path / "budget")
    monkeypatch.chdir(copy)
    return copy
