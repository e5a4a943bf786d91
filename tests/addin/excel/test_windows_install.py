"""Installing on Windows, with a registry of two dictionaries and folders of the test."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from addin.excel.server import CLSID, PROG_ID
from install.terminal.refusal import Refusal
from install.windows import desktop
from install.windows import excel as windows_excel
from install.windows import record as windows_record
from install.windows import setup as windows

EXCEL = "HKLM\\" + windows_excel.APP_PATH
POLICY = "HKCU\\Software\\Policies\\Microsoft\\Office\\16.0"
USER = "HKCU\\Software\\Microsoft\\Office\\16.0"
SERVER = f"HKCU\\Software\\Classes\\CLSID\\{CLSID}\\LocalServer32"
OF_OTHERS = {("HKCU\\Software\\Classes\\Other.Program", ""): "somebody else's"}


class Hive:
    """Keys and values, as Windows keeps them: a key is there before and without values."""

    def __init__(self, values: dict[tuple[str, str], object] | None = None) -> None:
        self.values = dict(values or {})
        self.keys = {"HKCU\\Software", "HKCU\\Software\\Classes"}
        self.keys |= {parent for key, _ in self.values for parent in parents(key)}

    def exists(self, key: str) -> bool:
        return key in self.keys

    def read(self, key: str, name: str = "") -> object:
        return self.values.get((key, name))

    def write(self, key: str, text: str) -> None:
        self.keys |= parents(key)
        self.values[key, ""] = text

    def clear(self, key: str) -> None:
        del self.values[key, ""]

    def remove_empty(self, key: str) -> None:
        holds = any(k.startswith(key + "\\") for k in self.keys)
        if not holds and not any(k == key for k, _ in self.values):
            self.keys.discard(key)


def parents(key: str) -> set[str]:
    """A key and every key it is in, without the hive."""
    parts = key.split("\\")
    return {"\\".join(parts[:count]) for count in range(2, len(parts) + 1)}


def everything(folder: Path) -> dict[str, bytes]:
    """What is in a folder, its folders too."""
    found = sorted(folder.rglob("*"))
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in found}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> windows.Machine:
    """A user of Windows with a Python that has no pywin32, for this is not Windows."""
    roaming, local, python = tmp_path / "Roaming", tmp_path / "Local", tmp_path / "Python"
    for folder in (roaming / "Microsoft" / "Excel", local, python):
        folder.mkdir(parents=True)
    (python / "pythonw.exe").touch()
    (python / "python.exe").symlink_to(sys.executable)
    monkeypatch.setattr(windows, "NEEDED", ("json",))
    monkeypatch.setenv("LOCALAPPDATA", str(local))
    return windows.Machine(Hive(OF_OTHERS), roaming, local, python / "python.exe")


def test_excel_finds_the_addin_and_windows_the_server(machine: windows.Machine) -> None:
    """Excel loads what is in XLSTART; COM goes from the name to the number to the command."""
    windows.install(machine)
    assert machine.addin.parent.name == "XLSTART"
    assert machine.addin.read_bytes()[:2] == b"PK"
    assert machine.registry.read(f"HKCU\\Software\\Classes\\{PROG_ID}\\CLSID") == CLSID
    pythonw = machine.python.with_name("pythonw.exe")
    assert machine.registry.read(SERVER) == f'"{pythonw}" -B -I -m addin.excel.server {CLSID}'


def test_32_bit_excel_finds_the_same_server(machine: windows.Machine) -> None:
    """A 32-bit program sees other classes than a 64-bit one."""
    windows.install(machine)
    assert machine.registry.read(SERVER.replace("HKCU", "HKCU32")) == machine.registry.read(SERVER)


@pytest.mark.parametrize("times", [1, 2])
def test_uninstalling_leaves_everything_as_it_was(
    machine: windows.Machine, tmp_path: Path, times: int
) -> None:
    """Files, folders, values and keys, also after a second installation over the first."""
    hive = machine.registry
    assert isinstance(hive, Hive)
    before = everything(tmp_path), dict(hive.values), set(hive.keys)
    for _ in range(times):
        windows.install(machine)
    (machine.record.parent / "addin.log").write_text("a failure")
    assert windows.uninstall(machine).startswith("Removed.")
    assert (everything(tmp_path), hive.values, hive.keys) == before


def test_what_others_changed_since_stays(machine: windows.Machine) -> None:
    """A changed add-in, another command for the server and a key below ours are not ours."""
    windows.install(machine)
    machine.addin.write_bytes(b"signed by IT")
    machine.registry.write(SERVER, "another.exe")
    told = windows.uninstall(machine)
    assert f"{machine.addin} was changed since and stays" in told
    assert machine.addin.read_bytes() == b"signed by IT"
    assert machine.registry.read(SERVER) == "another.exe"
    assert not machine.registry.exists(f"HKCU\\Software\\Classes\\{PROG_ID}")


def test_a_value_that_was_there_before_is_there_again(machine: windows.Machine) -> None:
    """Another copy of Evenpoint may have been registered without a record."""
    machine.registry.write(SERVER, "older.exe")
    windows.install(machine)
    windows.uninstall(machine)
    assert machine.registry.read(SERVER) == "older.exe"


def test_an_addin_of_the_same_name_is_not_overwritten(machine: windows.Machine) -> None:
    """It may be somebody's work."""
    machine.addin.parent.mkdir()
    machine.addin.write_bytes(b"mine")
    with pytest.raises(Refusal, match=r"evenpoint\.xlam is there already"):
        windows.install(machine)
    assert machine.addin.read_bytes() == b"mine"
    assert not machine.registry.exists(SERVER)


