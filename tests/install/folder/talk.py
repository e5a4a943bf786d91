"""Run a command and have what it says."""

from pathlib import Path

import pytest

from install.command import main


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run a command and return what it says."""
    capsys.readouterr()
    assert main(list(arguments)) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def copied(made: Path, copy: Path) -> Path:
    """Copy a budget folder with what is in it, and return where it is."""
    for path in sorted(made.rglob("*")):
        to = copy / path.relative_to(made)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.mkdir(exist_ok=True) if path.is_dir() else to.write_bytes(path.read_bytes())
    return copy
