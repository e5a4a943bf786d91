"""The real installer, its real Windows Python and real COM, in Wine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from addin.excel.server import CLSID
from addin.excel.xlam import build as addin_content
from install.installer import build as installer
from tests.addin.cases import CASES
from tests.addin.excel.test_excel import arguments, as_text, value2
from tests.addin.test_cells import same
from tests.addin.wine import Wine, need_wine, on_windows

pytestmark = pytest.mark.slow
SILENT = "/S"
PYTHON = "AppData/Local/Evenpoint/python/python.exe"
CLIENT = Path(__file__).with_name("com_client.py")
CLIENT_NEEDS = Path(__file__).with_name("com_client_needs.txt")


def command(wine: Wine, *arguments: str) -> str:
    """Run ``evenpoint`` of the installed program."""
    python = on_windows(wine.user() / PYTHON)
    return wine.run(python, "-B", "-I", "-X", "utf8", "-m", "install.command", *arguments)


def observed(wine: Wine) -> SimpleNamespace:
    """What is there when every program has ended."""
    wine.settle()
    return SimpleNamespace(files=wine.files(), registry=wine.registry())


HERE = [case for case in CASES if case.function != "BEST_MIX"]
"""The solver of the cheapest mix does not start in Wine 8; on Windows itself nobody has tried."""


def client_answers(wine: Wine, folder: Path) -> dict[str, Any]:
    """Call every case of the shared table from another Windows program."""
    tool = ["install", "--quiet", "--no-deps", "--require-hashes", "-r", str(CLIENT_NEEDS)]
    target = ["--target", str(folder / "comtypes")]
    subprocess.run([sys.executable, "-I", "-m", "pip", *tool, *target], check=True)
    calls = [(case.function, [value2(cell) for cell in arguments(case)]) for case in HERE]
    (folder / "calls.json").write_text(json.dumps(calls))
    files = [on_windows(folder / name) for name in ("comtypes", "calls.json", "answers.json")]
    python = on_windows(wine.user() / PYTHON)
    wine.run(python, "-B", "-I", on_windows(CLIENT), *files)
    found: dict[str, Any] = json.loads((folder / "answers.json").read_text())
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Install, use and uninstall once, and note what is there at each step."""
    need_wine()
    folder = tmp_path_factory.mktemp("windows")
    setup = installer.build(folder)
    wine = Wine(folder / "wine")
    try:
        seen = SimpleNamespace(setup=setup, user=wine.user(), before=observed(wine))
        wine.run(on_windows(setup), SILENT)
        seen.installed = observed(wine)
        seen.addin = wine.user() / "AppData/Roaming/Microsoft/Excel/XLSTART/evenpoint.xlam"
        seen.addin_bytes = seen.addin.read_bytes()
        seen.status = command(wine, "addin", "status")
        seen.com = client_answers(wine, folder)
        seen.budget = command(wine, "budget", "--out", on_windows(folder / "budget.xlsx"))
        seen.uninstalled_by_command = command(wine, "addin", "uninstall")
        seen.without = observed(wine)
        seen.installed_by_command = command(wine, "addin", "install")
        wine.run(on_windows(wine.user() / "AppData/Local/Evenpoint/uninstall.exe"), SILENT)
        seen.after = observed(wine)
        seen.machine = wine.machine_mentions("evenpoint")
        yield seen
    finally:
        wine.stop()


def test_the_installer_puts_the_addin_where_excel_loads_it(seen: SimpleNamespace) -> None:
    """The same bytes as on Linux."""
    assert seen.addin_bytes == addin_content()


def test_the_server_is_registered_for_the_user(seen: SimpleNamespace) -> None:
    """By the registry of Windows; Wine shows 32-bit programs the same branch."""
    key = f"Software\\\\Classes\\\\CLSID\\\\{CLSID}\\\\LocalServer32"
    assert f'pythonw.exe\\" -B -I -m addin.excel.server {CLSID}' in seen.installed.registry[key]


def test_settings_can_uninstall_it(seen: SimpleNamespace) -> None:
    """With its name and version."""
    key = r"Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Evenpoint"
    assert f'"DisplayVersion"="{installer.version()}"' in seen.installed.registry[key]


def test_status_names_the_addin_and_what_is_missing(seen: SimpleNamespace) -> None:
    """There is no Excel in Wine, and no COM for classes of the user alone."""
    assert "Add-in: installed, C:\\users\\" in seen.status
    assert "Excel was not found" in seen.status


def test_every_call_through_com_shows_what_the_rules_say(seen: SimpleNamespace) -> None:
    """The cell goes through VARIANTs of another process, as from Excel; so does the answer."""
    pairs = zip(HERE, seen.com["shown"], strict=True)
    wrong = {str(c): shown for c, shown in pairs if not same(shown, as_text(c.shows))}
    assert wrong == {}


def test_nothing_but_the_functions_can_be_called(seen: SimpleNamespace) -> None:
    """Another module of Python is refused, and the refusal reaches the client."""
    assert "os.system is no worksheet function" in seen.com["refused"]


def test_a_button_answers(seen: SimpleNamespace) -> None:
    """Without a workbook it asks for one."""
    assert seen.com["action"] == "Open a workbook first."


def test_the_server_ends_with_its_client(seen: SimpleNamespace) -> None:
    """One Python runs while Excel holds it, and none when it lets go."""
    assert (seen.com["servers_while_connected"], seen.com["servers_afterwards"]) == (1, 0)


def test_the_program_has_all_it_needs(seen: SimpleNamespace) -> None:
    """New budget, behind the ribbon, takes most of what is installed."""
    assert "budget.xlsx" in seen.budget
    assert (seen.setup.parent / "budget.xlsx").stat().st_size > 10_000


def test_the_program_carries_nothing_of_another_licence(seen: SimpleNamespace) -> None:
    """xlwings itself is free; its folder `pro` is not."""
    packages = "/python/Lib/site-packages/xlwings/"
    assert any(packages + "udfs.py" in path for path in seen.installed.files)
    assert not [path for path in seen.installed.files if packages + "pro" in path]


def test_the_command_undoes_what_it_did(seen: SimpleNamespace) -> None:
    """The program itself stays, and can install again."""
    assert seen.uninstalled_by_command.startswith("Removed.")
    assert not [key for key in seen.without.registry if CLSID in key]
    assert not [path for path in seen.without.files if path.endswith("XLSTART/evenpoint.xlam")]
    assert seen.installed_by_command.startswith("Installed ")


def test_uninstalling_leaves_nothing_behind(seen: SimpleNamespace) -> None:
    """Neither a file nor a folder nor a key or value of the user, nor a word in the machine's."""
    assert seen.after.files - seen.before.files == set()
    assert seen.before.files - seen.after.files == set()
    assert seen.after.registry == seen.before.registry
    assert seen.machine == []
