"""The board pack: its figures are the cells', its charts are native, and its text stays text."""

import io
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from install.command import main
from tests.books import cached, edit
from workbooks.plan.lines.option import TITLES
from workbooks.sheets.board.deck import deck
from workbooks.sheets.board.pages import Chart, Page

PAGES = ["Strategies", "When it turns", "How sure", "What we assume"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The budget of a company whose volume is large, and its deck."""
    folder = tmp_path_factory.mktemp("board")
    book, board = folder / "ours.xlsx", folder / "board.pptx"
    assert main(["budget", "mid-size", "--tokens", "400B", "--out", str(book)]) == 0
    assert main(["report", str(book), "--out", str(board)]) == 0
    return book, board


class Cells:
    """What a workbook shows, read by another library than the deck was."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path, data_only=True)

    def named(self, name: str) -> Any:
        """The value of a named cell."""
        sheet, place = self.book.defined_names[name].attr_text.split("!")
        return self.book[sheet.strip("'")][place.replace("$", "")].value

    def line(self, sheet: str, label: str) -> list[Any]:
        """The row that begins with a label."""
        rows = self.book[sheet].iter_rows(values_only=True)
        return next(list(row) for row in rows if row[0] == label)


def texts(board: Path) -> list[list[str]]:
    """Every text of each page, cell by cell."""
    return [list(of_slide(slide)) for slide in Presentation(str(board)).slides]


def of_slide(slide: Any) -> Iterator[str]:
    """The texts of a page."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def charts(board: Path) -> list[list[Any]]:
    """The native charts of each page."""
    slides = Presentation(str(board)).slides
    return [[shape.chart for shape in slide.shapes if shape.has_chart] for slide in slides]


def series(chart: Any) -> dict[str, list[float]]:
    """What a chart draws, by the name of each series."""
    return {each.name: list(each.values) for each in chart.plots[0].series}


def test_the_deck_has_five_pages_with_native_charts(made: tuple[Path, Path]) -> None:
    """Cover, Strategies, When it turns, How sure, What we assume."""
    _, board = made
    assert [page[0] for page in texts(board)][1:] == PAGES
    assert [len(page) for page in charts(board)] == [1, 1, 2, 1, 0]


def test_every_number_in_a_chart_is_that_of_its_cell(made: tuple[Path, Path]) -> None:
    """To the last digit."""
    book, board = made
    cells = Cells(book)
    cover, strategies, turning, odds, _ = charts(board)
    months = cells.line("Monthly", "Month of the plan")
    first = months.index(1)
    for title in TITLES.values():
        paid = cells.line("Monthly", f"{title}: cash to date")[first : first + 36]
        assert series(cover[0])[title] == paid
    bills = {"Self-hosted": "Self-hosted: cost of the month, with its capital"}
    bills["Rival that counts"] = "Rival that counts: cost of the month"
    due = {name: cells.line("Comparison", label) for name, label in bills.items()}
    assert series(turning[0]) == {name: line[first : first + 36] for name, line in due.items()}
    rows = list(cells.book["Break-even"].iter_rows(values_only=True))
    top = next(i for i, row in enumerate(rows) if row[0] == "Point")
    points = [row for row in rows[top + 1 :] if row[0] is not None]
    assert series(turning[1]) == {
        "Self-hosted": [row[3] for row in points],
        "Rival that counts": [row[4] for row in points],
    }
    present = {title: [cells.named(f"{option}_present_cost")] for option, title in TITLES.items()}
    assert series(strategies[0]) == present
    labels = list(odds[0].plots[0].categories)
    rows = [cells.line("Risk", label) for label in labels]
    assert len(labels) == 5
    assert series(odds[0]) == {
        "Below base": [row[4] for row in rows],
        "Above base": [row[5] for row in rows],
    }


def test_every_figure_in_a_text_is_that_of_its_cell(made: tuple[Path, Path]) -> None:
    """As its cell would show it: money without cents, shares with one digit."""
    book, board = made
    cells = Cells(book)
    cover, strategies, turning, odds, assumed = texts(board)
    for name in ("verdict_text", "in_time_text", "scale_text", "conditions_text", "plan_title"):
        assert cells.named(name) in cover
    for name in ("cheapest_cost", "today_saving_cost", "pays_from_months"):
        assert whole(cells.named(name)) in cover
    assert f"{cells.named('now_sure_share'):.0%}" in cover
    for option in TITLES:
        for view in ("cash_cost", "expense_cost", "present_cost", "annual_per_year"):
            assert whole(cells.named(f"{option}_{view}")) in strategies
        for view in ("each_per_mtok", "ratio_factor"):
            assert f"{cells.named(f'{option}_{view}'):,.2f}" in strategies
        drawn = cells.line("Risk", TITLES[option])
        assert {f"{drawn[1]:.1%}", *map(whole, drawn[2:5])} <= set(odds)
    for name in ("in_time_text", "price_told_text", "volume_told_text", "load_told_text"):
        assert cells.named(name) in turning
    for name in ("first_tokens_per_month", "busiest_tokens_per_month"):
        assert whole(cells.named(name)) in turning
    assert {"400,000,000,000", cells.named("api_model"), cells.named("hardware")} <= set(assumed)
    shown = set(numbers(" ".join(strategies[1:] + odds[1:])))
    assert shown <= {n for name in cells.book.sheetnames for n in numbers(as_shown(cells, name))}


def whole(held: Any) -> str:
    """A number without decimals, or the word in its place."""
    return held if isinstance(held, str) else f"{held:,.0f}"


def numbers(text: str) -> list[str]:
    """The numbers in a text."""
    return re.findall(r"\d[\d,.]*\d|\d", text)


def as_shown(cells: Cells, sheet: str) -> str:
    """All that a sheet holds, in each way a deck may show it."""
    held = [
        v for row in cells.book[sheet].iter_rows(values_only=True) for v in row if v is not None
    ]
    ways = ("{:,.0f}", "{:,.2f}", "{:.1%}", "{:.0%}", "{:,.12g}")
    said = [way.format(v) for v in held if isinstance(v, int | float) for way in ways]
    return " ".join([*said, *(f"{v}" for v in held)])


def test_the_same_budget_is_the_same_deck(made: tuple[Path, Path]) -> None:
    """Byte for byte."""
    book, board = made
    assert main(["report", str(book), "--out", "again.pptx"]) == 0
    assert Path("again.pptx").read_bytes() == board.read_bytes()


@pytest.mark.parametrize("ending", ["pptx", "potx"])
def test_a_companys_template_gives_the_look(made: tuple[Path, Path], ending: str) -> None:
    """Its size, layouts and theme stay; its sample slides go."""
    theirs = Path(f"company.{ending}")
    sample = Presentation()
    sample.slides.add_slide(sample.slide_layouts[0]).shapes.title.text = "Replace me"
    sample.slide_layouts[5].name = "Our title"
    sample.save(str(theirs))
    if ending == "potx":
        theirs.write_bytes(as_template(theirs.read_bytes()))
    assert main(["report", str(made[0]), "--out", "board.pptx", "--template", str(theirs)]) == 0
    told = Presentation("board.pptx")
    assert (told.slide_width, told.slide_height) == (sample.slide_width, sample.slide_height)
    assert "Our title" in [layout.name for layout in told.slide_layouts]
    assert [page[0] for page in texts(Path("board.pptx"))][1:] == PAGES
    assert series(charts(Path("board.pptx"))[1][0]) == series(charts(made[1])[1][0])


def as_template(content: bytes) -> bytes:
    """Return a deck as the .potx that PowerPoint would save: another type in its list of parts."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            kind = (b"presentation.main+xml", b"template.main+xml")
            new.writestr(name, part.replace(*kind) if name == "[Content_Types].xml" else part)
    return saved.getvalue()


def test_a_workbook_without_stored_values_is_refused(
    made: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """As another program leaves it that computes nothing; nothing is written."""
    openpyxl.load_workbook(made[0]).save("bare.xlsx")
    assert main(["report", "bare.xlsx"]) == 2
    said = capsys.readouterr().err
    assert "has no value; recalculate and save the workbook in Excel or LibreOffice first" in said
    assert said.startswith("bare.xlsx, ")
    assert said.count("\n") == 1
    assert not Path("board.pptx").exists()


@pytest.mark.parametrize("value", ["soon", math.inf])
def test_a_chart_of_what_is_no_number_is_refused(
    value: str | float, made: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A text that was typed over a month left it out of the chart; 1E+999 was a fault."""
    label = "Cloud API: cash to date"
    ref = next(ref for ref, held in cached(made[0])["Monthly"].items() if held == label)
    edit(made[0], {("Monthly", f"H{ref[1:]}"): value}, Path("typed.xlsx"))
    assert main(["report", "typed.xlsx"]) == 2
    assert f"typed.xlsx: {label} has '{value}'; it must be a number" in capsys.readouterr().err
    assert not Path("board.pptx").exists()


def test_another_workbook_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """In a sentence that says what to make instead."""
    openpyxl.Workbook().save("other.xlsx")
    assert main(["report", "other.xlsx"]) == 2
    assert "make a budget with evenpoint budget" in capsys.readouterr().err


def test_another_file_is_no_template(
    made: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is a workbook."""
    assert main(["report", str(made[0]), "--template", str(made[0])]) == 2
    assert "is no PowerPoint template" in capsys.readouterr().err


HOSTILE = ("=1+1", "=HYPERLINK(A1)", "https://127.0.0.1/x", "internal:Sheet1!A1", "+cmd|' /C'!A0")


def test_text_never_becomes_anything_but_text(made: tuple[Path, Path]) -> None:
    """Not a formula in the sheet behind a chart, nor a link, nor a control character."""
    day = Presentation(str(made[1])).core_properties.created.date()
    drawn = {text: [1.0] * len(HOSTILE) for text in HOSTILE}
    chart = Chart("columns", "=A1", "=B1", "=C1", HOSTILE, drawn)
    page = Page("=2+2\x1b", HOSTILE, [(text, text) for text in HOSTILE], [HOSTILE], [chart])
    Path("hostile.pptx").write_bytes(deck([page], "=3+3", day))
    [said] = texts(Path("hostile.pptx"))
    assert said[0] == "=2+2?"
    assert all(said.count(text) == 4 for text in HOSTILE)
    with zipfile.ZipFile("hostile.pptx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert [name for name, part in parts.items() if b"hlinkClick" in part] == []
    [sheet] = [part for name, part in parts.items() if name.endswith(".xlsx")]
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.value for cell in cells if cell.data_type == "s"} == set(HOSTILE)
    assert [cell for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def test_a_deck_that_is_there_stays(made: tuple[Path, Path]) -> None:
    """As every file does, unless --force is given."""
    Path("board.pptx").write_text("mine")
    assert main(["report", str(made[0])]) == 2
    assert Path("board.pptx").read_text() == "mine"
    assert main(["report", str(made[0]), "--force"]) == 0


def test_a_portfolio_has_a_deck_of_its_own(tmp_path: Path) -> None:
    """Four pages; the first says what the workbook's first sheet says, with its figures."""
    book, board = tmp_path / "ours.xlsx", tmp_path / "ours.pptx"
    assert main(["budget", "article-3-engines", "--out", str(book)]) == 0
    assert main(["report", str(book), "--out", str(board)]) == 0
    slides = list(Presentation(str(board)).slides)
    assert [slide.shapes.title.text for slide in slides][1:] == [
        *("Strategies", "How sure", "What would change it")
    ]
    said = {shape.text_frame.text for shape in slides[0].shapes if shape.has_text_frame}
    cells = Cells(book)
    assert any(cells.named("verdict_text") in text for text in said)
    assert any(f"{cells.named('cheapest_cost'):,.0f}" in text for text in said)
