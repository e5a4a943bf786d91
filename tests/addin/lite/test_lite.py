"""The Lite workbook: a sound file, whose program gives the catalogue's answers by itself."""

import io
import math
import posixpath
import re
import subprocess
import sys
import zipfile
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import pytest

from addin.lite.parts import EXTENSION_PART, PANES_PART, files_in
from addin.lite.program import Part, program
from costcore.catalogue import FUNCTIONS
from install.addins.lite import lite, workbook
from install.terminal.refusal import Refusal
from tests import books, engines
from tests.addin.lite import lite_runtime
from tests.addin.lite.lite_runtime import Error, call
from workbooks.sheets.examples import NO_ADDIN, RIGHT

OPEN_XML = "{http://schemas.openxmlformats.org/package/2006/"

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def content():
    """The workbook as the command writes it."""
    return workbook()


@pytest.fixture(scope="module")
def package(content):
    """The zip file that the workbook is."""
    return zipfile.ZipFile(io.BytesIO(content))


@pytest.fixture(scope="module")
def code(content):
    """The program taken out of the workbook."""
    return files_in(content)["main.py"]


@pytest.fixture(scope="module")
def main(code):
    """That program, run as Lite runs it."""
    return lite_runtime.load(code)


def test_same_bytes_every_time(content):
    """The workbook depends on the source and the catalogue alone."""
    assert workbook() == content


def test_every_part_is_well_formed_and_has_a_type(package):
    """Office refuses to open a file with a part that is no XML, or that it has no type for."""
    types = ElementTree.fromstring(package.read("[Content_Types].xml"))
    kinds = f"{OPEN_XML}content-types}}"
    overrides = {node.attrib["PartName"] for node in types.iter(f"{kinds}Override")}
    defaults = {node.attrib["Extension"] for node in types.iter(f"{kinds}Default")}
    names = package.namelist()
    assert len(set(names)) == len(names)
    assert {name.lstrip("/") for name in overrides} <= set(names)
    for name in names:
        ElementTree.fromstring(package.read(name))
        assert f"/{name}" in overrides or name.rpartition(".")[2] in defaults
    assert {f"/{EXTENSION_PART}", f"/{PANES_PART}"} <= overrides


