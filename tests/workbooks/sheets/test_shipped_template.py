"""The template in the repository is the one that the command writes."""

import re
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from tests.checkout import ROOT
from workbooks.sheets.template import template

SHIPPED = ROOT / "workbooks" / "evenpoint-template.xlsx"
STALE = "is out of date: evenpoint template --out workbooks/evenpoint-template.xlsx --force"
NUMBER = re.compile(r"-?\d+\.\d+(?:[Ee][-+]?\d+)?")


def parts(path: Path) -> dict[str, str]:
    """The parts of a workbook, unpacked: packing differs between versions of zlib."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def test_the_template_in_the_repository_is_what_the_command_writes(tmp_path: Path) -> None:
    """Part by part, every word and formula; computed figures to one part in a billion."""
    Path("built.xlsx").write_bytes(template())
    shipped, built = parts(SHIPPED), parts(Path("built.xlsx"))
    assert list(shipped) == list(built), STALE
    words = {name: NUMBER.sub("#", text) for name, text in built.items()}
    assert {name for name, text in shipped.items() if NUMBER.sub("#", text) != words[name]} == (
        set()
    ), STALE
    ours, theirs = (
        [float(n) for n in chain.from_iterable(map(NUMBER.findall, each.values()))]
        for each in (built, shipped)
    )
    assert theirs == pytest.approx(ours, rel=1e-9), STALE


def test_the_readme_begins_with_it() -> None:
    """For somebody who has nothing but a browser."""
    first = (ROOT / "README.md").read_text(encoding="utf-8").split("\n\n")[1]
    assert f"({SHIPPED.relative_to(ROOT).as_posix()})" in first