def test_a_failed_installation_is_undone(machine: windows.Machine, tmp_path: Path) -> None:
    """A folder of that name stands where the file has to go."""
    before = everything(tmp_path)
    machine.addin.mkdir(parents=True)
    with pytest.raises(Refusal, match="cannot be written"):
        windows_record.carry_out({machine.addin: b""}, {}, machine.record, machine.registry)
    machine.addin.rmdir()
    machine.addin.parent.rmdir()
    assert everything(tmp_path) == before


def test_uninstalling_nothing_says_so(machine: windows.Machine) -> None:
    """No record, nothing to undo: a file of that name is somebody else's."""
    with pytest.raises(Refusal, match="is not installed for this user"):
        windows.uninstall(machine)


def test_a_python_that_cannot_serve_is_refused(machine: windows.Machine) -> None:
    """The message names what is missing; here the real Python fails to import it."""
    with pytest.raises(Refusal, match=r"cannot serve Excel \(ModuleNotFoundError.*no_such_module"):
        windows.check_python(machine.python, ("no_such_module",))


def test_a_python_from_the_store_is_refused(tmp_path: Path) -> None:
    """Windows keeps private copies of the registry and the folders such a Python writes to."""
    with pytest.raises(Refusal, match="Microsoft Store"):
        windows.check_python(tmp_path / "WindowsApps" / "python.exe", ())


def test_a_python_without_pythonw_is_refused(tmp_path: Path) -> None:
    """With python.exe a black window would open beside Excel."""
    with pytest.raises(Refusal, match=r"no pythonw\.exe"):
        windows.windowless(tmp_path / "python.exe")


def test_status_before_and_after(machine: windows.Machine) -> None:
    """The server is really asked; where there is no COM it does not answer."""
    assert windows.status(machine).startswith("Add-in: not installed. Run: evenpoint addin install")
    windows.install(machine)
    told = windows.status(machine)
    assert told.startswith(f"Add-in: installed, {machine.addin}\nServer: does not answer (")


@pytest.mark.parametrize(
    "harm",
    [
        lambda machine: machine.addin.unlink(),
        lambda machine: machine.registry.write(SERVER, "another.exe"),
    ],
)
def test_status_finds_damage(
    machine: windows.Machine, harm: Callable[[windows.Machine], None]
) -> None:
    """A file that is gone, or a server that another program took over."""
    windows.install(machine)
    harm(machine)
    assert windows.status(machine).startswith("Add-in: damaged, for ")


