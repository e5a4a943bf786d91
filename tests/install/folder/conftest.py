"""A budget folder that the tests of its jobs share."""

from pathlib import Path

import pytest

from install.command import main


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new budget folder; making its workbook takes seconds."""
    folder = tmp_path_factory.mktemp("made") / "budget"
    assert main(["init", str(folder)]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with the user inside."""
    copy = tmp_path / "budget"
    for path in sorted(made.rglob("*")):
        to = copy / path.relative_to(made)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.mkdir(exist_ok=True) if path.is_dir() else to.write_bytes(path.read_bytes())
    monkeypatch.chdir(copy)
    return copy
