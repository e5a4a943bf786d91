"""What the workbook of xlwings Lite brings along, and what its program can reach."""

import ast
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from addin.lite.parts import files_in
from install.addins.lite import workbook
from install.command import main

HARMLESS = {
    *("__future__", "collections", "contextlib", "dataclasses", "datetime", "decimal", "difflib"),
    *(
        "enum",
        "fractions",
        "functools",
        "inspect",
        "itertools",
        "math",
        "numbers",
        "re",
        "statistics",
        "time",
    ),
    *("textwrap", "traceback", "types", "typing", "operator", "numpy", "scipy", "xlwings", "abc"),
    "json",
    *("os", "pathlib"),  # for the log, and for tables of data beside a program
}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input", "system", "popen"}
CALLS |= {"fetch", "pyfetch", "urlopen", "connect", "run_sync", "pyxhr", "import_module"}
OUTSIDE = ("externallink", "connections", "oleobject", "activex", "embeddings", "macrosheet")
OUTSIDE += ("querytable", "customxml", "vbaproject", "webextension")


@pytest.fixture(scope="module")
def code() -> ast.Module:
    """The program inside the workbook."""
    return ast.parse(files_in(workbook())["main.py"])


def test_the_program_of_lite_imports_nothing_that_reaches_out(code: ast.Module) -> None:
    """Neither the network, nor other programs, nor the page that it runs in."""
    nodes = list(ast.walk(code))
    names = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    names |= {str(n.module) for n in nodes if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} - HARMLESS == set()


def test_the_program_of_lite_runs_no_code_it_is_given(code: ast.Module) -> None:
    """No text becomes code, and nothing runs when the workbook is opened."""
    calls = [node.func for node in ast.walk(code) if isinstance(node, ast.Call)]
    called = {ast.unparse(f).rpartition(".")[2] for f in calls if ast.unparse(f) != "re.compile"}
    assert called & CALLS == set()
    functions = [node for node in ast.walk(code) if isinstance(node, ast.FunctionDef)]
    decorators = {ast.unparse(d).partition("(")[0] for f in functions for d in f.decorator_list}
    assert not {each for each in decorators if "script" in each or "on_" in each}


BOOKS = {
    "budget.xlsx": ["budget", "--out"],
    "template.xlsx": ["template", "--out"],
    "examples.xlsx": ["functions", "--workbook"],
    "examples.ods": ["functions", "--workbook"],
    "lite.xlsx": ["addin", "lite", "--out"],
}


@pytest.mark.parametrize("name", BOOKS)
def test_no_workbook_that_is_written_reaches_out_when_it_is_opened(name: str) -> None:
    """No link to another document, connection, query, object or macro; of Lite the program alone.

    An address is only what somebody may click on.
    """
    assert main([*BOOKS[name], name]) == 0
    with zipfile.ZipFile(io.BytesIO(Path(name).read_bytes())) as book:
        parts = {each: book.read(each) for each in book.namelist()}
    outside = [part for part in parts if any(kind in part.lower() for kind in OUTSIDE)]
    assert [p for p in outside if name != "lite.xlsx" or "webextension" not in p] == []
    for part in (each for each in parts if each.endswith(".rels")):
        for relation in ElementTree.fromstring(parts[part]):
            if relation.get("TargetMode") == "External":
                assert str(relation.get("Type")).endswith("/hyperlink")
    text = b"".join(parts[part] for part in parts if "webextension" not in part).decode().upper()
    for function in ("WEBSERVICE(", "DDE(", "RTD(", "INDIRECT(", "IMAGE(", "CALL("):
        assert function not in text
