"""Build, install, ask and remove the Calc add-in with the command, in a fresh profile."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from addin.calc import package as calc_package
from addin.calc.package import build, method_name, spoken
from addin.calc.spellings import retyped
from addin.calc.types import CELL, TABLE, type_library
from costcore.catalogue import FUNCTIONS
from install import programs
from install.command import main
from tests.addin.office import missing

OFFICE = pytest.mark.skipif(bool(missing()), reason=missing() or "it is there")


def test_the_package_is_the_same_bytes_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever builds the same version gets the same file, and nothing else in the folder."""
    assert main(["addin", "build", "--calc", "--out", str(tmp_path)]) == 0
    path = tmp_path / "evenpoint.oxt"
    assert capsys.readouterr().out == f"Wrote {path}\n"
    assert path.read_bytes() == build()
    assert list(tmp_path.iterdir()) == [path]


def test_the_package_says_where_nothing_is() -> None:
    """No path of the machine that built it, and no file beyond those that LibreOffice reads."""
    with zipfile.ZipFile(io.BytesIO(build())) as package:
        assert {entry.date_time for entry in package.infolist()} == {calc_package.MADE}
        assert "product.json" not in package.namelist()
        content = b"".join(map(package.read, package.namelist()))
        xml = [name for name in package.namelist() if name.endswith((".xcu", ".xml"))]
        for name in xml:
            ElementTree.fromstring(package.read(name))
    assert str(Path(calc_package.__file__).parents[2]).encode() not in content


def test_names_suit_uno() -> None:
    """UNO takes letters and digits, and tells methods and arguments apart by them."""
    methods = [method_name(entry.name) for entry in FUNCTIONS]
    assert len(set(methods)) == len(FUNCTIONS)
    for entry in FUNCTIONS:
        arguments = list(map(spoken, entry.quantities))
        assert len(set(arguments)) == len(arguments)
        assert all(word.isalnum() and word.isascii() for word in [*methods, *arguments])


def test_the_type_library_follows_the_description_of_its_format() -> None:
    """Header, interface and first method by hand; LibreOffice itself reads the rest."""
    base, number, nothing = b"com.sun.star.uno.XInterface", (1).to_bytes(4, "little"), bytes(4)
    library = type_library("a.X", {"f": (TABLE, ["x"]), "g": (CELL, [])})
    assert library[:8] == b"UNOIDL\xff\0"
    body = library[16:]
    expected = b"\x05" + number + len(base).to_bytes(4, "little") + base
    expected += nothing * 2 + (2).to_bytes(4, "little")
    expected += number + b"f" + (7).to_bytes(4, "little") + b"[][]any"
    expected += number + b"\0" + number + b"x" + (3).to_bytes(4, "little") + b"any" + nothing
    assert body.startswith(expected + number + b"g")


def test_a_long_formula_is_retyped_in_time_that_grows_with_its_length() -> None:
    """A cell holds 8,192 characters; names, quotes and prefixes that lead nowhere are skipped."""
    fix = retyped([entry.name for entry in FUNCTIONS])
    for part in ("'a'!", "_xldudf_A_", "[1]!", 'RENT_PER_MONTH"', "a.xlam!", "BREAKEVEN_"):
        formula = "=" + part * (8_000 // len(part))
        assert fix(formula) == formula


def test_without_libreoffice_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "FOLDERS", ())
    monkeypatch.setattr(programs, "OFFICES", ())
    assert main(["addin", "status", "--calc"]) == 2
    assert "LibreOffice is not installed" in capsys.readouterr().err


@pytest.mark.slow
@OFFICE
@pytest.mark.libreoffice
def test_install_status_and_uninstall_in_a_fresh_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Installing twice replaces; removing twice is refused in one sentence."""

    def run(*words: str) -> tuple[int, str]:
        code = main(["addin", *words, "--calc", "--profile", str(tmp_path / "profile")])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert run("status") == (
        0,
        "Not installed in LibreOffice. Run: evenpoint addin install --calc\n",
    )
    for _ in range(2):
        code, said = run("install")
        assert code == 0
        assert said.startswith("Installed.")
        assert "numpy" in said
    assert "through a bridge (as it was installed with --bridge)" in run("install", "--bridge")[1]
    assert run("uninstall")[0] == 0
    assert run("status")[1].startswith("Not installed")
    assert run("uninstall") == (2, "LibreOffice does not have the functions of Evenpoint.\n")
