"""Whatever command is stopped, and whenever: each file is of before or of after, none is lost."""

import os
import shutil
from pathlib import Path

import pytest

from tests.install.folder import killing
from tests.install.folder.killing import COMMANDS, faults, kill_many, made, run, state
from workbooks.folder import receipts

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="there is no fork"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a signed budget, and an order form that waits."""
    return made(tmp_path_factory.mktemp("base").resolve() / "base")


@pytest.mark.parametrize("name", COMMANDS)
def test_before_each_step_all_is_of_before_or_of_after(
    name: str, base: Path, tmp_path: Path
) -> None:
    """What a kill before a step leaves is what is there before it."""
    work = Path(shutil.copytree(base, tmp_path.resolve() / "work"))
    old = state(work)
    done = run(work, name)
    new = state(work)
    assert done.code == 0
    assert len(done.states) >= (1 if name == "undo" else 3)
    assert new != old
    for seen in done.states:
        assert [*faults(work, seen, old, new)] == []
    assert len(receipts.read(work)) >= len(receipts.read(base)) - (name == "undo")


def test_kills_leave_nothing_mixed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real ones, at a step or at any moment; given again, the command ends as if undisturbed.

    What was counted is said as it goes.
    """
    monkeypatch.setattr(killing, "EVERY", 3)
    found = kill_many(6)
    said = [line for line in capsys.readouterr().out.splitlines() if " kills: " in line]
    assert [line.partition(" kills: ")[0] for line in said] == ["3", "6"]
    assert said[-1].endswith(str(found))
    assert sum(found.values()) == 6
    assert "faults" not in found
