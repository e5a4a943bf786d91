"""The pictures of the README are what the product draws today."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.addin.office import missing
from tests.checkout import ROOT
from tests.pictures import (
    CALC,
    COMMANDS,
    DECK,
    PICTURES,
    SHEETS,
    WORDS,
    draw_calc,
    draw_commands,
    draw_deck,
    draw_folder,
    draw_ribbon,
    draw_sheets,
)

STALE = "the pictures are out of date: python -m tests.pictures"
THUMBNAIL = (160, 90)
MOST_DIFFERENT = 4.0
"""Mean difference of a pixel, of 255, that other fonts make; another table or chart makes more."""


def test_every_picture_is_in_the_readme_and_drawn_by_the_command() -> None:
    """None that is left over, and none that nobody sees."""
    shown = re.findall(r"\]\(workbooks/pictures/([\w.]+)\)", (ROOT / "README.md").read_text())
    drawn = [f"{name}.png" for name in (*SHEETS, *DECK, CALC)]
    drawn += [f"{name}.svg" for name in (*COMMANDS, *WORDS)]
    assert sorted(shown) == sorted(drawn) == sorted(path.name for path in PICTURES.iterdir())


def test_what_commands_say_is_what_their_pictures_show(tmp_path: Path) -> None:
    """Character by character; nothing is loaded from elsewhere to show them."""
    draw_commands(tmp_path)
    draw_ribbon(tmp_path)
    draw_folder(tmp_path)
    for name in (*COMMANDS, *WORDS):
        shipped = (PICTURES / f"{name}.svg").read_text(encoding="utf-8")
        assert shipped == (tmp_path / f"{name}.svg").read_text(encoding="utf-8"), STALE
        assert "url(http" not in shipped.replace('"', "")


@pytest.mark.slow
@pytest.mark.usefixtures("soffice", "pdftoppm")
def test_sheets_look_as_their_pictures_show(tmp_path: Path) -> None:
    """As small pictures, for letters lie elsewhere by a pixel with other fonts."""
    draw_sheets(tmp_path)
    alike(tmp_path, SHEETS)


@pytest.mark.slow
@pytest.mark.usefixtures("impress", "pdftoppm")
def test_a_deck_looks_as_its_picture_shows(tmp_path: Path) -> None:
    """Drawn by LibreOffice, another program than the one that wrote it."""
    draw_deck(tmp_path)
    alike(tmp_path, DECK)


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.skipif(bool(missing()), reason=missing() or "it is there")
@pytest.mark.usefixtures("pdftoppm")
def test_functions_in_calc_look_as_their_picture_shows(tmp_path: Path) -> None:
    """With the add-in installed in a profile of its own."""
    draw_calc(tmp_path)
    alike(tmp_path, [CALC])


def alike(folder: Path, names: Iterable[str]) -> None:
    """Compare pictures drawn now with those of the README."""
    for name in names:
        shipped, drawn = small(PICTURES / f"{name}.png"), small(folder / f"{name}.png")
        assert unlike(shipped, drawn) < MOST_DIFFERENT, f"{name}: {STALE}"


def test_other_pictures_are_told_apart() -> None:
    """Else the comparison above could not fail."""
    cover, sure = (small(PICTURES / f"{name}.png") for name in ("cover", "sure"))
    assert unlike(cover, sure) > MOST_DIFFERENT


def small(path: Path) -> Image.Image:
    """A picture in grey, as small as a stamp."""
    return Image.open(path).convert("L").resize(THUMBNAIL)


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures differ, pixel by pixel, on average."""
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]