def test_every_relation_leads_to_a_part(package):
    """The task pane is reached from the package, and the add-in from the task pane."""
    reached = set()
    for name in (name for name in package.namelist() if name.endswith(".rels")):
        folder = posixpath.dirname(posixpath.dirname(name))
        relations = list(ElementTree.fromstring(package.read(name)))
        assert len({r.attrib["Id"] for r in relations}) == len(relations)
        for relation in relations:
            if relation.attrib.get("TargetMode") != "External":
                target = relation.attrib["Target"]
                reached.add(posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
    assert reached <= set(package.namelist())
    assert {EXTENSION_PART, PANES_PART} <= reached


def test_the_program_is_where_lite_looks(content):
    """Two files, and nothing that names another place to load packages from."""
    files = files_in(content)
    assert set(files) == {"main.py", "requirements.txt"}
    assert files["main.py"] == program()
    assert [re.split(r"\W", line)[0] for line in files["requirements.txt"].split()] == [
        "xlwings",
        "numpy",
        "scipy",
    ]


def test_the_program_needs_numpy_scipy_and_xlwings_only(code):
    """What is not in Python itself comes with Lite or with Pyodide."""
    found = re.findall(r"^\s*(?:import|from) (\w+)", code, re.MULTILINE)
    assert set(found) - sys.stdlib_module_names == {"numpy", "scipy", "xlwings"}


def test_signatures_are_what_lite_accepts(code):
    """No hints, no keyword-only arguments, plain defaults, a help text for each argument."""
    assert lite_runtime.lint(code) == []


@pytest.mark.parametrize(
    "fault",
    ["x: float", "*, x", "*x", "x=np.inf"],
)
def test_the_lint_sees_what_lite_does_not_accept(fault):
    """Each of these failed in xlwings' own runtime."""
    text = f'@func()\n@arg("x", ndim=2, err_to_str=True, doc="X")\ndef F_X({fault}):\n    "Doc."\n'
    assert lite_runtime.lint(text)
    assert not lite_runtime.lint(text.replace(fault, "x=None"))


def test_what_lite_does_not_see_comes_back():
    """A package that stays away while its modules are kept would be read twice from then on."""
    before = dict(sys.modules)
    with lite_runtime.installed():
        assert sys.modules["workbooks"] is None
    assert sys.modules == before


def test_every_function_is_registered(main):
    """Excel offers each catalogue entry under its own name, and nothing else."""
    assert set(lite_runtime.functions(main)) == {f.name for f in FUNCTIONS}


def sent(value):
    """Return an argument of an example as Excel sends it."""
    if not isinstance(value, tuple):
        return [[value]]
    rows = value if isinstance(value[0], tuple) else (value,)
    return [["" if cell is None else cell for cell in row] for row in rows]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_example_gives_the_catalogues_answer(main, function):
    """Called with cells, each function answers what its worked example says."""
    found = call(main, function.name, *map(sent, function.example.arguments))
    expected = sent(function.example.answer)
    assert [len(row) for row in found] == [len(row) for row in expected]
    for got, wanted in zip(chain(*found), chain(*expected), strict=True):
        if wanted == math.inf:
            assert got == Error("#N/A")
        else:
            assert got == (wanted if isinstance(wanted, str) else pytest.approx(wanted, rel=1e-12))


NODE = (5_400.0, 388.8e6)


@pytest.mark.parametrize(
    ("name", "cells", "shown"),
    [
        ("BREAKEVEN_TOKENS", (10.0, *NODE), [[Error("#N/A")]]),  # never
        ("BREAKEVEN_TOKENS", (-1.0, *NODE), [[Error("#NUM!")]]),  # out of bounds
        ("BREAKEVEN_TOKENS", (None, *NODE), [[Error("#NUM!")]]),  # a required blank is unknown
        ("BREAKEVEN_TOKENS", (Error("#REF!"), *NODE), [[Error("#REF!")]]),
        (
            "BREAKEVEN_TOKENS",
            ([[20.0], ["x"], [True]], *NODE),
            [[270e6], *[[Error("#VALUE!")]] * 2],
        ),
        ("BREAKEVEN_TOKENS", ([[20.0, ""]], *NODE), [[270e6, Error("#NUM!")]]),
        ("BREAKEVEN_TOKENS", ([[20.0], [Error("#SPILL!")]], *NODE), [[270e6], [Error("#VALUE!")]]),
        ("BREAKEVEN_TOKENS", (20, *NODE, None, None, None, "first"), [[270e6]]),
        ("BREAKEVEN_RANGES", (10.0, *NODE), [[Error("#N/A")]]),  # no rows
        ("TOKEN_PRICE", ("x", "input", [["model", "input"], ["y", 1.0]]), [[Error("#N/A")]]),
        ("PEAK_FACTOR", ([[10.0, Error("#DIV/0!")]],), [[Error("#DIV/0!")]]),
        ("TOKEN_PRICE", ("y", "input", [["model", "input"], ["y", 1]], ""), [[1.0]]),
    ],
)
def test_errors_are_errors(main, name, cells, shown):
    """A failing cell is an error value that no SUM can skip; the rest of a range is unaffected."""
    assert call(main, name, *cells) == shown


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("RENT_PER_MONTH", ("5,400",), "text, a date, TRUE or FALSE where a number belongs"),
        ("BREAKEVEN_TOKENS", (20.0, *NODE, 0, 0, 1, "last"), "kind is 'last'; it must be one of"),
        ("BREAKEVEN_TOKENS", ([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), "BREAKEVEN_TOKENS: "),
        ("ROUTED_PRICE", ([[0.5, 0.5]], 1.0), "2 shares but 1 prices"),
        ("RENT_PER_MONTH", (Error("#VALUE!"),), "RENT_PER_MONTH: "),
    ],
)
def test_a_wrong_argument_says_why(main, name, cells, reason):
    """Lite shows #VALUE! for an exception, and its message beside the cell."""
    with pytest.raises(lite_runtime.XlwingsError, match=re.escape(reason)):
        call(main, name, *cells)


def test_stored_answers_are_the_programs(content, tmp_path, main):
    """What the file shows before Lite has started is what Lite then computes."""
    path = tmp_path / "lite.xlsx"
    path.write_bytes(content)
    book = books.cached(path)
    formulas = books.formulas(path)["Examples"]
    calls = {c: f for c, f in formulas.items() if "_xldudf_" in f and "INDEX" not in f}
    tables = sum(f.answers == "a table" for f in FUNCTIONS)  # shown cell by cell
    assert len(calls) + tables == len(FUNCTIONS)
    for cell, formula in calls.items():
        name, arguments = re.search(r"_xldudf_(\w+)\((.*?)\)", formula).groups()
        cells = [rows(book["Examples"], reference) for reference in arguments.split(", ")]
        ((found,),), stored = call(main, name, *cells), book["Examples"][cell]
        assert found == (stored if isinstance(stored, str) else pytest.approx(stored, rel=1e-12))
    checks = [value for cell, value in book["Functions"].items() if re.match(r"D\d", cell)]
    assert checks[1:] == [RIGHT] * len(FUNCTIONS)


