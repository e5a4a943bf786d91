"""The program of the Lite workbook runs in a genuine Pyodide, the Python that Lite runs it in."""

import datetime
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from addin.cells import CellError
from addin.lite.parts import files_in
from install.addins.lite import workbook
from install.programs import program
from tests.addin.cases import CASES, OMITTED, Case
from tests.addin.lite import lite_runtime
from tests.addin.test_cells import same
from tests.outside import fetch

HERE = Path(__file__).parent
EXCEL_DAY_0 = datetime.datetime(1899, 12, 30)
pytestmark = pytest.mark.slow


def sent(cell: Any) -> Any:
    """Return an argument as Excel sends it to a program in JSON."""
    if isinstance(cell, tuple):
        rows = cell if isinstance(cell[0], tuple) else (cell,)
        return [[sent(each) for each in row] for row in rows]
    if isinstance(cell, CellError):
        return lite_runtime.Error(cell.value)
    if isinstance(cell, datetime.datetime):
        return (cell - EXCEL_DAY_0).days
    return None if cell is OMITTED else "" if cell is None else cell


def shown(rows: list[list[Any]]) -> Any:
    """Return what the cells show, a range of one cell as that cell."""
    errors = {error.value: error for error in CellError}
    cells = [[c["basicValue"] if isinstance(c, dict) else c for c in row] for row in rows]
    read = [[errors.get(c, c) if isinstance(c, str) else c for c in row] for row in cells]
    return read[0][0] if len(read) == len(read[0]) == 1 else read


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every case of the shared table, called once in Pyodide, by each way there is."""
    if why := fetch.missing():
        pytest.skip(why)
    folder, node = tmp_path_factory.mktemp("pyodide"), program("node")
    (folder / "main.py").write_text(files_in(workbook())["main.py"], encoding="utf-8")
    (folder / "calls.json").write_text(
        json.dumps([(case.function, [sent(cell) for cell in case.cells]) for case in CASES])
    )
    shutil.copy(HERE / "in_pyodide.py", folder / "run.py")
    shutil.copy(Path(lite_runtime.__file__), folder)
    spec = find_spec("xlwings")
    assert spec
    assert spec.origin
    assert node
    without = shutil.ignore_patterns("pro", "addin", "*.dll", "__pycache__")
    shutil.copytree(Path(spec.origin).parent, folder / "xlwings", ignore=without)
    command = [node, HERE / "pyodide.mjs", fetch.PYODIDE, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "answers.json").read_text())
    return found


def test_it_is_pyodide_with_its_own_packages(answers: dict[str, Any]) -> None:
    """The wheels are those that Pyodide's lock file names, and were built for WebAssembly."""
    assert answers["platform"] == "emscripten"
    for package in fetch.WHEELS:
        path, _ = fetch.wheel(package)
        assert path.name.startswith(f"{package}-{answers[package]}-")
    assert len(answers["lite"]) == len(answers["xlwings"]) == len(CASES)


@pytest.mark.parametrize("way", ["lite", "xlwings"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_formula_shows_what_the_rules_say(answers: dict[str, Any], case: Case, way: str) -> None:
    """Each case of the table for Excel and Calc, by our reading of Lite and with xlwings."""
    found = shown(answers[way][CASES.index(case)])
    assert same(found, case.shows), found
