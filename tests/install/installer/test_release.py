"""A release is all that people take, the same twice, with what is inside and what it may be."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from install.installer import build, release
from install.installer.contents import contents
from install.installer.licences import listed
from install.installer.steps import StepError

DAY = 1_764_547_200  # 2025-12-01


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release without the installer for Windows, which takes minutes; it was built twice."""
    out = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(DAY))
        release.release(out, windows=False)
    return out


@pytest.mark.slow
def test_all_that_people_take_is_there(built: Path) -> None:
    """For Excel, for LibreOffice, for neither, for Python, and for those who check."""
    assert sorted(path.name for path in built.iterdir()) == [
        "SHA256SUMS",
        f"evenpoint-{build.version()}-py3-none-any.whl",
        "evenpoint-examples.ods",
        "evenpoint-examples.xlsx",
        "evenpoint-lite.xlsx",
        "evenpoint-template.xlsx",
        "evenpoint.cdx.json",
        "evenpoint.oxt",
        "evenpoint.xlam",
    ]


def test_the_sums_are_those_of_the_files(built: Path) -> None:
    """In the form that `sha256sum --check` reads."""
    lines = (built / "SHA256SUMS").read_text().splitlines()
    told = dict(reversed(line.split("  ")) for line in lines)
    others = [path for path in built.iterdir() if path.name != "SHA256SUMS"]
    assert told == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in others}


def test_the_wheel_has_every_package_and_the_day_it_was_told(built: Path) -> None:
    """And nothing of the builder's machine."""
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        names = package.namelist()
        days = {item.date_time[:3] for item in package.infolist()}
    assert {"install/command.py", "costcore/catalogue.py", "workbooks/data/token_prices.csv"} <= {
        *names
    }
    assert not [name for name in names if name.startswith(("tests", "install/installer"))]
    assert days == {(2025, 12, 1)}


@pytest.mark.slow
def test_the_list_of_contents_is_valid_and_whole(built: Path) -> None:
    """By the schema of CycloneDX 1.6; each package that anybody is given, with its licence."""
    text = (built / "evenpoint.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)["components"]
    libraries = {(e["name"], e["version"]): e for e in told if e["type"] == "library"}
    given = {(p.name, p.version): p for p in listed() if p.locks != {"test"}}
    assert libraries.keys() == given.keys()
    for key, each in libraries.items():
        assert each["licenses"] == [{"license": {"name": given[key].licence}}]
    assert libraries["mcp", "2.3.0"]["scope"] == "optional"
    assert {e["scope"] for (name, _), e in libraries.items() if name == "numpy"} == {"required"}
    files = {each["name"] for each in told if each["type"] == "file"}
    assert files == {p.name for p in built.iterdir()} - {"SHA256SUMS", "evenpoint.cdx.json"}


def test_the_list_of_contents_is_the_same_twice() -> None:
    """Its serial number too, which tells one list from another."""
    files = {"a.whl": "0" * 64}
    assert contents("1", files, DAY) == contents("1", files, DAY)
    assert contents("1", files, DAY) != contents("1", {"a.whl": "1" * 64}, DAY)


def test_what_differs_between_two_builds_is_found(tmp_path: Path) -> None:
    """Another byte, and a file that only one of them has."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, content in ((one, b"a"), (other, b"b")):
        folder.mkdir()
        (folder / "same").write_bytes(b"x")
        (folder / "changed").write_bytes(content)
    (one / "alone").touch()
    assert release.differing(one, other) == ["alone", "changed"]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    """Somebody may keep other things there."""
    (tmp_path / "mine").touch()
    with pytest.raises(StepError, match="holds files already and stays as it is"):
        release.release(tmp_path, windows=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_bytecode_tells_neither_where_nor_when_it_was_made(tmp_path: Path) -> None:
    """The same from two folders and two times, as the installer for Windows carries it."""
    made = []
    for place in ("here", "there"):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "module.py").write_text("NAMES = {'a', 'b', 'c'}\n")
        build.compile_all(folder)
        [compiled] = folder.rglob("*.pyc")
        made.append(compiled.read_bytes())
        assert str(tmp_path).encode() not in made[-1]
    assert made[0] == made[1]
