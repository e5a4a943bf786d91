"""Draw the pictures of the README: ``python -m tests.pictures``.

Sheets are drawn by LibreOffice from a generated budget; what commands say is written as SVG, which
is text and needs no program. So is what two buttons of Excel's ribbon say and ask: the words are
those of the very functions behind them, the looks of Excel are not. The functions in a sheet are
drawn by LibreOffice with the add-in installed. A test draws them again and compares.
"""

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from rich.console import Console
from rich.text import Text
from xlsxwriter import Workbook

from addin.excel import actions
from install.calc import profile as calc_profile
from install.command import main as evenpoint
from tests.addin.office import running
from tests.addin.open_file import OpenFile
from tests.checkout import ROOT
from tests.engines import _convert
from workbooks.plan.lines.lookup import header

PICTURES = ROOT / "workbooks" / "pictures"
WIDTH = 100
FONT_FROM_THE_NETWORK = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class Shot(NamedTuple):
    """Part of a sheet: the first page that has some words, and the rectangle of it, in pixels."""

    words: str
    left: int
    top: int
    width: int
    height: int


SHEETS = {
    "cover": Shot("Recommended costs", 20, 20, 755, 985),
    "sure": Shot("draws of every range in Inputs", 20, 20, 1085, 650),
    "inputs": Shot("opens the rest of a section", 25, 35, 1025, 290),
    "assumed": Shot("What matters most", 25, 25, 1070, 500),
    "pools": Shot("Which provider takes which part", 20, 20, 755, 580),
    "prices": Shot("A100 40GB SXM", 25, 35, 770, 505),
}
SHOWN = {
    "hardware": 28,
    "rent_base_per_gpu_hour": 12,
    "rent_currency": 10,
    "rent_source": 52,
    "rent_as_of": 12,
}
"""Columns of the sheet Hardware in its picture, and their width; it has forty, none for print."""
DECK = {"deck": 3}
"""The page of a deck that is drawn."""
COMMANDS = {
    "price": "prices show mistral/mistral-large-4",
    "budget": "budget mid-size",
    "size": "size Llama-3.3-70B --tokens 2.7B --hardware MI300X --hardware L40S",
    "breakeven": "breakeven --price 20 --node-cost 5400 --capacity 388.8M --fixed 3000",
}


ANSWERS = ("2.7B", "30 %", "openai/gpt-4o", "rent")
"""What a user answers to the questions of *New budget*."""
WORDS = ("explain", "questions", "folder")
"""What is written by `draw_ribbon` and `draw_folder`."""
CALC = "calc"
FOLDER = "budget-2027"
GIVEN = {
    "API, a million tokens": (20, 10),
    "Node, a month": (5_400, 5_400),
    "Tokens a node serves": (388_800_000, 388_800_000),
    "Team, a month": (3_000, 0),
}
"""What two break-evens are asked with, in the columns B and C of a sheet, from the first row on."""
ASKED = {
    "Break-even": "BREAKEVEN_TOKENS({0}1;{0}2;{0}3;{0}4)",
    "Why": "BREAKEVEN_WHY({0}1;{0}2;{0}3;{0}4)",
    "Nodes for 1 B tokens": "NODES_NEEDED(1000000000;{0}3;2)",
    "Three years of a node": "TCO_3YR(0;{0}2;12*{0}4)",
}


def draw_sheets(folder: Path) -> None:
    """Draw parts of the sheets of two budgets into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        book = budget(Path(scratch))
        pools = budget(Path(scratch), "article-2-providers")
        drawn = _convert([narrow(book), book, pools], "pdf", Path(scratch), 120)
        pages = [(pdf, *page) for pdf in drawn for page in enumerate(words(pdf), start=1)]
        for name, shot in SHEETS.items():
            pdf, page, _ = next(each for each in pages if shot.words in each[2])
            crop = ["-x", shot.left, "-y", shot.top, "-W", shot.width, "-H", shot.height]
            where = ["-f", page, "-l", page, "-singlefile", "-r", 96, *crop]
            command = ["pdftoppm", "-png", *map(str, where), str(pdf), str(folder / name)]
            subprocess.run(command, check=True)


def narrow(path: Path) -> Path:
    """Return a copy of a budget that prints a few columns of Hardware and nothing else."""
    book = openpyxl.load_workbook(path)
    sheet = book["Hardware"]
    for other in book:
        other.sheet_state = "visible" if other is sheet else "hidden"
    book.active = sheet
    top = next(cell.row for cell in sheet["A"] if cell.value == header("hardware"))
    widths = {header(name): width for name, width in SHOWN.items()}
    sheet.column_dimensions.clear()
    for cell in sheet[top]:
        column = sheet.column_dimensions[cell.column_letter]
        column.width = widths.get(cell.value, 1)
        column.hidden = cell.value not in widths
    sheet.print_area = f"A1:{sheet.cell(1, sheet.max_column).column_letter}{sheet.max_row}"
    sheet.page_setup.fitToHeight = 1
    book.save(narrowed := path.with_stem("narrow"))
    return narrowed


def budget(folder: Path, scenario: str = "mid-size") -> Path:
    """Write a ready budget into a folder."""
    book = folder / f"{scenario}.xlsx"
    with redirect_stdout(io.StringIO()):
        assert evenpoint(["budget", scenario, "--out", str(book)]) == 0
    return book


def draw_deck(folder: Path) -> None:
    """Draw pages of the deck of the mid-size budget into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        deck = Path(scratch, "board.pptx")
        with redirect_stdout(io.StringIO()):
            assert evenpoint(["report", str(budget(Path(scratch))), "--out", str(deck)]) == 0
        (pdf,) = _convert([deck], "pdf", Path(scratch), 120)
        for name, page in DECK.items():
            where = ["-f", page, "-l", page, "-singlefile", "-r", 72]
            command = ["pdftoppm", "-png", *map(str, where), str(pdf), str(folder / name)]
            subprocess.run(command, check=True)


