"""A worksheet function reaches nothing but its arguments, whatever stands in them."""

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from addin.arguments import CellError
from addin.calc.bridge import serve
from addin.calc.product import Bridge
from addin.cells import evaluate
from addin.excel.actions import evenpoint
from addin.log import log_path
from costcore.catalogue import FUNCTIONS, SheetFunction
from costcore.language.quantities import is_number
from install.calc.profile import place
from install.windows.setup import _values
from tests.addin.audit import watched
from tests.addin.cases import as_cells

HOSTILE = [
    "http://127.0.0.1:9/x",
    "file:///etc/passwd",
    "/etc/passwd",
    "../../../../../../etc/passwd",
    "\\\\127.0.0.1\\share\\x",
    "=cmd|' /C calc'!A0",
    "__import__('os').system('echo')",
    "{0.__class__.__mro__}",
    "%s%n%(x)s",
    "${jndi:ldap://127.0.0.1/x}",
    "'; DROP TABLE prices; --",
    "os.system",
    "a\x00b",
    "\ud800",
    "(a+)+$" + "a" * 60,
    "x" * 32_767,
]
TEXTS = [(entry, name) for entry in FUNCTIONS for name in entry.quantities]


def cells_of(entry: SheetFunction) -> list[object]:
    """The cells of the worked example, one for each argument."""
    given = [as_cells(argument) for argument in entry.example.arguments]
    return given + [None] * (len(entry.quantities) - len(given))


def put(argument: object, text: str) -> object:
    """The same argument with a text in the place of its first text, or of itself."""
    if not isinstance(argument, tuple):
        return text
    rows = [list(row) if isinstance(row, tuple) else [row] for row in argument]
    for row in rows:
        row[0] = text
    return rows


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """What is read of the package is read once, before anything hostile is passed."""
    for entry in FUNCTIONS:
        evaluate(entry, cells_of(entry))
        for number, name in enumerate(entry.quantities):
            cells = cells_of(entry)
            cells[number] = "" if is_number(name) else "no such"
            evaluate(entry, cells)


@pytest.mark.parametrize(
    ("entry", "name"), TEXTS, ids=[f"{entry.name}-{name}" for entry, name in TEXTS]
)
def test_a_hostile_text_reaches_nothing(entry: SheetFunction, name: str) -> None:
    """No file, no program, no code, no network; and it is no fault of ours, which would be logged.

    Text where a number belongs is an error. The longest that a cell holds is answered at once.
    """
    number = list(entry.quantities).index(name)
    for text in HOSTILE:
        for argument in (text, put(cells_of(entry)[number], text)):
            cells = cells_of(entry)
            cells[number] = argument
            with watched() as reached:
                shown = evaluate(entry, cells)
            assert reached == [], text[:40]
            if is_number(name) and argument is text:
                assert shown is CellError.VALUE
    assert not log_path().exists()


def test_the_watch_sees_what_is_reached(tmp_path: Path) -> None:
    """Each of them would be found: a file, code, a program and the network."""
    import socket

    with watched() as reached:
        (tmp_path / "x").write_text("x")
        eval("1")
        subprocess.run([sys.executable, "-c", ""], check=True)
        socket.socket().close()
    kinds = {each.split()[0] for each in reached}
    assert {"open", "compile", "exec", "subprocess.Popen", "socket.__new__"} <= kinds


@pytest.mark.parametrize(
    "line",
    [
        '["os", []]',
        '["__import__", ["os"]]',
        '["call", []]',
        '["addin.calc.host.call", []]',
        "[7]",
        "7",
        '"x"',
        "[[]]",
        "[null, null]",
        "no JSON",
        '["RENT_PER_MONTH"]',
        '["RENT_PER_MONTH", 2]',
    ],
)
def test_the_bridge_knows_no_other_function(line: str) -> None:
    """Its process ends at what no add-in sends; nothing is run, and the add-in starts another."""
    answers = io.StringIO()
    with watched() as reached, pytest.raises((KeyError, TypeError, ValueError)):
        serve(io.StringIO(line), answers)
    assert (reached, answers.getvalue()) == ([], "")


def test_nobody_but_the_add_in_can_connect_to_the_bridge(tmp_path: Path) -> None:
    """It listens nowhere: the pipes of its parent are all that it has, and it ends with them."""
    bridge = Bridge(place())
    assert "Evenpoint" in bridge.ask()
    assert bridge.ask("RENT_PER_MONTH", [2.0]) == 1_460.0
    process = bridge.process
    assert process is not None
    handles = [os.readlink(each) for each in Path(f"/proc/{process.pid}/fd").iterdir()]
    assert len(handles) >= 3
    assert [each for each in handles if each.startswith("socket:")] == []
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_no_folder_and_no_variable_redirects_the_bridge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules of our names where a document lies, and on PYTHONPATH, are not what answers."""
    plant(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    bridge = Bridge(place())
    assert bridge.ask("RENT_PER_MONTH", [2.0]) == 1_460.0
    bridge.end()
    assert not (tmp_path / "ran").exists()


def test_no_folder_and_no_variable_redirects_the_ribbon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel works in the folder of the workbook that was opened first."""
    plant(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    assert "RENT_PER_MONTH" in evenpoint(None, "functions")
    assert not (tmp_path / "ran").exists()


def test_no_folder_and_no_variable_redirects_the_server(tmp_path: Path) -> None:
    """What is registered with Windows runs here until pywin32 is missed, and nothing planted."""
    plant(tmp_path)
    (tmp_path / "pythonw.exe").touch()
    command = next(
        text for key, text in _values(tmp_path / "python.exe").items() if "LocalServer32" in key
    )
    program, *arguments = shlex.split(command)
    assert Path(program).is_absolute()
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(tmp_path / "json.py")},
    )
    assert "pywin32" in done.stderr
    assert not (tmp_path / "ran").exists()


def plant(folder: Path) -> None:
    """Write modules that leave a mark when they are imported."""
    names = ["addin", "json", "install", "costcore", "sitecustomize", "win32api", "xlwings"]
    for name in names:
        (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
