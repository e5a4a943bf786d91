"""Draw the pictures of the README: ``python -m tests.pictures``.

Sheets are drawn by LibreOffice from a generated budget; what commands say is written as SVG, which
is text and needs no program. A test draws them again and compares.
"""

import io
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console
from rich.text import Text

from install.command import main as evenpoint
from tests.checkout import ROOT
from tests.engines import _convert

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
}
DECK = {"deck": 3}
"""The page of a deck that is drawn."""
COMMANDS = {
    "budget": "budget mid-size",
    "size": "size Llama-3.3-70B --tokens 2.7B --hardware MI300X --hardware L40S",
    "breakeven": "breakeven --price 20 --node-cost 5400 --capacity 388.8M --fixed 3000",
}


def draw_sheets(folder: Path) -> None:
    """Draw parts of the sheets of the mid-size budget into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        book = budget(Path(scratch))
        (pdf,) = _convert([book], "pdf", Path(scratch), 120)
        pages = words(pdf)
        for name, shot in SHEETS.items():
            page = next(i for i, text in enumerate(pages, start=1) if shot.words in text)
            crop = ["-x", shot.left, "-y", shot.top, "-W", shot.width, "-H", shot.height]
            where = ["-f", page, "-l", page, "-singlefile", "-r", 96, *crop]
            command = ["pdftoppm", "-png", *map(str, where), str(pdf), str(folder / name)]
            subprocess.run(command, check=True)


def budget(folder: Path) -> Path:
    """Write the mid-size budget into a folder."""
    book = folder / "budget.xlsx"
    with redirect_stdout(io.StringIO()):
        assert evenpoint(["budget", "mid-size", "--out", str(book)]) == 0
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
            (folder / f"{name}.svg").write_text(drawn(typed, said.getvalue()), encoding="utf-8")


def drawn(typed: str, said: str) -> str:
    """Return a terminal in which a command was typed and has answered."""
    screen = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    screen.print(Text(f"$ evenpoint {typed}\n{said.rstrip()}"))
    picture = screen.export_svg(title="evenpoint", unique_id="evenpoint")
    return FONT_FROM_THE_NETWORK.sub("", picture)


def main() -> None:
    """Draw them all."""
    PICTURES.mkdir(exist_ok=True)
    draw_sheets(PICTURES)
    draw_deck(PICTURES)
    draw_commands(PICTURES)


if __name__ == "__main__":
    sys.exit(main())
