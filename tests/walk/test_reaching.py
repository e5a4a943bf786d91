"""What is brought into a folder once reaches every command that has a use for it."""

from pathlib import Path

import pytest

from tests.walk.reaching import PAGE, found, page, prepared


@pytest.mark.slow
def test_every_number_reaches_every_command(tmp_path: Path) -> None:
    """The page says so, and says yes everywhere."""
    prepared(tmp_path / "budget")
    text = page(found())
    assert "no: " not in text
    assert text == PAGE.read_text(encoding="utf-8")
