"""A sheet says the same whether a cell of it is read in one step or in six."""

import random
import zipfile

import openpyxl
import pytest

from tests.engines import resaved
from tests.workbooks.budgets import corner, write
from workbooks.file import plain
from workbooks.file.cells import LAST_ROW
from workbooks.file.refusal import RefreshError
from workbooks.file.sheet import Sheet
from workbooks.sheets.budget import budget

PUT_IN = (
    *(b"&amp;", b"&#8364;", b"&#x1F600;", b"&#13;", b"\r\n", b"\t", b"\xc3\xa9", b"&lt;", b"]]>"),
    *(b"<!-- 1 -->", b"<![CDATA[a<b]]>", b"<?x y?>", b"<v>1</v>", b"<v/>", b"<f/>", b"<row/>"),
    *(b"<f>1+1</f>", b"</c>", b"</row>", b"<is><t> a</t></is>", b"<extLst/>", b"<c/>", b"<"),
    *(b' t="s"', b' t="inlineStr"', b' s="&#49;"', b" x='1>2'", b' x="1>2"', b' r="XFE1"'),
    *(b' xmlns="a"', b' xmlns:a="b"', b' a:t="s"', b' ht="9"', b' hidden="1"', b"\xff", b"\x00"),
)
"""What stands in sheets, at a place where it may be right, wrong or not XML at all."""
BEFORE = (b"<c ", b"<v>", b"</v>", b"<f>", b"</f>", b"</c>", b"<row ", b"</row>", b' s="', b">")


@pytest.fixture(scope="module")
def sheets(tmp_path_factory, soffice):
    """The sheets of a budget as we, LibreOffice and openpyxl write them."""
    folder = tmp_path_factory.mktemp("plain")
    made = write(folder, "made", budget(corner("never")))
    saved = [made, resaved(made, folder / "saved"), folder / "openpyxl.xlsx"]
    openpyxl.load_workbook(made).save(saved[-1])
    found = []
    for path in saved:
        with zipfile.ZipFile(path) as package:
            parts = [n for n in package.namelist() if n.startswith("xl/worksheets/sheet")]
            found += [package.read(name) for name in parts]
    return found


def said(data):
    """Return all that a sheet says of itself, or why it is refused."""
    try:
        sheet = Sheet(data, "it", 1, LAST_ROW)
    except RefreshError as error:
        return str(error)
    return {k: v for k, v in vars(sheet).items() if k != "parser" and not k.startswith("_")}


def in_steps(monkeypatch, data):
    """Return what a sheet says that is read step by step."""
    with monkeypatch.context() as patch:
        patch.setattr(plain, "block", lambda data: (0, 0))
        return said(data)


@pytest.mark.slow
def test_sheets_of_every_program_are_read_a_cell_at_a_time(sheets):
    """Else all the rest of these tests compare a thing with itself."""
    assert all(plain.block(data) != (0, 0) for data in sheets)


def test_a_sheet_says_the_same(monkeypatch, sheets):
    """Where each cell, row and value begins and ends, and what they hold."""
    for data in sheets:
        assert said(data) == in_steps(monkeypatch, data)


@pytest.mark.slow
def test_a_changed_sheet_says_the_same(monkeypatch, sheets):
    """Something is put before, or after, some bytes of it; two of three are refused, in one way."""
    draws = random.Random(20261130)
    small = [data for data in sheets if len(data) < 8_000]
    seen = set()
    for _ in range(1_500):
        data = draws.choice(small)
        for _ in range(draws.choice([1, 1, 2])):
            word = draws.choice(BEFORE)
            at = max(data.find(word, draws.randrange(len(data))), 0)
            at += len(word) * draws.randrange(2)
            data = data[:at] + draws.choice(PUT_IN) + data[at:]
        answer = said(data)
        assert answer == in_steps(monkeypatch, data)
        seen.add((plain.block(data) != (0, 0), isinstance(answer, str)))
    assert seen == {(True, True), (True, False), (False, True), (False, False)}