def excel(folder: Path, machine: int) -> Hive:
    """Excel as App Paths names it, with as much of a program's header as tells its bits."""
    path = folder / "EXCEL.EXE"
    header = bytes(0x3C) + (0x80).to_bytes(4, "little")
    path.write_bytes(header.ljust(0x80, b"\0") + b"PE\0\0" + machine.to_bytes(2, "little"))
    return Hive({(EXCEL, ""): f'"{path}"'})


@pytest.mark.parametrize(
    ("code", "kind"), [(0x014C, "32-bit"), (0x8664, "64-bit"), (0xAA64, "64-bit ARM"), (1, "unkn")]
)
def test_excel_tells_its_bits(tmp_path: Path, code: int, kind: str) -> None:
    """The machine numbers are those of Microsoft's PE format."""
    assert windows_excel.described(excel(tmp_path, code), "64-bit").startswith(kind)


def test_32_bit_excel_with_64_bit_python_is_explained(tmp_path: Path) -> None:
    """Neither is missing anything: the two are different programs."""
    told = windows_excel.described(excel(tmp_path, 0x014C), "64-bit")
    assert "beside a 64-bit Python: they work together" in told


def test_no_excel_is_told(tmp_path: Path) -> None:
    """Without an entry, and with one whose program is gone."""
    gone = Hive({(EXCEL, ""): str(tmp_path / "EXCEL.EXE")})
    for hive in (Hive(), gone):
        assert windows_excel.described(hive, "64-bit").startswith("Excel was not found")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({(f"{POLICY}\\Common", "VBAOff"): 1}, "VBA is switched off for all of Office. A policy"),
        (
            {(f"{POLICY}\\Common\\Security", "RequireAlwaysOnMacroSig"): 1},
            "must be signed by a trusted publisher, and this one is not signed. A policy",
        ),
        ({(f"{USER}\\Excel\\Security", "DisableAllAddins"): 1}, "all add-ins are switched off. Ch"),
        (
            {
                (f"{POLICY}\\Excel\\Security", "VBAWarnings"): 4,
                (f"{POLICY}\\Excel\\Security\\Trusted Locations", "AllLocationsDisabled"): 1,
            },
            "macros are off, and the start folder of Excel is not trusted. A policy",
        ),
        (
            {(f"{POLICY}\\Common\\Security\\Trusted Locations", "Allow User Locations"): 0},
            "Excel may ask about macros at each start",
        ),
    ],
)
def test_a_setting_in_the_way_is_named(values: dict[tuple[str, str], object], told: str) -> None:
    """Names and meanings are those of Microsoft's policy templates for Office."""
    assert [line for line in windows_excel.obstacles(Hive(values)) if told in line]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {(f"{POLICY}\\Excel\\Security", "VBAWarnings"): 4},
        {
            (f"{POLICY}\\Excel\\Security", "RequireAddinSig"): 0,
            (f"{USER}\\Excel\\Security", "RequireAddinSig"): 1,
        },
    ],
    ids=["nothing set", "XLSTART is trusted, whatever macros are", "a policy overrules the user"],
)
def test_what_is_not_in_the_way_is_not_named(values: dict[tuple[str, str], object]) -> None:
    """A warning without a cause costs somebody a call to IT."""
    assert windows_excel.obstacles(Hive(values)) == []


@pytest.mark.skipif(os.name == "nt", reason="this is Windows")
def test_elsewhere_the_routes_are_named() -> None:
    """Installing refuses; asking for the status answers."""
    for refuses in (desktop.install, desktop.uninstall):
        with pytest.raises(Refusal, match="evenpoint addin lite"):
            refuses()
    assert "evenpoint addin install --calc" in desktop.status()


def test_a_mac_is_told_its_own_route() -> None:
    """Excel on a Mac takes the Lite workbook."""
    assert "on a Mac, evenpoint addin lite writes a workbook" in desktop.route("darwin")
