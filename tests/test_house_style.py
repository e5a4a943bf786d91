"""How this code is written, each rule with the reason for it."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("costcore", "addin", "workbooks", "install")
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

MAX_MODULE_LINES = 300  # what one reads in one sitting
MAX_FILES_IN_A_FOLDER = 13  # what one remembers while looking for another
MAX_BODY_LINES = 30  # what fits on a screen together with the signature
LONG_ON_PURPOSE: dict[str, str] = {}  # file: why it may be longer, such as a table of data

# what a file name must not be, because it says nothing about what is inside
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# what lays out rows: the table of all commands, and a page that is no answer of a command
LAY_OUT = {"install/terminal/table.py", "install/functions/reference.py"}

# A character class keeps each pattern from matching the line it stands on.
TRACES = {
    "a path of one machine": r"/[w]ork/|/[t]mp/v\b|/[h]ome/|/[r]oot/",
    "a folder outside the repository": r"\b[s]hared/",
    "a package registry, which differs between machines": (
        r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.org|[a]rtifactory|[d]evpi"
    ),
}
NUMBERED_ISSUE = re.compile(r"#.*\b[i]ssue #?\d", re.IGNORECASE)


def names(path: Path) -> str:
    """Show a test case by its path in the repository."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_and_its_functions_are_short(path: Path) -> None:
    """A formula and what it rests on are read together; nobody reads long functions."""
    if names(path) in LONG_ON_PURPOSE:
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_MODULE_LINES
    long = {f.name: n for f in functions(path) if (n := body_lines(f, lines)) > MAX_BODY_LINES}
    assert long == {}


def test_a_folder_is_a_room_and_no_corridor() -> None:
    """More than twelve files beside each other are told apart by prefixes, not by folders."""
    files = Counter(names(path.parent) for path in MODULES if path.name != "__init__.py")
    assert {room: count for room, count in files.items() if count > MAX_FILES_IN_A_FOLDER} == {}
    assert [room for room in files if not (ROOT / room / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    """The first line of the file is where a reader decides whether to go on."""
    assert path.stem not in EMPTY_NAMES
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [p for p in MODULES if "costcore" in p.parts], ids=names)
def test_every_public_function_and_class_of_the_core_is_documented(path: Path) -> None:
    """Its docstring is the help text of the worksheet function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [node for node in tree.body if getattr(node, "name", "_")[0] != "_"]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def test_no_file_tells_where_it_was_made() -> None:
    """Such a line is of no use to anybody else, and may tell what it should not."""
    assert list(traces(tracked_texts())) == []


def test_traces_are_found(tmp_path: Path) -> None:
    """Each pattern finds what it is there for, and none finds itself."""
    bad = tmp_path / "bad.py"
    parts = "/w~ork/x|/t~mp/v/bin|s~hared/x|p~ypi.org|x  # see i~ssue 7".replace("~", "").split("|")
    bad.write_text("\n".join([*parts, "an issue of 2026", "xl/sharedStrings.xml"]))
    assert [line.split(":")[1] for line in traces([bad])] == ["1", "2", "3", "4", "5"]
    assert list(traces([Path(__file__)])) == []


def test_no_command_lays_out_rows_by_itself() -> None:
    """One table serves all commands: it fits the screen, or says what it leaves out."""
    found = [
        f"{names(path)}:{node.lineno}"
        for path in MODULES
        if "install" in path.parts and names(path) not in LAY_OUT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _lays_out(node)
    ]
    assert found == []
    padded = "print(f'{name:30}')", "print(f'{name:{width}}')", "import rich.table", "x.ljust(9)"
    assert all(any(map(_lays_out, ast.walk(ast.parse(each)))) for each in padded)
    assert not any(map(_lays_out, ast.walk(ast.parse("f'{x:,.0f} {y:06b} {z!r}'"))))


def _lays_out(node: ast.AST) -> bool:
    """Tell whether a node pads text to a width, or is a table of the library for them."""
    if isinstance(node, ast.FormattedValue) and node.format_spec:
        spec = ast.unparse(node.format_spec)[2:-1]
        return bool(re.fullmatch(r"(.?[<>^])?([1-9]\d*|\{.+\})s?", spec))
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [getattr(node, "module", None), *(each.name for each in node.names)]
        return any(str(each).startswith(("rich.table", "rich.columns")) for each in modules)
    return isinstance(node, ast.Attribute) and node.attr in {"ljust", "rjust", "center"}


def test_the_core_needs_only_numpy() -> None:
    """A worksheet function must answer soon after Excel starts: no pandas, no file library."""
    code = (
        "import sys; before = set(sys.modules); import costcore.catalogue\n"
        "for name in sorted({m.partition('.')[0] for m in set(sys.modules) - before}): print(name)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert loaded - sys.stdlib_module_names == {"costcore", "numpy"}


def functions(path: Path) -> list[ast.FunctionDef]:
    """Return every function and method of a file, also those inside others."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def body_lines(function: ast.FunctionDef, lines: list[str]) -> int:
    """Count the lines of code of a function without signature, docstring, comments and blanks."""
    first = function.body[1:2] if ast.get_docstring(function) else function.body[:1]
    if not first:
        return 0
    body = lines[first[0].lineno - 1 : function.end_lineno]
    return sum(not line.strip().startswith("#") for line in body if line.strip())


def tracked_texts() -> Iterator[Path]:
    """Return every text file that git would hand to somebody else."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is not a git checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in done.stdout.decode().split("\0")[:-1]:
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes():
            yield path


def traces(paths: Iterator[Path] | list[Path]) -> Iterator[str]:
    """Return ``file:line: reason`` for every line that matches one of the patterns."""
    for path in paths:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            for reason, pattern in TRACES.items():
                if re.search(pattern, line):
                    yield f"{path.name}:{number}: {reason}"
            if path.suffix == ".py" and NUMBERED_ISSUE.search(line):
                yield f"{path.name}:{number}: an issue by number, which a reader cannot look up"


def test_every_package_is_installed() -> None:
    """A folder that is left out works from a checkout and is missing after an installation."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {names(path.parent).replace("/", ".") for path in MODULES if path.stem == "__init__"}
    assert set(project["tool"]["setuptools"]["packages"]) == found - {"install.installer"}


def test_every_file_of_data_is_installed() -> None:
    """What a package reads beside itself goes with it; a checkout would not show that it lacks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    given = project["tool"]["setuptools"]["package-data"]
    patterns = {
        f"{package.replace('.', '/')}/{each}" for package, files in given.items() for each in files
    }
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    read = [name for name in listed if name.endswith((".csv", ".toml", ".bas", ".txt"))]
    ours = [name for name in read if not name.startswith("install/installer/")]
    assert [n for n in ours if not any(PurePath(n).match(pattern) for pattern in patterns)] == []
