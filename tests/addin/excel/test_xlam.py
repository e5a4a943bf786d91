"""The built add-in: same bytes each time, sound by the specifications, and read back the same."""

import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from pyopenvba import ExcelFile

from addin.excel import xlam
from addin.excel.ribbon import BUTTONS
from addin.excel.vba import modules
from addin.help import help_for
from costcore.catalogue import CATEGORY, FUNCTIONS
from tests.addin import package

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
UI = "{http://schemas.microsoft.com/office/2006/01/customui}"
DOCUMENTS = {"ThisWorkbook", "Sheet1"}


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-in as the command writes it."""
    folder = tmp_path_factory.mktemp("addin")
    command = [sys.executable, "-m", "install.command", "addin", "build", "--out", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == f"Wrote {folder / 'evenpoint.xlam'}\n"
    return folder / "evenpoint.xlam"


@pytest.fixture(scope="module")
def parts(addin: Path) -> dict[str, bytes]:
    """The parts of the package, which is sound."""
    return package.parts(addin.read_bytes())


@pytest.fixture(scope="module")
def sources(parts: dict[str, bytes]) -> dict[str, str]:
    """The VBA modules, from a project that is sound."""
    name, found = package.vba_sources(parts["xl/vbaProject.bin"])
    assert name == "Evenpoint"
    return found


def test_each_build_has_the_same_bytes(addin: Path) -> None:
    """Also from another process: nothing of a clock, a hash seed or a folder gets in."""
    assert xlam.build() == addin.read_bytes()


def test_the_package_holds_the_source_that_was_written(sources: dict[str, str]) -> None:
    """Read by our own reader of the three formats; beside it the two empty document modules."""
    ours = {name: text for name, text in sources.items() if name not in DOCUMENTS}
    assert ours == modules()
    for name in DOCUMENTS:
        assert all(line.startswith("Attribute ") for line in sources[name].split("\r\n") if line)


def test_olevba_reads_back_the_same_source(addin: Path) -> None:
    """An independent reader, made to find macros that hide; it finds no automatic start."""
    with warnings.catch_warnings(action="ignore"):  # it uses old names of pyparsing
        from oletools.olevba import VBA_Parser

        parser = VBA_Parser(str(addin))
        kinds = {kind for kind, _, _ in parser.analyze_macros()}
    read = {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    assert {name: code for name, code in read.items() if name not in DOCUMENTS} == modules()
    assert "AutoExec" not in kinds


def test_pyopenvba_finds_nothing_to_complain_about(addin: Path) -> None:
    """Its validation compares directory, project text and streams."""
    with ExcelFile(addin) as file:
        assert file.validate() == []


def test_a_broken_file_is_noticed(addin: Path) -> None:
    """The strict reader sees a cut, a doubled sector and another byte in the source."""
    project = package.parts(addin.read_bytes())["xl/vbaProject.bin"]
    for broken in (project[:-512], project[:-1], project[:30] + b"\0" + project[31:]):
        with pytest.raises((AssertionError, IndexError)):
            package.vba_sources(broken)


def test_lines_are_what_the_editor_accepts(sources: dict[str, str]) -> None:
    """CRLF, under 1,024 characters, at most 24 continuations, 7-bit text."""
    for source in sources.values():
        assert source.replace("\r\n", "").isprintable() or "\t" not in source
        assert source.isascii()
        assert "\n" not in source.replace("\r\n", "")
        assert max(map(len, source.split("\r\n"))) < 1_024
        assert not re.search(r"(?: _\r\n[^\r]*){25}", source)


def test_every_procedure_is_closed_and_unique(sources: dict[str, str]) -> None:
    """A compile error in one procedure would silence the whole add-in."""
    code = "\r\n".join(sources.values())
    begun = re.findall(r"(?m)^(?:Public|Private) (Function|Sub) (\w+)\(", code)
    assert len({name.lower() for _, name in begun}) == len(begun)
    for kind in ("Function", "Sub"):
        assert code.count(f"\r\nEnd {kind}") == sum(k == kind for k, _ in begun)
    for name, source in sources.items():
        assert source.startswith(f'Attribute VB_Name = "{name}"\r\n')
    assert all("Option Explicit" in sources[name] for name in sources if name not in DOCUMENTS)


def test_a_cell_or_another_workbook_can_run_no_code(sources: dict[str, str]) -> None:
    """One server and one module by name; no shell, no DLL, no setting read from anywhere."""
    bridge = sources["EvenpointBridge"]
    assert "\r\nOption Private Module\r\n" in bridge
    code = "\r\n".join(sources.values()).lower()
    forbidden = (
        "declare shell getobject run evaluate execute wscript environ getsetting open import"
    )
    forbidden += " callbyname auto_open workbook_open getopenfilename onkey ontime addressof kill"
    words = set(re.findall(r"\w+", _without_comments(code)))
    assert words & set(forbidden.split()) == {"run"}
    assert re.findall(r"\S+\.run\b\S*", _without_comments(code)) == ["server().run(action,"]
    assert re.findall(r"CreateObject\((\w+)\)", bridge) == ["SERVER_NAME"]
    assert 'Private Const SERVER_NAME As String = "Evenpoint.Server"' in bridge
    assert re.findall(r"\.CallUDF\((\w+)", bridge) == ["PYTHON_MODULE"]
    public = re.findall(r"(?m)^Public (?:Function|Sub) (\w+)", "\n".join(sources.values()))
    expected = {f.name for f in FUNCTIONS} | {b.callback for b in BUTTONS}
    assert set(public) == expected | {"EvenpointCall", "EvenpointRun"}


def _without_comments(code: str) -> str:
    return "\n".join(line for line in code.splitlines() if not line.lstrip().startswith("'"))


def test_function_help_is_where_excel_keeps_it(
    parts: dict[str, bytes], sources: dict[str, str]
) -> None:
    """Places and form are those in files that Excel saved after MacroOptions had been called."""
    workbook = ET.fromstring(parts["xl/workbook.xml"])
    groups = workbook.find(f"{MAIN}functionGroups")
    assert groups is not None
    assert groups.get("builtInGroupCount") == "19"
    assert [group.get("name") for group in groups] == [CATEGORY]
    described = {
        name.get("name"): [d.text for d in name.iter(f"{X14}argumentDescription")]
        for name in workbook.iter(f"{X14}definedName")
    }
    assert described == {f.name: [help_for(f, name) for name in f.quantities] for f in FUNCTIONS}
    wrappers = sources["EvenpointFunctions"]
    for entry in FUNCTIONS:
        assert f'Attribute {entry.name}.VB_Description = "{entry.summary}"\r\n' in wrappers
        assert rf'Attribute {entry.name}.VB_ProcData.VB_Invoke_Func = " \n20"' in wrappers


def test_the_order_of_the_workbook_part_is_the_schemas(parts: dict[str, bytes]) -> None:
    """Excel repairs, and thereby empties, a part whose elements stand in another order."""
    order = [
        "fileVersion",
        "workbookPr",
        "bookViews",
        "sheets",
        "functionGroups",
        "calcPr",
        "extLst",
    ]
    found = [e.tag.rpartition("}")[2] for e in ET.fromstring(parts["xl/workbook.xml"])]
    assert found == order


def test_the_ribbon_calls_what_is_there(parts: dict[str, bytes], sources: dict[str, str]) -> None:
    """Five buttons with icons; each names a procedure of the signature that Office calls."""
    ui = ET.fromstring(parts["customUI/customUI.xml"])
    buttons = list(ui.iter(f"{UI}button"))
    assert [b.get("label") for b in buttons] == [
        "New budget",
        "Refresh prices",
        "Explain this cell",
        "Check workbook",
        "Help",
    ]
    for button in buttons:
        module, _, callback = button.get("onAction", "").partition(".")
        assert f"Public Sub {callback}(ByVal control As IRibbonControl)\r\n" in sources[module]
        assert button.get("imageMso")
        assert len(button.get("supertip", "")) < 1_024


def test_the_file_tells_nothing_about_who_built_it(addin: Path) -> None:
    """No author, no date, no path; all entries as the zip format dates nothing."""
    content = addin.read_bytes()
    for trace in (b"William", b"/home", b"/tmp"):
        assert trace not in content


def test_libreoffice_loads_it(parts: dict[str, bytes], soffice: str, tmp_path: Path) -> None:
    """An independent program opens it as a workbook, and finds every module.

    It knows workbooks with macros but not add-ins, hence the one word in the list of types.
    """
    kept, types = dict(parts), "[Content_Types].xml"
    kept[types] = kept[types].replace(b"addin.macroEnabled", b"sheet.macroEnabled")
    with zipfile.ZipFile(tmp_path / "evenpoint.xlsm", "w") as workbook:
        for name, part in kept.items():
            workbook.writestr(name, part)
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "ods", "--outdir", str(tmp_path), str(tmp_path / "evenpoint.xlsm")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(tmp_path / "evenpoint.ods") as saved:
        for name, source in modules().items():
            basic = saved.read(f"Basic/Evenpoint/{name}.xml").decode()
            assert basic.count("End Function") == source.count("End Function")
