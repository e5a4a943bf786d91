"""Nothing that a file or a flag holds ends in a traceback; it is answered or refused in words."""

from pathlib import Path

import pytest

from install.command import main
from tests.fuzz.readers import READERS
from tests.fuzz.tries import LONGEST_SECONDS, tried
from tests.workbooks.budgets import corner, write
from tests.workbooks.sheet_copies import changed, part_of
from workbooks.sheets.budget import budget

FEW = {"budget --from": 6, "lint": 5, "freeze": 6, "usage": 12, "scenario": 12, "rules": 15}
FEW |= {"portfolio": 10, "budget --from a portfolio": 4, "report": 8, "report --template": 8}
"""Tries in the fast suite, where a try takes longest."""
MANY = 200


@pytest.mark.parametrize("reader", [*READERS, "flags"])
def test_damaged_input_is_answered_or_refused(reader: str) -> None:
    """A sample of what ``python -m tests.fuzz 50000`` does at length."""
    found = tried(reader, FEW.get(reader, 40), seed=1)
    assert found.faults == {}
    assert found.counts["refused"] > 0 or reader in {"freeze", "report"}  # of most parts unread
    assert found.slowest[0] < LONGEST_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("reader", [*READERS, "flags"])
def test_much_more_damaged_input_is_answered_or_refused(reader: str) -> None:
    """Other damage, and enough of it that something must still be readable."""
    found = tried(reader, min(5 * FEW.get(reader, 40), MANY), seed=3)
    assert found.faults == {}
    assert found.counts["answered"] > 0


@pytest.mark.parametrize("command", ["lint", "freeze", "budget --from"])
def test_a_count_of_thousands_of_digits_is_none(command: str, tmp_path: Path) -> None:
    """Python refuses to read such a number, which a style, a string or a row may claim to be."""

    def damage(parts: dict[str, str]) -> None:
        name = part_of(parts, "Inputs")
        parts[name] = parts[name].replace(' s="1"', f' s="{"9" * 5000}"', 3)

    path = write(tmp_path, "made", budget(corner("never")))
    bad = changed(path, tmp_path / "bad.xlsx", damage)
    out = [] if command == "lint" else ["--out", "out.xlsx"]
    assert main([*command.split(), str(bad), *out]) in (0, 1)
