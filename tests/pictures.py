"""Draw the picture in the README from a generated budget: ``python -m tests.pictures``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.engines import render
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, ready
from workbooks.sheets.budget import budget

PICTURE = Path(__file__).parents[1] / "workbooks" / "pictures" / "summary.png"
CROP = ["-x", "20", "-y", "20", "-W", "1130", "-H", "610"]


def main() -> None:
    """Render the first page of the Summary sheet of the mid-size scenario."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "budget.xlsx"
        book.write_bytes(budget(plan(load(ready()["mid-size"]))))
        pages = render(book, Path(folder))
        pdf = next(Path(folder).glob("*.pdf"))
        page = next(i for i in range(1, len(pages) + 1) if "Whole plan" in text(pdf, i) and i > 1)
        PICTURE.parent.mkdir(exist_ok=True)
        where = ["-f", str(page), "-l", str(page), "-singlefile", "-r", "96", *CROP]
        subprocess.run(
            ["pdftoppm", "-png", *where, str(pdf), str(PICTURE.with_suffix(""))], check=True
        )


def text(pdf: Path, page: int) -> str:
    """Return the words of a page."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