def draw_calc(folder: Path) -> None:
    """Draw functions that answer in a sheet of LibreOffice Calc, with the add-in installed."""
    with tempfile.TemporaryDirectory() as scratch:
        sheet, pdf = Path(scratch, "sheet.xlsx"), Path(scratch, "sheet.pdf")
        plain(sheet)
        with running(calc_profile.package(calc_profile.place())) as office:
            office.ask("open", str(sheet))
            office.ask("fill", [], [*calls()])
            office.ask("save", str(pdf))
        shot = ["-x", 64, "-y", 69, "-W", 925, "-H", 221]
        where = map(str, ["-f", 1, "-l", 1, "-singlefile", "-r", 96, *shot])
        subprocess.run(["pdftoppm", "-png", *where, str(pdf), str(folder / CALC)], check=True)


def plain(path: Path) -> None:
    """Write the sheet without its formulas, to be printed with the names of rows and columns."""
    with Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        number = book.add_format({"num_format": "#,##0", "text_wrap": True, "valign": "top"})
        sheet.set_column("A:A", 24, number)
        sheet.set_column("B:C", 34, number)
        sheet.set_column("D:D", 36, number)
        for row, (label, values) in enumerate(GIVEN.items()):
            sheet.write_row(row, 0, [label, *values])
        sheet.write_column(len(GIVEN), 0, ASKED)
        sheet.set_row(len(GIVEN) + 1, 62)
        sheet.print_row_col_headers()
        sheet.hide_gridlines(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)


def calls() -> Iterator[list[object]]:
    """Yield column, row, size and formula of each call, and beside it what was typed."""
    for row, formula in enumerate(ASKED.values(), start=len(GIVEN)):
        for column, name in enumerate("BC", start=1):
            yield [column, row, 1, 1, "=" + formula.format(name)]
        yield [3, row, 1, 1, f"=FORMULA(B{row + 1})"]


def draw_ribbon(folder: Path) -> None:
    """Write what *Explain this cell* says of a break-even, and what *New budget* asks."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "plan.xlsx")
        formula = "=BREAKEVEN_TOKENS(20,5400,388800000,3000)"
        with Workbook(path) as book:
            book.add_worksheet("Plan").write_formula("B2", formula, value=690e6)
        opened = OpenFile(path, ("Plan", "B2"))
        told = actions.run("explain_cell", opened)
        said = {"explain": ("Explain this cell", f"{formula}\n\n{told}")}
        opened.answers = list(ANSWERS)
        made = actions.run("new_budget", opened).replace(f"{scratch}/", "")
        asked = [f"{q}\n> {a}" for q, a in zip(opened.asked, ANSWERS, strict=True)]
        said["questions"] = ("New budget", "\n\n".join([*asked, made]))
    for name, (title, text) in said.items():
        (folder / f"{name}.svg").write_text(drawn(title, text), encoding="utf-8")


def words(pdf: Path) -> list[str]:
    """Return the words of each page."""
    done = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True)
    return done.stdout.split("\f")


def draw_commands(folder: Path) -> None:
    """Write what commands say, as they say it on a screen, into a folder."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as scratch:
        patch.chdir(scratch)
        patch.setenv("COLUMNS", str(WIDTH))
        for name, typed in COMMANDS.items():
            said = io.StringIO()
            with redirect_stdout(said):
                assert evenpoint(typed.split()) == 0
            (folder / f"{name}.svg").write_text(
                drawn("evenpoint", f"$ evenpoint {typed}\n{said.getvalue().rstrip()}"),
                encoding="utf-8",
            )


def draw_folder(folder: Path) -> None:
    """Write what a new budget folder says of itself."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as scratch:
        patch.chdir(scratch)
        patch.setenv("COLUMNS", str(WIDTH))
        said = io.StringIO()
        with redirect_stdout(said):
            said.write(f"$ evenpoint init {FOLDER}\n")
            assert evenpoint(["init", FOLDER]) == 0
            patch.chdir(FOLDER)
            said.write(f"$ cd {FOLDER}\n$ evenpoint\n")
            assert evenpoint([]) == 0
        text = said.getvalue().rstrip().replace(str(Path(scratch).resolve()), "~")
        (folder / "folder.svg").write_text(drawn("evenpoint", text), encoding="utf-8")


def drawn(title: str, text: str) -> str:
    """Return a window with a title and a text."""
    screen = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    screen.print(Text(text))
    picture = screen.export_svg(title=title, unique_id="evenpoint")
    return FONT_FROM_THE_NETWORK.sub("", picture)


def main() -> None:
    """Draw them all."""
    PICTURES.mkdir(exist_ok=True)
    draw_sheets(PICTURES)
    draw_deck(PICTURES)
    draw_commands(PICTURES)
    draw_ribbon(PICTURES)
    draw_folder(PICTURES)
    draw_calc(PICTURES)


if __name__ == "__main__":
    sys.exit(main())
