"""What holds prices or quotes cells can be read by its owner alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from addin.log import log_failure, log_path
from install.command import main
from workbooks.folder import receipts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
SHEET = "Model,Provider,Input (USD per 1M tokens),Output (USD per 1M tokens)\nm,x,2,8\n"


@pytest.fixture(autouse=True)
def usual_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user whose new files everybody may read, with a home of his own."""
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Every path in a folder and the folder itself, with its rights."""
    paths = [folder, *sorted(folder.rglob("*"))]
    return {str(p.relative_to(folder)): oct(stat.S_IMODE(p.stat().st_mode)) for p in paths}


@pytest.mark.parametrize(("folders", "files"), [(0o700, 0o600), (0o750, 0o640)])
def test_a_budget_folder_is_for_those_who_may_enter_it(folders: int, files: int) -> None:
    """A folder of one's own stays so, and one that is open to a group gets files it may read."""
    Path("p.csv").write_text(SHEET)
    ours = Path("ours")
    ours.mkdir()
    ours.chmod(folders)
    receipts.write(ours, [{"table": "folder"}])
    assert main(["prices", "import", "p.csv", "--apply", "--folder", "ours"]) == 0
    found = modes(ours)
    assert {found[n] for n in found if (ours / n).is_file()} == {oct(files)}
    assert {found[n] for n in found if (ours / n).is_dir()} == {oct(folders)}
    assert {"receipts", "files"} <= found.keys()


def test_the_log_is_its_owners() -> None:
    """A message in it may quote a cell."""
    try:
        raise ValueError("a cell")
    except ValueError:
        log_failure("TEST")
    assert "a cell" in log_path().read_text()
    assert modes(log_path().parent) == {".": "0o700", "addin.log": "0o600"}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_that_is_replaced_keeps_its_rights(mode: int) -> None:
    """A private budget does not become one that everybody may read, nor the other way round."""
    assert main(["budget", "--out", "b.xlsx"]) == 0
    assert stat.S_IMODE(Path("b.xlsx").stat().st_mode) == 0o644
    Path("b.xlsx").chmod(mode)
    assert main(["budget", "--out", "b.xlsx", "--force"]) == 0
    assert stat.S_IMODE(Path("b.xlsx").stat().st_mode) == mode


def test_the_copy_of_a_private_workbook_is_private() -> None:
    """A refresh keeps the workbook as it was beside it."""
    Path("p.csv").write_text(SHEET.replace("m,x", "openai/o3,openai"))
    receipts.write(Path(), [{"table": "folder"}])
    assert main(["prices", "import", "p.csv", "--apply"]) == 0
    assert main(["budget", "--out", "b.xlsx"]) == 0
    Path("b.xlsx").chmod(0o600)
    command = ["prices", "refresh", "--offline", "--workbook", "b.xlsx", "--apply"]
    assert main(command) == 0
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in Path().glob("b*.xlsx")}
    assert len(found) == 2
    assert set(found.values()) == {0o600}
    assert openpyxl.load_workbook("b.xlsx").sheetnames