def rows(sheet, reference):
    """Return the cells of a range of a sheet."""
    first, last = (re.match(r"([A-Z])(\d+)", c) for c in (reference.split(":") * 2)[:2])
    columns = range(ord(first[1]), ord(last[1]) + 1)
    return [
        ["" if (v := sheet[f"{chr(c)}{r}"]) is None else v for c in columns]
        for r in range(int(first[2]), int(last[2]) + 1)
    ]


def test_native_twins_are_ironcalcs(content, tmp_path):
    """Without Lite the native formulas answer alone, with the values that are stored."""
    path = tmp_path / "lite.xlsx"
    path.write_bytes(content)
    book, stored = engines.ironcalc_values(path), books.cached(path)
    formulas = books.formulas(path)["Examples"]
    native = [("Examples", c) for c, f in formulas.items() if "xldudf" not in f and "IFNA" in f]
    assert len(native) == sum(f.traces for f in FUNCTIONS)
    assert engines.differences(book, stored, native) == []
    calls = [c for c, f in formulas.items() if "xldudf" in f]
    assert {book["Examples"][c] for c in calls} == {NO_ADDIN}


def test_libreoffice_shows_the_stored_answers(soffice, content, tmp_path):
    """As it comes from the installer, it opens the file and shows what is stored."""
    path, made = tmp_path / "lite.xlsx", tmp_path / "out"
    path.write_bytes(content)
    profile = (tmp_path / "profile").as_uri()
    command = [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", made, path], check=True, timeout=120, capture_output=True)
    shown = books.cached(made / "lite.xlsx")
    assert engines.differences(books.cached(path), shown) == []


def test_the_command_writes_it_and_keeps_what_is_there(tmp_path, content, capsys):
    """`evenpoint addin lite --out FILE`; a second time it refuses."""
    path = tmp_path / "functions.xlsx"
    lite(path)
    assert path.read_bytes() == content
    assert "xlwings Lite" in capsys.readouterr().out
    with pytest.raises(Refusal, match="exists already"):
        lite(path)


def test_names_that_two_modules_use_are_kept_apart(monkeypatch):
    """In one file the second definition would silently replace the first."""
    read = Part.text.func
    extra = {"costcore.tokens.api": "\n\ndef whole_nodes(n):\n    return whole_nodes(n - 1)\n"}
    monkeypatch.setattr(Part, "text", property(lambda part: read(part) + extra.get(part.name, "")))
    code = program()
    assert "def _api_whole_nodes(n):\n    return _api_whole_nodes(n - 1)" in code
    assert "np.maximum(min_nodes, _capacity_whole_nodes(tokens_per_month" in code
    assert call(lite_runtime.load(code), "NODES_NEEDED", 500e6, 388.8e6) == [[2.0]]


def test_a_clashing_name_inside_a_text_is_refused(monkeypatch):
    """Before Python 3.12 it cannot be found there, so it is not left to chance."""
    read = Part.text.func
    extra = {
        "costcore.tokens.api": "\n\ndef whole_nodes(n):\n    return n\n",
        "costcore.nodes.capacity": '\n\ndef told(n):\n    return f"{whole_nodes(n)}"\n',
    }
    monkeypatch.setattr(Part, "text", property(lambda part: read(part) + extra.get(part.name, "")))
    if sys.version_info >= (3, 12):
        assert 'f"{_capacity_whole_nodes(n)}"' in program()
    else:
        told = r"costcore\.nodes\.capacity: whole_nodes stands inside"
        with pytest.raises(ValueError, match=told):
            program()


def test_every_name_of_the_program_is_defined_once(code):
    """A linter finds no name that was left behind in another module."""
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F", "-"]
    done = subprocess.run(ruff, check=False, input=code, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_program_is_readable(code):
    """Its users are asked to trust it: the source as written, comments and examples included."""
    for part in ("costcore/answers/breakeven.py", "addin/cells.py"):
        text = (ROOT / part).read_text(encoding="utf-8")
        assert text[text.index("\n\n\n") :].strip() in code
